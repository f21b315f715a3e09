"""Interventions: which values an edit touches, what becomes of the detections, and what ablations tell."""

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.attribution.ablations import LEVELS, ablate_channels, ablate_levels, occlude
from maskrcnn_inspect.analysis.what_if.effects import NO_SUPPORT, find_effect, mask_iou, support, support_of
from maskrcnn_inspect.analysis.what_if.interventions import (
    WHOLE,
    Part,
    make_edit,
    noise,
    scale,
    selected,
    swap,
    zero,
)
from tests.analysis.constructed import Candidate, make

LEFT, RIGHT, OFF = (10.0, 10.0, 30.0, 30.0), (30.0, 36.0, 50.0, 60.0), (50.0, 2.0, 62.0, 12.0)
NEAR_LEFT = (10.0, 12.0, 30.0, 32.0)  # IoU with LEFT 18 / 22


@pytest.fixture
def grid() -> Trace:
    """Give a trace with one map of 4 x 4 cells of 8 px and two channels, all ones, and an image of 0, 100, 200."""
    trace = Trace()
    trace("image.original", np.uint8([[[0], [100], [200]]]))
    trace("fpn.p3", np.ones((4, 4, 2), np.float32))
    return trace


def edited(trace: Trace, name: str, change, part: Part = WHOLE) -> np.ndarray:
    """Apply an edit as a replay does."""
    return Trace(edits={name: make_edit(trace, name, change, part)})(name, np.asarray(trace[name]))


# --- parts ---------------------------------------------------------------------------------------------------


def test_a_region_holds_the_cells_that_it_touches(grid):
    inside = selected(grid, "fpn.p3", Part(region=(8, 0, 16.5, 8)))  # px; cells are 8 px
    assert np.argwhere(inside[..., 0]).tolist() == [[1, 0], [2, 0]]


def test_region_and_channel_narrow_each_other(grid):
    halved = edited(grid, "fpn.p3", scale(0.5), Part(channel=1, region=(0, 0, 8, 8)))
    assert halved[0, 0].tolist() == [1.0, 0.5]
    assert halved.sum() == 31.5


def test_a_level_holds_the_rows_of_its_anchors():
    trace = Trace()
    trace("anchors.boxes", np.zeros((3, 4), np.float32))
    trace("anchors.level", np.int32([2, 3, 2]))
    trace("rpn.scores", np.float32([0.1, 0.2, 0.3]))
    np.testing.assert_allclose(edited(trace, "rpn.scores", zero(), Part(level=2)), [0, 0.2, 0])


def test_a_region_holds_the_rows_whose_box_has_its_centre_there():
    trace = make([Candidate(LEFT, 0.9), Candidate(RIGHT, 0.8)])
    quiet = edited(trace, "rpn.scores", zero(), Part(region=(0, 0, 32, 32)))
    np.testing.assert_allclose(quiet, [0.0, 0.8])


@pytest.mark.parametrize(
    ("name", "part", "message"),
    [
        ("fpn.p3", Part(channel=2), "it has 2 of them"),
        ("molding.window", Part(channel=0), "it has no such axis"),
        ("fpn.p3", Part(level=3), "has no level to choose by"),
        ("molding.window", Part(region=(0, 0, 1, 1)), "has no region to choose by"),
        ("fpn.p3", Part(region=(8, 0, 8, 9)), "wanted a region y1 < y2"),
    ],
)
def test_a_part_that_is_not_there_is_refused(name, part, message, grid):
    grid("molding.window", np.zeros(4, np.float32))
    with pytest.raises(ValueError, match=message):
        make_edit(grid, name, zero(), part)


# --- changes -------------------------------------------------------------------------------------------------


def test_whole_numbers_are_rounded_and_stay_in_range(grid):
    assert edited(grid, "image.original", scale(1.496)).ravel().tolist() == [0, 150, 255]


