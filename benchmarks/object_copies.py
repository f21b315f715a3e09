"""How often copied objects are found, and how often what is found is one: objects are cut out and pasted elsewhere.

    python benchmarks/object_copies.py                                   of 300 images of shapes into 300 others
    python benchmarks/object_copies.py "label_map:PATH?class_name=nucleus" --images 200
    python benchmarks/object_copies.py --time 100000                     how long so many objects take

Half of a data set is one part. Into each image of the other half an object of the first is pasted, at a place by
chance: as it is, mirrored, turned, resized to 90 to 110 %, or the image is then stored anew as JPEG of quality 90 or
75. Beside it, each image of the first half is cut into two tiles, of two thirds of its width, that overlap.

Copies are made of objects that have a look. Recall is the share of a kind's copies that are found with the object they
were made of, precision the share of what is found that is such a copy; of tiles, of the objects that are whole in both.
"""

import argparse
import io
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path[1:1] = [str(Path(__file__).resolve().parents[1])]

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from maskrcnn_core.data.quality.object_copies import object_copies  # noqa: E402
from maskrcnn_core.data.quality.object_looks import OBJECT_LOOK, object_looks  # noqa: E402
from maskrcnn_core.data.reading.registry import open_dataset  # noqa: E402
from maskrcnn_core.data.reading.sample import Sample  # noqa: E402

Cut = tuple[np.ndarray, np.ndarray]  # pixels (y, x, channel) and mask (y, x) of an object's box
SIZES = (100, 200, 400, 800)  # px² of a mask, from which recall is told apart


def jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))


def resized(cut: Cut, random: np.random.Generator) -> Cut:
    """Return the cut-out at 90 to 110 % of its size."""
    scale = random.uniform(0.9, 1.1)
    height, width = (max(1, round(scale * side)) for side in cut[1].shape)
    images = Image.fromarray(cut[0]), Image.fromarray(255 * cut[1].astype(np.uint8))
    pixels, mask = (np.asarray(image.resize((width, height), Image.Resampling.BILINEAR)) for image in images)
    return pixels, mask >= 128


def same(cut: Cut, _: np.random.Generator) -> Cut:
    return cut


# kind -> what is done to the cut-out, and the quality with which the image is stored then
KINDS: dict[str, tuple[Callable[[Cut, np.random.Generator], Cut], int | None]] = {
    "pasted": (same, None),
    "mirrored": (lambda cut, _: (cut[0][:, ::-1], cut[1][:, ::-1]), None),
    "turned by 90°": (lambda cut, _: (np.rot90(cut[0]), np.rot90(cut[1])), None),
    "resized": (resized, None),
    "JPEG 90": (same, 90),
    "JPEG 75": (same, 75),
    "resized, JPEG 90": (resized, 90),
}


def cut_out(sample: Sample, number: int) -> Cut:
    """Return an object's pixels and mask in its box."""
    y1, x1, y2, x2 = (int(side) for side in sample.boxes[number])
    return sample.image[y1:y2, x1:x2], sample.masks[number, y1:y2, x1:x2]


def with_pasted(sample: Sample, cut: Cut, random: np.random.Generator, quality: int | None) -> Sample | None:
    """Return ``sample`` with one object more, its last, or None where there is no room."""
    pixels, mask = cut
    room = [side - less + 1 for side, less in zip(sample.image.shape[:2], mask.shape, strict=True)]
    if min(room) < 1:
        return None
    top, left = (int(random.integers(side)) for side in room)
    box = np.s_[top : top + mask.shape[0], left : left + mask.shape[1]]
    image, whole = sample.image.copy(), np.zeros(sample.image.shape[:2], bool)
    image[box][mask] = pixels[mask]
    whole[box] = mask
    masks = np.concatenate([sample.masks & ~whole, whole[None]])
    return Sample(jpeg(image, quality) if quality else image, np.ones(len(masks), np.int32), masks)


