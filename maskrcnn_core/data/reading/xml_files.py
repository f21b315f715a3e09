"""XML from outside: a tree, or a ValueError that names the file."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

LARGEST = 1 << 29  # bytes; a tree takes ten times as much


def read_tree(file: Path, what: str) -> ElementTree.Element:
    """Return the tree of an XML file; ``what``: the format that is wanted, for errors.

    A document type is refused: entities that expand each other are the one way in which XML of a few bytes fills the
    memory, and no annotation tool writes one. Raises: ValueError.
    """
    try:
        if file.stat().st_size > LARGEST:
            raise ValueError(
                f"{file}: wanted {what} of at most {LARGEST} bytes, received {file.stat().st_size}"
            )
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{file}: wanted {what} in UTF-8, received something else ({error})") from None
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise ValueError(f"{file}: wanted {what}, received one with a document type, which is not read")
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise ValueError(f"{file}: wanted {what}, received something else ({error})") from None
