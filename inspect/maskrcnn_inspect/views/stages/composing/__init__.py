"""The view of one stage: composing. ``view`` draws; ``pictures`` serves it."""
