import contextlib
import io
import tracemalloc

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.evaluation.files import figures_of_files
from maskrcnn_core.evaluation.metrics.average import FIGURES, RECALLS, THRESHOLDS, figure_names
from maskrcnn_core.evaluation.metrics.coco_ap import CocoAp
from maskrcnn_core.evaluation.metrics.objects import KINDS, objects_of_sample
from maskrcnn_core.stages.composing import Result

NAMES = ("background", "a", "b")
WHOLE = [[0, 0, 10, 10]]


@pytest.fixture
def measured(truths, found):
    """Give the average of one image by masks: ground-truth objects and detections as the makers take them."""

    def measure(true, detections, **settings):
        average = CocoAp(NAMES)
        average.add_objects(truths(*true), found(*detections))
        return average.average("segm", **settings)

    return measure


def test_figures_of_files_are_those_of_pycocotools(result_files, pycocotools_figures):
    kind, truth, results = result_files
    figures = [*figures_of_files(truth, results, kind).values()]
    assert figures == pycocotools_figures
    assert 0.1 < figures[0] < 0.2


@pytest.mark.parametrize("kind", KINDS)
def test_the_figures_are_those_that_cocos_authors_printed(kind, peer_cases, case_file):
    case = peer_cases[f"coco_fake100_{kind}"]
    files = [case_file(case["inputs"][name]) for name in ("gt_file", "results_file")]
    figures = list(figures_of_files(*files, kind).values())
    assert [f"{value:.3f}" for value in figures] == [
        f"{value:.3f}" for value in case["expected"]["published"]
    ]
    np.testing.assert_allclose(figures, case["expected"]["full_precision"], rtol=0, atol=case["tolerance"])


def test_the_figures_are_those_of_faster_coco_eval(peer_cases, case_file):
    case = peer_cases["fce_gt_dt"]
    files = [case_file(case["inputs"][name]) for name in ("gt_file", "results_file")]
    figures = figures_of_files(*files).values()
    np.testing.assert_allclose([*figures], [*case["expected"].values()], rtol=0, atol=case["tolerance"])


@pytest.mark.parametrize("kind", KINDS)
def test_images_one_by_one_give_what_pycocotools_gives_for_all(kind, scenes):
    average, truth, results = CocoAp(NAMES), COCO(), []
    truth.dataset = {"images": [], "annotations": [], "categories": [{"id": 1}, {"id": 2}]}
    for image_id, (true, found) in enumerate(scenes):
        average.add_objects(true, found)
        truth.dataset["images"].append({"id": image_id, "height": 20, "width": 20})
        for entries, objects in ((truth.dataset["annotations"], true), (results, found)):
            for row, class_id in enumerate(objects.class_ids):
                shape = objects.shapes(kind)[row]
                one = {"image_id": image_id, "category_id": int(class_id), "score": objects.scores[row]}
                one |= {"bbox": shape} if kind == "bbox" else {"segmentation": shape}
                area, crowd = objects.areas(kind)[row], int(objects.is_crowd[row])
                entries.append(one | {"id": len(entries) + 1, "area": area, "iscrowd": crowd})
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        judge = COCOeval(truth, truth.loadRes(results), kind)
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    ours = average.average(kind)
    np.testing.assert_array_equal(ours.precision, judge.eval["precision"])
    np.testing.assert_array_equal(ours.recall, judge.eval["recall"])
    assert [*ours.figures().values()] == judge.stats.tolist()


def test_perfect_results_have_an_ap_of_1(measured):
    boxes, classes = [[0, 0, 8, 8], [10, 10, 15, 15]], [1, 2]
    average = measured((boxes, classes), (boxes, [0.9, 0.3], classes))
    figures = average.figures()
    assert [figures[name] for name in ("AP", "AP50", "APs")] == pytest.approx([1, 1, 1])
    assert figures["APm"] == figures["APl"] == -1
    assert set(average.by_class()) == {"a", "b"}


def test_empty_results_have_an_ap_of_0(measured):
    figures = measured((WHOLE,), ([], [])).figures()
    assert figures["AP"] == figures["AR100"] == 0


def test_no_truth_is_nothing_to_measure_and_not_nan(measured):
    # the classic compute_ap divided by the number of ground-truth objects
    assert set(measured(([],), (WHOLE, [0.9])).figures().values()) == {-1.0}
    assert set(measured(([],), ([], [])).figures().values()) == {-1.0}
    average = CocoAp(NAMES)
    assert set(average.figures().values()) == {-1.0}
    assert (average.average().curve() == -1).all()


def test_an_image_without_truth_counts_its_false_detections(truths, found):
    average = CocoAp(NAMES)
    average.add_objects(truths(WHOLE), found(WHOLE, [0.5]))
    average.add_objects(truths([]), found(WHOLE, [0.9]))
    assert average.figures()["AP50"] == pytest.approx(0.5)


def test_classes_are_not_pooled(measured):
    # 1 true positive of one class and 5 false ones of another: the classic compute_ap gave 1
    boxes = [*WHOLE, *([12, 2 * i, 14, 2 * i + 2] for i in range(5))]
    average = measured(([*WHOLE, [15, 15, 18, 18]], [1, 2]), (boxes, [0.5] + 5 * [0.9], [1] + 5 * [2]))
    assert average.figures(1)["AP"] == pytest.approx(1)
    assert average.figures(2)["AP"] == 0
    assert average.figures()["AP"] == pytest.approx(0.5)


