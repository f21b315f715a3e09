"""An explanation in a terminal: tables of objects, false detections, and what each stage left."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from maskrcnn_core.data.reading.sample import name_of_class

from ..weights.text import printable
from .explanation import Explanation
from .explanation_sums import ORDER, Sums, ordered
from .funnel import FunnelStep

STYLES = {"found": "green", "crowd": "dim"}
RIGHT = ("correct", "crowd", "not judged")  # detections that need no word


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Print why each object was found or missed, and what each false detection is."""
    if explanation.truths:
        console.print(_truths(explanation))
    else:
        console.print("The ground truth holds no object.")
    false = [one for one in explanation.detections if one.verdict not in RIGHT]
    if false:
        table = Table("detection", "class", "score", "is", "because", title="False detections")
        for each in false:
            name = printable(name_of_class(explanation.class_names, each.class_id))
            row = (str(each.detection), name, f"{each.score:.2f}", each.verdict, printable(each.sentence))
            table.add_row(*row)
        console.print(table)
    missed = len(explanation.missed)
    total = sum(one.verdict != "crowd" for one in explanation.truths)
    console.print(Text(f"{total - missed} of {total} objects found", style="red" if missed else "green"))


def print_funnel(steps: Sequence[FunnelStep], console: Console) -> None:
    """Print what each stage left."""
    near = any(step.best_iou is not None for step in steps)
    table = Table("step", "candidates", "best score", *(["best IoU with the box"] if near else []))
    for step in steps:
        numbers = [step.best_score, step.best_iou] if near else [step.best_score]
        table.add_row(step.step, f"{step.count:,}", *("–" if n is None else f"{n:.3f}" for n in numbers))
    console.print(table)


def print_sums(sums: Sums, console: Console) -> None:
    """Print the verdicts over a data set by class and size, and the stages that lost objects."""
    table = Table("verdict", title="Objects by verdict")
    for name in ("all", *sums.by_class, *sums.by_size):
        table.add_column(printable(name), justify="right")
    columns = [sums.verdicts, *sums.by_class.values(), *sums.by_size.values()]
    for verdict in ordered(sums.verdicts):
        row = (str(counts[verdict] or "–") for counts in columns)
        table.add_row(Text(verdict, style=STYLES.get(verdict, "yellow")), *row)
    console.print(table)
    table = Table("stage", "objects lost", "of the missed", title="Where objects are lost")
    for stage in ORDER:
        if count := sums.by_stage[stage]:
            table.add_row(stage, str(count), f"{count / sums.missed:.0%}")
    if sums.missed:
        console.print(table)
    for title, counts in (
        ("Detections", sums.detections),
        ("Smallest setting changes that keep missed objects", sums.setting_changes),
    ):
        if counts:
            console.print(
                printable(f"{title}: " + ", ".join(f"{n} {name}" for name, n in counts.most_common()))
            )
    for line in sums.unreadable:
        console.print(printable(f"could not be read: {line}"), style="red")
    found = sums.truths - sums.missed
    console.print(f"{found} of {sums.truths} objects found in {sums.images} images")


def _truths(explanation: Explanation) -> Table:
    table = Table("object", "class", "verdict", "why", title="Objects")
    if explanation.setting_changes:
        table.add_column("smallest setting change that keeps it", overflow="fold")
    for each in explanation.truths:
        row = [
            Text(str(each.truth)),
            printable(name_of_class(explanation.class_names, each.class_id)),
            Text(each.verdict, style=STYLES.get(each.verdict, "bold red")),
            printable(each.sentence),
        ]
        if explanation.setting_changes:
            row.append(printable(str(explanation.setting_changes.get(each.truth, ""))))
        table.add_row(*row)
    return table
