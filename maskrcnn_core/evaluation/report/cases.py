"""Cases as figures of a page: a crop of an image with what is meant outlined, words, and the way to its walk.

Inputs: ``Case`` objects and the walks of their images. Outputs: HTML text; names come from data sets, so every text is
escaped.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files

from ..metrics.worst_cases import Case
from .walks import Walk

COLOURS = "Objects are dashed in blue, detections drawn through in orange."


def style() -> str:
    """Return the style sheet of the figures; it wants the colour ``--line`` of the page's own."""
    return (files(__package__) / "cases.css").read_text(encoding="utf-8")


def row_of(cases: Iterable[tuple[Case, str]], walks: Mapping[str, Walk]) -> str:
    """Return a row of figures. cases: each with its value in words. walks: by image, see ``anchor``."""
    return f'<div class="row">{"".join(_figure(case, value, walks) for case, value in cases) or "none"}</div>'


def anchor(walk: Walk) -> str:
    """Return the name of the place on the page that tells the command of a walk."""
    return escape(walk.page.removesuffix(".html"))


def _figure(case: Case, value: str, walks: Mapping[str, Walk]) -> str:
    image = ""
    if case.jpeg is not None:
        image = f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(case.jpeg).decode("ascii")}">'
    words = f"<b>{escape(case.class_name)}</b>, {escape(value)}<br>{escape(case.sentence)}"
    words += f"<br><small>{escape(case.image)}</small>"
    if case.image in walks:
        words += f'<br><a href="#{anchor(walks[case.image])}">stage by stage</a>'
    return f"<figure>{image}<figcaption>{words}</figcaption></figure>"
