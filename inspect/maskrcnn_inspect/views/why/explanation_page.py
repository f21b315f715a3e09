"""Explanations as one HTML text: no scripts, nothing from the network, opens without a kernel.

Inputs: an ``Explanation`` with its image, or the ``Sums`` of a data set. Outputs: HTML. Names come from data sets and
files, so every text is escaped, and the page forbids a browser to load or run anything. A found object's box is drawn
whole, a missed one's dashed, a false detection's dotted with a D before its number: colour is never the only channel.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.data.reading.sample import name_of_class
from maskrcnn_core.evaluation.report.cases import COLOURS, anchor, row_of
from maskrcnn_core.evaluation.report.cases import style as style_of_cases
from maskrcnn_core.evaluation.report.walks import Walk

from ...analysis.candidates.example_cases import Cases
from ...analysis.candidates.explanation import KEPT, RIGHT, Explanation
from ...analysis.candidates.explanation_sums import ORDER, Sums, ordered
from ...analysis.candidates.funnel import FunnelStep
from ...palette import NEGATIVE, NEUTRAL, POSITIVE

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; --line: #c9d1d9; --ink: #1f2328; --ground: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --ink: #e6edf3; --ground: #14181d; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 26px; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: 8px 0 20px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 10px; border-bottom: 1px solid var(--line); text-align: left; overflow-wrap: break-word; }
.numbers :is(th, td):not(:first-child) { text-align: right; }
svg { width: 100%; max-width: 720px; height: auto; display: block; }
svg text { paint-order: stroke; stroke: #14181d; font-weight: 600; }
.mark { border-left: 5px solid; padding-left: 6px; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
a { color: inherit; }
"""
LARGEST = 1024  # px of the image's longer side in the page
QUALITY = 85  # of JPEG: noise as PNG takes ten times the bytes
FALSE = "#cc79a7"  # of false detections: Okabe-Ito purple, which no object has
LEGEND = (
    "Objects have their number: found in green, missed dashed in vermillion, crowds in grey. False detections are "
    "dotted in purple, with a D before their number; numbers and colours are those of the tables."
)


class Mark(NamedTuple):
    """A box to draw: (yxyx) px of the image, what stands beside it, its words, its colour and dashes."""

    box: Sequence[float]
    number: str
    words: str
    colour: str
    dashes: str = ""


def image_page(
    explanation: Explanation, image: np.ndarray, heading: Mapping[str, str], walk: Walk | None = None
) -> str:
    """Return the page of one image. image: (y, x, channel) uint8. walk: how it can be seen stage by stage."""
    names = explanation.class_names
    objects, false = marks_of_truths(explanation), marks_of_false_detections(explanation)
    colours = {mark.number: mark.colour for mark in (*objects, *false)}
    truths = [
        [
            str(one.truth),
            names[one.class_id],
            one.verdict,
            one.sentence,
            str(explanation.setting_changes.get(one.truth, "")),
        ]
        for one in explanation.truths
    ]
    detections = [
        [f"D{one.detection}", names[one.class_id], f"{one.score:.3f}", one.verdict, one.sentence]
        for one in explanation.detections
    ]
    total = sum(one.verdict != "crowd" for one in explanation.truths)
    body = [
        _table(["", ""], heading.items()),
        f"<p>{total - len(explanation.missed)} of {total} objects found.</p>",
        _drawing(image, [*objects, *false], LEGEND),
        _walk(walk),
        "<h2>Objects</h2>",
        _table(
            ["object", "class", "verdict", "why", "smallest change that keeps it"], truths, colours=colours
        ),
        "<h2>Detections</h2>",
        _table(["detection", "class", "score", "is", "because"], detections, colours=colours),
        "<h2>What each stage left</h2>",
        funnel_table(explanation.funnel),
        *(["<h2>Near the box</h2>", funnel_table(explanation.near_box)] if explanation.near_box else []),
        "<h2>What became of the anchors</h2>",
        _table(
            ["fate", "anchors"], ([name, f"{n:,}"] for name, n in explanation.fates.items()), numbers=True
        ),
    ]
    return _page(f"Explanation of {explanation.image}", body)