def test_noise_follows_from_its_seed(grid):
    one, same, other = (edited(grid, "fpn.p3", noise(0.1, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert 0 < np.abs(one - other).mean() < 0.4
    assert one.std() == pytest.approx(0.1, rel=0.4)


def test_swap_puts_the_other_images_values_where_they_fit(grid):
    other = Trace()
    other("fpn.p3", np.full((4, 4, 2), 7, np.float32))
    mixed = edited(grid, "fpn.p3", swap(other, "fpn.p3"), Part(channel=0))
    assert mixed[2, 2].tolist() == [7, 1]
    smaller = Trace()
    smaller("fpn.p3", np.zeros((2, 4, 2), np.float32))
    with pytest.raises(ValueError, match=r"wanted \(4, 4, 2\) as in this image, received \(2, 4, 2\)"):
        edited(grid, "fpn.p3", swap(smaller, "fpn.p3"))


# --- effects -------------------------------------------------------------------------------------------------


def test_detections_are_matched_within_their_class_first_and_then_across():
    both = [Candidate(LEFT, 0.9, 1, 0.9), Candidate(NEAR_LEFT, 0.85, 2, 0.8), Candidate(OFF, 0.8)]
    before = make(both, **{"proposals.nms_threshold": 0.9})
    after = make([Candidate(NEAR_LEFT, 0.9, 2, 0.95), Candidate(RIGHT, 0.8, 1, 0.7)])
    effect = find_effect(before, after)
    assert [one.class_before for one in effect.pairs] == [2]
    (pair,) = effect.pairs
    assert (pair.after, pair.kept_class, pair.box_iou, pair.mask_iou) == (0, True, 1.0, 1.0)
    assert pair.score_change == pytest.approx(0.15)
    assert len(effect.lost) == 2
    assert effect.new == (1,)


def test_a_detection_that_changed_its_class_stays_the_same_detection():
    effect = find_effect(make([Candidate(LEFT, 0.9, 1)]), make([Candidate(NEAR_LEFT, 0.9, 2)]))
    (pair,) = effect.pairs
    assert not pair.kept_class
    assert pair.box_iou == pytest.approx(18 / 22)
    assert not effect.is_nothing


def test_no_detections_on_either_side_are_normal():
    nothing, one = make([Candidate(LEFT, 0.9, prob=0.1)]), make([Candidate(LEFT, 0.9)])
    assert find_effect(nothing, nothing).is_nothing
    assert find_effect(one, nothing).lost == (0,)
    assert find_effect(nothing, one).new == (0,)


def test_overlap_of_masks_by_hand():
    a, b = np.zeros((2, 4, 4), bool)
    a[:2], b[1:3] = True, True
    assert mask_iou(a, b) == 4 / 12
    assert mask_iou(a & False, b & False) == 1


def test_support_goes_on_where_a_score_ends():
    trace = make(
        [Candidate(LEFT, 0.9, 1, 0.2), Candidate(RIGHT, 0.8)]
    )  # probs 0.4, 0.2, 0.4: below the minimum
    prob, log_odds = support(trace, np.float32(LEFT), 1)
    assert len(trace["detections.boxes"]) == 1
    assert prob == pytest.approx(0.2)
    assert log_odds == pytest.approx(np.log(0.2 / 0.8))
    assert support(trace, np.float32(OFF), 1).log_odds == NO_SUPPORT
    with pytest.raises(IndexError, match="wanted a detection of 0 to 0, received 1"):
        support_of(trace, 1, trace)


# --- through the model ---------------------------------------------------------------------------------------


def test_times_one_changes_nothing(shapes_model, shapes_trace):
    for name in ("molding.image", "backbone.c3", "box_head.class_logits"):
        edits = {name: make_edit(shapes_trace, name, scale(1.0))}
        assert find_effect(shapes_trace, shapes_model.replay(shapes_trace, edits)).is_nothing


def test_the_level_that_the_objects_are_pooled_from_takes_them_all_along(shapes_model, shapes_trace):
    effects = ablate_levels(shapes_model, shapes_trace)
    assert list(effects) == list(LEVELS)
    assert set(shapes_trace["mask_roi.level"].tolist()) == {2}
    assert effects["fpn.p2"].lost == tuple(range(len(shapes_trace["detections.boxes"])))
    assert not effects["fpn.p5"].lost


def test_channels_are_ranked_by_what_the_detection_loses(shapes_model, shapes_trace):
    effects = ablate_channels(shapes_model, shapes_trace, "fpn.p2", 1, channels=[3, 17, 30])
    assert sorted(one.channel for one in effects) == [3, 17, 30]
    changes = [one.change for one in effects]
    assert changes == sorted(changes)
    own = support_of(shapes_trace, 1, shapes_trace).log_odds
    assert effects[0].support.log_odds - own == pytest.approx(effects[0].change)
    assert any(changes)
    with pytest.raises(ValueError, match=r"wanted a tensor \[y x channel\], received rpn.scores \[A\]"):
        ablate_channels(shapes_model, shapes_trace, "rpn.scores", 1)


def test_covering_the_object_costs_more_than_covering_anything_else(shapes_model, shapes_trace):
    box = shapes_trace["detections.boxes"][1]
    occlusion = occlude(shapes_model, shapes_trace, 1, size=32, step=32)
    assert occlusion.boxes.shape == (4, 4, 4)
    assert occlusion.boxes[-1, -1].tolist() == [96, 96, 128, 128]
    y1, x1, y2, x2 = occlusion.boxes[occlusion.most_needed]
    assert y1 < box[2] and box[0] < y2 and x1 < box[3] and box[1] < x2
    assert occlusion.change.min() < -1 < occlusion.change[0, 3]
    with pytest.raises(ValueError, match="wanted size and step of 1 px or more"):
        occlude(shapes_model, shapes_trace, 1, size=0)
