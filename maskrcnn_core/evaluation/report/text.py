"""The report of an evaluation for a person at a terminal.

Inputs: a ``Report``. Outputs: tables on a rich console: figures, classes, errors, confusions, stages.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from ...data.quality.lint_text import safe
from ..metrics.average import NOTHING
from ..run import Report

NAMES = {"segm": "mask", "bbox": "box"}
MEANINGS = {
    "Cls": "right place, wrong class",
    "Loc": "right class, badly placed",
    "Both": "wrong class and badly placed",
    "Dupe": "a second detection of an object",
    "Bkg": "nothing is there",
    "Miss": "an object that nothing comes near",
    "FP": "all false detections",
    "FN": "all objects not found",
}
STEP_WORDS = {
    "anchors": "anchors",
    "top_k": "top scores, refined",
    "nms": "proposals",
    "classification": "classified, refined",
    "end": "detections",
}
MOST_CLASSES = 20  # rows of a table; the page and the JSON hold all
WHOLE_MATRIX = 8  # classes up to which the whole confusion matrix fits a terminal
MOST_PAIRS = 10


def print_report(report: Report, console: Console) -> None:
    """Print everything that fits a terminal."""
    for table in tables(report):
        title, table.title = table.title, None  # which would be wrapped at the width of a narrow table
        console.print(title, style="bold", highlight=False)
        console.print(table)
    console.print(
        f"{report.images} images, {report.truths} objects, {report.detections} detections"
        + (f"; {len(report.unreadable)} images could not be read:" if report.unreadable else "")
    )
    if report.left_out:
        console.print(
            f"{report.left_out} objects could not be used as ground truth; maskrcnn check names them"
        )
    for name, why in report.unreadable[:MOST_CLASSES]:
        console.print(f"  {safe(name)}: {safe(why)}", soft_wrap=True, highlight=False)


def tables(report: Report) -> Iterable[Table]:
    """Return the tables in the order in which they are read."""
    yield figures_table(report)
    yield classes_table(report)
    yield errors_table(report)
    yield confusion_table(report)
    if report.recall is not None:
        yield recall_table(report.recall)


def shown(value: float, digits: int = 3) -> str:
    """Return a share as COCO prints it; a dash where nothing was there to measure."""
    return "–" if value <= NOTHING else f"{value:.{digits}f}"


def figures_table(report: Report) -> Table:
    """Return COCO's twelve figures, a column for masks and one for boxes."""
    table = _table(
        "COCO figures (s, m, l: area < 32², < 96², ≥ 96² px)", "figure", map(NAMES.get, report.averages)
    )
    columns = [average.figures() for average in report.averages.values()]
    for name in columns[0]:
        table.add_row(name, *(shown(figures[name]) for figures in columns))
    return table


def classes_table(report: Report) -> Table:
    """Return the figures of each class, the worst first where there are many."""
    kind, average = next(iter(report.averages.items()))
    rows = sorted(average.by_class().items(), key=lambda row: row[1]["AP"])
    title = f"By class, {NAMES[kind]}"
    if len(rows) > MOST_CLASSES:
        title += f": the {MOST_CLASSES} worst of {len(rows)}"
    names = ["AP", "AP50", "AP75", "APs", "APm", "APl", f"AR{average.max_detections[-1]}"]
    table = _table(title, "class", ["objects", *names])
    counts = dict(zip(average.class_names[1:], average.num_truths[:, 0], strict=True))
    for name, figures in rows[:MOST_CLASSES]:
        table.add_row(safe(name), str(counts[name]), *(shown(figures[figure], 2) for figure in names))
    return table


def errors_table(report: Report) -> Table:
    """Return how often each type of error occurs and the AP50 that it costs."""
    columns = [f"{NAMES[kind]} {what}" for kind in report.errors for what in ("count", "dAP50")]
    table = _table(
        "Errors, and the AP50 gained if one type alone were put right", "type", [*columns, "what it is"]
    )
    for name in next(iter(report.errors.values())).counts:
        cells = []
        for errors in report.errors.values():
            cells += [str(errors.counts[name]), shown(errors.costs[name])]
        table.add_row(name, *cells, MEANINGS[name])
    for name in next(iter(report.errors.values())).summary:
        cells = [cell for errors in report.errors.values() for cell in ("", shown(errors.summary[name]))]
        table.add_row(name, *cells, MEANINGS[name])
    return table


def confusion_table(report: Report) -> Table:
    """Return the confusion matrix, or of many classes the most frequent confusions."""
    confusion = report.confusion
    what = f"(IoU ≥ {confusion.threshold:g}, score ≥ {confusion.min_score:g})"
    names = [safe(name) for name in confusion.class_names]
    if len(names) - 1 > WHOLE_MATRIX:
        table = _table(f"Most frequent confusions {what}", "object", ["detected as", "times"])
        for pair in confusion.pairs()[:MOST_PAIRS]:
            table.add_row(safe(pair.truth), safe(pair.found), str(pair.count))
        return table
    table = _table(f"Confusion: objects in rows, detections in columns {what}", "", names)
    for row, (name, counts) in enumerate(zip(names, confusion.matrix, strict=True)):
        table.add_row(name, *("" if not row and not column else str(n) for column, n in enumerate(counts)))
    return table


def recall_table(recall: dict[float, dict[str, float]]) -> Table:
    """Return the share of objects that are still covered after each stage."""
    table = _table(
        "Objects still covered by a box after each stage", "after", [f"IoU {iou:g}" for iou in recall]
    )
    for step, words in STEP_WORDS.items():
        table.add_row(words, *(shown(steps[step]) for steps in recall.values()))
    return table


def _table(title: str, first: str, columns: Iterable[str | None]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for name in columns:
        table.add_column(name or "", justify="left" if name in ("what it is", "detected as") else "right")
    return table
