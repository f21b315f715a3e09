"""Lint: what is wrong with a data set, said before training instead of learned after it.

Inputs: a reader, and a configuration if anchors are to be judged. Outputs: a ``Report`` with counts by class and size
and every finding with its file. Images are read one at a time and let go: what stays is counts, findings, and 448
bytes an image and 199 an object to know a copy by. Where a reader has a ``root``, files are named as seen from it.

Shapes: g objects of an image; y, x its size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...config import Config
from ...geometry.boxes import from_masks, intersection
from ..reading.depth import Levels, watching
from ..reading.reader import Finding, Reader
from ..reading.sample import IGNORED, Sample
from .copied import Against, Looks
from .copy_findings import copies_between, copies_within, name_in
from .near_copies import near_copies
from .reach import REACHED_IOU, Reach
from .verdict import refusals, some

SIZES = ("small", "medium", "large")
SIZE_LIMITS = (32**2, 96**2)  # px² of mask, from which an object is medium and large (COCO's evaluation)
WHOLE = 0.5  # share of an image from which a mask on all four of its sides is suspected of being what is around objects
OVERLAP = 0.5  # share of the smaller of two masks inside the other from which they are suspected of being one object


@dataclass
class Report:
    """What a data set holds and what is wrong with it.

    counts: class name -> [small, medium, large] objects that can be used; images: all; readable: those of them that
    can be used; empty: those without objects; crowds: regions of many objects, not in ``counts``; crowd_counts: of
    each class; ignored: regions of no class; refusals: those of the findings for which training refuses the data.
    """

    class_names: tuple[str, ...]
    images: int = 0
    readable: int = 0
    empty: int = 0
    crowds: int = 0
    ignored: int = 0
    crowd_counts: Counter[str] = field(default_factory=Counter)
    counts: dict[str, list[int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    refusals: tuple[Finding, ...] = ()
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
            "images": {"all": self.images, "readable": self.readable, "without_objects": self.empty},
            "objects": self.objects,
            "crowds": self.crowds,
            "ignored": self.ignored,
            "by_class": {name: dict(zip(SIZES, sizes, strict=True)) for name, sizes in self.counts.items()},
            "anchors": anchors,
            "findings": [vars(finding) for finding in self.findings],
            "unusable": self.unusable,
            "refused": [finding.detail for finding in self.refusals],
        }


def check(
    reader: Reader,
    config: Config | None = None,
    progress: Callable[[int], None] = lambda done: None,
    allow_unused: bool = False,
    other: Reader | None = None,
) -> Report:
    """Read every image once and report.

    config: judges anchors and preprocessing where given; progress: called with the number of images read so far.
    allow_unused: a class without an object is no reason to refuse the data. other: another part of the same data, such
    as that for validation, whose images should not be among these; they are read after these.
    """
    report = Report(reader.class_names, len(reader), findings=list(reader.findings))
    report.counts = {name: [0] * len(SIZES) for name in reader.class_names[1:]}
    report.reach = Reach(config) if config else None
    looks = Looks()
    levels = Levels()

    def name(index: int) -> str:
        return name_in(reader, index)

    for index in range(len(reader)):
        try:
            with watching() as deep:
                sample, found = reader.read(index)
            if deep.images:
                levels.add(deep.brightest)
        except (ValueError, OSError) as error:
            report.findings.append(_unreadable(error, name(index)))
        else:
            report.readable += 1
            report.findings += found
            left_out = sum(finding.severity == "error" for finding in found)
            _check_sample(sample, report, name(index), left_out)
            looks.add(index, sample)
        progress(index + 1)
    copies = near_copies(looks.images)
    report.findings += copies_within(reader, looks, copies)
    if other is not None:
        ours = Against(looks, copies)
        report.findings += copies_between(reader, ours, other, lambda done: progress(len(reader) + done))
    if advice := levels.advice("?depth={}"):
        report.findings.append(Finding("depth", "warning", ".", advice))
    allow_unused = allow_unused or reader.may_lack_classes
    report.refusals = tuple(refusals(report, allow_unused))
    report.findings += [*report.refusals, *_check_whole(report, allow_unused)]
    return report


def refused(
    reader: Reader, progress: Callable[[int], None] = lambda done: None, allow_unused: bool = False
) -> tuple[Finding, ...]:
    """Return why training would refuse the data, in the words of ``check``; reads until all it wants was seen."""
    report = Report(reader.class_names, len(reader))
    report.counts = {name: [0] * len(SIZES) for name in reader.class_names[1:]}
    allow_unused, found = allow_unused or reader.may_lack_classes, []
    for index in range(len(reader)):
        try:
            sample, _ = reader.read(index)
        except (ValueError, OSError):  # left out, as in training
            progress(index + 1)
            continue
        report.readable += 1
        _tally(sample, report, np.count_nonzero(sample.masks, axis=(1, 2)))
        progress(index + 1)
        found = refusals(report, allow_unused)
        if not found or found[0].kind == "class-names":
            break
    return tuple(found if report.readable else refusals(report, allow_unused))


def _tally(sample: Sample, report: Report, areas: np.ndarray) -> list[int]:
    """Count objects, crowds and ignored regions of an image; return the class ids that there are not."""
    single, ignored = ~sample.is_crowd, sample.class_ids == IGNORED
    unknown = _count(report, sample.class_ids[single], areas[single])
    report.ignored += int(ignored.sum())
    report.crowds += len(sample) - int((single | ignored).sum())
    crowds = sample.class_ids[~single & ~ignored].tolist()
    report.crowd_counts.update(
        report.class_names[class_id] for class_id in crowds if 1 <= class_id < len(report.class_names)
    )
    return unknown


def _check_sample(sample: Sample, report: Report, name: str, left_out: int) -> None:
    """Count one image's objects and add what is wrong with them; ``left_out`` are no longer among them."""

    def find(kind: str, severity: str, detail: str) -> None:
        report.findings.append(Finding(kind, severity, name, detail))

    single, ignored = ~sample.is_crowd, sample.class_ids == IGNORED
    areas = np.count_nonzero(sample.masks, axis=(1, 2))
    if unknown := _tally(sample, report, areas):
        find(
            "unknown-class",
            "error",
            f"wanted class ids 1 to {len(report.class_names) - 1}, received {unknown}",
        )
    if not areas.all():
        find("zero-area", "error", f"{int((areas == 0).sum())} objects have a mask of no pixel")
    if ignored.all():  # also where there is nothing at all
        report.empty += 1
        if left_out:
            find("all-left-out", "warning", "none of its objects can be used: it would teach to find nothing")
        else:
            find("no-objects", "info", "has no objects; kept, as an example of nothing to find")
    if around := _around(sample, areas):
        find(
            "around-objects",
            "warning",
            f"masks that cover most of the image and lie on all its sides: {some(around)}; is the background taken for "
            "an object, or are masks inverted?",
        )
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


