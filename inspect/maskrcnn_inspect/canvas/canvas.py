"""The canvas: one image and what the model saw in it, drawn and moved in the browser.

Inputs: an image and layers. Outputs: a widget for notebooks whose traits other views follow, and the same as state for
pages without a kernel (``standalone``). Zoom, hover, thresholds and the sliders between baked frames never wait for
Python; they answer in the browser.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from maskrcnn_core.stages.composing import PALETTE

from . import arrays
from .assets import script, style
from .fields import Grid, Heat, Links
from .layers import Boxes, Frames, Masks, Points

Layer = Boxes | Masks | Links | Heat | Points | Grid

CONTROLS = ("min_score", "mask_threshold", "opacity", "max_number", "progress", "frame", "layers", "list")


class Canvas(anywidget.AnyWidget):
    """An image with layers. Coordinates are pixels of that image; pixel i covers i to i + 1.

    image: uint8 (y, x, rgb) or (y, x); None = a blank of ``size`` (y, x) px.
    layers: drawn in this order, the last on top; their names differ.
    frames: a slider over positions computed beforehand; layers follow it with their own ``frames``.
    controls: which of ``CONTROLS`` to offer; default: those that the layers give something to do.
    height: largest height of the image on the screen, CSS px.
    Any trait below can be given by name as well: ``Canvas(image, layers, min_score=0.7)``.
    """

    _esm = script()
    _css = style()

    # What other views follow and set. A selection says which rows: {"detections": 3, "proposals": 17}; {} = nothing.
    selected = traitlets.Dict(key_trait=traitlets.Unicode(), value_trait=traitlets.Int()).tag(sync=True)
    point = traitlets.List(traitlets.Float(), maxlen=2, help="last click, (y, x) image px").tag(sync=True)
    drawn = traitlets.List(traitlets.Float(), maxlen=4, help="box drawn with Shift, yxyx image px").tag(
        sync=True
    )
    region = traitlets.List(traitlets.Float(), maxlen=4, help="part in view, yxyx px; [] = all").tag(
        sync=True
    )
    min_score = traitlets.Float(0.0, min=0.0, help="score threshold drawn").tag(sync=True)
    mask_threshold = traitlets.Float(0.5, min=0.0, max=1.0, help="probability a pixel needs").tag(sync=True)
    opacity = traitlets.Float(0.5, min=0.0, max=1.0, help="of masks and heat maps").tag(sync=True)
    max_number = traitlets.Int(None, allow_none=True, min=0, help="rows drawn a layer; None = all").tag(
        sync=True
    )
    progress = traitlets.Float(0.0, min=0.0, max=1.0, help="0 = first of the steps, 1 = last").tag(sync=True)
    frame = traitlets.Int(0, min=0, help="position of the slider of frames").tag(sync=True)
    hidden = traitlets.List(traitlets.Unicode(), help="names of the layers switched off").tag(sync=True)
    in_view = traitlets.Bool(True, help="whether the browser has it in the window, or near").tag(sync=True)
    title = traitlets.Unicode(help="what is shown, with frame and unit").tag(sync=True)
    note = traitlets.Unicode(help="a sentence on what to look for").tag(sync=True)

    _image = traitlets.Dict().tag(sync=True)
    _layers: Any = traitlets.List().tag(sync=True)
    _frames = traitlets.Dict().tag(sync=True)
    _palette = traitlets.List([list(colour) for colour in PALETTE]).tag(sync=True)
    _controls: Any = traitlets.List().tag(sync=True)
    _height = traitlets.Int(560, min=100).tag(sync=True)

    def __init__(
        self,
        image: ArrayLike | None = None,
        layers: Sequence[Layer] = (),
        *,
        size: tuple[int, int] | None = None,
        frames: Frames | None = None,
        controls: Collection[str] | None = None,
        height: int = 560,
        encoding: str = "png",
        **traits: Any,
    ) -> None:
        unknown = sorted(set(traits) - set(self.class_trait_names()))
        if unknown:
            raise TypeError(f"Canvas has no {unknown[0]!r}; its settings are {', '.join(SETTINGS)}")
        super().__init__(
            _image=_image_state(image, size, encoding),
            _frames=frames.state() if frames else {},
            _controls=_chosen(controls),
            _height=height,
            **{"frame": frames.start if frames else 0, **traits},
        )
        self._encoding = encoding
        self._given: tuple[Layer, ...] = ()
        self.layers = layers

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the image, px."""
        return self._image["height"], self._image["width"]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers; set them to draw others. Raises: ValueError, TypeError naming the layer that does not fit."""
        return self._given

    @layers.setter
    def layers(self, layers: Sequence[Layer]) -> None:
        states = [layer.state(self.size) for layer in layers]
        names = [state["name"] for state in states]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ValueError(
                f"layers: wanted a name of its own for each, received {twice[0]!r} {len(twice)} times"
            )
        for state in states:
            _check_frames(state, len(self._frames.get("labels", ())))
        known = {layer.name for layer in self._given}
        off = [layer.name for layer in layers if not layer.visible and layer.name not in known]
        with self.hold_sync():
            # only of new layers: a switch that a person has moved stays moved
            self.hidden = list(dict.fromkeys([*self.hidden, *off]))
            self._layers = states
        self._given = tuple(layers)

    def show(
        self,
        image: ArrayLike | None,
        layers: Sequence[Layer] = (),
        size: tuple[int, int] | None = None,
        frames: Frames | None = None,
    ) -> None:
        """Show another image with its own layers and frames, at once."""
        with self.hold_sync():
            self._image = _image_state(image, size, self._encoding)
            self._frames = frames.state() if frames else {}
            self.frame = frames.start if frames else 0
            self.layers = layers

    def replace(self, layer: Layer) -> None:
        """Put ``layer`` in the place of the one of the same name, or on top if there is none."""
        known = {given.name for given in self._given}
        others = [layer if given.name == layer.name else given for given in self._given]
        self.layers = others if layer.name in known else [*others, layer]


_OWN = tuple(sorted(Canvas.class_own_traits(sync=True)))
SETTINGS = tuple(name for name in _OWN if not name.startswith("_"))
SCENE = tuple(name for name in _OWN if name not in ("_esm", "_css"))  # all that the browser's half reads


def link_selection(*canvases: Canvas) -> None:
    """Make several canvases share one selection, in the browser: it follows while the kernel is busy."""
    for canvas in canvases[1:]:
        ipywidgets.jslink((canvases[0], "selected"), (canvas, "selected"))


def _image_state(image: ArrayLike | None, size: tuple[int, int] | None, encoding: str) -> dict[str, Any]:
    if image is not None:
        return arrays.packed_image(image, encoding)
    if size is None:
        raise ValueError("Canvas: wanted an image, or the size (y, x) px of a blank")
    height, width = (int(np.ceil(side)) for side in size)
    if min(height, width) < 1:
        raise ValueError(f"size: wanted at least one pixel, received {tuple(size)}")
    return {"height": height, "width": width}


def _chosen(controls: Collection[str] | None) -> list[str]:
    unknown = sorted(set(controls or ()) - set(CONTROLS))
    if unknown:
        raise ValueError(f"controls: wanted some of {', '.join(CONTROLS)}, received {unknown[0]!r}")
    return list(CONTROLS if controls is None else controls)


def _check_frames(state: dict[str, Any], positions: int) -> None:
    """Hold a layer's frames against the slider's. Raises: ValueError when their numbers differ."""
    own = state["maps"] if state.get("framed") else len(state.get("frames", ()))
    if own and own != positions:
        raise ValueError(
            f"{state['kind']} {state['name']!r}, frames: wanted {positions or 'none'}, received {own}"
        )
