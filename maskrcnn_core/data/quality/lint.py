"""Lint: what is wrong with a data set, said before training instead of learned after it.

Enters: a reader, and a configuration if anchors are to be judged. Leaves: a ``Report`` with counts by class and size
and every finding with its file. Pictures are read one at a time and let go: what stays is counts, findings, and 16
bytes a picture to know a second copy by. Where a reader has a ``root``, files are named as seen from it.

Shapes: g objects of a picture; y, x its size.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ...config import Config
from ...geometry.boxes import from_masks, intersection
from ..reading.files import relative
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from .reach import REACHED_IOU, Reach

SIZES = ("small", "medium", "large")
SIZE_LIMITS = (32**2, 96**2)  # px² of mask, from which an object is medium and large (COCO's evaluation)
OVERLAP = 0.5  # share of the smaller of two masks inside the other from which they are suspected of being one object


@dataclass
class Report:
    """What a data set holds and what is wrong with it.

    counts: class name -> [small, medium, large] objects that can be used; pictures: all; readable: those of them that
    can be used; empty: those without objects; crowds: regions of many objects, not in ``counts``.
    """

    class_names: tuple[str, ...]
    pictures: int = 0
    readable: int = 0
    empty: int = 0
    crowds: int = 0
    counts: dict[str, list[int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    reach: Reach | None = None

    @property
    def objects(self) -> int:
        """Return the number of objects that can be used, crowds not included."""
        return sum(sum(sizes) for sizes in self.counts.values())

    @property
    def unusable(self) -> bool:
        """Tell whether something had to be left out."""
        return any(finding.severity == "error" for finding in self.findings)

    def as_json(self) -> dict[str, object]:
        """Return the report as plain values."""
        anchors = self.reach and {
            "iou": REACHED_IOU,
            "objects": self.reach.objects,
            "reached": self.reach.reached,
            "advice": self.reach.advice,
        }
        return {
            "class_names": list(self.class_names),
            "pictures": {"all": self.pictures, "readable": self.readable, "without_objects": self.empty},
            "objects": self.objects,
            "crowds": self.crowds,
            "by_class": {name: dict(zip(SIZES, sizes, strict=True)) for name, sizes in self.counts.items()},
            "anchors": anchors,
            "findings": [vars(finding) for finding in self.findings],
            "unusable": self.unusable,
        }


def check(
    reader: Reader, config: Config | None = None, progress: Callable[[int], None] = lambda done: None
) -> Report:
    """Read every picture once and report.

    config: judges anchors and molding where given; progress: called with the number of pictures read so far.
    """
    report = Report(reader.class_names, len(reader), findings=list(reader.findings))
    report.counts = {name: [0] * len(SIZES) for name in reader.class_names[1:]}
    report.reach = Reach(config) if config else None
    seen: dict[bytes, int] = {}
    root = getattr(reader, "root", None)

    def name(index: int) -> str:
        return relative(Path(reader.source(index)), root) if root else reader.source(index)

    for index in range(len(reader)):
        try:
            sample, found = reader.read(index)
        except (ValueError, OSError) as error:
            report.findings.append(_unreadable(error, name(index)))
        else:
            report.readable += 1
            report.findings += found
            left_out = sum(finding.severity == "error" for finding in found)
            _check_sample(sample, report, name(index), left_out)
            first = seen.setdefault(_digest(sample.image), index)
            if first != index:
                detail = f"has the same pixels as {name(first)}"
                report.findings.append(Finding("duplicate-picture", "warning", name(index), detail))
        progress(index + 1)
    report.findings += _check_whole(report)
    return report


def _check_sample(sample: Sample, report: Report, name: str, left_out: int) -> None:
    """Count one picture's objects and add what is wrong with them; ``left_out`` are no longer among them."""

    def find(kind: str, severity: str, detail: str) -> None:
        report.findings.append(Finding(kind, severity, name, detail))

    single = ~sample.is_crowd
    areas = np.count_nonzero(sample.masks, axis=(1, 2))
    unknown = _count(report, sample.class_ids[single], areas[single])
    report.crowds += len(sample) - int(single.sum())
    if unknown:
        find(
            "unknown-class",
            "error",
            f"wanted class ids 1 to {len(report.class_names) - 1}, received {unknown}",
        )
    if not areas.all():
        find("zero-area", "error", f"{int((areas == 0).sum())} objects have a mask of no pixel")
    if not len(sample):
        report.empty += 1
        if left_out:
            find("all-left-out", "warning", "none of its objects can be used: it would teach to find nothing")
        else:
            find("no-objects", "info", "has no objects; kept, as an example of nothing to find")
    for kind, detail in _check_pairs(sample, areas):
        find(kind, "warning", detail)
    if report.reach is not None:
        boxes = sample.boxes[single]
        best = report.reach.add(boxes, (sample.image.shape[0], sample.image.shape[1]))
        if (best < REACHED_IOU).any():
            find("unreachable", "warning", _describe_unreached(boxes, best))


