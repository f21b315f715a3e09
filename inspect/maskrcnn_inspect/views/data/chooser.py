"""A chooser of a data set: a format, a path, and what was found there in one sentence.

Inputs: ``FORMAT:PATH``. Outputs: a widget whose ``reader`` is the data set; what cannot be opened becomes a sentence
and the data set that was open stays.
"""

from __future__ import annotations

from html import escape

import ipywidgets

from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.registry import formats, open_dataset

from ..framework.data_panel import WORDS
from ..framework.scene import RENDER_ERRORS
from ..framework.selector import selector

FINDINGS = 5  # of the index, named at most


class DataChooser(ipywidgets.VBox):
    """A choice of format and a field for the path with its options; ``reader`` is what was opened last."""

    def __init__(self, spec: str) -> None:
        self.spec = ""
        self.reader: Reader = open_dataset(spec)  # the first has to be there
        format_name, _, path = spec.partition(":")
        names = list(dict.fromkeys([*formats(), format_name]))
        self.format = selector("format", names, value=format_name)
        self.path = ipywidgets.Text(
            value=path, description="path and options", placeholder="folder or file, then ?option=value",
            style=WORDS, layout=ipywidgets.Layout(width="32rem"),
        )  # fmt: skip
        self.button = ipywidgets.Button(description="open")
        self.message = ipywidgets.HTML()
        row = ipywidgets.HBox(
            [self.format, self.path, self.button], layout=ipywidgets.Layout(flex_flow="row wrap")
        )
        super().__init__([row, self.message])
        self.button.on_click(lambda _: self.open_chosen())
        self._say(spec)

    def open_chosen(self) -> None:
        """Open what the controls say; where that fails, say why and keep what was open."""
        spec = f"{self.format.value}:{self.path.value.strip()}"
        try:
            self.reader = open_dataset(spec)
        except RENDER_ERRORS as error:
            self.message.value = f'<p role="alert">{escape(str(error))}</p>'
            return
        self._say(spec)

    def _say(self, spec: str) -> None:
        self.spec = spec
        names = ", ".join(self.reader.class_names[1:]) or "none"
        found = self.reader.findings
        lines = [f"{spec}: {len(self.reader):,} images, classes: {names}"]
        lines += [f"{one.severity}: {one.file}: {one.detail}" for one in found[:FINDINGS]]
        lines += [f"and {len(found) - FINDINGS} more findings"] if len(found) > FINDINGS else []
        self.message.value = "".join(f"<p>{escape(line)}</p>" for line in lines)
