"""The shares of a loss are the loss."""

import numpy as np
import pytest

from maskrcnn_core.config import LEVELS
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.training import loss_shares
from maskrcnn_inspect.analysis.training.loss_shares import LOSSES, OF_ANCHORS, costliest
from maskrcnn_inspect.samples import UNSEEN_SEED

EXACT = 1e-5  # of the scalar, what the parts may be off


@pytest.fixture(scope="module")
def model(shapes_model):
    return shapes_model


@pytest.fixture(scope="module")
def samples() -> dict[str, Sample]:
    full = Shapes(count=10, seed=UNSEEN_SEED)[3]
    none = np.zeros((0, 128, 128), bool)
    pixel = np.zeros((1, 128, 128), bool)
    pixel[0, 60, 60] = True
    return {
        "objects": full,
        "no objects": Sample(full.image, np.zeros(0, np.int32), none),
        "one pixel": Sample(full.image, np.array([1], np.int32), pixel),
        "a crowd alone": Sample(full.image, full.class_ids, full.masks, np.ones(len(full), bool)),
    }


@pytest.fixture(scope="module")
def traces(model, samples) -> dict[str, Trace]:
    return {name: model.trace(sample.image, truth=sample) for name, sample in samples.items()}


CASES = ["objects", "no objects", "one pixel", "a crowd alone"]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("loss", LOSSES)
def test_parts_maps_and_levels_add_up_to_the_scalar(traces, case, loss):
    trace = traces[case]
    scalar = float(trace[f"losses.{loss}"])
    assert loss_shares.by_row(trace, loss).sum() == pytest.approx(scalar, rel=EXACT, abs=1e-9)
    per_px = loss_shares.on_image(trace, loss)
    assert per_px.shape == (128, 128)
    assert per_px.sum() == pytest.approx(scalar, rel=EXACT, abs=1e-9)
    if loss in OF_ANCHORS:
        levels = [loss_shares.on_level(trace, loss, level).sum() for level in LEVELS]
        assert sum(levels) == pytest.approx(scalar, rel=EXACT, abs=1e-9)


def test_an_image_without_objects_still_costs(traces):
    values = loss_shares.scalars(traces["no objects"])
    assert values["rpn_delta"] == values["box_delta"] == values["mask"] == 0.0
    # the model is sure of objects that this ground truth denies
    assert values["class"] > 3 * loss_shares.scalars(traces["objects"])["class"]
    assert all(share.truth == -1 for share in costliest(traces["no objects"]))


def test_after_edits_and_reruns_the_parts_are_still_the_whole(model, traces):
    replayed = model.replay(traces["objects"], edits={"rpn.deltas": lambda deltas: 1.5 * deltas})
    for loss, scalar in loss_shares.scalars(replayed).items():
        assert loss_shares.by_row(replayed, loss).sum() == pytest.approx(scalar, rel=EXACT)
    assert loss_shares.scalars(replayed)["rpn_delta"] > loss_shares.scalars(traces["objects"])["rpn_delta"]


def test_the_costliest_are_the_largest_shares_in_order(traces):
    trace = traces["objects"]
    found = costliest(trace, 10)
    everything = np.concatenate([loss_shares.by_row(trace, loss) for loss in LOSSES])
    assert [share.value for share in found] == pytest.approx(np.sort(everything)[::-1][:10].tolist())
    of_mask = costliest(trace, 3, "mask")
    assert {share.loss for share in of_mask} == {"mask"}
    assert all(share.truth == trace["roi_targets.gt_index"][share.row] for share in of_mask)


def test_words_tell_the_probability_that_the_network_gave(traces):
    trace = traces["objects"]
    logits = trace["rpn.logits"].astype(np.float64)
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    for share in costliest(trace, 5, "rpn_objectness"):
        column = int(trace["anchor_targets.labels"][share.row] == 1)
        assert f"got {probs[share.row, column]:.3f}" in share.words
        assert ("object wanted" in share.words) == bool(column)