def funnel_page(
    image: str,
    fates: Mapping[str, int],
    funnels: Mapping[str, Sequence[FunnelStep]],
    heading: Mapping[str, str],
    drawing: str = "",
) -> str:
    """Return the page of an image without ground truth.

    funnels: what each stage left, by title. drawing: the image as HTML, see ``detections_drawing``.
    """
    body = [_table(["", ""], heading.items()), drawing]
    for title, steps in funnels.items():
        body += [f"<h2>{escape(title)}</h2>", funnel_table(steps)]
    rows = ([name, f"{n:,}"] for name, n in fates.items())
    body += ["<h2>What became of the anchors</h2>", _table(["fate", "anchors"], rows, numbers=True)]
    return _page(f"Explanation of {image}", body)


def detections_drawing(
    image: np.ndarray,
    boxes: np.ndarray,
    labels: Sequence[str],
    box: Sequence[float] | None,
    walk: Walk | None,
) -> str:
    """Return an image without ground truth, with what was found and the box asked about, as HTML.

    boxes: (d, yxyx) px of the image; labels: of each, its class and score.
    """
    marks = [
        Mark(one.tolist(), f"D{row}", f"D{row} {label}", NEUTRAL)
        for row, (one, label) in enumerate(zip(boxes, labels, strict=True))
    ]
    text = "Detections are grey, with a D before their number" + (
        "; the box asked about is dashed." if box else "."
    )
    if box:
        marks.append(Mark(list(box), "box", "the box asked about", NEGATIVE, "6 4"))
    return _drawing(image, marks, text) + _walk(walk)


def sums_page(
    sums: Sums,
    heading: Mapping[str, str],
    walks: Mapping[str, Walk] | None = None,
    missed: Cases | None = None,
    false: Cases | None = None,
) -> str:
    """Return the page of a data set.

    walks: by image, how an example can be seen stage by stage. missed, false: examples of each verdict, as images.
    """
    columns = {"all": sums.verdicts, **dict(sorted(sums.by_class.items())), **sums.by_size}
    verdicts = [[name, *(str(c[name] or "–") for c in columns.values())] for name in ordered(sums.verdicts)]
    stages = [
        [stage, str(sums.by_stage[stage]), f"{sums.by_stage[stage] / sums.missed:.0%}"]
        for stage in ORDER
        if sums.by_stage[stage]
    ]
    body = [
        _table(["", ""], heading.items()),
        f"<p>{sums.truths - sums.missed} of {sums.truths} objects found in {sums.images} images.</p>",
        "<h2>Objects by verdict</h2>",
        _table(["verdict", *columns], verdicts, numbers=True),
        "<h2>The stage that loses them</h2>",
        _table(["stage", "objects lost", "of the missed"], stages, numbers=True),
        "<h2>Detections</h2>",
        _table(["verdict", "detections"], _counts(sums.detections), numbers=True),
    ]
    if sums.setting_changes:
        body += ["<h2>Smallest setting changes that keep missed objects</h2>"]
        body += [_table(["setting", "objects"], _counts(sums.setting_changes), numbers=True)]
    examples = [[verdict, line] for verdict, lines in sums.examples.items() for line in lines]
    listed = ["<h2>Examples by name</h2>", _table(["verdict", "object"], examples)] if examples else []
    body += _examples("Missed objects, by verdict", missed or {}, walks or {})
    body += _examples("False detections, by verdict", false or {}, walks or {})
    body += [*listed, "<h2>Stage by stage</h2>"] if walks else listed
    for name, walk in (walks or {}).items():
        body += [f'<h3 id="{anchor(walk)}">{escape(name)}</h3>', _walk(walk)]
    if sums.unreadable:
        body += [f"<h2>{sums.num_unreadable} images could not be read</h2>"]
        body += [_table(["image and reason"], ([line] for line in sums.unreadable))]
    return _page("Where objects are lost", body)


def _examples(title: str, cases: Cases, walks: Mapping[str, Walk]) -> list[str]:
    """Return the examples of each verdict as rows of crops; nothing where there is none."""
    rows = [f"<h3>{escape(verdict)}</h3>{row_of(several, walks)}" for verdict, several in cases.items()]
    return [f"<h2>{escape(title)}</h2><p>{COLOURS}</p>", *rows] if rows else []


def funnel_table(steps: Sequence[FunnelStep]) -> str:
    """Return what each stage left as a table."""
    near = any(step.best_iou is not None for step in steps)
    rows = [
        [step.step, f"{step.count:,}", _number(step.best_score), *([_number(step.best_iou)] if near else [])]
        for step in steps
    ]
    columns = ["step", "candidates", "best score", *(["best IoU with the box"] if near else [])]
    return _table(columns, rows, numbers=True)