def _around(sample: Sample, areas: np.ndarray) -> list[str]:
    """Return the objects that look like what is around objects."""
    pixels, found = sample.image.shape[0] * sample.image.shape[1], []
    for index in np.flatnonzero((areas >= WHOLE * pixels) & ~sample.is_crowd):
        mask = sample.masks[index]
        if all(side.any() for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1])):
            found.append(f"object {index} ({areas[index] / pixels:.0%})")
    return found


def _check_pairs(sample: Sample, areas: np.ndarray) -> list[tuple[str, str]]:
    """Return what is wrong between two objects of an image: the same twice, or one mostly inside the other."""
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
        found.append(("duplicate-object", f"objects with the same mask: {some(same)}"))
    if inside:
        found.append(("overlap", f"masks that overlap: {some(inside)}"))
    return found


def _check_whole(report: Report, allow_unused: bool) -> list[Finding]:
    """Return what only the whole data set shows and training can live with."""
    found = []
    unused = [name for name, sizes in report.counts.items() if not sum(sizes)]
    if unused and report.objects and allow_unused:
        detail = f"{len(unused)} of {len(report.counts)} classes have no object: {some(unused)}"
        found.append(Finding("unused-class", "warning", ".", detail))
    alike: dict[str, list[str]] = {}
    for name in report.class_names[1:]:
        alike.setdefault(" ".join(name.casefold().replace("_", " ").split()), []).append(name)
    for names in alike.values():
        if len(set(names)) > 1:
            detail = f"classes differ in their spelling alone: {some(names)}; where they are one, ?merge=NEW:OLD|OLD"
            found.append(Finding("similar-class", "warning", ".", detail))
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
    """Return why an image cannot be used: what the reader says, or the error's own words."""
    finding = getattr(error, "finding", None)
    return (
        finding if isinstance(finding, Finding) else Finding("unreadable-image", "error", source, str(error))
    )
