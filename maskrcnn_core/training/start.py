"""Start: from the words of a command to a run. Settings, data, devices, first weights, callbacks, then ``fit``."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from rich.console import Console

from ..config import Config
from ..config.files import save_config
from ..data.quality.lint import check as lint
from ..data.quality.lint import refused
from ..data.quality.lint_text import print_report
from ..data.reading.reader import Finding, Reader
from ..data.reading.registry import open_dataset
from ..files.atomic import prepare_folder
from ..files.made import Plan, claim, hold
from ..inference.familiarity import learned_from
from ..model import MaskRCNN
from ..runtime import bfloat16, onednn
from ..runtime.processor import processor
from ..terminal.progress import progress_bar, telling
from ..terminal.screen import errors
from ..weights import load_weights
from ..weights.image_statistics import add_statistics
from .distribution.strategy import is_chief, make_repeatable, make_strategy, watching_workers
from .film.files import FOLDER as FILM
from .film.recorder import FilmRecorder, images_of_run
from .film.shots import Shot, find_shots
from .initial import initialise, require_source
from .interval import parse_interval
from .loop.callbacks import EarlyStop, ProgressBar, Validate
from .loop.checkpoints import latest, require_latest
from .loop.fit import Run, fit
from .loop.layers import Stage, parse_stages
from .loop.objects_found import NAME as OBJECTS_FOUND
from .settings import FILE as CONFIG
from .settings import settings_of
from .tensorboard.board import board, board_command
from .tensorboard.events import Events, Shown
from .tensorboard.film_events import FilmEvents
from .tensorboard.hardest import FOLDER as HARDEST
from .tensorboard.hardest import Hardest
from .tensorboard.image_losses import NAME as IMAGE_LOSSES
from .tensorboard.image_losses import ImageLosses

WRITES = (
    CONFIG,
    "best.h5",
    "diverged_step_*.h5",
    "checkpoints/epoch_*.h5",
    "events/*/events.out.tfevents.*",
    OBJECTS_FOUND,
    f"{HARDEST}/epoch_*.csv",
    IMAGE_LOSSES,
    f"{FILM}/*.json",
    f"{FILM}/image_*/*.h5",
)


def start(dataset: str, output: Path, *, command: str = "", **options: Any) -> dict[str, float]:
    """Train on ``dataset`` into ``output`` and return the logs of the last epoch.

    options: those of ``maskrcnn train``; and ``findings``, a function from weights by flat name to sentences on them,
    and ``judge``, which says what becomes of objects: both are written every epoch. What can be wrong is met before the
    first step: settings, data, the folder, the images of a film.
    Raises: ValueError with what was wanted, what was received and what to do.
    """
    console = errors()
    reader = open_dataset(dataset)
    neutral = settings_of(
        ("background", "object"), options, output
    )  # wrong settings, before the images are read
    stages = parse_stages(options["stages"].split())
    save_every = parse_interval(options["save_every"]) if options.get("save_every") else None
    validation = open_dataset(options["validation"]) if options["validation"] else None
    if validation is not None and validation.class_names != reader.class_names:
        raise ValueError(
            f"wanted the classes {reader.class_names} to validate on, received {validation.class_names}"
        )
    prepare_folder(output)
    resume = options["init"] == "last"
    if resume and options["strategy"] != "multiworker":
        hold(output)
    allow_unused = options.get("allow_unused_classes", False)
    if options["skip_check"]:
        refuse(refused(reader, allow_unused=allow_unused))
    else:
        require_learnable(reader, neutral, allow_unused, console)
    config = settings_of(reader.class_names, options, output)
    readers = [reader] if validation is None else [validation, reader]
    filmed = images_of_run(output / FILM, options.get("film", ()), resume)
    shots = find_shots(filmed, readers, config.molding.channels)
    require_source(options["init"], output)
    alone = options["strategy"] != "multiworker"  # else TensorFlow has to say first who writes
    if alone and not resume:
        claim_run(output, dataset, command, options)
    strategy = make_strategy(options["strategy"])
    keras.utils.set_random_seed(options["seed"])
    if not make_repeatable():
        console.print("on a GPU the same seed gives the same weights but for their last bits", style="yellow")
    say_precision(config, console)
    with strategy.scope():
        model = MaskRCNN(config)
        console.print(go_on(model, output) if resume else initialise(model, options["init"]))
    if is_chief(strategy):
        if not alone and not resume:
            claim_run(output, dataset, command, options)
        save_config(config, output / CONFIG)
    provenance = {"command": command, "seed": options["seed"], "data": dataset, "epochs": stages[-1].until}
    run = Run(output, stages, options["seed"], options["keep"], provenance, save_every)
    callbacks = make_callbacks(config, run, validation, options, console)
    if shots:
        callbacks.insert(0, make_recorder(output, shots, stages, options))
    shown = shown_of(reader, callbacks, options)
    images = Hardest(reader, run.seed, output), ImageLosses(output / IMAGE_LOSSES, reader)
    board_wanted = options["tensorboard"] and is_chief(strategy)
    with watching_workers(strategy), watched(run, shown, images, options, board_wanted) as events:
        logs = fit(model, reader, run, strategy, [*callbacks[:-1], *events, callbacks[-1]], resume)
    if is_chief(strategy):
        add_image_statistics(output, model, reader, validation)
    return logs


def go_on(model: MaskRCNN, output: Path) -> str:
    """Load the last checkpoint, so that one that does not fit is refused before the run's settings are written over."""
    load_weights(model, require_latest(output))
    return "going on from the last checkpoint"


