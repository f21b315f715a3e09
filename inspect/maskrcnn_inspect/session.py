"""Session: a model, a picture and its trace, with one selection that every view follows.

A view reads ``session.trace`` and observes it; a slider calls ``session.rerun``, which replays the very stages
that ran; a click sets ``session.selection``, and all other views move there. Nothing is computed a second way
for show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from maskrcnn_core.config import Config
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.recording.trace import Edit, Trace


@dataclass(frozen=True)
class Selection:
    """What is looked at: rows of ``detections``, ``proposals`` and ``anchors``, and a truth; None = nothing."""

    detection: int | None = None
    proposal: int | None = None
    anchor: int | None = None
    truth: int | None = None


class Session(traitlets.HasTraits):
    """One picture under inspection.

    trace: the tensors that are shown, after whatever was rerun or edited.
    base: the trace as the model made it, to which ``reset`` goes back.
    selection: see ``Selection``; set it with ``select``.
    settings: dotted settings that differ from the model's own.
    """

    trace = traitlets.Instance(Trace)
    selection = traitlets.Instance(Selection, args=())
    settings = traitlets.Dict()

    def __init__(self, trace: Trace, model: Any = None, truth: Sample | None = None) -> None:
        """Look at ``trace``. Without ``model`` nothing can be rerun: a saved trace needs no TensorFlow."""
        super().__init__(trace=trace)
        self.base, self.model, self.truth = trace, model, truth
        self._edits: dict[str, Edit] = {}

    @classmethod
    def run(cls, model: Any, picture: Any, truth: Sample | None = None) -> Session:
        """Trace ``picture`` through ``model`` and look at everything."""
        return cls(model.trace(picture, truth=truth), model, truth)

    @classmethod
    def load(cls, path: str | Path, model: Any = None) -> Session:
        """Open a saved trace."""
        return cls(Trace.load(path), model)

    @property
    def config(self) -> Config:
        """The configuration that the shown trace was run with."""
        if self.trace.config is None:
            raise ValueError(
                "wanted a trace with its configuration, received one without; record it with model.trace"
            )
        return self.trace.config

    @property
    def live(self) -> bool:
        """Whether stages can be run again."""
        return self.model is not None

    def look_at(self, picture: Any, truth: Sample | None = None, model: Any = None) -> Trace:
        """Trace another picture, or the same with another ``model``, and show it; changes made before are gone.

        Raises: ValueError without a model, or for what is no picture; then nothing has changed.
        """
        runner = model or self.model
        if runner is None:
            raise ValueError("this session has no model to run; open it with Session.load(path, model)")
        trace = runner.trace(picture, truth=truth)
        self.model, self.truth, self.base = runner, truth, trace
        self._edits, self.settings = {}, {}
        self.selection = Selection()
        self.trace = trace
        return self.trace

    def rerun(self, **settings: Any) -> Trace:
        """Replay what ``settings`` touch (dotted names), on top of those changed before, and show the result.

        Raises: ValueError without a model, or for a setting that cannot be replayed.
        """
        merged = {**self.settings, **settings}
        self._replay(merged, self._edits)
        return self.trace

    def intervene(self, edits: Mapping[str, Edit]) -> Trace:
        """Replay with tensors edited, on top of edits and settings made before, and show the result."""
        self._replay(dict(self.settings), {**self._edits, **edits})
        return self.trace

    def reset(self) -> None:
        """Show the trace as the model made it."""
        self._edits, self.settings = {}, {}
        self._show(self.base)

    def _replay(self, settings: dict[str, Any], edits: dict[str, Edit]) -> None:
        if self.model is None:
            raise ValueError("this session has no model to run again; open it with Session.load(path, model)")
        replayed = self.model.replay(self.base, edits, **settings)
        self._edits, self.settings = edits, settings
        self._show(replayed)

    def _show(self, trace: Trace) -> None:
        """Put ``trace`` in view; a selected row that is gone is no longer selected, its anchor stays."""
        anchor = self.selection.anchor
        self.trace = trace
        self.selection = (
            self._through(anchor) if anchor is not None else Selection(truth=self.selection.truth)
        )

    def select(
        self,
        *,
        detection: int | None = None,
        proposal: int | None = None,
        anchor: int | None = None,
        truth: int | None = None,
    ) -> Selection:
        """Select a detection, proposal, anchor or truth, with all that it came from and became.

        Raises: IndexError for a row that is not there.
        """
        if detection is not None:
            proposal = int(self._row("detections.proposal_index", detection))
        if proposal is not None:
            anchor = int(self._row("proposals.anchor_index", proposal))
        self.selection = self._through(anchor, truth) if anchor is not None else Selection(truth=truth)
        return self.selection

    def _row(self, name: str, row: int) -> Any:
        values = self.trace[name]
        if not 0 <= row < len(values):
            raise IndexError(f"{name}: wanted a row of 0 to {len(values) - 1}, received {row}")
        return values[row]

    def _through(self, anchor: int, truth: int | None = None) -> Selection:
        """Return the selection of an anchor with the proposal and the detection that came of it."""
        if not 0 <= anchor < len(self.trace["anchors.boxes"]):
            raise IndexError(
                f"wanted an anchor of 0 to {len(self.trace['anchors.boxes']) - 1}, received {anchor}"
            )
        proposal = _first(self.trace["proposals.anchor_index"], anchor)
        detection = None if proposal is None else _first(self.trace["detections.proposal_index"], proposal)
        return Selection(detection, proposal, anchor, truth)


def _first(index: np.ndarray, value: int) -> int | None:
    """Return the first place of ``value`` in ``index``, or None."""
    places = np.flatnonzero(np.asarray(index) == value)
    return int(places[0]) if places.size else None
