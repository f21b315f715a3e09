"""Neighbours by hidden vector: which proposals look alike to the box head, wherever they are.

Inputs: a trace that holds the box head's last hidden vectors (``box_head.fc2``, see ``last_hidden``). Outputs: rows and
their cosine similarity. Class and box of a proposal are linear functions of that vector: what is near is judged alike.

Shapes: n proposals; d detections.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core.recording.detail import last_hidden
from maskrcnn_core.recording.trace import Trace, config_of


@dataclass(frozen=True)
class Neighbours:
    """Rows (k,) of proposals, or of detections, the most alike first, and their cosine similarity (k,), -1 to 1."""

    rows: np.ndarray
    similarity: np.ndarray


def similarity_to(vectors: np.ndarray, row: int) -> np.ndarray:
    """Return the cosine similarity (n,) of all ``vectors`` (n, channel) to that of ``row``; 0 to one that is all 0.

    Raises: IndexError for a row that is not there.
    """
    if not 0 <= row < len(vectors):
        raise IndexError(f"wanted a row of 0 to {len(vectors) - 1}, received {row}")
    values = np.asarray(vectors, np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):  # a broken model: what is no number stays so
        lengths = np.linalg.norm(values, axis=1)
        products = values @ values[row] / (lengths * lengths[row])
    return np.where((lengths == 0) | (lengths[row] == 0), 0.0, np.clip(products, -1.0, 1.0))


def nearest_proposals(trace: Trace, proposal: int, count: int) -> Neighbours:
    """Return the ``count`` proposals most alike to ``proposal``, itself left out."""
    similarity = similarity_to(hidden_vectors(trace), proposal)
    order = _ranked(similarity, np.arange(len(similarity)) != proposal)[:count]
    return Neighbours(order, similarity[order])


def nearest_detections(trace: Trace, proposal: int) -> Neighbours:
    """Return all detections but that of ``proposal``, the most alike first."""
    own = np.asarray(trace["detections.proposal_index"])
    similarity = similarity_to(hidden_vectors(trace), proposal)[own]
    order = _ranked(similarity, own != proposal)
    return Neighbours(order, similarity[order])


def hidden_vectors(trace: Trace) -> np.ndarray:
    """Return the last hidden vectors (n, channel). Raises: KeyError where the trace does not hold them."""
    return np.asarray(trace[last_hidden(config_of(trace))])


def _ranked(similarity: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Return the rows that are ``allowed``, the most alike first, those without a number last."""
    rows = np.flatnonzero(allowed)
    return rows[np.argsort(-np.nan_to_num(similarity[rows], nan=-2.0), kind="stable")]
