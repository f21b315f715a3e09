import io
import json
import tracemalloc

import numpy as np
import pytest
from rich.console import Console

from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.coco import Coco
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.quality.lint import check
from maskrcnn_core.data.quality.lint_text import print_report, safe
from maskrcnn_core.data.reading.reader import Finding, Reader
from maskrcnn_core.data.reading.registry import open_dataset
from maskrcnn_core.data.reading.sample import Sample

from .written import LEAVES


class Given(Reader):
    """Samples as given: (masks, class ids, crowd) each, or an error to raise."""

    class_names = ("background", "cat", "dog")

    def __init__(self, *samples, size=(200, 200)) -> None:
        self.samples, self.size = samples, size

    def __len__(self) -> int:
        return len(self.samples)

    def source(self, index: int) -> str:
        return f"{index}.png"

    def read(self, index: int):
        one = self.samples[index]
        if isinstance(one, Exception):
            raise one
        rectangles, class_ids, *rest = one
        masks = np.zeros((len(rectangles), *self.size), bool)
        for mask, (y1, x1, y2, x2) in zip(masks, rectangles, strict=True):
            mask[y1:y2, x1:x2] = True
        image = np.full((*self.size, 3), index, np.uint8)
        crowd = np.array(rest[0]) if rest else None
        return Sample(image, np.array(class_ids, np.int32), masks, crowd, source=self.source(index)), []


def kinds(report) -> list[tuple[str, str, str]]:
    return [(one.kind, one.severity, one.file) for one in report.findings]


A, B = (10, 10, 20, 20), (50, 50, 90, 90)


def test_clean_data_have_no_findings():
    report = check(Shapes(count=5, seed=1))
    assert report.findings == []
    assert (report.images, report.readable, report.empty, report.crowds) == (5, 5, 0, 0)
    assert report.objects == sum(len(sample) for sample in Shapes(count=5, seed=1))
    assert not report.unusable


def test_objects_are_counted_by_class_and_size():
    sides = [
        (0, 0, 31, 33),
        (40, 0, 72, 32),
        (80, 0, 175, 97),
        (80, 100, 176, 196),
    ]  # 1023, 1024, 9215, 9216 px
    report = check(Given((sides, [1, 1, 1, 2])))
    assert report.counts == {"cat": [1, 2, 0], "dog": [0, 0, 1]}


def test_crowds_are_counted_apart_and_overlap_nothing():
    report = check(Given(([A, A, B], [1, 1, 2], [True, False, False])))
    assert (report.crowds, report.objects) == (1, 2)
    assert report.findings == []


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([([A, A], [1, 1]), ([B], [2])], ("duplicate-object", "warning", "0.png")),
        ([([A, A], [1, 2])], ("duplicate-object", "warning", "0.png")),
        ([([A, (10, 10, 20, 15)], [1, 2])], ("overlap", "warning", "0.png")),
        ([([A, B], [1, 2]), ([], [])], ("no-objects", "info", "1.png")),
        ([([A, B], [1, 1])], ("unused-class", "error", ".")),
        ([([A, B, (3, 3, 3, 3)], [1, 2, 1])], ("zero-area", "error", "0.png")),
        ([([A, B, (0, 0, 3, 3)], [1, 2, 3])], ("unknown-class", "error", "0.png")),
        ([([A, B], [1, 2]), ValueError("torn")], ("unreadable-image", "error", "1.png")),
        ([([A, B], [1, 2]), OSError("gone")], ("unreadable-image", "error", "1.png")),
    ],
)
def test_each_finding_names_its_file(samples, expected):
    report = check(Given(*samples))
    assert kinds(report) == [expected]
    assert report.unusable == (expected[1] == "error")


def test_masks_that_touch_do_not_overlap():
    assert check(Given(([(10, 10, 20, 20), (10, 20, 20, 30), (14, 5, 24, 14)], [1, 2, 1]))).findings == []


@pytest.mark.parametrize(("start", "found"), [(60, 1), (61, 0)])
def test_masks_overlap_from_half_of_the_smaller_on(start: int, found: int):
    # two strips of 100 px share 50 of them, or 49
    report = check(Given(([(10, 10, 11, 110), (10, start, 11, start + 100)], [1, 2])))
    assert len([one for one in report.findings if one.kind == "overlap"]) == found


def test_empty_data_set_is_an_error():
    assert kinds(check(Given())) == [("no-images", "error", ".")]


def test_same_pixels_under_two_names_are_said(tmp_path, paint):
    for name in ("a.png", "b.png", "c.png"):
        paint(tmp_path / name, seed=name == "c.png")
    images = [{"id": i, "file_name": name} for i, name in enumerate(("a.png", "c.png", "b.png"))]
    (tmp_path / "a.json").write_text(json.dumps({"images": images, "annotations": [], "categories": []}))
    report = check(Coco(str(tmp_path / "a.json")))
    found = [one for one in report.findings if one.kind == "duplicate-image"]
    assert [(one.file, one.detail) for one in found] == [("b.png", "has the same pixels as a.png")]


def test_image_whose_objects_were_all_left_out_is_no_example_of_nothing(tmp_path, paint):
    paint(tmp_path / "a.png")
    one = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[1, 1, 5, 5]]}
    content = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": [one],
        "categories": [{"id": 1, "name": "x"}],
    }
    (tmp_path / "a.json").write_text(json.dumps(content))
    report = check(Coco(str(tmp_path / "a.json")))
    assert [one.kind for one in report.findings] == ["few-points", "all-left-out", "nothing-to-learn"]


