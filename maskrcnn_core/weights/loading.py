"""Weights into a model, and a model from weights.

``load_weights`` checks first and assigns then: a model is changed wholly or not at all. ``load_model`` takes the name
of weights that ship with the package (``shapes``, ``nuclei``) or that are published (``coco``, ``torchvision-v2`` …,
see ``catalog``), or a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config import Config
from ..config.files import load_config
from ..files.suggestions import unknown
from ..runtime.allocating import give_back
from ..runtime.garbage import collected_later
from ..runtime.quiet import import_tensorflow
from ..terminal.inert import say
from .catalog import PUBLISHED, SHIPPED, fetch_model
from .formats.classic import assumed, derived_config
from .names import named_variables
from .opening import open_weights
from .report import LoadReport, WeightsMismatch, compare
from .stored import StoredWeights

if TYPE_CHECKING:
    from ..model import MaskRCNN

_TOLD: set[Path] = set()  # files of which was said what is assumed
ConfigSource = Config | str | Path | Mapping[str, Any] | None


def load_weights(model: MaskRCNN, path: str | Path, skip: Iterable[str] = ()) -> LoadReport:
    """Load the weights of a file, of this project or in the classic layout, into ``model``.

    skip: glob patterns of flat names that stay as they are, such as ``("box_head.*",)`` for transfer learning.
    Raises: ``WeightsMismatch``, a ValueError with the report, for anything but a full match otherwise; ValueError for a
    file that cannot be read. Law: ``model`` is unchanged when it raises.
    """
    variables = named_variables(model)
    with open_weights(path) as stored:
        report = _compared(variables, stored, skip)
        # all are read before the first is assigned: the last may turn out to be damaged
        values = {name: stored.arrays[name].read() for name in report.loaded}
    _assign(variables, values)
    return report


def _compared(variables: Mapping[str, Any], stored: StoredWeights, skip: Iterable[str] = ()) -> LoadReport:
    """Return what is loaded and what is not. Raises: ``WeightsMismatch``."""
    report = compare(
        {name: array.shape for name, array in stored.arrays.items()},
        {name: tuple(variable.shape) for name, variable in variables.items()},
        skip,
        str(stored.path),
        stored.layout,
    )
    if not report.complete:
        raise WeightsMismatch(report)
    return report


def _assign(variables: Mapping[str, Any], values: Mapping[str, np.ndarray]) -> None:
    for name, value in values.items():
        variables[name].assign(value.astype(np.float32, copy=False).reshape(variables[name].shape))


def load_model(weights: str | Path, config: ConfigSource = None) -> MaskRCNN:
    """Return the model of ``weights``: a name of ``catalog``, shipped or published, or a file.

    config: settings in place of those that belong to the weights; a file or dict may name only some, in this project's
    terms or the classic ones. The model's ``provenance`` says where the weights come from.
    Raises: ValueError for unknown names and unsound files; ``WeightsMismatch`` where ``config`` means another model.
    """
    import_tensorflow()  # which reading a configuration does not need
    # in a frame that the import was not called from: errors that it met keep their frames, and all arrays with them
    model = _load(weights, config)
    give_back()  # the arrays that were read: the model has its own
    return model


def _load(weights: str | Path, config: ConfigSource) -> MaskRCNN:
    from ..model import MaskRCNN
    from ..stages.building import weights_given

    with collected_later(), located(weights) as path, open_weights(path) as stored:
        settings = _settings(stored, config, weights in PUBLISHED)
        values = {name: array.read() for name, array in stored.arrays.items()}
        given = _of_layers(values)
        names = set(given)
        with weights_given(given):
            model = MaskRCNN(settings)
        taken = names - set(given)
        variables = named_variables(model)
        report = _compared(variables, stored)
        _assign(
            variables, {name: values[name] for name in report.loaded if name.partition(".")[2] not in taken}
        )
        model.provenance = {**stored.provenance, "weights": str(weights), "layout": stored.layout}
        model.image_statistics = stored.image_statistics
    return model


def _of_layers(values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the weights by layer and variable, where only one stage has a layer of that name."""
    stages = Counter(name.partition(".")[2] for name in values)
    found = {name.partition(".")[2]: array for name, array in values.items() if array.dtype == np.float32}
    return {name: array for name, array in found.items() if stages[name] == 1}


def read_config(weights: str | Path, config: ConfigSource = None) -> Config:
    """Return the configuration that ``load_model`` would use, without building a model or importing TensorFlow."""
    with located(weights) as path, open_weights(path) as stored:
        return _settings(stored, config, weights in PUBLISHED)


@contextmanager
def located(weights: str | Path) -> Iterator[Path]:
    """Give the file of ``weights``: a shipped name, a published one (fetched where the cache lacks it), or a path.

    Raises: ValueError for what is none of these, with the nearest names.
    """
    if weights in PUBLISHED:
        yield fetch_model(str(weights))
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
            f"{weights}: there is no such file; {unknown('weights', (*SHIPPED, *PUBLISHED), str(weights))}"
        )


def _settings(stored: StoredWeights, config: ConfigSource, published: bool = False) -> Config:
    """Return the configuration for ``stored``: given, or the file's own, or what its shapes tell.

    What is assumed beyond the shapes is said, once a file and process; of ``published`` ones it is known to be right.
    """
    if isinstance(config, Config):
        return config
    base = stored.config
    try:
        base = base or derived_config(stored.arrays, stored.path)
    except ValueError as error:
        if config is None:
            raise ValueError(f"{stored.path}: {error}") from error
    if (
        base is not None
        and config is None
        and stored.config is None
        and not published
        and stored.path not in _TOLD
    ):
        _TOLD.add(stored.path)
        say(f"{stored.path}: {assumed(base)}", err=True)
    return load_config({} if config is None else config, base)
