"""Videos from outside: sound, turned, cut, damaged, silent, of variable rate, and what is none."""

from __future__ import annotations

import builtins
import contextlib

import numpy as np
import pytest

from maskrcnn_core.data.reading import video as reading
from maskrcnn_core.data.reading.images import ImageError, list_images, load_image
from maskrcnn_core.data.reading.video import load_frame, open_camera, open_video, turned
from tests.data.clips import BAR, RED, SIZE, cut, write


def read(path, every=1):
    with open_video(path) as video:
        return list(video.frames(every)), video


def is_red(pixels):
    return (pixels[..., 0] > 128) & (pixels[..., 1] < 128)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi", "a.ts", "a.mov"])
def test_every_frame_comes_once_with_its_time(name, tmp_path):
    path = write(tmp_path / name, codec="mpeg4" if name.endswith("avi") else "libx264")
    frames, video = read(path)
    assert [frame.index for frame in frames] == list(range(12))
    np.testing.assert_allclose([frame.seconds for frame in frames], np.arange(12) * 0.04, atol=2e-3)
    assert str(video.faults) == ""
    for frame in frames:
        assert frame.pixels.shape == (*SIZE, 3)
        green = frame.pixels[BAR[0] : BAR[1], :, 1].mean(axis=0) > 128
        assert abs(np.flatnonzero(green)[0] - frame.index) <= 1


def test_every_third_frame_keeps_its_number_and_time(tmp_path):
    frames, _ = read(write(tmp_path / "a.mp4"), every=3)
    assert [(frame.index, round(frame.seconds, 3)) for frame in frames] == [
        (0, 0),
        (3, 0.12),
        (6, 0.24),
        (9, 0.36),
    ]


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_times_of_a_variable_rate_are_those_of_the_file(name, tmp_path):
    times = [0, 40, 80, 500, 520, 1500]
    frames, video = read(write(tmp_path / name, 6, times=times))
    np.testing.assert_allclose([frame.seconds * 1000 for frame in frames], times, atol=1)
    assert str(video.faults) == ""


@pytest.mark.parametrize("sound", [False, True])
def test_a_video_needs_no_sound_and_may_have_some(sound, tmp_path):
    frames, video = read(write(tmp_path / "a.mp4", sound=sound))
    assert (len(frames), str(video.faults)) == (12, "")


@pytest.mark.parametrize(("degrees", "turns"), [(90, 1), (180, 2), (-90, 3)])
def test_a_turned_video_is_shown_upright(degrees, turns, tmp_path):
    frames, _ = read(write(tmp_path / "a.mp4", 1, rotation=degrees))  # counter-clockwise, as np.rot90 turns
    stored = np.zeros(SIZE, bool)
    stored[: RED[0], : RED[1]] = True
    np.testing.assert_array_equal(is_red(frames[0].pixels), np.rot90(stored, turns))


@pytest.mark.parametrize(
    ("matrix", "shown"),
    [
        ([[1, 0], [0, 1]], [[1, 2, 3], [4, 5, 6]]),
        ([[-1, 0], [0, 1]], [[3, 2, 1], [6, 5, 4]]),  # x becomes -x: a mirror, as of a front camera
        ([[1, 0], [0, -1]], [[4, 5, 6], [1, 2, 3]]),
        ([[0, 1], [-1, 0]], [[4, 1], [5, 2], [6, 3]]),  # (x, y) becomes (-y, x): clockwise
        ([[0, 1], [1, 0]], [[1, 4], [2, 5], [3, 6]]),
        ([[0.9, 0.1], [-0.1, 0.9]], [[1, 2, 3], [4, 5, 6]]),  # a few degrees are left as they are
    ],
)
def test_a_display_matrix_turns_and_mirrors(matrix, shown):
    whole = np.eye(3)
    whole[:2, :2] = matrix
    pixels = np.arange(1, 7).reshape(2, 3, 1)
    np.testing.assert_array_equal(turned(pixels, np.int32(whole * 65536))[..., 0], shown)


@pytest.mark.parametrize(
    ("name", "flags"), [("a.mp4", "faststart"), ("a.mp4", "frag_keyframe+empty_moov"), ("a.mkv", "")]
)
def test_of_a_cut_file_the_first_frames_are_given_and_the_cut_is_said(name, flags, tmp_path):
    frames, video = read(cut(write(tmp_path / name, 40, flags=flags)))
    assert 15 <= len(frames) < 30
    assert video.faults.cut.startswith(f"cut off after {len(frames)} ")


