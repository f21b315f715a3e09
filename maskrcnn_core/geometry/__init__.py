"""Geometry: boxes, outlines and run-length masks as numbers, in any frame."""
