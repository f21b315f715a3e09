"""The command ``maskrcnn``: one file a command, loaded when it is asked for.

Exit status: 0 = done; 1 = what was asked for is not so (findings, missing objects, a picture that could not be read);
2 = wrong use or bad input. A user's mistake gives one clear message; ``MASKRCNN_DEBUG=1`` shows the traceback as well.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from importlib import import_module
from types import FrameType
from typing import IO, Any, NoReturn

import click

from .files.suggestions import unknown
from .runtime.inert import inert, say
from .runtime.progress import heartbeat

# command -> module with a click command of the same name (dashes are underscores there)
COMMANDS = {
    "detect": "maskrcnn_core.commands.detect",
    "trace": "maskrcnn_core.commands.trace",
    "walk": "maskrcnn_inspect.commands.walk",
    "train": "maskrcnn_core.commands.train",
    "evaluate": "maskrcnn_core.commands.evaluate",
    "explain": "maskrcnn_inspect.commands.explain",
    "check": "maskrcnn_core.commands.check",
    "inspect-weights": "maskrcnn_inspect.commands.inspect_weights",
    "download": "maskrcnn_core.commands.download",
    "doctor": "maskrcnn_core.commands.doctor",
}
SUMMARIES = {  # so that --help imports no command
    "detect": "Find the objects in pictures and folders of pictures.",
    "trace": "Record every tensor of a forward pass in a file.",
    "walk": "Write the whole way of a picture as a page that opens anywhere.",
    "train": "Train a model on pictures of your own.",
    "evaluate": "Measure a model: COCO figures, errors by type, confusions, worst cases.",
    "explain": "Say why each object was found or missed.",
    "check": "Say what is wrong with a data set.",
    "inspect-weights": "Say what is wrong with a checkpoint.",
    "download": "Fetch published weights, or COCO's pictures and annotations.",
    "doctor": "Say whether this machine is set up well, and what to do if not.",
}


class Termination(KeyboardInterrupt):
    """SIGTERM: whatever is ready for Ctrl-C is ready for it."""


class Interrupted(click.ClickException):
    """A command that a person ended: one line, and the status that shells know."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__(type(self).__name__.lower())

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line; on a terminal below the ^C that stands there."""
        click.echo(f"\n{self.message}" if sys.stderr.isatty() else self.message, file=file, err=file is None)


class Terminated(Interrupted):
    """A command that the system ended."""

    exit_code = 143


class LazyGroup(click.Group):
    """A group whose commands are imported when they run: ``--help`` needs neither TensorFlow nor matplotlib."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of the commands in the order of use."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import and return a command; None for an unknown name."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[name]), name.replace("-", "_"))
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is asked for. Raises: UsageError with the nearest names for an unknown one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(unknown(f"command {args[0]!r}", COMMANDS, args[0]), context)
        return super().resolve_command(context, args)

    def invoke(self, context: click.Context) -> Any:
        """Run the command; where it takes long, through a pipe, it says now and then where it is."""
        try:
            with heartbeat("at work"):
                return super().invoke(context)
        except KeyboardInterrupt as stop:  # before click sees it, which would print an empty line
            raise (Terminated if isinstance(stop, Termination) else Interrupted)() from None

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES[name]) for name in COMMANDS])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="maskrcnn-inspect")
def maskrcnn() -> None:
    """See what happens inside Mask R-CNN.

    \b
    Examples:
      maskrcnn detect photo.jpg --output found
      maskrcnn trace photo.jpg --output photo.h5
      maskrcnn walk photo.jpg --output walk.html
      maskrcnn train labelme:pictures --init coco --output runs/mine
      maskrcnn inspect-weights runs/mine/best.h5
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave the process with its exit status."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's start-up chatter is not for users
    terminate = signal.signal(signal.SIGTERM, _terminate)
    try:
        status: Any = maskrcnn.main(args=arguments, prog_name="maskrcnn", standalone_mode=False)
    except click.exceptions.Abort:
        _leave("interrupted", 130)
    except click.ClickException as error:
        _show(error)
        sys.exit(error.exit_code)
    except (ValueError, OSError, ArithmeticError, MemoryError, RecursionError) as error:
        if os.environ.get("MASKRCNN_DEBUG"):
            raise
        _leave(f"maskrcnn: {inert(_words(error))}", 2)
    finally:
        signal.signal(signal.SIGTERM, terminate)
    sys.exit(status if isinstance(status, int) else 0)


def _terminate(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C does, so that all that cleans up does; once, since a second signal would break that off."""
    signal.signal(number, signal.SIG_IGN)
    raise Termination


def _leave(words: str, status: int) -> NoReturn:
    say(words, err=True)
    sys.exit(status)


def _show(error: click.ClickException) -> None:
    """Print a usage error as click does, with nothing from outside in it that a terminal would obey."""
    error.message = inert(error.message)  # type: ignore[misc]  # click would cut escapes out, which hides them
    text = io.StringIO()
    error.show(file=text)
    say(text.getvalue().rstrip("\n"), err=True)


def _words(error: Exception) -> str:
    """Return what an error says; of the system's the file and the reason, without a number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, MemoryError):
        return (
            f"the memory of this machine is not enough ({error or 'no more to be had'}); take a smaller input"
        )
    if isinstance(error, RecursionError):
        return "wanted an input whose parts are not nested this deep; is it a file of this format?"
    return str(error)
