"""Canvases on a page of their own: one HTML text that opens from a file, without Jupyter, kernel or network.

Inputs: canvases and text. Outputs: HTML. The browser's half is the very module the widget runs; a small stand-in for
Jupyter's model takes the place of the kernel. What needs the model to run has to be baked as ``Frames`` beforehand.
A selection is shared by all canvases of a page.

Nothing from data can become markup or script: texts are escaped, JSON has no ``<``, and the page's Content-Security-
Policy lets only the two inline texts whose hashes it names run.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .assets import page_script, page_style, style
from .canvas import SCENE, Canvas
from .page_parts import json_text, whole_page

_GAIN = 0.9  # a buffer is sent compressed if that leaves less than this share of it


class Html(str):
    """Markup that the caller vouches for; everything else is text. It cannot run scripts nor load anything."""


@dataclass(frozen=True)
class Case:
    """What a ``Choice`` shows of one row: its name, the selection that it is of, and its parts."""

    name: str
    selected: Mapping[str, int]
    parts: Sequence[Canvas | Html | str]


@dataclass(frozen=True)
class Choice:
    """Parts of which a page shows one case: that of the row ``of`` some kind that is selected, at first the first.

    The cases that are not shown cost the browser nothing but their bytes.
    """

    name: str
    of: str
    cases: Sequence[Case]


Part = Canvas | Html | str | Choice


def canvases_in(parts: Sequence[Part]) -> list[Canvas]:
    """Return all canvases, also those that a choice shows."""
    every = [one for part in parts for one in (_parts_of(part) if isinstance(part, Choice) else [part])]
    return [one for one in every if isinstance(one, Canvas)]


def _parts_of(choice: Choice) -> list[Canvas | Html | str]:
    return [part for case in choice.cases for part in case.parts]


def page(title: str, parts: Sequence[Part], language: str = "en") -> str:
    """Return a whole page: ``title`` as its heading, then ``parts`` in order, a plain string being a paragraph."""
    body = f"<main>\n<h1>{html.escape(title)}</h1>\n{_body(parts)}\n</main>"
    return whole_page(title, page_style() + style(), body, page_script(), language=language)


def fragment(parts: Sequence[Part]) -> str:
    """Return the same without a page around it, for the HTML of a page that is there already."""
    return f"""<style>{style()}</style>
<div class="mi-fragment">
{_body(parts)}
</div>
<script type="module">{page_script()}</script>
"""


def _body(parts: Sequence[Part]) -> str:
    """Return the markup of the parts, then the data of their canvases, equal buffers once."""
    buffers: dict[bytes, int] = {}
    canvases = canvases_in(parts)
    states = [_emptied({name: getattr(one, name) for name in SCENE}, buffers) for one in canvases]
    packed = [_packed(buffer) for buffer in buffers]
    name = hashlib.sha256(json_text([states, packed]).encode()).hexdigest()[:12]
    ids = [f"mi-{name}-{number}" for number in range(len(states))]
    data = json_text({"canvases": dict(zip(ids, states, strict=True)), "buffers": packed})
    mounts = {
        id(one): _mount(*known) for one, known in zip(canvases, zip(ids, states, strict=True), strict=True)
    }
    markup = [_markup(part, mounts) for part in parts]
    return "\n".join([*markup, f'<script type="application/json" data-mi-canvases>{data}</script>'])


def _markup(part: Part, mounts: Mapping[int, str]) -> str:
    if isinstance(part, Choice):
        return _choice(part, mounts)
    if isinstance(part, Canvas):
        return mounts[id(part)]
    return part if isinstance(part, Html) else f"<p>{html.escape(part)}</p>"


def _choice(choice: Choice, mounts: Mapping[int, str]) -> str:
    """Return the cases one after the other, all but the first hidden, under a control that selects one."""
    options, cases = [], []
    for place, case in enumerate(choice.cases):
        row = case.selected[choice.of]
        options.append(f'<option value="{row}">{html.escape(case.name)}</option>')
        selected, hidden = html.escape(json_text(dict(case.selected))), " hidden" if place else ""
        inside = "\n".join(_markup(part, mounts) for part in case.parts)
        cases.append(f'<div data-mi-row="{row}" data-mi-selected="{selected}"{hidden}>\n{inside}\n</div>')
    name = html.escape(choice.name)
    head = (
        f'<p class="mi-choose"><label>{name} <select>{"".join(options)}</select></label> '
        f'<span role="status" hidden>What is selected is none of these: this is still of the one named here.</span></p>'
    )
    return f'<div data-mi-choice="{html.escape(choice.of)}">{head}\n{"".join(cases)}</div>'


def _mount(name: str, state: dict[str, Any]) -> str:
    """Return the place of a canvas, with words for browsers that run no scripts."""
    title = html.escape(state["title"] or "SourceImage")
    return f'<div class="mi-mount" id="{name}"><p>{title}: this view needs a browser that runs scripts.</p></div>'


def _emptied(value: Any, buffers: dict[bytes, int]) -> Any:
    """Return ``value`` with every bytes object replaced by its number in ``buffers``."""
    if isinstance(value, bytes):
        return {"$bytes": buffers.setdefault(value, len(buffers))}
    if isinstance(value, dict):
        return {key: _emptied(one, buffers) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_emptied(one, buffers) for one in value]
    return value


def _packed(buffer: bytes) -> dict[str, Any]:
    squeezed = gzip.compress(buffer, 9, mtime=0)
    worth = len(squeezed) < _GAIN * len(buffer)
    return {"gzip": worth, "base64": base64.b64encode(squeezed if worth else buffer).decode()}
