"""Engines: what may run the network in TensorFlow's place, from an export that was certified against it.

Read in this order: ``model`` (a detector around a graph in ONNX Runtime or OpenVINO, with
``detect`` and ``trace`` as ``MaskRCNN`` has them), ``opening`` (weights and an engine's name into such a model).
Preprocessing, anchors, pasting and composing are the stages' own code. None of it imports TensorFlow but the making of
an export that is not in the cache yet.
"""
