"""Schedule: the learning rate of every step."""

from __future__ import annotations

import math

WARM_UP = 200  # steps over which the rate climbs from nothing; a short run uses a tenth of its steps


def cosine(step: int, total: int, peak: float) -> float:
    """Return the learning rate of ``step``: a linear warm-up to ``peak``, then half a cosine down to nothing."""
    warm = min(WARM_UP, max(1, total // 10))
    if step < warm:
        return peak * (step + 1) / warm
    return peak * 0.5 * (1.0 + math.cos(math.pi * (step - warm) / max(1, total - warm)))
