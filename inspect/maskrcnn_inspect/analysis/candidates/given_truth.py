"""The ground truth of one image: found by the image's file name in a data set or an annotation file of any format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from maskrcnn_core.data.reading.files import read_json
from maskrcnn_core.data.reading.images import load_image
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.registry import formats, open_dataset
from maskrcnn_core.data.reading.sample import Sample


class GivenTruth(NamedTuple):
    """An image with its objects, and the classes that their ids mean (background first)."""

    sample: Sample
    class_names: tuple[str, ...]


def find_truth(image: Path, annotations: Sequence[str], channels: int = 3) -> GivenTruth:
    """Return the ground truth of ``image`` from the first of ``annotations`` that holds an image of its name.

    annotations: ``FORMAT:PATH?option=value``, or files of COCO, LabelMe or VIA.
    Raises: ValueError where none holds it, or where it is an image of another size.
    """
    for annotation in annotations:
        reader = open_annotation(annotation, image)
        for index in range(len(reader)):
            if _is(image, Path(reader.source(index))):
                sample = reader.read(index)[0]
                pixels = load_image(image, channels).pixels
                if pixels.shape[:2] != sample.image.shape[:2]:
                    raise ValueError(
                        f"{image}: wanted {sample.image.shape[:2]} px as in {annotation}, received {pixels.shape[:2]}"
                    )
                return GivenTruth(replace(sample, image=pixels, source=str(image)), tuple(reader.class_names))
    raise ValueError(
        f"{', '.join(annotations)}: no image is called {image.name}; name the file that holds it"
    )


def open_annotation(annotation: str, image: Path) -> Reader:
    """Return the reader of a data set, or of one file of annotations whose images lie beside ``image``."""
    path, folder = Path(annotation), str(image.absolute().parent)
    if not path.is_file():
        if ":" not in annotation:
            found = "this is a folder" if path.is_dir() else "there is no such file"
            raise ValueError(
                f"{annotation}: {found}; wanted a file of COCO, LabelMe or VIA, or FORMAT:PATH with a format of "
                f"{', '.join(formats())}"
            )
        return open_dataset(annotation)
    if path.suffix.lower() == ".xml":
        return open_dataset(f"labelme:{path}")
    content, _ = read_json(path)
    if isinstance(content, dict) and {"images", "annotations"} <= content.keys():
        return open_dataset(f"coco:{path}", images=folder)
    if isinstance(content, dict) and "shapes" in content:
        return open_dataset(f"labelme:{path}")
    return open_dataset(f"via:{path}", images=folder)


def _is(image: Path, source: Path) -> bool:
    """Tell whether a data set's image is this one; a LabelMe file may carry its image itself."""
    same_stem = source.suffix.lower() in (".json", ".xml") and source.stem == image.stem
    return source.name == image.name or same_stem
