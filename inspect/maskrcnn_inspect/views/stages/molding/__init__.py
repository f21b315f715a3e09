"""The view of one stage: preprocessing. ``view`` draws; ``formulas`` serves it."""
