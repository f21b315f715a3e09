"""The view of one stage: proposals. ``view`` draws; ``thresholds`` serves it."""
