"""The pipeline as a whole: detect and trace agree, edits take hold, odd inputs are normal cases."""

import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.recording.tensors import TENSORS
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.composing import Result

NAMES = ("background", "square", "circle", "triangle")
LESS = {"proposals.top_k": 60, "proposals.count": 10, "detections.max_count": 5, "detections.min_score": 0.0}


def minute(**settings) -> MaskRCNN:
    """Make the smallest of models, untrained."""
    return MaskRCNN(tiny(NAMES, size=64, width=2).replace(**LESS | settings))


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def walk(model: MaskRCNN, image: np.ndarray) -> Trace:
    """Trace op by op, which saves the time to compile."""
    return model.trace(image, edits={"image.original": lambda pixels: pixels})


def kind(name: str) -> type:
    """Give the dtype that a tensor's unit asks for."""
    unit = TENSORS[name].unit
    if name in ("image.original", "composing.picture"):
        return np.uint8
    if unit == "bool":
        return np.bool_
    whole = unit.startswith("->") or unit in ("class", "level") or name == "pasting.boxes"
    return np.int32 if whole else np.float32


# --- detect and trace ----------------------------------------------------------------------------------------


def test_every_tensor_has_the_axes_and_the_type_of_the_table(walked: Trace):
    sizes: dict[str, int] = {}
    for name, value in walked.items():
        assert value.ndim == len(TENSORS[name].axes), name
        assert value.dtype == kind(name), name
        for axis, size in zip(TENSORS[name].axes, value.shape, strict=True):
            if axis in ("K", "A", "k", "n", "d"):
                assert sizes.setdefault(axis, size) == size, name
    config_sizes = {"K": 4, "A": 1023, "k": 1000, "n": 40, "d": 12}
    assert sizes == config_sizes


def test_trace_and_detect_agree(small: MaskRCNN, photo: np.ndarray, walked: Trace):
    result = small.detect(photo)
    assert len(result) == 12
    np.testing.assert_array_equal(result.boxes, walked["pasting.boxes"])
    np.testing.assert_array_equal(result.class_ids, walked["detections.class_ids"])
    np.testing.assert_array_equal(result.scores, walked["detections.scores"])
    np.testing.assert_array_equal(result.masks, walked["pasting.masks"])


def test_what_is_kept_changes_nothing(small: MaskRCNN, photo: np.ndarray, walked: Trace):
    part = small.trace(photo, keep=["fpn.p?", "detections.*"])
    assert set(part) == {name for name in walked if name.startswith(("fpn.p", "detections."))}
    for name, value in part.items():
        np.testing.assert_array_equal(value, walked[name], err_msg=name)


def test_two_runs_are_equal(small: MaskRCNN, photo: np.ndarray, walked: Trace):
    for name, value in small.trace(photo).items():
        np.testing.assert_array_equal(value, walked[name], err_msg=name)


def test_a_trace_keeps_its_image(small: MaskRCNN, photo: np.ndarray, walked: Trace):
    image = photo.copy()
    trace = small.trace(image)
    image[:] = 0
    np.testing.assert_array_equal(trace["image.original"], photo)


def test_identity_edits_change_nothing(small: MaskRCNN, photo: np.ndarray, walked: Trace):
    edited = small.trace(photo, edits=dict.fromkeys(walked, lambda value: value))
    assert list(edited) == list(walked)
    for name, value in edited.items():
        np.testing.assert_array_equal(value, walked[name], err_msg=name)


def test_zeroing_p2_changes_the_detections(small: MaskRCNN, photo: np.ndarray, walked: Trace):
    edited = small.trace(photo, edits={"fpn.p2": 0})
    assert not edited["fpn.p2"].any()
    np.testing.assert_array_equal(edited["fpn.p3"], walked["fpn.p3"])
    assert not np.array_equal(edited["detections.boxes"], walked["detections.boxes"])


def test_an_edit_that_would_meet_nothing_is_refused(small: MaskRCNN, photo: np.ndarray, walked: Trace):
    edits = {"losses.class": 0}
    for act in (lambda: small.trace(photo, edits=edits), lambda: small.replay(walked, edits=edits)):
        with pytest.raises(
            ValueError, match=r"edit of losses\.class: targets and losses are made with ground truth alone"
        ):
            act()


def test_an_edit_of_the_image_reaches_the_last_stage(small: MaskRCNN, photo: np.ndarray):
    black = small.trace(photo, edits={"image.original": 0})
    wanted = small.trace(np.zeros_like(photo))
    for name, value in black.items():
        np.testing.assert_array_equal(value, wanted[name], err_msg=name)


def test_lineage_reaches_back_to_the_anchor(walked: Trace):
    proposal = walked["detections.proposal_index"]
    np.testing.assert_array_equal(walked["detections.clipped"][proposal], walked["detections.boxes"])
    anchor = walked["proposals.anchor_index"][proposal]
    np.testing.assert_array_equal(walked["rpn.scores"][anchor], walked["proposals.scores"][proposal])


def test_changed_configuration_is_used_at_once(small: MaskRCNN, photo: np.ndarray, monkeypatch):
    assert len(small.detect(photo)) == 12
    monkeypatch.setattr(small, "config", small.config.replace(**{"detections.max_count": 1}))
    assert len(small.detect(photo)) == 1


