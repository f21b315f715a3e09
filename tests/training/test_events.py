"""What TensorBoard is given: read back by its own loader and held against the logs."""

import contextlib
import csv
import dataclasses
import io
import json
import re
import shlex
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from maskrcnn_core.config import Config, tiny
from maskrcnn_core.config.files import to_dict
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.reader import Finding, Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.evaluation.metrics.stage_recall import STEPS
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.stages.losses import LOSSES
from maskrcnn_core.training.film import files as film_files
from maskrcnn_core.training.film.recorder import FilmRecorder
from maskrcnn_core.training.film.shots import find_shots
from maskrcnn_core.training.loop.callbacks import Validate
from maskrcnn_core.training.loop.fit import Run, fit
from maskrcnn_core.training.loop.layers import parse_stages
from maskrcnn_core.training.tensorboard.board import board
from maskrcnn_core.training.tensorboard.events import IMAGES, Events, Shown, as_code, place_of
from maskrcnn_core.training.tensorboard.film_events import FilmEvents
from maskrcnn_core.training.tensorboard.hardest import Hardest
from maskrcnn_core.training.tensorboard.histograms import ACTIVATIONS, buckets, write_histograms
from maskrcnn_core.training.tensorboard.image_losses import ImageLosses
from maskrcnn_core.training.tensorboard.images import READS, panels, prediction
from maskrcnn_core.weights.names import STAGES, named_variables
from maskrcnn_inspect.analysis.training import survival
from tests.training.steps import op_by_op

COMMAND = 'maskrcnn train shapes: --output "```<b>x</b>"'
PANEL_TAGS = {
    f"sample_{number}/{panel}"
    for number in (0, 1)
    for panel in ("1_ground_truth", "2_prediction", "3_proposals", "4_targets")
}
ALL = {"tensors": 0, "images": 0, "scalars": 0, "histograms": 0}  # 0 = keep all


class Logs(keras.callbacks.Callback):
    """Remembers all logs."""

    def __init__(self) -> None:
        super().__init__()
        self.epochs: list[dict[str, float]] = []
        self.batches: list[dict[str, float]] = []
        self.rates: list[float] = []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(dict(logs))
        self.rates.append(float(self.model.optimizer.learning_rate))

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(dict(logs))


class WithNoObjects(Reader):
    """Shapes whose first image shows nothing and whose second cannot be read."""

    class_names = Shapes.class_names

    def __init__(self) -> None:
        self.shapes = Shapes(2, seed=9, size=64)

    def __len__(self) -> int:
        return 3

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        if index == 1:
            raise ValueError("cannot be read")
        sample = self.shapes[0]
        return (
            (Sample(sample.image, sample.class_ids[:0], sample.masks[:0]), []) if index == 0 else (sample, [])
        )


def small_config(**training) -> Config:
    config = tiny(Shapes.class_names, size=64, width=4).replace(**{"detections.min_score": 0.0})
    settings = {"batch_size": 1, "steps_per_epoch": 3, "roi_samples": 12, "warm_up_steps": 2, **training}
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **settings))


def seeded_model(config: Config) -> MaskRCNN:
    keras.utils.set_random_seed(5)
    return MaskRCNN(config)


def found_in(arrays: dict[str, np.ndarray]) -> list[str]:
    return [f"warning: {len(arrays)} arrays, `{next(iter(arrays))}`"]


@pytest.fixture(autouse=True, scope="module")
def deterministic():
    tf.config.experimental.enable_op_determinism()  # stays on: TensorFlow has no way back
    with op_by_op():
        yield


