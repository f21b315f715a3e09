"""Prepared graphs: ONNX Runtime opens them sooner, and they compute what the export does to the last bit."""

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from maskrcnn_core.exporting import prepared
from maskrcnn_core.exporting.making import LOOSE, Wanted, feed_of, make_onnx
from maskrcnn_core.exporting.names import working_set
from maskrcnn_core.exporting.prepared import NETWORK, NOTE, WEIGHTS, open_kept
from maskrcnn_core.exporting.runner import OnnxRuntime
from maskrcnn_core.exporting.stored import keep_export
from maskrcnn_core.files import hashes
from maskrcnn_core.runtime.processor import processor
from maskrcnn_inspect.samples import sample_image
from tests.training.test_checkpoints import no_file_larger_than

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from fault_disk import Disk

DIGEST = "ab" * 32  # stands for the weights' hash


class Made:
    """A network as it is exported, and what its sample image feeds it."""

    def __init__(self, name: str) -> None:
        from maskrcnn_core import load_model

        model = load_model(name)
        self.config, self.outputs = model.config, working_set(model.config, statistics=True)
        self.content = make_onnx(model, Wanted("network", self.outputs), DIGEST).SerializeToString()
        self.feed = feed_of(model, Wanted("network"), sample_image(name))

    def keep(self) -> Path:
        """Put it into the cache and return its path."""
        return keep_export(self.content, DIGEST, self.config, self.outputs, "onnxruntime", [])

    def computed(self, runner: OnnxRuntime, settings: Mapping[str, float] | None = None) -> dict[str, bytes]:
        """Return the bits of all outputs of the sample."""
        given = {name: np.float32(value) for name, value in (settings or {}).items()}
        return {
            name: value.tobytes() for name, value in runner.run(runner.outputs, self.feed | given).items()
        }


made = cache(Made)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of exports in a cache of its own."""
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path))
    return tmp_path / "exports" / DIGEST[:32]


@pytest.fixture(scope="module")
def shapes() -> Made:
    return made("shapes")


@pytest.fixture
def graph(shapes: Made) -> Path:
    return shapes.keep()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Note which graphs are opened."""
    paths: list[Path] = []

    class Noting(OnnxRuntime):
        def __init__(self, path: Path, options: Any = None) -> None:
            paths.append(path)
            super().__init__(path, options)

    monkeypatch.setattr(prepared, "OnnxRuntime", Noting)
    return paths


