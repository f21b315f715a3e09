"""Weights into a model, and a model from weights.

``load_weights`` checks first and assigns then: a model is changed wholly or not at all. ``load_model`` takes the name
of weights that ship with the package (``shapes``, ``nuclei``), ``coco`` for the published ones, or a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config import Config
from ..config.files import load_config
from ..files.suggestions import unknown
from ..runtime.quiet import import_tensorflow
from .download import fetch_coco
from .formats.classic import derived_config
from .names import named_variables
from .opening import open_weights
from .report import LoadReport, WeightsMismatch, compare
from .stored import StoredWeights

if TYPE_CHECKING:
    from ..model import MaskRCNN

SHIPPED = ("shapes", "nuclei")  # files of maskrcnn_core/assets
COCO = "coco"

ConfigSource = Config | str | Path | Mapping[str, Any] | None


def load_weights(model: MaskRCNN, path: str | Path, skip: Iterable[str] = ()) -> LoadReport:
    """Load the weights of a file, of this project or in the classic layout, into ``model``.

    skip: glob patterns of flat names that stay as they are, such as ``("box_head.*",)`` for transfer learning.
    Raises: ``WeightsMismatch``, a ValueError with the report, for anything but a full match otherwise; ValueError for a
    file that cannot be read. Law: ``model`` is unchanged when it raises.
    """
    variables = named_variables(model)
    with open_weights(path) as stored:
        report = compare(
            {name: array.shape for name, array in stored.arrays.items()},
            {name: tuple(variable.shape) for name, variable in variables.items()},
            skip,
            str(path),
            stored.layout,
        )
        if not report.complete:
            raise WeightsMismatch(report)
        # all are read before the first is assigned: the last may turn out to be damaged
        values = {name: stored.arrays[name].read() for name in report.loaded}
    for name, value in values.items():
        variables[name].assign(value.astype(np.float32).reshape(variables[name].shape))
    return report


def load_model(weights: str | Path, config: ConfigSource = None) -> MaskRCNN:
    """Return the model of ``weights``: a shipped name, ``coco``, or a file.

    config: settings in place of those that belong to the weights; a file or dict may name only some, in this project's
    terms or the classic ones. The model's ``provenance`` says where the weights come from.
    Raises: ValueError for unknown names and unsound files; ``WeightsMismatch`` where ``config`` means another model.
    """
    import_tensorflow()  # which reading a configuration does not need
    from ..model import MaskRCNN

    with located(weights) as path:
        with open_weights(path) as stored:
            settings = _settings(stored, config)
            provenance = {**stored.provenance, "weights": str(weights), "layout": stored.layout}
        model = MaskRCNN(settings)
        load_weights(model, path)
    model.provenance = provenance
    return model


def read_config(weights: str | Path, config: ConfigSource = None) -> Config:
    """Return the configuration that ``load_model`` would use, without building a model or importing TensorFlow."""
    with located(weights) as path, open_weights(path) as stored:
        return _settings(stored, config)


@contextmanager
def located(weights: str | Path) -> Iterator[Path]:
    """Give the file of ``weights``: a shipped name, ``coco`` (fetched where it is not yet in the cache), or a path.

    Raises: ValueError for what is none of these, with the nearest names.
    """
    if weights == COCO:
        yield fetch_coco()
    elif weights in SHIPPED:
        asset = files("maskrcnn_core") / "assets" / f"{weights}.h5"
        if not asset.is_file():
            raise ValueError(
                f"the weights {weights!r} are not part of this installation; install the package again"
            )
        with as_file(asset) as path:
            yield path
    elif Path(weights).is_file():
        yield Path(weights)
    else:
        raise ValueError(
            f"{weights}: there is no such file; {unknown('weights', (*SHIPPED, COCO), str(weights))}"
        )


def _settings(stored: StoredWeights, config: ConfigSource) -> Config:
    """Return the configuration for ``stored``: given, or the file's own, or what its shapes tell."""
    if isinstance(config, Config):
        return config
    base = stored.config
    try:
        base = base or derived_config(stored.arrays, stored.path)
    except ValueError as error:
        if config is None:
            raise ValueError(f"{stored.path}: {error}") from error
    return load_config({} if config is None else config, base)