def say_precision(config: Config, console: Console) -> None:
    """Say where the precision that was asked for makes training slower on this machine."""
    if config.training.precision == bfloat16.NAME and not tf.config.get_visible_devices("GPU"):
        words = bfloat16.remark(processor())
        if words:
            console.print(words, style="yellow", highlight=False, soft_wrap=True)


def add_image_statistics(output: Path, model: MaskRCNN, reader: Reader, validation: Reader | None) -> None:
    """Put what the run's images look like into its last checkpoint, and into ``best.h5``, by the weights of each."""
    last, best = latest(output / "checkpoints"), output / "best.h5"
    for path in (path for path in (last, best) if path is not None and path.is_file()):
        with telling("Looking at what the images look like"):
            load_weights(model, path)
            statistics = learned_from(model, reader, validation)
        if statistics is not None:
            add_statistics(path, statistics)


def require_learnable(reader: Reader, config: Config, allow_unused: bool, console: Console) -> None:
    """Print what ``maskrcnn check`` says of the data. Raises: ValueError for what it says cannot be trained on."""
    with progress_bar("Looking for mistakes in the data", len(reader)) as advance:
        report = lint(reader, config, advance, allow_unused)
    print_report(report, console)
    refuse(report.refusals)
    if report.unusable:
        console.print("What cannot be used is left out.", style="yellow")


def refuse(refusals: Sequence[Finding]) -> None:
    """Raise ValueError where there is a reason why nothing, or not every class, can be learnt."""
    if refusals:
        raise ValueError("; ".join(finding.detail for finding in refusals))


def claim_run(output: Path, dataset: str, command: str, options: dict[str, Any]) -> None:
    """Have ``output`` ready for a new run. Raises: ValueError where it holds one, or files that would be lost.

    Epochs of two runs in one folder would be taken for those of one.
    """
    wanted = Plan(
        "train",
        WRITES,
        {"data set": dataset, "command": command, "seed": options["seed"], "oneDNN": onednn.said()},
    )
    try:
        claim(output, wanted, filter(None, (options["init"], options["config_file"])), options["overwrite"])
    except ValueError as error:
        raise ValueError(f"{error}; or --init last to go on from a checkpoint") from None


def make_recorder(
    output: Path, shots: Sequence[Shot], stages: Sequence[Stage], options: dict[str, Any]
) -> FilmRecorder:
    """Return what records the film, and shows it in TensorBoard where events are written."""
    judge = options.get("judge")
    screen = None
    if options.get("events", True):
        screen = FilmEvents(output / "events", judge.stages if judge is not None else ())
    return FilmRecorder(output / FILM, shots, stages, judge, screen)


def shown_of(reader: Reader, callbacks: Sequence[keras.callbacks.Callback], options: dict[str, Any]) -> Shown:
    """Return what is looked at every epoch: images of validation and its figures, else images of training."""
    judge = options.get("judge")
    validate = next((one for one in callbacks if isinstance(one, Validate)), None)
    if validate is None:
        return Shown(reader, "train", judge=judge)
    return Shown(validate.reader, judge=judge, figures=lambda: validate.parts)


@contextlib.contextmanager
def watched(
    run: Run,
    shown: Shown,
    images: tuple[Hardest, ImageLosses],
    options: dict[str, Any],
    board_wanted: bool,
) -> Iterator[list[Events]]:
    """Give the callbacks that write events, if they are wanted, and show them in TensorBoard while the block runs.

    The board ends with the block, also where training breaks off: then the command that shows the events again is said.
    """
    folder, console = run.output / "events", errors()
    with contextlib.ExitStack() as stack:
        if board_wanted:
            stack.callback(_say, console, f"TensorBoard has ended; to see it again: {board_command(folder)}")
            _say(console, f"TensorBoard, until training ends: {stack.enter_context(board(folder))}")
        if options.get("events", True):
            command = str(run.provenance.get("command", ""))
            events = Events(folder, shown, command, options.get("findings"), *images)
            yield [stack.enter_context(contextlib.closing(events))]
        else:
            yield []


def _say(console: Console, line: str) -> None:
    """Print ``line`` as it is, unbroken, so that it can be copied."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def make_callbacks(
    config: Config, run: Run, validation: Reader | None, options: dict[str, Any], console: Console
) -> list[keras.callbacks.Callback]:
    """Return what goes along: validation, early stop, and the progress bar last, which prints all figures."""
    callbacks: list[keras.callbacks.Callback] = []
    if validation is not None:
        best = run.output / "best.h5"
        found = run.output / OBJECTS_FOUND
        callbacks.append(Validate(validation, options["validation_images"], best, run.provenance, found))
    if options["early_stop"]:
        if validation is None:
            raise ValueError("--early-stop wants --validate, by which it judges")
        callbacks.append(EarlyStop(options["early_stop"]))
    callbacks.append(ProgressBar(config.training.images_per_step, console))
    return callbacks
