"""Every view is whole and in one list; a view that lacks something is told what; the walk takes what fits it."""

import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from matplotlib.figure import Figure

from maskrcnn_core.recording.tensors import STAGES
from maskrcnn_core.runtime.plugins import own
from maskrcnn_inspect import views
from maskrcnn_inspect.export import fits, walk_views
from maskrcnn_inspect.session import Session
from maskrcnn_inspect.views.framework.protocol import missing
from maskrcnn_inspect.views.framework.scene import SECTIONS, View

OURS = list(own(views.GROUP))
ON_THE_PAGE = [name for name, view in walk_views().items() if not view.VIEW.needs_model]
WHOLE = View("title", "look for it", lambda *_: [], lambda *_: [])


def module(view: object = WHOLE, **changed: object) -> SimpleNamespace:
    """Give a whole view, but for what is changed; None takes a name away."""
    names = {"VIEW": view, **dict.fromkeys(("figure", "widget", "snapshot"), lambda *_: []), **changed}
    return SimpleNamespace(**{name: value for name, value in names.items() if value is not None})


@pytest.mark.parametrize("name", OURS)
def test_every_view_of_ours_is_whole(name: str):
    assert missing(views.view(name)) == []


def test_a_whole_view_lacks_nothing():
    assert missing(module()) == []
    assert missing(module(replace(WHOLE, stage="rpn", section="stages", needs=("rpn.scores",)))) == []


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        (module(None), ["VIEW, a View with title, look_for, draw and explain"]),
        (module(figure=None), ["figure, a function that returns a matplotlib figure"]),
        (module(widget=None), ["widget, a function that returns the live view for a notebook"]),
        (module(snapshot="page"), ["snapshot, a function that returns the parts of a page without a kernel"]),
        (module(replace(WHOLE, title=" ")), ["a VIEW.title in words"]),
        (module(replace(WHOLE, look_for="")), ["a VIEW.look_for in words"]),
        (module(replace(WHOLE, draw=None)), ["a VIEW.draw to call"]),
        (module(replace(WHOLE, explain=None)), ["a VIEW.explain to call"]),
        (module(replace(WHOLE, stage="neck")), [f"a VIEW.stage among {', '.join(STAGES)} (received 'neck')"]),
        (
            module(replace(WHOLE, section="end")),
            [f"a VIEW.section among {', '.join(SECTIONS)} (received 'end')"],
        ),
        (module(replace(WHOLE, needs=("rpn.x",))), ["names of tensors in VIEW.needs (received rpn.x)"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_a_view_lacks_is_named(lacking: SimpleNamespace, words: list[str]):
    assert missing(lacking) == words


def test_a_view_that_is_not_whole_is_refused_by_name(monkeypatch):
    entry = SimpleNamespace(module="theirs.view", load=lambda: module(widget=None))
    monkeypatch.setattr(views, "find", lambda *_: entry)
    with pytest.raises(ValueError, match=r"view 'theirs' \(theirs.view\) lacks widget, a function"):
        views.view("theirs")


@pytest.mark.parametrize("name", ON_THE_PAGE)
def test_each_view_of_the_walk_is_drawn_live_and_as_a_figure(name: str, shapes_session: Session):
    view = views.view(name)
    assert isinstance(view.figure(shapes_session.trace, *MAPS.get(name, ())), Figure)
    panel = view.widget(Session(shapes_session.base, shapes_session.model, shapes_session.truth))
    assert panel.problem.value == "" and panel.view.title == view.VIEW.title


MAPS = {"activations": (["fpn.p2"],)}  # whose figure is of maps that somebody names


def test_the_walk_is_in_the_order_of_sections_and_of_the_stages_in_each():
    told = [view.VIEW for view in walk_views().values()]
    sections = [SECTIONS.index(view.section) for view in told]
    assert sections == sorted(sections)
    places = [STAGES.index(view.stage) for view in told if view.section == "stages"]
    assert places == sorted(places) and len(places) == 10


def test_the_walk_leaves_out_what_the_session_cannot_show():
    session = SimpleNamespace(trace={"rpn.scores": 0}, has_model=False)
    assert fits(replace(WHOLE, needs=("rpn.scores",)), session)
    assert not fits(replace(WHOLE, needs=("rpn.scores", "losses.class")), session)
    assert not fits(replace(WHOLE, needs_model=True), session)
    session.has_model = True
    assert fits(replace(WHOLE, needs_model=True), session)


@pytest.mark.parametrize("former", views.FORMER)
def test_modules_of_figures_are_found_by_their_former_names(former: str):
    with pytest.warns(DeprecationWarning, match=f"views.{former} is now maskrcnn_inspect.views."):
        assert getattr(views, former).__name__ == f"maskrcnn_inspect.views.{views.FORMER[former]}"


@pytest.mark.parametrize("name", OURS)
def test_a_view_is_the_same_however_often_it_is_asked_for(name: str):
    first, again = getattr(views, name), getattr(views, name)
    assert first.VIEW is again.VIEW is views.view(name).VIEW


def test_all_views_are_listed_without_tensorflow():
    """The walk of a saved trace needs none, and takes its views from the list of all."""
    code = "import sys; from maskrcnn_inspect import views; views.all_views(); print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
