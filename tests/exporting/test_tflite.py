"""The detector in LiteRT's builtin operators: what stands in equals the stages, and the file computes what they do."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maskrcnn_core import cli
from maskrcnn_core.config import Config, classic, detectron2, mmdetection, torchvision_v1
from maskrcnn_core.stages.molding import mold
from maskrcnn_core.stages.pasting import paste
from maskrcnn_core.stages.roi_sampling import Regions
from maskrcnn_core.weights import load_model, save_weights
from tests.model_fixtures import PRESETS, thin_preset

SIZE = (48, 64)
CONFIGS = {c.name: c for c in (classic(), torchvision_v1(), detectron2(), mmdetection())}


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main([str(a) for a in arguments])
    return int(stop.value.code or 0)


def in_lite(function: Callable[..., Any], *specs: Any) -> Callable[..., Any]:
    """Return ``function`` of tensors of ``specs`` as LiteRT runs it."""
    import tensorflow as tf

    concrete = tf.function(function, autograph=False).get_concrete_function(*specs)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], tf.Module())
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    interpreter = tf.lite.Interpreter(model_content=converter.convert())
    runner = interpreter.get_signature_runner()
    return lambda **feed: next(iter(runner(**feed).values()))


COUNT = 60  # boxes of a suppression


@pytest.fixture(scope="session")
def suppression() -> Callable[..., Any]:
    """Give the indices that LiteRT keeps, best first: without groups, then with groups."""
    import tensorflow as tf

    from maskrcnn_core.exporting.lite_operators import Selection
    from maskrcnn_core.stages.proposals import Nms

    def select(boxes: Any, scores: Any, groups: Any, passed: Any) -> Any:
        made = []
        for number in range(2):
            selection, nms = Selection(), Nms(20, 0.5, 0.0, -0.5)
            selection.rows_where(passed)
            kept = (
                selection.suppress_groups(boxes, groups, scores, nms)
                if number
                else selection.suppress(boxes, scores, *nms)
            )
            made.append(tf.where(tf.range(20) < selection.found, kept, -1))
        return tf.stack(made)

    specs = [
        tf.TensorSpec([COUNT, 4], name="boxes"),
        tf.TensorSpec([COUNT], name="scores"),
        tf.TensorSpec([COUNT], tf.int32, name="groups"),
        tf.TensorSpec([COUNT], tf.bool, name="passed"),
    ]
    return in_lite(select, *specs)


@pytest.mark.parametrize("passing", [0, 1, 12, COUNT])
def test_suppression_in_litert_is_that_of_the_stage(passing: int, suppression: Callable[..., Any]):
    import tensorflow as tf

    from maskrcnn_core.stages.proposals import Nms, suppress, suppress_groups

    rng, nms = np.random.default_rng(passing), Nms(20, 0.5, 0.0, -0.5)
    corner = rng.integers(
        0, 8, (COUNT, 2)
    )  # whole px: some overlap by the threshold exactly, some have no area
    boxes = np.concatenate([corner, corner + rng.integers(-1, 6, (COUNT, 2))], axis=1).astype(np.float32)
    scores = rng.integers(-1, 8, COUNT).astype(np.float32)  # ties; -1 is never kept
    groups = rng.integers(0, 4, COUNT).astype(np.int32)
    passed = rng.permutation(COUNT) < passing
    rows = np.flatnonzero(passed)
    received = suppression(boxes=boxes, scores=scores, groups=groups, passed=passed)
    in_groups = suppress_groups(*map(tf.constant, (boxes[rows], groups[rows], scores[rows])), nms)
    for kept, made in zip((suppress(boxes[rows], scores[rows], *nms), in_groups), received, strict=True):
        expected = rows[np.asarray(kept)]
        np.testing.assert_array_equal(made, [*expected, *[-1] * (20 - len(expected))])


@pytest.mark.parametrize("name", ["classic", "torchvision_v1", "torchvision_v2"])
def test_regions_pooled_by_gathering_are_those_of_the_stage(name: str, monkeypatch: pytest.MonkeyPatch):
    import tensorflow as tf

    from maskrcnn_core.exporting import lite_operators
    from maskrcnn_core.stages.roi_align import pool_by_level, roi_level

    monkeypatch.setattr(lite_operators, "AT_ONCE", 5000)  # so that one gathering does not hold all
    config, rng = PRESETS[name], np.random.default_rng(3)
    maps = [tf.constant(rng.normal(size=(1, 64 // s, 96 // s, 5)), tf.float32) for s in (4, 8, 16, 32)]
    corners = rng.uniform(-20, 110, (50, 2, 2)) * rng.uniform(0.05, 1, (50, 1, 1))
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1).astype(np.float32)
    boxes[:3] = [[0, 0, 64, 96], [0, 0, 0, 0], [5, np.nan, 9, 9]]
    regions = Regions(boxes, np.zeros(len(boxes), np.int32), tf.constant([64, 96]), config.box_corner)
    regions = regions._replace(boxes=tf.constant(boxes))
    for roi in (config.box_roi, config.mask_roi):
        level = roi_level(regions, roi)
        assert len(set(level.numpy().tolist())) > 2
        expected = pool_by_level(maps, regions, level, roi)
        received = lite_operators.pool(maps, regions, level, roi, found=len(boxes))
        np.testing.assert_allclose(received, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", CONFIGS)
def test_preprocessing_of_one_size_is_that_of_the_stage(name: str):
    import tensorflow as tf

    from maskrcnn_core.exporting.lite_molding import mold_of_size

    sides = {"molding.min_dim": 64, "molding.max_dim": 96}
    molding = CONFIGS[name].replace(**sides).molding
    for size in ((37, 53), (64, 64), (96, 96), (128, 96), (200, 333)):
        image = np.random.default_rng(size).integers(3, 256, (*size, 3), dtype=np.uint8)
        expected, received = mold(image, molding), mold_of_size(tf.constant(image), size, molding)
        resized = molding.resizer == "skimage" and expected.scale != 1
        last = {"torch": 1e-5, "skimage": 1.0 * resized}.get(molding.resizer, 0)
        for field, one, other in zip(expected._fields, expected, received, strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=last, err_msg=f"{field} of {size}")
        # a level that is whole: float64 falls short of it here and there, whole numbers do not
        more = np.asarray(received.image) - expected.image
        assert (more > -1e-4).all() and (more > 1e-4).mean() < 0.02


@pytest.mark.parametrize("name", ["classic", "torchvision_v1"])
def test_masks_pasted_together_are_those_of_the_stage(name: str):
    import tensorflow as tf

    from maskrcnn_core.exporting.graph_pasting import boxes_in_graph, masks_in_graph

    config, rng, size = CONFIGS[name], np.random.default_rng(5), (61, 83)
    corners = rng.uniform(0, 90, (12, 2, 2)).astype(np.float32)
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    boxes[3] = 0
    probs, window = rng.random((12, 28, 28), np.float32), np.array([3, 0, 99, 96], np.float32)
    expected = paste(boxes, probs, window, size, config)
    placed = boxes_in_graph(*map(tf.constant, (boxes, window, size)), config)
    masks = masks_in_graph(placed, tf.constant(probs), tf.constant(size), config, tf.vectorized_map)
    np.testing.assert_array_equal(expected.boxes, placed)
    np.testing.assert_array_equal(expected.masks, masks)


@pytest.fixture(scope="session")
def exported(small: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Export a model that detects many things, certified on our images: its weights and the file."""
    weights = tmp_path_factory.mktemp("tflite") / "small.h5"
    save_weights(small, weights)
    output = weights.with_suffix(".tflite")
    size = "x".join(map(str, SIZE))
    assert run("export", weights, "--output", output, "--format", "tflite", "--size", size) == 0
    return weights, output


