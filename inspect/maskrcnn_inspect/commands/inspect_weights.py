"""``maskrcnn inspect-weights``: say what is wrong with a checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from maskrcnn_core.commands.results import write_text
from maskrcnn_core.terminal.progress import progress_bar

EXAMPLES = """\b
Examples:
  maskrcnn inspect-weights runs/mine/best.h5
  maskrcnn inspect-weights mask_rcnn_coco.h5 --html coco.html
  maskrcnn inspect-weights epoch_20.h5 --against epoch_10.h5 --json report.json
  maskrcnn inspect-weights shapes --threshold dead_filter_ratio=1e-4 --no-spectra

Exit status: 0 = no errors, 1 = findings of severity error, 2 = a file that cannot be read, or wrong use.
"""


@click.command(epilog=EXAMPLES)
@click.argument("weights", metavar="W")
@click.option(
    "--against", multiple=True, metavar="W2", help="An earlier checkpoint; more than one, oldest first."
)
@click.option("--json", "json_file", metavar="OUT.json", help="Write all numbers and findings there.")
@click.option(
    "--html", "html_file", metavar="OUT.html", help="Write the report as a page with figures there."
)
@click.option(
    "--threshold", "changes", multiple=True, metavar="NAME=NUMBER", help="Change a rule's threshold."
)
@click.option("--thresholds", "thresholds_file", metavar="T.json", help="Thresholds as a JSON object.")
@click.option(
    "--frozen", multiple=True, metavar="PATTERN", help="Layers that are not trained, such as backbone.*"
)
@click.option("--spectra/--no-spectra", default=True, help="Judge singular values too.  [default: yes]")
@click.pass_context
def inspect_weights(context: click.Context, /, **options: Any) -> None:
    """Check every layer of the checkpoint W and say what is wrong, why it matters and what to do.

    W is a shipped name (nuclei, shapes), coco, or a file: this project's or the classic h5.
    """
    from maskrcnn_core.files.made import claim_file, is_json, is_page, page_mark
    from maskrcnn_core.terminal.screen import output
    from maskrcnn_core.weights.loading import located
    from maskrcnn_inspect.analysis.weights.text import print_report

    if options["json_file"]:
        claim_file(options["json_file"], is_json("layout", "findings", "difference"), "--json")
    if options["html_file"]:
        claim_file(options["html_file"], is_page("inspect-weights"), "--html")
    with located(options["weights"]) as path:
        report, difference = _checked(path, options)
        print_report(report, difference, output())
        if options["json_file"]:
            content = report.as_json() | {"difference": difference.as_json() if difference else None}
            write_text(options["json_file"], json.dumps(content, indent=1, allow_nan=False) + "\n")
        if options["html_file"]:
            from maskrcnn_inspect.views.weights.report import snapshot  # draws, so it is slow to import

            against = options["against"][-1] if options["against"] else None
            with _progress("Drawing") as step:
                text = snapshot(report, against, options["spectra"], step)
                write_text(options["html_file"], text + page_mark("inspect-weights"))
    context.exit(1 if report.count("error") else 0)


def _checked(path: Path, options: dict[str, Any]) -> tuple[Any, Any]:
    """Return the report on ``path`` and its difference from the last checkpoint before, or None."""
    from maskrcnn_inspect.analysis.weights.checks import check_file
    from maskrcnn_inspect.analysis.weights.difference import compare_files
    from maskrcnn_inspect.analysis.weights.rules.thresholds import Thresholds, changed, load_thresholds, parse
    from maskrcnn_inspect.analysis.weights.series_checks import check_series_files

    file = options["thresholds_file"]
    limits = changed(load_thresholds(Path(file)) if file else Thresholds(), parse(options["changes"]))
    with _progress("Checking") as step:
        report = check_file(path, limits, options["spectra"], step)
    if not options["against"]:
        return report, None
    series = [*options["against"], path]
    report = report.with_findings(check_series_files(series, limits, options["frozen"]))
    return report, compare_files(series[-2], path)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function of (layer, done, total) that moves a bar while the block runs."""
    with progress_bar(title) as advance:
        yield lambda _layer, done, total: advance(done, total)
