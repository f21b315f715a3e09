"""The consoles of the command line: tables, colours and bars, and nothing in them that a terminal would obey."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from .inert import inert


class Screen(Console):
    """A console that makes the text of whatever it prints inert; its own colours and movements stay."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Give the pieces of ``renderable``; line ends are those of the layout."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else inert(text, keep="\n"), style, control)


def output() -> Screen:
    """Return the console of results, standard output."""
    return Screen()


def errors() -> Screen:
    """Return the console of progress and remarks, standard error."""
    return Screen(stderr=True)
