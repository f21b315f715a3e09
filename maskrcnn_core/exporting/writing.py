"""Exports as files: ONNX, SavedModel and LiteRT, each opened again as another program would.

Inputs: a model and what is wanted of it. Outputs: a file or folder, whole or not at all, and a runner of it, which
certification feeds.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from ..files.atomic import prepare_folder, put_folder, replacing
from ..files.hashes import sha256_of
from ..files.made import claim_file
from ..weights.loading import located
from .describing import FORMAT, describe
from .lite_file import lite_file, read_lite_texts
from .lite_graph import fixed_size, lite_part
from .lite_runner import LiteRt
from .making import Wanted, make_onnx, part_of
from .onnx_texts import read_texts
from .runner import OnnxRuntime, Runner
from .tensorflow_formats import SavedModel, called, save_model

EXTRA = "assets.extra"  # of a SavedModel: what serving programs pass over
TEXTS = "maskrcnn.json"


def write_export(model: Any, wanted: Wanted, output: Path, kind: str) -> Runner:
    """Write the export of ``model`` to ``output`` and return what runs it."""
    return KINDS[kind](model, wanted, output)


def claim_output(output: Path, kind: str) -> None:
    """See, before a model is loaded, that ``output`` can be written. Raises: ValueError where others are in the way."""
    if kind == "saved_model":
        if output.exists() and not (output / EXTRA / TEXTS).is_file():
            raise ValueError(
                f"{output} is there already, and is no export: it stays; choose another --output"
            )
        prepare_folder(output.parent)
    else:
        claim_file(output, partial(_is_ours, kind=kind))


def _weights_of(model: Any) -> str:
    """Return the SHA-256 of the file that ``model`` was loaded from."""
    with located(model.provenance["weights"]) as path:
        return sha256_of(path)


def _write_onnx(model: Any, wanted: Wanted, output: Path) -> Runner:
    _write(make_onnx(model, wanted, _weights_of(model)).SerializeToString(), output)
    return OnnxRuntime(output)


def _write_saved_model(model: Any, wanted: Wanted, output: Path) -> Runner:
    """Write a folder under a temporary name beside its own, then rename it."""
    part = Path(mkdtemp(prefix=f".{output.name}.", suffix=".part", dir=output.parent))
    try:
        with called(part, output):
            save_model(model, part_of(model, wanted), part)
        (part / EXTRA).mkdir()
        texts = describe(model, wanted.part, _weights_of(model))
        (part / EXTRA / TEXTS).write_text(json.dumps(texts, indent=1) + "\n", encoding="utf-8")
        part.chmod(0o755)
        put_folder(part, output)
    except OSError as error:  # the file is named where it would be; a write names none
        place = str(error.filename or output).replace(str(part), str(output))
        raise OSError(error.errno, error.strerror or str(error), place) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return SavedModel(output)


def _write_lite(model: Any, wanted: Wanted, output: Path) -> Runner:
    part = lite_part(model, fixed_size(model.config, wanted.size))
    _write(lite_file(model, part, describe(model, wanted.part, _weights_of(model))), output)
    return LiteRt(output)


def _write(content: bytes, output: Path) -> None:
    with replacing(output) as part:
        part.write_bytes(content)


def _is_ours(path: Path, kind: str) -> bool:
    """Return whether ``path`` is an export of that ``kind``, one of a single file."""
    try:
        return READERS[kind](path).get("format") == FORMAT
    except (OSError, ValueError):
        return False


# kind of a single file -> what reads the texts in it
READERS: dict[str, Callable[[Path], dict[str, str]]] = {"onnx": read_texts, "tflite": read_lite_texts}
KINDS: dict[str, Callable[[Any, Wanted, Path], Runner]] = {
    "onnx": _write_onnx,
    "saved_model": _write_saved_model,
    "tflite": _write_lite,
}