def _count(report: Report, class_ids: np.ndarray, areas: np.ndarray) -> list[int]:
    """Count objects by class and size, areas in px²; return the class ids that there are not."""
    sizes = np.searchsorted(SIZE_LIMITS, areas, side="right")
    unknown = []
    for class_id, size in zip(class_ids.tolist(), sizes.tolist(), strict=True):
        if 1 <= class_id < len(report.class_names):
            report.counts[report.class_names[class_id]][size] += 1
        else:
            unknown.append(class_id)
    return unknown


def _check_pairs(sample: Sample, areas: np.ndarray) -> list[tuple[str, str]]:
    """Return what is wrong between two objects of a picture: the same twice, or one mostly inside the other."""
    same, inside = [], []
    boxes, single = from_masks(sample.masks), ~sample.is_crowd
    for a, b in np.argwhere(np.triu(intersection(boxes, boxes) * single * single[:, None], k=1)):
        top, left = np.maximum(boxes[a, :2], boxes[b, :2])
        bottom, right = np.minimum(boxes[a, 2:], boxes[b, 2:])
        part = np.s_[top:bottom, left:right]
        shared = int((sample.masks[a][part] & sample.masks[b][part]).sum())
        if shared == areas[a] == areas[b]:
            same.append(
                f"{a} and {b}" + ("" if sample.class_ids[a] == sample.class_ids[b] else " (of two classes)")
            )
        elif shared >= OVERLAP * min(areas[a], areas[b]):
            inside.append(f"{a} and {b} ({shared / min(areas[a], areas[b]):.0%} of the smaller)")
    found = []
    if same:
        found.append(("duplicate-object", f"objects with the same mask: {_some(same)}"))
    if inside:
        found.append(("overlap", f"masks that overlap: {_some(inside)}"))
    return found


def _check_whole(report: Report) -> list[Finding]:
    """Return what only the whole data set shows."""
    found = []
    if not report.readable:
        found.append(Finding("no-pictures", "error", ".", "there is no picture that can be used"))
    unused = [name for name, sizes in report.counts.items() if not sum(sizes)]
    if unused and report.readable:
        detail = f"{len(unused)} of {len(report.counts)} classes have no object: {_some(unused)}"
        found.append(Finding("unused-class", "warning", ".", detail))
    repeated = [name for name, count in Counter(report.class_names).items() if count > 1]
    if repeated:
        found.append(Finding("duplicate-name", "warning", ".", f"classes share the name {_some(repeated)}"))
    return found


def _describe_unreached(boxes: np.ndarray, best: np.ndarray) -> str:
    """Say how many boxes (g, yxyx), px, no anchor reaches, and show the worst."""
    worst = int(np.argmin(best))
    height, width = boxes[worst, 2:] - boxes[worst, :2]
    return (
        f"{int((best < REACHED_IOU).sum())} of {len(best)} objects overlap no anchor by {REACHED_IOU}; "
        f"the worst is {width:.0f} x {height:.0f} px, IoU {best[worst]:.2f}"
    )


def _unreadable(error: Exception, source: str) -> Finding:
    """Return why a picture cannot be used: what the reader says, or the error's own words."""
    finding = getattr(error, "finding", None)
    return (
        finding
        if isinstance(finding, Finding)
        else Finding("unreadable-picture", "error", source, str(error))
    )


def _digest(image: np.ndarray) -> bytes:
    digest = hashlib.blake2b(repr(image.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(image).data)
    return digest.digest()


def _some(names: list[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
