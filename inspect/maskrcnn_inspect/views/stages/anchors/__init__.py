"""The view of one stage: anchors. ``view`` draws; ``labels`` serves it."""
