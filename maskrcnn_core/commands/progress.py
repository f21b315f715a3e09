"""What commands that go over a data set say: what they leave out, and what they counted."""

from __future__ import annotations

from typing import Any

from ..terminal.inert import say


def warn_of(unjudged: tuple[str, ...]) -> None:
    """Say which classes of the model are left out."""
    if unjudged:
        names = ", ".join(unjudged[:8]) + (" …" if len(unjudged) > 8 else "")
        say(f"not judged: {len(unjudged)} classes that the data set does not have ({names})", err=True)


def say_doubt(model: Any, reader: Any) -> None:
    """Say where the first images of a data set speak for other anchors than those of the model."""
    from ..inference.anchor_scales import AnchorProbe

    if doubt := AnchorProbe(model).look_through(reader):
        say(doubt, err=True)


def counted(options: dict[str, Any]) -> dict[str, str]:
    """Return what the report says of how it was made."""
    limit = {"limit": f"the first {options['limit']} images"} if options["limit"] else {}
    return {"detections counted": f"{options['max_detections']} an image and class", **limit}