def test_objects_that_no_anchor_reaches_are_said_with_what_would():
    report = check(Given(([(10, 10, 14, 14), (50, 50, 90, 90)], [1, 2]), size=(128, 128)), tiny())
    assert [one.kind for one in report.findings] == ["unreachable"]
    assert "1 of 2 objects overlap no anchor by 0.5; the worst is 4 x 4 px" in report.findings[0].detail
    assert report.reach.reached == 1
    assert "anchors.scales" in report.reach.advice


def test_report_as_json_is_plain():
    report = check(Given(([A], [1]), ValueError("torn")), tiny())
    plain = json.loads(json.dumps(report.as_json()))
    assert plain["by_class"]["cat"] == {"small": 1, "medium": 0, "large": 0}
    assert plain["images"] == {"all": 2, "readable": 1, "without_objects": 0}
    assert plain["unusable"] is True
    assert [one["kind"] for one in plain["findings"]] == ["unreachable", "unreadable-image", "unused-class"]
    assert plain["anchors"]["objects"] == 1


def test_leaves(leaves):
    report = check(open_dataset(f"via:{leaves}"))
    assert {name: sum(sizes) for name, sizes in report.counts.items()} == LEAVES
    assert kinds(report) == [
        ("class-attribute", "info", "via_region_data.json"),
        ("empty-class", "error", "leaf4.png"),
        ("empty-class", "error", "leaf5.png"),
        ("overlap", "warning", "leaf5.png"),
    ]
    assert report.unusable


def test_coco(coco):
    report = check(open_dataset(f"coco:{coco}"))
    assert (report.images, report.empty, report.objects, report.crowds) == (4, 1, 9, 3)
    assert not report.unusable
    assert sum(one.kind == "no-objects" for one in report.findings) == 1


def test_rice_leaves(shared):
    report = check(open_dataset(f"via:{shared}/data/via_rice_leaf/train"))
    assert {name: sum(sizes) for name, sizes in report.counts.items()} == {
        "bacteria": 112,
        "brown_spot": 376,
        "leaf_smut": 137,
    }
    assert kinds(report) == [
        ("class-attribute", "info", "via_region_data.json"),
        ("empty-class", "error", "Brown_spot1.jpg"),
        ("empty-class", "error", "Brown_spot39.jpg"),
        ("all-left-out", "warning", "Brown_spot39.jpg"),
        ("near-copy", "warning", "Brown_spot39.jpg"),  # another leaf, laid down in the same place
        ("copied-object", "warning", "Brown_spot24.JPG"),  # the same leaf, photographed twice
    ]


def test_coco128(shared):
    reader = open_dataset(f"coco:{shared}/data/coco128")
    report = check(reader, allow_unused=True)
    assert (report.images, report.empty, report.objects, report.crowds) == (128, 2, 929, 10)
    assert not report.unusable
    assert sum(one.kind == "no-objects" for one in report.findings) == 2


def test_memory_does_not_grow_with_the_images():
    def peak(count: int) -> int:
        reader = Given(*[([A, B], [1, 2])] * count)
        tracemalloc.start()
        check(reader, tiny())
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(5)  # what is made once
    image = 200 * 200 * 3
    assert peak(10) > image  # it is measured at all
    assert (
        peak(60) - peak(10) < 5 * image
    )  # of 50 more; a look is 448 bytes, and a few hundred are judged at once


def test_progress_is_told():
    told = []
    check(Shapes(count=3), progress=told.append)
    assert told == [1, 2, 3]


def test_text_shows_counts_findings_and_verdict():
    report = check(Given(([A], [1]), *[ValueError("torn")] * 25), tiny())
    stream = io.StringIO()
    print_report(report, Console(file=stream, width=100))
    text = stream.getvalue()
    for wanted in (
        "cat",
        "26 images, 1 readable",
        "error unreadable-image: 25",
        "… and 5 more",
        "1 of 26 errors",
    ):
        assert wanted in text


def test_text_obeys_no_names():
    assert safe("[red]\x1b[31mname\x00\udcff") == "\\[red]\\x1b[31mname\\x00\\udcff"
    report = check(Given(([A], [1])))
    report.findings.append(Finding("odd", "error", "\x1b]0;title\x07", "[bold]text[/nothing]"))
    stream = io.StringIO()
    print_report(report, Console(file=stream, width=100))
    assert "\x1b" not in stream.getvalue()
    assert "[bold]text[/nothing]" in stream.getvalue()


def test_what_cannot_be_learnt_is_refused_and_only_that():
    def refused(*samples, **options):
        return [one.kind for one in check(Given(*samples), **options).refusals]

    both, one = ([A, B], [1, 2]), ([A], [1])
    assert refused(both) == refused(both, ([], [])) == []
    assert refused(one) == ["unused-class"]
    assert refused(one, allow_unused=True) == []
    assert refused(([], [])) == ["nothing-to-learn"]
    assert refused(([A, B], [1, 2], [True, True])) == ["all-crowd"]
    assert refused(([A, B], [1, 2], [False, True])) == ["unused-class"]
    assert refused(([A, B], [1, -1])) == ["unused-class"]
    assert refused(ValueError("torn")) == refused() == ["no-images"]


def test_crowds_of_a_class_that_has_nothing_else_are_named():
    (finding,) = check(Given(([A, B], [1, 2], [False, True]))).refusals
    assert "of dog every annotation is a crowd: ?crowds=objects takes them as objects" in finding.detail


def test_class_names_that_a_model_cannot_have_are_refused():
    reader = Given(([A, B], [1, 2]))
    reader.class_names = ("background", "cat", "cat")
    (finding, *_) = check(reader).refusals
    assert (finding.kind, finding.severity) == ("class-names", "error")
    assert "received 'cat' more than once" in finding.detail


def test_ignored_regions_are_counted_apart():
    report = check(Given(([A, B], [1, -1]), ([A], [2])))
    assert (report.objects, report.crowds, report.ignored, report.empty) == (2, 0, 1, 0)
