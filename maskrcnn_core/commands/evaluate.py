"""``maskrcnn evaluate``: measure a model: COCO figures, errors by type, confusions, worst cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ..terminal.inert import say
from ..terminal.progress import progress_bar
from .options import (
    cluster_options,
    depth_option,
    device_options,
    engine_option,
    overwrite_option,
    require_one_process,
)
from .progress import counted, say_doubt, warn_of

JOURNAL = "evaluate.jsonl"  # detections by image, as long as a run over several processes is not done
WRITES = ("report.json", "report.html", "results.json", "oracles.json", "oracles.png", JOURNAL)
MODEL_ALONE = ("weights", "config_file", "stage_recall", "depth")  # what result files have no use for


@click.command()
@click.argument("dataset", required=False)
@click.option("--weights", metavar="W", help="A shipped name, coco, or a file: what to evaluate on DATASET.")
@click.option("--config", "config_file", metavar="C.json", help="Settings on top of the weights' own.")
@click.option(
    "--results", metavar="RESULTS.json", help="Evaluate COCO results of any program instead of a model …"
)
@click.option("--truth", metavar="TRUTH.json", help="… against this COCO json.")
@click.option(
    "--output", metavar="DIR", help="Write report.json, report.html and, with a model, results.json there."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first N images only.")
@click.option(
    "--max-detections",
    type=click.IntRange(min=11),
    default=100,
    show_default=True,
    metavar="N",
    help="Detections counted per image, best first; at least 11, since AR10 counts 10.",
)
@click.option(
    "--min-score",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    metavar="S",
    help="Score threshold of the model; AP needs detections of low scores as well.",
)
@click.option("--stage-recall", is_flag=True, help="Say after which stage of the model objects are lost.")
@depth_option
@overwrite_option
@device_options
@engine_option
@cluster_options
@click.pass_context
def evaluate(context: click.Context, /, dataset: str | None, output: str | None, **options: Any) -> None:
    """Measure a model on a data set: COCO's figures, errors by type, confusions, worst cases.

    DATASET is FORMAT:PATH?option=value, as for `maskrcnn check`. Its classes are found among the model's by name.

    \b
    Examples:
      maskrcnn evaluate "shapes:?count=100&seed=2" --weights shapes --output report
      maskrcnn evaluate coco:annotations/instances_val2017.json --weights coco --stage-recall
      maskrcnn evaluate nuclei:stage1_train --weights nuclei --max-detections 400
      maskrcnn evaluate coco:annotations/instances_val2017.json --weights coco --workers 4 --output report
      maskrcnn evaluate --results results.json --truth instances_val2017.json --output report

    With --workers N or --scheduler ADDRESS images are shared out among processes, of this machine or of many that see
    the same files; the report is that of one process. With --output such a run goes on where it was interrupted.

    Exit status: 0 = done, 1 = an image could not be read (the others are measured), 2 = wrong use.
    """
    from ..evaluation.report.text import print_report
    from ..terminal.screen import output as output_screen

    check_use(dataset, options)
    folder = Path(output) if output else None
    if folder is not None:
        claim_folder(folder, dataset, options)
    report = of_files(options) if dataset is None else of_model(dataset, folder, options)
    print_report(report, output_screen())
    if folder is not None:
        write(report, folder, options)
        say(f"written: {folder / 'report.html'}", err=True)
    context.exit(1 if report.unreadable else 0)


def claim_folder(folder: Path, dataset: str | None, options: dict[str, Any]) -> None:
    """Have ``folder`` ready for the report. Raises: ValueError where it holds what would be lost."""
    from ..files.made import Plan, claim, recorded

    sources = ("results", "truth", "weights", "config_file")
    facts = {"data set": dataset, **{name: options[name] for name in sources}}
    read = filter(None, (options[name] for name in sources))
    made = recorded(folder).get("evaluate", {}).get("makes", ())
    goes_on = options["cluster"] is not None and JOURNAL in made and (folder / JOURNAL).is_file()
    goes_on &= not options["overwrite"]
    claim(folder, Plan("evaluate", WRITES, facts), read, options["overwrite"], goes_on)


def check_use(dataset: str | None, options: dict[str, Any]) -> None:
    """Raise a usage error unless a data set and weights are named, or results and ground truth."""
    files = [options["results"], options["truth"]]
    if dataset is None and not all(files):
        raise click.UsageError("wanted DATASET and --weights, or --results and --truth")
    if dataset is not None and (any(files) or not options["weights"]):
        raise click.UsageError("wanted DATASET with --weights and without --results and --truth")
    if dataset is None:
        model_alone = [name for name in MODEL_ALONE if options[name]]
        if model_alone:
            name = model_alone[0].removesuffix("_file").replace("_", "-")
            raise click.UsageError(f"wanted --{name} with a DATASET: result files need no model")
    if options["cluster"] is not None and (dataset is None or options["stage_recall"]):
        raise click.UsageError(
            "wanted no --workers or --scheduler: result files and --stage-recall take one process"
        )
    require_one_process(options["engine"], options["cluster"])


def of_files(options: dict[str, Any]) -> Any:
    """Return the report of result files."""
    from ..evaluation.files import ResultFiles
    from ..evaluation.run import Evaluation, Settings

    files = ResultFiles(options["truth"], options["results"])
    evaluation = Evaluation(files.class_names, files.kinds, Settings(options["max_detections"]))
    count = min(options["limit"] or len(files), len(files))
    with progress_bar("Measuring", count) as advance:
        for done, pair in zip(range(1, count + 1), files, strict=False):
            evaluation.add(*pair)
            advance(done)
    return evaluation.report({"results": options["results"], "truth": options["truth"], **counted(options)})


def of_model(dataset: str, folder: Path | None, options: dict[str, Any]) -> Any:
    """Return the report of a model on a data set, and write its results into ``folder``."""
    from contextlib import ExitStack

    from ..data.reading.registry import open_at
    from ..evaluation.dataset import ResultWriter, map_classes, measure
    from ..evaluation.metrics.stage_recall import READS, StageRecall
    from ..evaluation.run import Evaluation, Settings
    from ..evaluation.shared import Shared, measure_shared, recipe_of
    from ..files.atomic import replacing
    from ..inference.engines.opening import config_of_weights, open_model
    from ..runtime import onednn

    reader = open_at(dataset, options["depth"])
    wanted = {"detections.min_score": options["min_score"], "detections.max_count": options["max_detections"]}
    config = config_of_weights(options["weights"], options["config_file"]).replace(**wanted)
    warn_of(map_classes(reader.class_names, config.class_names).unjudged)  # before TensorFlow is loaded
    evaluation = Evaluation(reader.class_names, settings=Settings(options["max_detections"]))
    recall = StageRecall() if options["stage_recall"] else None
    count = min(options["limit"] or len(reader), len(reader))
    with ExitStack() as stack:
        results = None
        if folder is not None:
            part = stack.enter_context(replacing(folder / "results.json"))
            results = ResultWriter(stack.enter_context(part.open("w", encoding="utf-8")), reader)
        advance = stack.enter_context(progress_bar("Evaluating", count))
        if options["cluster"] is None:
            keep = READS if options["stage_recall"] else ()
            model = open_model(options["weights"], config, options["engine"], keep)
            say_doubt(model, reader)
            levels = measure(model, reader, evaluation, recall, results, count, advance)
        else:
            recipe = recipe_of((dataset, options["depth"]), reader, options["weights"], config)
            shared = Shared(options["cluster"], recipe, folder and folder / JOURNAL)
            levels = measure_shared(shared, reader, evaluation, results, count, advance)
        if results is not None:
            results.close()
    if advice := levels.advice("--depth {}"):
        say(advice, err=True)
    heading = {"weights": options["weights"], "data set": dataset, **counted(options)}
    heading |= {"depth": f"{options['depth']} bits"} if options["depth"] else {}
    heading["score threshold"] = f"{options['min_score']:g}"
    heading |= (
        {"oneDNN": onednn.said()} if options["engine"] == "tensorflow" else {"engine": options["engine"]}
    )
    return evaluation.report(heading, None if recall is None else recall.shares())


def write(report: Any, folder: Path, options: dict[str, Any]) -> None:
    """Write the report as JSON and as a page."""
    from ..evaluation.report.page import page
    from ..evaluation.report.walks import walks_of
    from ..files.atomic import replacing
    from ..files.made import clear_parts

    images = [case.image for case in (*report.missed, *report.false)] if options["weights"] else []
    walks = walks_of(images, folder, options["weights"], options["config_file"], options["depth"])

    with replacing(folder / "report.json") as part:
        lines = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in report.as_json().items())
        part.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    with replacing(folder / "report.html") as part:
        part.write_text(page(report, walks), encoding="utf-8")
    (folder / JOURNAL).unlink(missing_ok=True)
    clear_parts(folder, "evaluate")
