"""A run of ``maskrcnn detect`` over many images: what is done already, what is left, and the lists of it all.

Inputs: images and options. Outputs: a journal with a line an image as they are done; at its end, in its place,
``detections.json``, ``areas.csv`` and the features. So a run that broke goes on, and memory stays the same however many
images there are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from ..terminal.inert import say
from ..terminal.progress import progress_bar, remark
from .detect_image import DRAWN, MADE_BY, make_detection, recipe_of

JOURNAL = "detect.jsonl"  # answers by image, as long as a run is not done


class Done(NamedTuple):
    """What came of a run. failed: images that could not be read, or were left out."""

    images: int
    objects: int
    failed: int


def count_of(done: Done) -> str:
    """Return how many images were searched, what was found, and what could not be read."""
    read = done.images - done.failed
    words = f"{read} image{'s'[read == 1 :]}, {done.objects} object{'s'[done.objects == 1 :]} found"
    return words + (f"; {done.failed} of {done.images} images could not be read" if done.failed else "")


def run(images: list[Path], folder: Path, options: dict[str, Any], cluster: Any = None) -> Done:
    """Detect on ``images``, write everything into ``folder``, and return what came of it."""
    from ..files.journal import append
    from ..inference.cluster.run import answers
    from ..inference.outputs import unique_names
    from ..inference.received import require_detections

    names, journal = unique_names(images), folder / JOURNAL
    items = [
        (str(path.resolve()) if cluster else str(path), name)
        for path, name in zip(images, names, strict=True)
    ]
    done, recipe = resume(images, folder, options), recipe_of(folder, options, cluster is not None)
    if done:
        say(f"{done} of {len(images)} images are done already; going on with the next", err=True)
    with progress_bar("Detecting", len(images)) as advance:
        left = answers(items[done:], make_detection, recipe, cluster) if done < len(images) else ()
        for place, (item, answer) in enumerate(left, start=done):
            if cluster:
                require_detections(answer, item[1])
            said = words_of(images[place], answer)
            append(journal, answer)
            for words in said:
                remark(words)
            advance(place + 1)
    return write_lists(images, names, folder, options["features"])


def words_of(path: Path, answer: dict[str, Any]) -> list[str]:
    """Return what is to be said of an image: why it was left out, or what is odd about it."""
    from ..inference.overlap import ERROR

    if ERROR in answer:
        why = str(answer[ERROR])
        return [why if str(path) in why else f"{path}: {why}"]
    remarks = [answer["unlike"], answer["remark"] and f"{path}: {answer['remark']}"]
    return [words for words in remarks if words]


def resume(images: list[Path], folder: Path, options: dict[str, Any]) -> int:
    """Return how many of ``images`` an earlier run of the same did. Raises: ValueError where it did something else."""
    from hashlib import sha256

    from ..files.journal import resume as resumed
    from ..runtime import onednn

    onednn.apply("inference")
    sizes = {
        str(path): [path.stat().st_size, path.stat().st_mtime_ns]
        for path in map(Path, filter(None, (options["weights"], options["config_file"])))
        if path.is_file()
    }
    heading = {
        "images": sha256(json.dumps(list(map(str, images))).encode()).hexdigest(),
        "options": {key: options[key] for key in (*MADE_BY, *DRAWN)}
        | {"features": bool(options["features"])},
        "files": sizes,
        "oneDNN": onednn.said(),
    }
    return resumed(folder / JOURNAL, heading)


def write_lists(images: list[Path], names: list[str], folder: Path, features: str | None) -> Done:
    """Write the lists of all images from the journal, which goes then; return what came of the run."""
    from ..data.reading.depth import Levels
    from ..files.journal import records
    from ..files.made import clear_parts
    from ..inference.features import write_features
    from ..inference.lists import Lists
    from ..inference.overlap import ERROR

    levels, failed, rows = Levels(), 0, list[Any]()
    with Lists(folder) as lists:
        for path, name, answer in zip(images, names, records(folder / JOURNAL), strict=True):
            if ERROR in answer:
                failed += 1
                continue
            lists.add(answer["results"], answer["areas"])
            if answer["brightest"]:
                levels.add(answer["brightest"])
            if features:
                rows.append((name, path, answer["features"]))
    if features:
        write_features(features, rows)
    (folder / JOURNAL).unlink()
    clear_parts(folder, "detect")
    if advice := levels.advice("--depth {}"):
        say(advice, err=True)
    return Done(len(images), lists.objects, failed)
