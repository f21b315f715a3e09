"""``maskrcnn evaluate``: measure a model: COCO figures, errors by type, confusions, worst cases.

The core's command, with ``--oracles``: what each stage of a model costs, measured with the ground truth in its place.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from maskrcnn_core.commands import evaluate as core
from maskrcnn_core.commands.options import take_cluster
from maskrcnn_core.terminal.inert import say

EXAMPLE = '      maskrcnn evaluate "shapes:?count=50&seed=2" --weights shapes --oracles --output budget\n'


def run(*, oracles: bool, **options: Any) -> None:
    """Measure what each stage costs where ``oracles`` asks for it; else as the core's command."""
    context = click.get_current_context()
    if not oracles:
        context.invoke(core.evaluate, **options)
        return
    options["cluster"] = take_cluster(options)
    dataset, output = options.pop("dataset"), options.pop("output")
    if dataset is None:
        raise click.UsageError("wanted --oracles with a DATASET: result files need no model")
    core.check_use(dataset, options)
    if options["stage_recall"]:
        raise click.UsageError("wanted --oracles or --stage-recall, received both; they are two measurements")
    if options["cluster"] is not None:
        raise click.UsageError("wanted no --workers or --scheduler: --oracles takes one process")
    if options["engine"] != "tensorflow":
        raise click.UsageError("wanted --engine tensorflow: --oracles runs parts of the network again")
    folder = Path(output) if output else None
    if folder is not None:
        core.claim_folder(folder, dataset, options)
    context.exit(1 if of_oracles(dataset, folder, options) else 0)


def of_oracles(dataset: str, folder: Path | None, options: dict[str, Any]) -> int:
    """Measure and print the budget, write it into ``folder``; return the number of images that could not be read."""
    from maskrcnn_core.commands.progress import counted, say_doubt, warn_of
    from maskrcnn_core.data.reading.registry import open_at
    from maskrcnn_core.evaluation.dataset import map_classes
    from maskrcnn_core.terminal.progress import progress_bar
    from maskrcnn_core.terminal.screen import output
    from maskrcnn_core.weights.loading import load_model, read_config

    from ..analysis.oracles.budget import measure_budget
    from ..analysis.oracles.text import print_budget

    reader = open_at(dataset, options["depth"])
    wanted = {"detections.min_score": options["min_score"], "detections.max_count": options["max_detections"]}
    config = read_config(options["weights"], options["config_file"]).replace(**wanted)
    warn_of(map_classes(reader.class_names, config.class_names).unjudged)  # before TensorFlow is loaded
    count = min(options["limit"] or len(reader), len(reader))
    with progress_bar("Oracles", count) as advance:
        model = load_model(options["weights"], config)
        say_doubt(model, reader)
        budget = measure_budget(model, reader, count, options["max_detections"], progress=advance)
    print_budget(budget, output())
    if folder is not None:
        heading = {"weights": options["weights"], "data set": dataset, **counted(options)}
        write_budget(budget, heading | {"score threshold": f"{options['min_score']:g}"}, folder)
    return len(budget.unreadable)


def write_budget(budget: Any, heading: dict[str, str], folder: Path) -> None:
    """Write the budget as JSON and as an image."""
    from maskrcnn_core.files.atomic import replacing

    from ..views.why.oracles import figure

    with replacing(folder / "oracles.json") as part:
        content = {"heading": heading, **budget.as_json()}
        part.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    with replacing(folder / "oracles.png") as part:
        figure(budget).savefig(part, format="png")
    say(f"written: {folder / 'oracles.json'}, {folder / 'oracles.png'}", err=True)


_option = click.Option(
    ["--oracles"],
    is_flag=True,
    help="Measure instead what each stage costs: AP with the ground truth in its place, alone and one after the other.",
)
_next = "      maskrcnn evaluate --results"  # the example below ours
evaluate = click.Command(
    "evaluate",
    callback=run,
    params=[*core.evaluate.params, _option],
    help=(core.evaluate.help or "").replace(_next, EXAMPLE + _next, 1),
)
