"""The report on a checkpoint in a terminal: a table of errors and warnings, hints counted, what changed.

Names from a file may hold anything; they are written so that no terminal obeys them and rich sees no markup.
"""

from __future__ import annotations

from collections import defaultdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from maskrcnn_core.terminal.inert import inert

from .checks import Report
from .difference import Difference
from .findings import SEVERITIES, Finding
from .rules.registry import RULES

STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}
MARKS = {"error": "✖", "warning": "▲", "info": "●"}
MOST_PLACES = 3  # of one rule, named in a row
MOST_MOVED = 8  # variables that changed most


def print_report(report: Report, difference: Difference | None, console: Console) -> None:
    """Print the report, and the difference from an earlier checkpoint if there is one."""
    values = sum(each.size for each in report.variables)
    console.print(
        printable(f"{report.source}: {report.layout} layout, {len(report.layers)} layers, {values:,} values")
    )
    if report.findings:
        console.print(_table(report))
        _print_advice(report, console)
    if difference:
        _print_difference(difference, console)
    counts = [(report.count(severity), word) for severity, word in zip(SEVERITIES, _WORDS, strict=True)]
    verdict = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts)
    console.print(Text(verdict, style=STYLES.get(report.worst or "", "green")))


_WORDS = ("error", "warning", "hint")


def _table(report: Report) -> Table:
    """Return a row a rule and severity, worst first, with the first places and the total."""
    table = Table("", "rule")
    table.add_column("where", overflow="fold", min_width=24)
    table.add_column("what was found", overflow="fold")
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for each in report.findings:
        groups[each.severity, each.rule].append(each)
    for (severity, rule), group in groups.items():
        shown = group if severity == "error" else group[:MOST_PLACES]
        for each in shown:
            mark = Text(f"{MARKS[severity]} {severity}", style=STYLES[severity])
            table.add_row(mark, RULES[rule].title, printable(each.place), printable(each.detail))
        if len(group) > len(shown):
            table.add_row("", RULES[rule].title, Text(f"and {len(group) - len(shown)} more", style="dim"), "")
    return table


def _print_advice(report: Report, console: Console) -> None:
    """Print once for each rule that found an error or a warning why it matters and what to do."""
    for rule in dict.fromkeys(each.rule for each in report.findings if each.severity != "info"):
        text = RULES[rule]
        console.print(Text.assemble((f"{text.title}: ", "bold"), f"{text.why} ", (text.advice, "italic")))


def _print_difference(difference: Difference, console: Console) -> None:
    """Print which layers were frozen and which variables moved most since the earlier checkpoint."""
    frozen, layers = difference.frozen_layers, difference.layers
    console.print(
        printable(f"Since {difference.before}: {len(frozen)} of {len(layers)} layers did not change.")
    )
    other = {
        "only before": difference.only_before,
        "only now": difference.only_after,
        "reshaped": difference.reshaped,
    }
    for word, names in other.items():
        if names:
            more = f" and {len(names) - MOST_PLACES} more" if len(names) > MOST_PLACES else ""
            console.print(printable(f"{word}: {', '.join(names[:MOST_PLACES])}{more}"))
    moved = sorted(
        (each for each in difference.variables if not each.frozen), key=lambda each: -each.relative
    )
    if moved:
        table = Table("changed most", "||dW|| / ||W||", "cosine", "largest change")
        for each in moved[:MOST_MOVED]:
            numbers = (f"{number:.3g}" for number in (each.relative, each.cosine, each.largest))
            table.add_row(printable(each.name), *numbers)
        console.print(table)


def printable(text: str) -> Text:
    """Return ``text`` without markup and without what a terminal would obey."""
    return Text(inert(text))
