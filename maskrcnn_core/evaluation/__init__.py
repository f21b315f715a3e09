"""Evaluation: how good a model is, and what kind of mistakes it makes.

Read in this order: ``objects`` (truths and detections of one picture, masks as runs), ``matching`` (which detection
found which truth), ``coco_ap`` and ``average`` (COCO's figures), ``confusion``, ``error_types``, ``stage_recall``,
``worst_cases``; ``run`` takes all of these over a data set, ``files`` over result files; ``report*`` say it.

Pictures go in one at a time and nothing of their size stays: some twenty bytes a detection do.
"""