@pytest.mark.slow
def test_one_detection_none_and_as_many_as_there_can_be(exported: tuple[Path, Path], photo: np.ndarray):
    from maskrcnn_core.exporting.lite_runner import LiteRt

    model, runner = load_model(exported[0]), LiteRt(exported[1])
    assert set(runner.inputs) == {
        "image.original",
        "detections.min_score",
        "detections.nms_threshold",
        "proposals.nms_threshold",
    }
    own, best = model.config, np.sort(model.detect(photo).scores)[::-1]
    between = float(best[0] + best[1]) / 2
    for least, count in ((2.0, 0), (between, 1), (0.0, own.detections.max_count)):
        model.config = own.replace(**{"detections.min_score": least})
        made = runner.run(
            runner.outputs, {"image.original": photo, "detections.min_score": np.float32(least)}
        )
        expected = model.trace(photo, keep=runner.outputs)
        assert made["pasting.masks"].shape == (count, *SIZE)
        np.testing.assert_array_equal(made["detections.class_ids"], expected["detections.class_ids"])
        np.testing.assert_array_equal(made["pasting.boxes"], expected["pasting.boxes"])
        np.testing.assert_allclose(made["detections.scores"], expected["detections.scores"], atol=1e-5)
        assert (made["pasting.masks"] != expected["pasting.masks"]).sum() <= 2  # at the threshold