@pytest.fixture(scope="module")
def run(deterministic: None, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Two epochs of three steps, heads first, with validation, events and a film; and what was read back."""
    folder = tmp_path_factory.mktemp("run")
    config, logs, before, judge = small_config(), Logs(), {}, survival.SurvivalJudge()
    model, validation = seeded_model(config), Shapes(2, seed=2, size=64)
    stages, reader = parse_stages(["heads:1", "all:2"]), Shapes(7, seed=1, size=64)
    validate = Validate(validation, 2, objects=folder / "objects.csv")
    shown = Shown(validation, judge=judge, figures=lambda: validate.parts)
    images = Hardest(reader, 0, folder), ImageLosses(folder / "training_images.csv", reader)
    events = Events(folder / "events", shown, COMMAND, found_in, *images)
    screen = FilmEvents(folder / "events", judge.stages)
    film = FilmRecorder(folder / "film", find_shots(["1"], [validation], 3), stages, judge, screen)
    fit(model, reader, Run(folder, stages), None, [film, validate, events, logs])
    read = {
        name: EventAccumulator(str(folder / "events" / name), ALL).Reload()
        for name in ("train", "validation", "film")
    }
    return SimpleNamespace(config=config, model=model, logs=logs, folder=folder, before=before, **read)


def scalars(events: EventAccumulator, tag: str) -> list[tuple[int, float]]:
    """Return (step, value) of a tag."""
    return [(e.step, float(tf.make_ndarray(e.tensor_proto))) for e in events.Tensors(tag)]


def tags(events: EventAccumulator, plugin: str) -> set[str]:
    return set(events.PluginTagToContent(plugin)) if plugin in events.summary_metadata_plugins else set()


def tags_of(events: EventAccumulator, plugin: str) -> set[str]:
    """Return the tags of one of TensorBoard's dashboards."""
    return {
        tag
        for tag in events.Tags()["tensors"]
        if events.SummaryMetadata(tag).plugin_data.plugin_name == plugin
    }


def histogram(events: EventAccumulator, tag: str, row: int = -1) -> np.ndarray:
    return tf.make_ndarray(events.Tensors(tag)[row].tensor_proto)


# --- figures ------------------------------------------------------------------------------------------------


def test_losses_of_an_epoch_equal_the_logs(run: SimpleNamespace):
    for name in (*LOSSES, "total"):
        for events, key in ((run.train, name), (run.validation, f"val_{name}")):
            wanted = [(1, run.logs.epochs[0][key]), (2, run.logs.epochs[1][key])]
            np.testing.assert_allclose(scalars(events, f"losses/{name}"), wanted, rtol=1e-6)


def test_average_precision_equals_the_logs(run: SimpleNamespace):
    for key in ("mask_AP", "mask_AP50", "box_AP"):
        wanted = [(i + 1, logs[f"val_{key}"]) for i, logs in enumerate(run.logs.epochs)]
        np.testing.assert_allclose(scalars(run.validation, f"AP/{key}"), wanted, rtol=1e-6)


def test_losses_and_learning_rate_by_step_equal_the_logs(run: SimpleNamespace):
    totals = [(i + 1, logs["total"]) for i, logs in enumerate(run.logs.batches)]
    np.testing.assert_allclose(scalars(run.train, "losses_by_step/total"), totals, rtol=1e-6)
    rates = [(i + 1, rate) for i, rate in enumerate(run.logs.rates)]
    np.testing.assert_allclose(scalars(run.train, "by_step/learning_rate"), rates, rtol=1e-6)
    assert all(rate > 0 for _, rate in scalars(run.train, "by_step/images_per_second"))
    assert [step for step, _ in scalars(run.train, "epoch/images_per_second")] == [1, 2]


def test_points_are_means_of_the_steps_since_the_last_one(tmp_path: Path):
    events = Events(tmp_path, Shown(Shapes(1, size=64)))
    optimizer = SimpleNamespace(learning_rate=0.1)
    events.set_model(SimpleNamespace(optimizer=optimizer, config=small_config()))
    events.set_params({"steps": 250})  # a point every five steps
    events.on_epoch_begin(2)
    for batch in range(12):
        events.on_train_batch_end(batch, {"total": float(batch)})
    events.close()
    read = EventAccumulator(str(tmp_path / "train"), ALL).Reload()
    assert scalars(read, "losses_by_step/total") == [(505, 2.0), (510, 7.0)]
    assert [batch for batch in range(250) if events.wants_measures(batch)] == list(range(4, 250, 5))


def test_frozen_stages_have_neither_gradients_nor_updates(run: SimpleNamespace):
    for kind in ("gradient_norms", "update_norms"):
        for stage in STAGES:
            values = [value for _, value in scalars(run.train, f"{kind}/{stage}")]
            frozen = [True] * 3 + [False] * 3 if stage == "backbone" else [False] * 6
            assert [value == 0 for value in values] == frozen, (kind, stage)


def test_stage_recall_of_every_stage_is_a_share(run: SimpleNamespace):
    for threshold in (0.5, 0.7):
        for step in STEPS:
            values = [value for _, value in scalars(run.validation, f"stage_recall_{threshold}/{step}")]
            assert len(values) == 2
            assert all(0 <= value <= 1 for value in values)
    anchors = [scalars(run.validation, f"stage_recall_{t}/anchors")[0][1] for t in (0.5, 0.7)]
    assert anchors[0] >= anchors[1] and anchors[0] > 0


def test_update_ratios_are_norms_of_updates_over_those_of_weights(run: SimpleNamespace):
    for stage in STAGES:
        updates = scalars(run.train, f"update_norms/{stage}")
        ratios = scalars(run.train, f"update_ratios/{stage}")
        assert [step for step, _ in ratios] == [1, 2, 3, 4, 5, 6]
        for (_, update), (_, ratio) in zip(updates, ratios, strict=True):
            assert (ratio == 0) == (update == 0) and 0 <= ratio < 0.1, (
                "the first steps of a warm-up are small"
            )


def test_losses_by_level_and_class_are_those_of_validation_in_parts(run: SimpleNamespace):
    tags = {tag for tag in run.validation.Tags()["tensors"] if tag.startswith("losses_by_")}
    assert {f"losses_by_level/rpn_objectness/p{level}" for level in (2, 3)} <= tags
    assert "losses_by_class/class/background" in tags
    (_, total), *_ = scalars(run.validation, "losses/rpn_objectness")
    means = [scalars(run.validation, tag)[0][1] for tag in tags if "/rpn_objectness/" in tag]
    assert min(means) <= total <= max(means), "the loss is a mean of the means of the levels"


def test_shares_alive_after_stages_never_rise_and_end_with_what_is_found(run: SimpleNamespace):
    shares = [
        scalars(run.validation, f"alive_after/{place}_{stage}")
        for place, stage in enumerate(survival.STAGES, start=1)
    ]
    for epoch in (0, 1):
        values = [share[epoch][1] for share in shares]
        assert values == sorted(values, reverse=True) and values[0] <= 1
        assert values[-1] == pytest.approx(run.logs.epochs[epoch]["val_objects_found"])


def test_objects_found_and_forgotten_are_scalars_of_their_own(run: SimpleNamespace):
    for name in ("found", "forgotten"):
        wanted = [(i + 1, logs[f"val_objects_{name}"]) for i, logs in enumerate(run.logs.epochs)]
        np.testing.assert_allclose(scalars(run.validation, f"objects/{name}"), wanted)


def test_hardest_images_of_an_epoch_have_the_losses_of_its_steps(run: SimpleNamespace):
    assert [event.step for event in run.train.Tensors("hardest_images")] == [1, 2]
    lines = (run.folder / "hardest" / "epoch_00001.csv").read_text().splitlines()[1:]
    totals = sorted((float(line.split(",")[4]) for line in lines), reverse=True)
    steps = sorted((logs["total"] for logs in run.logs.batches[:3]), reverse=True)
    np.testing.assert_allclose(totals, steps, rtol=1e-4, err_msg="a step has one image here")


def test_every_training_image_has_a_line_with_its_losses_each_time_it_was_seen(run: SimpleNamespace):
    with (run.folder / "training_images.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1"] * 3 + ["2"] * 3
    assert [int(row["place"]) for row in rows] == list(range(6))
    for row, logs in zip(rows, run.logs.batches, strict=True):
        for name in ("total", *LOSSES):
            assert float(row[name]) == pytest.approx(logs[name], rel=1e-4, abs=1e-7), name


def test_the_last_frame_of_a_film_is_the_trace_of_the_weights_that_training_ended_with(run: SimpleNamespace):
    frames = film_files.read_frames(run.folder / "film", 0)
    assert [frame.step for frame in frames] == [0, 1, 2, 3, 4, 6], "doubling, and the ends of both stages"
    sample = Shapes(2, seed=2, size=64)[1]
    trace = run.model.trace(sample.image, truth=sample)
    last = frames[-1].trace
    for name in last:
        wanted = np.asarray(trace[name])
        if name in ("rpn.scores", "proposals.scores", "detections.scores", "mask_head.probs"):
            wanted = wanted.astype(np.float16).astype(np.float32)
        np.testing.assert_array_equal(last[name], wanted, err_msg=name)
    assert frames[-1].judgements == tuple(survival.SurvivalJudge()(trace))
    assert [one.truth for one in frames[0].judgements] == list(range(len(sample)))


def test_a_film_is_shown_at_its_steps(run: SimpleNamespace):
    assert [event.step for event in run.film.Tensors("film/0_prediction")] == [0, 1, 2, 3, 4, 6]
    frames = film_files.read_frames(run.folder / "film", 0)
    wanted = [(frame.step, np.mean([one.kept > 0 for one in frame.judgements])) for frame in frames]
    np.testing.assert_allclose(scalars(run.film, "alive_after/1_RPN"), wanted)


def test_logs_have_their_place():
    assert place_of("val_objects_found") == ("validation", "objects/found")
    assert place_of("val_mask_AP") == ("validation", "AP/mask_AP")
    assert place_of("val_box_delta") == ("validation", "losses/box_delta")
    assert place_of("total") == ("train", "losses/total")
    assert place_of("my_own") == ("train", "epoch/my_own")


# --- images -----------------------------------------------------------------------------------------------


def test_images_of_the_same_samples_decode_in_every_epoch(run: SimpleNamespace):
    assert tags_of(run.validation, "images") == PANEL_TAGS
    for tag in sorted(PANEL_TAGS):
        steps = run.validation.Tensors(tag)
        assert [event.step for event in steps] == [1, 2]
        for event in steps:
            width, height, encoded = tf.make_ndarray(event.tensor_proto)
            image = Image.open(io.BytesIO(encoded)).convert("RGB")
            assert (int(width), int(height)) == image.size
            assert np.asarray(image).std() > 10


def test_panels_show_truth_prediction_proposals_and_targets(run: SimpleNamespace):
    sample = Shapes(1, seed=2, size=64)[0]
    trace = run.model.trace(sample.image, keep=list(READS), truth=sample)
    shown = panels(sample, trace)
    assert list(shown) == ["ground_truth", "prediction", "proposals", "targets"]
    assert all(panel.shape[1] == 512 for panel in shown.values())
    truth, proposals = shown["ground_truth"][-512:], shown["proposals"][-512:]
    enlarged = sample.image.repeat(8, axis=0).repeat(8, axis=1)
    inside = sample.masks[0].repeat(8, axis=0).repeat(8, axis=1)
    outside = ~sample.masks.any(axis=0).repeat(8, axis=0).repeat(8, axis=1)
    assert (truth[inside] != enlarged[inside]).any(axis=-1).mean() > 0.9
    assert (truth[outside] == enlarged[outside]).all(axis=-1).mean() > 0.7
    changed = (proposals != enlarged).any(axis=-1)
    assert 0 < changed.mean() < 0.5, "boxes are lines, not areas"


def test_letters_of_titles_are_legible_where_tensorboard_shows_them_200_px_high(run: SimpleNamespace):
    for size in ((64, 64), (60, 300), (300, 60)):
        sample = Sample(np.zeros((*size, 3), np.uint8), np.zeros(0, np.int32), np.zeros((0, *size), bool))
        for name, panel in panels(
            sample, run.model.trace(sample.image, keep=list(READS), truth=sample)
        ).items():
            rows = np.flatnonzero((panel > 200).all(axis=-1).any(axis=1))
            first_line = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)[0]
            assert len(first_line) * 200 / len(panel) >= 6, f"{name} of {size}: height of capitals, px"


