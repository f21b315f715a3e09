"""Data formats: one module a format."""
