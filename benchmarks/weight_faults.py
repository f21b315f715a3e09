"""Put faults into healthy weights and count what the rules of inspect_weights find.

    python benchmarks/weight_faults.py                       on made-up healthy weights and the shipped model
    python benchmarks/weight_faults.py --weights model.h5    on these weights too
    python benchmarks/weight_faults.py --markdown            the table as Markdown
    python benchmarks/weight_faults.py --table README.md     write the table between its marks in this file

For each rule, a fault of its kind in several sizes and layers. A hit: the rule fires at that layer, and did not before.
A false alarm: a finding of severity error that was not there before, by another rule or at another layer, and that the
fault does not imply. Faint faults lie on the harmless side of a rule's line: they show where it is drawn, and need not
be found. Exit status 1 if there is a miss or a false alarm.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path[:0] = [
    str(Path(__file__).resolve().parent.parent),
    str(Path(__file__).resolve().parent.parent / "inspect"),
]

from maskrcnn_core.config import Config, tiny  # noqa: E402
from maskrcnn_core.files.atomic import replacing  # noqa: E402
from maskrcnn_core.weights.names import layer_of  # noqa: E402
from maskrcnn_core.weights.opening import open_weights  # noqa: E402
from maskrcnn_inspect.analysis.weights.checks import check_arrays  # noqa: E402
from maskrcnn_inspect.analysis.weights.expected import expected_variables  # noqa: E402
from maskrcnn_inspect.analysis.weights.findings import Finding, finding  # noqa: E402
from maskrcnn_inspect.analysis.weights.network import initial_stds, is_kernel, unit_axis, variable_of  # noqa: E402
from maskrcnn_inspect.analysis.weights.rules.faults import NORMS, Arrays, Fault, Faulty  # noqa: E402
from maskrcnn_inspect.analysis.weights.rules.filters import as_filters  # noqa: E402
from maskrcnn_inspect.analysis.weights.rules.registry import RULES, rules  # noqa: E402
from maskrcnn_inspect.analysis.weights.rules.rule import Rule, apply  # noqa: E402
from maskrcnn_inspect.analysis.weights.rules.thresholds import Thresholds  # noqa: E402
from maskrcnn_inspect.analysis.weights.series_checks import check_gradients, check_series, check_step  # noqa: E402
from maskrcnn_inspect.analysis.weights.trace_checks import check_trace  # noqa: E402

SHIPPED = Path(__file__).resolve().parent.parent / "maskrcnn_core" / "assets" / "shapes.h5"
BEGIN, END = "<!-- table of faults: begin -->", "<!-- table of faults: end -->"
SHOWN = (0, 1, 3, 4, 5, 6)  # columns of the table that a text shows
CLASSES = ("background", "circle", "square", "triangle", "star", "ring")


@dataclass(frozen=True)
class Case:
    """One fault put in, and what came of it."""

    rule: str
    kind: str
    size: str
    place: str
    hit: bool
    false_alarms: tuple[str, ...]  # findings of severity error elsewhere
    also: frozenset[str] = field(default_factory=frozenset)  # rules that fired too, error or not
    faint: bool = False  # on the harmless side of the rule's line: nothing need be found


def healthy_weights(config: Config, seed: int = 0) -> Arrays:
    """Make weights as an initialiser and some training leave them: He's kernels, gathered statistics."""
    rng = np.random.default_rng(seed)
    arrays: Arrays = {}
    for name, shape in expected_variables(config).items():
        variable = variable_of(name)
        if is_kernel(name, shape):
            made = initial_stds(name, shape, 64.0)[0] * rng.standard_normal(shape)
        elif variable in ("gamma", "moving_variance"):
            made = rng.uniform(0.5, 1.5, shape)
        else:
            made = 0.1 * rng.standard_normal(shape)
        arrays[name] = made.astype(np.float32)
    return arrays


def run(arrays: Arrays, seed: int = 0) -> list[Case]:
    """Put every fault into ``arrays`` and return what was found."""
    before = check_arrays(arrays, spectra=True).findings
    known = {(each.rule, each.layer, each.detail) for each in before}
    rng = np.random.default_rng(seed)
    cases = []
    for name, fault in ((rule.name, fault) for rule in rules() for fault in rule.faults):
        for number, layer in enumerate(_layers_of(fault, arrays)):
            at = (name, fault, layer)
            cases += [_injected(arrays, at, size, known, rng, number == 0) for size in fault.sizes]
            faint = [_injected(arrays, at, size, known, rng, False) for size in fault.faint]
            cases += [replace(case, faint=True) for case in faint]
    return cases


