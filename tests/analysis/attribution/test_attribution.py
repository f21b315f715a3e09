"""Attribution: gradients against differences, completeness, and whether maps speak of what was learned."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.attribution.checks import (
    deletion,
    in_cells,
    random_order,
    rank_correlation,
    resemblance,
    shuffled,
)
from maskrcnn_inspect.analysis.attribution.gradients import as_map, grad_cam, gradient, integrated_gradients
from maskrcnn_inspect.analysis.attribution.maps import find
from maskrcnn_inspect.analysis.attribution.probe import IMAGE, Probe, Target
from maskrcnn_inspect.analysis.what_if.interventions import Part, selected

DETECTION = 1


@pytest.mark.parametrize(
    ("target", "name", "row"),
    [
        (Target(DETECTION, "logit"), "box_head.class_logits", True),
        (Target(DETECTION, "score"), "box_head.class_probs", True),
        (Target(DETECTION, "mask", pixel=(9, 20)), "mask_head.logits", False),
        (Target(DETECTION, "box", side="x2"), "detections.decoded", True),
    ],
)
def test_the_number_asked_about_is_the_one_that_was_recorded(target, name, row, shapes_model, shapes_trace):
    place = int(shapes_trace["detections.proposal_index"][DETECTION]) if row else DETECTION
    recorded, class_id = shapes_trace[name][place], int(shapes_trace["detections.class_ids"][DETECTION])
    wanted = {"mask": lambda: recorded[9, 20, class_id], "box": lambda: recorded[3]}
    value = gradient(shapes_model, shapes_trace, target, "fpn.p2").value
    assert value == pytest.approx(wanted.get(target.kind, lambda: recorded[class_id])(), rel=1e-4)


@pytest.mark.parametrize(
    "target", [Target(DETECTION, "logit"), Target(DETECTION, "mask"), Target(DETECTION, "box")]
)
@pytest.mark.parametrize("name", ["fpn.p2", "backbone.c3"])
def test_a_gradient_is_the_slope(target, name, shapes_model, shapes_trace):
    probe = Probe(shapes_model, shapes_trace, target, name)
    slope = probe.gradient(probe.value).gradient
    place = np.unravel_index(np.abs(slope).argmax(), slope.shape)
    step = np.zeros_like(probe.value)
    step[place] = 1e-2
    rise = probe.gradient(probe.value + step).value - probe.gradient(probe.value - step).value
    assert rise / 2e-2 == pytest.approx(slope[place], rel=0.1)


def test_the_region_alone_has_a_gradient(shapes_model, shapes_trace):
    """P2 is what the detection is pooled from; cells beyond its box but for one of rim have none, nor has P3."""
    found = np.abs(gradient(shapes_model, shapes_trace, Target(DETECTION), "fpn.p2").gradient).sum(axis=-1)
    proposal = shapes_trace["proposals.boxes"][shapes_trace["detections.proposal_index"][DETECTION]]
    rim = np.float32([-4, -4, 4, 4])
    near = selected(shapes_trace, "fpn.p2", Part(region=tuple(proposal + rim)))[..., 0]
    assert found[near].sum() > 0
    assert not found[~near].any()
    assert not gradient(shapes_model, shapes_trace, Target(DETECTION), "fpn.p3").gradient.any()
    assert not grad_cam(shapes_model, shapes_trace, Target(DETECTION), "fpn.p3").any()


def test_a_row_a_region_has_the_gradient_of_the_detections_own(shapes_model, shapes_trace):
    box = gradient(shapes_model, shapes_trace, Target(DETECTION), "box_roi.pooled").gradient
    mask = gradient(shapes_model, shapes_trace, Target(DETECTION, "mask"), "mask_roi.pooled").gradient
    assert box.shape == (1, 7, 7, 64)
    assert mask.shape == (1, 14, 14, 64)
    assert box.any()
    assert mask.any()


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (Target(DETECTION), "backbone.c3.block1.conv1"),
        (Target(DETECTION), "backbone.stem.relu"),
        (Target(DETECTION, "mask"), "fpn.lateral3"),
        (Target(DETECTION, "box"), "box_head.fc1"),
        (Target(DETECTION, "mask"), "mask_head.conv2"),
    ],
)
def test_what_is_inside_blocks_and_heads_can_be_asked_about(target, name, shapes_model, shapes_trace):
    assert name not in shapes_trace  # made again
    probe = Probe(shapes_model, shapes_trace, target, name)
    found = probe.gradient(probe.value)
    assert found.value == pytest.approx(gradient(shapes_model, shapes_trace, target).value, rel=1e-4)
    place = np.unravel_index(np.abs(found.gradient).argmax(), found.gradient.shape)
    step = np.zeros_like(probe.value)
    step[place] = 1e-2
    rise = probe.gradient(probe.value + step).value - probe.gradient(probe.value - step).value
    assert rise / 2e-2 == pytest.approx(found.gradient[place], rel=0.1)


def test_maps_of_blocks_lie_where_their_cells_lie(shapes_model, shapes_trace):
    cam = find(shapes_model, shapes_trace, Target(DETECTION), "Grad-CAM", "backbone.c4.block1.output")
    assert cam.values.shape == shapes_trace.shape("backbone.c4")[:2]
    np.testing.assert_allclose(
        cam.values,
        grad_cam(shapes_model, shapes_trace, Target(DETECTION), "backbone.c4"),
        rtol=1e-4,
        atol=1e-6,
    )
    assert cam.extent == (0.0, 0.0, *map(float, shapes_trace.shape(IMAGE)[:2]))
    region = find(shapes_model, shapes_trace, Target(DETECTION, "mask"), "gradient", "mask_head.conv1")
    assert region.values.shape == (14, 14)
    assert region.extent == tuple(map(float, shapes_trace["detections.boxes"][DETECTION]))
    with pytest.raises(ValueError, match=r"wanted a tensor with cells.*received box_head\.fc1"):
        find(shapes_model, shapes_trace, Target(DETECTION), "gradient", "box_head.fc1")


def test_why_not_another_class_is_another_question(shapes_model, shapes_trace):
    own, other = (
        gradient(shapes_model, shapes_trace, Target(DETECTION, class_id=class_id), "fpn.p2")
        for class_id in (2, 3)
    )
    assert own.value > 0 > other.value
    assert not np.allclose(own.gradient, other.gradient)


def test_integrated_gradients_are_complete(shapes_model, shapes_trace):
    found = integrated_gradients(shapes_model, shapes_trace, Target(DETECTION), "fpn.p2", steps=48)
    difference = found.value - found.at_baseline
    assert abs(difference) > 5
    assert abs(found.gap) < 0.02 * abs(difference)
    assert found.parts.sum() == pytest.approx(difference, abs=abs(found.gap) + 1e-6)
    nowhere = integrated_gradients(
        shapes_model, shapes_trace, Target(DETECTION), "fpn.p2", baseline=shapes_trace["fpn.p2"], steps=1
    )
    assert not nowhere.parts.any()


def test_a_compiled_probe_gives_the_same(shapes_model, shapes_trace):
    probe = Probe(shapes_model, shapes_trace, Target(DETECTION), "fpn.merged3")
    plain, fast = probe.gradient(probe.value), probe.compile().gradient(probe.value)
    assert fast.value == pytest.approx(plain.value, rel=1e-5)
    np.testing.assert_allclose(fast.gradient, plain.gradient, atol=1e-6)


@pytest.mark.parametrize(
    ("target", "name", "error", "message"),
    [
        (Target(99), IMAGE, IndexError, "wanted a detection of 0 to 3, received 99"),
        (Target(0), "rpn.scores", ValueError, "logit: wanted one of molding.image, .*received rpn.scores"),
        (Target(0, "mask"), "box_roi.pooled", ValueError, "mask: wanted one of .*mask_roi.pooled"),
        (Target(0, "mask", pixel=(28, 0)), IMAGE, ValueError, r"wanted a pixel of 0 to 27"),
        (Target(0, class_id=4), IMAGE, ValueError, "wanted a class of 0 to 3, received 4"),
    ],
)
def test_what_cannot_be_asked_is_refused(target, name, error, message, shapes_model, shapes_trace):
    with pytest.raises(error, match=message):
        gradient(shapes_model, shapes_trace, target, name)


@pytest.mark.parametrize("arguments", [{"kind": "colour"}, {"side": "z1"}])
def test_a_target_knows_its_kinds(arguments):
    with pytest.raises(ValueError, match=r"wanted a (kind|side) of"):
        Target(0, **arguments)


# --- checks --------------------------------------------------------------------------------------------------


def test_random_weights_give_another_map(shapes_model, shapes_trace):
    def method(model, trace):
        return as_map(gradient(model, trace, Target(DETECTION)).gradient)

    other = shuffled(shapes_model, seed=1)
    for own, mixed in zip(shapes_model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(np.sort(own.ravel()), np.sort(mixed.ravel()))
    assert not np.array_equal(shapes_model.get_weights()[0], other.get_weights()[0])
    given = shapes_trace, DETECTION, IMAGE, method
    assert resemblance(shapes_model, other, *given) < 0.6
    assert resemblance(shapes_model, shapes_model, *given) == pytest.approx(1.0)


def test_rank_correlation_by_hand():
    assert rank_correlation(np.array([1, 2, 3]), np.array([10, 20, 90])) == pytest.approx(1)
    assert rank_correlation(np.array([1, 2, 3]), np.array([9, 5, 1])) == pytest.approx(-1)
    assert rank_correlation(np.array([1, 1, 2]), np.array([1, 2, 2])) == pytest.approx(0.5)
    assert np.isnan(rank_correlation(np.array([1, 2]), np.array([4, 4])))


def test_a_curve_begins_and_ends_with_everything_and_nothing(shapes_model, shapes_trace):
    importance = as_map(gradient(shapes_model, shapes_trace, Target(DETECTION)).gradient)
    gone = deletion(shapes_model, shapes_trace, DETECTION, importance, steps=4)
    given = deletion(shapes_model, shapes_trace, DETECTION, importance, steps=4, insert=True)
    assert gone.share.tolist() == [0, 0.0625, 0.25, 0.5625, 1]
    assert gone.probs[0] == given.probs[-1] == pytest.approx(shapes_trace["detections.scores"][DETECTION])
    assert gone.probs[-1] == given.probs[0] < 0.1
    unknowing = deletion(shapes_model, shapes_trace, DETECTION, random_order(shapes_trace, 0), 4, insert=True)
    assert given.area > unknowing.area + 0.3


def test_cells_hold_the_sums_of_their_pixels():
    sums = in_cells(np.ones((5, 6)), (5, 6), 4)
    assert sums.tolist() == [[16, 8], [4, 2]]
    assert in_cells(np.array([[1.0, 2.0]]), (2, 4), 2).tolist() == [[4, 8]]
    with pytest.raises(ValueError, match="wanted an importance"):
        in_cells(np.ones((3, 5)), (5, 6), 4)
