"""The view of one stage: masks. ``view`` draws; ``formulas``, ``scenes`` serve it."""
