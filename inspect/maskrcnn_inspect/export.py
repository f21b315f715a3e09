"""The whole walk as one HTML file: it opens from disk in any browser, without Jupyter, kernel or network.

Enters: a session, live or of a saved trace. Leaves: a page of every view in the order of the pipeline, drawn by the
very canvas that notebooks show. What needs the model to run is baked as positions of sliders where the session is live;
a saved trace needs no TensorFlow.
"""

from __future__ import annotations

from pathlib import Path

from maskrcnn_core.files.atomic import replacing
from maskrcnn_core.files.made import page_mark
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.terminal.progress import telling

from . import views
from .canvas import canvases_in, page
from .canvas.standalone import Html, Part
from .session import Session
from .views.framework.rows import linked

# the views of a walk, in the order in which data flows
STAGES = (
    "molding", "activations", "anchors", "rpn", "proposals",
    "roi_align", "box_head", "detections", "masks", "composing",
)  # fmt: skip
WHY = ("funnel", "lineage", "nms_lab")
WITH_TRUTH = ("training_targets", "losses")
WITH_MODEL = ("what_if", "attribution")  # they run it many times: worth a page only while it is there


def walk_page(session: Session) -> str:
    """Return the page. What a view lacks in the trace becomes a sentence in its place."""
    parts: list[Part] = [*introduction(session.trace)]
    truth = WITH_TRUTH if "losses.class" in session.trace else ()
    for name in (*STAGES, *WHY, *truth, *(WITH_MODEL if session.live else ())):
        with telling(f"Drawing {name}"):
            parts += getattr(views, name).snapshot(session)
    for canvas in canvases_in(parts):
        canvas.layers = [linked(layer, session.trace) for layer in canvas.layers]
    return page(title_of(session.trace), parts)


def write_walk(session: Session, path: str | Path) -> int:
    """Write the page to ``path``, whole or not at all, and return its size in bytes.

    Raises: OSError where the folder cannot be written to.
    """
    text = (walk_page(session) + page_mark("walk")).encode()
    with replacing(Path(path)) as part:
        part.write_bytes(text)
    return len(text)


def title_of(trace: Trace) -> str:
    """Return the heading: what the page is about, and the picture's name if it has one."""
    name = Path(str(trace.attributes.get("picture", ""))).name
    return f"Inside Mask R-CNN: {name}" if name and name != "array" else "Inside Mask R-CNN, step by step"


def introduction(trace: Trace) -> list[Part]:
    """Return the first words: what is seen here and how to move it."""
    found = trace.shape("detections.boxes")[0] if "detections.boxes" in trace else None
    result = "" if found is None else f" The model reports {found} object{'' if found == 1 else 's'} on it."
    weights = Path(str(trace.attributes.get("weights", ""))).name
    model = f" with the weights {weights}" if weights else ""
    return [
        f"One picture on its way through Mask R-CNN{model}, stage by stage, from the tensors of one forward pass: "
        f"what is shown is what ran.{result}",
        "Point at anything to read it, click to select it: its anchor, proposal, detection and mask are then marked in "
        "every view. Zoom with the buttons, or with the wheel once a picture has been clicked; n and p go to the next "
        "and the previous row.",
        Html("<p>Boxes are (y1, x1, y2, x2). <em>Molded px</em> are pixels of the network's input, "
             "<em>picture px</em> those of the original.</p>"),
    ]  # fmt: skip
