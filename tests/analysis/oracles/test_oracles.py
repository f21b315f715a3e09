"""Oracles: what each puts in the place of a stage, and what the model makes of it."""

import json

import numpy as np
import pytest

from maskrcnn_core import cli
from maskrcnn_core.data.formats.shapes import CLASS_NAMES, Shapes
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.pipeline.given_truth import give_truth
from maskrcnn_inspect.analysis.candidates.matching import match_masks
from maskrcnn_inspect.analysis.oracles.budget import measure_budget
from maskrcnn_inspect.analysis.oracles.stages import (
    ORACLES,
    correct,
    perfect_boxes,
    perfect_classes,
    perfect_masks,
    perfect_objectness,
    perfect_proposals,
    perfect_suppression,
)
from maskrcnn_inspect.analysis.oracles.text import budget_table
from maskrcnn_inspect.views.why.oracles import figure
from tests.analysis.constructed import Candidate, Truth, make

LEFT, RIGHT = (10.0, 10.0, 30.0, 30.0), (30.0, 36.0, 50.0, 60.0)
HALF = (10.0, 10.0, 30.0, 20.0)  # of LEFT: IoU 0.5
OFF = (10.0, 40.0, 18.0, 60.0)  # overlaps neither


@pytest.fixture(scope="module")
def image(shapes_model):
    """Give the trace of an image with two objects that overlap by more than any NMS allows, with ground truth."""
    return with_truth(shapes_model, crowded())


def crowded() -> Sample:
    sample = Shapes(count=10, seed=5)[1]
    masks = np.zeros((3, 128, 128), bool)
    masks[0, 20:60, 20:60] = masks[1, 22:62, 20:60] = masks[2, 90:110, 80:120] = True
    return Sample(sample.image, np.int32([1, 1, 3]), masks)


def with_truth(model, sample: Sample):
    trace = model.trace(sample.image)
    give_truth(trace, sample)
    return trace


# --- what each puts in place, by hand ------------------------------------------------------------------------


def test_objectness_is_the_overlap_of_the_refined_box():
    trace = make(
        [Candidate(OFF, 0.9, refined=LEFT), Candidate(HALF, 0.2), Candidate(RIGHT, 0.1)], [Truth(LEFT)]
    )
    np.testing.assert_allclose(perfect_objectness(trace).edits["rpn.scores"], [1.0, 0.5, 0.0], atol=1e-6)


def test_classes_are_those_of_the_truth_covered_and_the_better_fit_is_surer():
    trace = make(
        [Candidate(LEFT, 0.9, class_id=1), Candidate(HALF, 0.8, class_id=1), Candidate(OFF, 0.7)],
        [Truth(LEFT, class_id=2)],
    )
    probs = perfect_classes(trace).edits["box_head.class_probs"]
    np.testing.assert_allclose(probs, [[0, 0, 1], [0.005, 0, 0.995], [1, 0, 0]], atol=1e-6)


def test_boxes_move_onto_the_truth_covered_and_no_other():
    trace = make([Candidate(HALF, 0.9), Candidate(OFF, 0.7)], [Truth(LEFT), Truth(RIGHT)])
    deltas = perfect_boxes(trace).edits["box_head.deltas"] * trace.config.box_head.delta_std
    moved = box_algebra.decode(trace["proposals.boxes"][:, None], deltas)
    np.testing.assert_allclose(moved[0], [LEFT] * 3, atol=1e-4)
    np.testing.assert_allclose(moved[1], [OFF] * 3, atol=1e-4)


def test_suppression_keeps_the_best_box_of_each_truth_and_the_models_own_strays():
    trace = make(
        [
            Candidate(HALF, 0.9, prob=0.9),  # kept by the model, covers LEFT by half
            Candidate(LEFT, 0.8, prob=0.6),  # suppressed by it, and fits better
            Candidate(OFF, 0.7, prob=0.8),  # belongs to no ground truth, and the model keeps it
        ],
        [Truth(LEFT), Truth(RIGHT)],
    )
    assert trace["detections.proposal_index"].tolist() == [0, 2]
    assert perfect_suppression(trace).edits["detections.proposal_index"].tolist() == [2, 1]


def test_masks_are_the_truth_within_the_box_and_the_models_own_where_there_is_none():
    trace = make([Candidate(LEFT, 0.9, fill=0.1), Candidate(OFF, 0.8, fill=0.1)], [Truth(HALF)])
    masks = perfect_masks(trace).edits["mask_head.probs"](trace["mask_head.probs"])
    np.testing.assert_array_equal(masks[0, :, :14], 1)  # the left half of LEFT is object
    np.testing.assert_array_equal(masks[0, :, 14:], 0)
    np.testing.assert_array_equal(masks[1], np.float32(0.1))


