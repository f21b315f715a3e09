"""``maskrcnn walk``: write the whole way of a picture as a page that opens anywhere."""

from __future__ import annotations

import click

from maskrcnn_core.commands.options import model_options
from maskrcnn_core.terminal.inert import say
from maskrcnn_core.terminal.progress import telling


@click.command()
@click.argument("picture", required=False)
@click.option("--output", required=True, metavar="WALK.html", help="The file to write.")
@click.option(
    "--trace",
    "trace_file",
    metavar="T.h5",
    help="Show this saved trace; nothing is run, and TensorFlow is not needed.",
)
@click.option(
    "--truth",
    multiple=True,
    metavar="ANNOTATION",
    help="A COCO, LabelMe or VIA file, or FORMAT:PATH, that holds the picture: targets and losses are shown too.",
)
@model_options
def walk(
    picture: str | None,
    output: str,
    trace_file: str | None,
    truth: tuple[str, ...],
    weights: str,
    config_file: str | None,
) -> None:
    """Write every stage of PICTURE, or of a sample picture, on one page that a person can move.

    \b
    Examples:
      maskrcnn walk photo.jpg --output walk.html
      maskrcnn walk photo.jpg --output walk.html --weights coco
      maskrcnn walk photo.jpg --truth instances.json --output walk.html
      maskrcnn walk --trace photo.h5 --output walk.html

    The page has all its data inside: put it on a web page, or open it from the disk of a machine without a network.
    """
    from maskrcnn_core.files.made import claim_file, is_page

    if trace_file and (picture or truth):
        raise click.UsageError("wanted a PICTURE or --trace, received both: a trace holds its own picture")
    if truth and not picture:
        raise click.UsageError("wanted the PICTURE that --truth is of")
    claim_file(output, is_page("walk"))
    from maskrcnn_inspect.export import write_walk
    from maskrcnn_inspect.opening import open_session
    from maskrcnn_inspect.session import Session

    with telling("Running the model"):
        session = (
            Session.load(trace_file) if trace_file else open_session(weights, picture, truth, config_file)
        )
    size = write_walk(session, output)
    say(f"Wrote {output}, {size / 1e6:.1f} MB")
