"""``maskrcnn evaluate``: measure a model: COCO figures, errors by type, confusions, worst cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ..terminal.inert import say
from ..terminal.progress import progress_bar
from .options import overwrite_option, strategy_option
from .progress import counted, warn_of

WRITES = ("report.json", "report.html", "results.json", "oracles.json", "oracles.png")
MODEL_ALONE = ("weights", "config_file", "stage_recall")  # what result files have no use for


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
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first N pictures only.")
@click.option(
    "--max-detections",
    type=click.IntRange(min=11),
    default=100,
    show_default=True,
    metavar="N",
    help="Best detections a picture that count; more than 10, which AR10 counts.",
)
@click.option(
    "--min-score",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    metavar="S",
    help="Score from which the model reports; AP wants the unsure detections as well.",
)
@click.option("--stage-recall", is_flag=True, help="Say after which stage of the model objects are lost.")
@overwrite_option
@strategy_option
@click.pass_context
def evaluate(context: click.Context, /, dataset: str | None, output: str | None, **options: Any) -> None:
    """Measure a model on a data set: COCO's figures, errors by type, confusions, worst cases.

    DATASET is FORMAT:PATH?option=value, as for `maskrcnn check`. Its classes are found among the model's by name.

    \b
    Examples:
      maskrcnn evaluate "shapes:?count=100&seed=2" --weights shapes --output report
      maskrcnn evaluate coco:annotations/instances_val2017.json --weights coco --stage-recall
      maskrcnn evaluate nuclei:stage1_train --weights nuclei --max-detections 400
      maskrcnn evaluate --results results.json --truth instances_val2017.json --output report

    With --strategy multiworker start the same command on every machine, each with its TF_CONFIG, as for training;
    all have to see the data. The first one judges and reports; the pictures of one that dies are done by the others.

    Exit status: 0 = done, 1 = a picture could not be read (the others are measured), 2 = wrong use.
    """
    from ..evaluation.report.text import print_report
    from ..inference.sharing.run import is_first
    from ..terminal.screen import output as output_screen

    check_use(dataset, options)
    folder = Path(output) if output else None
    if folder is not None and is_first(options["strategy"]):
        claim_folder(folder, dataset, options)
    if not is_first(options["strategy"]):
        of_model(str(dataset), None, options)  # the first worker judges and reports
        context.exit(0)
    report = of_files(options) if dataset is None else of_model(dataset, folder, options)
    print_report(report, output_screen())
    if folder is not None:
        write(report, folder, options)
        say(f"written: {folder / 'report.html'}", err=True)
    context.exit(1 if report.unreadable else 0)


def claim_folder(folder: Path, dataset: str | None, options: dict[str, Any]) -> None:
    """Have ``folder`` ready for the report. Raises: ValueError where it holds what would be lost."""
    from ..files.made import Plan, claim

    sources = ("results", "truth", "weights", "config_file")
    facts = {"data set": dataset, **{name: options[name] for name in sources}}
    read = filter(None, (options[name] for name in sources))
    claim(folder, Plan("evaluate", WRITES, facts), read, options["overwrite"])


def check_use(dataset: str | None, options: dict[str, Any]) -> None:
    """Raise a usage error unless a data set and weights are named, or results and truth."""
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
    if options["strategy"] != "one" and (dataset is None or options["stage_recall"]):
        raise click.UsageError("wanted --strategy one: result files and --stage-recall know no other")


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

    from ..config.files import to_dict
    from ..data.reading.registry import open_dataset
    from ..evaluation.dataset import ResultWriter, map_classes, measure
    from ..evaluation.metrics.stage_recall import StageRecall
    from ..evaluation.run import Evaluation, Settings
    from ..evaluation.shared import measure_shared
    from ..files.atomic import replacing
    from ..inference.sharing.run import task_of
    from ..runtime import onednn
    from ..weights.loading import load_model, read_config

    reader = open_dataset(dataset)
    wanted = {"detections.min_score": options["min_score"], "detections.max_count": options["max_detections"]}
    config = read_config(options["weights"], options["config_file"]).replace(**wanted)
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
        if options["strategy"] == "one":
            model = load_model(options["weights"], config)
            measure(model, reader, evaluation, recall, results, count, advance)
        else:
            task = task_of("evaluate", dataset, count, options["weights"], to_dict(config))
            job = finding_on(options["weights"], config, reader)
            measure_shared(job, reader, evaluation, results, count, advance, (options["strategy"], task))
        if results is not None:
            results.close()
    heading = {"weights": options["weights"], "data set": dataset, **counted(options)}
    heading["least score"] = f"{options['min_score']:g}"
    heading["oneDNN"] = onednn.said()
    return evaluation.report(heading, None if recall is None else recall.shares())


def finding_on(weights: str, config: Any, reader: Any) -> Any:
    """Return a function that makes, for a device, what detects there on pictures of ``reader``."""
    from contextlib import nullcontext

    from ..evaluation.shared import Finding
    from ..weights.loading import load_model

    def make(device: str | None) -> Any:
        def here() -> Any:
            import tensorflow as tf  # loaded with the model, and not to be heard

            return tf.device(device)

        if device is None:
            return Finding(load_model(weights, config), reader, nullcontext)
        with here():
            return Finding(load_model(weights, config), reader, here)

    return make


def write(report: Any, folder: Path, options: dict[str, Any]) -> None:
    """Write the report as JSON and as a page."""
    from ..evaluation.report.page import page
    from ..evaluation.report.walks import walks_of
    from ..files.atomic import replacing

    pictures = [case.picture for case in (*report.missed, *report.false)] if options["weights"] else []
    walks = walks_of(pictures, folder, options["weights"], options["config_file"])

    with replacing(folder / "report.json") as part:
        lines = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in report.as_json().items())
        part.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    with replacing(folder / "report.html") as part:
        part.write_text(page(report, walks), encoding="utf-8")
