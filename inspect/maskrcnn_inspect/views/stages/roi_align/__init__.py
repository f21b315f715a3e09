"""The view of one stage: ROIAlign. ``view`` draws; ``formulas``, ``scenes`` serve it."""
