"""The files of a film: what of a trace is kept at each step, where it lies, and how it is read again.

Below a run's folder: ``film/film.json``, and for each image a folder with ``given.h5`` (what no training changes: the
image, its ground truth, the anchors) and a trace a step, ``step_0000064.h5``. Each is a trace file and is written whole
or not at all. Probabilities are float16, boxes stay as they are: of 1024 px a step takes 0.7 MB an image at most, of
128 px 120 kB; what is given takes 7 MB and 0.2 MB. The steps double, so that their number grows with the logarithm of
the run.

Reading needs no TensorFlow.

Shapes: A anchors; n proposals; d detections.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...files.atomic import replacing
from ...recording.tensors import matching, spec_of
from ...recording.trace import Trace, config_of
from ...stages.molding import mold
from ..judging import Judgement

FOLDER, INDEX, GIVEN_FILE = "film", "film.json", "given.h5"
FORMAT, VERSION = "maskrcnn-film", 1
GIVEN = ("image.original", "molding.window", "molding.scale", "anchors.boxes", "anchors.level", "truth.*")
FRAME = (
    "rpn.scores",
    "proposals.boxes",
    "proposals.scores",
    "proposals.anchor_index",
    "detections.boxes",
    "detections.class_ids",
    "detections.scores",
    "detections.proposal_index",
    "mask_head.probs",
    "pasting.boxes",
)
JUDGED = "judged"  # the attribute of a frame that holds its judgements, JSON


@dataclass(frozen=True)
class Index:
    """What ``film.json`` says.

    images: as they were asked for: numbers in the validation set, or files. ends: the step at which each stage of the
    run's schedule ends, with the name of its layers. stages: of the judge, () where nobody judged.
    """

    images: tuple[str, ...]
    ends: tuple[tuple[str, int], ...]
    steps_per_epoch: int
    stages: tuple[str, ...] = ()


def folder_of_image(film: Path, number: int) -> Path:
    """Return the folder of image ``number`` of the film."""
    return film / f"image_{number:03d}"


def frame_path(film: Path, number: int, step: int) -> Path:
    """Return the file of image ``number`` at ``step``."""
    return folder_of_image(film, number) / f"step_{step:07d}.h5"


def is_filmed(step: int, ends: Collection[int]) -> bool:
    """Return whether a frame is taken after ``step`` steps: 0, 1, 2, 4, 8 …, and where a stage ends."""
    return step & (step - 1) == 0 or step in ends


def given_of(trace: Trace) -> Trace:
    """Return what of ``trace`` no training changes; ``truth.*`` where it has some."""
    return _part(trace, GIVEN)


def frame_of(trace: Trace, judgements: Sequence[Judgement], **said: int) -> Trace:
    """Return what is kept of ``trace`` at a step, with the ``judgements`` on its objects and what else is ``said``."""
    frame = _part(trace, FRAME)
    judged = [dataclasses.asdict(one) for one in judgements]
    frame.attributes |= {JUDGED: json.dumps(judged), **{name: str(value) for name, value in said.items()}}
    return frame


def _part(trace: Trace, patterns: Sequence[str]) -> Trace:
    """Return a trace of what ``trace`` has of the tensors that ``patterns`` name, probabilities as float16."""
    part = Trace(config=trace.config)
    part.update({name: _small(name, trace[name]) for name in matching(list(patterns)) if name in trace})
    return part


def _small(name: str, values: Any) -> np.ndarray:
    array = np.asarray(values)
    return array.astype(np.float16) if spec_of(name).unit == "probability" else array


def write_index(film: Path, index: Index) -> None:
    """Write ``film.json``."""
    content = {"format": FORMAT, "version": VERSION, **dataclasses.asdict(index)}
    with replacing(film / INDEX) as part:
        part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_index(film: Path) -> Index | None:
    """Return what ``film.json`` says; None where there is none. Raises: ValueError for another kind of file."""
    path = film / INDEX
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if (content.pop("format"), content.pop("version")) != (FORMAT, VERSION):
            raise ValueError(f"wanted a {FORMAT} of version {VERSION}")
        ends = tuple((str(name), int(step)) for name, step in content["ends"])
        images, stages = (tuple(map(str, content[name])) for name in ("images", "stages"))
        return Index(images, ends, int(content["steps_per_epoch"]), stages)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: {error}; is it the film of a run of `maskrcnn train --film`?") from error


@dataclass(frozen=True)
class Frame:
    """One image at one step. trace: ``GIVEN`` and ``FRAME`` together, with the network input. judgements: by object."""

    step: int
    trace: Trace
    judgements: tuple[Judgement, ...]


def read_frames(film: Path, number: int) -> list[Frame]:
    """Return the frames of image ``number`` in the order of their steps.

    Raises: ValueError for files that are no traces, or not of one image.
    """
    with Trace.load(folder_of_image(film, number) / GIVEN_FILE) as opened:
        given = {name: opened[name] for name in opened}
        given["molding.image"] = mold(given["image.original"], config_of(opened).molding).image
    return [_read(path, given) for path in sorted(folder_of_image(film, number).glob("step_*.h5"))]


def _read(path: Path, given: Mapping[str, Any]) -> Frame:
    with Trace.load(path) as opened:
        tensors = {name: opened[name] for name in opened}
        trace = Trace(config=opened.config)
        attributes = opened.attributes
    trace.attributes = {name: value for name, value in attributes.items() if name != JUDGED}
    try:
        trace.update({**given, **{name: _wide(values) for name, values in tensors.items()}})
        judged = tuple(Judgement(**one) for one in json.loads(attributes.get(JUDGED, "[]")))
        return Frame(int(attributes["step"]), trace, judged)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: {error}; it is no frame of a film") from error


def _wide(values: np.ndarray) -> np.ndarray:
    """Return float16 as float32, which views draw."""
    return values.astype(np.float32) if values.dtype == np.float16 else values
