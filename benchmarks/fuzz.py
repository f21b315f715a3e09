"""Damage files of every kind that is read, and count what becomes of them.

    python benchmarks/fuzz.py                          1,000 files of all kinds
    python benchmarks/fuzz.py --count 6000 --seed 3    more of them, others
    python benchmarks/fuzz.py --only own coco image    some kinds
    python benchmarks/fuzz.py --again own:17           one file again, kept, with its traceback

Each file is read as the commands read it: all arrays of weights and tensors of traces, all images and objects of a data
set, ``check`` too. It is *read* or *refused* (one of the errors that the command line turns into a sentence). *silent*:
read, with other numbers than were written, where the file carries checksums. *traceback*, *crash* (the process ended),
*hang* (a minute): exit status 1. Everything follows from the seed.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "inspect")]

from tests.data.scenes import WRITERS, Shot, Thing  # noqa: E402
from tests.files.torch_writing import torch_legacy, torch_zip  # noqa: E402

HANG = 60  # s
MEMORY = 2**32  # bytes of addresses beyond those at the start
BAD = ("silent", "traceback", "crash", "hang")
CLEAN = (
    ValueError,
    OSError,
    ArithmeticError,
    MemoryError,
    RecursionError,
)  # what the command line says in a sentence
SHOTS = [
    Shot("a.png", (20, 30), (Thing("leaf", ((2, 3, 10, 9),)), Thing("stem", ((12, 20, 18, 27),)))),
    Shot("b.png", (16, 16), (Thing("leaf", ((1, 1, 9, 14),)),)),
]
NASTY = [
    "NaN",
    "-1",
    "1e308",
    "-1e400",
    "9" * 25,
    '""',
    "[]",
    "{}",
    "null",
    "true",
    "[" * 3000,
    "1099511627776",
    "0.5",
]
NASTY += ['"\u001b[31mred"', '"/etc/passwd"', '"../../../etc/passwd"', '"nan"']


@dataclass(frozen=True)
class Kind:
    """A kind of file: how a sound one is written into a folder, and how it is read again.

    read: returns numbers to hold against those of the sound file, where ``sums`` says that other ones are silent.
    """

    write: Callable[[Path], Any]
    read: Callable[[Any], Any]
    sums: bool = False


# --- kinds ----------------------------------------------------------------------------------------------------


def kinds() -> dict[str, Kind]:
    """Return all kinds by name."""
    found = {
        "own": Kind(write_own, read_weights, sums=True),
        "classic": Kind(write_classic, read_weights),
        "safetensors": Kind(write_safetensors, read_state),
        "torch": Kind(lambda folder: torch_zip(arrays()).write(folder / "w.pth"), read_state),
        "torch_legacy": Kind(write_torch_legacy, read_state),
        "trace": Kind(write_trace, read_trace, sums=True),
        "config": Kind(write_config, read_config),
    }
    found |= {f"image_{name}": Kind(partial(write_image, name), read_image) for name in FORMS}
    return found | {name: Kind(partial(write_data, name), read_data) for name in WRITERS}


def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        f"fpn.p{level}.kernel": rng.standard_normal((3, 3, 4, 4)).astype(np.float32) for level in range(2, 6)
    }


def write_own(folder: Path) -> Path:
    import h5py

    from maskrcnn_core.config import tiny
    from maskrcnn_core.config.files import to_dict
    from maskrcnn_core.weights.formats.native import write_weights

    with h5py.File(folder / "w.h5", "w", libver=("v108", "v110")) as file:
        write_weights(file, arrays(), to_dict(tiny(("background", "leaf"))), {"seed": 1})
    return folder / "w.h5"


def write_classic(folder: Path) -> Path:
    import h5py

    with h5py.File(folder / "w.h5", "w") as file:
        file.attrs["layer_names"] = [b"conv1", b"fpn_p2"]
        for layer in ("conv1", "fpn_p2"):
            names = [f"{layer}/kernel:0".encode(), f"{layer}/bias:0".encode()]
            file.create_group(layer).attrs["weight_names"] = names
            file[f"{layer}/{layer}/kernel:0"] = arrays()["fpn.p2.kernel"]
            file[f"{layer}/{layer}/bias:0"] = np.ones(4, np.float32)
    return folder / "w.h5"


def write_safetensors(folder: Path) -> Path:
    from safetensors.numpy import save_file

    save_file(arrays(), folder / "w.safetensors")
    return folder / "w.safetensors"


def write_torch_legacy(folder: Path) -> Path:
    (folder / "w.pth").write_bytes(torch_legacy(arrays()))
    return folder / "w.pth"


def read_weights(path: Path) -> dict[str, np.ndarray]:
    from maskrcnn_core.weights import open_weights

    with open_weights(path) as stored:
        return {name: array.read() for name, array in stored.arrays.items()}


def read_state(path: Path) -> dict[str, np.ndarray]:
    from maskrcnn_core.files.torch import open_state_dict

    with open_state_dict(path) as state:
        return {name: state.read(name) for name in state.names}


def write_trace(folder: Path) -> Path:
    from maskrcnn_core.config import tiny
    from maskrcnn_core.recording.trace import Trace

    trace = Trace(config=tiny(("background", "leaf")))
    trace("image.original", np.random.default_rng(0).integers(0, 255, (12, 10, 3), np.uint8))
    trace("pasting.boxes", np.int32([[1, 2, 5, 6]]))
    trace("pasting.masks", np.ones((1, 12, 10), bool))
    trace("detections.scores", np.float32([0.75]))
    trace.save(folder / "t.h5")
    return folder / "t.h5"


def read_trace(path: Path) -> dict[str, np.ndarray]:
    from maskrcnn_core.recording.trace import Trace

    with Trace.load(path) as trace:
        return {name: np.array(trace[name]) for name in trace}


def write_config(folder: Path) -> Path:
    from maskrcnn_core.config import tiny
    from maskrcnn_core.config.files import to_dict

    (folder / "c.json").write_text(json.dumps(to_dict(tiny(("background", "leaf"))), indent=1))
    return folder / "c.json"


def read_config(path: Path) -> None:
    from maskrcnn_core.config.files import load_config

    load_config(path)


FORMS = {  # ending -> mode, options of Pillow
    "png": ("RGB", {}),
    "jpg": ("RGB", {}),
    "tif": ("RGB", {"compression": "tiff_lzw"}),
    "bmp": ("RGB", {}),
    "gif": ("P", {}),
    "webp": ("RGB", {}),
    "jp2": ("RGB", {}),
    "tga": ("RGB", {}),
    "ico": ("RGBA", {}),
    "ppm": ("RGB", {}),
    "16.png": ("I;16", {}),
    "16.tif": ("I;16", {}),
    "f.tif": ("F", {}),
}


def write_image(name: str, folder: Path) -> Path:
    from PIL import Image

    mode, options = FORMS[name]
    rng = np.random.default_rng(0)
    if mode in ("I;16", "F"):
        grey = rng.integers(0, 4000, (24, 20))
        image = Image.fromarray(
            grey.astype(np.uint16) if mode == "I;16" else (grey / 4000).astype(np.float32)
        )
    else:
        image = Image.fromarray(rng.integers(0, 255, (24, 20, 3), np.uint8)).convert(mode)
    image.save(folder / f"i.{name}", **options)
    return folder / f"i.{name}"


def read_image(path: Path) -> None:
    from maskrcnn_core.data.reading.images import load_image

    load_image(path)


def write_data(name: str, folder: Path) -> str:
    shots = SHOTS
    if name == "label_map":
        shots = [Shot(s.name, s.size, tuple(Thing("object", t.rectangles) for t in s.things)) for s in SHOTS]
    return WRITERS[name](folder, shots)


def read_data(spec: str) -> None:
    from maskrcnn_core.data.quality.lint import check
    from maskrcnn_core.data.reading.registry import open_dataset

    check(open_dataset(spec))


# --- damage ---------------------------------------------------------------------------------------------------


def damage(folder: Path, rng: np.random.Generator) -> str:
    """Change one file below ``folder`` and say how."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    path = files[rng.integers(len(files))]
    content = path.read_bytes()
    ways: list[Callable[[bytes, np.random.Generator], bytes]] = [*BYTES, flip_start]
    if path.suffix in (".json", ".xml", ".txt", ".yaml", ".csv"):
        ways = [*BYTES, *[value] * 6]
    way = ways[rng.integers(len(ways))]
    path.write_bytes(way(content, rng))
    return f"{path.relative_to(folder)}: {way.__name__}"


