"""A data set with its verdicts as FiftyOne reads it: ``Dataset.from_dir(FOLDER, fo.types.FiftyOneDataset)``.

Inputs: records, an image after the other, and the reader. Outputs: ``samples.json``, a sample an image with two fields
of detections with their masks, ``ground_truth`` and ``predictions``, whose attributes are the verdict, the stage that
lost an object and what else the table holds; ``metadata.json``. Images stay where they are; one that is no file, as
where a generator draws it, is written beside as PNG. FiftyOne itself is not needed: it reads this form, that of before
its database had a version, for good, and finds the fields by itself. A sample has no ``_cls``: FiftyOne takes each name
but its own for a field, and refuses one that begins with ``_``.

A mask is, as FiftyOne's ``Detection.mask``, an array of booleans inside the bounding box, in the form in which its own
samples have one: what ``numpy.save`` writes, packed by zlib, as binary of MongoDB's extended JSON.

Shapes: xywh shares of the image's width and height, as FiftyOne's ``bounding_box``.
"""

from __future__ import annotations

import base64
import io
import json
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from PIL import Image

from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.files.atomic import replacing

from ..candidates.explanation import KEPT, RIGHT
from ..candidates.explanation_sums import STAGES
from .record_masks import DETECTION_MASKS, TRUTH_MASKS, mask_of

SAMPLES, METADATA = "samples.json", "metadata.json"
SIZE = "size"  # of a record: y, x of the image, px
SHARED = ("iou", "sentence")  # of both kinds of verdicts
UNREADABLE = "unreadable"  # tag


class FiftyOneFolder:
    """Writes samples as records come."""

    def __init__(self, folder: Path, reader: Reader, samples: TextIO) -> None:
        self.folder, self.reader, self._samples, self.count = folder, reader, samples, 0

    def add(self, record: dict[str, Any]) -> None:
        """Write an image's sample.

        Raises: ValueError for a record that does not say how large the image is, as those of older journals.
        """
        sample = self._sample(record)
        if sample is not None:
            self._samples.write(",\n" * bool(self.count) + json.dumps(sample, allow_nan=False))
            self.count += 1

    def _sample(self, record: dict[str, Any]) -> dict[str, Any] | None:
        named = {"_media_type": "image", "index": record["index"], "name": record["image"]}
        if "unreadable" in record:
            path = _file(record["image"])
            return None if path is None else {"filepath": path, "tags": [UNREADABLE], **named}
        if SIZE not in record:
            raise ValueError("--fiftyone: this run was made before images' sizes were kept; give --overwrite")
        missed = [one for one in record["truths"] if one["verdict"] not in KEPT]
        false = [one for one in record["detections"] if one["verdict"] not in RIGHT]
        return {
            "filepath": _file(record["image"]) or self._written(record["index"]),
            "tags": [],
            **named,
            "metadata": {"_cls": "ImageMetadata", "height": record[SIZE][0], "width": record[SIZE][1]},
            "missed": len(missed),
            "false_detections": len(false),
            "ground_truth": _detections(map(_object, record["truths"]), record, TRUTH_MASKS),
            "predictions": _detections(map(_prediction, record["detections"]), record, DETECTION_MASKS),
        }

    def _written(self, index: int) -> str:
        """Write an image that is no file, and return its name in the folder."""
        name = f"{index:06d}.png"
        with replacing(self.folder / name) as part:
            pixels = SourceImage(self.reader.read(index)[0].image).for_display()
            Image.fromarray(pixels).save(part, format="PNG")
        return name


@contextmanager
def fiftyone_folder(folder: Path, reader: Reader, heading: Mapping[str, str]) -> Iterator[FiftyOneFolder]:
    """Give what writes ``folder``; its two files are there when the block ends well. heading: how it was made."""
    with replacing(folder / SAMPLES) as part, part.open("w", encoding="utf-8") as file:
        file.write('{"samples": [\n')
        yield FiftyOneFolder(folder, reader, file)
        file.write("\n]}\n")
    with replacing(folder / METADATA) as part:
        content = {"name": folder.resolve().parent.name, "media_type": "image", "info": dict(heading)}
        part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _file(name: str) -> str | None:
    path = Path(name)
    return str(path.resolve()) if path.is_file() else None


def _detections(marks: Iterator[dict[str, Any]], record: dict[str, Any], masks: str) -> dict[str, Any]:
    """Return the detections of a field. masks: what the record calls theirs, where it has them."""
    height, width = record[SIZE]
    found = list(marks)
    for mark, code in zip(found, record.get(masks, [""] * len(found)), strict=True):
        mask = mask_of(code, mark["bounding_box"], record[SIZE])
        mark["bounding_box"] = _shares(mark["bounding_box"], height, width)
        if mask is not None:
            mark["mask"] = _binary(mask)
    return {"_cls": "Detections", "detections": found}


def _binary(mask: np.ndarray) -> dict[str, Any]:
    """Return an array as extended JSON has it."""
    with io.BytesIO() as file:
        np.save(file, np.ascontiguousarray(mask), allow_pickle=False)
        packed = zlib.compress(file.getvalue())
    return {"$binary": {"base64": base64.b64encode(packed).decode("ascii"), "subType": "00"}}


def _object(one: dict[str, Any]) -> dict[str, Any]:
    stage = "" if one["verdict"] in KEPT else STAGES[one["verdict"]]
    more = {"stage": stage, "area": one["area"], "size": one["size"], "best_score": one["score"]}
    return {**_mark(one, one["truth"], one["detection"]), **more, "iscrowd": int(one["verdict"] == "crowd")}


def _prediction(one: dict[str, Any]) -> dict[str, Any]:
    stage = "" if one["verdict"] in RIGHT else "result"
    return {**_mark(one, one["detection"], one["truth"]), "confidence": one["score"], "stage": stage}


def _mark(one: dict[str, Any], number: int, partner: int | None) -> dict[str, Any]:
    """Return a detection of FiftyOne's; partner: the number of the object's detection, or the detection's object."""
    named = {"_cls": "Detection", "label": one["class"], "bounding_box": one["box"], "tags": []}
    return {
        **named,
        "verdict": one["verdict"],
        "number": number,
        "partner": partner,
        **{key: one[key] for key in SHARED},
    }


def _shares(box: Sequence[float], height: int, width: int) -> list[float]:
    """Return a box (yxyx), image px, as FiftyOne has it."""
    y1, x1, y2, x2 = box
    (left, across), (top, down) = _side(x1, x2, width), _side(y1, y2, height)
    return [left, top, across, down]


def _side(first: float, last: float, size: int) -> tuple[float, float]:
    """Return where a box of pixels ``first`` to ``last`` begins and how long it is, shares of ``size``.

    FiftyOne pastes a mask at ``int(size * share)`` px: 0.29 of 100 px would be 28 px, and the mask be resized by one.
    So a share that rounding made too small is the next number of floating point.
    """
    begin, end = _not_below(first / size, first, size), _not_below(last / size, last, size)
    length = (last - first) / size
    while begin + length < end:
        length = math.nextafter(length, math.inf)
    return begin, length


def _not_below(share: float, pixel: float, size: int) -> float:
    return share if size * share >= pixel else math.nextafter(share, math.inf)
