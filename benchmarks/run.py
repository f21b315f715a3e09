"""How fast the model is on this machine, beside what this machine could do: one command, one table.

    python benchmarks/run.py                    about a quarter of an hour on two cores
    python benchmarks/run.py --quick            the same code on small sizes, two minutes: to see that it runs
    python benchmarks/run.py --only resnet101   cases whose name holds this word

Every case runs in a process of its own, with the oneDNN setting that `maskrcnn doctor` chose for its kind of work.
Works that are compared take turns, and figures are medians with the smallest and the largest beside them. A ratio is
the median of the ratios of repetitions that ran one after the other.

What a reader may conclude. The seconds are this machine's, on this day. The ratios say how much of what the machine
can do is done: "matrix peak" is the best speed of a product of two 2048 x 2048 float32 matrices, and "the floor" is one
compiled function of the very convolutions and products that the pass makes, with the same shapes and nothing between
them. What is above the floor is the price of everything else: activations, normalisation, choosing boxes, pooling,
pasting. Operations are counted from the shapes that ran, 2 for a multiplication and an addition. Memory is the most
that the whole process held, TensorFlow itself (about 0.5 GiB) included. Nothing here says how good the detections are.
Figures for GPUs are left blank until somebody measures them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path[1:1] = [str(Path(__file__).resolve().parents[1] / name) for name in ("", "inspect")]

from rows import Row, table  # noqa: E402

from maskrcnn_core.runtime.onednn import MARK, VARIABLE, decide  # noqa: E402
from maskrcnn_core.runtime.processor import processor  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "results.json"


class Case(NamedTuple):
    """What runs in one process. kind: of work, for the oneDNN setting; run: quick -> rows."""

    kind: str
    run: Callable[[bool], list[Row]]


def cases() -> dict[str, Case]:
    """Return all cases by name; modules that need TensorFlow are imported when a case runs."""

    def case(place: str, full: tuple, quick: tuple) -> Case:
        module, name = place.split(".")

        def run(small: bool) -> list[Row]:
            return getattr(import_module(module), name)(*(quick if small else full))

        return Case("inference", run)

    def step(label: str, batch: int, goal: str) -> Case:
        def run(small: bool) -> list[Row]:
            import learning

            if label in ("shapes", "nuclei"):
                config = learning.shipped_config(label)
            else:
                config = learning.classic_config("small" if small else label, 64 if small else 512, batch)
            words = (
                f"model {label}" if label in ("shapes", "nuclei") else f"{label}, {64 if small else 512} px"
            )
            return learning.step_beside_floor(config, words, 3 if small else 7, "" if small else goal, small)

        return Case("training", run)

    return {
        "detect resnet101": case(
            "detecting.beside_floor", ("resnet101", 1024, 7, False), ("small", 128, 2, True)
        ),
        "detect resnet50": case(
            "detecting.beside_floor", ("resnet50", 512, 9, False), ("small", 64, 2, True)
        ),
        "detect shapes": case("detecting.shipped", ("shapes", 41), ("shapes", 3)),
        "detect nuclei": case("detecting.shipped", ("nuclei", 25), ("nuclei", 2)),
        "engines resnet101": case("engines.architecture", ("resnet101", 1024, 7), ("resnet50", 128, 2)),
        "engines resnet50": case("engines.architecture", ("resnet50", 1024, 7), ("resnet50", 64, 2)),
        "engines shapes": case("engines.shipped", ("shapes", 21), ("shapes", 2)),
        "engines nuclei": case("engines.shipped", ("nuclei", 21), ("nuclei", 2)),
        "engines start": case("engines.start_to_files", ("resnet101", 1024, 5), ("resnet50", 64, 1)),
        "memory detect": case("detecting.peak_of_detect", ("resnet101", 1024), ("small", 64)),
        "memory trace": case("detecting.peak_of_trace", ("resnet101", 1024), ("small", 64)),
        "replay resnet50": case("detecting.replays", ("resnet50", 512, 5), ("small", 64, 2)),
        "pasting": case("detecting.pasting", (1024, 100, 15), (128, 10, 3)),
        "step resnet50 batch 1": step("resnet50", 1, ">= 0.60"),
        "step resnet50 batch 2": step("resnet50", 2, ""),
        "step shapes": step("shapes", 8, ""),
        "step nuclei": step("nuclei", 4, ""),
        "evaluation": case("tools.evaluation", (5000, 2), (50, 2)),
        "weight checks": case("tools.weight_checks", (2, False), (2, True)),
        "folder": case("folders.overlap", (60, 512, 5), (8, 128, 2)),
        "workers": case("folders.workers", (200, 512, 3), (24, 128, 1)),
        "soak": case("folders.soak", (1000, 512), (40, 128)),
        "start-up": case("tools.start_up", (5,), (2,)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    parser.add_argument("--only", default="", metavar="WORD", help="cases whose name holds this word")
    parser.add_argument(
        "--json", type=Path, default=None, metavar="OUT", help=f"(default {RESULTS.name}, unless --quick)"
    )
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case:
        rows = cases()[arguments.case].run(arguments.quick)
        arguments.into.write_text(json.dumps([row._asdict() for row in rows]))
        return
    like_another = ("batch 2", "nuclei", "detect resnet50", "engines resnet50", "step shapes", "memory trace")
    skipped = like_another if arguments.quick else ()
    chosen = [n for n in cases() if arguments.only in n and not n.endswith(skipped or ("-",))]
    if not chosen:
        parser.error(f"wanted a word of {', '.join(cases())}, received {arguments.only!r}")
    sys.exit(run_all(chosen, arguments.quick, arguments.json))


def run_all(names: list[str], quick: bool, path: Path | None) -> int:
    """Run the cases one after the other, print the table, keep the JSON; return 0 if all of them ran."""
    began, rows, failed = time.perf_counter(), list[Row](), list[str]()
    for name in names:
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)
        start = time.perf_counter()
        found = run_case(name, quick)
        print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
        rows += [row._replace(goal="") if quick else row for row in found or []]  # goals are for full sizes
        failed += [name] if found is None else []
    seconds = time.perf_counter() - began
    print(f"{heading()}\n\n{table(rows)}\n")
    missed = [row.name for row in rows if row.met is False]
    print(
        f"{len(missed)} of {sum(row.met is not None for row in rows)} goals missed; {seconds / 60:.1f} minutes"
    )
    if failed:
        print(f"did not run: {', '.join(failed)}")
    if path or not quick:
        keep(rows, names, path or RESULTS, seconds)
    return 1 if failed else 0


def run_case(name: str, quick: bool) -> list[Row] | None:
    """Run one case in a process of its own; None where it fails."""
    environment = dict(os.environ)
    choice = decide(cases()[name].kind, environment, processor())
    environment |= {VARIABLE: str(int(choice.enabled)), "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop(MARK, None)  # the case is of this kind, whatever imports the package first
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "rows.json"
        words = [
            sys.executable,
            __file__,
            "--case",
            name,
            "--into",
            str(into),
            *(["--quick"] if quick else []),
        ]
        done = subprocess.run(words, env=environment, capture_output=True, text=True)
        if done.returncode:
            print(done.stderr[-2000:], file=sys.stderr)
            return None
        return [Row(**fields) for fields in json.loads(into.read_text())]


def heading() -> str:
    """Return the machine and the versions in a line."""
    machine = processor()
    switches = ", ".join(
        f"{kind} {'on' if decide(kind, os.environ, machine).enabled else 'off'}"
        for kind in ("inference", "training")
    )
    from maskrcnn_core.doctor.timing import tensorflow_version

    versions = f"TensorFlow {tensorflow_version()}, NumPy {version('numpy')}"
    return f"{machine.key}, {machine.vectors}; {versions}; oneDNN: {switches}"


def keep(rows: list[Row], names: list[str], path: Path, seconds: float) -> None:
    """Write the rows as JSON, with machine, date and duration."""
    content = {
        "machine": heading(),
        "date": time.strftime("%Y-%m-%d"),
        "seconds": round(seconds),
        "cases": names,
        "rows": [{**row._asdict(), "met": row.met} for row in rows],
    }
    path.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
