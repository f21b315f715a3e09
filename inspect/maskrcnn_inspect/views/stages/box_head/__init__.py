"""The view of one stage: box head. ``view`` draws; ``formulas`` serves it."""
