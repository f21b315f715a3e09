"""``maskrcnn export``: write a model for other programs, and prove that it computes the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..terminal.inert import say
from ..terminal.progress import telling
from .options import device_options

if TYPE_CHECKING:
    from ..exporting.certify import Difference

FORMATS = ("onnx", "saved_model", "tflite")


@click.command()
@click.argument("weights", metavar="W")
@click.option("--output", required=True, metavar="DIR|FILE", help="What to write: a folder for saved_model.")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="onnx", show_default=True)
@click.option(
    "--part",
    type=click.Choice(["detector", "network"]),
    default="detector",
    show_default=True,
    help="From image to masks, or the network alone, for --weights with another --engine.",
)
@click.option(
    "--taps",
    multiple=True,
    metavar="PATTERN",
    help="Tensors to give out besides, such as fpn.* or box_roi.pooled.",
)
@click.option(
    "--size", metavar="YxX", help="Size of every image in px.  [default: any; of tflite the network input's]"
)
@click.option(
    "--config", "config_file", metavar="C.json", help="Settings on top of the weights' own, built in."
)
@click.option("--samples", multiple=True, metavar="IMAGE", help="Images to check with.  [default: ours]")
@click.option(
    "--tolerance",
    type=click.FloatRange(0, min_open=True),
    default=1e-4,
    show_default=True,
    metavar="T",
    help="Largest difference from TensorFlow, relative to the largest magnitude of a tensor.",
)
@click.option("--check/--no-check", default=True, help="Run it beside TensorFlow.  [default: yes]")
@device_options
@click.pass_context
def export(context: click.Context, /, weights: str, output: str, **options: Any) -> None:
    """Write the model of W, a name (see `maskrcnn models`) or a file, for programs without this package.

    \b
    Examples:
      maskrcnn export nuclei --output nuclei.onnx
      maskrcnn export coco --output coco.onnx --taps "fpn.*" --taps proposals.boxes
      maskrcnn export runs/mine/best.h5 --output serving/mine/1 --format saved_model
      maskrcnn export shapes --output shapes.onnx --size 128x128
      maskrcnn export shapes --output shapes.tflite --format tflite
      maskrcnn export coco --output network.onnx --part network

    \b
    The detector's input is image.original (y, x, channel) uint8; its outputs, best detection first:
      pasting.boxes         (d, 4) y1, x1, y2, x2 in image px, lower-right corner exclusive
      detections.class_ids  (d,) int32; class_names in the metadata, 0 is the background
      detections.scores     (d,) float32
      pasting.masks         (d, y, x) bool at the image's size
    Settings such as detections.min_score are inputs too, with the model's own as default. In tflite they are those of a
    second signature, there are always detections.max_count rows, and detections.count says how many are real.

    What was written is run beside TensorFlow at once, and a table gives the largest difference of each tensor. Rows
    that a near tie decides otherwise are counted as apart.

    Exit status: 0 = done, 1 = a difference exceeds the tolerance, 2 = wrong use or bad input.
    """
    from ..runtime.quiet import import_tensorflow

    size = parse_size(options["size"])
    check_use(options, size)
    import_tensorflow()  # before the exports, which import it as it is
    from ..exporting.lite_graph import fixed_size
    from ..exporting.making import Wanted
    from ..exporting.writing import claim_output, write_export
    from ..weights.loading import load_model

    claim_output(Path(output), options["kind"])
    with telling("Loading the model"):
        model = load_model(weights, options["config_file"])
    if options["kind"] == "tflite":
        size = fixed_size(model.config, size)
    wanted = Wanted(options["part"], taps_of(options["taps"], model.config, options["part"]), size)
    with telling("Exporting"):
        run = write_export(model, wanted, Path(output), options["kind"])
    say(f"written: {output}", err=True)
    if options["check"]:
        context.exit(0 if is_certified(model, wanted, run, options) else 1)


def check_use(options: dict[str, Any], size: tuple[int, int] | None) -> None:
    """Raise a usage error for options that do not go together, before a model is loaded."""
    if options["part"] == "network" and (size is not None or options["kind"] != "onnx"):
        raise click.UsageError("wanted --part network with --format onnx and without --size")
    if options["kind"] == "tflite" and options["taps"]:
        raise click.UsageError(
            "wanted --taps with --format onnx or saved_model: tflite gives out detections alone"
        )
    if not options["check"] and options["samples"]:
        raise click.UsageError("wanted --samples without --no-check: they are what the check runs on")


def parse_size(text: str | None) -> tuple[int, int] | None:
    """Return (y, x) px. Raises: UsageError for anything else."""
    if text is None:
        return None
    try:
        height, width = (int(side) for side in text.lower().split("x"))
    except ValueError:
        height = width = 0
    if not (0 < height <= 2**15 and 0 < width <= 2**15):
        raise click.UsageError(f"wanted --size YxX in px, such as 480x640, received {text!r}")
    return height, width


def taps_of(patterns: tuple[str, ...], config: Any, part: str) -> tuple[str, ...]:
    """Return the outputs besides the usual ones. Raises: UsageError for a pattern that names no tensor."""
    from ..exporting.names import working_set
    from ..recording.tensors import matching

    try:
        named = sorted(matching(list(patterns), config)) if patterns else []
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from None
    usual = working_set(config, statistics=True) if part == "network" else ()
    return tuple(dict.fromkeys((*usual, *named)))


def is_certified(model: Any, wanted: Any, run: Any, options: dict[str, Any]) -> bool:
    """Run the export beside TensorFlow, show the table, and return whether all is within the tolerance."""
    from ..exporting.making import certified
    from ..exporting.samples import sample_images

    images = sample_images(model.config, options["samples"], wanted.size)
    with telling("Checking against TensorFlow"):
        found = certified(run, model, wanted, images)
    show(found, len(images), options["tolerance"])
    worse = [one.name for one in found if one.exceeds(options["tolerance"])]
    if worse:
        say(f"not certified: {', '.join(worse)} exceed {options['tolerance']:g}", err=True)
    else:
        say(
            f"certified: {len(found)} tensors of {len(images)} images within {options['tolerance']:g}",
            err=True,
        )
    return not worse


def show(found: list[Difference], images: int, tolerance: float) -> None:
    """Print the largest difference of each tensor."""
    from rich.table import Column, Table
    from rich.text import Text

    from ..terminal.screen import output

    table = Table(
        Column("tensor", no_wrap=True),
        Column("largest difference", justify="right"),
        Column("rows", justify="right"),
        Column("apart", justify="right"),
        title=Text(f"Beside TensorFlow, {images} images; relative to the tensor's largest magnitude"),
        title_justify="left",
    )
    for one in found:
        style = "red" if one.exceeds(tolerance) else ""
        table.add_row(one.name, f"{one.largest:.1e}", str(one.rows), str(one.apart), style=style)
    output().print(table)