def _counts(counts: Any) -> Iterable[list[str]]:
    return ([name, str(count)] for name, count in counts.most_common())


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def marks_of_truths(explanation: Explanation) -> list[Mark]:
    """Return the objects, each with the number that it has in the table."""
    marks = []
    for one in explanation.truths:
        colour = NEUTRAL if one.verdict == "crowd" else POSITIVE if one.verdict == "found" else NEGATIVE
        words = f"{one.truth} {name_of_class(explanation.class_names, one.class_id)}: {one.verdict}"
        dashes = "" if one.verdict in KEPT else "6 4"
        marks.append(Mark(explanation.truth_boxes[one.truth].tolist(), str(one.truth), words, colour, dashes))
    return marks


def marks_of_false_detections(explanation: Explanation) -> list[Mark]:
    """Return the detections that are none of an object's."""
    return [
        Mark(
            explanation.boxes[one.detection].tolist(),
            f"D{one.detection}",
            f"D{one.detection} {name_of_class(explanation.class_names, one.class_id)}: {one.verdict}",
            FALSE,
            "2 4",
        )
        for one in explanation.detections
        if one.verdict not in RIGHT
    ]


def _drawing(image: np.ndarray, marks: Iterable[Mark], legend: str) -> str:
    """Return ``image`` (y, x, channel) uint8 with its marks, and what they mean."""
    height, width = image.shape[:2]
    size, shapes = max(height, width) / 32, []
    for mark in marks:
        top, left, bottom, right = (float(v) for v in mark.box)
        dash = f' stroke-dasharray="{mark.dashes}"' if mark.dashes else ""
        # numbers of detections stand below their box, those of objects above: the two often share a corner
        y = min(bottom + size, height) if mark.number.startswith("D") else max(top, size)
        shapes.append(
            f'<g><title>{escape(mark.words)}</title><rect x="{left:g}" y="{top:g}" width="{right - left:g}" '
            f'height="{bottom - top:g}" fill="none" stroke="{mark.colour}" stroke-width="2" '
            f'vector-effect="non-scaling-stroke"{dash}/><text x="{left:g}" y="{y:g}" fill="{mark.colour}" '
            f'font-size="{size:g}" stroke-width="{size / 6:g}">{escape(mark.number)}</text></g>'
        )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(legend)}">'
        f'<image width="{width}" height="{height}" href="{_embedded(image)}"/>{"".join(shapes)}</svg>'
        f"<p>{escape(legend)}</p>"
    )


def _walk(walk: Walk | None) -> str:
    """Return the command that shows an image stage by stage, and a link to what it writes."""
    if walk is None:
        return ""
    return (
        "<p>Stage by stage: run this in the folder in which this page was made, then open "
        f'<a href="{escape(walk.page)}">{escape(walk.page)}</a>.</p><pre><code>{escape(walk.command)}</code></pre>'
    )


def _embedded(image: np.ndarray) -> str:
    """Return an image as a data URI: three channels, at most ``LARGEST`` px."""
    small = Image.fromarray(SourceImage(image).for_display())
    small.thumbnail((LARGEST, LARGEST))
    buffer = io.BytesIO()
    small.save(buffer, "jpeg", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def _table(
    columns: Sequence[str],
    rows: Iterable[Iterable[str]],
    numbers: bool = False,
    colours: Mapping[str, str] | None = None,
) -> str:
    """Return a table. colours: by the text of a row's first cell, the colour that it has in the image."""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns) if any(columns) else ""
    cells = ("<tr>" + "".join(_cells(list(row), colours or {})) + "</tr>" for row in rows)
    kind = ' class="numbers"' if numbers else ""
    return f'<div class="wide"><table{kind}><tr>{head}</tr>{"".join(cells)}</table></div>'


def _cells(row: Sequence[str], colours: Mapping[str, str]) -> Iterable[str]:
    for place, value in enumerate(row):
        text = escape(value)
        if place == 0 and value in colours:
            text = f'<span class="mark" style="border-color:{colours[value]}">{text}</span>'
        yield f"<td>{text}</td>"


def _page(title: str, body: Iterable[str]) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}{style_of_cases()}</style></head>\n<body><main><h1>{escape(title)}</h1>\n"
        + "\n".join(body)
        + "\n</main></body></html>\n"
    )
