"""Make the README's pictures from the shipped model: ``python docs/make_pictures.py``."""

from pathlib import Path

from maskrcnn_core import load_model
from maskrcnn_inspect.samples import sample_picture
from maskrcnn_inspect.session import Session
from maskrcnn_inspect.views import composing, detections, rpn

HERE = Path(__file__).parent


def main() -> None:
    """Write the pictures beside this file."""
    trace = Session.run(load_model("shapes"), sample_picture("shapes")).trace
    for name, figure in {
        "result": composing.figure(trace),
        "refinement": rpn.top_anchors(trace, count=40),
        "filters": detections.figure(trace),
    }.items():
        figure.savefig(HERE / f"{name}.png", dpi=80)


if __name__ == "__main__":
    main()
