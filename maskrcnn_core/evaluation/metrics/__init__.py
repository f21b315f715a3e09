"""Metrics: each takes the objects of images and returns numbers."""
