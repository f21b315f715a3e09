"""Quality: what is wrong with a data set, and which of its objects no anchor reaches."""
