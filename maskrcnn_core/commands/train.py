"""``maskrcnn train``: train a model on images of your own."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import Any

import click

from ..terminal.inert import say
from ..terminal.progress import telling
from ..training.judging import Judge
from ..training.options import CHOICES, DEFAULTS, Findings
from .options import device_options, overwrite_option


def _show_settings(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Print every setting and end."""
    if wanted:
        from ..config.help import settings_text

        click.echo(settings_text())
        context.exit()


def _interval(context: click.Context, parameter: click.Parameter, given: str | None) -> str | None:
    """Return how often to save as it was given. Raises: BadParameter where it says nothing."""
    from ..training.interval import parse_interval

    try:
        if given is not None:
            parse_interval(given)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from None
    return given


@click.command()
@click.argument("dataset")
@click.option(
    "--output", required=True, metavar="DIR", help="Folder for checkpoints, best weights and events."
)
@click.option(
    "--validate", "validation", metavar="DATASET", help="Measure on these images after every epoch."
)
@click.option(
    "--validation-images",
    default=DEFAULTS.validation_images,
    show_default=True,
    help="How many of them at most.",
)
@click.option(
    "--preset",
    type=click.Choice(CHOICES["preset"]),
    help="Settings to begin with.  [default: those of the run with --init last, or of the model given as --init, "
    "else classic]",
)
@click.option(
    "--config",
    "config_file",
    metavar="C.json",
    help="Settings on top: this project's JSON or the classic one.",
)
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="One setting, e.g. training.batch_size=4."
)
@click.option(
    "--init",
    default=DEFAULTS.init,
    show_default=True,
    metavar="SOURCE",
    help="none, imagenet, coco, last, or a model: a name (see `maskrcnn models`) or a file, of PyTorch's users too.",
)
@click.option(
    "--stages",
    default=DEFAULTS.stages,
    show_default=True,
    help='Layers and cumulative epochs: "heads:40 all:60".',
)
@click.option("--seed", default=DEFAULTS.seed, show_default=True, help="Random seed.")
@click.option(
    "--keep", default=DEFAULTS.keep, show_default=True, help="Checkpoints of the last epochs that stay."
)
@click.option(
    "--save-every",
    metavar="N|Nmin",
    callback=_interval,
    help="A checkpoint every N steps or N minutes, beside those of the epochs; only the newest stays.",
)
@click.option(
    "--film",
    multiple=True,
    metavar="IMAGE",
    help="Record what becomes of this image as training goes on: a file, or a number in the validation set. For "
    "several, say it again; `maskrcnn walk --film DIR` plays it.",
)
@click.option(
    "--early-stop", type=int, metavar="N", help="Stop after N epochs without a better validation AP."
)
@click.option(
    "--strategy", type=click.Choice(CHOICES["strategy"]), default=DEFAULTS.strategy, show_default=True
)
@device_options
@click.option("--tensorboard", is_flag=True, help="Start TensorBoard on this machine and print its address.")
@click.option(
    "--events/--no-events",
    default=DEFAULTS.events,
    help="Write what TensorBoard shows into DIR/events.  [default: yes]",
)
@click.option(
    "--help-settings",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_settings,
    help="Print every setting with type, default, range and meaning, and end.",
)
@overwrite_option
@click.option("--allow-unused-classes", is_flag=True, help="A class of the data may have no object.")
@click.option(
    "--skip-check",
    is_flag=True,
    help="Look for no mistakes in the data; what cannot be learnt is refused all the same.",
)
def train(dataset: str, output: str, **options: Any) -> None:
    """Train a model on a data set: FORMAT:PATH, as for `maskrcnn check`.

    \b
    Examples:
      maskrcnn train shapes: --preset tiny --output runs/shapes --validate "shapes:?count=100&seed=2"
      maskrcnn train coco:instances.json --init coco --stages "heads:40 all:60" --output runs/mine
      maskrcnn train labelme:images --init model_final.pth --stages heads:20 --output runs/mine
      maskrcnn train labelme:images --init coco --save-every 10min --output runs/mine
      maskrcnn train labelme:images --config mine.json --set training.batch_size=1 --output runs/mine
      maskrcnn train coco:instances.json --init last --output runs/mine       (go on where it stopped)
      maskrcnn train shapes: --preset tiny --output runs/shapes --validate shapes: --tensorboard
      maskrcnn train shapes: --preset tiny --output runs/shapes --validate shapes: --film 0 --film photo.jpg
      tensorboard --logdir runs                                               (several runs side by side)

    Settings are those of the configuration, a section a stage: see `maskrcnn train --help-settings`.
    Epochs of stages are cumulative: "heads:40 all:60" trains all layers for 20 epochs after the first 40.
    """
    run(dataset, output, **options)


def run(
    dataset: str, output: str, findings: Findings | None = None, judge: Judge | None = None, **options: Any
) -> None:
    """Train, and say what it took and where the weights are.

    findings: returns sentences on weights by flat name. judge: says what becomes of objects. Both are written every
    epoch for TensorBoard, and what is judged also into a film.
    """
    from ..doctor.timing import measure_before
    from ..runtime.quiet import import_tensorflow
    from ..training.film.files import FOLDER as FILM
    from ..training.film.files import INDEX
    from ..training.loop.checkpoints import keep_switch
    from ..training.settings import steps_of

    if options["init"] == "last":
        keep_switch(Path(output))
    else:
        with telling("Measuring oneDNN for training"):
            measure_before(steps_of(options), lambda words: say(words, err=True))
    import_tensorflow("training")
    from ..training.start import start  # imports TensorFlow

    began = time.monotonic()
    folder = Path(output)
    command = shlex.join(["maskrcnn", *sys.argv[1:]])
    logs = start(dataset, folder, command=command, findings=findings, judge=judge, **options)
    figures = ", ".join(f"{name} {value:.3f}" for name, value in logs.items())
    best = folder / "best.h5"  # there is one where --validate said by what to choose it
    weights = best if best.is_file() else folder / "checkpoints"
    say(f"trained in {time.monotonic() - began:.0f} s: {figures}\nweights: {weights}")
    if (folder / FILM / INDEX).is_file():
        say(f"to see the film: {shlex.join(['maskrcnn', 'walk', '--film', str(folder)])}")
