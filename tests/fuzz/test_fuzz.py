"""A minute of damaged files with a fixed seed, and what keeps the fuzzer honest. Longer: ``benchmarks/fuzz.py``."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import fuzz

FUZZ = Path(fuzz.__file__)

SECONDS = 60
SLOW = {"own", "classic", "trace"}  # HDF5: a process a file


@pytest.mark.parametrize("name", fuzz.kinds())
def test_the_sound_file_of_each_kind_is_read(name: str, tmp_path: Path):
    kind = fuzz.kinds()[name]
    kind.read(kind.write(tmp_path))


def test_no_damaged_file_ends_in_a_traceback_a_crash_a_hang_or_wrong_numbers():
    quick = [name for name in fuzz.kinds() if name not in SLOW]
    for names, count, share in ((sorted(SLOW), 30, 1 / 3), (quick, 1500, 2 / 3)):
        options = ["--seed", "14", "--count", str(count), "--seconds", str(SECONDS * share), "--only", *names]
        ended = in_a_process(f"import runpy; runpy.run_path({str(FUZZ)!r}, run_name='__main__')", *options)
        assert ended.returncode == 0, ended.stdout
        read, refused, *bad = map(int, ended.stdout.splitlines()[-1].split()[1:])
        assert read and refused and not any(bad)


def test_damage_follows_from_the_seed(tmp_path: Path):
    kind, changed = fuzz.kinds()["coco"], []
    for number in (1, 1, 2):
        folder = tmp_path / str(len(changed))
        folder.mkdir()
        kind.write(folder)
        fuzz.damage(folder, np.random.default_rng((0, 1, number)))
        changed.append([path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()])
    assert changed[0] == changed[1] != changed[2]


@pytest.mark.parametrize(
    ("code", "became"),
    [("{}[source]", "traceback"), ("os.abort()", "crash"), ("int('refused')", "refused"), ("None", "read")],
)
def test_what_goes_wrong_is_seen(code: str, became: str):
    script = f"""
import os, sys
sys.path.insert(0, {str(FUZZ.parent)!r})
import fuzz
fuzz.kinds = lambda: {{"config": fuzz.Kind(fuzz.write_config, lambda source: {code})}}
print(*[case[2] for case in fuzz.run(["config"], 2, 0)])
"""
    assert in_a_process(script).stdout.split() == [became] * 2


def in_a_process(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run what forks away from the threads of other tests' TensorFlow."""
    command = [sys.executable, "-c", script, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=10 * SECONDS, check=False)
