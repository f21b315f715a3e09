"""Weights and an engine's name into a model that detects.

Inputs: weights as ``load_model`` takes them, or a file that ``maskrcnn export --part network`` wrote. Outputs: a
``MaskRCNN`` for TensorFlow, an ``EngineModel`` for the others, which share ``config``, ``detect``, ``detect_keeping``
and ``trace``. The certified export of the weights is taken from the cache; where it is not there it is made, once, with
TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ...config import Config
from ...config.files import load_config
from ...exporting.describing import described
from ...exporting.names import RESULT, working_set
from ...exporting.onnx_texts import read_texts
from ...exporting.prepared import open_kept
from ...exporting.runner import RUNNERS
from ...exporting.stored import find_export, fixed_part
from ...files.hashes import sha256_of
from ...recording.tensors import matching
from ...weights.loading import ConfigSource, load_model, located, read_config
from ...weights.opening import open_weights
from .model import EngineModel, within_network

ENGINES = ("tensorflow", *RUNNERS)


def open_model(
    weights: str | Path, config: ConfigSource = None, engine: str = "tensorflow", keep: Sequence[str] = ()
) -> Any:
    """Return the model of ``weights`` in ``engine``.

    config: see ``load_model``. keep: names or patterns of tensors that ``trace`` will be asked for.
    Raises: ValueError for an engine that is unknown or not installed, for an export that does not fit ``config``, and
    where an export has to be made and TensorFlow is not there.
    """
    if engine not in ENGINES:
        raise ValueError(f"wanted an engine of {', '.join(ENGINES)}, received {engine!r}")
    if Path(weights).suffix == ".onnx":
        return _of_file(Path(weights), config, engine)
    if engine == "tensorflow":
        return load_model(weights, config)
    settings = read_config(weights, config)
    with located(weights) as path:
        with open_weights(path) as stored:
            statistics = stored.image_statistics
            provenance = {**stored.provenance, "weights": str(weights), "layout": stored.layout}
        names = _outputs(settings, statistics is not None, keep)
        digest = sha256_of(path)
        graph = find_export(digest, settings, names, engine)
        graph = graph or _made(weights, settings, digest, names, engine)
    runner = open_kept(graph, settings) if engine == "onnxruntime" else RUNNERS[engine](graph)
    return EngineModel(runner, settings, statistics, provenance)


def config_of_weights(weights: str | Path, config: ConfigSource = None) -> Config:
    """Return the configuration that ``open_model`` would use, without opening an engine."""
    if Path(weights).suffix == ".onnx":
        return _settings(Path(weights), described(read_texts(Path(weights))).config, config)
    return read_config(weights, config)


def _of_file(path: Path, config: ConfigSource, engine: str) -> EngineModel:
    """Return the model of a file that was exported, with the settings that it carries."""
    if engine == "tensorflow":
        raise ValueError(
            f"{path} is an export; take --engine {' or '.join(RUNNERS)}, or the weights themselves"
        )
    said = described(read_texts(path))
    if said.part != "network":
        raise ValueError(
            f"{path}: wanted the network of an export, received the whole {said.part}; "
            "export with --part network"
        )
    settings = _settings(path, said.config, config)
    return EngineModel(RUNNERS[engine](path), settings, said.image_statistics, said.provenance)


def _settings(path: Path, own: Config, config: ConfigSource) -> Config:
    """Return the settings of an export with ``config`` on top. Raises: ValueError where its graph has others."""
    settings = config if isinstance(config, Config) else load_config({} if config is None else config, own)
    if fixed_part(settings) != fixed_part(own):
        raise ValueError(f"{path}: these settings are built into the export; export again with --config")
    return settings


def _outputs(config: Config, statistics: bool, keep: Iterable[str]) -> tuple[str, ...]:
    """Return what the network has to give out: what is always read, and what is asked for."""
    asked = sorted(name for name in matching(list(keep), config) if within_network(name)) if keep else []
    return tuple(dict.fromkeys((*working_set(config, statistics), *asked, *RESULT)))


def _made(weights: str | Path, config: Config, digest: str, names: tuple[str, ...], engine: str) -> Path:
    """Make the export with TensorFlow, certify it, and keep it in the cache."""
    if find_spec("tensorflow") is None:
        raise ValueError(
            f"wanted a certified export of {weights} in the cache, which is not there, and TensorFlow, which would "
            f"make it, is not installed; where it is: maskrcnn export {weights} --part network --output network.onnx, "
            "then here --weights network.onnx"
        )
    from ...exporting.caching import make_and_keep

    return make_and_keep(load_model(weights, config), digest, names, engine)
