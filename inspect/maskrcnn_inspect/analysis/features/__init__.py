"""Features: what maps hold, what a cell can see, where regions are read."""
