"""Survival: after which stages an object of the ground truth was still alive, by its verdict.

Inputs: a trace with ground truth, of a model in training. Outputs: for each object the number of stages that kept it,
with the verdict and the sentence of ``maskrcnn explain``. Why stages, not verdicts: over training an object moves from
one to the next, and six of them can be followed as lines.
"""

from __future__ import annotations

from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.training.judging import Judgement

from ..candidates.explanation import READS
from ..candidates.verdicts import judge_truths

# stage -> the verdicts with which it loses an object, in the order of the pipeline
LOSES = {
    "RPN": ("no anchor", "objectness", "top k"),
    "proposals": ("proposal localisation", "proposal size", "proposal NMS", "proposal count"),
    "box head": ("background", "wrong class", "localisation", "score", "size"),
    "NMS": ("class NMS",),
    "detections": ("over the maximum of detections",),
    "mask": ("mask", "matched another object"),
}
STAGES = tuple(LOSES)
_LOST_AT = {verdict: place for place, verdicts in enumerate(LOSES.values()) for verdict in verdicts}


def stages_kept(verdict: str) -> int:
    """Return how many of ``STAGES`` kept an object of this verdict: 0 where the RPN lost it, all where it was found."""
    return len(STAGES) if verdict == "found" else _LOST_AT[verdict]


class SurvivalJudge:
    """Judges traces in training, see ``maskrcnn_core.training.judging``.

    threshold: IoU of masks from which an object is found.
    """

    stages, reads = STAGES, READS

    def __init__(self, threshold: float = 0.5) -> None:
        self.threshold = threshold

    def __call__(self, trace: Trace) -> list[Judgement]:
        """Return a judgement for every object of ``trace`` that is to be found; crowds are not."""
        return [
            Judgement(one.truth, stages_kept(one.verdict), one.verdict, one.sentence)
            for one in judge_truths(trace, self.threshold)
            if one.verdict != "crowd"
        ]
