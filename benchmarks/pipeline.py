"""How fast the input pipeline feeds: images a second, plain and augmented, beside preprocessing in Python.

    python benchmarks/pipeline.py                          images made on the spot
    python benchmarks/pipeline.py coco:PATH nuclei:PATH    and data sets of your own

"in Python" reads and preprocesses one sample after the other as detection does; the ratio says what stored samples and
the graph gain. A training step that takes longer for an image than the pipeline does never waits for it.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from maskrcnn_core.config import Config, tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.input.pipeline import make_batches
from maskrcnn_core.data.input.records import open_records
from maskrcnn_core.data.reading.reader import Finding, Reader
from maskrcnn_core.data.reading.registry import open_dataset
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.stages.molding import layout, mold, mold_boxes, mold_masks

EVERYTHING = ("flip_lr", "flip_ud", "rot90", "scale", "crop", "color", "hue", "tint", "invert")
SIDES = (512, 1024)  # px, preprocessed, of data sets that are named


class Ellipses(Reader):
    """Images of ``size`` px with ``truths`` ellipses of ``radius`` px; written as JPEG if a folder is given."""

    class_names = ("background", "ellipse")

    def __init__(self, size: tuple[int, int], truths: int, radius: int, folder: Path | None = None) -> None:
        self.size, self.truths, self.radius, self.jpegs = size, truths, radius, folder

    def __len__(self) -> int:
        return 64

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        rng = np.random.default_rng(index)
        coarse = rng.integers(0, 256, (self.size[0] // 16, self.size[1] // 16, 3), dtype=np.uint8)
        image = Image.fromarray(coarse).resize(self.size[::-1], Image.Resampling.BICUBIC)
        source = ""
        if self.jpegs is not None:
            source = str(self.jpegs / f"{index}.jpg")
            image.save(source, quality=90)
            image = Image.open(source)
        y, x = np.ogrid[: self.size[0], : self.size[1]]
        centres = rng.integers(0, self.size, (self.truths, 2))
        radii = rng.uniform(0.5, 1.5, (self.truths, 2)) * self.radius
        masks = [
            ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2 <= 1
            for (cy, cx), (ry, rx) in zip(centres, radii, strict=True)
        ]
        return Sample(np.asarray(image), np.ones(self.truths, np.int32), np.stack(masks), source=source), []


def cases(names: list[str], folder: Path) -> Iterator[tuple[str, Reader, Config]]:
    """Give name, reader and configuration of every row."""
    yield "shapes, 128 px", Shapes(count=256), config_of(128, 8)
    yield "40 objects, 256 px", Ellipses((256, 256), 40, 9), config_of(256, 4)
    photos = Ellipses((480, 640), 7, 90, folder)
    for side in SIDES:
        yield f"640 x 480 JPEG, 7 objects, {side} px", photos, config_of(side, 2)
    for name in names:
        for side in SIDES:
            yield f"{name.partition(':')[0]}, {side} px", open_dataset(name), config_of(side, 2)


def config_of(side: int, batch_size: int) -> Config:
    return tiny(size=side).replace(**{"training.batch_size": batch_size})


def rate(stream: Iterator, images: int, seconds: float) -> float:
    """Return images a second; what was made in advance before the clock started is used up first."""
    for _ in range(4):
        next(stream)
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        next(stream)
        count += images
    return count / (time.perf_counter() - start)


def molded_in_python(reader: Reader, config: Config) -> Iterator[tuple]:
    while True:
        for sample in reader:
            place = layout(sample.image.shape[:2], config.molding)
            image = mold(sample.image, config.molding).image
            yield image, mold_boxes(sample.boxes, place), mold_masks(sample.masks, place)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("datasets", nargs="*", metavar="FORMAT:PATH")
    parser.add_argument("--seconds", type=float, default=5.0, help="to measure each figure for (default 5)")
    arguments = parser.parse_args()
    titles = "store", "in Python", "plain", "ratio", "augmented", "mini masks"
    print(f"{'images/s':40}" + "".join(f"{title:>11}" for title in titles))
    with tempfile.TemporaryDirectory() as folder:
        for name, reader, config in cases(arguments.datasets, Path(folder)):
            start = time.perf_counter()
            records = open_records(reader, Path(folder) / "cache")
            figures = [len(records) / (time.perf_counter() - start)]
            figures.append(rate(molded_in_python(reader, config), 1, arguments.seconds))
            for changes in ({}, {"training.augment": EVERYTHING}, {"training.mini_mask": (56, 56)}):
                batch_size = config.training.batch_size
                stream = iter(make_batches(records, config.replace(**changes), batch_size, 0))
                figures.append(rate(stream, batch_size, arguments.seconds))
                del stream  # ends its threads
            stored, python, plain, augmented, mini = figures
            row = stored, python, plain, plain / python, augmented, mini
            print(f"{name[-40:]:40}" + "".join(f"{figure:11.1f}" for figure in row))


if __name__ == "__main__":
    main()
