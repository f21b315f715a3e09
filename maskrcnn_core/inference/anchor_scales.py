"""Anchor scales: do the two stages of a model agree on the sizes of anchors?

Inputs: a model and the tensors of a run. Outputs: a sentence where the anchors look as if the model had been trained
with others. Files of the classic code carry no configuration, and no shape of a weight tells how large its anchors
were; with others the RPN is as sure as ever, since it sees no anchor, but the box head finds no objects in what is
proposed. Both stages are asked: where the RPN is sure and the box head is not, the image is run again from the anchors
on with others, and only scales under which the box head agrees with the RPN are told.

Shapes: n proposals; K classes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..data.reading.images import SourceImage
from ..data.reading.reader import Reader
from ..recording.trace import Trace

SURE = 0.9  # objectness from which the RPN is sure of a proposal
LEAST_SURE = 3  # proposals; of fewer nothing is told
DOUBTED, AGREED = (
    0.4,
    0.5,
)  # median probability of an object, by the box head: below there is a doubt, above is none
FACTORS = (0.25, 0.5, 2.0, 4.0)
FIRST = 5  # images of a data set that are asked at most
READS = ("proposals.scores", "box_head.class_probs")


def agreement(trace: Trace) -> float | None:
    """Return the box head's median probability of an object among the proposals of which the RPN is sure; None if few.

    trace: one that holds ``READS``.
    """
    sure = np.asarray(trace["proposals.scores"]) >= SURE
    if np.count_nonzero(sure) < LEAST_SURE:
        return None
    return float(np.median(1.0 - np.asarray(trace["box_head.class_probs"])[sure, 0]))


class AnchorProbe:
    """Looks at images until one tells whether the anchors of a model from a classic file, which names none, are right.

    ``reads``: the tensors that a run has to keep for ``remark``; none once an image has told, and for other files.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        is_classic = getattr(model, "provenance", {}).get("layout") == "classic"
        self.reads: tuple[str, ...] = READS if is_classic else ()

    def remark(self, image: SourceImage, kept: Trace) -> str:
        """Return a sentence where the run on ``image``, which kept ``reads``, speaks for other anchors; else ""."""
        agreed = agreement(kept) if self.reads else None
        if agreed is None:
            return ""
        self.reads = ()
        found = {} if agreed >= DOUBTED else self._under_others(image)
        factor = max(found, key=found.__getitem__, default=1.0)
        if found.get(factor, 0.0) < max(AGREED, 2 * agreed):
            return ""
        return self._said(image.source, agreed, factor, found[factor])

    def look_at(self, image: SourceImage) -> str:
        """Run the model on ``image`` and return what ``remark`` says of it, where no image has told yet."""
        return (
            self.remark(image, self.model.detect_keeping(image, self.reads, boxed=True)[1])
            if self.reads
            else ""
        )

    def look_through(self, reader: Reader) -> str:
        """Return what ``look_at`` says of the first images of a data set; those that cannot be read are passed over."""
        for index in range(min(len(reader), FIRST)):
            try:
                sample = reader[index] if self.reads else None
            except (ValueError, OSError):
                continue
            if sample is not None and (said := self.look_at(SourceImage(sample.image, reader.source(index)))):
                return said
        return ""

    def _under_others(self, image: SourceImage) -> dict[float, float]:
        """Return the agreement by factor of the scales, run again from the anchors on."""
        run, scales = self._rerun_of(image), self.model.config.anchors.scales
        found = {}
        for factor in FACTORS:
            changed = tuple(scale * factor for scale in scales)
            found[factor] = agreement(run({"anchors.scales": changed})) or 0.0
        return found

    def _rerun_of(self, image: SourceImage) -> Callable[[dict[str, Any]], Trace]:
        """Return what runs ``image`` again with other settings: from the anchors on, or whole where an engine must."""
        model = self.model
        if hasattr(model, "replay"):
            trace = model.trace(image)
            return lambda settings: model.replay(trace, **settings)
        return lambda settings: model.with_settings(settings).detect_keeping(image, READS, boxed=True)[1]

    def _said(self, source: str, agreed: float, factor: float, other: float) -> str:
        scales = self.model.config.anchors.scales
        now, then = (", ".join(f"{scale * by:g}" for scale in scales) for by in (1.0, factor))
        return (
            f"the anchors of {now} px look wrong for these weights: to what the RPN is sure of on "
            f"{source or 'the image'} the box head gives {agreed:.0%} to be an object (median), with anchors of {then} "
            f"px {other:.0%}; if the model was "
            f'trained with these, say --config C.json with {{"RPN_ANCHOR_SCALES": [{then}]}}'
        )
