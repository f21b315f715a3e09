"""Rules on a file as a whole."""
