"""What a film says of its objects: steps worked by hand, on frames that no network made."""

import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.pipeline.given_truth import give_truth
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.training.film.files import Frame, Index, write_index
from maskrcnn_core.training.judging import Judgement
from maskrcnn_inspect.analysis.candidates.verdicts import VERDICTS, judge_truths
from maskrcnn_inspect.analysis.training.film import ImageFilm, mask_overlaps, open_film, since, times_lost
from maskrcnn_inspect.analysis.training.survival import LOSES, STAGES, SurvivalJudge, stages_kept
from maskrcnn_inspect.samples import sample_truth

CONFIG = tiny(Shapes.class_names, size=64)
STEPS = (0, 1, 2, 4)
OBJECT = (0, 0, 16, 16)  # yxyx, and its anchor's


def frame(step: int, objectness: float, box: tuple | None, kept: int, truth: bool = True) -> Frame:
    """Return a frame of an object in the upper left corner, with one detection of its class at ``box`` or none."""
    boxes = np.array([box] if box else np.zeros((0, 4)), np.float32)
    count, mask = len(boxes), np.zeros((1, 64, 64), bool)
    mask[0, :16, :16] = True
    trace = Trace(config=CONFIG)
    trace.update(
        {
            "image.original": np.zeros((64, 64, 3), np.uint8),
            "molding.image": np.zeros((64, 64, 3), np.float32),
            "molding.window": np.array([0, 0, 64, 64], np.float32),
            "anchors.boxes": np.array([OBJECT, (40, 40, 56, 56)], np.float32),
            "anchors.level": np.array([2, 3], np.int32),
            "rpn.scores": np.array([objectness, 0.99], np.float32),
            "detections.boxes": boxes,
            "detections.class_ids": np.ones(count, np.int32),
            "detections.scores": np.full(count, 0.9, np.float32),
            "mask_head.probs": np.ones((count, 28, 28), np.float32),
        }
    )
    if truth:
        trace.update(
            {
                "truth.boxes": np.array([OBJECT], np.float32),
                "truth.class_ids": np.ones(1, np.int32),
                "truth.is_crowd": np.zeros(1, bool),
                "truth.masks": mask,
            }
        )
    judged = (Judgement(0, kept, "verdict", ""),) if truth else ()
    return Frame(step, trace, judged)


def frames(truth: bool = True) -> list[Frame]:
    """Return four frames: nothing, an anchor, a box of half the object, the object."""
    scores, boxes, kept = (0.1, 0.6, 0.4, 0.8), (None, None, (0, 0, 8, 16), OBJECT), (0, 2, 1, 6)
    rows = zip(STEPS, scores, boxes, kept, strict=True)
    return [frame(*row, truth=truth) for row in rows]


@pytest.mark.parametrize(
    "kept, step, lost", [("0111", 1, 0), ("1101", 4, 1), ("1111", 0, 0), ("0110", None, 1), ("1010", None, 2)]
)
def test_what_holds_for_good_holds_from_a_step_to_the_end(kept, step, lost):
    row = np.array([mark == "1" for mark in kept])
    assert (since(row, STEPS), times_lost(row)) == (step, lost)


def test_anchor_wakes_box_settles_and_mask_closes_at_their_steps():
    film = ImageFilm(frames(), STAGES)
    growth = film.growth
    np.testing.assert_allclose(growth.objectness[:, 0], [0.1, 0.6, 0.4, 0.8])
    np.testing.assert_allclose(growth.box[:, 0], [0, 0, 0.5, 1])
    np.testing.assert_allclose(growth.mask[:, 0], [0, 0, 0.5, 1])
    np.testing.assert_array_equal(growth.detection[:, 0], [-1, -1, 0, 0])
    assert growth.moments(0) == {"anchor wakes": 4, "box settles": 4, "mask closes": 4}, "it slept again at 2"


def test_without_ground_truth_the_detections_of_the_end_are_followed():
    film = ImageFilm(frames(truth=False), STAGES)
    assert not film.objects.of_truth and len(film.objects) == 1 and not film.is_judged
    np.testing.assert_allclose(film.growth.mask_still[:, 0], [0, 0, 0.5, 1])
    with pytest.raises(ValueError, match="without ground truth"):
        _ = film.kept
    early = ImageFilm(frames(truth=False)[:2])
    assert len(early.objects) == 0 and early.growth.box.shape == (2, 0)


def test_stages_that_kept_an_object_are_those_of_its_judgements():
    assert ImageFilm(frames(), STAGES).kept[:, 0].tolist() == [0, 2, 1, 6]
    assert not ImageFilm(frames(), ()).is_judged


def test_an_object_too_small_for_all_anchors_has_the_nearest_one():
    small = frames()
    for one in small:
        one.trace.update({"truth.boxes": np.array([[0, 0, 4, 4]], np.float32)})  # IoU 1/16 with its anchor
    assert ImageFilm(small, STAGES).anchors[0].tolist() == [0]


def test_overlaps_of_masks_are_pairwise():
    masks = np.zeros((3, 2, 2), bool)
    masks[0, 0], masks[1, :, 0] = True, True
    others = np.zeros((3, 2, 2), bool)
    others[0, 0], others[1, 0] = True, True
    np.testing.assert_allclose(mask_overlaps(masks, others), [1, 1 / 3, 0])


def test_every_verdict_but_crowd_is_of_one_stage_in_the_order_of_the_pipeline():
    known = [verdict for verdict in VERDICTS if verdict not in ("found", "crowd")]
    assert sorted(known) == sorted(verdict for verdicts in LOSES.values() for verdict in verdicts)
    assert stages_kept("found") == len(STAGES) == 6
    assert [stages_kept(v) for v in ("no anchor", "top k", "proposal NMS", "score", "class NMS", "mask")] == [
        0, 0, 1, 2, 3, 5,
    ]  # fmt: skip


def test_a_judge_says_of_every_object_what_explain_says(shapes_trace):
    trace = Trace(config=shapes_trace.config)
    trace.update(shapes_trace)
    give_truth(trace, sample_truth("shapes"))
    judged, wanted = SurvivalJudge()(trace), judge_truths(trace)
    assert [(one.truth, one.verdict, one.sentence) for one in judged] == [
        (one.truth, one.verdict, one.sentence) for one in wanted
    ]
    assert all(one.kept == stages_kept(one.verdict) for one in judged)


def test_a_run_without_a_film_says_how_to_record_one(tmp_path):
    with pytest.raises(ValueError, match="train with --film IMAGE"):
        open_film(tmp_path)
    write_index(tmp_path / "film", Index(("0",), (("all", 8),), 4))
    film = open_film(tmp_path)
    assert len(film) == 1
    with pytest.raises((ValueError, OSError), match=r"given\.h5"):
        film.image(0)