def other_cases(healthy: Arrays, seed: int = 1) -> Iterator[Case]:
    """Give the cases of faults that are none of a single variable: of series, gradients, activations, files."""
    for rule in rules():
        if rule.faulty is not None:
            for faulty in rule.faulty(healthy, np.random.default_rng(seed)):
                yield _outcome(rule, faulty, check(rule, faulty.content))


def check(rule: Rule, content: Any) -> list[Finding]:
    """Return what all rules of the scope of ``rule`` find in ``content``, see ``Faulty``."""
    if rule.scope == "series":
        return check_step(*content) if isinstance(content, tuple) else check_series(content)
    if rule.scope == "gradient":
        return check_gradients(content)
    if rule.scope == "trace":
        return check_trace(content)
    verdicts = apply((rule,), content, Thresholds())
    return [finding(name, "", verdict) for name, verdict in verdicts.items() if verdict]


def _outcome(rule: Rule, faulty: Faulty, findings: list[Finding]) -> Case:
    place = "" if faulty.place == "file" else faulty.place
    wrong = {
        f"{e.rule} at {e.place}"
        for e in findings
        if e.severity == "error" and (e.rule, e.layer) != (rule.name, place)
    }
    hit = any((e.rule, e.layer) == (rule.name, place) for e in findings)
    also = frozenset(e.rule for e in findings) - {rule.name}
    return Case(rule.name, faulty.kind, faulty.size, faulty.place, hit, tuple(sorted(wrong)), also)


def _layers_of(fault: Fault, arrays: Arrays) -> list[str]:
    """Return the layers of these weights that the fault can be put into."""
    names = dict.fromkeys(_resolved(layer, arrays) for layer in fault.layers)
    return [name for name in names if _judged(arrays.get(f"{name}.{fault.variable}"), fault, name)]


def _judged(array: np.ndarray | None, fault: Fault, layer: str) -> bool:
    if array is None or not fault.min_size:
        return array is not None
    return min(as_filters(array, unit_axis(f"{layer}.kernel")).shape) >= fault.min_size


def _injected(
    arrays: Arrays,
    at: tuple[str, Fault, str],
    size: float,
    known: set[tuple[str, str, str]],
    rng: np.random.Generator,
    everywhere: bool,
) -> Case:
    """Put one fault into copies and check: that layer with all rules, and if ``everywhere`` all other layers too.

    at: the rule that must fire, its fault and the layer.
    A layer's findings come from its own arrays alone, so it is enough to look everywhere once a fault.
    """
    rule, fault, layer = at
    faulty = {n: a.copy() if layer_of(n) == layer else a for n, a in arrays.items()}
    fault.change(faulty, f"{layer}.{fault.variable}", size, rng)
    of_layer = {n: a for n, a in faulty.items() if layer_of(n) == layer}
    findings = [*check_arrays(of_layer, spectra=True).findings]
    findings += check_arrays(faulty).findings if everywhere else []
    new = [each for each in findings if (each.rule, each.layer, each.detail) not in known]
    return _case(rule, fault, layer, f"{size:g} {fault.unit}", new)


def _case(rule: str, fault: Fault, layer: str, size: str, new: list[Finding]) -> Case:
    hit = any(each.rule == rule and each.layer == layer for each in new)
    allowed = {rule, *fault.implies}
    wrong = {
        f"{e.rule} at {e.place}"
        for e in new
        if e.severity == "error" and (e.rule not in allowed or e.layer != layer)
    }
    also = frozenset(each.rule for each in new) - {rule}
    return Case(rule, f"{fault.variable}: {fault.kind}", size, layer, hit, tuple(sorted(wrong)), also)


def _resolved(layer: str, arrays: Arrays) -> str:
    """Return the name of a layer; ``norm of conv1`` is bn_conv1, of res3a_branch2b bn_res3a_… or bn3a_…."""
    if layer not in NORMS:
        return layer
    conv = layer.removeprefix("norm of ")
    names = (f"backbone.bn_{conv}", f"backbone.bn{conv.removeprefix('res')}")
    return next((name for name in names if f"{name}.gamma" in arrays), names[0])


