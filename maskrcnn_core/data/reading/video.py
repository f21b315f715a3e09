"""Videos from outside: the frames of a file or a camera, one at a time, upright, each with its time.

Inputs: a file or a camera, through PyAV (FFmpeg). Outputs: frames as they are shown, and what was wrong with the file.
Only the frame in hand is in memory. A time is the file's own, of every frame: a rate of frames is only what a file
hopes for, and phones keep none. Times that go back or are missing go on at that rate, and are said.

Shapes: y, x rows and columns as shown.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...runtime.installing import install_command
from .images import MAX_PIXELS, ImageError, SourceImage, load_image
from .newest import Newest

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

RATE = Fraction(25)  # frames a second of a file that says nothing of it
SLACK = 0.75  # frames by which a file may end before it says
CONTAINERS = (  # FFmpeg's names; not its playlists and scripts, which lead to other files and to the network
    *("mov", "matroska", "avi", "asf", "flv", "ogg", "mpeg", "mpegts", "mpegvideo", "mxf", "yuv4mpegpipe"),
    *("h264", "hevc", "m4v", "av1", "ivf"),
)
CAMERAS = {
    "linux": ("v4l2", "/dev/video{}"),
    "darwin": ("avfoundation", "{}"),
    "win32": ("dshow", "video={}"),
}


@dataclass(frozen=True)
class Frame:
    """index: among all frames, in the order shown, from 0. seconds: since the start. pixels: (y, x, rgb) uint8."""

    index: int
    seconds: float
    pixels: np.ndarray

    def image(self, name: str, channels: int = 3) -> SourceImage:
        """Return the frame of the video ``name`` as the network wants it."""
        return replace(load_image(self.pixels, channels), source=f"{name}, frame {self.index}")


@dataclass
class Faults:
    """What was wrong with a video, counted while it is read. cut: where it ended, "" where it did as it says."""

    damaged: int = 0
    mended: int = 0
    cut: str = ""

    def __str__(self) -> str:
        """Say it in a line; nothing of a sound video."""
        said = [self.cut] if self.cut else []
        if self.damaged:
            said.append(f"damaged in {self.damaged} place{'s'[self.damaged == 1 :]}")
        if self.mended:
            said.append(
                f"{self.mended} frame{'s'[self.mended == 1 :]} whose time does not go on, timed by the rate"
            )
        return "; ".join(said)


class Video:
    """An open video. total: frames as its file says, 0 where it says nothing. live: a camera, which does not end."""

    def __init__(self, name: str, container: InputContainer, live: bool = False) -> None:
        """Raises: ImageError where there are no images, or none that can be decoded."""
        self.name, self.live, self.faults = name, live, Faults()
        self._container, self._stream = container, _stream_of(container, name)
        self.rate = Fraction(self._stream.average_rate or self._stream.guessed_rate or RATE)
        self.total = 0 if live else self._stream.frames or int(self._said_end() * self.rate)
        self._began = None if live or container.start_time is None else container.start_time / 1e6
        self._packets_read = 0

    def frames(self, every: int = 1) -> Iterator[Frame]:
        """Give every ``every``-th frame, from the first on; ``faults`` is whole when they are through.

        Of a camera the newest one, ``every`` frames after the last or later: what came meanwhile is passed over.
        Raises: ImageError where not one could be decoded.
        """
        index, frame, seconds, step, due = -1, None, 0.0, 1 / float(self.rate), 0
        numbered = enumerate(self._timed())
        for index, (frame, time) in Newest(numbered) if self.live else numbered:
            seconds, step = time, max(1 / float(self.rate), time - seconds)
            if index >= due:
                due = index + every
                yield Frame(index, seconds, upright(frame))
        if frame is None:
            raise ImageError(f"{self.name}: wanted a video, received one of which no frame can be decoded")
        if not self.live:
            self._judge_end(index + 1, seconds + max(step, _lasting(frame)))

    def _timed(self) -> Iterator[tuple[VideoFrame, float]]:
        """Give each frame with its time in s since the start, which grows from frame to frame.

        A time that does not go on, or leaps over that of the next frame, is a mistake of the file.
        """
        before, step = -np.inf, 1 / float(self.rate)
        for frame, said, following in _with_next((frame, self._time(frame)) for frame in self._decoded()):
            if not before < said or before < following < said:
                self.faults.mended += 1
                said = before + step if np.isfinite(before) else 0.0
            before = said
            yield frame, max(0.0, said)

    def _time(self, frame: VideoFrame) -> float:
        """Return the time of a frame in s since the start; minus infinity where the file says none."""
        if frame.pts is None or frame.time_base is None:
            return -np.inf
        said = float(frame.pts * frame.time_base)
        if self._began is None:
            self._began = said
        return said - self._began

    def _decoded(self) -> Iterator[VideoFrame]:
        """Give the frames as they are decoded; what cannot be decoded is counted, and what follows is tried."""
        from av.error import FFmpegError

        for packet in self._packets():
            try:
                frames = self._stream.decode(packet)
            except FFmpegError:
                self.faults.damaged += 1
                continue
            for frame in frames:
                self.faults.damaged += bool(frame.is_corrupt)
                yield frame

    def _packets(self) -> Iterator[Any]:
        """Give the packets of the file, and at the end an empty one: the decoder has to give what it still holds."""
        from av.error import FFmpegError

        try:
            for packet in self._container.demux(self._stream):
                self._packets_read += bool(packet.size)
                yield packet
        except FFmpegError:
            self.faults.damaged += 1
            yield None

    def _said_end(self) -> float:
        """Return when the images end in s, by what the file says; 0 where it says nothing."""
        stream, others = self._stream, len(self._container.streams) > 1
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        if "DURATION" in stream.metadata:  # Matroska: of the stream; its container's is that of the sound too
            return _seconds(stream.metadata["DURATION"])
        return 0.0 if others else (self._container.duration or 0) / 1e6

    def _judge_end(self, count: int, ended: float) -> None:
        """Note where the file ends before it says so: both in time and, where packets are listed, in their number.

        Either alone is no sign: a cut by an editor leaves packets unlisted, and the last image may stand for long.
        """
        whole, listed = self._said_end(), self._stream.frames
        if whole - ended > SLACK / float(self.rate) and not 0 < listed <= self._packets_read:
            of = f" of {listed}" if listed else ""
            self.faults.cut = f"cut off after {count}{of} frames, at {ended:.2f} of {whole:.2f} s"


Timed = tuple["VideoFrame", float]


def _with_next(timed: Iterable[Timed]) -> Iterator[tuple[VideoFrame, float, float]]:
    """Give each frame with its time and that of the next one, infinity for the last."""
    held: Timed | None = None
    for following in timed:
        if held is not None:
            yield *held, following[1]
        held = following
    if held is not None:
        yield *held, np.inf


def _lasting(frame: VideoFrame) -> float:
    """Return for how many s a frame is shown, by its file; 0 where that says nothing."""
    return float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 0.0


def _seconds(text: str) -> float:
    """Return the s of hh:mm:ss.fff; 0 for anything else."""
    try:
        hours, minutes, seconds = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return 0.0


def _stream_of(container: InputContainer, name: str) -> VideoStream:
    """Return the images of a video. Raises: ImageError where there are none, or none that can be decoded."""
    if not container.streams.video:
        kinds = ", ".join(sorted({stream.type for stream in container.streams})) or "nothing"
        raise ImageError(f"{name}: wanted a video, received a file without images ({kinds})")
    stream = container.streams.video[0]
    context: Any = stream.codec_context
    if context is None:
        raise ImageError(f"{name}: wanted a video that can be decoded, received one of an unknown codec")
    if context.width * context.height > MAX_PIXELS:
        raise ImageError(
            f"{name}: wanted at most {MAX_PIXELS} pixels, received {context.height} x {context.width}"
        )
    stream.thread_type = "AUTO"  # of a stream; threads by slices alone are few in most files
    return stream


def upright(frame: VideoFrame) -> np.ndarray:
    """Return (y, x, rgb) uint8 of a frame, turned as its display matrix says, to the nearest quarter."""
    pixels = frame.to_ndarray(format="rgb24")
    said: Any = frame.side_data.get("DISPLAYMATRIX")
    if said is None:
        return pixels
    return turned(pixels, np.frombuffer(bytes(said), np.int32)[:9].reshape(3, 3))


def turned(pixels: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return ``pixels`` (y, x, channel) as shown by a display matrix (3, 3): (x, y, 1) @ matrix, on screen."""
    (a, b), (c, d) = np.asarray(matrix, np.float64)[:2, :2]
    if abs(a) + abs(d) >= abs(b) + abs(c):
        across, down = a, d
    else:
        pixels, across, down = pixels.swapaxes(0, 1), c, b
    pixels = pixels[::-1] if down < 0 else pixels
    return np.ascontiguousarray(pixels[:, ::-1] if across < 0 else pixels)


