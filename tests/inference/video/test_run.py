"""A run over a video with a detector that sees the green bar of the test clips: files, tracks, limits, memory."""

from __future__ import annotations

import csv
import errno
import json
import os
from fractions import Fraction

import numpy as np
import psutil
import pytest

from maskrcnn_core.data.reading.images import ImageError
from maskrcnn_core.data.reading.video import Frame, open_video
from maskrcnn_core.geometry.rle import decode_rle
from maskrcnn_core.inference.video.run import AREAS, ENDINGS, LINES, OBJECTS, OVERLAY, Limits, Run
from maskrcnn_core.inference.video.writing import VideoFile
from maskrcnn_core.stages.composing import Result
from tests.data.clips import BAR, SIZE, cut, write

NAMES = ("background", "bar", "corner")


def see(image):
    """Return the green and the red of an image, the corner first in every second frame."""
    pixels = image.pixels.astype(int)
    bar = (pixels[..., 1] > 128) & (pixels[..., 0] < 128)
    corner = (pixels[..., 0] > 128) & (pixels[..., 1] < 128)
    order = [1, 2] if int(image.source.rpartition(" ")[2]) % 2 == 0 else [2, 1]
    masks = np.stack([{1: bar, 2: corner}[class_id] for class_id in order])
    boxes = np.array([bounds(mask) for mask in masks], np.int32)
    return Result(boxes, np.array(order, np.int32), np.array([0.9, 0.8], np.float32), masks, NAMES)


def bounds(mask):
    y, x = np.nonzero(mask)
    return [y.min(), x.min(), y.max() + 1, x.max() + 1]


def go(path, folder, **limits):
    with open_video(path) as video:
        return Run(see, limits=Limits(**limits)).follow(video, folder, "a"), video


