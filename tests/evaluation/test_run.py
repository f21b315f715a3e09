import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from rich.console import Console

from maskrcnn_core.evaluation.metrics.objects import Objects
from maskrcnn_core.evaluation.report.page import page
from maskrcnn_core.evaluation.report.svg import chart, spark
from maskrcnn_core.evaluation.report.text import print_report
from maskrcnn_core.evaluation.run import Evaluation, Settings

HOSTILE = "</td><script>alert(1)</script>\x1b[31m[red]"
NAMES = ("background", HOSTILE, "b")
GREY = np.full((20, 20, 3), 128, np.uint8)
RECALL = {0.5: {"anchors": 1.0, "top_k": 0.9, "nms": 0.8, "classification": 0.7, "end": 0.6}}


@pytest.fixture
def report(scenes):
    evaluation = Evaluation(NAMES, settings=Settings(max_detections=50, worst=3))
    for number, (true, found) in enumerate(scenes):
        evaluation.add(f"{HOSTILE} {number}", true, found, GREY)
    evaluation.unreadable.append((HOSTILE, HOSTILE))
    evaluation.left_out = 2
    return evaluation.report({"weights": HOSTILE}, RECALL)


@pytest.fixture
def empty():
    return Evaluation(NAMES).report()


def printed(report) -> str:
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115  # rich keeps the text
    print_report(report, console)
    return console.export_text()


def test_the_report_agrees_with_itself(report, scenes):
    content = report.as_json()
    assert content["images"] == 12
    assert content["objects"] == sum(int((~true.is_crowd).sum()) for true, _ in scenes)
    assert content["detections"] == sum(len(found) for _, found in scenes)
    for kind in ("segm", "bbox"):
        figures = content["figures"][kind]
        assert list(figures)[8] == "AR50"
        assert content["errors"][kind]["AP50"] == pytest.approx(figures["AP50"])
        by_class = content["by_class"][kind]
        assert figures["AP"] == pytest.approx(np.mean([row["AP"] for row in by_class.values()]))
        assert sum(row["truths"] for row in by_class.values()) == content["objects"]
        curves = content["curves"][kind]["precision"]
        assert np.mean([np.mean(curve["0.50"]) for curve in curves.values()]) == pytest.approx(
            figures["AP50"], abs=1e-4
        )
    assert np.sum(content["confusion"]["matrix"][1:]) == content["objects"]
    assert len(content["missed"]) == min(3, content["errors"]["segm"]["counts"]["Miss"]) > 0
    assert len(content["false"]) == 3
    assert content["stage_recall"]["0.5"]["nms"] == 0.8


def test_json_has_no_nan_and_says_null_where_nothing_was_measured(report, empty):
    json.dumps(report.as_json(), allow_nan=False)
    content = json.loads(json.dumps(empty.as_json(), allow_nan=False))
    assert set(content["figures"]["segm"].values()) == {None}
    assert content["errors"]["segm"]["dAP50"] is None
    assert content["stage_recall"] is None


class Tags(HTMLParser):
    """Collects the tags of a page, their attributes and the text between."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def test_the_page_escapes_every_name_and_needs_no_network(report):
    tags = Tags()
    text = page(report)
    tags.feed(text)
    assert "script" not in tags.tags
    assert text.count("alert(1)") == text.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 10
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
    sources = [value for name, value in tags.attributes if name in ("src", "href")]
    assert sources
    assert all(source.startswith("data:image/jpeg;base64,") for source in sources)
    assert "http://" not in text
    assert "https://" not in text
    assert not re.search(r"url\(|@import", text)
    assert ("content", "default-src 'none'; img-src data:; style-src 'unsafe-inline'") in tags.attributes
    for heading in (
        "COCO figures",
        "Errors",
        "Confusion",
        "Stage recall",
        "Worst cases",
        "Images left out",
    ):
        assert heading in tags.text


def test_the_terminal_gets_no_escape_sequences(report):
    text = printed(report)
    assert "\x1b" not in text
    assert "AR50" in text
    assert "2 objects could not be used" in text


def test_nothing_is_a_report_too(empty):
    assert "0 images, 0 objects, 0 detections" in printed(empty)
    assert "Worst cases" not in page(empty)
    assert "nan" not in page(empty)


def test_boxes_alone_are_reported_as_boxes():
    box = Objects(
        np.array([2]), np.array([[0.0, 0, 5, 5]]), np.ones(1), np.zeros(1, bool), None, np.array([25.0])
    )
    evaluation = Evaluation(NAMES, ["bbox"])
    evaluation.add(
        "one",
        box,
        Objects(*(getattr(box, name) for name in ("class_ids", "boxes", "scores", "is_crowd")), None),
    )
    report = evaluation.report()
    assert list(report.as_json()["figures"]) == ["bbox"]
    assert report.averages["bbox"].figures()["AP"] == pytest.approx(1)
    assert "By box" in page(report)
    assert "mask" not in printed(report)


def test_many_classes_fit_the_terminal(truths, found):
    names = ("background", *(f"class {number}" for number in range(1, 41)))
    evaluation = Evaluation(names)
    evaluation.add(
        "one",
        truths([[0, 0, 9, 9]] * 40, range(1, 41)),
        found([[0, 0, 9, 9]] * 40, [0.9] * 40, [*range(2, 41), 1]),
    )
    text = printed(evaluation.report())
    assert "the 20 worst of 40" in text
    assert "Most frequent confusions" in text


def test_a_curve_without_measure_is_not_drawn():
    nothing = np.full(101, -1.0)
    assert 'd=""' in spark(nothing, "nothing")
    assert "M1.0 1.0L" in spark(np.ones(101), "all")
    assert "&lt;b&gt;" in chart([], "<b>")
