"""Writes that fail, a few of each kind of writer; every one of every command: ``benchmarks/faults.py``."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import fault_disk
import faults


@pytest.mark.parametrize("name", ["check", "detect", "trace", "convert-safetensors"])
def test_a_write_that_fails_leaves_earlier_files_whole_and_is_said_with_the_file(name: str, tmp_path: Path):
    kinds = ("ENOSPC", "SIGTERM") if name == "trace" else ("ENOSPC",)
    found = list(faults.faults_of(name, tmp_path.resolve(), most=5, kinds=kinds))
    assert len(found) >= 4 * len(kinds)
    assert [one for one in found if one.laws] == []


def test_deeds_below_the_folder_are_counted_and_fail(tmp_path: Path):
    folder, other = tmp_path / "a", tmp_path / "b"
    for place in (folder, other):
        place.mkdir()
    disk = fault_disk.Disk(folder)
    with disk.between():
        (folder / "x").write_text("content")
        (other / "x").write_text("content")
        (folder / "x").rename(folder / "y")
    assert disk.deeds == ["open x", "write x", "rename y"]
    failing = fault_disk.Disk(folder, 2, errno.EIO)
    with failing.between(), pytest.raises(OSError, match="Input/output error"):
        (folder / "z").write_text("content")
    (folder / "z").write_text("content")
    assert (folder / "z").read_text() == "content"


@pytest.mark.parametrize(
    ("ended", "left", "law"),
    [
        ((0, ""), {}, "status 0"),
        ((2, "maskrcnn: no name\n"), {}, "said"),
        ((2, "maskrcnn: /a/b: full\n"), {".b.part": b""}, "left .b.part"),
        ((2, "maskrcnn: /a/b: full\n"), {"b": b"ha"}, "torn b"),
        ((2, "maskrcnn: /a/b: full\nTraceback"), {}, "traceback"),
        ((2, "maskrcnn: /a/b: full\n"), {"b": b"half"}, ""),
        ((2, "maskrcnn: /a/b: full\n"), {"b.jsonl": b'{"a": 1}\n{"b'}, "torn b.jsonl"),
        ((2, "maskrcnn: /a/b: full\n"), {"b.jsonl": b'{"a": 1}\n{}\n'}, ""),
    ],
)
def test_a_broken_law_is_seen(ended: tuple[int, str], left: dict[str, bytes], law: str):
    laws = faults.broken_laws(ended, "EIO", left, {"b": {b"half"}}, False)
    assert (law == "" and not laws) or law in " ".join(laws)


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("cc") is None, reason="no compiler")
def test_the_disk_below_python_sees_what_libraries_write(tmp_path: Path):
    built = fault_disk.build(tmp_path)
    program = (
        "import ctypes, pathlib, fault_disk as f\n"
        "folder = pathlib.Path('a').resolve(); folder.mkdir(); libc = ctypes.CDLL(None, use_errno=True)\n"
        "libc.fopen.restype = ctypes.c_void_p\n"
        "def write():\n"
        "    (folder / 'x').write_text('content'); file = ctypes.c_void_p(libc.fopen(b'a/y', b'w'))\n"
        "    return file.value and libc.fwrite(b'four', 1, 4, file)\n"
        "with (disk := f.standing()(folder)).between(): print(write())\n"
        "print(disk.deeds)\n"
        "with f.standing()(folder, 4, 28, False).between(): print(write())\n"
        "with f.standing()(folder, 3, 28, False).between(): print(write())\n"
        "with f.standing()(folder, 2, 28, False).between(): write()\n"
    )
    environment = {**os.environ, "LD_PRELOAD": str(built), fault_disk.LOADED: str(built)}
    environment["PYTHONPATH"] = str(Path(faults.__file__).parent)
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    seen = ["open x", "write x", "open y", "write y"]
    assert ran.stdout.splitlines() == ["4", str(seen), "0", "None"], ran.stderr
    assert "No space left on device" in ran.stderr.splitlines()[-1]