def test_frames_after_a_damaged_place_are_read(tmp_path):
    path = write(tmp_path / "a.mp4", 40, flags="faststart")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 200] = b"\xff" * 200
    path.write_bytes(content)
    frames, video = read(path)
    assert video.faults.damaged > 0
    assert "damaged in" in str(video.faults)
    assert frames[-1].seconds == pytest.approx(39 * 0.04)


@pytest.mark.parametrize(
    ("said", "times", "mended"),
    [
        ([0, 1, 2], [0, 1, 2], 0),
        ([0, 1, 1, 2], [0, 1, 1.04, 2], 1),  # stands still
        ([0, 9000, 1, 2], [0, 0.04, 1, 2], 1),  # leaps
        ([0, -np.inf, 0.5], [0, 0.04, 0.5], 1),  # is missing
        ([-np.inf, -np.inf], [0, 0.04], 2),
        ([1, 0.2, 0.3, 2], [0, 0.2, 0.3, 2], 1),  # the first leaps
        ([0, 1, 2, 0, 1, 3], [0, 1, 2, 2.04, 2.08, 3], 2),  # begins anew
    ],
)
def test_a_time_that_does_not_go_on_is_mended_and_counted(said, times, mended, tmp_path):
    with open_video(write(tmp_path / "a.mp4", 1)) as video:
        video._decoded = lambda: iter(said)
        video._time = lambda frame: frame
        assert [time for _, time in video._timed()] == pytest.approx(times)
    assert video.faults.mended == mended


def test_what_is_no_video_is_told_in_a_sentence(tmp_path):
    for name, content in {
        "text.mp4": b"hello\n" * 300,
        "empty.mp4": b"",
        "list.mp4": b"#EXTM3U\n/etc/passwd\n",
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ImageError, match=f"{name}: wanted a video, received a file that is none"):
            read(tmp_path / name)
    with pytest.raises(ImageError, match=r"no\.mp4: there is no such file"):
        read(tmp_path / "no.mp4")


def test_a_frame_is_loaded_by_its_number(tmp_path):
    path = write(tmp_path / "a.mp4", 4)
    frames, _ = read(path)
    image = load_frame(path, 2)
    np.testing.assert_array_equal(image.pixels, frames[2].pixels)
    assert image.source == f"{path}, frame 2"
    assert load_frame(path, 2, channels=1).pixels.shape == (*SIZE, 1)
    with pytest.raises(ImageError, match="wanted a frame of 0 to 3, received 4"):
        load_frame(path, 4)


def test_a_search_for_images_names_the_videos_that_it_passes_over(tmp_path):
    write(tmp_path / "a.mp4", 1)
    with pytest.raises(ImageError, match=r"one of them is a video \(a.mp4\); .* maskrcnn detect .*a.mp4"):
        list_images([tmp_path])
    with pytest.raises(ImageError, match="received a video by its name; `maskrcnn detect`"):
        load_image(tmp_path / "a.mp4")


def test_a_camera_begins_at_0_s_and_its_name_leads_to_its_device(tmp_path, monkeypatch):
    asked = {}

    @contextlib.contextmanager
    def opened(file, name, wanted, **how):
        asked.update(file=file, **how)
        with real(str(write(tmp_path / "a.mkv", 3, times=[7000, 7050, 7100])), name, wanted) as container:
            yield container

    real = reading._opened
    monkeypatch.setattr(reading, "_opened", opened)
    monkeypatch.setattr(reading, "Newest", iter)  # a clip would not wait
    monkeypatch.setattr(reading.sys, "platform", "linux")
    with open_camera("1") as video:
        assert [frame.seconds for frame in video.frames()] == pytest.approx([0, 0.05, 0.1])
        assert video.total == 0
    assert asked == {"file": "/dev/video1", "format": "v4l2"}
    with open_camera("/dev/v4l/by-id/left"):
        assert asked["file"] == "/dev/v4l/by-id/left"


def test_a_camera_that_is_not_there_is_told_in_a_sentence():
    with pytest.raises(
        ImageError, match=r"camera 99: wanted a camera at /dev/video99; cameras: .* \(No such file"
    ):
        open_camera("99").__enter__()


def test_without_the_library_the_command_that_installs_it_is_said(tmp_path, monkeypatch):
    def absent(name, *rest):
        if name.partition(".")[0] == "av":
            raise ModuleNotFoundError("No module named 'av'", name="av")
        return whole(name, *rest)

    path, whole = write(tmp_path / "a.mp4", 1), builtins.__import__
    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(
        ValueError, match=r"read with PyAV, which is not installed here: pip install .*\[video\]"
    ):
        read(path)
