"""Inference on many and on large images: tiles, seams, shares of the work, and what a run leaves."""