def test_ap_by_hand(measured):
    # by score: right, wrong, right of 3 ground-truth objects: precision 1 up to a recall of 1/3, 2/3 up to 2/3, then 0
    boxes = [[0, 0, 4, 4], [0, 8, 4, 12], [8, 0, 12, 4]]
    average = measured((boxes,), ([boxes[0], [15, 15, 19, 19], boxes[1]], [0.9, 0.8, 0.7]))
    wanted = np.where(RECALLS <= 1 / 3, 1, np.where(RECALLS <= 2 / 3, 2 / 3, 0))
    np.testing.assert_allclose(average.curve(0.5, 1), wanted, atol=1e-12)
    np.testing.assert_allclose(average.curve(0.95), wanted, atol=1e-12)  # b has no ground-truth objects
    assert average.figures()["AP"] == pytest.approx((34 + 33 * 2 / 3) / 101)
    assert average.figures()["AR1"] == pytest.approx(1 / 3)


def test_overlap_decides_up_to_which_threshold_a_detection_counts(measured):
    average = measured((WHOLE,), ([[0, 0, 10, 8]], [0.9]))  # IoU 0.8: 7 of the 10 thresholds
    assert average.figures()["AP"] == pytest.approx(0.7)
    assert average.curve(0.8)[0] == pytest.approx(1)
    assert average.curve(0.85)[0] == 0
    with pytest.raises(ValueError, match=r"0\.50, 0\.55"):
        average.curve(0.52)


def test_crowds_are_neither_found_nor_missed(measured):
    average = measured(
        ([*WHOLE, [0, 10, 20, 20]], None, [False, True]), ([*WHOLE, [2, 12, 6, 16]], [0.5, 0.9])
    )
    assert average.figures()["AP"] == pytest.approx(1)
    assert average.num_truths[:, 0].tolist() == [1, 0]


def test_the_maximum_of_detections_is_by_image_and_class(measured):
    boxes = [[i, 0, i + 1, 20] for i in range(20)]
    true, detections = (boxes,), (boxes, np.linspace(0.9, 0.1, 20))
    average = measured(true, detections, max_detections=(1, 10, 15))
    assert list(average.figures()) == list(figure_names((1, 10, 15)))
    assert average.figures()["AR1"] == pytest.approx(1 / 20)
    assert average.figures()["AR10"] == pytest.approx(1 / 2)
    assert average.figures()["AR15"] == pytest.approx(3 / 4)
    assert average.figures()["AP"] == pytest.approx(76 / 101)
    assert measured(true, detections).figures()["AP"] == pytest.approx(1)


def test_wrong_questions_are_refused(measured):
    with pytest.raises(ValueError, match="three rising numbers"):
        measured((WHOLE,), ([], []), max_detections=(1, 100))
    with pytest.raises(ValueError, match="'segm'"):
        CocoAp(NAMES, ["bbox"]).average("segm")


def test_figures_and_thresholds_are_cocos():
    assert FIGURES[:3] == ("AP", "AP50", "AP75")
    assert FIGURES[6:9] == ("AR1", "AR10", "AR100")
    params = COCOeval(iouType="segm").params
    np.testing.assert_array_equal(params.iouThrs, THRESHOLDS)
    np.testing.assert_array_equal(params.recThrs, RECALLS)


def test_memory_grows_with_detections_and_not_with_pixels():
    masks = np.zeros((4, 512, 512), bool)
    for index, mask in enumerate(masks):
        mask[index * 9 : 200, index * 100 :] = True
    sample = Sample(np.zeros((512, 512, 3), np.uint8), np.array([1, 1, 2, 2], np.int32), masks)
    result = Result(sample.boxes.astype(np.int32), sample.class_ids, np.ones(4, np.float32), masks, NAMES)
    average = CocoAp(NAMES)
    average.add(sample, result)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(20):
        average.add(sample, result)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert (
        grown / 20 < 6000
    )  # bytes an image, of 3 MB of pixels and masks; most of it the arrays' own headers
    assert average.figures()["AP"] == pytest.approx(1)


def test_ignored_regions_excuse_detections_of_every_class(measured):
    here, there = [0, 0, 10, 10], [12, 12, 18, 18]
    alone = measured(([here], [1]), ([here, there], [0.5, 0.9]))
    excused = measured(([here, there], [1, -1], [False, True]), ([here, there], [0.5, 0.9]))
    assert alone.figures()["AP"] == pytest.approx(0.5, abs=0.01)
    assert excused.figures()["AP"] == pytest.approx(1)
    assert excused.num_truths[:, 0].tolist() == [1, 0]
    other = measured(([here, there, [0, 12, 5, 18]], [1, -1, 2], [False, True, False]), ([there], [0.9], [2]))
    assert other.num_truths[:, 0].tolist() == [1, 1]


def test_ignored_regions_of_a_sample_are_one_whole():
    masks = np.zeros((4, 10, 30), bool)
    for number in range(3):
        masks[number, :, 10 * number : 10 * number + 10] = True
    masks[3, 2:5, 2:5] = True
    sample = Sample(np.zeros((10, 30, 3), np.uint8), np.array([-1, -1, 1, 2], np.int32), masks)
    objects = objects_of_sample(sample)
    assert objects.class_ids.tolist() == [1, 2, -1]
    assert objects.is_crowd.tolist() == [False, False, True]
    assert objects.areas("segm").tolist() == [100, 9, 200]
    assert objects.boxes[2].tolist() == [0, 0, 20, 10]