def test_large_images_and_boxes_of_a_molded_frame_fit_the_panels(run: SimpleNamespace):
    image = np.zeros((300, 1200, 3), np.uint8)
    mask = np.zeros((1, 300, 1200), bool)
    mask[0, 100:200, 400:600] = True
    sample = Sample(image, np.array([1], np.int32), mask)
    shown = panels(sample, run.model.trace(image, keep=list(READS), truth=sample))
    assert {panel.shape[1] for panel in shown.values()} == {640}
    assert (shown["proposals"][-160:] > 60).any(), "proposals are drawn in the 640 x 160 px of the image"


def test_an_instance_has_the_number_of_the_truth_that_it_found(run: SimpleNamespace):
    sample = Shapes(4, seed=2, size=64)[3]
    assert len(sample) >= 2
    masks = np.concatenate([sample.masks[1:2], ~sample.masks[:1], sample.masks[:1]])
    trace = {
        "pasting.boxes": np.array([[0, 0, 9, 9], [0, 0, 9, 9], [1, 1, 5, 5], [3, 3, 3, 9]], np.int32),
        "pasting.masks": np.concatenate([masks, masks[:1]]),
        "detections.class_ids": sample.class_ids[[1, 0, 0, 1]],
        "detections.scores": np.array([0.9, 0.8, 0.7, 0.6], np.float32),
    }
    found = prediction(sample, trace, run.config)
    assert found.ranks == (1, len(sample), 0), "the last has no pixel"


