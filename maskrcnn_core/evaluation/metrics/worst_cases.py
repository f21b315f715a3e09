"""Worst cases: the ground-truth objects that are hardest to explain as missed, and the surest detections that are
wrong.

Inputs: a judged image. Outputs: a fixed number of cases with a small image each; all other pixels are let go.

Shapes: d detections; g ground-truth objects; xywh image px; y, x image px.
"""

from __future__ import annotations

import heapq
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count as numbers

import numpy as np
from PIL import Image

from ...data.reading.images import SourceImage
from ...data.reading.sample import name_of_class
from ...geometry.rle import decode_rle
from .error_types import BKG, BOTH, CLS, DUPE, LOC, TYPES, Judgement
from .objects import Objects

TRUTH_COLOUR, DETECTION_COLOUR = (86, 180, 233), (230, 159, 0)  # Okabe and Ito's sky blue and orange
SIDE = 240  # px, the longer side of a case's image
LEAST = 48  # px of the original that a case shows at least, each way
MARGIN = 0.3  # of what the boxes span on an axis, shown on either side of it
DASH = 12  # px, dash and gap of a ground-truth object's outline


@dataclass(frozen=True)
class Case:
    """One object that went wrong.

    image: its name. class_name: of the detection, or of the missed ground-truth object. value: score, or area in px².
    sentence: what is there instead. jpeg: the place, ground-truth objects dashed in blue and detections drawn through
    in orange; None where there are no pixels.
    """

    image: str
    class_name: str
    value: float
    sentence: str
    jpeg: bytes | None


class WorstCases:
    """Keeps the ``count`` largest missed ground-truth objects and the ``count`` surest false detections."""

    def __init__(self, class_names: Sequence[str], count: int = 12) -> None:
        self.class_names, self.count = tuple(class_names), count
        self._missed: list[tuple[float, int, Case]] = []
        self._false: list[tuple[float, int, Case]] = []
        self._numbers = numbers(
            0, -1
        )  # of equal values the earlier case is taken for the worse one and stays

    @property
    def missed(self) -> list[Case]:
        """Return missed ground-truth objects, largest first."""
        return [case for _, _, case in sorted(self._missed, key=lambda entry: entry[:2], reverse=True)]

    @property
    def false(self) -> list[Case]:
        """Return false detections, surest first."""
        return [case for _, _, case in sorted(self._false, key=lambda entry: entry[:2], reverse=True)]

    def add(
        self,
        name: str,
        pair: tuple[Objects, Objects],
        judged: Judgement,
        iou: np.ndarray,
        image: np.ndarray | None = None,
    ) -> None:
        """Look through one image: its ground-truth objects and detections, what they are judged to be, and their (d, g)
        IoU.
        """
        truths, detections = pair
        for truth in np.flatnonzero(judged.missed):
            area = float(truths.areas("segm")[truth])
            if self._wanted(self._missed, area):
                self._keep(self._missed, self._missed_case(name, pair, int(truth), iou, image), area)
        for detection in np.flatnonzero((judged.type >= CLS) & (judged.type <= BKG)):
            score = float(detections.scores[detection])
            if self._wanted(self._false, score):
                case = self._false_case(name, pair, (judged, iou), int(detection), image)
                self._keep(self._false, case, score)

    def _wanted(self, heap: list[tuple[float, int, Case]], value: float) -> bool:
        return len(heap) < self.count or (self.count > 0 and value > heap[0][0])

    def _keep(self, heap: list[tuple[float, int, Case]], case: Case, value: float) -> None:
        heapq.heappush(heap, (value, next(self._numbers), case))
        if len(heap) > self.count:
            heapq.heappop(heap)

    def _missed_case(
        self, name: str, pair: tuple[Objects, Objects], truth: int, iou: np.ndarray, image: np.ndarray | None
    ) -> Case:
        truths, detections = pair
        class_name, area = self.class_names[truths.class_ids[truth]], float(truths.areas("segm")[truth])
        near = int(iou[:, truth].argmax()) if len(iou) else -1
        sentence, shown = "no detection touches it", []
        if near >= 0 and iou[near, truth] > 0:
            other = self.class_names[detections.class_ids[near]]
            score, overlap = detections.scores[near], iou[near, truth]
            sentence = f"the nearest detection is a {other} with {score:.2f}, IoU {overlap:.2f}"
            shown = [near]
        return Case(name, class_name, area, sentence, thumbnail(image, truths, [truth], detections, shown))

    def _false_case(
        self,
        name: str,
        pair: tuple[Objects, Objects],
        judged: tuple[Judgement, np.ndarray],
        detection: int,
        image: np.ndarray | None,
    ) -> Case:
        (truths, detections), (judgement, iou) = pair, judged
        near = int(judgement.truth[detection])
        if near < 0 and len(truths) and iou[detection].max() > 0:
            near = int(iou[detection].argmax())
        class_name = self.class_names[detections.class_ids[detection]]
        sentence = "nothing is there"
        if near >= 0:
            what = name_of_class(self.class_names, truths.class_ids[near])
            there = f"a {what}, IoU {iou[detection, near]:.2f}"
            sentence = _SENTENCES[int(judgement.type[detection])].format(there)
        shown = [near] if near >= 0 else []
        jpeg = thumbnail(image, truths, shown, detections, [detection])
        kind = TYPES[judgement.type[detection]]
        return Case(name, class_name, float(detections.scores[detection]), f"{kind}: {sentence}", jpeg)


