"""A panel follows its session: clicks, selections, reruns; what cannot be drawn is a sentence and the others go on."""

import asyncio

import ipywidgets
import numpy as np
import pytest
from matplotlib.figure import Figure

from maskrcnn_inspect.canvas import Boxes, Canvas, Masks, Points
from maskrcnn_inspect.canvas.standalone import Choice
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.framework.panel import DEBOUNCE_S, Panel, Rerun, selected_rows
from maskrcnn_inspect.views.framework.rows import detection_boxes, lineage_of_anchors, linked, proposal_boxes
from maskrcnn_inspect.views.framework.scene import Chart, Scene, View, error_text, lines_html, static_parts
from maskrcnn_inspect.views.framework.slider import Slider

HOSTILE = "<img src=x onerror=alert(1)>"
IMAGE = np.zeros((20, 30, 3), np.uint8)
RERUNS = (Rerun("proposals.nms_threshold", "threshold", 0.0, 1.0, 0.05),)


def draw(trace, selection, **choices):
    return [Scene(f"{len(trace['proposals.boxes'])} proposals", IMAGE, [proposal_boxes(trace)])]


def explain(trace, selection, **choices):
    return [f"selected {selection.detection} {choices}"]


VIEW = View("A title", "Look here.", draw, explain)


def test_a_click_on_one_panel_is_the_selection_of_all(own_session: Session):
    one, other = Panel(own_session, VIEW), Panel(own_session, VIEW)
    proposal = int(own_session.trace["detections.proposal_index"][1])
    one.canvases[0].selected = {"proposals": proposal}
    anchor = int(own_session.trace["proposals.anchor_index"][proposal])
    assert own_session.selection == Selection(1, proposal, anchor)
    assert other.canvases[0].selected == {"detections": 1, "proposals": proposal, "anchors": anchor}
    assert "selected 1" in other.formula.value
    other.canvases[0].selected = {}
    assert own_session.selection == Selection() and one.canvases[0].selected == {}


def test_a_slider_runs_the_stage_again_and_every_panel_shows_it(own_session: Session):
    one, other = Panel(own_session, VIEW, reruns=RERUNS), Panel(own_session, VIEW, reruns=RERUNS)
    slider = next(w for w in one.children[1].children if isinstance(w, Slider))
    slider.value = 0.2
    count = len(own_session.trace["proposals.boxes"])
    assert count < len(own_session.base["proposals.boxes"])
    assert one.canvases[0].title == other.canvases[0].title == f"{count} proposals"
    twin = next(w for w in other.children[1].children if isinstance(w, Slider))
    assert twin.value == 0.2
    own_session.reset()
    assert slider.value == twin.value == own_session.base.config.proposals.nms_threshold
    assert one.canvases[0].title == f"{len(own_session.base['proposals.boxes'])} proposals"


def test_the_moved_panel_is_drawn_at_once_and_the_others_when_it_rests(own_session: Session):
    async def move() -> tuple[str, str, str]:
        one, other = Panel(own_session, VIEW, reruns=RERUNS), Panel(own_session, VIEW)
        slider = next(w for w in one.children[1].children if isinstance(w, Slider))
        slider.value = 0.2
        at_once = one.canvases[0].title, other.canvases[0].title
        await asyncio.sleep(DEBOUNCE_S + 0.3)
        return *at_once, other.canvases[0].title

    first, waiting, rested = asyncio.run(move())
    assert first == rested == f"{len(own_session.trace['proposals.boxes'])} proposals" != waiting


def test_a_saved_trace_has_still_sliders(own_session: Session):
    panel = Panel(Session(own_session.base), VIEW, reruns=RERUNS)
    assert [w.disabled for w in panel.children[1].children] == [True]


def test_a_choice_is_an_argument_of_the_view_and_a_pick_stays_in_it(own_session: Session):
    seen = []

    def told(trace, selection, level, cells):
        seen.append((level, cells))
        return [Scene("cells", IMAGE, [Boxes(np.array([[1, 1, 5, 5.0]]), "cells", index=[7])])]

    level = ipywidgets.IntSlider(value=2, min=2, max=5)
    panel = Panel(own_session, View("t", "l", told, lambda *a, **k: []), {"level": level}, picks=("cells",))
    level.value = 3
    panel.canvases[0].selected = {"cells": 7}
    assert seen == [(2, None), (3, None), (3, 7)]
    assert own_session.selection == Selection()


def test_what_cannot_be_drawn_is_a_sentence_until_it_can(own_session: Session, without):
    panel = Panel(own_session, VIEW)
    whole = own_session.trace
    own_session.trace = without("proposals.scores")
    assert "This view cannot be shown: proposals.scores was not recorded" in panel.problem.value
    assert panel.area.layout.display == "none"
    own_session.trace = whole
    assert panel.problem.value == "" and panel.area.layout.display != "none"


def test_words_of_errors_and_formulas_are_text():
    assert "&lt;img" in lines_html([HOSTILE]) and "<img" not in lines_html([HOSTILE])
    assert error_text(KeyError(HOSTILE)) == f"This view cannot be shown: {HOSTILE}"
    assert lines_html([]) == ""


