"""Colours: one an instance, the same in every view, safe for the colour-blind, and never the only channel."""

from __future__ import annotations

from maskrcnn_core.stages.composing import colour_of

SEQUENTIAL = "cividis"  # magnitudes, scores (Nuñez et al. 2018)
DIVERGING = "RdBu_r"  # activations around 0
BROKEN = "#ff00ff"  # NaN and infinity, a colour that neither map has
INK = "#1b1f24"
MUTED = "#6b7280"
FAINT = "#eef1f4"  # lines to read values by
POSITIVE, NEGATIVE, NEUTRAL = "#009e73", "#d55e00", "#999999"  # Okabe-Ito green, vermillion, grey
LEVELS = {2: "#56b4e9", 3: "#009e73", 4: "#e69f00", 5: "#d55e00", 6: "#cc79a7"}  # pyramid levels


def instance_colour(rank: int) -> str:
    """Return the colour of the instance of this rank, 0 for the best, as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour_of(rank))
