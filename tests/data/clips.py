"""Clips for tests: a red corner above, and a green bar that wanders right on noise, so that frames have bytes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

SIZE = (48, 64)  # (y, x) px
RED, BAR = (10, 16), (24, 34)  # rows and columns of the corner; rows of the bar


def frame(index: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Return frame ``index`` (y, x, rgb) uint8: the bar begins at column ``index``."""
    pixels = np.random.default_rng(index).integers(0, 60, (*size, 3)).astype(np.uint8)
    pixels[: RED[0], : RED[1]] = (255, 0, 0)
    pixels[BAR[0] : BAR[1], index : index + 12] = (0, 255, 0)
    return pixels


def write(
    path: Path,
    count: int = 12,
    codec: str = "libx264",
    times: Sequence[int] | None = None,
    rotation: float | None = None,
    flags: str = "",
    sound: bool = False,
) -> Path:
    """Write ``count`` frames at 25 a second, or at ``times`` in ms. rotation: degrees, counter-clockwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"movflags": flags} if flags else {}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=25)
        stream.height, stream.width, stream.pix_fmt = *SIZE, "yuv420p"
        if codec == "libx264":
            stream.options = {"tune": "zerolatency", "g": "4"}  # an image that stands alone at every fourth
        stream.codec_context.time_base = Fraction(1, 1000)
        if rotation is not None:
            stream.set_display_rotation(rotation)
        audio = container.add_stream("aac", rate=8000) if sound else None
        for index, time in enumerate(times or range(0, 40 * count, 40)):
            made = av.VideoFrame.from_ndarray(frame(index))
            made.pts, made.time_base = time, Fraction(1, 1000)
            container.mux(stream.encode(made))
        container.mux(stream.encode(None))
        if audio is not None:
            silence = av.AudioFrame.from_ndarray(
                np.zeros((1, 8000), np.float32), format="fltp", layout="mono"
            )
            silence.sample_rate = 8000
            container.mux(audio.encode(silence))
            container.mux(audio.encode(None))
    return path


def cut(path: Path, share: float = 0.6) -> Path:
    """Leave the first part of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path
