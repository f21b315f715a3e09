"""Views of a data set, before any model runs."""