_SENTENCES = {
    CLS: "there is {}",
    LOC: "badly placed on {}",
    BOTH: "badly placed on {}",
    DUPE: "a second detection of {}",
    BKG: "nothing is there; the nearest ground-truth object is {}",
}


def thumbnail(
    image: np.ndarray | None, truths: Objects, truth_rows: list[int], detections: Objects, rows: list[int]
) -> bytes | None:
    """Return a JPEG of the part of ``image`` (y, x, channel) uint8 around the objects, with their outlines."""
    if image is None:
        return None
    boxes = np.concatenate([truths.boxes[truth_rows], detections.boxes[rows]])
    height, width = image.shape[:2]
    top, bottom = _span(boxes[:, 1], boxes[:, 3], height)
    left, right = _span(boxes[:, 0], boxes[:, 2], width)
    part = (slice(top, bottom), slice(left, right))
    scale = SIDE / max(bottom - top, right - left)
    size = (
        max(1, round((right - left) * scale)),
        max(1, round((bottom - top) * scale)),
    )  # (x, y), as Pillow has it
    pixels = np.asarray(Image.fromarray(SourceImage(image).for_display()[part]).resize(size)).copy()
    for objects, chosen, colour, dashed in (
        (truths, truth_rows, TRUTH_COLOUR, True),
        (detections, rows, DETECTION_COLOUR, False),
    ):
        for row in chosen:
            mask = Image.fromarray(_mask(objects, row, (height, width))[part]).resize(
                size, Image.Resampling.NEAREST
            )
            _outline(pixels, np.asarray(mask), colour, dashed)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="JPEG", quality=85)
    return file.getvalue()


def _span(starts: np.ndarray, lengths: np.ndarray, limit: int) -> tuple[int, int]:
    """Return first and last + 1 px to show of one axis: the boxes, a margin, at least ``LEAST``, within the image."""
    first, last = float(starts.min()), float((starts + lengths).max())
    more = max(MARGIN * (last - first), (LEAST - (last - first)) / 2)
    start = min(max(0, int(first - more)), limit - 1)
    return start, max(start + 1, min(limit, int(np.ceil(last + more))))


def _mask(objects: Objects, row: int, size: tuple[int, int]) -> np.ndarray:
    """Return an object's mask (y, x) bool; the inside of its box where there is none."""
    if objects.codes is not None:
        return decode_rle(objects.codes[row], size)
    x, y, width, height = (round(v) for v in objects.boxes[row])
    mask = np.zeros(size, bool)
    mask[max(0, y) : y + height, max(0, x) : x + width] = True
    return mask


def _outline(pixels: np.ndarray, mask: np.ndarray, colour: tuple[int, int, int], dashed: bool) -> None:
    """Draw the border of ``mask`` (y, x) into ``pixels``, on a dark line, so that it shows on every ground."""
    y, x = np.indices(mask.shape)
    drawn = ((x + y) // DASH % 2 == 0) if dashed else np.ones(mask.shape, bool)
    inside = _eroded(mask, 2)
    pixels[mask & ~_eroded(inside, 1)] = (20, 20, 20)
    pixels[mask & ~inside & drawn] = colour


def _eroded(mask: np.ndarray, steps: int) -> np.ndarray:
    """Return ``mask`` (y, x) without the pixels that are at most ``steps`` neighbours away from its outside."""
    for _ in range(steps):
        there = np.pad(mask, 1)
        mask = mask & there[:-2, 1:-1] & there[2:, 1:-1] & there[1:-1, :-2] & there[1:-1, 2:]
    return mask
