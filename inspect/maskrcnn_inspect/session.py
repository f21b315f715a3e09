"""Session: a model, an image and its trace, with one selection that every view follows.

A view reads ``session.trace`` and observes it; a slider calls ``session.rerun``, which replays the very stages
that ran; a click sets ``session.selection``, and all other views move there. Nothing is computed a second way
for show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from maskrcnn_core.config import Config
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.recording.tensors import matching
from maskrcnn_core.recording.trace import Edit, Trace, config_of
from maskrcnn_core.terminal.former_names import warn_of


@dataclass(frozen=True)
class Selection:
    """What is looked at: rows of ``detections``, ``proposals`` and ``anchors``, and an object; None = nothing."""

    detection: int | None = None
    proposal: int | None = None
    anchor: int | None = None
    truth: int | None = None


class Session(traitlets.HasTraits):
    """One image under inspection.

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
    def run(cls, model: Any, image: Any, truth: Sample | None = None) -> Session:
        """Trace ``image`` through ``model`` and look at everything."""
        return cls(_traced(model, image, truth), model, truth)

    @classmethod
    def load(cls, path: str | Path, model: Any = None) -> Session:
        """Open a saved trace."""
        return cls(Trace.load(path), model)

    @property
    def config(self) -> Config:
        """The configuration that the shown trace was run with."""
        return config_of(self.trace)

    @property
    def unlike(self) -> str:
        """A sentence where the image is far from all that the model learned from, else ""."""
        return str(self.base.attributes.get("unlike", ""))

    @property
    def has_model(self) -> bool:
        """Whether stages can be run again."""
        return self.model is not None

    @property
    def live(self) -> bool:
        """The former name of ``has_model``."""
        warn_of("Session.live", "Session.has_model")
        return self.has_model

    def look_at(self, image: Any, truth: Sample | None = None, model: Any = None) -> Trace:
        """Trace another image, or the same with another ``model``, and show it; changes made before are gone.

        Raises: ValueError without a model, or for what is no image; then nothing has changed.
        """
        runner = model or self.model
        if runner is None:
            raise ValueError("this session has no model to run; open it with Session.load(path, model)")
        trace = _traced(runner, image, truth)
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

    def record(self, *patterns: str) -> Trace:
        """Record more tensors of the image, such as ``backbone.*.output``, and show the trace that holds them too.

        Settings and edits stay as they are. Raises: ValueError without a model, where something is missing;
        KeyError for a pattern that names nothing.
        """
        wanted = matching(patterns, self.trace.config)
        if any(name not in self.trace for name in wanted):
            self._require_model()
            self.base = self.model.replay(self.base, keep=patterns)
            self._replay(dict(self.settings), self._edits)
        return self.trace

    def reset(self) -> None:
        """Show the trace as the model made it."""
        self._edits, self.settings = {}, {}
        self._show(self.base)

    def _replay(self, settings: dict[str, Any], edits: dict[str, Edit]) -> None:
        self._require_model()
        replayed = self.model.replay(self.base, edits, **settings)
        self._edits, self.settings = edits, settings
        self._show(replayed)

    def _require_model(self) -> None:
        if self.model is None:
            raise ValueError("this session has no model to run again; open it with Session.load(path, model)")

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
        """Select a detection, proposal, anchor or ground truth, with all that it came from and became.

        Raises: IndexError for a row that is not there.
        """
        if detection is not None:
            proposal = int(self._row("detections.proposal_index", detection))
        if proposal is not None:
            anchor = int(self._row("proposals.anchor_index", proposal))
        if anchor is None:
            self.selection = Selection(truth=truth)
        else:
            chosen = self._through(anchor, truth)
            self.selection = chosen if detection is None else replace(chosen, detection=detection)
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


def _traced(model: Any, image: Any, truth: Sample | None) -> Trace:
    """Trace ``image``, and note for all that is made of the trace which weights it ran with, and whether the image is
    far from those that they learned from.
    """
    trace: Trace = model.trace(image, truth=truth)
    weights = getattr(model, "provenance", {}).get("weights")
    if weights:
        trace.attributes["weights"] = Path(str(weights)).name
    statistics = getattr(model, "image_statistics", None)
    if statistics is not None:
        from maskrcnn_core.inference.familiarity import (
            remark_on_trace,
        )  # imports TensorFlow, as the model did

        trace.attributes["unlike"] = remark_on_trace(statistics, trace)
    return trace


def _first(index: np.ndarray, value: int) -> int | None:
    """Return the first place of ``value`` in ``index``, or None."""
    places = np.flatnonzero(np.asarray(index) == value)
    return int(places[0]) if places.size else None
