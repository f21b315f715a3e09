"""Layouts of weights files: one module a layout."""
