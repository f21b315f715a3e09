"""A detector as a file for LiteRT, with what it says of itself; and that read back without any library.

Inputs: a ``Part``. Outputs: the bytes of a flatbuffer with the two signatures of a SavedModel, ``SIGNATURE`` with the
image alone and ``ADJUSTABLE`` with the thresholds besides, since inputs have no defaults here; the weights are there
once. Behind it lies a zip archive with the file ``TEXTS``, as LiteRT's own metadata keep files: who loads the model
does not see it, and whatever opens zip archives reads it.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..terminal.standard_error import turned_away
from .network import Part
from .tensorflow_formats import ADJUSTABLE, SIGNATURE, save_model

TEXTS = "maskrcnn.json"
LONGEST = 2**26  # bytes of the texts
SHOWN = 200  # last characters of what else the converter says
LACKING = re.compile(r"'tf\.(\w+)' op is neither")  # what the converter says of an op that is not builtin


def lite_file(model: Any, part: Part, texts: Mapping[str, str]) -> bytes:
    """Return ``part`` as a file. Raises: ValueError where an op is none of the builtin ones, with its name."""
    content = BytesIO(_converted(model, part))
    entry = zipfile.ZipInfo(TEXTS)  # of a date of its own: equal exports are equal files
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(entry, json.dumps(texts, ensure_ascii=False, indent=1) + "\n")
    return content.getvalue()


def _converted(model: Any, part: Part) -> bytes:
    import tensorflow as tf

    with TemporaryDirectory() as folder:
        save_model(model, part, Path(folder))
        try:
            with turned_away():  # the converter tells of every pass
                converter = tf.lite.TFLiteConverter.from_saved_model(
                    folder, signature_keys=[SIGNATURE, ADJUSTABLE]
                )
                converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
                return bytes(converter.convert())
        except Exception as error:  # of a class that TensorFlow does not export
            lacking = ", ".join(sorted(set(LACKING.findall(str(error)))))
            said = lacking or (str(error).splitlines() or [repr(error)])[0][-SHOWN:]
            raise ValueError(
                f"wanted a model in LiteRT's builtin operators, received {said}; take --format onnx"
            ) from error


def read_lite_texts(path: Path) -> dict[str, str]:
    """Return what a file says of itself. Raises: ValueError for a file that is none of ours."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(TEXTS) as file:
            content = json.loads(file.read(LONGEST))
    except (zipfile.BadZipFile, KeyError, ValueError, RecursionError) as error:
        raise ValueError(
            f"{path}: wanted a file of `maskrcnn export --format tflite`, received other content"
        ) from error
    if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
        raise ValueError(f"{path}: wanted texts by name in {TEXTS}, received others; export again")
    return content
