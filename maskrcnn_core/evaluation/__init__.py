"""Evaluation: how good a model is, and what kind of mistakes it makes.

Read in this order: ``objects`` (ground-truth objects and detections of one image, masks as runs), ``matching`` (which
detection found which object), ``coco_ap`` and ``average`` (COCO's figures), ``confusion``, ``error_types``,
``stage_recall``, ``worst_cases``; ``run`` takes all of these over a data set, ``files`` over result files; ``report*``
say it.

Images go in one at a time and nothing of their size stays: some twenty bytes a detection do.
"""
