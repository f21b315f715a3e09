"""Rules on the arrays of a checkpoint."""
