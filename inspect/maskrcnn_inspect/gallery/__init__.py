"""The gallery: the verdict table of a data set as a page, from a bar to the objects in it."""
