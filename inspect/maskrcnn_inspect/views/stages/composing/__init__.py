"""The view of one stage: composing. ``view`` draws; ``images`` serves it."""
