"""Exporting: the model for other programs, and the proof that each export computes what TensorFlow does.

Read in this order: ``names`` (what exports are made of), ``network`` (the network, or a part of it, as a function of
named tensors), ``detector`` (from image to masks, with ``graph_molding``, ``graph_resizing`` and ``graph_pasting``),
``onnx_graph`` (such a function as a checked ONNX graph, with ``onnx_roi_align``), ``tensorflow_formats``,
``lite_graph`` (the detector in LiteRT's operators, with ``lite_molding`` and ``lite_operators``), ``lite_file``,
``describing`` (what an export says of itself), ``runner`` and ``lite_runner`` (a graph in an engine), ``certify`` (an
export beside TensorFlow, tensor by tensor), ``making`` and ``writing`` (files), ``stored`` and ``caching`` (those in
the cache).
"""
