"""Training as a film: one image at steps that double, and what becomes of its objects."""