@pytest.fixture(scope="module")
def prepared_once(shapes: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache with the export and its prepared graph."""
    cache = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MASKRCNN_CACHE", str(cache))
        open_kept(shapes.keep(), shapes.config)
    return cache


@pytest.fixture
def ready(prepared_once: Path, graph: Path) -> Path:
    """Give the folder of a prepared graph."""
    shutil.copytree(prepared_once, graph.parents[2], dirs_exist_ok=True)
    return folder_of(graph)


@pytest.fixture(scope="module")
def plain(shapes: Made, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give what the export itself computes, opened without any of this."""
    path = tmp_path_factory.mktemp("plain") / "network.onnx"
    path.write_bytes(shapes.content)
    return shapes.computed(OnnxRuntime(path))


def folders(graph: Path) -> set[Path]:
    return {path for path in graph.parent.iterdir() if path.is_dir()}


def folder_of(graph: Path) -> Path:
    (folder,) = folders(graph)
    return folder


@pytest.mark.parametrize("name", ["shapes", "nuclei"])
def test_a_prepared_graph_computes_what_the_export_does_to_the_last_bit(name: str, opened: list[Path]):
    one = made(name)
    graph = one.keep()
    first, again = open_kept(graph, one.config), open_kept(graph, one.config)
    assert opened[-1] == folder_of(graph) / NETWORK
    plain = OnnxRuntime(graph)
    assert (again.inputs, again.outputs) == (plain.inputs, plain.outputs)
    assert set(again.outputs) == set(one.outputs)
    for settings in ({}, LOOSE):
        expected = one.computed(plain, settings)
        assert one.computed(first, settings) == one.computed(again, settings) == expected
        assert expected["detections.scores"]  # something was found


def test_an_export_is_prepared_once(graph: Path, shapes: Made, opened: list[Path]):
    open_kept(graph, shapes.config)
    folder = folder_of(graph)
    assert opened == [graph, folder.with_name(f".{folder.name}.part") / NETWORK]
    assert {path.name for path in folder.iterdir()} == {NETWORK, WEIGHTS, NOTE}
    opened.clear()
    for _ in range(2):
        open_kept(graph, shapes.config)
    assert opened == [folder / NETWORK] * 2


def overwrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change content in place and set the time of change back."""
    before = path.stat()
    path.write_bytes(change(path.read_bytes()))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "garbage for weights": lambda folder: overwrite(folder / WEIGHTS, lambda old: os.urandom(len(old))),
    "other weights": lambda folder: overwrite(folder / WEIGHTS, lambda old: bytes(len(old))),
    "half of the weights": lambda folder: os.truncate(folder / WEIGHTS, 10_000),
    "no weights": lambda folder: (folder / WEIGHTS).unlink(),
    "garbage for a graph": lambda folder: overwrite(folder / NETWORK, lambda old: os.urandom(len(old))),
    "the graph of another": lambda folder: shutil.copy(next(folder.parent.glob("*.onnx")), folder / NETWORK),
    "no graph": lambda folder: (folder / NETWORK).unlink(),
    "a folder for a graph": lambda folder: ((folder / NETWORK).unlink(), (folder / NETWORK).mkdir()),
    "no note": lambda folder: (folder / NOTE).unlink(),
    "an empty note": lambda folder: (folder / NOTE).write_text(""),
    "a note of nulls": lambda folder: (folder / NOTE).write_text("null"),
    "a deep note": lambda folder: (folder / NOTE).write_text("[" * 60_000),
    "half of a note": lambda folder: os.truncate(folder / NOTE, 100),
    "bytes that are no text": lambda folder: (folder / NOTE).write_bytes(b"\xff\xfe\x00"),
    "no files in the note": lambda folder: renote(folder, files=None),
    "numbers for hashes": lambda folder: renote(folder, files={NETWORK: 1, WEIGHTS: []}),
    "a note of another export": lambda folder: renote(folder, export="cd" * 32),
    "a note of another version": lambda folder: renote(folder, onnxruntime="0.0.1"),
    "a note of another build": lambda folder: renote(folder, build="of mine"),
    "a note of another processor": lambda folder: renote(folder, processor="abacus"),
}


def renote(folder: Path, **entries: Any) -> None:
    note = folder / NOTE
    note.write_text(json.dumps(json.loads(note.read_text()) | entries))


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_not_used_and_is_made_anew(
    damage: str, ready: Path, graph: Path, shapes: Made, plain: dict[str, bytes], opened: list[Path]
):
    DAMAGE[damage](ready)
    for first in (graph, ready / NETWORK):
        opened.clear()
        assert shapes.computed(open_kept(graph, shapes.config)) == plain
        assert opened[0] == first
        assert folders(graph) == {ready}
        assert {path.name for path in ready.iterdir()} == {NETWORK, WEIGHTS, NOTE}


def test_weights_that_changed_behind_a_remembered_hash_are_not_used(
    ready: Path, graph: Path, shapes: Made, plain: dict[str, bytes], opened: list[Path], monkeypatch
):
    monkeypatch.setattr(hashes, "LEAST", 0)
    monkeypatch.setattr(hashes, "time_ns", lambda: time.time_ns() + 3 * 10**9)
    open_kept(graph, shapes.config)
    time.sleep(0.02)  # more than a tick of the clock of file systems
    DAMAGE["other weights"](ready)
    assert shapes.computed(open_kept(graph, shapes.config)) == plain
    assert opened[:2] == [ready / NETWORK, graph]


def test_what_onnx_runtime_refuses_is_not_used(
    ready: Path, graph: Path, shapes: Made, plain: dict[str, bytes], opened: list[Path]
):
    (ready / NETWORK).write_bytes(b"no graph")  # noted as if it had been compared
    files = {name: hashes.compute_sha256(ready / name) for name in (NETWORK, WEIGHTS)}
    renote(ready, files=files)
    assert shapes.computed(open_kept(graph, shapes.config)) == plain
    assert opened[:2] == [ready / NETWORK, graph]


def test_another_version_prepares_anew_and_removes_what_the_former_left(
    ready: Path, graph: Path, shapes: Made, opened: list[Path], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("onnxruntime.__version__", "1.99.0")
    open_kept(graph, shapes.config)
    assert opened[0] == graph
    (folder,) = folders(graph)
    assert folder != ready
    assert "1.99.0" in folder.name


def test_another_build_of_the_same_version_prepares_its_own(
    ready: Path, graph: Path, shapes: Made, opened: list[Path], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("onnxruntime.get_build_info", lambda: "with other optimisations")
    open_kept(graph, shapes.config)
    assert opened[0] == graph
    assert len(folders(graph)) == 2


def test_another_export_of_the_same_weights_keeps_what_was_prepared(ready: Path, monkeypatch):
    one = made("nuclei")
    other = one.keep()
    monkeypatch.setattr("onnxruntime.__version__", "1.99.0")
    open_kept(other, one.config)
    assert ready in folders(other)
    assert len(folders(other)) == 2


def test_another_processor_prepares_its_own_and_the_oldest_of_many_goes(
    ready: Path, graph: Path, shapes: Made, opened: list[Path], monkeypatch: pytest.MonkeyPatch
):
    here, found = processor(), [ready]
    for number in range(3):
        os.utime(found[-1], (number, number))
        other = here._replace(flags=here.flags | {f"new{number}"})
        monkeypatch.setattr(prepared, "processor", lambda other=other: other)
        opened.clear()
        open_kept(graph, shapes.config)
        assert opened[0] == graph
        found += sorted(folders(graph) - set(found))
    assert folders(graph) == set(found[1:])
    assert len(found) == 4


def test_the_number_of_cores_makes_no_other_graph(
    ready: Path, graph: Path, shapes: Made, opened, monkeypatch
):
    other = processor()._replace(cores=64)
    monkeypatch.setattr(prepared, "processor", lambda: other)
    open_kept(graph, shapes.config)
    assert opened == [ready / NETWORK]


def test_nothing_is_prepared_for_a_processor_of_which_the_system_tells_nothing(
    graph: Path, shapes: Made, opened: list[Path], monkeypatch: pytest.MonkeyPatch
):
    other = processor()._replace(flags=frozenset())
    monkeypatch.setattr(prepared, "processor", lambda: other)
    open_kept(graph, shapes.config)
    assert opened == [graph]
    assert folders(graph) == set()


def contents(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*")}


@pytest.mark.parametrize("deed", range(1, 4))
def test_a_cache_that_cannot_be_written_leaves_the_export(
    deed: int,
    graph: Path,
    shapes: Made,
    plain: dict[str, bytes],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
):
    before = contents(tmp_path)
    disk = Disk(tmp_path, deed, errno.EROFS, lasting=True)
    with disk.between():
        assert shapes.computed(open_kept(graph, shapes.config)) == plain
    assert len(disk.deeds) >= deed
    assert contents(tmp_path) == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("share", [0.0001, 0.01, 0.5, 0.999])
def test_a_disk_that_is_full_for_onnx_runtime_leaves_the_export(
    share: float, ready: Path, graph: Path, shapes: Made, plain: dict[str, bytes], tmp_path: Path, capfd
):
    size = (ready / WEIGHTS).stat().st_size
    shutil.rmtree(ready)
    before = contents(tmp_path)
    with no_file_larger_than(int(size * share)):
        opened = open_kept(graph, shapes.config)
    assert shapes.computed(opened) == plain
    assert contents(tmp_path) == before
    assert capfd.readouterr() == ("", "")


def test_nothing_is_begun_where_the_disk_has_little_room(graph: Path, shapes: Made, opened, monkeypatch):
    usage = shutil.disk_usage(graph)._replace(free=len(shapes.content) + 2**28 - 1)
    monkeypatch.setattr(prepared.shutil, "disk_usage", lambda _: usage)
    open_kept(graph, shapes.config)
    assert opened == [graph]
    assert folders(graph) == set()


def test_a_graph_that_computes_otherwise_is_not_kept_nor_made_again(
    graph: Path, shapes: Made, plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """One weight differs in its last bits."""
    model = onnx.load_from_string(shapes.content)
    kernel = next(one for one in model.graph.initializer if len(one.dims) == 4)
    values = np.array(onnx.numpy_helper.to_array(kernel))
    values.flat[0] *= np.float32(1 + 1e-4)
    kernel.CopyFrom(onnx.numpy_helper.from_array(values, kernel.name))
    other = tmp_path / "other.onnx"
    other.write_bytes(model.SerializeToString())
    paths: list[Path] = []

    def opening(path: Path, options: Any = None) -> OnnxRuntime:
        paths.append(path)
        return OnnxRuntime(other if path.parent.suffix == ".part" else path, options)

    monkeypatch.setattr(prepared, "OnnxRuntime", opening)
    assert shapes.computed(open_kept(graph, shapes.config)) == plain
    assert [path.name for path in folder_of(graph).iterdir()] == [NOTE]
    paths.clear()
    assert shapes.computed(open_kept(graph, shapes.config)) == plain
    assert paths == [graph]


def test_an_interruption_leaves_nothing(graph: Path, shapes: Made, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_: Any) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(prepared, "_compute_the_same", interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_kept(graph, shapes.config)
    assert folders(graph) == set()


def test_while_another_process_prepares_the_export_is_opened(
    ready: Path, graph: Path, shapes: Made, opened: list[Path]
):
    part = ready.with_name(f".{ready.name}.part")
    ready.rename(part)
    open_kept(graph, shapes.config)
    assert opened == [graph]
    assert folders(graph) == {part}
    assert len(list(part.iterdir())) == 3


def test_what_another_process_prepared_meanwhile_stays(
    ready: Path, graph: Path, shapes: Made, opened: list[Path], monkeypatch: pytest.MonkeyPatch
):
    """Replaced, it could give a process that opens it at that moment the graph of one and the weights of the other."""
    before = (ready / NOTE).read_text()
    away, usage = ready.rename(ready.with_name("away")), shutil.disk_usage(graph)

    def finished(_: Path) -> Any:
        away.rename(ready)
        return usage

    monkeypatch.setattr(prepared.shutil, "disk_usage", finished)
    open_kept(graph, shapes.config)
    assert opened == [graph]
    assert folders(graph) == {ready}
    assert (ready / NOTE).read_text() == before


def test_what_a_killed_process_left_goes(ready: Path, graph: Path, shapes: Made, opened: list[Path]):
    left = [ready.with_name(f".{ready.name}.part"), ready.with_name(f".{graph.stem}.0.1-ab.prepared.part")]
    for part in left:
        shutil.copytree(ready, part)
        os.utime(part, (1, 1))
    shutil.rmtree(ready)
    open_kept(graph, shapes.config)
    assert folders(graph) == {ready}
    opened.clear()
    open_kept(graph, shapes.config)
    assert opened == [ready / NETWORK]


PROGRAM = """
import sys
from hashlib import sha256
from pathlib import Path
from maskrcnn_core.config import tiny
from maskrcnn_core.config.files import load_config
from maskrcnn_core.exporting.prepared import open_kept
import numpy as np, onnxruntime
graph, config, feed = map(Path, sys.argv[1:])
config, feed = load_config(config), dict(np.load(feed))
print("ready", flush=True)
sys.stdin.readline()
runner = open_kept(graph, config)
made = runner.run(runner.outputs, feed)
print(sha256(b"".join(made[name].tobytes() for name in sorted(made))).hexdigest())
"""


@pytest.fixture
def processes(graph: Path, shapes: Made, tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Give processes that each will open the export when they are told."""
    from maskrcnn_core.config.files import to_dict

    (tmp_path / "config.json").write_text(json.dumps(to_dict(shapes.config)))
    np.savez(tmp_path / "feed.npz", **shapes.feed)
    words = [sys.executable, "-c", PROGRAM, graph, tmp_path / "config.json", tmp_path / "feed.npz"]
    started = [
        subprocess.Popen(list(map(str, words)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    yield started
    for one in started:
        one.kill()
        one.communicate()


def test_processes_that_prepare_at_once_leave_one_sound_graph(
    processes: list[subprocess.Popen[str]],
    graph: Path,
    shapes: Made,
    plain: dict[str, bytes],
    opened: list[Path],
):
    for one in processes:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    said = {one.communicate(timeout=120)[0] for one in processes}
    expected = hashes.hashlib.sha256(b"".join(plain[name] for name in sorted(plain))).hexdigest()
    assert said == {f"{expected}\n"}
    folder = folder_of(graph)
    assert shapes.computed(open_kept(graph, shapes.config)) == plain
    assert opened == [folder / NETWORK]
