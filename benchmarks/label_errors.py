"""How often likely label errors are right: 200 errors are planted in images of shapes, 40 of each kind.

    python benchmarks/label_errors.py [--images 300]

Each image gets one error at most: an object's label is left out, one is added where nothing is, a class is swapped, a
box with its mask is moved by half its side, a label is doubled. Recall is the share of a kind's errors that are on its
list, precision the share of the list that is such an error. The other images are as they were drawn.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path[1:1] = [str(Path(__file__).resolve().parents[1] / name) for name in ("", "inspect")]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402

from maskrcnn_core import load_model  # noqa: E402
from maskrcnn_core.data.formats.shapes import Shapes  # noqa: E402
from maskrcnn_core.data.reading.sample import Sample  # noqa: E402
from maskrcnn_inspect.analysis.candidates.explanation import Explainer  # noqa: E402
from maskrcnn_inspect.analysis.verdict_table.label_errors import (  # noqa: E402
    CLASS,
    KINDS,
    MISSING,
    MOVED,
    NOTHING,
    label_errors,
)
from maskrcnn_inspect.analysis.verdict_table.recording import Examiner, Recorder  # noqa: E402
from maskrcnn_inspect.analysis.verdict_table.rows import table_of  # noqa: E402

EACH = 40
SIDE = 20  # px, of a label where nothing is


def planted(sample: Sample, kind: str, random: np.random.Generator) -> Sample:
    """Return ``sample`` with one error of ``kind`` in its labels."""
    row = int(random.integers(len(sample.class_ids)))
    if kind == MISSING:
        return _kept(sample, np.arange(len(sample.class_ids)) != row)
    if kind == CLASS:
        ids = sample.class_ids.copy()
        ids[row] = 1 + ids[row] % 3
        return replace(sample, class_ids=ids)
    mask = sample.masks[row]
    if kind == NOTHING:
        mask = _nowhere(sample, random)
    if kind == MOVED:
        y1, x1, y2, x2 = (int(v) for v in sample.boxes[row])
        mask = np.roll(mask, ((y2 - y1) // 2, (x2 - x1) // 2), (0, 1))
        masks = sample.masks.copy()
        masks[row] = mask
        return Sample(sample.image, sample.class_ids, masks, source=sample.source)
    masks = np.concatenate([sample.masks, mask[None]])
    ids = np.append(sample.class_ids, sample.class_ids[row]).astype(np.int32)
    return Sample(sample.image, ids, masks, source=sample.source)


def _kept(sample: Sample, rows: np.ndarray) -> Sample:
    return Sample(sample.image, sample.class_ids[rows], sample.masks[rows], source=sample.source)


def _nowhere(sample: Sample, random: np.random.Generator) -> np.ndarray:
    """Return the mask of a square that touches the least of the objects, of many places tried."""
    covered, height, width = sample.masks.any(axis=0), *sample.image.shape[:2]
    best = None
    for _ in range(50):
        y, x = (int(random.integers(side - SIDE)) for side in (height, width))
        touched = int(covered[y : y + SIDE, x : x + SIDE].sum())
        if best is None or touched < best[0]:
            best = (touched, y, x)
    mask = np.zeros((height, width), bool)
    mask[best[1] : best[1] + SIDE, best[2] : best[2] + SIDE] = True
    return mask


def measured(images: int, seed: int = 5) -> Iterator[tuple[str, float, float, int]]:
    """Yield of each kind precision, recall, and how many places are on its list."""
    reader, random = Shapes(images, seed=seed), np.random.default_rng(seed)
    order = random.permutation([index for index in range(images) if len(reader[index].class_ids) > 1])
    kind_of = dict(zip(order.tolist(), [kind for kind in KINDS for _ in range(EACH)], strict=False))
    if len(kind_of) < EACH * len(KINDS):
        raise SystemExit(f"wanted {EACH * len(KINDS)} images with two objects, received {len(kind_of)}")
    with tempfile.TemporaryDirectory() as folder:
        examiner = Examiner(Explainer(load_model("shapes"), reader.class_names), ())
        recorder = Recorder(Path(folder) / "v", examiner.channels)
        records = []
        for index in range(images):
            sample = reader[index]
            if index in kind_of:
                sample = planted(sample, kind_of[index], random)
            records.append({**recorder.keep(*examiner.examine(sample)), "index": index, "image": str(index)})
    table = table_of(records)
    found = label_errors(table)
    for kind in KINDS:
        listed = [table["index"][one.row] for one in found if one.kind == kind]
        wanted = {index for index, planted_kind in kind_of.items() if planted_kind == kind}
        right = sum(index in wanted for index in listed)
        yield kind, right / max(len(listed), 1), len(wanted & set(listed)) / len(wanted), len(listed)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=300)
    print(f"{'kind':26} {'precision':>9} {'recall':>7} {'listed':>7}")
    for kind, precision, recall, listed in measured(parser.parse_args().images):
        print(f"{kind:26} {precision:9.2f} {recall:7.2f} {listed:7d}")


if __name__ == "__main__":
    main()
