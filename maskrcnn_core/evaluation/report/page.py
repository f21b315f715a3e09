"""The report of an evaluation as one HTML page, to keep and to send.

Inputs: a ``Report``. Outputs: text of a page that opens without a network: no scripts, images inside. Names come from
data sets, so every text is escaped, and the page forbids a browser to load or run anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files

from ..metrics.average import THRESHOLDS, Average
from ..run import Report
from .cases import COLOURS, anchor, row_of
from .cases import style as style_of_cases
from .svg import Series, bar, chart, spark
from .text import MEANINGS, NAMES, STEP_WORDS, shown
from .walks import Walk

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
DRAWN = (0.5, 0.75, 0.9)  # IoU of the curves drawn; the JSON holds all ten


def page(report: Report, walks: Mapping[str, Walk] | None = None) -> str:
    """Return the page. walks: by image, how a worst case can be seen stage by stage."""
    style = (files(__package__) / "page.css").read_text(encoding="utf-8") + style_of_cases()
    title = f"Evaluation of {report.heading.get('weights', report.heading.get('results', 'detections'))}"
    sections = [_heading(report), _figures(report), _curves(report), _classes(report), _errors(report)]
    sections += [_confusion(report), _recall(report), _cases(report, walks or {}), _unreadable(report)]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n<body><main><h1>{escape(title)}</h1>\n"
        + "\n".join(filter(None, sections))
        + "\n</main></body></html>\n"
    )


def _heading(report: Report) -> str:
    rows = {**report.heading, "images": str(report.images), "objects": str(report.truths)}
    rows["detections"] = str(report.detections)
    if report.left_out:
        rows["left out"] = (
            f"{report.left_out} objects that cannot be used as ground truth; maskrcnn check names them"
        )
    return _table([], ([escape(name), escape(value)] for name, value in rows.items()), words=True)


def _figures(report: Report) -> str:
    columns = [average.figures() for average in report.averages.values()]
    rows = ([name, *(shown(figures[name]) for figures in columns)] for name in columns[0])
    text = (
        "Mean over classes and over IoU 0.50 to 0.95 unless a number says otherwise; s, m, l: objects of less than "
        "32², less than 96², and from 96² px on. AR1, AR10 … count that many detections an image and class. "
        "A dash: nothing was there to measure."
    )
    return f"<h2>COCO figures</h2><p>{text}</p>" + _table(
        ["", *map(NAMES.__getitem__, report.averages)], rows
    )


def _curves(report: Report) -> str:
    charts = []
    for kind, average in report.averages.items():
        title = f"Precision over recall, mean over classes, by {NAMES[kind]}"
        series = [Series(f"IoU {iou:g}", average.curve(iou)) for iou in DRAWN]
        charts.append(f"<figure><figcaption>{escape(title)}</figcaption>{chart(series, title)}</figure>")
    return f'<h2>Precision and recall</h2><div class="row">{"".join(charts)}</div>'


def _classes(report: Report) -> str:
    return "<h2>Classes</h2>" + "".join(_class_table(average) for average in report.averages.values())


def _class_table(average: Average) -> str:
    figures = list(average.figures())

    def rows() -> Iterable[list[str]]:
        for class_id, name in enumerate(average.class_names[1:], start=1):
            count = int(average.num_truths[class_id - 1, 0])
            values = average.figures(class_id)
            curve = spark(average.curve(THRESHOLDS[0], class_id), f"{name} at IoU 0.5") if count else ""
            yield [escape(name), str(count), curve, *(shown(values[figure]) for figure in figures)]

    head = ["class", "objects", "precision over recall", *figures]
    return f"<h3>By {NAMES[average.kind]}</h3>" + _table(head, rows())


def _errors(report: Report) -> str:
    parts = [
        "<h2>Errors</h2><p>Every false detection and every object that nothing comes near has one type (TIDE, Bolya et "
        "al. 2020). The bar is the AP50 gained if that type alone were put right.</p>"
    ]
    for kind, errors in report.errors.items():
        rows = [
            [name, MEANINGS[name], str(errors.counts[name]), shown(cost), bar(cost, f"{name} {cost:.3f}")]
            for name, cost in errors.costs.items()
        ]
        rows += [[name, MEANINGS[name], "", shown(cost), bar(cost)] for name, cost in errors.summary.items()]
        parts.append(f"<h3>By {NAMES[kind]}: AP50 {shown(errors.ap50)}</h3>")
        parts.append(_table(["type", "what it is", "count", "AP50 gained", ""], rows, words=True))
    return "".join(parts)


def _confusion(report: Report) -> str:
    confusion = report.confusion
    names = [escape(name) for name in confusion.class_names]
    totals = confusion.matrix.sum(axis=1)
    rows = []
    for row, counts in enumerate(confusion.matrix):
        cells = [f"<th>{names[row]}</th>"]
        for number in counts:
            share = number / totals[row] if totals[row] else 0.0
            ground = f' style="background:rgba(0,114,178,{0.6 * share:.2f})"' if number else ""
            cells.append(f"<td{ground}>{number or ''}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(f"<th>{name}</th>" for name in ["object \\ detected as", *names])
    text = (
        f"IoU from {confusion.threshold:g} and score from {confusion.min_score:g} on, by {NAMES[confusion.kind]}. "
        "First row: detected where no object is. First column: objects not detected. The shade is the share of the row."
    )
    body = f'<div class="wide"><table class="matrix"><tr>{head}</tr>{"".join(rows)}</table></div>'
    return f"<h2>Confusion</h2><p>{text}</p>{body}"


def _recall(report: Report) -> str:
    if report.recall is None:
        return ""
    rows = []
    for step, words in STEP_WORDS.items():
        shares = [steps[step] for steps in report.recall.values()]
        rows.append([words, *(f"{shown(share)} {bar(share)}" for share in shares)])
    text = (
        "Share of objects that some box overlaps enough after each stage: where it falls, objects are lost."
    )
    return f"<h2>Stage recall</h2><p>{text}</p>" + _table(
        ["after", *(f"IoU {iou:g}" for iou in report.recall)], rows
    )


def _cases(report: Report, walks: Mapping[str, Walk]) -> str:
    if not report.missed and not report.false:
        return ""
    missed = row_of(((case, f"{case.value:.0f} px²") for case in report.missed), walks)
    false = row_of(((case, f"score {case.value:.2f}") for case in report.false), walks)
    return (
        f"<h2>Worst cases</h2><p>{COLOURS}</p><h3>The largest objects missed</h3>{missed}"
        f"<h3>The surest false detections</h3>{false}{_walks(walks)}"
    )


def _walks(walks: Mapping[str, Walk]) -> str:
    """Return the commands that show the cases' images stage by stage, each with a link to what it writes."""
    if not walks:
        return ""
    rows = (
        [
            f'<span id="{anchor(walk)}">{escape(name)}</span>',
            f"<code>{escape(walk.command)}</code>",
            f'<a href="{escape(walk.page)}">{escape(walk.page)}</a>',
        ]
        for name, walk in walks.items()
    )
    text = (
        "Each command, run in the folder in which this report was made, writes the page that the link opens."
    )
    head = ["image", "command", "page"]
    return f"<h3>Stage by stage</h3><p>{text}</p>" + _table(head, rows, words=True)


def _unreadable(report: Report) -> str:
    if not report.unreadable:
        return ""
    rows = ([escape(name), escape(why)] for name, why in report.unreadable)
    return "<h2>Images left out</h2>" + _table(["image", "why"], rows, words=True)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], words: bool = False) -> str:
    """Return a table, without a first row where ``head`` is empty; cells are HTML already.

    words: the second column holds words, not numbers.
    """
    kind = ' class="words"' if words else ""
    first = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(
        f"<tr><th>{row[0]}</th>{''.join(f'<td>{cell}</td>' for cell in row[1:])}</tr>" for row in rows
    )
    return f'<div class="wide"><table{kind}>{f"<tr>{first}</tr>" if first else ""}{body}</table></div>'