@contextlib.contextmanager
def open_video(path: str | Path) -> Iterator[Video]:
    """Open a file. Raises: ImageError for what is no video; ValueError where PyAV is missing."""
    if not Path(path).is_file():
        raise ImageError(f"{path}: there is no such file")
    options = {"protocol_whitelist": "file", "format_whitelist": ",".join(CONTAINERS)}
    why = "a file that is none, or whose head or index is missing"
    with _opened(f"file:{path}", str(path), f"wanted a video, received {why}", options=options) as container:
        yield Video(str(path), container)


@contextlib.contextmanager
def open_camera(name: str) -> Iterator[Video]:
    """Open a camera of this machine by its number, or by its name as the system has it.

    Raises: ImageError where there is none; ValueError where PyAV is missing.
    """
    kind, place = CAMERAS.get(sys.platform, CAMERAS["linux"])
    file = name if sys.platform == "linux" and not name.isdigit() else place.format(name)
    here = ", ".join(sorted(map(str, Path("/dev").glob("video*")))) or "none that the system shows"
    said = f"camera {name}"
    with _opened(file, said, f"wanted a camera at {file}; cameras: {here}", format=kind) as container:
        yield Video(said, container, live=True)


@contextlib.contextmanager
def _opened(file: str, name: str, wanted: str, **how: Any) -> Iterator[Any]:
    """Open ``file`` with PyAV. Raises: ImageError by ``name`` that says what was ``wanted``."""
    av = require_pyav()
    try:
        container = av.open(file, "r", metadata_errors="replace", **how)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ImageError(f"{name}: {wanted} ({reason})") from error
    with container:
        yield container


def require_pyav() -> Any:
    """Return the library. Raises: ValueError that says how to install it."""
    try:
        import av
    except ModuleNotFoundError as error:
        raise ValueError(
            f"videos and cameras are read with PyAV, which is not installed here: {install_command('video')}"
        ) from error
    return av


def load_frame(path: str | Path, index: int, channels: int = 3) -> SourceImage:
    """Return a frame of a video, counted from 0 as in the results of a run.

    It is decoded from the start on: where an index of a file points is not always the frame.
    Raises: ImageError for what is no video, or has no such frame.
    """
    last = -1
    with open_video(path) as video:
        for frame in video.frames():
            if frame.index == index:
                return frame.image(str(path), channels)
            last = frame.index
    raise ImageError(f"{path}: wanted a frame of 0 to {last}, received {index}")
