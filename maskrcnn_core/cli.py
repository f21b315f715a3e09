"""The command ``maskrcnn``: one file a command, loaded when it is asked for.

Exit status: 0 = done; 1 = what was asked for is not so (findings, missing objects, an image that could not be read);
2 = wrong use or bad input. A user's mistake gives one clear message; ``MASKRCNN_DEBUG=1`` shows the traceback as well.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from types import FrameType
from typing import IO, Any, NoReturn

import click

from . import __version__
from .files.suggestions import unknown
from .runtime.installing import absent
from .runtime.plugins import lookup, offered, summary
from .terminal.former_names import with_options_of_today
from .terminal.inert import inert, say
from .terminal.progress import heartbeat

GROUP = "maskrcnn.commands"
UNWRITTEN = ("No space left on device", "File too large", "Read-only file system", "Input/output error")
SMALLER = "smaller images or fewer at once (detect: --tile, a higher --min-score), or close other programs"


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
        """Return the names of the commands in the order of use, those of other packages last."""
        return list(offered(GROUP))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import and return a command; None for an unknown name."""
        entry = lookup(GROUP, name)
        return entry.load() if entry else None

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is asked for. Raises: UsageError with the nearest names for an unknown one."""
        if args and not args[0].startswith("-") and lookup(GROUP, args[0]) is None:
            raise click.UsageError(unknown(f"command {args[0]!r}", offered(GROUP), args[0]), context)
        return super().resolve_command(context, with_options_of_today(args))

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
            formatter.write_dl([(name, summary(entry)) for name, entry in offered(GROUP).items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def maskrcnn() -> None:
    """See what happens inside Mask R-CNN.

    \b
    Examples:
      maskrcnn download torchvision-v2
      maskrcnn detect photo.jpg --output found --weights nuclei
      maskrcnn trace photo.jpg --output photo.h5 --weights nuclei
      maskrcnn walk photo.jpg --output walk.html --weights nuclei
      maskrcnn train labelme:images --init coco --output runs/mine
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
    except (ValueError, OSError, ArithmeticError) as error:
        if os.environ.get("MASKRCNN_DEBUG"):
            raise
        _leave(f"maskrcnn: {inert(_words(error))}", 2)
    except ModuleNotFoundError as error:
        missing = absent(error)
        if not missing or os.environ.get("MASKRCNN_DEBUG"):
            raise
        _leave(f"maskrcnn: {missing}", 2)
    except Exception as error:
        exhausted = _refused_write(error) or _exhausted(error)
        if not exhausted or os.environ.get("MASKRCNN_DEBUG"):
            raise
        _leave(f"maskrcnn: {inert(exhausted)}", 2)
    finally:
        signal.signal(signal.SIGTERM, terminate)
    sys.exit(status if isinstance(status, int) else 0)


def _refused_write(error: Exception) -> str:
    """Return what to say where a library could not write, whose own error has the file and the reason in a text."""
    lines = str(error).splitlines() if type(error).__module__.startswith("tensorflow") else []
    found = next((line for line in lines for word in UNWRITTEN if word in line), "")
    return found.rpartition("}} ")[2].strip()  # before it the name of an operation


def _exhausted(error: Exception) -> str:
    """Return what to say where memory or Python's stack was not enough; nothing for any other error."""
    if isinstance(error, RecursionError):
        return "wanted input that can be followed, received brackets nested too deep; look for a broken file"
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":  # TensorFlow's own
        lines = str(error).splitlines() or [""]
        said = next(
            (line.strip() for line in lines if "alloc" in line), lines[0]
        )  # of TensorFlow's many lines
        advice = "" if "; take" in said else f"; take {SMALLER}"
        return f"not enough memory{said and ': '}{said}{advice}"
    return ""


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