def test_a_crowd_is_no_truth():
    trace = make([Candidate(LEFT, 0.9)], [Truth(LEFT, is_crowd=True)])
    assert perfect_objectness(trace).edits["rpn.scores"].tolist() == [0.0]
    assert perfect_classes(trace).edits["box_head.class_probs"].tolist() == [[1, 0, 0]]
    assert perfect_proposals(trace).settings["proposals.top_k"] == 0


# --- through the model ---------------------------------------------------------------------------------------


def test_perfect_proposals_are_the_truths_even_where_they_overlap(shapes_model, image):
    replayed = correct(shapes_model, image, perfect_proposals(image))
    found, truths = replayed["proposals.boxes"], image["truth.boxes"]
    order = np.argmax(box_algebra.iou(truths, found), axis=1)
    assert sorted(order.tolist()) == [0, 1, 2]
    np.testing.assert_allclose(found[order], truths, atol=1e-3)


def test_all_together_find_every_object(shapes_model, image):
    chained, edits = image, {}
    for oracle in ORACLES.values():
        correction = oracle(chained)
        before, edits = edits, {**edits, **correction.edits}
        chained = correct(shapes_model, chained, correction, before)
    matches = match_masks(chained, 0.9)
    assert (matches.of_truth >= 0).all()
    assert (matches.of_detection >= 0).all()


@pytest.mark.parametrize("name", ORACLES)
def test_nothing_there_is_a_normal_case(name: str, shapes_model):
    empty = Sample(np.full((128, 128, 3), 40, np.uint8), np.zeros(0, np.int32), np.zeros((0, 128, 128), bool))
    trace = with_truth(shapes_model, empty)
    replayed = correct(shapes_model, trace, ORACLES[name](trace))
    assert len(replayed["detections.boxes"]) <= len(trace["detections.boxes"])


# --- over a data set -----------------------------------------------------------------------------------------


class Two(Reader):
    """Two images, of which one cannot be read."""

    class_names = CLASS_NAMES

    def __len__(self) -> int:
        return 2

    def read(self, index: int):
        if index:
            raise ValueError("no image")
        return Shapes(count=10, seed=5).read(1)


def test_the_budget_ends_at_the_ceiling(shapes_model):
    budget = measure_budget(shapes_model, Two())
    assert (budget.images, budget.objects) == (1, len(Shapes(count=10, seed=5)[1]))
    assert budget.unreadable == [("1", "no image")]
    assert [row.name for row in budget.alone] == [row.name for row in budget.together] == list(ORACLES)
    assert budget.alone[0].figures == budget.together[0].figures
    top = budget.together[-1].figures
    assert [top["mask AP50"], top["box AP"]] == pytest.approx([1.0, 1.0])
    by_side = {one.side: one for one in budget.ceilings}
    assert by_side[28].figures == top
    assert by_side[14].iou["all"] < by_side[28].iou["all"] < by_side[56].iou["all"] <= 1
    assert budget.as_json()["together"]["masks"]["mask AP50"] == pytest.approx(1.0)
    assert budget_table(budget).row_count == 1 + len(ORACLES)
    assert len(figure(budget).axes) == 2
    with pytest.raises(ValueError, match="wanted a measure of mask AP, "):
        figure(budget, "AP51")


# --- on the command line -------------------------------------------------------------------------------------


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main(["evaluate", *(str(one) for one in arguments)])
    return stop.value.code


def test_the_command_prints_the_budget_and_writes_it(tmp_path, capsys):
    assert run("shapes:?count=1&seed=5", "--weights", "shapes", "--oracles", "--output", tmp_path) == 0
    assert "ceiling of 28x28 masks: mask AP 1.000" in capsys.readouterr().out
    written = json.loads((tmp_path / "oracles.json").read_text())
    assert written["heading"]["data set"] == "shapes:?count=1&seed=5"
    assert list(written["alone"]) == list(ORACLES)
    assert (tmp_path / "oracles.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["shapes:", "--weights", "shapes", "--stage-recall"], "wanted --oracles or --stage-recall"),
        (["--results", "r.json", "--truth", "t.json"], "wanted --oracles with a DATASET"),
    ],
)
def test_what_oracles_cannot_be_asked_with_is_refused(arguments, message, capsys):
    assert run(*arguments, "--oracles") == 2
    assert message in capsys.readouterr().err
