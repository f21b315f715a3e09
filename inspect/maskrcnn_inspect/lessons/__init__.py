"""Ten exercises on the real model, in the order in which data flows; ``notebooks/lessons`` asks them one by one."""

from .exercise import Exercise, Feedback
from .first_stage import anchors, delta, molding, overlap, suppression, top_k
from .second_stage import bilinear, level, mask, score

ALL = (molding, anchors, overlap, delta, top_k, suppression, level, bilinear, score, mask)

__all__ = [
    "ALL",
    "Exercise",
    "Feedback",
    "anchors",
    "bilinear",
    "delta",
    "level",
    "mask",
    "molding",
    "overlap",
    "score",
    "suppression",
    "top_k",
]
