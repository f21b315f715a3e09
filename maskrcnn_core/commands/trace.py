"""``maskrcnn trace``: record every tensor of a forward pass in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .options import chosen_weights, depth_option, device_options, model_options

if TYPE_CHECKING:
    from ..config import Config


@click.command()
@click.argument("image")
@click.option("--output", metavar="T.h5", help="The file to write; needed but with --list.")
@click.option(
    "--keep",
    multiple=True,
    metavar="PATTERN",
    help='Tensors to keep, such as fpn.* or "backbone.*.conv2".  [default: all but those inside blocks and layers]',
)
@click.option(
    "--list", "listed", is_flag=True, help="List tensors with shapes and sizes; records only with --output."
)
@depth_option
@device_options
@model_options
def trace(
    image: str,
    output: str | None,
    keep: tuple[str, ...],
    listed: bool,
    depth: int | None,
    weights: str | None,
    config_file: str | None,
) -> None:
    """Run the model on IMAGE and record its tensors by name.

    \b
    Examples:
      maskrcnn trace photo.jpg --output photo.h5 --weights nuclei
      maskrcnn trace photo.jpg --list --weights nuclei --keep "backbone.*.conv2"
      maskrcnn trace photo.jpg --output photo.h5 --weights coco --keep "proposals.*" --keep "detections.*"
      maskrcnn trace photo.jpg --output photo.h5 --weights mask_rcnn_shapes_0030.h5 --config classic.json

    \b
    PATTERN  A name, or several at once with * ? [ ]. What is inside blocks and layers is
             recorded where a pattern names nothing else, such as backbone.c3.* or box_head.fc?;
             ** takes it along: "**" is every tensor, "mask_head.**" all of the mask head.

    --list tells what could be kept, how large it is and when, before anything runs.

    Open the file with `maskrcnn_core.Trace.load`, which needs no TensorFlow, or with any HDF5 reader.
    """
    from ..data.reading.images import load_image
    from ..files.made import claim_file
    from ..inference.anchor_scales import AnchorProbe
    from ..recording.trace_files import is_trace
    from ..terminal.inert import inert, say
    from ..terminal.progress import telling
    from ..weights import load_model

    if output is None and not listed:
        raise click.UsageError("wanted --output T.h5 to record, or --list to see what could be recorded")
    chosen_by(keep)
    if output is not None:
        claim_file(output, is_trace)
    loaded = load_image(image, depth=depth)  # before the model: a wrong image should not cost its loading
    for words in loaded.doubts("--depth {}"):
        say(f"{inert(image)}: {words}", err=True)
    weights = chosen_weights(weights)
    with telling("Loading the model"):
        model = load_model(weights, config_file)
    wanted = chosen_by(keep, model.config)
    if model.config.molding.channels != 3:
        loaded = load_image(image, model.config.molding.channels, depth)
    if doubt := AnchorProbe(model).look_at(loaded):
        say(doubt, err=True)
    if listed:
        show_sizes(model, loaded.pixels.shape, wanted, everything=not keep)
    if output is not None:
        record(model, loaded, wanted, output, weights)


def chosen_by(keep: tuple[str, ...], config: Config | None = None) -> list[str]:
    """Return the tensors that the patterns name. Raises: UsageError for one that names none."""
    from ..recording.tensors import matching

    try:
        return sorted(matching(list(keep) or "*", config))
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from None


def record(model: Any, image: Any, wanted: list[str], output: str, weights: str) -> None:
    """Write the trace of ``image``, and say what is in it."""
    from rich.table import Column, Table
    from rich.text import Text

    from ..terminal.inert import inert, say
    from ..terminal.progress import telling
    from ..terminal.screen import output as screen

    require_room(model, image, wanted)
    with telling("Tracing"):
        recorded = model.trace(image, keep=wanted)
    recorded.attributes["weights"] = weights
    with telling(f"Writing {inert(output)}"):
        recorded.save(output)
    table = Table(
        Column("tensor", no_wrap=True),
        "shape",
        "type",
        title=Text(f"{len(recorded)} tensors in {output}"),
        title_justify="left",
    )
    for name, values in recorded.items():
        table.add_row(name, " x ".join(map(str, values.shape)) or "-", str(values.dtype))
    screen().print(table)
    say(f"written: {output}", err=True)


def require_room(model: Any, image: Any, wanted: list[str]) -> None:
    """Raise MemoryError, before anything runs, where what is inside blocks and layers has no room beside the rest."""
    from ..pipeline.sizes import sizes_of
    from ..recording.tensors import TENSORS
    from ..runtime.memory import require_memory

    inside = [name for name in wanted if name not in TENSORS]
    if inside:
        sizes = sizes_of(model, image.pixels.shape)
        what = f"recording {len(inside)} tensors inside blocks and layers"
        require_memory(sum(sizes[name].nbytes for name in inside), what, "--keep fewer of them, see --list")


def show_sizes(model: Any, size: tuple[int, ...], wanted: list[str], everything: bool) -> None:
    """List the tensors of ``wanted``, or everything that could be kept, with what each will take."""
    from rich.table import Column, Table
    from rich.text import Text

    from ..pipeline.sizes import sizes_of
    from ..terminal.progress import telling
    from ..terminal.screen import output as screen

    with telling("Measuring"):
        sizes = sizes_of(model, size)
    kept = sum(size.nbytes for name, size in sizes.items() if name in wanted)
    head = f"{len(set(sizes) & set(wanted))} tensors to keep, {mebibytes(kept)} MiB at most"
    table = Table(
        Column("tensor", no_wrap=True),
        "shape",
        "type",
        Column("MiB", justify="right"),
        "kept",
        title=Text(head),
        title_justify="left",
    )
    for name, one in sizes.items():
        if everything or name in wanted:
            when = "yes" if name in wanted else "when named"
            table.add_row(name, one.said, str(one.dtype), mebibytes(one.nbytes), when)
    screen().print(table)


def mebibytes(count: int) -> str:
    """Return bytes in MiB, to three digits after the point."""
    return f"{count / 2**20:.3f}"
