"""The oracle budget for a person at a terminal: one table, the ceilings, and what they mean."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from maskrcnn_core.data.quality.lint_text import safe

from .budget import Budget

ALONE = ("mask AP", "mask AP50", "box AP")  # columns with one oracle
TOGETHER = ("mask AP", "box AP")  # columns with all up to it
MEANINGS = {
    "objectness": "anchors are ranked by their true overlap",
    "proposals": "the ground-truth boxes are proposed and nothing else",
    "classes": "each proposal has the class of the ground truth that it covers",
    "boxes": "each proposal is moved onto the ground truth that it covers",
    "suppression": "the best box of each ground-truth object stays",
    "masks": "each detection has the mask that training asks for",
}


def print_budget(budget: Budget, console: Console) -> None:
    """Print the table of stages and the ceilings of masks."""
    console.print(budget_table(budget))
    for name, meaning in MEANINGS.items():
        console.print(f"{name:>12}: {meaning}", highlight=False)
    for one in budget.ceilings:
        sizes = ", ".join(f"{name} {value:.3f}" for name, value in one.iou.items())
        console.print(
            f"ceiling of {one.side}x{one.side} masks: mask AP {_number(one.figures['mask AP'])}"
            + (f"; mean IoU {sizes}" if sizes else ""),
            highlight=False,
        )
    console.print(f"{budget.images} images, {budget.objects} objects", highlight=False)
    for name, why in budget.unreadable:
        console.print(f"  {safe(name)}: {safe(why)}", soft_wrap=True, highlight=False)


def budget_table(budget: Budget) -> Table:
    """Return a row a stage: figures with its oracle alone, and with all oracles up to it. It fits 80 columns."""
    table = Table(caption="alone: this stage true; up to: this and all above it true", caption_justify="left")
    table.add_column("true", no_wrap=True)
    heads = [f"alone\n{ALONE[0]}", "gain", *ALONE[1:], *(f"up to\n{name}" for name in TOGETHER)]
    for head in heads:
        table.add_column(head, justify="right")
    start = budget.baseline.figures
    table.add_row("nothing", _number(start[ALONE[0]]), "", *(_number(start[name]) for name in ALONE[1:]))
    for alone, together in zip(budget.alone, budget.together, strict=True):
        measured = min(alone.figures[ALONE[0]], start[ALONE[0]]) > -1
        gain = f"{alone.figures[ALONE[0]] - start[ALONE[0]]:+.3f}" if measured else "-"
        first, *others = (_number(alone.figures[name]) for name in ALONE)
        table.add_row(
            alone.name, first, gain, *others, *(_number(together.figures[name]) for name in TOGETHER)
        )
    return table


def _number(value: float) -> str:
    """Return three decimals; a dash where nothing was there to measure."""
    return f"{value:.3f}" if value > -1 else "-"
