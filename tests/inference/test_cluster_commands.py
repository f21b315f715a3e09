"""detect, evaluate and explain over workers leave what one process leaves, also when killed on the way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from maskrcnn_core.cli import main
from maskrcnn_core.commands.detect_run import JOURNAL
from maskrcnn_core.data.formats.shapes import Shapes

IMAGES = 24  # of which a run that is killed leaves some
FEW = 8
LONGEST = 300  # s
MAIN = "from maskrcnn_core.cli import main; main()"


def run(*words: object) -> int:
    """Run the command in this process; give its status."""
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code)


@pytest.fixture(scope="module")
def images(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    for index in range(IMAGES):
        Image.fromarray(Shapes(IMAGES, seed=5)[index].image).save(folder / f"{index:02d}.png")
    (folder / "05a.png").write_bytes(b"nonsense")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "run.json"}


@pytest.mark.slow
def test_detect_killed_on_the_way_goes_on_and_leaves_what_one_process_leaves(images, tmp_path, capfd):
    words = ["detect", images, "--weights", "shapes", "--cutouts", "--output"]
    assert run(*words, tmp_path / "alone") == 1  # one image cannot be read
    out = tmp_path / "shared"
    command = [sys.executable, "-c", MAIN, *map(str, words), str(out), "--workers", "1"]
    process = subprocess.Popen(command, stderr=-3)
    until = time.monotonic() + LONGEST
    while not (out / JOURNAL).is_file() or (out / JOURNAL).read_bytes().count(b"\n") < 2:
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    capfd.readouterr()
    assert run(*words, out) == 1  # goes on in one process: the same numbers
    assert "images are done already" in capfd.readouterr().err
    assert contents(out) == contents(tmp_path / "alone")
    assert run(*words, out) == 2  # it is done, and not to be written over
    assert "--overwrite" in capfd.readouterr().err


def test_a_run_that_broke_goes_on_only_as_what_it_was(images, tmp_path, capfd):
    words = ["detect", images / "00.png", images / "05a.png", "--output", tmp_path, "--weights", "shapes"]
    assert run(*words, "--overwrite") == 1
    whole = contents(tmp_path)
    broken = tmp_path / JOURNAL
    for line in (b"{", b'{"heading": {}}\n{}\n'):
        broken.write_bytes(line)
        assert run(*words) == (1 if line == b"{" else 2)
    assert "made with other settings" in capfd.readouterr().err
    assert run(*words, "--overwrite") == 1
    assert contents(tmp_path) == whole


@pytest.mark.slow
def test_evaluate_and_explain_over_workers_report_what_one_process_reports(tmp_path):
    data, weights = f"shapes:?count={FEW}&seed=6", ("--weights", "shapes")
    for command, names in (
        ("evaluate", ("report.json", "results.json")),
        ("explain", ("images.jsonl", "explain.json", "explain.html")),
    ):
        alone, shared = tmp_path / command / "alone", tmp_path / command / "shared"
        status = run(command, data, *weights, "--output", alone)
        assert run(command, data, *weights, "--output", shared, "--workers", "1") == status
        assert {name: (alone / name).read_bytes() for name in names} == {
            name: (shared / name).read_bytes() for name in names
        }
        assert sorted(path.name for path in alone.iterdir()) == sorted(path.name for path in shared.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--strategy", "multiworker"], "take --scheduler ADDRESS"),
        (["--strategy", "mirrored"], "take --workers N"),
        (["--strategy", "one"], "leave it out"),
        (["--scheduler", "10.1.2.3:8786"], "wanted --tls with --scheduler"),
        (["--workers", "2", "--scheduler", "127.0.0.1:1"], "received both"),
        (["--workers", "2", "--tls", "."], "wanted --scheduler with --tls"),
    ],
)
@pytest.mark.parametrize(
    "command", [["detect", "a.png", "--output", "out"], ["evaluate", "shapes:"], ["explain", "shapes:"]]
)
def test_what_cannot_be_is_refused_before_anything_is_loaded(
    command, words, said, capfd, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert run(*command, "--weights", "shapes", *words) == 2
    assert said in capfd.readouterr().err
    assert not list(tmp_path.iterdir())


def test_weights_that_are_not_there_are_told_before_any_process_starts(images, tmp_path, capfd, monkeypatch):
    def none(*_: object) -> None:
        raise AssertionError("processes are started")

    monkeypatch.setattr("maskrcnn_core.inference.cluster.run.answers", none)
    out = tmp_path / "out"
    assert run("detect", images, "--weights", "absent.h5", "--workers", "2", "--output", out) == 2
    assert "absent.h5: there is no such file" in capfd.readouterr().err
    assert not out.exists()