# --- histograms ---------------------------------------------------------------------------------------------


def test_histograms_of_weights_count_every_value(run: SimpleNamespace):
    variables = named_variables(run.model)
    wanted = {f"weights.{name.replace('.', '/', 1)}" for name in variables}
    assert {tag for tag in tags_of(run.train, "histograms") if tag.startswith("weights.")} == wanted
    for name, variable in variables.items():
        counted = histogram(run.train, f"weights.{name.replace('.', '/', 1)}")
        values = np.asarray(variable)
        assert counted.shape == (30, 3)
        assert counted[:, 2].sum() == values.size
        assert counted[0, 0] == pytest.approx(values.min(), abs=1e-7)
        assert counted[-1, 1] == pytest.approx(values.max(), abs=1e-7)


def test_histograms_of_gradients_count_every_value_that_trains(run: SimpleNamespace):
    found = {tag for tag in tags_of(run.train, "histograms") if tag.startswith("gradients.")}
    trained = {n: v for n, v in named_variables(run.model).items() if v.trainable}
    assert found == {f"gradients.{name.replace('.', '/', 1)}" for name in trained}
    for name, variable in trained.items():
        tag = f"gradients.{name.replace('.', '/', 1)}"
        steps = [event.step for event in run.train.Tensors(tag)]
        assert steps == ([2] if name.startswith("backbone") else [1, 2]), "the backbone is frozen at first"
        assert histogram(run.train, tag)[:, 2].sum() == np.asarray(variable).size


