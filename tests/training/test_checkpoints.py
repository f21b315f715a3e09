"""Checkpoints on a disk that runs full: what was there before stays whole, and the reason is said."""

import dataclasses
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np
import pytest

from maskrcnn_core import cli
from maskrcnn_core.config import tiny
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.training.loop.checkpoints import latest, load_checkpoint, save_checkpoint
from maskrcnn_core.training.loop.optimizers import make_optimizer
from maskrcnn_core.weights import save_weights


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Have the system refuse to write beyond ``size`` bytes, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def trained():
    model = MaskRCNN(dataclasses.replace(tiny(size=64, width=4)))
    optimizer = make_optimizer(model.config.training)
    optimizer.build(model.trainable_variables)
    return model, optimizer


def test_a_full_disk_costs_no_checkpoint_that_was_there(trained, tmp_path):
    model, optimizer = trained
    save_checkpoint(tmp_path / "epoch_00001.h5", model, optimizer, {"epoch": 1, "seed": 0}, {})
    for path in (tmp_path / "epoch_00002.h5", tmp_path / "epoch_00001.h5"):
        with no_file_larger_than(50_000), pytest.raises(OSError, match=r"cannot write .*epoch.*whole"):
            save_checkpoint(path, model, optimizer, {"epoch": 2, "seed": 0}, {})
    assert [path.name for path in tmp_path.iterdir()] == ["epoch_00001.h5"]
    keras.utils.set_random_seed(1)
    other = MaskRCNN(model.config)
    assert load_checkpoint(latest(tmp_path), other, optimizer) == {"epoch": 1, "seed": 0}
    for one, two in zip(model.variables, other.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), two.numpy(), err_msg=one.path)


def test_a_full_disk_costs_no_best_weights(trained, tmp_path):
    save_weights(trained[0], tmp_path / "best.h5")
    before = (tmp_path / "best.h5").read_bytes()
    with no_file_larger_than(50_000), pytest.raises(OSError, match="cannot write"):
        save_weights(trained[0], tmp_path / "best.h5")
    assert (tmp_path / "best.h5").read_bytes() == before


def test_a_folder_that_cannot_be_is_met_before_the_first_step(tmp_path, capsys):
    (tmp_path / "file").write_text("not a folder")
    output = tmp_path / "file" / "run"
    with pytest.raises(SystemExit) as stop:
        cli.main(["train", "shapes:?count=2", "--preset", "tiny", "--output", str(output)])
    assert stop.value.code == 2
    assert "cannot write into" in capsys.readouterr().err
