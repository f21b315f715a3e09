"""Lineage, the NMS lab, what-if and oracles as a person meets them in a browser."""

import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_inspect.analysis.candidates.fates import CLASS_NMS, find_fates
from maskrcnn_inspect.canvas import Canvas
from maskrcnn_inspect.samples import UNSEEN_SEED
from maskrcnn_inspect.session import Session
from maskrcnn_inspect.views import attribution, lineage, nms_lab, oracles, what_if

from .figures import Figure

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZE = (128, 128)


@pytest.fixture(scope="module")
def session() -> Session:
    """Give a live session with ground truth."""
    from maskrcnn_core import load_model

    sample = Shapes(count=10, seed=UNSEEN_SEED)[3]
    return Session.run(load_model("shapes"), sample.image, sample)


def canvases(parts):
    return [part for part in parts if isinstance(part, Canvas)]


def test_a_story_is_drawn_with_its_suppressor(opened, session):
    anchor = int((find_fates(session.trace).fate == CLASS_NMS).argmax())
    session.select(anchor=anchor)
    page = opened(*canvases(lineage.snapshot(session)))
    assert page.get_by_text(f"Anchor {anchor}: suppressed in its class, by anchor").count() == 1
    assert page.locator(f"figure.mi[data-selected*='\"anchors\":{anchor}']").count() == 1
    figure = Figure(page)
    before = figure.screen()
    figure.switch("stations", on=False)
    assert figure.screen() != before


def test_a_point_of_the_graph_selects_its_box_on_the_image(opened, session):
    graphs = canvases(nms_lab.snapshot(session))[2:]
    page = opened(*graphs)
    points = next(layer for layer in graphs[1].layers if layer.name == "boxes")
    y, x = (float(v) for v in points.points[-1])
    Figure(page, 1).at(y, x, graphs[1].size)
    row = int(points.index[-1])
    assert page.locator(f"figure.mi[data-selected*='\"proposals\":{row}']").count() == 2
    assert "suppressed by proposal" in Figure(page, 1).root.inner_text()


def test_levels_and_stages_move_on_sliders_without_a_kernel(opened, session):
    page = opened(*canvases([*what_if.snapshot(session), *oracles.snapshot(session)]))
    levels = Figure(page, 0)
    assert "4 of" in levels.root.inner_text()
    levels.slide("frame", 1)
    assert "fpn.p2 = 0: 0 left" in levels.root.inner_text()
    stages = Figure(page, 1)
    before = stages.screen()
    stages.slide("frame", 2)
    assert "proposals true: 4 of 4 found" in stages.root.inner_text()
    assert stages.screen() != before


def test_the_map_follows_the_slider_of_detections(opened, session):
    page = opened(*canvases(attribution.snapshot(session, count=2)))
    figure = Figure(page)
    before = figure.pixels(SIZE)
    figure.slide("frame", 1)
    assert (figure.pixels(SIZE) != before).any()
