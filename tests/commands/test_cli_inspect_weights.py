"""`maskrcnn inspect-weights` as a person uses it: status, output and files."""

import json
import subprocess
import sys

import h5py
import numpy as np
import pytest

from benchmarks.weight_faults import healthy_weights
from maskrcnn_core import cli
from maskrcnn_core.config import tiny
from maskrcnn_core.config.files import to_dict
from maskrcnn_core.weights.formats.native import write_weights

CONFIG = tiny(("background", "a", "b", "c"), width=8)


@pytest.fixture(scope="module")
def arrays():
    return healthy_weights(CONFIG)


@pytest.fixture
def write(tmp_path, arrays):
    """Give a writer of a file with some arrays changed; None removes one."""

    def write_file(name: str = "model.h5", **changes: object):
        changed = {n: a for n, a in (arrays | changes).items() if a is not None}
        with h5py.File(tmp_path / name, "w") as file:
            write_weights(file, changed, to_dict(CONFIG), {})
        return tmp_path / name

    return write_file


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main(["inspect-weights", *(str(a) for a in arguments)])
    return stop.value.code


def test_a_sound_file_gives_0(write, capfd):
    assert run(write()) == 0
    assert "0 errors, 0 warnings" in capfd.readouterr().out


def test_an_error_gives_1_and_says_where_why_and_what_to_do(write, capfd):
    assert run(write(**{"fpn.p2.kernel": np.full((3, 3, 32, 32), np.nan)})) == 1
    said = " ".join(capfd.readouterr().out.split())
    assert (
        "fpn.p2.kernel" in said
        and "are not finite" in said
        and "Go back to the last finite checkpoint" in said
    )


def test_a_missing_layer_gives_1(write, capfd):
    assert run(write(**{"fpn.p2.kernel": None}), "--no-spectra") == 1
    assert "load audit" in capfd.readouterr().out


def test_json_holds_everything_and_is_strict(write, tmp_path):
    path = write(**{"fpn.p2.kernel": np.full((3, 3, 32, 32), np.nan)})
    assert run(path, "--json", tmp_path / "out" / "r.json", "--against", write("before.h5")) == 1
    content = json.loads((tmp_path / "out" / "r.json").read_text(), parse_constant=pytest.fail)
    assert content["counts"]["error"] == 1 == sum(f["severity"] == "error" for f in content["findings"])
    assert {v["name"] for v in content["variables"]} >= {"fpn.p2.kernel", "rpn.class_raw.bias"}
    assert content["difference"]["variables"] and content["thresholds"]["dead_filter_ratio"] == 1e-3


def test_html_is_written(write, tmp_path):
    assert run(write(), "--html", tmp_path / "r.html", "--no-spectra") == 0
    page = (tmp_path / "r.html").read_text()
    assert page.partition("</html>")[2].strip() == "<!-- written by maskrcnn inspect-weights -->"


def test_thresholds_by_option_and_file(write, tmp_path, capfd):
    path = write()
    assert (
        run(path, "--no-spectra", "--threshold", "update_low=0", "--threshold", "exploding_value=0.01") == 1
    )
    (tmp_path / "t.json").write_text('{"exploding_value": 0.01}')
    assert run(path, "--no-spectra", "--thresholds", tmp_path / "t.json") == 1
    capfd.readouterr()
    assert run(path, "--threshold", "dead_filter_ratoi=1") == 2
    assert "dead_filter_ratio" in capfd.readouterr().err
    assert run(path, "--threshold", "kurtosis") == 2


def test_against_names_frozen_layers_and_what_moved(write, arrays, capfd):
    moved = write("after.h5", **{"fpn.p2.kernel": arrays["fpn.p2.kernel"] * 1.1})
    assert run(moved, "--against", write(), "--no-spectra") == 0
    said = capfd.readouterr().out
    assert "46 of 47 layers did not change" in said and "fpn.p2.kernel" in said


def test_three_equal_saves_were_never_trained_unless_frozen(write, capfd):
    saves = [write(f"{number}.h5") for number in range(3)]
    series = ["--against", saves[0], "--against", saves[1], saves[2], "--no-spectra"]
    assert run(*series) == 0
    assert "never trained" in capfd.readouterr().out
    assert run(*series, "--frozen", "*") == 0
    assert "never trained" not in capfd.readouterr().out


def test_names_of_layers_cannot_speak_to_the_terminal(write, capfd):
    assert run(write(**{"\x1b[31m[bold]evil.kernel": np.zeros((4, 4))}), "--no-spectra") == 1
    said = capfd.readouterr().out
    assert "\x1b[31m[bold]evil" not in said and "\\x1b[31m[bold]evil" in "".join(said.split())


def test_help_has_examples_and_imports_no_tensorflow(write):
    program = (
        "import sys; from maskrcnn_core import cli\n"
        f"for words in (['inspect-weights', '--help'], ['inspect-weights', {str(write())!r}]):\n"
        "    try: cli.main(words)\n"
        "    except SystemExit: pass\n"
        "assert not {'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert "Examples:" in done.stdout and "0 errors" in done.stdout


def test_a_name_without_a_file_and_a_folder_give_2(tmp_path, capfd):
    assert run(tmp_path / "absent.h5") == 2
    assert run(tmp_path) == 2
    assert "Traceback" not in capfd.readouterr().err


def test_output_that_cannot_be_written_gives_2(write, tmp_path, capfd):
    (tmp_path / "file").write_text("")
    assert run(write(), "--no-spectra", "--json", tmp_path / "file" / "r.json") == 2
    assert run(write(), "--html", tmp_path) == 2
    assert "Traceback" not in capfd.readouterr().err


# --- a large file -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_resnet101_file_takes_little_memory_and_time(tmp_path):
    from maskrcnn_core.config import classic

    config = classic(("background", *(f"class {n}" for n in range(80))))
    path = tmp_path / "r101.h5"
    with h5py.File(path, "w") as file:
        write_weights(file, healthy_weights(config), to_dict(config), {})
    assert path.stat().st_size > 250e6
    program = (
        "import re, time; start = time.process_time()\n"
        "from maskrcnn_inspect.analysis.weights.checks import check_file\n"
        f"report = check_file({str(path)!r})\n"
        "assert report.count('error') == report.count('warning') == 0\n"
        "peak = re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())\n"
        "print(int(peak[1]) / 1024, time.process_time() - start)"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    memory, seconds = (float(word) for word in done.stdout.split())
    assert memory < 1024  # MiB
    assert seconds < 20  # of two cores together
