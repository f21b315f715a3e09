"""The Explorer live in a browser: the model's own graphs, run there by ONNX Runtime, without a kernel.

1. ``manifest``  what the browser's half has to know of a model beside its graphs
2. ``package``   both as one file, which a page holds or a person drops on it
3. ``runtime``   ONNX Runtime's program for browsers, and where it comes from

The browser's half is in ``../js/live``; it answers the same questions as the widget in a notebook.
"""