# --- inputs --------------------------------------------------------------------------------------------------


def test_a_list_of_images_gives_a_list_of_results(small: MaskRCNN, photo: np.ndarray):
    results = small.detect([photo, photo[:, ::-1]])
    assert [type(result) for result in results] == [Result, Result]
    np.testing.assert_array_equal(results[0].boxes, small.detect(photo).boxes)
    assert small.detect([]) == []


def test_images_of_a_list_give_what_they_give_alone_and_in_their_order(small: MaskRCNN, photo: np.ndarray):
    images = [photo[: 20 + 3 * number, : 50 - number] for number in range(9)]
    for together, image in zip(small.detect(images), images, strict=True):
        alone = small.detect(image)
        assert together.masks.shape[1:] == image.shape[:2]
        for one, other in zip(together.__dict__.values(), alone.__dict__.values(), strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_list_with_something_that_is_no_image_says_so(small: MaskRCNN, photo: np.ndarray):
    with pytest.raises(ValueError, match="wanted"):
        small.detect([photo, photo, np.zeros((2, 2, 2, 2)), photo])


@pytest.mark.parametrize("mode", ["pad64", "none"])
def test_images_of_other_sizes_compile_nothing_new(mode: str):
    model = minute(**{"molding.mode": mode, "molding.min_dim": 0})
    for size in ((64, 64), (130, 70), (33, 65), (1, 1), (7, 200)):
        result = model.detect(noise(*size, 3))
        assert result.masks.shape[1:] == size
    assert len(model._network._graphs) == 1


def test_odd_sizes_keep_every_cell():
    trace = walk(minute(**{"molding.mode": "none"}), noise(75, 101, 3))
    assert [trace[f"fpn.p{n}"].shape[:2] for n in range(2, 7)] == [(19, 26), (10, 13), (5, 7), (3, 4), (2, 2)]
    assert len(trace["anchors.boxes"]) == len(trace["rpn.scores"])


@pytest.mark.parametrize("channels", [1, 5])
def test_images_may_have_any_number_of_channels(channels: int):
    trace = walk(minute(**{"molding.mean": (10.0,) * channels}), noise(30, 40, channels))
    assert trace["molding.image"].shape == (64, 64, channels)
    assert trace["composing.picture"].shape == (30, 40, 3)


def test_a_thousand_classes_are_a_normal_case():
    model = MaskRCNN(tiny(map(str, range(1000)), size=64, width=2).replace(**LESS))
    trace = walk(model, noise(64, 64, 3))
    assert trace["box_head.deltas"].shape == (10, 1000, 4)
    assert trace["mask_head.logits"].shape == (len(trace["detections.scores"]), 28, 28, 1000)


@pytest.mark.parametrize("count", [1, 3, 5])
def test_no_more_than_the_maximum_are_detected(count: int):
    crowd = {"detections.max_count": count, "detections.nms_threshold": 1.0, "proposals.nms_threshold": 1.0}
    model = minute(**crowd)
    model.box_head.logits.set_weights([np.zeros((32, 4)), np.float32([0, 1, 0, 0])])  # all is of class 1
    assert len(walk(model, noise(64, 64, 3))["detections.scores"]) == count


def test_all_scores_equal_is_a_normal_case():
    model = minute()
    layer = model.box_head.logits
    layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    # given as they are: a softmax of equal logits may differ in its last bit from row to row
    trace = model.trace(noise(64, 64, 3), edits={"rpn.scores": 0.5})
    np.testing.assert_array_equal(trace["proposals.top_k_index"], np.arange(60))
    assert len(trace["detections.scores"]) == 0  # of equal classes the first is the background


# --- nothing found, and broken models ------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", [{"detections.min_score": 1.1}, {"proposals.count": 0}])
def test_nothing_found_is_a_normal_case(nothing: dict):
    model, image = minute(**nothing), noise(40, 50, 3)
    trace, result = walk(model, image), model.detect(image)
    assert len(result) == 0
    assert result.masks.shape == (0, 40, 50)
    assert trace["mask_head.logits"].shape == (0, 28, 28, 4)
    np.testing.assert_array_equal(trace["composing.picture"], image)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
@pytest.mark.parametrize("part", ["backbone", "fpn", "rpn", "box_head", "mask_head"])
def test_broken_weights_can_be_traced_to_the_end(part: str, value: float, small: MaskRCNN, walked: Trace):
    layer = getattr(small, part)
    sound = layer.get_weights()
    layer.set_weights([np.full_like(weight, value) for weight in sound])
    try:
        trace = small.trace(walked["image.original"])
    finally:
        layer.set_weights(sound)
    assert list(trace) == list(walked)
    first = {"backbone": "backbone.c2", "fpn": "fpn.p2", "mask_head": "mask_head.logits"}.get(
        part, f"{part}.deltas"
    )
    assert not np.array_equal(trace[first], walked[first])


def test_a_loss_alone_can_be_kept():
    from maskrcnn_core.data.formats.shapes import Shapes

    sample = Shapes(1, seed=3, size=64)[0]
    model = MaskRCNN(tiny(Shapes.class_names, size=64, width=4))
    kept = model.trace(sample.image, keep="losses.class", truth=sample)
    assert list(kept) == ["losses.class"]
    assert kept["losses.class"] == model.trace(sample.image, truth=sample)["losses.class"]
