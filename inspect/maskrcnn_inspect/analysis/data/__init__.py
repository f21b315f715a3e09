"""Data: what a data set holds, and what training sees of it."""
