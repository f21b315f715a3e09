"""How often near copies are found, and how often what is found is one: copies are planted among other images.

    python benchmarks/near_copies.py                                   300 images of shapes among 600
    python benchmarks/near_copies.py "label_map:PATH?class_name=nucleus"
    python benchmarks/near_copies.py --time 100000                     how long so many looks take

Half of a data set is one part. The other part is the other half, and of each image of the first a copy: stored anew
as JPEG of quality 50, resized to 60 %, cropped by 2 % of each side, made brighter by a fifth, mirrored, turned, or
mirrored, cropped and stored anew at once. Recall is the share of a kind's copies that are found with the image they
were made of, precision the share of what is found that is such a copy.
"""

import argparse
import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path[1:1] = [str(Path(__file__).resolve().parents[1])]

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from maskrcnn_core.data.quality.looks import DIGEST, LENGTH, look_of  # noqa: E402
from maskrcnn_core.data.quality.near_copies import near_copies  # noqa: E402
from maskrcnn_core.data.reading.registry import open_dataset  # noqa: E402

Changing = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def stored_anew(image: np.ndarray, _: np.random.Generator) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=50)
    return np.asarray(Image.open(file).convert("RGB"))


def resized(image: np.ndarray, _: np.random.Generator) -> np.ndarray:
    height, width = (max(1, round(0.6 * side)) for side in image.shape[:2])
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))


def cropped(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return the image without 2 % of its height and width, here or there."""
    lost = [max(1, round(0.02 * side)) for side in image.shape[:2]]
    top, left = (int(random.integers(side + 1)) for side in lost)
    height, width = (side - less for side, less in zip(image.shape[:2], lost, strict=True))
    return image[top : top + height, left : left + width]


def brighter(image: np.ndarray, _: np.random.Generator) -> np.ndarray:
    return np.clip(1.2 * image.astype(np.float32), 0, 255).astype(np.uint8)


CHANGES: dict[str, Changing] = {
    "stored anew": stored_anew,
    "resized": resized,
    "cropped by 2 %": cropped,
    "brighter": brighter,
    "mirrored": lambda image, _: image[:, ::-1],
    "turned by 90°": lambda image, _: np.rot90(image),
    "all of it": lambda image, random: stored_anew(cropped(image[:, ::-1], random), random),
}


def measure(dataset: str) -> None:
    """Print precision and recall of each kind of copy."""
    reader, random = open_dataset(dataset), np.random.default_rng(1)
    images = [reader[index].image for index in random.permutation(len(reader))]
    half = len(images) // 2
    looks = [look_of(image) for image in images]
    print(f"{dataset}: {half} images, {len(images) - half} others")
    print(f"{'copy':16} {'precision':>9} {'recall':>7} {'found':>6}")
    for kind, change in CHANGES.items():
        copies = [look_of(np.ascontiguousarray(change(image, random))) for image in images[:half]]
        found = near_copies([*copies, *looks[half:]], looks[:half])
        right = sum(one.image == one.of for one in found)
        print(f"{kind:16} {right / max(len(found), 1):9.3f} {right / half:7.3f} {len(found):6d}")
    among = near_copies(looks)
    print(f"among the images as they are: {len(among)}")


def measure_time(count: int) -> None:
    """Print how long ``count`` looks take, of random structures that fall off like those of photographs."""
    random = np.random.default_rng(0)
    numbers = random.laplace(size=(count, LENGTH - DIGEST)).astype(np.float32)
    numbers = np.rint(127 * numbers / np.abs(numbers).max(axis=1, keepdims=True)).astype(np.int8)
    looks = [place.to_bytes(DIGEST, "big") + one.tobytes() for place, one in enumerate(numbers)]
    begin, used = time.perf_counter(), time.process_time()
    found = near_copies(looks)
    passed, used = time.perf_counter() - begin, time.process_time() - used
    print(f"{count} looks: {passed:.1f} s, {used:.1f} s of processor time, {len(found)} copies")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", nargs="?", default="shapes:?count=600&seed=5")
    parser.add_argument("--time", type=int, metavar="N", help="measure the time that N looks take instead")
    options = parser.parse_args()
    measure_time(options.time) if options.time else measure(options.dataset)


if __name__ == "__main__":
    main()
