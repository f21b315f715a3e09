"""A lint report for a person at a terminal.

Inputs: a ``Report``. Outputs: lines on a rich console: what there is, then what is wrong, worst first.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ...terminal.inert import inert
from ..reading.reader import Finding
from .lint import SIZES, Report

SEVERITIES = {
    "error": "bold red",
    "warning": "yellow",
    "info": "cyan",
}  # worst first; the word stands beside it
MOST_CLASSES = 100  # rows of the table: those with the most objects; the JSON holds all
MOST_SHOWN = {"error": 20, "warning": 20, "info": 5}  # findings of a kind; the JSON holds all


def print_report(report: Report, console: Console) -> None:
    """Print counts, findings by kind, and what follows."""
    console.print(_table(report))
    console.print(
        f"{report.images} images, {report.readable} readable, {report.empty} without objects; "
        f"{report.objects} objects and {report.crowds} crowd regions"
        + (f", {report.ignored} ignored regions" if report.ignored else "")
    )
    if report.reach is not None and report.reach.objects:
        reach = report.reach
        console.print(f"Anchors of the configuration reach {reach.reached} of {reach.objects} objects")
        if reach.advice:
            console.print(f"  {safe(reach.advice)}")
    _print_findings(report.findings, console)
    console.print(_verdict(report), soft_wrap=True)


def _table(report: Report) -> Table:
    """Return objects by class and size."""
    table = Table(title="Objects by class and size (area < 32², < 96², ≥ 96² px)")
    table.add_column("class")
    for name in (*SIZES, "all"):
        table.add_column(name, justify="right")
    most = sorted(report.counts, key=lambda name: -sum(report.counts[name]))
    shown, rest = set(most[:MOST_CLASSES]), most[MOST_CLASSES:]
    for name, sizes in report.counts.items():
        if name in shown:
            table.add_row(safe(name), *map(str, sizes), str(sum(sizes)), style="" if sum(sizes) else "dim")
    if rest:
        sums = [sum(column) for column in zip(*(report.counts[name] for name in rest), strict=True)]
        words = f"… and {len(rest)} more; --json holds all"
        table.add_row(words, *map(str, sums), str(sum(sums)), style="dim")
    return table


def _print_findings(findings: list[Finding], console: Console) -> None:
    """Print the findings of each kind under one heading, errors first."""
    kinds: dict[tuple[int, str], list[Finding]] = defaultdict(list)
    order = list(SEVERITIES)
    for finding in findings:
        rank = order.index(finding.severity) if finding.severity in order else 0
        kinds[rank, finding.kind].append(finding)
    for (rank, kind), group in sorted(kinds.items()):
        severity = order[rank]
        console.print(f"[{SEVERITIES[severity]}]{severity}[/] {safe(kind)}: {len(group)}")
        for finding in group[: MOST_SHOWN[severity]]:
            console.print(f"  {safe(finding.file)}: {safe(finding.detail)}", soft_wrap=True, highlight=False)
        if len(group) > MOST_SHOWN[severity]:
            console.print(f"  … and {len(group) - MOST_SHOWN[severity]} more; --json holds all")


def _verdict(report: Report) -> str:
    count = Counter(finding.severity for finding in report.findings)
    if report.refusals:
        refused = f"{len(report.refusals)} of {count['error']} errors"
        return f"Nothing can be trained on this: {refused} have to be mended first"
    if count["error"]:
        return f"{count['error']} errors: what they name is left out; {count['warning']} warnings"
    return f"Everything can be used; {count['warning']} warnings"


def safe(text: str) -> str:
    """Return ``text`` without what a terminal would obey: names in a data set may hold escape sequences."""
    return escape(inert(text))
