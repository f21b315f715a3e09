"""The view of one stage: detections. ``view`` draws; ``formulas`` serves it."""