def table(cases: list[Case]) -> list[tuple[str, ...]]:
    """Return a row a rule: faults put in, hits, misses, false alarms, faint faults, what else spoke up."""
    grouped: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        grouped[case.rule].append(case)
    rows = []
    for rule in RULES:
        of_rule = [case for case in grouped[rule] if not case.faint]
        faint = [case for case in grouped[rule] if case.faint]
        kinds = "; ".join(dict.fromkeys(case.kind for case in of_rule))
        places = len({case.place for case in of_rule})
        hits = sum(case.hit for case in of_rule)
        alarms = sum(len(case.false_alarms) for case in grouped[rule])
        counts = (str(number) for number in (places, len(of_rule), hits, len(of_rule) - hits, alarms))
        below = f"{sum(case.hit for case in faint)} of {len(faint)}" if faint else ""
        also = ", ".join(sorted(frozenset().union(*(case.also for case in grouped[rule]))))
        rows.append((rule, kinds, *counts, below, also))
    return rows


HEADER = (
    "rule",
    "faults put in",
    "places",
    "cases",
    "hits",
    "misses",
    "false alarms",
    "faint, found",
    "also speak up, rightly",
)


def markdown(rows: list[tuple[str, ...]], columns: tuple[int, ...] = tuple(range(len(HEADER)))) -> str:
    """Return ``columns`` of the table as Markdown."""
    shown = [[row[column] for column in columns] for row in (HEADER, ["---"] * len(HEADER), *rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in shown)


def put_table(text: str, cases: list[Case]) -> str:
    """Return ``text`` with the table between its marks, indented as the first of them is.

    Raises: ValueError where the marks are not there once each.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"wanted one {BEGIN} and one {END} in the text")
    before, _, rest = text.partition(BEGIN)
    indent = before[before.rfind("\n") + 1 :]
    of_cases = [case for case in cases if not case.faint]
    found, alarms = sum(case.hit for case in of_cases), sum(len(case.false_alarms) for case in cases)
    counts = (
        f"{len(of_cases):,} cases, {found:,} found, {len(of_cases) - found:,} missed, {alarms:,} errors raised about "
        "anything else."
    )
    lines = [BEGIN, "", counts, "", *markdown(table(cases), SHOWN).splitlines(), "", END]
    written = "\n".join(indent + line if line else "" for line in lines)
    return before.removesuffix(indent) + written + rest.partition(END)[2]


def read(path: Path) -> Arrays:
    """Read all arrays of a file of weights."""
    with open_weights(path) as stored:
        return {name: array.read() for name, array in stored.arrays.items()}


def main() -> int:
    """Run on made-up weights, the shipped model and any other asked for; print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--weights", type=Path, action="append", default=[], help="a healthy file to use as well"
    )
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument(
        "--table", type=Path, metavar="TEXT.md", help="write the table between its marks there"
    )
    options = parser.parse_args()
    subjects = {"made-up weights": healthy_weights(tiny(CLASSES))}
    subjects |= {
        str(path): read(path) for path in [*([SHIPPED] if SHIPPED.exists() else []), *options.weights]
    }
    cases: list[Case] = list(other_cases(subjects["made-up weights"]))
    for name, arrays in subjects.items():
        report = check_arrays(arrays, spectra=True)
        counts = ", ".join(f"{report.count(s)} {s}" for s in ("error", "warning", "info"))
        print(f"{name}: {len(report.layers)} layers, healthy: {counts}", file=sys.stderr)
        cases += [replace(case, place=f"{name}: {case.place}") for case in run(arrays)]
    if options.table:
        with replacing(options.table) as part:
            part.write_text(put_table(options.table.read_text(encoding="utf-8"), cases), encoding="utf-8")
    show(cases, options.markdown)
    return int(any(map(_failed, cases)))


def _failed(case: Case) -> bool:
    return bool(case.false_alarms) or not (case.hit or case.faint)


def show(cases: list[Case], as_markdown: bool) -> None:
    """Print the table, then every miss and false alarm."""
    rows = table(cases)
    if as_markdown:
        print(markdown(rows))
    else:
        shown = Table(*HEADER, show_lines=True)
        for row in rows:
            shown.add_row(*row)
        Console(width=180).print(shown)
    for case in cases:
        if _failed(case):
            outcome = "hit" if case.hit else "MISS"
            print(
                f"{outcome}: {case.rule}, {case.kind}, {case.size}, {case.place}; {'; '.join(case.false_alarms)}"
            )


if __name__ == "__main__":
    sys.exit(main())
