"""The Explorer in a notebook: one widget, whose front end asks the kernel for what it shows.

Inputs: a session. Outputs: a widget. Messages of the front end are the questions of ``questions``, each with an ``id``
that its answer carries.
"""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from ..session import Selection, Session
from .assets import script, style
from .engines import KernelEngine, TraceEngine
from .questions import Questions
from .readings import Run


class Explorer(anywidget.AnyWidget):
    """The whole network on one screen.

    selected: rows, ``{"anchors": 5, "proposals": 2, "detections": 0}``; the session's selection, both ways.
    place: what is shown, as in a deep link: ``stage=proposals&detection=3``; set it to go there.
    """

    _esm = script()
    _css = style()

    selected = traitlets.Dict(key_trait=traitlets.Unicode(), value_trait=traitlets.Int()).tag(sync=True)
    place = traitlets.Unicode("").tag(sync=True)
    _description: Any = traitlets.Dict().tag(sync=True)

    def __init__(self, session: Session, place: str = "") -> None:
        self.session, self.questions = session, Questions(session)
        super().__init__(
            place=place, selected=_rows(session.selection), _description=self.questions.description
        )
        self.on_msg(self._asked)
        self.observe(self._selected, "selected")
        session.observe(self._session_selected, "selection")
        session.observe(self._session_looked, "trace")

    @property
    def engine(self) -> KernelEngine | TraceEngine:
        """What runs here: the session's model, or its trace."""
        return self.questions.engine

    @property
    def run(self) -> Run:
        """The tensors that are shown."""
        return self.questions.run

    def _asked(self, _: Any, question: Any, buffers: Any) -> None:
        """Answer a message of the front end."""
        answered = self.questions.answer(question)
        if answered is not None:
            self.send(answered[0], buffers=answered[1])

    def _selected(self, change: Any) -> None:
        """Give the session what was selected here: by the anchor where rows of another run mean other objects."""
        rows = change["new"]
        if rows == self._rows_of(self.session.selection):
            return
        kinds = ("detections", "proposals", "anchors") if self._rows_agree else ("anchors",)
        furthest = next((kind for kind in kinds if kind in rows), None)
        self.session.select(**{furthest.removesuffix("s"): rows[furthest]} if furthest else {})

    @property
    def _rows_agree(self) -> bool:
        """Whether row 3 here is row 3 of the session: both show the model's own run."""
        return self.run.trace is self.engine.base and self.session.trace is self.session.base

    def _rows_of(self, selection: Selection) -> dict[str, int]:
        rows = _rows(selection)
        return rows if self._rows_agree else {kind: row for kind, row in rows.items() if kind == "anchors"}

    def _session_looked(self, _: Any) -> None:
        """Follow the session to another image or model; what its views rerun is theirs."""
        if self.session.base is not self.questions.base:
            description = self.questions.look()
            with self.hold_sync():
                self.selected = {}
                self._description = description

    def _session_selected(self, change: Any) -> None:
        self.selected = self._rows_of(change["new"])


def explore(session: Session, place: str = "") -> Explorer:
    """Return the Explorer of ``session``, live where it has a model.

    place: what to show first, as in a link: ``explore(session, "stage=rpn&detection=0")``.
    Raises: ValueError for a trace without a tensor that is shown.
    """
    return Explorer(session, place)


def _rows(selection: Selection) -> dict[str, int]:
    """Return a selection as the canvases have it."""
    rows = {
        "anchors": selection.anchor,
        "proposals": selection.proposal,
        "detections": selection.detection,
    }
    return {kind: row for kind, row in rows.items() if row is not None}