def flip(content: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(content)
    for place in rng.integers(len(changed), size=rng.integers(1, 9)):
        changed[place] ^= 1 << rng.integers(8)
    return bytes(changed)


def flip_start(content: bytes, rng: np.random.Generator) -> bytes:
    """Change bytes where most formats describe themselves."""
    near = min(len(content), 512)
    return extremes(content[:near], rng) + content[near:]


def extremes(content: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(content)
    for place in rng.integers(len(changed), size=rng.integers(1, 9)):
        changed[place] = (0, 1, 127, 128, 255)[rng.integers(5)]
    return bytes(changed)


def cut(content: bytes, rng: np.random.Generator) -> bytes:
    return content[: rng.integers(len(content))]


def repeat(content: bytes, rng: np.random.Generator) -> bytes:
    start, end = sorted(rng.integers(len(content) + 1, size=2))
    return content[:end] + content[start:end] * int(rng.integers(1, 30)) + content[end:]


def zeros(content: bytes, rng: np.random.Generator) -> bytes:
    start, end = sorted(rng.integers(len(content) + 1, size=2))
    return content[:start] + bytes(end - start) + content[end:]


def remove(content: bytes, rng: np.random.Generator) -> bytes:
    start, end = sorted(rng.integers(len(content) + 1, size=2))
    return content[:start] + content[end:]


def value(content: bytes, rng: np.random.Generator) -> bytes:
    """Put something nasty in the place of a value of a text."""
    import re

    places = list(re.finditer(rb'"[^"\n]*"|-?\d+(\.\d+)?', content))
    if not places:
        return flip(content, rng)
    place = places[rng.integers(len(places))]
    nasty = NASTY[rng.integers(len(NASTY))].encode()
    return content[: place.start()] + nasty + content[place.end() :]


BYTES = (flip, extremes, cut, repeat, zeros, remove)


# --- running --------------------------------------------------------------------------------------------------


def attempt(kind: Kind, case: tuple[int, int, int], folder: Path) -> tuple[str, str]:
    """Write, damage and read one file; return what became of it and how it was damaged."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = kind.write(folder)
    sound = kind.read(source) if kind.sums else None
    how = damage(folder, np.random.default_rng(case))
    try:
        received = kind.read(source)
    except CLEAN as error:
        return (
            ("refused", how)
            if str(error) or isinstance(error, MemoryError)
            else ("traceback", f"{how}: {error!r}")
        )
    except Exception:
        return "traceback", f"{how}\n{traceback.format_exc()}"
    return ("silent" if kind.sums and not _within(received, sound) else "read"), how


def _within(received: dict[str, np.ndarray], sound: dict[str, np.ndarray]) -> bool:
    """Tell whether all that was read is as it was written; what is missing is told by whoever wants it."""
    return all(
        name not in sound or np.array_equal(array, sound[name], equal_nan=array.dtype.kind == "f")
        for name, array in received.items()
    )


def run(
    names: list[str], count: int, seed: int, seconds: float = float("inf")
) -> Iterator[tuple[str, int, str, str]]:
    """Give (kind, number, what became of it, how it was damaged) of ``count`` files, or what there is time for."""
    every, until = kinds(), time.monotonic() + seconds
    cases = [(name, number) for number in range(-(-count // len(names))) for name in names][:count]
    with tempfile.TemporaryDirectory() as place:
        os.environ["MASKRCNN_CACHE"] = f"{place}/cache"
        while cases and time.monotonic() < until:
            cases = yield from _batch(every, cases, seed, Path(place) / "files", until)


def _batch(
    every: dict[str, Kind], cases: list[tuple[str, int]], seed: int, folder: Path, until: float
) -> Any:
    """Run cases in a child until it dies, is stuck, or all are done; return those that are left."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _work(every, cases, seed, folder, writing)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as answers:
        while cases:
            ready, *_ = select.select([answers], [], [], HANG)
            line = answers.readline() if ready else b""
            (name, number), cases = cases[0], cases[1:]
            if not line:
                os.kill(child, signal.SIGKILL)
                yield name, number, "crash" if ready else "hang", ""
                break
            yield name, number, *json.loads(line)
            if time.monotonic() > until:
                os.kill(child, signal.SIGKILL)
                break
    os.waitpid(child, 0)
    return cases


def _work(
    every: dict[str, Kind], cases: list[tuple[str, int]], seed: int, folder: Path, writing: int
) -> None:
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY,) * 2)
    order = list(every)
    for name, number in cases:
        answer = attempt(every[name], (seed, order.index(name), number), folder)
        os.write(writing, json.dumps(answer).encode() + b"\n")
    os._exit(0)


