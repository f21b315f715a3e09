"""``maskrcnn convert``: write any file of weights that opens here as one of this project."""

from __future__ import annotations

from pathlib import Path

import click

from ..terminal.inert import say
from ..terminal.progress import telling


@click.command()
@click.argument("weights", metavar="FILE")
@click.option(
    "--output", required=True, metavar="OUT", help="The file to write: its name ends in .h5 or .safetensors."
)
@click.option(
    "--config",
    "config_file",
    metavar="C.json",
    help="Settings on top of the file's own, written with it: this project's JSON or the classic one.",
)
def convert(weights: str, output: str, config_file: str | None) -> None:
    """Write the weights of FILE, their configuration and class names as one file of this project.

    FILE is a file of torchvision, detectron2 or MMDetection (.pth, .pkl, .safetensors), the classic h5, this project's
    own, or the name of a model (see `maskrcnn models`).

    \b
    Examples:
      maskrcnn convert model_final.pth --output mine.h5
      maskrcnn convert nuclei --output nuclei.safetensors

    Detections are the same to the last bit. FILE stays as it is; OUT is there whole or not at all.
    """  # click wants the character \b, which a raw text would not hold
    from ..files.made import claim_file
    from ..weights.converting import convert, is_converted, require_other

    require_other(weights, output)
    claim_file(output, is_converted)
    with telling("Converting"):
        model = convert(weights, output, config_file)
    config = model.config
    size = Path(output).stat().st_size / 1e6
    say(
        f"written: {output}: {model.provenance['layout']} layout, {config.backbone.architecture}, "
        f"{config.num_classes - 1} classes, {size:.1f} MB",
        err=True,
    )
