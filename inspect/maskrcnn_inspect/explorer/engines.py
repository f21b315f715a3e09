"""Engines: what makes the tensors that the Explorer shows. One contract: settings and edits in, tensors by name out.

Inputs: an image that was traced, settings and edits on top of the model's own. Outputs: a trace of what ran. A front
end asks for tensors by the names of ``maskrcnn_core.recording.tensors`` and knows nothing else of an engine.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Protocol

import numpy as np

from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.recording.trace import Edit, Trace, config_of

from ..analysis.training import loss_shares
from ..session import Session
from .description import Description, describe
from .readings import TIMES

LOSSES = tuple(
    f"losses.{loss}" for loss in loss_shares.LOSSES
)  # of the model's own run; no setting here acts on them
NOT_SHOWN = ("anchor_targets", "roi_targets", "losses")  # a rerun would make them anew, for nobody


class Engine(Protocol):
    """What a front end needs of whatever runs the network."""

    name: str  # in words, for the person who looks
    live: bool  # whether settings, edits and other images can be run

    def run(
        self,
        image: Any = None,
        settings: Mapping[str, float] | None = None,
        edits: Mapping[str, Edit] | None = None,
    ) -> Trace:
        """Return the tensors by name of a run of ``image``, by default the one at hand, with ``settings`` (dotted
        names) and ``edits`` in place of the model's own; without any, the model's own run.

        Raises: ValueError in words for what this engine cannot do.
        """

    def describe(self, trace: Trace) -> Description:
        """Return what a front end has to know of the run ``trace`` before it asks for tensors."""

    def measure(self) -> None:
        """See to it that the stage times of the model's own run are known, where they can be."""


class KernelEngine:
    """The model of a session, in this process: what is shown is what ``model.trace`` and ``model.replay`` made."""

    name = "TensorFlow, live"
    live = True

    def __init__(self, session: Session) -> None:
        if session.model is None:
            raise ValueError("wanted a session with a model, received one of a saved trace; use TraceEngine")
        self.model = session.model
        self.base = shown_part(session.base)

    def run(
        self,
        image: Any = None,
        settings: Mapping[str, float] | None = None,
        edits: Mapping[str, Edit] | None = None,
    ) -> Trace:
        """Trace ``image``, or replay the one at hand from the first stage that a change touches."""
        if image is not None:
            self.base = self.model.trace(image)
        if not settings and not edits:
            return self.base
        replayed: Trace = self.model.replay(_without(self.base, LOSSES), edits, **dict(settings or {}))
        replayed.update({name: self.base[name] for name in self.base if name.startswith("truth.")})
        return replayed

    def describe(self, trace: Trace) -> Description:
        """Return what a front end has to know of ``trace``."""
        return describe(trace, config_of(self.base), self.name, self.live)

    def measure(self) -> None:
        """Note in the model's own run how long each stage takes of another one like it; once."""
        if TIMES not in self.base.attributes:
            from maskrcnn_core.inference.stage_times import (
                stage_times,
            )  # imports TensorFlow, as the model did

            image = SourceImage(np.asarray(self.base["image.original"]))
            self.base.attributes[TIMES] = json.dumps(stage_times(self.model, image))


class TraceEngine:
    """A saved trace: everything can be looked at, nothing can be run."""

    name = "a recorded trace"
    live = False

    def __init__(self, trace: Trace) -> None:
        self.base = shown_part(trace)

    def run(
        self,
        image: Any = None,
        settings: Mapping[str, float] | None = None,
        edits: Mapping[str, Edit] | None = None,
    ) -> Trace:
        """Return the trace. Raises: ValueError for an image, settings or edits, which need a model."""
        if image is not None or settings or edits:
            raise ValueError(
                "this needs a model, and here is a recorded trace; open the session with a model"
            )
        return self.base

    def describe(self, trace: Trace) -> Description:
        """Return what a front end has to know of ``trace``."""
        return describe(trace, config_of(self.base), self.name, self.live)

    def measure(self) -> None:
        """Measure nothing: what was measured when the trace was recorded is in it."""


def engine_of(session: Session) -> KernelEngine | TraceEngine:
    """Return the engine that suits ``session``: its model's where it has one."""
    return KernelEngine(session) if session.has_model else TraceEngine(session.base)


def shown_part(trace: Trace) -> Trace:
    """Return ``trace`` without targets and what the losses are made of, which the Explorer does not show."""
    return _without(trace, [n for n in trace if n.split(".")[0] in NOT_SHOWN and n not in LOSSES])


def _without(trace: Trace, names: Collection[str]) -> Trace:
    kept = {name: value for name, value in trace.tensors.items() if name not in names}
    part = Trace(list(kept), config=trace.config)
    part.attributes.update(trace.attributes)
    part.update(kept)
    return part
