"""The machine that the model runs on: what it is, what suits it, and whether it computes what it should.

``processor`` (which one) → ``onednn`` (the switch that suits it, set before TensorFlow is there) ← ``remembered`` (what
was measured) ← ``timing`` (measures) ; ``self_test`` and ``report`` are what ``maskrcnn doctor`` says.

The first three are imported with the package: they need nothing but Python.
"""
