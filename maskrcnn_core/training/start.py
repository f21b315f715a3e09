"""Start: from the words of a command to a run. Settings, data, devices, first weights, callbacks, then ``fit``."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
from rich.console import Console

from ..config import Config
from ..config.files import save_config
from ..data.quality.lint import check as lint
from ..data.quality.lint_text import print_report
from ..data.reading.reader import Reader
from ..data.reading.registry import open_dataset
from ..files.atomic import prepare_folder
from ..files.made import Plan, claim
from ..model import MaskRCNN
from ..runtime import onednn
from ..terminal.progress import progress_bar
from ..terminal.screen import errors
from .distribution.strategy import is_chief, make_repeatable, make_strategy, watching_workers
from .initial import initialise
from .loop.callbacks import ProgressBar, Validate
from .loop.fit import Run, fit
from .loop.layers import parse_stages
from .settings import settings_of
from .tensorboard.board import board, board_command
from .tensorboard.events import Events, Shown

WRITES = (
    "config.json",
    "best.h5",
    "diverged_step_*.h5",
    "checkpoints/epoch_*.h5",
    "events/*/events.out.tfevents.*",
)


def start(dataset: str, output: Path, *, command: str = "", **options: Any) -> dict[str, float]:
    """Train on ``dataset`` into ``output`` and return the logs of the last epoch.

    options: those of ``maskrcnn train``; and ``findings``, a function from weights by flat name to sentences on them,
    which are written every epoch. What can be wrong is met before the first step: settings, data, the folder.
    Raises: ValueError with what was wanted, what was received and what to do.
    """
    console = errors()
    reader = open_dataset(dataset)
    config = settings_of(reader.class_names, options)
    stages = parse_stages(options["stages"].split())
    validation = open_dataset(options["validation"]) if options["validation"] else None
    if validation is not None and validation.class_names != reader.class_names:
        raise ValueError(
            f"wanted the classes {reader.class_names} to validate on, received {validation.class_names}"
        )
    prepare_folder(output)
    resume = options["init"] == "last"
    alone = options["strategy"] != "multiworker"  # else TensorFlow has to say first who writes
    if alone and not resume:
        claim_run(output, dataset, command, options)
    if not options["skip_check"]:
        with progress_bar("Looking for mistakes in the data", len(reader)) as advance:
            report = lint(reader, config, advance)
        print_report(report, console)
        if report.unusable:
            console.print("What cannot be used is left out.", style="yellow")

    strategy = make_strategy(options["strategy"], {True: "gpu", False: "cpu", None: None}[options["gpu"]])
    keras.utils.set_random_seed(options["seed"])
    if not make_repeatable():
        console.print("on a GPU the same seed gives the same weights but for their last bits", style="yellow")
    with strategy.scope():
        model = MaskRCNN(config)
        console.print("going on from the last checkpoint" if resume else initialise(model, options["init"]))
    if is_chief(strategy):
        if not alone and not resume:
            claim_run(output, dataset, command, options)
        save_config(config, output / "config.json")
    provenance = {"command": command, "seed": options["seed"], "data": dataset, "epochs": stages[-1].until}
    run = Run(output, stages, options["seed"], options["keep"], provenance)
    callbacks = make_callbacks(config, run, validation, options, console)
    shown = Shown(reader, "train") if validation is None else Shown(validation)
    board_wanted = options["tensorboard"] and is_chief(strategy)
    with watching_workers(strategy), watched(run, shown, options, console, board_wanted) as events:
        return fit(model, reader, run, strategy, [*callbacks[:-1], *events, callbacks[-1]], resume)


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


@contextlib.contextmanager
def watched(
    run: Run, shown: Shown, options: dict[str, Any], console: Console, board_wanted: bool
) -> Iterator[list[Events]]:
    """Give the callbacks that write events, if they are wanted, and show them in TensorBoard while the block runs.

    The board ends with the block, also where training breaks off: then the command that shows the events again is said.
    """
    folder = run.output / "events"
    with contextlib.ExitStack() as stack:
        if board_wanted:
            stack.callback(_say, console, f"TensorBoard has ended; to see it again: {board_command(folder)}")
            _say(console, f"TensorBoard, until training ends: {stack.enter_context(board(folder))}")
        if options.get("events", True):
            events = Events(folder, shown, str(run.provenance.get("command", "")), options.get("findings"))
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
        callbacks.append(Validate(validation, options["validation_pictures"], best, run.provenance))
    if options["early_stop"]:
        if validation is None:
            raise ValueError("--early-stop wants --validate, by which it judges")
        callbacks.append(
            keras.callbacks.EarlyStopping("val_mask_AP", mode="max", patience=options["early_stop"])
        )
    callbacks.append(ProgressBar(config.training.pictures_per_step, console))
    return callbacks
