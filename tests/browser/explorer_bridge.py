"""The Explorer in a browser without Jupyter: the page's own engine, or the widget of this process behind a bridge."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from maskrcnn_inspect.explorer import Explorer, assets

SHOWN = ".mx[data-shown]"
DESK = {"width": 1280, "height": 800}  # px of a window

# stands in for Jupyter's model: traits, and messages that go to Python and come back
MODEL = """
const traits = JSON.parse(document.getElementById("traits").textContent);
const listeners = new Map();
const tell = (event, ...words) => [...(listeners.get(event) ?? [])].forEach((act) => act(...words));
window.model = {
  get: (key) => traits[key],
  set: (key, value) => {
    const same = JSON.stringify(traits[key]) === JSON.stringify(value);
    traits[key] = value;
    if (!same) tell(`change:${key}`);
  },
  save_changes: () => window.toPython(JSON.stringify({ traits: { place: traits.place, selected: traits.selected } })),
  on: (event, act) => listeners.set(event, (listeners.get(event) ?? new Set()).add(act)),
  off: (event, act) => listeners.get(event)?.delete(act),
  send: async (message) => {
    const [reply, buffers] = JSON.parse(await window.toPython(JSON.stringify({ message })));
    const bytes = buffers.map((one) => new DataView(Uint8Array.from(atob(one), (l) => l.charCodeAt(0)).buffer));
    tell("msg:custom", reply, bytes);
  },
};
explorer_default.render({ model: window.model, el: document.getElementById("explorer") });
"""


def open_widget(page: Any, widget: Explorer, folder: Path) -> None:
    """Open ``widget`` on ``page``, with this process for its kernel."""
    sent: list[tuple[dict[str, Any], list[bytes]]] = []
    widget.send = lambda message, buffers=None: sent.append((message, buffers or []))

    def to_python(text: str) -> str:
        said = json.loads(text)
        for name, value in said.get("traits", {}).items():
            setattr(widget, name, value)
        if "message" not in said:
            return ""
        widget._asked(widget, said["message"], [])
        reply, buffers = sent.pop()
        return json.dumps([reply, [base64.b64encode(one).decode() for one in buffers]])

    page.expose_function("toPython", to_python)
    traits = {name: getattr(widget, name) for name in ("place", "selected", "_description")}
    style = assets.style() + (Path(assets.__file__).parent / "page.css").read_text()
    data = json.dumps(traits).replace("<", "\\u003c")
    script = assets.script()
    name = script.rsplit("export {", 1)[1].split(" as default")[0].strip()
    script += MODEL.replace("explorer_default", name)
    file = folder / "widget.html"
    file.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Explorer</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>'
        f'<body class="mx-page"><main id="explorer"></main><script type="application/json" id="traits">{data}'
        f'</script><script type="module">{script}</script></body></html>'
    )
    page.goto(file.as_uri())
    page.locator(SHOWN).wait_for(timeout=60_000)


def draw_box(page, start, end, frame=None):
    """Draw a box with Shift held: from ``start`` to ``end``, shares (y, x) of the image, which ``frame`` has."""
    box = (frame or page).locator(".mi-top").bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + start[1] * box["width"], box["y"] + start[0] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[1] * box["width"], box["y"] + end[0] * box["height"], steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")


def settled(page, part):
    """Wait until the place that is shown has ``part`` in its link."""
    page.wait_for_function("part => document.querySelector('.mx')?.dataset.shown?.includes(part)", arg=part)


def move(page, name, value):
    """Move the slider of a setting and wait until its run is shown."""
    slider = page.locator(f'[data-setting="{name}"] input')
    slider.fill(str(value))
    slider.dispatch_event("input")
    settled(page, f"{name}={value}")