def tiles(sample: Sample) -> Iterator[Sample]:
    """Yield the left and the right two thirds of an image, with the objects that have a pixel there."""
    width = sample.image.shape[1]
    for left, right in ((0, 2 * width // 3), (width // 3, width)):
        masks = sample.masks[:, :, left:right]
        yield Sample(sample.image[:, left:right], sample.class_ids, masks)


def measure(samples: list[Sample], random: np.random.Generator) -> None:
    """Print precision and recall of each kind of copy, and recall by the object's area."""
    first, second = samples[: len(samples) // 2], samples[len(samples) // 2 :]
    known, images = looks_of(first)
    objects = sum(map(len, first))
    print(f"{len(samples)} images; {len(known)} of {objects} objects of the first half have a look")
    print(f"{'copy':18} {'precision':>9} {'recall':>6} {'found':>5}  recall from {SIZES} px²")
    for kind, (change, quality) in KINDS.items():
        rows = random.integers(len(known), size=len(second))
        cuts = [change(cut_out(first[images[row]], known["number"][row]), random) for row in rows]
        pasted = [with_pasted(sample, cut, random, quality) for sample, cut in zip(second, cuts, strict=True)]
        report(kind, rows, pasted, known)
    report_tiles(first)
    print(f"among the images as they are: {len(object_copies(*looks_of(samples)))}")


def looks_of(samples: Sequence[Sample]) -> tuple[np.ndarray, np.ndarray]:
    """Return the looks (n,) of all objects, and the image of each (n,)."""
    looks = [object_looks(sample) for sample in samples]
    return np.concatenate(looks), np.repeat(np.arange(len(samples)), [len(one) for one in looks])


def report(kind: str, rows: np.ndarray, pasted: list[Sample | None], known: np.ndarray) -> None:
    """Print how many of the objects ``known`` at ``rows``, the last ones of the images ``pasted``, are found."""
    places = [place for place, sample in enumerate(pasted) if sample is not None]
    looks, images = looks_of([sample for sample in pasted if sample is not None])
    last = np.array([len(pasted[place]) - 1 for place in places])
    found = object_copies(looks, images, known)
    right = np.zeros(len(places), bool)
    for copy in found:
        image = images[copy.object]
        right[image] |= looks["number"][copy.object] == last[image] and copy.of == rows[places[image]]
    sizes = np.searchsorted(SIZES, known["area"][rows[places]], side="right") - 1
    shares = ", ".join(
        f"{right[sizes == size].mean():.2f}" for size in range(len(SIZES)) if (sizes == size).any()
    )
    print(
        f"{kind:18} {right.sum() / max(len(found), 1):9.3f} {right.mean():6.3f} {len(found):5d}  {shares}",
        flush=True,
    )


def report_tiles(samples: list[Sample]) -> None:
    """Print how many of the objects that two tiles of an image have in common, and whole, are found."""
    looks, images = looks_of([tile for sample in samples for tile in tiles(sample)])
    source = list(zip((images // 2).tolist(), looks["number"].tolist(), strict=True))
    found = object_copies(looks, images)
    right = {source[copy.object] for copy in found if source[copy.object] == source[copy.of]}
    twice = {one for one, count in Counter(source).items() if count == 2}
    whole = {one for one in twice if in_both_tiles(samples[one[0]], one[1])}
    recall = len(right & whole) / max(len(whole), 1)
    print(f"{'two tiles':18} {len(right) / max(len(found), 1):9.3f} {recall:6.3f} {len(found):5d}")


def in_both_tiles(sample: Sample, number: int) -> bool:
    """Tell whether an object lies in the middle third of the image's width."""
    third = sample.image.shape[1] // 3
    return bool(third <= sample.boxes[number, 1] and sample.boxes[number, 3] <= 2 * third)


def measure_time(count: int) -> None:
    """Print how long ``count`` objects take, of textures by chance and areas and colours as wide apart as nuclei's."""
    random, looks = np.random.default_rng(0), np.zeros(count, OBJECT_LOOK)
    texture = random.laplace(size=looks["numbers"].shape)
    looks["numbers"] = np.rint(127 * texture / np.abs(texture).max(axis=(1, 2, 3), keepdims=True))
    looks["mask"] = 255
    looks["area"], looks["contrast"] = np.exp(random.normal((6, 2), (0.9, 0.8), (count, 2))).T
    looks["colour"] = np.clip(random.normal(90, 45, (count, 1)), 0, 255)
    begin, used = time.perf_counter(), time.process_time()
    found = object_copies(looks, np.arange(count) // 20)
    passed, used = time.perf_counter() - begin, time.process_time() - used
    print(f"{count} objects: {passed:.1f} s, {used:.1f} s of processor time, {len(found)} copies")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", nargs="?", default="shapes:?count=600&seed=5")
    parser.add_argument("--images", type=int, default=600, metavar="N", help="that many by chance, or all")
    parser.add_argument("--time", type=int, metavar="N", help="measure the time that N objects take instead")
    options = parser.parse_args()
    if options.time:
        measure_time(options.time)
        return
    reader, random = open_dataset(options.dataset), np.random.default_rng(1)
    measure([reader[int(index)] for index in random.permutation(len(reader))[: options.images]], random)


if __name__ == "__main__":
    main()
