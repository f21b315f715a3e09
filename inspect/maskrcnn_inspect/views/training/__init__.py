"""Views of training: targets, batches, losses."""
