"""Explanations as one HTML text: no scripts, nothing from the network, opens without a kernel.

Enters: an ``Explanation`` with its picture, or the ``Sums`` of a data set. Leaves: HTML. Names come from data sets and
files, so every text is escaped, and the page forbids a browser to load or run anything. A found object's box is drawn
whole, a missed one's dashed: colour is never the only channel.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from PIL import Image

from ...analysis.candidates.explanation import KEPT, Explanation
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
"""
LARGEST = 1024  # px of the picture's longer side in the page


def picture_page(explanation: Explanation, image: np.ndarray, heading: Mapping[str, str]) -> str:
    """Return the page of one picture. image: (y, x, channel) uint8."""
    names = explanation.class_names
    truths = [
        [
            str(one.truth),
            names[one.class_id],
            one.verdict,
            one.sentence,
            str(explanation.remedies.get(one.truth, "")),
        ]
        for one in explanation.truths
    ]
    detections = [
        [str(one.detection), names[one.class_id], f"{one.score:.3f}", one.verdict, one.sentence]
        for one in explanation.detections
    ]
    total = sum(one.verdict != "crowd" for one in explanation.truths)
    body = [
        _table(["", ""], heading.items()),
        f"<p>{total - len(explanation.missed)} of {total} objects found.</p>",
        _drawing(explanation, image),
        "<h2>Objects</h2>",
        _table(["object", "class", "verdict", "why", "smallest change that keeps it"], truths),
        "<h2>Detections</h2>",
        _table(["detection", "class", "score", "is", "because"], detections),
        "<h2>What each stage left</h2>",
        funnel_table(explanation.funnel),
        *(["<h2>Near the box</h2>", funnel_table(explanation.near_box)] if explanation.near_box else []),
        "<h2>What became of the anchors</h2>",
        _table(
            ["fate", "anchors"], ([name, f"{n:,}"] for name, n in explanation.fates.items()), numbers=True
        ),
    ]
    return _page(f"Explanation of {explanation.picture}", body)


def funnel_page(
    picture: str,
    fates: Mapping[str, int],
    funnels: Mapping[str, Sequence[FunnelStep]],
    heading: Mapping[str, str],
) -> str:
    """Return the page of a picture without truth. funnels: what each stage left, by title."""
    body = [_table(["", ""], heading.items())]
    for title, steps in funnels.items():
        body += [f"<h2>{escape(title)}</h2>", funnel_table(steps)]
    rows = ([name, f"{n:,}"] for name, n in fates.items())
    body += ["<h2>What became of the anchors</h2>", _table(["fate", "anchors"], rows, numbers=True)]
    return _page(f"Explanation of {picture}", body)


def sums_page(sums: Sums, heading: Mapping[str, str]) -> str:
    """Return the page of a data set."""
    columns = {"all": sums.verdicts, **dict(sorted(sums.by_class.items())), **sums.by_size}
    verdicts = [[name, *(str(c[name] or "–") for c in columns.values())] for name in ordered(sums.verdicts)]
    stages = [
        [stage, str(sums.by_stage[stage]), f"{sums.by_stage[stage] / sums.missed:.0%}"]
        for stage in ORDER
        if sums.by_stage[stage]
    ]
    body = [
        _table(["", ""], heading.items()),
        f"<p>{sums.truths - sums.missed} of {sums.truths} objects found in {sums.pictures} pictures.</p>",
        "<h2>Objects by verdict</h2>",
        _table(["verdict", *columns], verdicts, numbers=True),
        "<h2>Where objects are lost</h2>",
        _table(["stage", "objects lost", "of the missed"], stages, numbers=True),
        "<h2>Detections</h2>",
        _table(["verdict", "detections"], _counts(sums.detections), numbers=True),
    ]
    if sums.remedies:
        body += ["<h2>Settings that would keep missed objects</h2>"]
        body += [_table(["setting", "objects"], _counts(sums.remedies), numbers=True)]
    examples = [[verdict, line] for verdict, lines in sums.examples.items() for line in lines]
    body += ["<h2>Examples</h2>", _table(["verdict", "object"], examples)]
    if sums.unreadable:
        body += [f"<h2>{sums.num_unreadable} pictures could not be read</h2>"]
        body += [_table(["picture and reason"], ([line] for line in sums.unreadable))]
    return _page("Where objects are lost", body)


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


def _drawing(explanation: Explanation, image: np.ndarray) -> str:
    """Return the picture with a box and a number for each object."""
    height, width = image.shape[:2]
    size, shapes = max(height, width) / 32, []
    for one in explanation.truths:
        top, left, bottom, right = (float(v) for v in explanation.truth_boxes[one.truth])
        colour = NEUTRAL if one.verdict == "crowd" else POSITIVE if one.verdict == "found" else NEGATIVE
        dash = "" if one.verdict in KEPT else ' stroke-dasharray="6 4"'
        label = f"{one.truth} {explanation.class_names[one.class_id]}: {one.verdict}"
        shapes.append(
            f'<g><title>{escape(label)}</title><rect x="{left:g}" y="{top:g}" width="{right - left:g}" '
            f'height="{bottom - top:g}" fill="none" stroke="{colour}" stroke-width="2" '
            f'vector-effect="non-scaling-stroke"{dash}/><text x="{left:g}" y="{max(top, size):g}" fill="{colour}" '
            f'font-size="{size:g}">{one.truth}</text></g>'
        )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="true boxes: found whole, missed dashed">'
        f'<image width="{width}" height="{height}" href="{_embedded(image)}"/>{"".join(shapes)}</svg>'
    )


def _embedded(image: np.ndarray) -> str:
    """Return a picture as a data URI: three channels, at most ``LARGEST`` px."""
    pixels = image[..., :3] if image.shape[2] >= 3 else np.repeat(image[..., :1], 3, axis=2)
    picture = Image.fromarray(pixels)
    picture.thumbnail((LARGEST, LARGEST))
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _table(columns: Sequence[str], rows: Iterable[Iterable[str]], numbers: bool = False) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in columns) if any(columns) else ""
    cells = ("<tr>" + "".join(f"<td>{escape(value)}</td>" for value in row) + "</tr>" for row in rows)
    kind = ' class="numbers"' if numbers else ""
    return f'<div class="wide"><table{kind}><tr>{head}</tr>{"".join(cells)}</table></div>'


def _page(title: str, body: Iterable[str]) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body><main><h1>{escape(title)}</h1>\n"
        + "\n".join(body)
        + "\n</main></body></html>\n"
    )
