"""Files that take HDF5 itself down: a child process dies of them, this one says so."""

import json
from contextlib import suppress
from pathlib import Path

import h5py
import numpy as np
import pytest

from maskrcnn_core.files import h5_known, h5_trial
from maskrcnn_core.files.h5_checks import open_h5
from maskrcnn_core.files.hashes import compute_sha256
from maskrcnn_core.runtime.memory import forget_peak, peak
from maskrcnn_core.weights import open_weights

ASSETS = Path(__file__).resolve().parents[2] / "maskrcnn_core" / "assets"


@pytest.fixture(autouse=True)
def nothing_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a cache that knows no file."""
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(h5_known, "_HERE", {})
    return tmp_path / "cache"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "file.h5", "w") as file:
        file.attrs["text"] = "words"
        file.create_dataset("group/numbers", data=np.arange(100_000, dtype=np.float32))
    return tmp_path / "file.h5"


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Count the child processes."""
    paths: list[Path] = []
    real = h5_trial._tried

    def counted(path: Path, size: int) -> dict[str, str | None]:
        paths.append(path)
        return real(path, size)

    monkeypatch.setattr(h5_trial, "_tried", counted)
    return paths


def opened(path: Path) -> None:
    with open_h5(path):
        pass


def test_a_file_is_tried_once_and_known_by_its_content_wherever_it_lies(path: Path, tried: list[Path]):
    opened(path)
    opened(path)
    assert tried == [path]
    copy = path.with_name("copy.h5")
    copy.write_bytes(path.read_bytes())
    opened(copy)
    assert tried == [path]


def test_what_was_tried_is_known_to_later_processes(
    path: Path, tried: list[Path], monkeypatch: pytest.MonkeyPatch
):
    opened(path)
    monkeypatch.setattr(h5_known, "_HERE", {})
    opened(path)
    assert tried == [path]


def test_a_changed_file_is_tried_again(path: Path, tried: list[Path]):
    opened(path)
    with path.open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"\1\2\3\4")
    opened(path)
    assert tried == [path, path]


@pytest.mark.parametrize("checks", [["1.0", h5_known.CHECKS[1]], [h5_known.CHECKS[0], 1]])
def test_another_hdf5_and_other_checks_trust_no_earlier_trial(
    path: Path, tried: list[Path], nothing_known: Path, checks: list[object]
):
    opened(path)
    notes = nothing_known / h5_known.FILE
    notes.write_text(json.dumps({**json.loads(notes.read_text()), "checks": checks}))
    h5_known._HERE.clear()
    opened(path)
    assert len(tried) == 2


@pytest.mark.parametrize("content", ["", "[]", "null", '{"checks": 1}', "[" * 100_000, '{"files": [[1]]}'])
def test_damaged_notes_count_as_none(path: Path, nothing_known: Path, content: str):
    nothing_known.mkdir()
    (nothing_known / h5_known.FILE).write_text(content)
    opened(path)


def test_shipped_weights_are_known_by_their_hash(tried: list[Path]):
    for name in ("shapes.h5", "nuclei.h5"):
        received = compute_sha256(ASSETS / name)
        assert h5_known.SHIPPED[received] == (ASSETS / name).stat().st_size
        opened(ASSETS / name)
    assert tried == []


def patched(tmp_path: Path, file: str, changes: list[tuple[int, int]]) -> Path:
    content = bytearray((ASSETS / file).read_bytes())
    for place, value in changes:
        content[place] = value
    (tmp_path / "weights.h5").write_bytes(content)
    return tmp_path / "weights.h5"


def test_a_file_that_ends_the_process_becomes_one_error(path: Path, monkeypatch: pytest.MonkeyPatch):
    # which bytes end a process differs from one HDF5 to the next: here it ends where it looks up its own size
    monkeypatch.setattr(h5_trial, "_environment", lambda: _crashing(path.parent))
    with pytest.raises(
        ValueError, match=r"file\.h5: the file is damaged so that HDF5 itself stops \(SIGABRT\)"
    ):
        opened(path)


def _crashing(folder: Path) -> dict[str, str]:
    """Return an environment in which a trial ends as if HDF5 had corrupted its memory."""
    (folder / "usual").mkdir()
    (folder / "usual" / "sitecustomize.py").write_text(
        "import sys, os\n"
        "def audit(event, arguments):\n"
        "    if event == 'open' and str(arguments[0]).endswith('statm'):\n"
        "        os.abort()\n"
        "sys.addaudithook(audit)\n"
    )
    usual = h5_trial.os.environ.get("PYTHONPATH", "")
    return {**h5_trial.os.environ, "PYTHONPATH": f"{folder / 'usual'}{h5_trial.os.pathsep}{usual}"}


def test_a_hang_becomes_one_error(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(h5_trial, "SECONDS", 0.01)
    with pytest.raises(ValueError, match="does not come to an end with this file in"):
        opened(path)


def test_a_file_that_unpacks_beyond_twice_its_size_becomes_one_error(tmp_path: Path):
    path = tmp_path / "bomb.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("a", (2**29,), np.uint8, chunks=(2**29,), compression="gzip")[:8] = 1
    assert path.stat().st_size < 2**20
    forget_peak()
    before = peak()
    with pytest.raises(ValueError, match=r"bomb\.h5: (wanted a file that takes 25\d MiB|.*damaged)"):
        opened(path)
    assert peak() - before < 2**28  # the bomb takes 2**29


def test_damage_is_named_without_being_read_here(path: Path, monkeypatch: pytest.MonkeyPatch):
    content = path.read_bytes()
    path.write_bytes(content.replace(b"HEAP", b"PAEH"))
    monkeypatch.setattr("maskrcnn_core.files.h5_checks.opened_h5", None)
    with pytest.raises(ValueError, match=r"file\.h5: .*damaged"):
        opened(path)


def test_known_crashes_of_hdf5_do_not_end_this_process(shared: Path, tmp_path: Path):
    """Each is read whole or refused; at other versions of the files that ship a patch may hit what is never read."""
    cases = json.loads((shared / "cases" / "weights_that_crash_hdf5" / "patches.json").read_text())
    for case in cases.values():
        with suppress(ValueError), open_weights(patched(tmp_path, case["file"], case["bytes"])) as stored:
            for array in stored.arrays.values():
                array.read()
