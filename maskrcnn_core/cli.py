"""The command ``maskrcnn``: one file a command, loaded when it is asked for.

Exit status: 0 = done; 1 = what was asked for is not so (findings, missing objects, a picture that could not be read);
2 = wrong use or bad input. A user's mistake gives one clear message; ``MASKRCNN_DEBUG=1`` shows the traceback as well.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from . import __version__
from .runtime.installing import without_tensorflow
from .runtime.plugins import offered, own, summary

GROUP = "maskrcnn.commands"


class LazyGroup(click.Group):
    """A group whose commands are imported when they run: ``--help`` needs neither TensorFlow nor matplotlib."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of the commands in the order of use, those of other packages last."""
        return list(offered(GROUP))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import and return a command; None for an unknown name."""
        entry = own(GROUP).get(name) or offered(GROUP).get(name)
        return entry.load() if entry else None

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
      maskrcnn detect photo.jpg --output found
      maskrcnn trace photo.jpg --output photo.h5
      maskrcnn walk photo.jpg --output walk.html
      maskrcnn train labelme:pictures --init coco --output runs/mine
      maskrcnn inspect-weights runs/mine/best.h5
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave the process with its exit status."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's start-up chatter is not for users
    try:
        status: Any = maskrcnn.main(args=arguments, prog_name="maskrcnn", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (ValueError, OSError, ArithmeticError) as error:
        if os.environ.get("MASKRCNN_DEBUG"):
            raise
        click.echo(f"maskrcnn: {_words(error)}", err=True)
        sys.exit(2)
    except ModuleNotFoundError as error:
        absent = without_tensorflow(error)
        if not absent or os.environ.get("MASKRCNN_DEBUG"):
            raise
        click.echo(f"maskrcnn: {absent}", err=True)
        sys.exit(2)
    sys.exit(status if isinstance(status, int) else 0)


def _words(error: Exception) -> str:
    """Return what an error says; of the system's the file and the reason, without a number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