def test_class_words_agree_with_the_box_head_of_detection(traces):
    trace = traces["objects"]
    for share in costliest(trace, 8, "class"):
        proposal, wanted = (
            trace[f"roi_targets.{name}"][share.row] for name in ("proposal_index", "class_ids")
        )
        if proposal >= 0:
            said = float(share.words.split("got ")[1])
            assert said == pytest.approx(trace["box_head.class_probs"][proposal, wanted], abs=2e-3)


def test_a_formula_is_worked_out(traces):
    trace = traces["objects"]
    share = costliest(trace, 1, "class")[0]
    logarithm, count, value = loss_shares.formula(trace, "class", share.row).replace("=", "/").split("/")
    assert -np.log(float(logarithm.removeprefix("-ln"))) / int(count) == pytest.approx(share.value, rel=1e-3)
    assert float(value.removesuffix(" nat")) == pytest.approx(share.value, abs=1e-5)


def constructed(**tensors) -> Trace:
    """Give two anchors of which one is wanted, one ROI, and losses of our own."""
    from maskrcnn_core.config import tiny

    trace = Trace(config=tiny(("background", "<img src=x onerror=alert(1)>")))
    values = {
        "molding.image": np.zeros((128, 128, 3), np.float32),
        "anchors.boxes": np.array([[0, 0, 10, 10], [5, 5, 9, 9]], np.float32),
        "anchor_targets.labels": np.array([1, -1], np.int32),
        "anchor_targets.gt_index": np.array([0, 0], np.int32),
        "roi_targets.boxes": np.array([[0, 0, 4, 4]], np.float32),
        "roi_targets.class_ids": np.array([1], np.int32),
        "roi_targets.gt_index": np.array([0], np.int32),
        "roi_targets.masks": np.ones((1, 2, 2), np.float32),
        "losses.rpn_objectness_parts": np.log([2.0, 4.0]).astype(np.float32) / 2,
        "losses.rpn_delta_parts": np.array([[0, 0, 0.1, 0.3], [0, 0, 0, 0]], np.float32),
        "losses.class_parts": np.array([np.log(5.0)], np.float32),
        "losses.box_delta_parts": np.zeros((1, 4), np.float32),
        "losses.mask_parts": np.log([[[1.25, 4.0], [1.0, 1.0]]]).astype(np.float32) / 4,
    }
    values |= {f"losses.{loss}": np.float32(values[f"losses.{loss}_parts"].sum()) for loss in LOSSES}
    trace.update({**values, **{name.replace("__", "."): value for name, value in tensors.items()}})
    return trace


def test_hand_worked_shares():
    trace = constructed()
    said = {share.loss: share for share in costliest(trace)}
    assert said["class"].words == "<img src=x onerror=alert(1)> wanted, which got 0.200"
    assert said["rpn_delta"].words == "75% of it in log dw"  # columns are dy, dx, log dh, log dw
    assert said["mask"].words == "1 of 4 mask cells on the wrong side of 0.5"
    assert "box_delta" not in said  # it costs nothing
    objectness = costliest(trace, 10, "rpn_objectness")
    assert [share.row for share in objectness] == [1, 0]
    assert objectness[0].words == "background wanted, which got 0.250"
    assert objectness[0].truth == -1  # a negative anchor is on no ground truth, whatever it overlaps most
    assert objectness[1].words == "object wanted, which got 0.500"
    assert loss_shares.formula(trace, "rpn_delta", 0).startswith(
        "(0.000 + 0.000 + 0.400 + 1.200) / 4 = 0.40000"
    )


def test_what_is_no_number_comes_first():
    parts = np.array([[0, 0, 0, 9.0], [np.nan, 0, 0, 0]], np.float32)
    found = costliest(constructed(losses__rpn_delta_parts=parts))
    assert (found[0].loss, found[0].row, found[0].words) == ("rpn_delta", 1, "not a finite number")
    assert found[1].value == pytest.approx(9.0)


def test_a_trace_without_truth_says_how_to_record_one(model):
    bare = Trace(config=model.config)
    with pytest.raises(ValueError, match=r"wanted a trace with losses.*truth=sample"):
        costliest(bare)
