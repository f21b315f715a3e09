"""``maskrcnn detect`` on videos and a camera, and ``walk --frame``: what is refused, said, written, and how it ends.

The model is a stand-in that sees the green bar of the clips; the shipped one runs in the examples of the help texts.
"""

from __future__ import annotations

import contextlib
import json
import signal
from types import SimpleNamespace

import numpy as np
import pytest

from maskrcnn_core.cli import main
from maskrcnn_core.commands import detect as command
from maskrcnn_core.data.reading import video as reading
from maskrcnn_core.data.reading.video import open_video
from maskrcnn_core.stages.composing import Result
from tests.data.clips import BAR, cut, write

UNLIKE = "looks unlike what this model learned from"


class Bars:
    """Finds the green bar; from frame 2 on the image is unlike others. interrupt: the frame at which Ctrl-C comes."""

    interrupt = -1

    def __init__(self, folder, options):
        self.model = SimpleNamespace(config=SimpleNamespace(molding=SimpleNamespace(channels=3)))
        self.categories = None

    def work(self, index, loaded):
        frame = int(loaded.source.rpartition(" ")[2])
        if frame == self.interrupt:
            signal.raise_signal(signal.SIGINT)
        mask = (loaded.pixels[..., 1] > 128) & (loaded.pixels[..., 0] < 128)
        columns = np.flatnonzero(mask.any(axis=0))
        box = np.array([[BAR[0], columns[0], BAR[1], columns[-1] + 1]], np.int32)
        found = Result(box, np.ones(1, np.int32), np.ones(1, np.float32), mask[None], ("background", "bar"))
        return found, None, f"{loaded.source} {UNLIKE}" if frame >= 2 else ""


@pytest.fixture(autouse=True)
def model(monkeypatch):
    monkeypatch.setattr(command, "Detection", Bars)
    monkeypatch.setattr(Bars, "interrupt", -1)