def main() -> int:
    """Damage files and print a row a kind."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1000, help="files in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after this time")
    parser.add_argument("--only", nargs="+", default=list(kinds()), choices=list(kinds()), metavar="KIND")
    parser.add_argument("--again", metavar="KIND:NUMBER", help="read one file again, in this process")
    options = parser.parse_args()
    if options.again:
        name, number = options.again.split(":")
        folder = Path(tempfile.mkdtemp())
        print(
            folder,
            *attempt(kinds()[name], (options.seed, list(kinds()).index(name), int(number)), folder),
            sep="\n",
        )
        return 0
    table: dict[str, Counter[str]] = {}
    for name, number, became, how in run(options.only, options.count, options.seed, options.seconds):
        table.setdefault(name, Counter())[became] += 1
        if became in BAD:
            print(f"{became}: --seed {options.seed} --again {name}:{number}  {how}", flush=True)
    columns = ("read", "refused", *BAD)
    print(f"{'kind':22}" + "".join(f"{column:>10}" for column in columns))
    total = sum(table.values(), Counter())
    for name, row in [*table.items(), ("all", total)]:
        print(f"{name:22}" + "".join(f"{row[column]:>10}" for column in columns))
    return int(any(total[column] for column in BAD))


if __name__ == "__main__":
    sys.exit(main())
