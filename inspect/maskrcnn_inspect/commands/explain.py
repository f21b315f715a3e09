"""``maskrcnn explain``: say why each object was found or missed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from maskrcnn_core.commands.options import model_options, overwrite_option
from maskrcnn_core.commands.results import write_text
from maskrcnn_core.terminal.progress import progress_bar
from maskrcnn_core.terminal.screen import output

WRITES = ("pictures.jsonl", "explain.json", "explain.html")
EXAMPLES = """\b
Examples:
  maskrcnn explain photo.jpg --truth photo.json --weights runs/mine/best.h5
  maskrcnn explain photo.jpg --truth coco:annotations/instances_val2017.json --weights coco --html why.html
  maskrcnn explain photo.jpg --box 40,60,200,180
  maskrcnn explain "shapes:?count=100" --output why --weights shapes

Exit status: 0 = all objects found, 1 = some missed or a picture could not be read, 2 = wrong use or bad input.
"""


@click.command(epilog=EXAMPLES)
@click.argument("source", metavar="PICTURE|DATASET")
@click.option(
    "--truth",
    multiple=True,
    metavar="ANNOTATION",
    help="A COCO, LabelMe or VIA file, or FORMAT:PATH, that holds the picture; may be given more than once.",
)
@click.option(
    "--box", metavar="Y1,X1,Y2,X2", help="Follow the candidates near this box, picture px; needs no truth."
)
@model_options
@click.option(
    "--iou",
    "threshold",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.5,
    show_default=True,
    metavar="T",
    help="Overlap from which an object counts as found.",
)
@click.option(
    "--remedies/--no-remedies",
    default=None,
    help="Look for the smallest change that keeps each missed object.  [default: for a PICTURE]",
)
@click.option("--json", "json_file", metavar="OUT.json", help="Write all verdicts of a PICTURE there.")
@click.option("--html", "html_file", metavar="OUT.html", help="Write a page on a PICTURE there.")
@click.option(
    "--output", metavar="DIR", help="Of a DATASET: pictures.jsonl, explain.json and explain.html go there."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first N pictures of a DATASET.")
@overwrite_option
@click.pass_context
def explain(context: click.Context, /, source: str, **options: Any) -> None:
    """Say why each object was found or missed, stage by stage, and what each false detection is.

    PICTURE with --truth gives a verdict for each object and the smallest change of a setting that keeps a missed one;
    without truth what each stage left. DATASET is FORMAT:PATH?option=value, as for `maskrcnn check`; a run that broke
    goes on where it stopped.
    """
    is_picture = bool(options["truth"] or options["box"]) or Path(source).is_file()
    check_use(source, is_picture, options)
    if not is_picture:
        missed = of_dataset(source, options)
    elif options["truth"]:
        missed = of_picture(source, options)
    else:
        missed = without_truth(source, options)
    context.exit(1 if missed else 0)


def check_use(source: str, is_picture: bool, options: dict[str, Any]) -> None:
    """Raise a usage error for options that do not go together, before anything is loaded."""
    from maskrcnn_core.files.made import claim_file, is_json, is_page

    if is_picture:
        if not Path(source).is_file():
            raise click.UsageError(f"wanted a picture, received {source!r}, which is no file")
        if options["output"] or options["limit"]:
            raise click.UsageError(
                "wanted --json and --html for a PICTURE; --output and --limit are for a DATASET"
            )
    elif options["json_file"] or options["html_file"] or not options["output"]:
        raise click.UsageError("wanted --output DIR with a DATASET; --json and --html are for a PICTURE")
    if options["json_file"]:
        claim_file(options["json_file"], is_json("heading", "picture", "fates"), "--json")
    if options["html_file"]:
        claim_file(options["html_file"], is_page("explain"), "--html")
    if options["box"] is not None:
        options["box"] = parse_box(options["box"])


def parse_box(text: str) -> tuple[float, ...]:
    """Return y1, x1, y2, x2. Raises: UsageError for anything else."""
    try:
        y1, x1, y2, x2 = (float(part) for part in text.split(","))
    except ValueError:
        raise click.UsageError(f"wanted --box Y1,X1,Y2,X2 in picture px, received {text!r}") from None
    return y1, x1, y2, x2


def of_picture(source: str, options: dict[str, Any]) -> int:
    """Explain a picture by its truth; return the number of objects missed."""
    from maskrcnn_core.evaluation.dataset import map_classes
    from maskrcnn_core.weights.loading import load_model, read_config
    from maskrcnn_inspect.analysis.candidates.explanation import Explainer
    from maskrcnn_inspect.analysis.candidates.explanation_text import print_explanation, print_funnel
    from maskrcnn_inspect.analysis.candidates.given_truth import find_truth

    config = read_config(options["weights"], options["config_file"])
    sample, class_names = find_truth(Path(source), options["truth"], config.molding.channels)
    map_classes(
        class_names, config.class_names
    )  # a stranger's classes are refused before TensorFlow is loaded
    remedies = options["remedies"] is not False
    explainer = Explainer(load_model(options["weights"], config), class_names, options["threshold"], remedies)
    explanation = explainer.explain(sample, options["box"])
    console = output()
    print_explanation(explanation, console)
    if options["box"]:
        print_funnel(explanation.near_box, console)
    if options["json_file"]:
        write_json(options["json_file"], {"heading": heading(source, options), **explanation.as_json()})
    if options["html_file"]:
        from maskrcnn_inspect.views.why.explanation_page import picture_page

        walk = walk_beside(options["html_file"], source, options)
        write_page(
            options["html_file"], picture_page(explanation, sample.image, heading(source, options), walk)
        )
    return len(explanation.missed)


def without_truth(source: str, options: dict[str, Any]) -> int:
    """Say what each stage left of a picture, and of candidates near a box; nothing is missed that nobody asked for."""
    from dataclasses import asdict

    from maskrcnn_core.evaluation.dataset import result_of
    from maskrcnn_core.weights.loading import load_model
    from maskrcnn_inspect.analysis.candidates.explanation import READS
    from maskrcnn_inspect.analysis.candidates.explanation_text import print_funnel
    from maskrcnn_inspect.analysis.candidates.fates import find_fates
    from maskrcnn_inspect.analysis.candidates.funnel import funnel

    trace = load_model(options["weights"], options["config_file"]).trace(source, keep=READS)
    funnels = {"What each stage left": funnel(trace)}
    if options["box"]:
        text = ", ".join(f"{v:g}" for v in options["box"])
        funnels[f"Near the box {text}"] = funnel(trace, options["box"], options["threshold"])
    console, fates = output(), find_fates(trace).counts()
    for title, steps in funnels.items():
        console.print(title)
        print_funnel(steps, console)
    named = heading(source, options)
    if options["json_file"]:
        plain = {title: [asdict(step) for step in steps] for title, steps in funnels.items()}
        write_json(
            options["json_file"], {"heading": named, "picture": source, "fates": fates, "funnels": plain}
        )
    if options["html_file"]:
        from maskrcnn_inspect.views.why.explanation_page import detections_drawing, funnel_page

        found = result_of(trace)
        labels = [f"{label} {score:.2f}" for label, score in zip(found.labels, found.scores, strict=True)]
        walk = walk_beside(options["html_file"], source, options)
        image = trace["image.original"]
        drawing = detections_drawing(image, found.boxes, labels, options["box"], walk)
        write_page(options["html_file"], funnel_page(source, fates, funnels, named, drawing))
    return 0


def of_dataset(dataset: str, options: dict[str, Any]) -> int:
    """Explain a data set, a picture at a time; return the number of objects missed and pictures not read."""
    from maskrcnn_core.commands.progress import warn_of
    from maskrcnn_core.data.reading.registry import open_dataset
    from maskrcnn_core.evaluation.dataset import map_classes
    from maskrcnn_core.evaluation.report.walks import walks_of
    from maskrcnn_core.files.made import Plan, claim
    from maskrcnn_core.weights.loading import load_model, read_config
    from maskrcnn_inspect.analysis.candidates.explanation import Explainer
    from maskrcnn_inspect.analysis.candidates.explanation_sums import append, resume, sum_up
    from maskrcnn_inspect.analysis.candidates.explanation_text import print_sums
    from maskrcnn_inspect.views.why.explanation_page import sums_page

    reader, folder = open_dataset(dataset), Path(options["output"])
    config = read_config(options["weights"], options["config_file"])
    warn_of(map_classes(reader.class_names, config.class_names).unjudged)
    goes_on = not options["overwrite"]  # a run that broke, or one of fewer pictures
    claim(
        folder,
        Plan("explain", WRITES, heading(dataset, options)),
        (options["weights"],),
        not goes_on,
        goes_on,
    )
    journal, named = folder / "pictures.jsonl", heading(dataset, options)
    done = resume(journal, named | {"config": repr(config)})
    count = min(options["limit"] or len(reader), len(reader))
    if done < count:
        model = load_model(options["weights"], config)
        explainer = Explainer(model, reader.class_names, options["threshold"], options["remedies"] is True)
        with progress_bar("Explaining", count) as advance:
            for index in range(done, count):
                append(journal, record_of(explainer, reader, index))
                advance(index + 1)
    sums = sum_up(journal)
    print_sums(sums, output())
    write_json(folder / "explain.json", {"heading": named, **sums.as_json()})
    walks = walks_of(sums.example_pictures, folder, options["weights"], options["config_file"])
    write_text(folder / "explain.html", sums_page(sums, named, walks))
    return sums.missed + sums.num_unreadable


def record_of(explainer: Any, reader: Any, index: int) -> dict[str, Any]:
    """Return the record of picture ``index``; of one that cannot be read the reason."""
    try:
        sample, _ = reader.read(index)
    except (ValueError, OSError) as error:
        return {"index": index, "picture": reader.source(index), "unreadable": str(error)}
    return {"index": index, **explainer.explain(sample).as_json(), "picture": reader.source(index)}


def heading(source: str, options: dict[str, Any]) -> dict[str, str]:
    """Return what verdicts depend on: the source, the weights (a file by size and time of change), the settings."""
    weights = Path(options["weights"])
    named = {"source": source, "weights": options["weights"], "IoU": f"{options['threshold']:g}"}
    if weights.is_file():
        status = weights.stat()
        named["weights file"] = f"{status.st_size} bytes, {status.st_mtime_ns}"
    if options["remedies"] is not None:
        named["remedies"] = "yes" if options["remedies"] else "no"
    return named | ({"truth": ", ".join(options["truth"])} if options["truth"] else {})


def walk_beside(page: str, source: str, options: dict[str, Any]) -> Any:
    """Return the ``Walk`` of a PICTURE, its page beside ``page``."""
    from maskrcnn_core.evaluation.report.walks import walk_of

    beside = Path(page).with_suffix(".walk.html")
    return walk_of(source, beside, options["weights"], options["config_file"], options["truth"])


def write_json(path: str | Path, content: dict[str, Any]) -> None:
    """Write plain values as JSON."""
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


def write_page(path: str | Path, text: str) -> None:
    """Write a page, with the mark by which a later run knows it for one that it may replace."""
    from maskrcnn_core.files.made import page_mark

    write_text(path, text + page_mark("explain"))
