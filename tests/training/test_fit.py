"""The loop: what was killed goes on and ends as if nothing had been; several devices do what one does."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Config, tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.runtime import onednn
from maskrcnn_core.training.loop.checkpoints import keep_switch, latest
from maskrcnn_core.training.loop.divergence import Diverged
from maskrcnn_core.training.loop.fit import Run, fit
from maskrcnn_core.training.loop.layers import Stage, parse_stages, trainable_variables
from maskrcnn_core.weights import load_weights, save_weights
from maskrcnn_core.weights.names import named_variables


@pytest.fixture(autouse=True, scope="module")
def deterministic():
    tf.config.experimental.enable_op_determinism()  # stays on: TensorFlow has no way back


def small_config(**training) -> Config:
    config = tiny(Shapes.class_names, size=64, width=4)
    settings = {"batch_size": 1, "steps_per_epoch": 3, "roi_samples": 12, "warm_up_steps": 2, **training}
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **settings))


def seeded_model(config: Config) -> MaskRCNN:
    keras.utils.set_random_seed(5)
    return MaskRCNN(config)


def weights_of(model: MaskRCNN) -> dict[str, np.ndarray]:
    return {name: variable.numpy() for name, variable in named_variables(model).items()}


def assert_same(a: MaskRCNN, b: MaskRCNN, **tolerance: float) -> None:
    for name, value in weights_of(a).items():
        np.testing.assert_allclose(
            weights_of(b)[name], value, **(tolerance or {"rtol": 0, "atol": 0}), err_msg=name
        )


class Kill(keras.callbacks.Callback):
    """Stops the run as kill -9 would: in the middle of an epoch, with nothing said."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.now, batch) == (self.epoch, 1):
            raise KeyboardInterrupt


def test_a_killed_run_goes_on_to_the_same_weights_bit_by_bit(tmp_path):
    config, reader = small_config(optimizer="adamw"), Shapes(7, seed=1, size=64)
    unbroken = seeded_model(config)
    logs = fit(unbroken, reader, Run(tmp_path / "a", (Stage("all", 2),)))
    run = Run(tmp_path / "b", (Stage("all", 2),))
    with pytest.raises(KeyboardInterrupt):
        fit(seeded_model(config), reader, run, callbacks=[Kill(epoch=1)])
    resumed = MaskRCNN(config)  # other random weights, which the checkpoint replaces
    assert fit(resumed, reader, run, resume=True) == logs
    assert_same(unbroken, resumed)


def test_a_run_goes_on_in_its_second_stage_bit_by_bit(tmp_path):
    config, reader = small_config(optimizer="sgd"), Shapes(7, seed=1, size=64)
    unbroken, run = seeded_model(config), Run(tmp_path, parse_stages(["heads:1", "all:2"]))
    logs = fit(unbroken, reader, run)
    latest(tmp_path / "checkpoints").unlink()  # as if it had been killed in its second epoch
    resumed = MaskRCNN(config)
    assert fit(resumed, reader, run, resume=True) == logs
    assert_same(unbroken, resumed)


def test_going_on_with_another_seed_or_without_a_checkpoint_is_refused(tmp_path):
    config, reader = small_config(steps_per_epoch=1), Shapes(4, seed=1, size=64)
    with pytest.raises(ValueError, match="no checkpoint"):
        fit(seeded_model(config), reader, Run(tmp_path, (Stage("all", 1),)), resume=True)
    fit(seeded_model(config), reader, Run(tmp_path, (Stage("all", 1),), seed=1))
    with pytest.raises(ValueError, match="seed 1, received 2"):
        fit(seeded_model(config), reader, Run(tmp_path, (Stage("all", 2),), seed=2), resume=True)


def test_going_on_with_other_convolutions_is_said_and_can_be_had_as_before(tmp_path, monkeypatch):
    config, reader = small_config(steps_per_epoch=1), Shapes(4, seed=1, size=64)
    fit(seeded_model(config), reader, Run(tmp_path, (Stage("all", 1),)))
    monkeypatch.setenv(onednn.VARIABLE, "0" if onednn.is_on() else "1")
    with pytest.warns(UserWarning, match="last bits"):
        fit(seeded_model(config), reader, Run(tmp_path, (Stage("all", 2),)), resume=True)
    asked = []
    monkeypatch.setattr(onednn, "as_before", asked.append)
    keep_switch(tmp_path)
    assert asked == [onednn.is_on()]  # as the epoch that was written last


@pytest.mark.parametrize("content", [None, b"", b"no h5 file"])
def test_a_checkpoint_that_cannot_be_read_decides_nothing(tmp_path, monkeypatch, content):
    monkeypatch.setattr(onednn, "as_before", pytest.fail)
    if content is not None:
        (tmp_path / "checkpoints").mkdir()
        (tmp_path / "checkpoints" / "epoch_00001.h5").write_bytes(content)
    keep_switch(tmp_path)


