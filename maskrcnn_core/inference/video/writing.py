"""Writing a video: frames as they come, each at its own time, in a file that any player opens.

Inputs: images (y, x, rgb) uint8 with their times. Outputs: an MP4 of H.264 where PyAV's FFmpeg has the encoder
(libx264), else of MPEG-4 part 2. Frames keep their times, so that a clip of which every tenth frame was looked at plays
at its own speed. Encoders want even sides: an odd one is made so by repeating the last row or column.

Shapes: y, x rows and columns, px.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ...data.reading.video import require_pyav

TICK = Fraction(1, 60000)  # s, of the times in the file; MPEG-4 part 2 has 16 bits for it
ENCODERS = {"libx264": {"crf": "20", "preset": "veryfast"}, "mpeg4": {"qscale": "4"}}


class VideoFile:
    """A video that is being written to ``path``; the size is that of the first frame, to which others are resized."""

    def __init__(self, path: Path, rate: Fraction) -> None:
        """``rate``: frames a second, roughly; how long the last frame is shown follows from it."""
        self.av = require_pyav()
        self._container = self.av.open(f"file:{path}", "w", format="mp4", options={"movflags": "+faststart"})
        self._stream: Any = None
        self.rate, self._last = rate, -1

    def add(self, image: np.ndarray, seconds: float) -> None:
        """Write ``image`` (y, x, rgb) uint8, shown from ``seconds`` on; at least a tick after the one before."""
        image = with_even_sides(image)
        if self._stream is None:
            self._stream = self._begin(image.shape[0], image.shape[1])
        frame = self.av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame = frame.reformat(self._stream.width, self._stream.height, "yuv420p")
        frame.time_base, frame.pts = TICK, max(self._last + 1, round(seconds / TICK))
        self._last = frame.pts
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Write what the encoder still holds, and the index without which no player opens the file."""
        if self._stream is not None:
            self._container.mux(self._stream.encode(None))
        self._container.close()

    def _begin(self, height: int, width: int) -> Any:
        name = next(name for name in ENCODERS if name in self.av.codecs_available)
        stream = self._container.add_stream(
            name, rate=self.rate.limit_denominator(1001), options=ENCODERS[name]
        )
        stream.height, stream.width, stream.pix_fmt = height, width, "yuv420p"
        stream.codec_context.time_base = TICK
        return stream


def with_even_sides(image: np.ndarray) -> np.ndarray:
    """Return ``image`` (y, x, rgb) with an even number of rows and columns."""
    height, width = image.shape[:2]
    return np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
