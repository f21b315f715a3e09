"""``maskrcnn trace``: record every tensor of a forward pass in a file."""

from __future__ import annotations

import click

from .options import model_options


@click.command()
@click.argument("picture")
@click.option("--output", required=True, metavar="T.h5", help="The file to write.")
@click.option(
    "--keep",
    multiple=True,
    metavar="PATTERN",
    help="Tensors to keep, such as fpn.* or rpn.scores.  [default: all]",
)
@model_options
def trace(picture: str, output: str, keep: tuple[str, ...], weights: str, config_file: str | None) -> None:
    """Run the model on PICTURE and record its tensors by name.

    \b
    Examples:
      maskrcnn trace photo.jpg --output photo.h5
      maskrcnn trace photo.jpg --output photo.h5 --weights coco --keep "proposals.*" --keep "detections.*"
      maskrcnn trace photo.jpg --output photo.h5 --weights mask_rcnn_shapes_0030.h5 --config classic.json

    Open the file with `maskrcnn_core.Trace.load`, which needs no TensorFlow, or with any HDF5 reader.
    """
    from rich.table import Table
    from rich.text import Text

    from ..data.reading.images import load_picture
    from ..files.made import claim_file
    from ..recording.tensors import matching
    from ..recording.trace_files import is_trace
    from ..terminal.inert import inert
    from ..terminal.progress import telling
    from ..terminal.screen import output as screen
    from ..weights import load_model

    try:
        patterns = sorted(matching(list(keep) or "*"))
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from None
    claim_file(output, is_trace)
    loaded = load_picture(picture)  # before the model: a wrong picture should not cost its loading
    with telling("Loading the model"):
        model = load_model(weights, config_file)
    with telling("Tracing"):
        recorded = model.trace(loaded if model.config.molding.channels == 3 else picture, keep=patterns)
    recorded.attributes["weights"] = weights
    with telling(f"Writing {inert(output)}"):
        recorded.save(output)
    table = Table(
        "tensor", "shape", "type", title=Text(f"{len(recorded)} tensors in {output}"), title_justify="left"
    )
    for name, values in recorded.items():
        table.add_row(name, " x ".join(map(str, values.shape)) or "-", str(values.dtype))
    screen().print(table)
