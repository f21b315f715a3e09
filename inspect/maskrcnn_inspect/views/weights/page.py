"""The report on a checkpoint as one HTML text: no scripts, nothing from the network, opens without a kernel.

Inputs: a ``Report``, the layers' arrays, figures. Outputs: HTML. The overview's cells lead to the layers. Every
name and sentence is escaped, and the page's Content-Security-Policy allows its own style and images inside the text,
nothing else.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files

import numpy as np
from matplotlib.figure import Figure

from ...analysis.weights.checks import Report
from ...analysis.weights.findings import SEVERITIES, Finding
from ...analysis.weights.layer_checks import VariableStats
from ...analysis.weights.rules.registry import RULES
from ...canvas.assets import chart_style
from ...canvas.page_parts import whole_page
from ..framework.chart_image import chart_markup
from ..framework.scene import Chart
from .overview import MARKS, WORDS, cell, columns_of, counted, part_of
from .sparkline import sparkline

COLUMNS = ("variable", "shape", "min", "max", "mean", "std", "std / He's", "all values")
DPI = 80  # of figures
Arrays = Mapping[str, np.ndarray]
Draw = Callable[[str, Arrays], list[Figure]]  # a layer's name and arrays -> its figures


def page(report: Report, charts: Iterable[Chart], layers: Iterable[tuple[str, Arrays]], draw: Draw) -> str:
    """Return the whole page.

    charts: what concerns the file as a whole, in order.
    layers: name and arrays of each layer in turn, as ``weight_checks.read_layers`` gives them.
    draw: gives the figures of a layer; none for most, whose small histograms say enough.
    """
    name = report.source.replace("\\", "/").rsplit("/", 1)[-1]
    body = "\n".join(
        [_summary(report), _overview(report), *_sections(charts), *_layers(report, layers, draw)]
    )
    title = f"Weights: {name}"
    return whole_page(title, _style(), f"<main>\n<h1>{_text(title)}</h1>\n{body}\n</main>")


def findings_table(findings: Iterable[Finding], ids: dict[str, str]) -> str:
    """Return findings as a table: severity, rule, place, what was found, why it matters, what to do."""
    rows = []
    for each in findings:
        place = _text(each.place)
        if each.layer in ids:
            place = f'<a href="#{ids[each.layer]}">{place}</a>'
        rows.append(
            f'<tr><td>{_mark(each.severity)}</td><td class="short">{_text(RULES[each.rule].title)}</td>'
            f'<td class="place">{place}</td>'
            f"<td>{_text(each.detail)}</td><td>{_text(each.why)} {_text(each.advice)}</td></tr>"
        )
    if not rows:
        return "<p>Nothing found.</p>"
    head = "".join(
        f"<th>{word}</th>" for word in ("", "rule", "place", "found", "why it matters and what to do")
    )
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def image(figure: Figure, alternative: str) -> str:
    """Return a figure as images inside the text: for a light ground and for a dark one."""
    figure.set_dpi(DPI)
    return chart_markup(alternative, figure)


def _summary(report: Report) -> str:
    """Return what the file is and its findings: errors and warnings in a table, hints folded in."""
    ids = _ids(report)
    values = sum(each.size for each in report.variables)
    facts = f"{_text(report.source)}, {_text(report.layout)} layout: {len(report.layers)} layers, {values:,} values."
    loud = [each for each in report.findings if each.severity != "info"]
    hints = [each for each in report.findings if each.severity == "info"]
    parts = [f"<p>{facts} <strong>{counted(report)}.</strong></p>", "<h2>Findings</h2>"]
    if hints and not loud:
        parts.append("<p>No errors and no warnings.</p>")
    else:
        parts.append(findings_table(loud, ids))
    if hints:
        parts.append(f"<details><summary>Hints: {len(hints)}</summary>{findings_table(hints, ids)}</details>")
    return "\n".join(parts)


def _overview(report: Report) -> str:
    """Return layers against rules, each cell leading to its layer."""
    ids, rules = _ids(report), columns_of(report)
    head = "".join(f'<th class="rule"><span>{_text(RULES[rule].title)}</span></th>' for rule in rules)
    rows, part = [], ""
    for layer in report.layers:
        if part_of(layer) != part:
            part = part_of(layer)
            rows.append(f'<tr><th class="part" colspan="{len(rules) + 1}">{_text(part)}</th></tr>')
        cells = "".join(_cell(report, layer, rule, ids[layer]) for rule in rules)
        rows.append(f'<tr><th class="layer"><a href="#{ids[layer]}">{_text(layer)}</a></th>{cells}</tr>')
    marks = ", ".join(f"{_mark(severity)} {WORDS[severity]}" for severity in SEVERITIES)
    return (
        "<h2>Layers and rules</h2>"
        f"<p>Layers in the order of the network. {marks}, · nothing found; an empty cell: the rule cannot judge "
        'this layer. A cell leads to its layer.</p><div class="wide"><table class="grid"><thead>'
        f"<tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(report: Report, layer: str, rule: str, target: str) -> str:
    state, _ = cell(report, [layer], rule)
    if state is None:
        return "<td></td>"
    if state == "sound":
        return '<td class="sound">·</td>'
    return f'<td class="{state}"><a href="#{target}" title="{_text(RULES[rule].title)}">{MARKS[state][0]}</a></td>'


def _sections(charts: Iterable[Chart]) -> Iterable[str]:
    for chart in charts:
        yield f"<h2>{_text(chart.title)}</h2>{image(chart.figure, chart.title)}"


def _layers(report: Report, layers: Iterable[tuple[str, Arrays]], draw: Draw) -> Iterable[str]:
    """Give a section a layer: findings, numbers with small histograms, figures."""
    ids = _ids(report)
    stats = {each.name: each for each in report.variables}
    yield (
        "<h2>Layer by layer</h2><p>Histograms hold every value of a variable; ◀ and ▶ count those beyond the axis, the "
        "dashed curve is He's initialisation.</p>"
    )
    for layer, arrays in layers:
        found = report.of_layer(layer)
        marks = "".join(
            _mark(severity) for severity in SEVERITIES if any(f.severity == severity for f in found)
        )
        rows = "".join(_numbers(stats[f"{layer}.{variable}"], arrays[variable]) for variable in arrays)
        head = "".join(f"<th>{column}</th>" for column in COLUMNS)
        yield (
            f'<section id="{ids[layer]}"><h3>{marks} {_text(layer)}</h3>'
            f"{findings_table(found, {}) if found else ''}"
            f'<div class="wide"><table class="numbers"><thead><tr>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
            f"{''.join(image(figure, f'figures of {layer}') for figure in draw(layer, arrays))}</section>"
        )


def _numbers(stats: VariableStats, values: np.ndarray) -> str:
    """Return the row of one variable."""
    m = stats.moments
    ratio = f"{m.std / stats.initial_std:.3g}" if stats.initial_std else ""
    numbers = (f"{value:.4g}" for value in (m.minimum, m.maximum, m.mean, m.std))
    shape = " x ".join(str(side) for side in stats.shape)
    cells = (stats.name.rpartition(".")[2], shape, *numbers, ratio)
    row = "".join(f"<td>{_text(text)}</td>" for text in cells)
    return f"<tr>{row}<td>{sparkline(values, stats.initial_std)}</td></tr>"


def _ids(report: Report) -> dict[str, str]:
    """Return an anchor a layer: numbers, as a name may hold anything."""
    return {layer: f"layer-{number}" for number, layer in enumerate(report.layers)}


def _mark(severity: str) -> str:
    return f'<span class="{severity}" title="{WORDS[severity]}">{MARKS[severity][0]}</span>'


def _text(text: str) -> str:
    return html.escape(text, quote=True)


def _style() -> str:
    return files(__package__).joinpath("page.css").read_text(encoding="utf-8") + chart_style()
