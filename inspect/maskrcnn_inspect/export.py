"""The whole walk as one HTML file: it opens from disk in any browser, without Jupyter, kernel or network.

Inputs: a session, live or of a saved trace. Outputs: a page of every view in the order of the pipeline, drawn by the
very canvas that notebooks show. What needs the model to run is baked as positions of sliders where the session is live;
a saved trace needs no TensorFlow.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from maskrcnn_core.recording.tensors import STAGES
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.terminal.progress import telling

from . import views
from .canvas import canvases_in, page
from .canvas.page_parts import write_page
from .canvas.standalone import Html, Part
from .session import Session
from .views.framework.rows import linked
from .views.framework.scene import SECTIONS, View


def walk_page(session: Session) -> str:
    """Return the page. What a view lacks in the trace becomes a sentence in its place."""
    parts: list[Part] = [*introduction(session.trace)]
    for name, view in walk_views().items():
        if fits(view.VIEW, session):
            with telling(f"Drawing {name}"):
                parts += view.snapshot(session)
    for canvas in canvases_in(parts):
        canvas.layers = [linked(layer, session.trace) for layer in canvas.layers]
    return page(title_of(session.trace), parts)


def walk_views() -> dict[str, ModuleType]:
    """Return the views of a walk by name: section by section, in each those of stages as data flows, then the rest."""
    found = {name: view for name, view in views.all_views().items() if view.VIEW.section}
    return dict(sorted(found.items(), key=lambda item: _place(item[1].VIEW)))


def fits(view: View, session: Session) -> bool:
    """Return whether ``view`` has anything to show of ``session``, so that the page holds it."""
    return all(name in session.trace for name in view.needs) and (session.has_model or not view.needs_model)


def _place(view: View) -> tuple[int, int]:
    return SECTIONS.index(view.section), STAGES.index(view.stage) if view.stage else len(STAGES)


def write_walk(session: Session, path: str | Path) -> int:
    """Write the page to ``path``, whole or not at all, and return its size in bytes.

    Raises: OSError where the folder cannot be written to.
    """
    return write_page(walk_page(session), "walk", path)


def title_of(trace: Trace) -> str:
    """Return the heading: what the page is about, and the image's name if it has one."""
    name = Path(str(trace.attributes.get("image", ""))).name
    return f"Inside Mask R-CNN: {name}" if name and name != "array" else "Inside Mask R-CNN, step by step"


def introduction(trace: Trace) -> list[Part]:
    """Return the first words: what is seen here and how to move it."""
    found = trace.shape("detections.boxes")[0] if "detections.boxes" in trace else None
    result = "" if found is None else f" The model reports {found} object{'' if found == 1 else 's'} on it."
    weights = Path(str(trace.attributes.get("weights", ""))).name
    model = f" with the weights {weights}" if weights else ""
    return [
        f"One image on its way through Mask R-CNN{model}, stage by stage, from the tensors of one forward pass: "
        f"what is shown is what ran.{result}",
        "Point at anything to read it, click to select it: its anchor, proposal, detection and mask are then marked in "
        "every view. Zoom with the buttons, or with the wheel once an image has been clicked; n and p go to the next "
        "and the previous row.",
        Html("<p>Boxes are (y1, x1, y2, x2). <em>Network-input px</em> are pixels of the network's input, "
             "<em>image px</em> those of the original.</p>"),
    ]  # fmt: skip
