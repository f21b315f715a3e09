"""Recording: the names of all tensors, the tap and trace that read and edit them, traces as files, replay."""