def test_only_the_layers_of_a_stage_change_and_old_checkpoints_go(tmp_path):
    config, reader = small_config(steps_per_epoch=1), Shapes(4, seed=1, size=64)
    model = seeded_model(config)
    before = weights_of(model)
    fit(model, reader, Run(tmp_path, (Stage("box_head.*", 4),), keep=2))
    changed = {
        name.split(".")[0] for name, value in weights_of(model).items() if (value != before[name]).any()
    }
    statistics = {n for n, v in weights_of(model).items() if "moving" in n and (v != before[n]).any()}
    assert changed - {"backbone"} == {"box_head"}
    assert all("moving" in n for n in statistics)
    assert sorted(p.name for p in (tmp_path / "checkpoints").iterdir()) == [
        "epoch_00003.h5",
        "epoch_00004.h5",
    ]


def test_a_checkpoint_loads_as_weights(tmp_path):
    config = small_config(steps_per_epoch=1)
    model = seeded_model(config)
    fit(model, Shapes(4, seed=1, size=64), Run(tmp_path, (Stage("all", 1),)))
    other = MaskRCNN(config)
    assert load_weights(other, latest(tmp_path / "checkpoints")).complete
    assert_same(model, other)


def test_a_loss_that_is_not_finite_says_which_picture_and_which_tensor(tmp_path):
    model = seeded_model(small_config())
    kernel = named_variables(model)["rpn.class_raw.kernel"]
    kernel.assign(kernel.numpy() * np.nan)
    with pytest.raises(Diverged, match=r"loss .*rpn_objectness.*rpn\.logits"):
        fit(model, Shapes(4, seed=1, size=64), Run(tmp_path, (Stage("all", 1),)))
    (saved,) = tmp_path.glob("diverged_*.h5")
    with Trace.load(saved) as trace:
        assert np.isnan(trace["rpn.logits"]).all()
        assert np.isfinite(trace["fpn.p2"]).all()


def test_a_stage_that_trains_nothing_and_odd_words_are_refused():
    assert parse_stages(["heads:40", "all:60"]) == (Stage("heads", 40), Stage("all", 60))
    for words in (["heads"], ["heads:0"], ["all:5", "heads:5"], ["head:3"], []):
        with pytest.raises(ValueError, match=r"wanted|cumulative|unknown"):
            parse_stages(words)
    with pytest.raises(ValueError, match="unknown layers"):
        trainable_variables(seeded_model(small_config()), "nothing.*")


def test_stage_names_choose_what_the_classic_code_chose():
    model = seeded_model(small_config())
    names = {v.path: n for n, v in named_variables(model).items()}
    chosen = {names[v.path] for v in trainable_variables(model, "4+")}
    assert "backbone.res4a_branch2a.kernel" in chosen
    assert "backbone.bn_res5a_branch1.gamma" in chosen
    assert "fpn.p2.kernel" in chosen
    assert not any(n.startswith(("backbone.res3", "backbone.conv1", "backbone.bn_res2")) for n in chosen)
    assert not any("moving" in n for n in chosen)


def test_two_devices_give_the_losses_and_weights_of_one(tmp_path):
    """Two logical processors need a process of their own: devices cannot be split once TensorFlow runs."""
    import subprocess
    import sys

    script = tmp_path / "devices.py"
    script.write_text(TWO_DEVICES)
    results = []
    for devices in (1, 2):
        out = tmp_path / f"{devices}.npz"
        subprocess.run([sys.executable, str(script), str(devices), str(out)], check=True, capture_output=True)
        results.append(np.load(out))
    one, two = results
    np.testing.assert_allclose(two["losses"], one["losses"], rtol=1e-4)
    for name in one.files:
        np.testing.assert_allclose(two[name], one[name], rtol=1e-3, atol=2e-5, err_msg=name)


TWO_DEVICES = """
import dataclasses, sys
from pathlib import Path
import keras, numpy as np, tensorflow as tf
from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.training.loop.fit import Run, fit
from maskrcnn_core.training.loop.layers import Stage
from maskrcnn_core.weights.names import named_variables

count, out = int(sys.argv[1]), sys.argv[2]
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * count)
strategy = tf.distribute.get_strategy()
if count == 2:
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
keras.utils.set_random_seed(5)
tf.config.experimental.enable_op_determinism()  # as a run does: else threads race for the sums of ROIAlign's gradient
config = tiny(Shapes.class_names, size=64, width=4)
settings = dataclasses.replace(
    config.training, optimizer="sgd", learning_rate=0.01, batch_size=2, steps_per_epoch=1, roi_samples=12
)
with strategy.scope():
    model = MaskRCNN(dataclasses.replace(config, training=settings))
logs = fit(model, Shapes(8, seed=1, size=64), Run(Path(out).parent / str(count), (Stage("all", 1),)), strategy)
weights = {name: np.asarray(variable) for name, variable in named_variables(model).items()}
np.savez(out, losses=np.array([logs[k] for k in sorted(logs)]), **weights)
"""


def test_weights_without_the_state_of_training_cannot_be_gone_on_from(tmp_path):
    config = small_config()
    model = seeded_model(config)
    save_weights(model, tmp_path / "checkpoints" / "epoch_00001.h5")
    with pytest.raises(ValueError, match="--init"):
        fit(model, Shapes(4, seed=1, size=64), Run(tmp_path, (Stage("all", 1),)), resume=True)
