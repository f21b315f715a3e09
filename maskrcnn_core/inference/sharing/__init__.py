"""Many pictures, shared out: among the steps of one process, the devices of one machine, several machines.

``overlap`` (decoding, model and writing at the same time) ← ``shares`` (who has which picture) ← ``wire`` (the words
between machines) ← ``run`` (a strategy by name). Nothing here imports TensorFlow by itself.
"""
