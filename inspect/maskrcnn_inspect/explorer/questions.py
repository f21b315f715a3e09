"""What a front end may ask of a session, and the answers: the same for a notebook's widget and a page of this machine.

Inputs: questions ``{ask, ...}``: ``look`` for the description, ``tensors`` with ``wants``, ``run`` with ``settings``,
``why`` with ``box``, ``open`` with the name of a ``sample``, or with ``content`` (base64) and ``name`` of a file.
Outputs: plain values, and bytes; in place of a result ``error``, a sentence, where the engine cannot do what was asked.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from maskrcnn_core.data.reading.images import open_image

from ..opening import look_at_sample
from ..session import Session
from .description import Description
from .engines import engine_of
from .readings import STAGE_TIMES, TIMES, Run, require_shown
from .why import why_not_found
from .wire import answer

FAULTS = (ValueError, KeyError, IndexError, TypeError)  # of a question; others are ours, and are raised
ASKED = ("look", "tensors", "run", "why", "open")
Answer = tuple[dict[str, Any], list[bytes]]


class Questions:
    """Answers for one session: of the run at hand, which ``run`` replaces.

    engine: of the session's model and image. run: the tensors that are shown. description: what is known of them.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.look()

    def look(self) -> Description:
        """Take the session's model and image, and return what the front end has to know of them.

        Raises: ValueError for a trace without a tensor that is shown.
        """
        require_shown(self.session.base)
        self.base = self.session.base
        self.engine = engine_of(self.session)
        self.run = Run(self.engine.run())
        self.description = self.engine.describe(self.run.trace)
        return self.description

    def answer(self, question: Any) -> Answer | None:
        """Return the answer to a message of a front end, None for what is no question."""
        if not isinstance(question, dict) or question.get("ask") not in ASKED:
            return None
        ask = getattr(self, f"_{question['ask']}")
        try:
            reply, packed = ask(question)
        except FAULTS as error:
            reply, packed = {"error": str(error.args[0] if error.args else error)}, []
        return {"id": question.get("id"), **reply}, packed

    def _look(self, _: dict[str, Any]) -> Answer:
        return {"description": self.description}, []

    def _tensors(self, question: dict[str, Any]) -> Answer:
        wants = question.get("wants", [])
        if any(isinstance(want, dict) and want.get("name") == STAGE_TIMES for want in wants):
            self.engine.measure()
            self.run.trace.attributes[TIMES] = self.engine.base.attributes.get(TIMES, "{}")
        headers, packed = answer(self.run, wants)
        return {"tensors": headers}, packed

    def _run(self, question: dict[str, Any]) -> Answer:
        self.run = Run(self.engine.run(settings=dict(question.get("settings", {}))))
        self.description = self.engine.describe(self.run.trace)
        return {"description": self.description}, []

    def _why(self, question: dict[str, Any]) -> Answer:
        model = self.session.model if self.engine.live else None
        return {"why": why_not_found(self.run.trace, question.get("box", []), model)}, []

    def _open(self, question: dict[str, Any]) -> Answer:
        """Look at another image: a sample by name, with the weights it is for, or a file's content."""
        if "sample" in question:
            look_at_sample(self.session, str(question["sample"]))
        else:
            name = str(question.get("name", "image"))
            channels = self.session.config.molding.channels
            self.session.look_at(open_image(_content(question), name, channels))
        if self.session.base is not self.base:  # a widget has followed its session by itself
            self.look()
        return {"description": self.description}, []


def _content(question: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(question.get("content", ""), validate=True)
    except (binascii.Error, TypeError) as error:
        raise ValueError("wanted an image file as base64; choose the file again") from error
