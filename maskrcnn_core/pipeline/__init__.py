"""The pipeline around the stages: their order, replay from any of them, the compiled network, ground truth in a trace.

``specs`` (what each stage says of itself) ← ``replay`` (what a change touches) ← ``compiled`` (graphs, kept);
``given_truth`` adds the objects of a sample to a trace, ``truth`` targets and losses. ``model`` puts the stages in a
row.
"""
