"""A video file as it is written, read back."""

from fractions import Fraction

import av
import numpy as np
import pytest

from maskrcnn_core.data.reading.video import open_video
from maskrcnn_core.inference.video import writing
from maskrcnn_core.inference.video.writing import VideoFile


def written(path, images, times):
    file = VideoFile(path, Fraction(25))
    for image, time in zip(images, times, strict=True):
        file.add(image, time)
    file.close()
    with open_video(path) as video:
        return list(video.frames())


def plain(height, width, grey):
    return np.full((height, width, 3), grey, np.uint8)


def test_odd_sides_become_even_by_repeating_the_last_row_and_column(tmp_path):
    image = plain(33, 47, 0)
    image[-1], image[:, -1] = 255, 255
    (frame,) = written(tmp_path / "a.mp4", [image], [0])
    assert frame.pixels.shape == (34, 48, 3)
    assert frame.pixels[-2:, :].min() > 150 and frame.pixels[:, -2:].min() > 150
    assert frame.pixels[:28, :40].max() < 60


def test_frames_of_one_time_follow_each_other(tmp_path):
    frames = written(tmp_path / "a.mp4", [plain(32, 32, grey) for grey in (0, 100, 200)], [0, 0, 0.5])
    assert len(frames) == 3
    assert [round(frame.seconds, 3) for frame in frames] == [0, 0, 0.5]
    assert frames[1].seconds > 0


@pytest.mark.parametrize(
    ("encoders", "codec"), [(writing.ENCODERS, "h264"), ({"none": {}, "mpeg4": {}}, "mpeg4")]
)
def test_it_is_h264_or_what_the_library_has(encoders, codec, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "ENCODERS", encoders)
    assert len(written(tmp_path / "a.mp4", [plain(32, 32, 90)] * 3, [0, 0.1, 0.2])) == 3
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.video[0].codec_context.name == codec
