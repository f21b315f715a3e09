"""Is anything lost, or done twice, when a worker or the command with its scheduler is killed at a random moment?

    python benchmarks/kills.py [--images 60] [--side 128] [--times 10]

Images are detected in one process first. Then, as often as is said, with two workers of which one is killed with
SIGKILL at a random moment; and as often the command itself is killed, which holds the scheduler, and given again. What
is left must be what one process left: the same files, byte for byte, so that nothing is lost, nothing is there twice
and the order is the same. Of a killed command, no worker may live on.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[1:1] = [str(ROOT), str(ROOT / "inspect")]

from maskrcnn_core.commands.detect_run import JOURNAL  # noqa: E402
from maskrcnn_core.data.formats.shapes import Shapes  # noqa: E402

PROGRAM = "from maskrcnn_core.cli import main; main()"
WORKER = b"multiprocessing.spawn"  # in the command line of a worker's process
ENVIRONMENT = {
    **os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "inspect")]), "TF_CPP_MIN_LOG_LEVEL": "3",
}  # fmt: skip
LONGEST_S = 600


def draw(folder: Path, count: int, side: int) -> None:
    """Write the images to look at."""
    folder.mkdir()
    for index, sample in enumerate(Shapes(count, seed=9)):
        Image.fromarray(sample.image).resize((side, side)).save(folder / f"{index:05d}.png")


def command(images: Path, output: Path, *more: str) -> list[str]:
    words = ["detect", str(images), "--output", str(output), "--weights", "shapes", *more]
    return [sys.executable, "-c", PROGRAM, *words]


def started(words: list[str]) -> subprocess.Popen:
    return subprocess.Popen(words, env=ENVIRONMENT, stdout=-3, stderr=-3)


def run(words: list[str]) -> int:
    return subprocess.run(
        words, env=ENVIRONMENT, stdout=-3, stderr=-3, timeout=LONGEST_S, check=False
    ).returncode


def contents(folder: Path) -> dict[str, bytes]:
    """Return what a run left, but for what says how it was run."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "run.json"}


def workers_of(process: int) -> list[int]:
    """Return the processes of the workers that a command has."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(") ")[2].split()[1])
            if parent == process and WORKER in (place / "cmdline").read_bytes():
                found.append(int(place.name))
        except OSError:  # it has ended meanwhile
            continue
    return found


def done(output: Path) -> int:
    """Return how many images the journal holds; 0 before there is one."""
    try:
        return max(0, (output / JOURNAL).read_bytes().count(b"\n") - 1)
    except FileNotFoundError:
        return 0


def at_a_random_moment(process: subprocess.Popen, output: Path, count: int) -> int:
    """Wait until a random number of images is done, and some ms more; return how many are."""
    wanted, until = random.randrange(count - 8), time.monotonic() + LONGEST_S
    while done(output) < wanted or not workers_of(process.pid):
        if process.poll() is not None or time.monotonic() > until:
            break
        time.sleep(0.01)
    time.sleep(random.random() * 0.3)
    return done(output)


def kill_a_worker(images: Path, output: Path, count: int) -> str:
    """Run with two workers, one of which is killed; return what happened."""
    process = started(command(images, output, "--workers", "2"))
    at = at_a_random_moment(process, output, count)
    there = workers_of(process.pid)
    if there:
        os.kill(random.choice(there), signal.SIGKILL)
    status = process.wait(LONGEST_S)
    return f"one of {len(there)} workers killed after {at} images, exit status {status}"


def kill_the_command(images: Path, output: Path, count: int) -> str:
    """Kill the command with its scheduler, and give it again; return what happened."""
    process = started(command(images, output, "--workers", "2"))
    at = at_a_random_moment(process, output, count)
    orphans = workers_of(process.pid)
    process.kill()
    process.wait()
    until = time.monotonic() + 30
    while any(Path(f"/proc/{one}").exists() for one in orphans) and time.monotonic() < until:
        time.sleep(0.1)
    left = sum(Path(f"/proc/{one}").exists() for one in orphans)
    kept = done(output)
    status = run(command(images, output, "--workers", "2"))
    return f"killed after {at} images, {left} workers lived on, went on after {kept}, exit status {status}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=60)
    parser.add_argument("--side", type=int, default=128)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)
    good = []
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images"
        draw(images, options.images, options.side)
        if run(command(images, Path(folder) / "alone")):
            raise SystemExit("one process could not do it")
        wanted = contents(Path(folder) / "alone")
        for kill in (kill_a_worker, kill_the_command):
            for turn in range(options.times):
                output = Path(folder) / f"{kill.__name__}{turn}"
                said = kill(images, output, options.images)
                good.append(contents(output) == wanted)
                print(
                    f"{kill.__name__} {turn + 1}: {said}; {'equal' if good[-1] else 'NOT EQUAL'}", flush=True
                )
    print(f"{sum(good)} of {len(good)} equal to one process, {len(wanted)} files each")
    raise SystemExit(not all(good))


if __name__ == "__main__":
    main()
