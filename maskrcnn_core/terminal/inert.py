r"""Text from outside on a person's screen: shown, never obeyed.

Names of files, keys of a configuration, class names and servers' answers may hold what a terminal obeys: escape
sequences that recolour, retitle or overwrite, marks that turn the direction of reading, line ends that forge a message.
All of them are shown as Python writes them, ``\x1b``.
"""

from __future__ import annotations

import click


def inert(text: str, keep: str = "") -> str:
    """Return ``text`` with every character that cannot be printed escaped, but for those of ``keep``.

    Law: ``inert(inert(text)) == inert(text)``.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else c.encode("unicode_escape").decode() for c in text)


def say(text: str, err: bool = False) -> None:
    """Print ``text``, which may have several lines of the program's own, so that no terminal obeys any of it."""
    click.echo(inert(text, keep="\n"), err=err)
