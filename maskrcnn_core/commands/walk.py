"""``maskrcnn walk``: the whole way of one picture as an HTML file that opens without Jupyter, kernel or network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import model_options


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
    if Path(output).is_dir():
        raise click.UsageError(f"wanted a file to write to, but {output} is a folder")
    if trace_file and (picture or truth):
        raise click.UsageError("wanted a PICTURE or --trace, received both: a trace holds its own picture")
    if truth and not picture:
        raise click.UsageError("wanted the PICTURE that --truth is of")
    from maskrcnn_inspect.export import write_walk

    session = _saved(trace_file) if trace_file else _run(picture, list(truth), weights, config_file)
    size = write_walk(session, output)
    click.echo(f"Wrote {output}, {size / 1e6:.1f} MB")


def _saved(trace_file: str) -> Any:
    """Return a session of a saved trace."""
    from maskrcnn_inspect.session import Session

    return Session.load(trace_file)


def _run(picture: str | None, truth: list[str], weights: str, config_file: str | None) -> Any:
    """Return a session of ``picture``, or of the sample of the weights."""
    from dataclasses import replace

    from maskrcnn_inspect.analysis.given_truth import find_truth
    from maskrcnn_inspect.samples import sample_picture
    from maskrcnn_inspect.session import Session

    from ..evaluation.dataset import map_classes
    from ..pictures import load_picture
    from ..weights.loading import load_model, read_config

    config = read_config(
        weights, config_file
    )  # before the model: a wrong picture should not cost its loading
    loaded = load_picture(picture, config.molding.channels) if picture else sample_picture(weights)
    sample = None
    if picture and truth:
        sample, names = find_truth(Path(picture), truth, config.molding.channels)
        ids = map_classes(names, config.class_names).to_model[sample.class_ids]
        sample = replace(sample, class_ids=ids)
    return Session.run(load_model(weights, config), loaded, sample)
