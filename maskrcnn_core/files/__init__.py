"""Files and networks, with care: whole-or-not-at-all writing, HDF5 from outside, downloads, words for mistakes."""