def test_histograms_of_activations_are_those_of_a_trace(run: SimpleNamespace):
    trace = run.model.trace(Shapes(2, seed=2, size=64)[0].image)
    found = {tag for tag in tags_of(run.validation, "histograms") if tag.startswith("activations.")}
    assert found == {f"activations.{name.replace('.', '/', 1)}" for name in ACTIVATIONS}
    for name in ACTIVATIONS:
        counted = histogram(run.validation, f"activations.{name.replace('.', '/', 1)}")
        np.testing.assert_array_equal(counted[:, 2], buckets(trace[name].ravel())[:, 2], err_msg=name)
        assert counted[:, 2].sum() == trace[name].size
    assert {"backbone.c2", "fpn.p5", "rpn.logits", "box_head.deltas", "mask_head.logits"} <= set(ACTIVATIONS)
    assert not any("targets" in name for name in ACTIVATIONS)


def test_buckets_match_numpy_and_odd_values_have_their_place():
    counted = buckets(np.array([0.0, 0.1, 0.9, 3.0], np.float32), count=3)
    np.testing.assert_allclose(counted, [[0, 1, 3], [1, 2, 0], [2, 3, 1]])
    np.testing.assert_array_equal(buckets(np.full(5, 2.0), count=2), [[2, 2, 0], [2, 2, 5]])
    np.testing.assert_array_equal(buckets(np.zeros(0), count=2), np.zeros((2, 3)))
    huge = buckets(np.array([-3e38, 3e38], np.float32), count=2)
    np.testing.assert_array_equal(huge[:, 2], [1, 1])


