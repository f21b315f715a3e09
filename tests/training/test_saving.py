"""Checkpoints within an epoch: a run that is killed goes on from the newest and ends as an unbroken one."""

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.training.interval import Interval, parse_interval
from maskrcnn_core.training.loop.callbacks import EarlyStop, Validate
from maskrcnn_core.training.loop.checkpoints import UNFINISHED, latest
from maskrcnn_core.training.loop.fit import Run, fit
from maskrcnn_core.training.loop.layers import Stage
from maskrcnn_core.training.loop.optimizers import make_optimizer
from maskrcnn_core.training.loop.saving import Progress, Saving, recall
from maskrcnn_core.training.options import TrainOptions
from maskrcnn_core.training.tensorboard.events import Events, Shown
from maskrcnn_core.training.tensorboard.hardest import Hardest
from maskrcnn_core.training.tensorboard.image_losses import NAME as IMAGE_LOSSES
from maskrcnn_core.training.tensorboard.image_losses import ImageLosses
from tests.training.steps import op_by_op

STEPS = 4


class NoImages(Reader):
    """A data set of none, so that there is nothing to look at after an epoch."""

    class_names = Shapes.class_names

    def __len__(self) -> int:
        return 0

    def read(self, index: int):
        raise IndexError(index)


class Watch(keras.callbacks.Callback):
    """Remembers the losses of all steps, and ends the run after a step of an epoch (both from 0)."""

    def __init__(self, stop=None, end=None) -> None:
        super().__init__()
        self.stop, self.end, self.losses = stop, end, {}

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        self.losses[self.epoch, batch] = dict(logs)
        if (self.epoch, batch) == self.stop:
            self.end()


def interrupt() -> None:
    raise KeyboardInterrupt


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def small_model(seed: int = 5) -> MaskRCNN:
    keras.utils.set_random_seed(seed)
    config = tiny(Shapes.class_names, size=64, width=4)
    settings = {"batch_size": 1, "steps_per_epoch": STEPS, "roi_samples": 12, "schedule": "cosine"}
    return MaskRCNN(dataclasses.replace(config, training=dataclasses.replace(config.training, **settings)))


def train(folder: Path, watch: Watch, every: str | None = None, resume: bool = False) -> SimpleNamespace:
    """Train the heads, then all layers, an epoch each; a run that goes on has other weights, to be replaced."""
    tf.config.experimental.enable_op_determinism()  # stays on: TensorFlow has no way back
    model = small_model(seed=6 if resume else 5)
    reader = Shapes(2, seed=1, size=64)
    images = Hardest(reader, 0, folder), ImageLosses(folder / IMAGE_LOSSES, reader)
    events = Events(folder / "events", Shown(NoImages(), "train", recall_images=0), "", None, *images)
    run = Run(
        folder, (Stage("heads", 1), Stage("all", 2)), save_every=parse_interval(every) if every else None
    )
    try:
        with op_by_op():
            logs = fit(model, reader, run, callbacks=[events, watch], resume=resume)
    finally:
        events.close()
    return SimpleNamespace(logs=logs, model=model)


