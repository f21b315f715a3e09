"""The loop: what it refuses to go on from, what of the weights a stage changes; several devices do what one does."""

import dataclasses
import subprocess
import sys
from types import SimpleNamespace

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
from tests.training.steps import op_by_op


@pytest.fixture(autouse=True, scope="module")
def deterministic():
    tf.config.experimental.enable_op_determinism()  # stays on: TensorFlow has no way back
    with op_by_op():
        yield


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


@pytest.fixture(scope="module")
def short(deterministic, tmp_path_factory) -> SimpleNamespace:
    """Give a run of one step with seed 1."""
    model, folder = seeded_model(small_config(steps_per_epoch=1)), tmp_path_factory.mktemp("short")
    fit(model, Shapes(4, seed=1, size=64), Run(folder, (Stage("heads", 1),), seed=1))
    return SimpleNamespace(model=model, folder=folder)


def test_going_on_with_another_seed_or_without_a_checkpoint_is_refused(short, tmp_path):
    reader = Shapes(4, seed=1, size=64)
    with pytest.raises(ValueError, match="no checkpoint"):
        fit(MaskRCNN(short.model.config), reader, Run(tmp_path, (Stage("all", 1),)), resume=True)
    with pytest.raises(ValueError, match="seed 1, received 2"):
        fit(MaskRCNN(short.model.config), reader, Run(short.folder, (Stage("all", 2),), seed=2), resume=True)


def test_going_on_with_other_convolutions_is_said_and_can_be_had_as_before(short, monkeypatch):
    before = onednn.is_on()
    monkeypatch.setenv(onednn.VARIABLE, "0" if before else "1")
    done = Run(short.folder, (Stage("heads", 1),), seed=1)  # nothing is left to do
    with pytest.warns(UserWarning, match="last bits"):
        fit(MaskRCNN(short.model.config), Shapes(4, seed=1, size=64), done, resume=True)
    asked = []
    monkeypatch.setattr(onednn, "as_before", asked.append)
    keep_switch(short.folder)
    assert asked == [before]  # as the epoch that was written last


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


def test_a_checkpoint_loads_as_weights(short):
    other = MaskRCNN(short.model.config)
    assert load_weights(other, latest(short.folder / "checkpoints")).complete
    assert_same(short.model, other)


def test_a_loss_that_is_not_finite_says_which_image_and_which_tensor(tmp_path):
    model = seeded_model(small_config())
    kernel = named_variables(model)["rpn.class_raw.kernel"]
    kernel.assign(kernel.numpy() * np.nan)
    with pytest.raises(Diverged, match=r"loss .*rpn_objectness.*rpn\.logits"):
        fit(model, Shapes(4, seed=1, size=64), Run(tmp_path, (Stage("heads", 1),)))
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


def test_two_devices_give_the_losses_the_measures_and_the_weights_of_one(tmp_path):
    """Two logical processors need a process of their own: devices cannot be split once TensorFlow runs."""
    script = tmp_path / "devices.py"
    script.write_text(DEVICES)
    results = []
    for devices in (1, 2):
        out = tmp_path / f"{devices}.npz"
        subprocess.run([sys.executable, str(script), str(devices), str(out)], check=True, capture_output=True)
        results.append(np.load(out))
    one, two = results
    np.testing.assert_allclose(two["losses"], one["losses"], rtol=1e-4)
    # a bias before batch norm has a gradient of nought, and what rounding makes of it
    np.testing.assert_allclose(two["measures"], one["measures"], rtol=2e-3, atol=1e-6)
    for name in one.files:
        if name != "measures":
            np.testing.assert_allclose(two[name], one[name], rtol=1e-3, atol=2e-5, err_msg=name)


DEVICES = """
import dataclasses, sys
from pathlib import Path
import keras, numpy as np, tensorflow as tf
from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.training.loop.fit import Run, fit
from maskrcnn_core.training.loop.layers import Stage
from maskrcnn_core.training.loop.measures import Watcher
from maskrcnn_core.weights.names import named_variables

class Keep(Watcher):
    found = []
    def wants_measures(self, batch): return True
    def on_measures(self, batch, measures):
        self.found += [float(v) for kind in measures[:2] for v in kind.values()]
        self.found += [float(tf.reduce_sum(abs(g))) for g in measures.gradients.values()]

count, out = int(sys.argv[1]), sys.argv[2]
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * count)
strategy = tf.distribute.get_strategy()
if count == 2:
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
keras.utils.set_random_seed(5)
tf.config.run_functions_eagerly(True)  # as in tests/training/steps.py
tf.config.experimental.enable_op_determinism()  # as a run does: else threads race for the sums of ROIAlign's gradient
config = tiny(Shapes.class_names, size=64, width=4)
settings = dataclasses.replace(
    config.training, optimizer="sgd", learning_rate=0.01, batch_size=2, steps_per_epoch=1, roi_samples=12
)
with strategy.scope():
    model = MaskRCNN(dataclasses.replace(config, training=settings))
run = Run(Path(out).parent / str(count), (Stage("all", 1),))
logs = fit(model, Shapes(8, seed=1, size=64), run, strategy, [Keep()])
weights = {name: np.asarray(variable) for name, variable in named_variables(model).items()}
np.savez(out, losses=np.array([logs[k] for k in sorted(logs)]), measures=np.array(Keep.found), **weights)
"""


def test_weights_without_the_state_of_training_cannot_be_gone_on_from(tmp_path):
    config = small_config()
    model = seeded_model(config)
    save_weights(model, tmp_path / "checkpoints" / "epoch_00001.h5")
    with pytest.raises(ValueError, match="--init"):
        fit(model, Shapes(4, seed=1, size=64), Run(tmp_path, (Stage("all", 1),)), resume=True)
