"""Many images over the workers of a Dask cluster: of this machine, or of a scheduler that runs somewhere.

Read in this order: ``places`` (which cluster is meant, and whether its connections can be trusted) → ``connecting``
(a client of it) → ``nanny`` (who starts the workers of this machine) → ``worker`` (what a worker does with a chunk of
images) → ``run`` (chunks out, answers in order). Nothing here imports TensorFlow by itself, and Dask only where a
cluster is asked for.
"""
