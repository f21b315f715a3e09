"""Videos: the same model on frame after frame, tracks through them, and what is written while they pass."""