def content(path: Path) -> dict[str, np.ndarray]:
    """Return weights and optimizer of a checkpoint by name."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, one: found.update({name: one[()]}) if isinstance(one, h5py.Dataset) else None
        )
    return found


def figures(folder: Path) -> dict[tuple[str, int], bytes]:
    """Return what the event files of a run say by tag and step, in every file the same; times are left out."""
    found = {}
    for path in sorted((folder / "events" / "train").iterdir()):
        for event in EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                if not value.tag.endswith("images_per_second"):
                    said = value.tensor.SerializeToString()
                    assert found.setdefault((value.tag, event.step), said) == said, (value.tag, event.step)
    return found


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "checkpoints").iterdir())


def test_a_run_killed_in_the_middle_of_its_epochs_ends_as_an_unbroken_one_bit_by_bit(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    seen = Watch()
    unbroken = train(whole, seen)
    words = [sys.executable, __file__, str(broken)]
    assert subprocess.run(words, capture_output=True).returncode == -signal.SIGKILL
    assert names(broken) == ["epoch_00000_step_0000002.h5"]
    first = Watch(stop=(1, 2), end=interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(broken, first, every="1", resume=True)
    assert names(broken) == ["epoch_00001.h5", "epoch_00001_step_0000002.h5"]
    second = Watch()
    resumed = train(broken, second, every="3", resume=True)
    assert list(first.losses) == [(0, 2), (0, 3), (1, 0), (1, 1), (1, 2)]
    assert list(second.losses) == [(1, 2), (1, 3)]
    assert {**first.losses, **second.losses}.items() <= seen.losses.items()
    assert resumed.logs == unbroken.logs
    assert names(broken) == names(whole) == ["epoch_00001.h5", "epoch_00002.h5"]
    for name in names(whole):
        one, two = (content(folder / "checkpoints" / name) for folder in (whole, broken))
        assert one.keys() == two.keys() and any("optimizer" in key for key in one)
        assert all(one[key].tobytes() == two[key].tobytes() for key in one)
    assert figures(broken) == figures(whole)
    lines = (whole / IMAGE_LOSSES).read_bytes().splitlines()
    assert len(lines) == 1 + 2 * STEPS and (broken / IMAGE_LOSSES).read_bytes().splitlines() == lines


# --- when, and what goes ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saving_into():
    """Give a function that makes the callback that saves a small model, of epochs of four steps."""
    model = small_model()
    model.optimizer = make_optimizer(model.config.training)
    model.optimizer.build(model.trainable_variables)

    def make(folder: Path, every: Interval | None, others=(), progress=None) -> Saving:
        saving = Saving(folder, progress or Progress(), others, every, seed=0, keep=2, provenance={})
        saving.set_model(model)
        saving.set_params({"steps": STEPS})
        return saving

    return make


def steps_saved(saving: Saving) -> list[list[str]]:
    """Go through two epochs; return what there was after each step, and after each epoch."""
    found = []
    for epoch in range(2):
        for batch in range(STEPS):
            saving.progress.add({"total": 1.0})
            saving.on_train_batch_end(batch)
            found.append(sorted(path.stem for path in saving.folder.glob("*")))
        saving.on_epoch_end(epoch)
        saving.progress.next_epoch()
        found.append(sorted(path.stem for path in saving.folder.glob("*")))
    return found


def test_only_the_newest_within_an_epoch_stays_until_its_epoch_is_written(saving_into, tmp_path):
    zeroth, first = "epoch_00000_step_000000", "epoch_00001_step_000000"
    done = ["epoch_00001"]
    assert steps_saved(saving_into(tmp_path, Interval(steps=3))) == [
        *([], [], [zeroth + "3"], [zeroth + "3"], done),
        *(done, done, [*done, first + "3"], [*done, first + "3"], [*done, "epoch_00002"]),
    ]


def test_by_minutes_the_steps_before_validation_are_not_lost_with_it(saving_into, tmp_path):
    by_time = steps_saved(saving_into(tmp_path / "a", Interval(seconds=1e6)))
    assert by_time[:5] == [[], [], [], ["epoch_00000_step_0000004"], ["epoch_00001"]]
    every_step = steps_saved(saving_into(tmp_path / "b", Interval(seconds=1e-9)))
    assert every_step[:2] == [["epoch_00000_step_0000001"], ["epoch_00000_step_0000002"]]
    assert steps_saved(saving_into(tmp_path / "c", None))[:5] == [[], [], [], [], ["epoch_00001"]]


def test_what_kills_left_half_written_goes_with_the_next_checkpoint_and_is_never_gone_on_from(
    saving_into, tmp_path
):
    (tmp_path / ".epoch_00009_step_0000001.h5.0a1b2c3d.part").write_bytes(b"half")
    assert latest(tmp_path) is None
    saving_into(tmp_path, None).on_epoch_end(0)
    assert not list(tmp_path.glob(UNFINISHED))
    assert latest(tmp_path).name == "epoch_00001.h5"


def test_a_kill_between_a_checkpoint_and_the_deletion_of_the_one_before_goes_on_from_the_newer(tmp_path):
    for name in ("epoch_00001.h5", "epoch_00001_step_0000900.h5", "epoch_00001_step_0001000.h5"):
        (tmp_path / name).touch()
    assert latest(tmp_path).name == "epoch_00001_step_0001000.h5"
    (tmp_path / "epoch_00002.h5").touch()
    assert latest(tmp_path).name == "epoch_00002.h5"


def test_another_number_of_steps_is_refused_within_an_epoch_alone():
    path, state = Path("epoch_00001_step_0000003.h5"), {"epoch": 1, "step": 3, "steps_per_epoch": 4}
    with pytest.raises(ValueError, match=r"step 3 of an epoch of 4, received training.steps_per_epoch 9"):
        Progress.of(state, 9, path)
    assert Progress.of({**state, "sums": {"total": 1.5}}, 4, path) == Progress(1, 3, {"total": 1.5})
    assert Progress.of({"epoch": 2}, 9, path) == Progress(2)


def test_the_best_weights_and_the_patience_outlive_a_kill():
    before, after = ([Validate(NoImages(), 1), EarlyStop(3)] for _ in range(2))
    before[0].record, before[1].best, before[1].best_epoch, before[1].wait = 0.25, 0.25, 4, 2
    recall({"memory": {type(one).__name__: one.memory() for one in before}}, after)
    assert (after[0].record, after[1].best, after[1].best_epoch, after[1].wait) == (0.25, 0.25, 4, 2)
    recall({"epoch": 1}, after)  # of a checkpoint from before there was a memory: as it is
    assert after[0].record == 0.25


def test_a_point_of_the_events_that_was_begun_goes_on(tmp_path):
    events = [Events(tmp_path / name, Shown(NoImages())) for name in "ab"]
    for one in events:
        one.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.1), config=tiny()))
        one.set_params({"steps": 250})  # a point every five steps
        one.on_epoch_begin(0)
    for batch in range(3):
        events[0].on_train_batch_end(batch, {"total": float(batch)})
    events[1].remember(events[0].memory())
    for batch in (3, 4):
        events[1].on_train_batch_end(batch, {"total": float(batch)})
    for one in events:
        one.close()
    (path,) = (tmp_path / "b" / "train").iterdir()
    said = {
        (value.tag, event.step): float(tf.make_ndarray(value.tensor))
        for event in EventFileLoader(str(path)).Load()
        for value in event.summary.value
    }
    assert said["losses_by_step/total", 5] == 2.0


# --- words --------------------------------------------------------------------------------------------------


def test_steps_and_minutes_are_told_apart_and_all_else_is_refused():
    assert parse_interval("500") == Interval(steps=500)
    assert parse_interval("10min") == parse_interval(" 10 min ") == Interval(seconds=600.0)
    assert parse_interval("0.5min") == Interval(seconds=30.0)
    for text in ("", "0", "0min", "-3", "1.5", "min", "10 s", "٣", "1e3", "nan min", "10minutes"):
        with pytest.raises(
            ValueError, match=r"wanted a number of steps such as 500, or minutes such as 10min"
        ):
            parse_interval(text)
    assert TrainOptions.of({"save_every": 500}).save_every == "500"
    with pytest.raises(ValueError, match="minutes such as 10min"):
        TrainOptions.of({"save_every": "often"})


if __name__ == "__main__":  # the process that is killed: in its first epoch, with two steps saved of three
    train(Path(sys.argv[1]), Watch(stop=(0, 2), end=kill), every="2")