def table(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_object_of_every_frame_is_a_row_under_the_number_that_it_keeps(tmp_path):
    followed, _ = go(write(tmp_path / "a.mp4"), tmp_path / "out")
    assert followed == (12, 24, 2, 11)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(f"a{e}" for e in ENDINGS)
    rows = table(tmp_path / f"out/a{OBJECTS}")
    assert {(row["class"], row["track_id"]) for row in rows} == {("bar", "0"), ("corner", "1")}
    assert [row["rank"] for row in rows if row["class"] == "bar"] == ["0", "1"] * 6
    lines = [json.loads(line) for line in (tmp_path / f"out/a{LINES}").read_text().splitlines()]
    assert len(lines) == len(rows) == 24
    for row, line in zip(rows, lines, strict=True):
        assert (line["image_id"], line["seconds"]) == (int(row["frame"]), float(row["seconds"]))
        assert line["track_id"] == int(row["track_id"])
        mask = decode_rle(line["segmentation"], SIZE)
        assert int(row["pixels"]) == mask.sum()
        assert [int(row[name]) for name in ("y1", "x1", "y2", "x2")] == bounds(mask)


def test_areas_of_a_frame_fill_it(tmp_path):
    go(write(tmp_path / "a.mp4", 3), tmp_path)
    rows = table(tmp_path / f"a{AREAS}")
    assert [row["class"] for row in rows] == ["bar", "corner", "background"] * 3
    for frame in range(3):
        assert sum(int(row["pixels"]) for row in rows if row["frame"] == str(frame)) == SIZE[0] * SIZE[1]
    assert (tmp_path / "a.areas.png").read_bytes().startswith(b"\x89PNG")


def test_the_overlay_video_keeps_the_times_of_a_variable_rate(tmp_path):
    times = [0, 40, 80, 500, 520, 1500]
    go(write(tmp_path / "a.mkv", 6, times=times), tmp_path)
    with open_video(tmp_path / f"a{OVERLAY}") as video:
        frames = list(video.frames())
    np.testing.assert_allclose([frame.seconds * 1000 for frame in frames], times, atol=1)
    assert min(frames[0].pixels.shape[:2]) >= 480  # enlarged, so that labels can be read
    assert str(video.faults) == ""


@pytest.mark.parametrize(
    ("limits", "numbers"),
    [
        ({"every": 5}, [0, 5, 10]),
        ({"frames": 2}, [0, 1]),
        ({"every": 4, "frames": 2}, [0, 4]),
        ({"seconds": 0.1}, [0, 1, 2]),
    ],
)
def test_limits_say_which_frames_are_looked_at(limits, numbers, tmp_path):
    path = write(tmp_path / "a.mp4")
    followed, video = go(path, tmp_path, **limits)
    seen = list(dict.fromkeys(int(row["frame"]) for row in table(tmp_path / f"a{AREAS}")))
    assert seen == numbers
    assert (followed.frames, followed.last) == (len(numbers), numbers[-1])
    assert str(video.faults) == ""  # an end that was asked for is no cut
    assert Limits(**limits).total(video) == len(numbers)


def test_of_a_cut_file_everything_that_could_be_read_is_written(tmp_path):
    followed, video = go(cut(write(tmp_path / "a.mp4", 40, flags="faststart")), tmp_path)
    assert len(table(tmp_path / f"a{OBJECTS}")) == followed.objects == 2 * followed.frames
    assert 0 < followed.frames < 40
    assert video.faults.cut


def test_a_run_that_fails_leaves_nothing(tmp_path):
    path, out = write(tmp_path / "a.mp4"), tmp_path / "out"

    def fail(image):
        if image.source.endswith("frame 3"):
            raise OSError("of the model")
        return see(image)

    with open_video(path) as video, pytest.raises(OSError, match="of the model"):
        Run(fail).follow(video, out, "a")
    with open_video(path) as video, pytest.raises(ImageError, match="stopped before its first frame"):
        Run(see).follow(video, out, "a", stopped=lambda: True)
    assert list(out.iterdir()) == []


def test_a_full_disk_is_told_with_the_name_of_the_files_and_leaves_nothing(tmp_path, monkeypatch):
    def full(self, image, seconds):
        raise OSError(
            errno.ENOSPC, os.strerror(errno.ENOSPC), "file:.a.overlay.mp4.1234.part"
        )  # as PyAV raises it

    monkeypatch.setattr(VideoFile, "add", full)
    with pytest.raises(OSError, match="No space left") as raised:
        go(write(tmp_path / "a.mp4"), tmp_path / "out")
    assert raised.value.filename == str(tmp_path / "out/a.*")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_request_to_stop_ends_with_whole_files(tmp_path):
    with open_video(write(tmp_path / "a.mp4")) as video:
        done = []
        followed = Run(see).follow(video, tmp_path, "a", done.append, lambda: len(done) == 5)
    assert done == [1, 2, 3, 4, 5]
    assert followed.frames == 5
    with open_video(tmp_path / f"a{OVERLAY}") as video:
        assert len(list(video.frames())) == 5
    assert len(table(tmp_path / f"a{OBJECTS}")) == 10


def test_frames_of_another_size_are_resized_in_the_overlay_and_begin_new_tracks(tmp_path):
    class Changing:
        name, live, rate = "changing", False, Fraction(25)

        def frames(self, every):
            for index, size in enumerate([(48, 64), (33, 47), (33, 47)]):
                pixels = np.zeros((*size, 3), np.uint8)
                pixels[:10, :10], pixels[BAR[0] : 30, 20:30] = (255, 0, 0), (0, 255, 0)
                yield Frame(index, index / 25, pixels)

    followed = Run(see).follow(Changing(), tmp_path, "a")
    assert (followed.objects, followed.tracks) == (6, 4)
    with open_video(tmp_path / f"a{OVERLAY}") as video:
        assert len({frame.pixels.shape for frame in video.frames()}) == 1
    assert [row["track_id"] for row in table(tmp_path / f"a{OBJECTS}")] == ["0", "1", "2", "3", "3", "2"]


def test_memory_stays_the_same_however_many_frames_there_are(tmp_path):
    """Once encoder and decoder have filled their buffers, nothing grows: an image of the overlay is 0.9 MB."""
    held, process = [], psutil.Process()
    path = write(tmp_path / "a.mp4", 48)

    def measure(done):
        if done % 60 == 0:
            held.append(process.memory_info().rss)

    class Repeated:
        name, live, rate = "repeated", False, Fraction(25)

        def frames(self, every):
            with open_video(path) as video:
                frames = list(video.frames())
            for index in range(180):
                yield Frame(index, index / 25, frames[index % 48].pixels)

    Run(see).follow(Repeated(), tmp_path, "a", measure)
    assert held[-1] - held[0] < 8 * 2**20
