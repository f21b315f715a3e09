"""``maskrcnn explain``: say why each object was found or missed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from maskrcnn_core.commands.options import (
    chosen_weights,
    cluster_options,
    depth_option,
    device_options,
    engine_option,
    model_options,
    overwrite_option,
    require_one_process,
)
from maskrcnn_core.terminal.progress import remark

from .explain_dataset import of_dataset
from .explain_image import of_image, without_truth

OF_DATASET = ("output", "limit", "against", "serve", "fiftyone", "umap", "cluster")
EXAMPLES = """\b
Examples:
  maskrcnn explain photo.jpg --truth photo.json --weights runs/mine/best.h5
  maskrcnn explain photo.jpg --truth coco:annotations/instances_val2017.json --weights coco --html why.html
  maskrcnn explain photo.jpg --box 40,60,200,180 --weights nuclei
  maskrcnn explain "shapes:?count=100" --output why --weights shapes
  maskrcnn explain coco:annotations/instances_val2017.json --output why --weights coco --workers 4
  maskrcnn explain "shapes:?count=100" --output again --weights shapes --against why
  maskrcnn explain nuclei:stage1_train --output why --weights nuclei --fiftyone

Exit status: 0 = all objects found, 1 = some missed or an image could not be read, 2 = wrong use or bad input.
"""


@click.command(epilog=EXAMPLES)
@click.argument("source", metavar="IMAGE|DATASET")
@click.option(
    "--truth",
    multiple=True,
    metavar="ANNOTATION",
    help="A COCO, LabelMe or VIA file, or FORMAT:PATH, that holds the image; may be given more than once.",
)
@click.option(
    "--box",
    metavar="Y1,X1,Y2,X2",
    help="Follow the candidates near this box, image px; needs no ground truth.",
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
    "--setting-changes/--no-setting-changes",
    default=None,
    help="Look for the smallest setting change that keeps each missed object.  [default: for an IMAGE]",
)
@click.option("--json", "json_file", metavar="OUT.json", help="Write all verdicts of an IMAGE there.")
@click.option("--html", "html_file", metavar="OUT.html", help="Write a page on an IMAGE there.")
@click.option(
    "--output",
    metavar="DIR",
    help="Of a DATASET: the gallery, the table of all objects, sums and journal go there.",
)
@click.option(
    "--gains/--no-gains",
    default=True,
    show_default=True,
    help="Of a DATASET: measure what other settings would bring, by replaying the images they touch.",
)
@click.option(
    "--against",
    metavar="DIR",
    help="Of a DATASET: the --output of another model on the same data, to see what was won and lost.",
)
@click.option(
    "--serve",
    is_flag=True,
    help="Of a DATASET: then show the gallery on this machine, with the Explorer of any image; Ctrl-C ends it.",
)
@click.option("--umap", is_flag=True, help="Of a DATASET: the atlas by UMAP, where umap-learn is installed.")
@click.option(
    "--fiftyone", is_flag=True, help="Of a DATASET: also write DIR/fiftyone, a data set as FiftyOne reads it."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first N images of a DATASET.")
@depth_option
@overwrite_option
@engine_option
@cluster_options
@device_options
@click.pass_context
def explain(context: click.Context, /, source: str, **options: Any) -> None:
    """Say why each object was found or missed, stage by stage, and what each false detection is.

    IMAGE with --truth gives a verdict for each object and the smallest setting change that keeps a missed one;
    without ground truth what each stage left. DATASET is FORMAT:PATH?option=value, as for `maskrcnn check`; an
    interrupted run goes on where it stopped; --workers N and --scheduler ADDRESS share its images out among processes.
    """
    is_image = bool(options["truth"] or options["box"]) or Path(source).is_file()
    check_use(source, is_image, options)
    check_engine(is_image, options)
    options["weights"] = chosen_weights(options["weights"])
    missed = explained(source, is_image, options)
    context.exit(1 if missed else 0)


def explained(source: str, is_image: bool, options: dict[str, Any]) -> int:
    """Explain ``source``; return the number of objects missed and of images that could not be read."""
    from maskrcnn_core.data.reading.depth import asked
    from maskrcnn_core.data.reading.images import load_image

    if not is_image:
        return of_dataset(source, options)
    with asked(options["depth"]):
        for words in load_image(source).doubts("--depth {}"):
            remark(f"{source}: {words}")
        return of_image(source, options) if options["truth"] else without_truth(source, options)


def check_use(source: str, is_image: bool, options: dict[str, Any]) -> None:
    """Raise a usage error for options that do not go together, before anything is loaded."""
    from maskrcnn_core.files.made import claim_file, is_json, is_page

    if is_image:
        if not Path(source).is_file():
            raise click.UsageError(f"wanted an image, received {source!r}, which is no file")
        if any(options[name] for name in OF_DATASET):
            names = ", ".join(f"--{name}" for name in OF_DATASET).replace(
                "--cluster", "--workers, --scheduler"
            )
            raise click.UsageError(f"wanted --json and --html for an IMAGE; {names} are for a DATASET")
    elif options["json_file"] or options["html_file"] or not options["output"]:
        raise click.UsageError("wanted --output DIR with a DATASET; --json and --html are for an IMAGE")
    if options["json_file"]:
        claim_file(options["json_file"], is_json("heading", "image", "fates"), "--json")
    if options["html_file"]:
        claim_file(options["html_file"], is_page("explain"), "--html")
    if options["box"] is not None:
        options["box"] = parse_box(options["box"])


def check_engine(is_image: bool, options: dict[str, Any]) -> None:
    """Raise a usage error for an engine that would have to share out images, or run parts again with other settings."""
    require_one_process(options["engine"], options["cluster"])
    if options["engine"] == "tensorflow":
        return
    looked_for = options["setting_changes"] is not False if options["truth"] and is_image else False
    if looked_for or options["setting_changes"]:
        raise click.UsageError(
            "wanted --no-setting-changes with this --engine: they take TensorFlow's replay"
        )
    if not is_image and (options["gains"] or options["serve"]):
        raise click.UsageError(
            "wanted --no-gains, and no --serve, with this --engine: they take TensorFlow's replay"
        )


def parse_box(text: str) -> tuple[float, ...]:
    """Return y1, x1, y2, x2. Raises: UsageError for anything else."""
    try:
        y1, x1, y2, x2 = (float(part) for part in text.split(","))
    except ValueError:
        raise click.UsageError(f"wanted --box Y1,X1,Y2,X2 in image px, received {text!r}") from None
    return y1, x1, y2, x2
