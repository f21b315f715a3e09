"""``maskrcnn train``: train a model on pictures of your own."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import Any

import click

from ..terminal.inert import say
from ..terminal.progress import telling
from ..training.options import CHOICES, DEFAULTS, Findings
from .options import overwrite_option


def _show_settings(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Print every setting and end."""
    if wanted:
        from ..config.help import settings_text

        click.echo(settings_text())
        context.exit()


@click.command()
@click.argument("dataset")
@click.option(
    "--output", required=True, metavar="DIR", help="Folder for checkpoints, best weights and events."
)
@click.option(
    "--validate", "validation", metavar="DATASET", help="Measure on these pictures after every epoch."
)
@click.option(
    "--validation-pictures",
    default=DEFAULTS.validation_pictures,
    show_default=True,
    help="How many of them at most.",
)
@click.option(
    "--preset", type=click.Choice(CHOICES["preset"]), help="Settings to begin with.  [default: classic]"
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
    help="none, imagenet, coco, last, or a file.",
)
@click.option(
    "--stages",
    default=DEFAULTS.stages,
    show_default=True,
    help='Layers and cumulative epochs: "heads:40 all:60".',
)
@click.option("--seed", default=DEFAULTS.seed, show_default=True, help="What all that is random depends on.")
@click.option(
    "--keep", default=DEFAULTS.keep, show_default=True, help="Checkpoints of the last epochs that stay."
)
@click.option(
    "--early-stop", type=int, metavar="N", help="Stop after N epochs without a better validation AP."
)
@click.option(
    "--strategy", type=click.Choice(CHOICES["strategy"]), default=DEFAULTS.strategy, show_default=True
)
@click.option("--gpu/--cpu", default=None, help="Use nothing but GPUs, or none.  [default: what is there]")
@click.option("--tensorboard", is_flag=True, help="Start TensorBoard on this machine and say its address.")
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
@click.option("--skip-check", is_flag=True, help="Do not look for mistakes in the data first.")
def train(dataset: str, output: str, **options: Any) -> None:
    """Train a model on a data set: FORMAT:PATH, as for `maskrcnn check`.

    \b
    Examples:
      maskrcnn train shapes: --preset tiny --output runs/shapes --validate "shapes:?count=100&seed=2"
      maskrcnn train coco:instances.json --init coco --stages "heads:40 all:60" --output runs/mine
      maskrcnn train labelme:pictures --config mine.json --set training.batch_size=1 --output runs/mine
      maskrcnn train coco:instances.json --init last --output runs/mine       (go on where it stopped)
      maskrcnn train shapes: --preset tiny --output runs/shapes --validate shapes: --tensorboard
      tensorboard --logdir runs                                               (several runs side by side)

    Settings are those of the configuration, a section a stage: see `maskrcnn train --help-settings`.
    Epochs of stages are cumulative: "heads:40 all:60" trains all layers for 20 epochs after the first 40.
    """
    run(dataset, output, **options)


def run(dataset: str, output: str, findings: Findings | None = None, **options: Any) -> None:
    """Train, and say what it took and where the weights are.

    findings: returns sentences on weights by flat name; written every epoch for TensorBoard.
    """
    from ..doctor.timing import measure_before
    from ..runtime.quiet import import_tensorflow
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
    logs = start(
        dataset, folder, command=shlex.join(["maskrcnn", *sys.argv[1:]]), findings=findings, **options
    )
    figures = ", ".join(f"{name} {value:.3f}" for name, value in logs.items())
    best = folder / "best.h5"  # there is one where --validate said by what to choose it
    weights = best if best.is_file() else folder / "checkpoints"
    say(f"trained in {time.monotonic() - began:.0f} s: {figures}\nweights: {weights}")
