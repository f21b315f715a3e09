"""Views of a checkpoint."""