def test_values_that_are_not_finite_are_counted_apart(tmp_path: Path):
    writer = tf.summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        write_histograms("weights", {"fpn.p2.bias": np.array([1.0, np.nan, np.inf, 2.0])}, 7)
        write_histograms("weights", {"fpn.p3.bias": np.array([np.nan])}, 7)
    writer.close()
    read = EventAccumulator(str(tmp_path), ALL).Reload()
    assert scalars(read, "not_finite/weights.fpn.p2.bias") == [(7, 2.0)]
    assert histogram(read, "weights.fpn/p2.bias")[:, 2].sum() == 2
    assert histogram(read, "weights.fpn/p3.bias")[:, 2].sum() == 0


# --- text ---------------------------------------------------------------------------------------------------


def test_configuration_and_command_are_text_that_nothing_in_it_can_break(run: SimpleNamespace):
    def lines(tag: str) -> list[str]:
        (text,) = tf.make_ndarray(run.train.Tensors(tag)[0].tensor_proto).ravel() if tag else ()
        return text.decode().splitlines()

    assert all(line.startswith("    ") for tag in ("configuration", "command") for line in lines(tag))
    assert json.loads("\n".join(lines("configuration"))) == json.loads(json.dumps(to_dict(run.config)))
    assert lines("command") == [f"    {COMMAND}"]
    assert as_code("") == "    "
    assert as_code("a\n```\nb") == "    a\n    ```\n    b"


def test_findings_on_the_weights_are_written_every_epoch(run: SimpleNamespace):
    assert scalars(run.train, "epoch/findings") == [(1, 1.0), (2, 1.0)]
    texts = [
        tf.make_ndarray(event.tensor_proto).ravel()[0].decode() for event in run.train.Tensors("findings")
    ]
    count = len(named_variables(run.model))
    assert texts == [f"    warning: {count} arrays, `backbone.conv1.kernel`"] * 2


def test_the_command_finds_what_the_weight_rules_find(run: SimpleNamespace):
    from maskrcnn_inspect.commands.train import findings as _findings

    arrays = {name: np.array(np.asarray(v)) for name, v in named_variables(run.model).items()}
    arrays["fpn.p3.kernel"][0, 0, 0, 0] = np.nan
    found = _findings(arrays)
    assert re.match(r"error: fpn\.p3\.kernel: .*NaN", found[0])
    assert not any(line.startswith("info") for line in found)


# --- the update ---------------------------------------------------------------------------------------------


def test_a_run_that_is_watched_ends_with_the_weights_of_one_that_is_not(run: SimpleNamespace, tmp_path: Path):
    plain = seeded_model(run.config)
    fit(plain, Shapes(7, seed=1, size=64), Run(tmp_path, parse_stages(["heads:1", "all:2"])))
    for name, variable in named_variables(plain).items():
        np.testing.assert_array_equal(
            np.asarray(variable), np.asarray(named_variables(run.model)[name]), err_msg=name
        )


def test_norms_are_those_of_gradients_and_of_the_update(tmp_path: Path):
    """SGD without momentum: the update is the clipped gradient times the rate."""

    class Norms(Events):
        def on_measures(self, batch, measures):
            now = {name: np.asarray(v) for name, v in named_variables(self.model).items()}
            self.seen.append((tf.nest.map_structure(np.asarray, measures), now))

        def on_epoch_end(self, epoch, logs=None):
            pass

    config = small_config(
        optimizer="sgd", momentum=0.0, steps_per_epoch=2, schedule="constant", clip_norm=0.0
    )
    model = seeded_model(config)
    watcher = Norms(tmp_path / "events", Shown(Shapes(1, size=64)))
    watcher.seen = []
    fit(model, Shapes(4, seed=1, size=64), Run(tmp_path, parse_stages(["all:1"])), None, [watcher])
    (_, before), (measures, after) = watcher.seen
    for stage in STAGES:
        of_stage = {n: g for n, g in measures.gradients.items() if n.startswith(f"{stage}.")}
        norm = np.sqrt(sum(np.square(g, dtype=np.float64).sum() for g in of_stage.values()))
        moved = np.sqrt(sum(np.square((after[n] - before[n]).astype(np.float64)).sum() for n in of_stage))
        assert measures.gradient_norms[stage] == pytest.approx(norm, rel=1e-4)
        assert measures.update_norms[stage] == pytest.approx(moved, rel=1e-4)
        weights = np.sqrt(sum(np.square(before[n], dtype=np.float64).sum() for n in of_stage))
        assert measures.weight_norms[stage] == pytest.approx(weights, rel=1e-4)
        assert moved == pytest.approx(config.training.learning_rate * norm, rel=0.02)