@pytest.fixture
def heeded():
    """Have Ctrl-C act as in a terminal: whoever is started in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def camera(monkeypatch, tmp_path):
    """Give a camera that sees a clip of 12 frames."""

    @contextlib.contextmanager
    def opened(file, name, wanted, **how):
        if how.get("format") == "v4l2":
            assert file == "/dev/video0"
            file, how = str(clip), {}
        with whole(file, name, wanted, **how) as container:
            yield container

    clip, whole = write(tmp_path / "seen.mkv"), reading._opened
    monkeypatch.setattr(reading, "Newest", iter)  # a clip would not wait for the model
    monkeypatch.setattr(reading, "_opened", opened)
    monkeypatch.setattr(reading.sys, "platform", "linux")


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments), *(["--weights", "shapes"] if arguments[0] == "detect" else [])])
    return ended.value.code


def test_a_clip_is_followed_and_everything_about_it_is_said_once(tmp_path, capfd):
    path, out = write(tmp_path / "a clip.mp4"), tmp_path / "out"
    assert run("detect", path, "--output", out, "--every", 2) == 0
    said = capfd.readouterr().err
    assert "a clip: 6 frames, 6 objects in them, 1 track\n" in said
    assert f"frame 2 {UNLIKE}  (5 of 6 frames)" in said and said.count(UNLIKE) == 1
    assert f"maskrcnn walk '{path}' --frame 10 --weights shapes" in said
    made = json.loads((out / "run.json").read_text())["runs"]["detect"]
    assert sorted(made["makes"]) == sorted(p.name for p in out.iterdir() if p.name != "run.json")
    assert (made["videos"], made["every"]) == ({"a clip": str(path)}, 2)


def test_an_earlier_run_is_replaced_only_where_asked(tmp_path, capfd):
    path, out = write(tmp_path / "a.mp4", 2), tmp_path / "out"
    assert run("detect", path, "--output", out) == 0
    old = (out / "a.objects.csv").read_bytes()
    assert run("detect", path, "--output", out) == 2
    assert "--overwrite" in capfd.readouterr().err
    assert (out / "a.objects.csv").read_bytes() == old
    assert run("detect", write(tmp_path / "b.mp4", 2), "--output", out, "--overwrite") == 0
    assert sorted(p.name for p in out.iterdir())[0] == "b.areas.csv"


def test_of_several_the_readable_are_done_and_the_others_said(tmp_path, capfd):
    good, out = write(tmp_path / "a.mp4", 2), tmp_path / "out"
    (tmp_path / "text.mp4").write_text("hello\n" * 300)
    assert run("detect", tmp_path / "text.mp4", good, "--output", out) == 1
    assert "text.mp4: wanted a video, received a file that is none" in capfd.readouterr().err
    assert (out / "a.overlay.mp4").exists() and not list(out.glob("text*"))


def test_a_text_named_as_a_video_is_one_clear_line_before_anything_is_made(tmp_path, capfd):
    (tmp_path / "text.mp4").write_text("hello\n" * 300)
    assert run("detect", tmp_path / "text.mp4", "--output", tmp_path / "out") == 2
    assert capfd.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_cut_clip_ends_with_1_and_a_line(tmp_path, capfd):
    path = cut(write(tmp_path / "a.mp4", 40, flags="faststart"))
    assert run("detect", path, "--output", tmp_path / "out") == 1
    said = capfd.readouterr().err
    assert "a.mp4: cut off after " in said and "what could be read is written" in said
    assert (tmp_path / "out/a.overlay.mp4").exists()


def test_a_camera_is_recorded_until_ctrl_c_with_whole_files(camera, tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(Bars, "interrupt", 4)
    before = signal.getsignal(signal.SIGINT)
    assert run("detect", "--camera", 0, "--output", tmp_path / "out") == 0
    said = capfd.readouterr().err
    assert "camera 0: recording; Ctrl-C ends it" in said
    assert "camera0: 5 frames, 5 objects in them, 1 track" in said and "maskrcnn walk" not in said
    with open_video(tmp_path / "out/camera0.overlay.mp4") as video:
        assert len(list(video.frames())) == 5
    assert len((tmp_path / "out/camera0.objects.jsonl").read_text().splitlines()) == 5
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.usefixtures("heeded")
def test_ctrl_c_in_a_clip_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(Bars, "interrupt", 1)
    assert run("detect", write(tmp_path / "a.mp4", 4), "--output", tmp_path / "out") == 130
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["run.json"]


@pytest.mark.parametrize(("limit", "frames"), [(("--frames", 3), 3), (("--seconds", 0.1), 3)])
def test_a_camera_ends_at_its_limit(limit, frames, camera, tmp_path, capfd):
    assert run("detect", "--camera", 0, "--output", tmp_path / "out", *limit) == 0
    assert f"camera0: {frames} frames" in capfd.readouterr().err


def test_a_video_in_a_folder_is_named_with_what_to_do(tmp_path, capfd):
    write(tmp_path / "in/a.mp4", 1)
    assert run("detect", tmp_path / "in", "--output", tmp_path / "out") == 2
    assert (
        f"one of them is a video (a.mp4); give a video by its name: maskrcnn detect {tmp_path}/in/a.mp4"
        in (capfd.readouterr().err)
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("detect", "--output", "OUT"), "wanted IMAGES: files, folders or videos; or --camera 0"),
        (("detect", "a.png", "--camera", "0", "--output", "OUT"), "wanted IMAGES or --camera, received both"),
        (("detect", "a.png", "b.mp4", "--output", "OUT"), "received both (b.mp4)"),
        (("detect", "a.png", "--every", "2", "--output", "OUT"), "wanted a video or --camera with --every"),
        (("detect", "b.mp4", "--splash", "--output", "OUT"), "wanted --splash with images alone"),
        (("detect", "b.mp4", "--features", "f.npz", "--output", "OUT"), "wanted --features with images alone"),
        (("detect", "b.mp4", "--workers", "2", "--output", "OUT"), "a video is not shared out"),
        (("detect", "b.mp4", "--output", "OUT"), "b.mp4: there is no such file"),
        (("walk", "b.mp4", "--output", "w.html"), "wanted --frame N, counted from 0, of the video b.mp4"),
        (("walk", "a.png", "--frame", "1", "--output", "w.html"), "wanted a video with --frame, received a.png"),
        (("walk", "b.mp4", "--frame", "1", "--truth", "t.json", "--output", "w.html"), "wanted --truth with an image"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(arguments, words, tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    assert words in " ".join(capfd.readouterr().err.split())