def test_rows_that_are_no_detection_are_zeros_at_the_end(exported: tuple[Path, Path], photo: np.ndarray):
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(str(exported[1]))
    given = {
        "image_original": photo,
        "detections_min_score": np.float32(2),
        "detections_nms_threshold": np.float32(0.3),
        "proposals_nms_threshold": np.float32(0.7),
    }
    made = interpreter.get_signature_runner("with_settings")(**given)
    assert made.pop("detections.count") == 0
    for name, rows in made.items():
        assert len(rows) == load_model(exported[0]).config.detections.max_count
        assert not rows.any(), name
    alone = interpreter.get_signature_runner("serving_default")(image_original=photo)
    assert alone["detections.count"] > 0


def test_the_file_says_what_it_is_to_whoever_opens_zip_archives(exported: tuple[Path, Path]):
    texts = json.loads(zipfile.ZipFile(exported[1]).read("maskrcnn.json"))
    assert json.loads(texts["class_names"]) == ["background", "square", "circle", "triangle"]
    assert "inside the graph" in texts["preprocessing"] and texts["licence"]
    assert exported[1].stat().st_size < 2 * exported[0].stat().st_size  # weights of two signatures once


def test_an_export_is_replaced_and_a_file_of_others_stays(exported: tuple[Path, Path], tmp_path: Path):
    from maskrcnn_core.exporting.writing import claim_output

    other = tmp_path / "other.tflite"
    other.write_bytes(b"of others")
    with pytest.raises(ValueError, match="it stays as it is"):
        claim_output(other, "tflite")
    claim_output(exported[1], "tflite")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["classic", "torchvision_v1"])
def test_a_detector_of_a_preset_computes_in_litert_what_it_does_here(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from maskrcnn_core.exporting import lite_graph, lite_operators
    from maskrcnn_core.exporting.describing import describe
    from maskrcnn_core.exporting.lite_file import lite_file
    from maskrcnn_core.exporting.lite_graph import lite_part
    from maskrcnn_core.exporting.lite_runner import LiteRt
    from maskrcnn_core.exporting.making import Wanted, certified
    from maskrcnn_core.exporting.samples import sample_images

    model, path, size = thin_preset(name), tmp_path / "detector.tflite", (64, 64)
    monkeypatch.setattr(
        lite_operators, "AT_ONCE", 2**16
    )  # so that there are parts, some of them without detections
    monkeypatch.setattr(lite_graph, "TOGETHER", 2**15)
    path.write_bytes(lite_file(model, lite_part(model, size), describe(model, "detector", "of no file")))
    weights = 4 * sum(int(np.prod(weight.shape)) for weight in model.weights)
    assert path.stat().st_size < weights + 2**20
    for each in certified(LiteRt(path), model, Wanted(size=size), sample_images(model.config, (), size)):
        most = 1e-3 if each.name == "pasting.masks" else 1e-5  # pixels at the threshold
        assert each.rows > 20 and each.apart == 0 and each.largest < most, each


def test_a_model_of_adaptive_regions_is_refused():
    from maskrcnn_core.exporting.lite_graph import lite_part

    with pytest.raises(ValueError, match=r"box_roi.samples 0 .* --format onnx"):
        lite_part(thin_preset("detectron2"), (64, 64))


def test_a_model_without_a_size_of_its_own_wants_one():
    from maskrcnn_core.exporting.lite_graph import fixed_size

    square, corner = PRESETS["classic"], PRESETS["torchvision_v1"]
    assert fixed_size(square, None) == (64, 64) and fixed_size(corner, (5, 6)) == (5, 6)
    with pytest.raises(ValueError, match="wanted --size YxX with --format tflite"):
        fixed_size(corner, None)


@pytest.mark.parametrize("words", [("--taps", "fpn.*"), ("--part", "network")])
def test_what_the_format_does_not_give_out_is_refused(words: tuple[str, ...], tmp_path: Path):
    assert run("export", "shapes", "--output", tmp_path / "out", "--format", "tflite", *words) == 2
    assert not list(tmp_path.iterdir())


def test_an_image_that_is_resized_beyond_whole_numbers_is_refused():
    from maskrcnn_core.exporting.lite_molding import mold_of_size

    large: Config = classic().replace(**{"molding.max_dim": 4096, "molding.min_dim": 3000})
    with pytest.raises(ValueError, match="take a --size that needs no resizing"):
        mold_of_size(np.zeros((60, 60, 3), np.uint8), (60, 60), large.molding)