# --- odd samples, broken runs -------------------------------------------------------------------------------


def test_samples_without_objects_or_that_cannot_be_read_are_normal(run: SimpleNamespace, tmp_path: Path):
    events = Events(tmp_path, Shown(WithNoObjects(), "train", recall_images=2))
    events.set_model(run.model)
    events.on_train_begin()
    assert len(events._samples) == 2 <= IMAGES
    with events._log("train").writing(1):
        events._write_samples(1)
        events._write_recall()
    events.close()
    read = EventAccumulator(str(tmp_path / "train"), ALL).Reload()
    assert tags_of(read, "images") == PANEL_TAGS
    assert not (tmp_path / "validation").exists()


# --- TensorBoard --------------------------------------------------------------------------------------------


def test_the_board_serves_the_events_on_loopback_and_ends(run: SimpleNamespace):
    with board(run.folder / "events") as address:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        listed = json.load(urllib.request.urlopen(f"{address}data/runs", timeout=30))
        assert set(listed) <= {"train", "validation", "film"}
        with board(run.folder / "events") as other:
            assert other != address
    # refused, or reset while the kernel still tears the socket down: either way nobody serves any more
    with pytest.raises(OSError, match=r"refused|reset"):
        urllib.request.urlopen(address, timeout=5)


@pytest.fixture
def options() -> Callable[..., dict]:
    """Give the options of `maskrcnn train` for a run of one step."""

    def make(**changed) -> dict:
        settings = [
            "training.steps_per_epoch=1",
            "training.batch_size=1",
            "molding.min_dim=64",
            "molding.max_dim=64",
        ]
        chosen = {"validation": None, "validation_images": 1, "preset": "tiny", "config_file": None}
        chosen |= {
            "settings": settings,
            "init": "none",
            "stages": "all:1",
            "seed": 0,
            "keep": 1,
            "early_stop": None,
        }
        chosen |= {
            "strategy": "one",
            "gpu": None,
            "tensorboard": False,
            "skip_check": True,
            "overwrite": False,
        }
        return chosen | changed

    return make


def test_a_run_from_the_command_writes_events_and_shows_them(
    options: Callable[..., dict], tmp_path: Path, capfd: pytest.CaptureFixture
):
    from maskrcnn_core.training.start import start

    start(
        "shapes:?count=2&size=64",
        tmp_path,
        command="maskrcnn train x",
        findings=found_in,
        **options(tensorboard=True, film=("0",)),
    )
    said = capfd.readouterr().err
    assert re.search(r"^TensorBoard, until training ends: http://127\.0\.0\.1:\d+/$", said, re.MULTILINE)
    command = re.search(r"^TensorBoard has ended; to see it again: (.+)$", said, re.MULTILINE)
    assert command is not None, "said at the end"
    shown_again(shlex.split(command[1]))
    read = EventAccumulator(str(tmp_path / "events" / "train"), ALL).Reload()
    assert {"sample_0/1_ground_truth", "losses/total", "stage_recall_0.5/anchors"} <= set(
        read.Tags()["tensors"]
    )
    assert not (tmp_path / "events" / "validation").exists()
    assert [frame.step for frame in film_files.read_frames(tmp_path / "film", 0)] == [0, 1]
    assert (tmp_path / "hardest" / "epoch_00001.csv").is_file()
    assert len((tmp_path / "training_images.csv").read_text().splitlines()) == 2  # one step, of one image


def shown_again(command: list[str]) -> None:
    """Run ``command``, which the end of training printed, until its page answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*command, f"--port={port}"])
    try:
        for _ in range(60):
            with contextlib.suppress(OSError):
                listed = urllib.request.urlopen(f"http://localhost:{port}/data/runs", timeout=30)
                if sorted(json.load(listed)) == ["film", "train"]:
                    return
            assert process.poll() is None, "ended"
            time.sleep(1)
        raise AssertionError("the run was never listed")
    finally:
        process.terminate()
        process.wait(timeout=30)
