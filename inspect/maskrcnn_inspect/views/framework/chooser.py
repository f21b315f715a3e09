"""A chooser of image and weights: what a person picks in the browser is what all panels of the session show.

Inputs: a session. Outputs: a widget; a file that is no image, or weights that do not fit, become a sentence.
"""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets

from maskrcnn_core.data.reading.images import SourceImage, load_image, open_image
from maskrcnn_core.weights.catalog import MODELS

from ...samples import sample_image
from ...session import Session


class Chooser(ipywidgets.VBox):
    """A file chooser for the image, and a field for the weights: a shipped name, ``coco``, or the path of a file."""

    def __init__(self, session: Session, weights: str = "") -> None:
        self.session = session
        self.upload = ipywidgets.FileUpload(
            accept="image/*", description="image…", tooltip="an image of yours"
        )
        self.weights = ipywidgets.Combobox(
            value=weights, options=tuple(MODELS), description="weights", ensure_option=False, continuous_update=False,
            placeholder="name or path",
        )  # fmt: skip
        self.sample = ipywidgets.Button(description="sample image", tooltip="an image the weights do well on")
        self.message = ipywidgets.HTML(value=_unlike(session))
        row = ipywidgets.HBox([self.upload, self.sample, self.weights], layout={"flex_flow": "row wrap"})
        super().__init__([row, self.message])
        self.upload.observe(lambda _: self._try(self._take_upload), "value")
        self.weights.observe(lambda change: self._try(self._take_weights, change["new"]), "value")
        self.sample.on_click(lambda _: self._try(self._take_sample))

    def _try(self, act: Any, *values: Any) -> None:
        """Do it, and say what came of it."""
        try:
            self.message.value = f"<p>{escape(act(*values))}</p>{_unlike(self.session)}"
        except (ValueError, OSError, KeyError) as error:
            self.message.value = f'<p role="alert">{escape(str(error))}</p>'

    def _take_upload(self) -> str:
        if not self.upload.value:
            return ""
        name, content = self.upload.value[0]["name"], self.upload.value[0]["content"]
        return self._show(open_image(bytes(content), str(name), self._channels()))

    def _take_sample(self) -> str:
        return self._show(SourceImage(sample_image(self.weights.value or "shapes"), "sample"))

    def _take_weights(self, weights: str) -> str:
        from maskrcnn_core import load_model  # TensorFlow is needed from here on alone

        model = load_model(weights.strip())
        trace = self.session.look_at(load_image(self.session.trace["image.original"]), model=model)
        return f"{weights}: {len(trace['detections.boxes'])} found"

    def _show(self, image: SourceImage) -> str:
        trace = self.session.look_at(image)
        return f"{image.source}: {len(trace['detections.boxes'])} found"

    def _channels(self) -> int:
        return 3 if self.session.base.config is None else self.session.base.config.molding.channels


def _unlike(session: Session) -> str:
    """Return an alert where the image is far from all that the model learned from; samples are not judged."""
    if session.trace.attributes.get("image") in ("array", "sample") or not session.unlike:
        return ""
    return f'<p role="alert"><b>{escape(session.unlike)}</b></p>'
