"""Starting model: what training on a data set would begin with.

Inputs: class names and weights. Outputs: a model of those classes. Why: targets and losses of a data set can be looked
at before anything is trained on it, with the proposals of a model that can already see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def starting_model(class_names: Sequence[str], weights: str) -> tuple[Any, str]:
    """Return a model for ``class_names`` with what fits of ``weights``, and a sentence that says what that is.

    Where the classes are those of the weights, it is their model as it is. Otherwise layers that depend on the classes
    are left at their random values, by the function that training starts with.
    """
    from maskrcnn_core import load_model  # TensorFlow is needed from here on alone
    from maskrcnn_core.model import MaskRCNN
    from maskrcnn_core.training.initial import initialise

    own = load_model(weights)
    if own.config.class_names == tuple(class_names):
        return own, f"{weights}: the model as it is, its classes are those of the data"
    model = MaskRCNN(own.config.replace(class_names=tuple(class_names)))
    return model, initialise(model, weights)
