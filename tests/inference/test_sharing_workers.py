"""Workers of the commands detect and evaluate on loopback: what they leave together is what one leaves alone."""

import csv
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from maskrcnn_core.cli import main
from maskrcnn_core.data.formats.shapes import Shapes

pytestmark = pytest.mark.slow

PICTURES = 10
LONGEST = 300  # s
MAIN = "from maskrcnn_core.cli import main; main()"

# the command as it is; the pictures that this process worked on are noted, and one may be its last
WORKER = """
import os, signal, sys
from pathlib import Path
from maskrcnn_core.inference.sharing import overlap, run, shares
note, die_at = Path(sys.argv[1]), int(sys.argv[2])
whole = overlap.overlapped

def watched(indices, job, ahead=overlap.AHEAD):
    work = job.work
    def counted(index, loaded):
        with note.open("a") as file:
            file.write(f"{index}\\n")
        if len(note.read_text().split()) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(index, loaded)
    job.work = counted
    return whole(indices, job, ahead)

run.overlapped = shares.overlapped = watched
from maskrcnn_core.cli import main
main(sys.argv[3:])
"""


def start(
    folder: Path, command: list[str], workers: int, die_at: int = 0
) -> list[tuple[int, str, list[int]]]:
    """Run ``command`` on ``workers`` processes; give status, words and the pictures worked on by each.

    die_at: picture, counted from 1, at which the last worker is killed; 0 = never.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        addresses = [f"127.0.0.1:{free.getsockname()[1]}", *["127.0.0.1:1"] * (workers - 1)]
    processes = []
    for index in range(workers):
        task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        environment = {**os.environ, "TF_CONFIG": json.dumps(task)}
        note = folder / f"worked_{workers}_{index}.txt"
        note.touch()
        dies = str(die_at if index == workers - 1 else 0)
        words = [sys.executable, "-c", WORKER, str(note), dies, *command]
        words += ["--strategy", "multiworker"]
        processes.append(
            (subprocess.Popen(words, env=environment, stdout=-1, stderr=subprocess.STDOUT, text=True), note)
        )
    try:
        said = [process.communicate(timeout=LONGEST)[0] for process, _ in processes]
    finally:
        for process, _ in processes:
            process.kill()
    return [
        (process.returncode, text, list(map(int, note.read_text().split())))
        for (process, note), text in zip(processes, said, strict=True)
    ]


def alone(command: list[str]) -> int:
    """Run ``command`` in this process; give its status."""
    with pytest.raises(SystemExit) as stop:
        main(command)
    return int(stop.value.code)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for index in range(PICTURES):
        Image.fromarray(Shapes(PICTURES, seed=5)[index].image).save(folder / f"{index}.png")
    (folder / "5a.png").write_bytes(b"nonsense")
    return folder


def lists(folder: Path) -> tuple[list, list]:
    results = json.loads((folder / "detections.json").read_text())
    return results, list(csv.reader((folder / "areas.csv").open()))


def test_detect_with_a_worker_that_dies_finds_what_one_finds_alone(pictures, tmp_path):
    words = ["detect", str(pictures), "--weights", "shapes", "--output"]
    assert alone([*words, str(tmp_path / "alone")]) == 1  # one picture cannot be read
    first, second = start(tmp_path, [*words, str(tmp_path / "shared")], 2, die_at=2)
    assert second[0] == -signal.SIGKILL
    assert first[0] == 1, first[1]
    assert "5a.png" in first[1] and "1 of 11" in first[1]
    assert lists(tmp_path / "shared") == lists(tmp_path / "alone")
    names = [{path.name for path in (tmp_path / name).iterdir()} for name in ("shared", "alone")]
    assert names[0] == names[1]
    # the dead worker had finished its first picture or died with it on the way; its last one was done again
    assert len(second[2]) == 2
    assert second[2][-1] in first[2]
    assert set(first[2]) | set(second[2][:1]) == set(range(PICTURES + 1)) - {6}  # which is no picture


def test_evaluate_with_two_workers_reports_what_one_reports(tmp_path):
    words = ["evaluate", f"shapes:?count={PICTURES}&seed=6", "--weights", "shapes", "--output"]
    assert alone([*words, str(tmp_path / "alone")]) == 0
    results = start(tmp_path, [*words, str(tmp_path / "shared")], 2)
    assert [status for status, _, _ in results] == [0, 0], results
    for name in ("report.json", "results.json"):
        assert (tmp_path / "shared" / name).read_text() == (tmp_path / "alone" / name).read_text()
    assert sorted(results[0][2] + results[1][2]) == list(range(PICTURES))  # none twice


def test_a_worker_of_another_command_is_sent_away(pictures, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    from maskrcnn_core.inference.sharing.shares import Shares
    from maskrcnn_core.inference.sharing.wire import Counter

    task = {"cluster": {"worker": [f"127.0.0.1:{port}", "b:1"]}, "task": {"type": "worker", "index": 1}}
    words = ["detect", str(pictures), "--weights", "shapes", "--output", str(tmp_path / "out")]
    with Counter(("127.0.0.1", port), Shares(3), "another task"):
        done = subprocess.run(
            [sys.executable, "-c", MAIN, *words, "--strategy", "multiworker"],
            env={**os.environ, "TF_CONFIG": json.dumps(task)},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 2
    assert "does something else" in done.stderr and "Traceback" not in done.stderr