def test_a_scene_takes_its_canvas_over_and_sends_the_image_only_if_it_changed(own_session: Session):
    panel = Panel(own_session, VIEW, reruns=RERUNS)
    canvas, sent = panel.canvases[0], []
    canvas.observe(lambda change: sent.append(change["name"]), ["_image", "_layers"])
    own_session.rerun(**{"proposals.nms_threshold": 0.3})
    assert panel.canvases[0] is canvas and set(sent) == {"_layers"}


def test_a_panel_out_of_sight_is_drawn_when_it_is_scrolled_to(own_session: Session):
    panel = Panel(own_session, VIEW)
    panel.canvases[0].in_view = False
    before = panel.canvases[0].title
    own_session.rerun(**{"proposals.nms_threshold": 0.2})
    own_session.select(detection=1)
    assert panel.canvases[0].title == before and panel.canvases[0].selected["detections"] == 1
    panel.canvases[0].in_view = True
    assert panel.canvases[0].title == f"{len(own_session.trace['proposals.boxes'])} proposals" != before


def test_a_closed_panel_follows_no_more(own_session: Session):
    panel = Panel(own_session, VIEW)
    canvas = panel.canvases[0]
    title = canvas.title
    panel.close()
    own_session.rerun(**{"proposals.nms_threshold": 0.3})
    assert canvas.title == title


# --- without a kernel ---------------------------------------------------------------------------------------


def test_a_still_has_the_scenes_and_the_numbers_of_each_detection(own_session: Session):
    parts = static_parts(VIEW, own_session.trace)
    assert sum(isinstance(part, Canvas) for part in parts) == 1
    (choice,) = [part for part in parts if isinstance(part, Choice)]
    assert len(choice.cases) == len(own_session.trace["detections.boxes"])
    for row, case in enumerate(choice.cases):
        (words,) = case.parts
        assert case.name.startswith(f"{row}: ") and case.selected["detections"] == row
        assert f"selected {row}" in words
    chosen = static_parts(VIEW, own_session.trace, own_session.select(detection=2))
    assert not any(isinstance(part, Choice) for part in chosen)
    assert [part for part in chosen if isinstance(part, str)][-1].count("selected 2") == 1


def test_a_still_of_a_trace_without_its_tensors_is_a_sentence(without):
    head, words, sentence = static_parts(VIEW, without("proposals.boxes"))
    assert "A title" in head and words == "Look here." and sentence.startswith("This view cannot be shown")


def test_a_chart_has_words_for_those_who_do_not_see_it():
    markup = Chart(f"{HOSTILE} by level", Figure(figsize=(2, 1))).html()
    assert 'alt="&lt;img src=x onerror=alert(1)&gt; by level"' in markup and 'width="200"' in markup
    assert "style=" not in markup


# --- rows ---------------------------------------------------------------------------------------------------


def test_rows_are_linked_as_the_recorded_indices_say(own_session: Session):
    trace = own_session.trace
    anchors = trace["proposals.anchor_index"]
    lineage = lineage_of_anchors(trace, anchors)
    np.testing.assert_array_equal(lineage["proposals"], np.arange(len(anchors)))
    for detection, proposal in enumerate(trace["detections.proposal_index"]):
        assert lineage["detections"][proposal] == detection
    assert (lineage["detections"] >= 0).sum() == len(trace["detections.boxes"])
    layer = detection_boxes(trace)
    np.testing.assert_array_equal(layer.lineage["anchors"], anchors[trace["detections.proposal_index"]])


def test_a_layer_for_a_page_is_linked_to_all_that_its_rows_came_from_and_became(own_session: Session):
    trace = own_session.trace
    proposals = trace["detections.proposal_index"]
    masks = Masks(trace["mask_head.probs"], trace["detections.boxes"], of="detections")
    np.testing.assert_array_equal(
        linked(masks, trace).lineage["anchors"], trace["proposals.anchor_index"][proposals]
    )
    one = linked(Boxes(trace["proposals.boxes"][proposals[:1]], of="proposals", index=proposals[:1]), trace)
    assert one.lineage["detections"].tolist() == [0]
    other = Points(np.zeros((3, 2)), "cells")
    assert linked(other, trace) is other
    kept = linked(
        Boxes(trace["detections.boxes"], of="detections", lineage={"proposals": [9] * len(proposals)}), trace
    )
    assert list(kept.lineage["proposals"]) == [9] * len(proposals)


def test_an_anchor_without_issue_has_none(own_session: Session):
    trace = own_session.trace
    lost = np.setdiff1d(np.arange(len(trace["anchors.boxes"])), trace["proposals.anchor_index"])[:3]
    lineage = lineage_of_anchors(trace, lost)
    assert lineage["proposals"].tolist() == lineage["detections"].tolist() == [-1, -1, -1]


@pytest.mark.parametrize(
    ("selection", "rows"), [(Selection(), {}), (Selection(anchor=0, truth=2), {"anchors": 0, "truths": 2})]
)
def test_row_0_is_a_row(selection, rows):
    assert selected_rows(selection) == rows
