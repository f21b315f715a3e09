"""Schedule: the learning rate of every step."""

from __future__ import annotations

import math

from ...config import Training


def learning_rate(step: int, total: int, settings: Training) -> float:
    """Return the learning rate of ``step`` (from 0) of ``total``.

    A linear warm-up over ``warm_up_steps`` (a tenth of a short run), then: ``constant``; ``step``: a tenth from each of
    ``decay_at`` (shares of the run) on; ``cosine``: half a cosine down to nothing (Loshchilov and Hutter 2017, eq. 5).
    """
    peak, warm = settings.learning_rate, min(settings.warm_up_steps, total // 10)
    if step < warm:
        return peak * (step + 1) / warm
    if settings.schedule == "cosine":
        return peak * 0.5 * (1.0 + math.cos(math.pi * (step - warm) / max(1, total - warm)))
    if settings.schedule == "step":
        return peak * 0.1 ** sum(step >= share * total for share in settings.decay_at)
    if settings.schedule == "constant":
        return peak
    raise ValueError(f"wanted training.schedule constant, step or cosine, received {settings.schedule!r}")
