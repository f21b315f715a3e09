"""The script ./run says in one line what is in the way. Each test makes the whole PATH that it sees."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# The system tools that ./run uses; on a fresh machine all of them are there and Python may not be.
SYSTEM_TOOLS = ["cat", "cksum", "df", "dirname", "grep", "id", "mkdir", "rm", "sed", "tail", "tee", "mv"]
PLENTY = "#!/bin/sh\necho Filesystem blocks used available\necho disk 1 1 99999999 1% /\n"
FULL = "#!/bin/sh\necho Filesystem blocks used available\necho disk 1 1 2200000 99% /\n"
PYTHON = """#!/bin/sh
case "$*" in
    *version_info*) echo {version} ;;
    *ensurepip*) exit {no_venv} ;;
    *"-m venv"*) mkdir -p "$3/bin"; cat "$0" >"$3/bin/python"; chmod +x "$3/bin/python" ;;
    *"pip install"*) echo "$@" >>"$PIP_CALLS"; {pip} ;;
esac
"""
PIP_OFFLINE = (
    "echo \"WARNING: Retrying after connection broken by 'NewConnectionError'\"; echo ERROR: no match; exit 1"
)

LANES = (("test", "-k", "boxes"), ("test", "--fast", "-k", "boxes"))


class Copy:
    """A copy of what ./run needs of the project, and a folder of tools that is its whole PATH."""

    def __init__(self, folder: Path) -> None:
        self.project, self.tools = folder / "project with a space", folder / "tools"
        self.pip_calls = folder / "pip_calls"
        (self.project / "notebooks").mkdir(parents=True)
        (self.project / "notebooks" / "inspect_model.ipynb").write_text("{}")
        for name in ("run", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.project / name)
        self.tools.mkdir()
        for name in [*SYSTEM_TOOLS, "chmod", "sh"]:
            (self.tools / name).symlink_to(shutil.which(name) or name)
        self.tool("df", PLENTY)

    def tool(self, name: str, text: str) -> None:
        (self.tools / name).unlink(missing_ok=True)
        (self.tools / name).write_text(text)
        (self.tools / name).chmod(0o755)

    def python(
        self, name: str = "python3", version: str = "3.11", no_venv: int = 0, pip: str = "exit 0"
    ) -> None:
        self.tool(name, PYTHON.format(version=version, no_venv=no_venv, pip=pip))

    def run(self, *arguments: str) -> tuple[int, list[str]]:
        """Run the script from the folder above; give its exit status and its lines on standard error."""
        done = subprocess.run(
            ["/bin/sh", str(self.project / "run"), *arguments],
            env={"PATH": str(self.tools), "PIP_CALLS": str(self.pip_calls)},
            cwd=self.project.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )
        return done.returncode, done.stderr.splitlines()


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_the_fast_lane_runs_the_units_and_the_whole_lane_everything(copy: Copy):
    copy.python()
    copy.run("test")  # makes .venv
    for name in ("ruff", "mypy", "lint-imports", "pytest"):
        tool = copy.project / ".venv" / "bin" / name
        tool.write_text(f'#!/bin/sh\necho "{name} $*" >&2\n')
        tool.chmod(0o755)
    told = {lane: [line for line in copy.run(*lane)[1] if not line.startswith("==")] for lane in LANES}
    whole, fast = told.values()
    assert [line.split()[0] for line in whole] == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]
    assert [line.split()[0] for line in fast] == ["ruff", "ruff", "pytest"]
    assert whole[-1] == "pytest -n auto --dist loadfile -k boxes"
    assert fast[-1].endswith("-k boxes") and "-m not slow and not browser" in fast[-1]
    rooms = [word for word in fast[-1].split() if word.startswith("tests/")]
    assert len(rooms) >= 8 and all((ROOT / room).is_dir() for room in rooms)


def test_without_python_one_line_says_which_are_wanted(copy: Copy):
    line = "run: wanted Python 3.11, 3.12 or 3.13 on the PATH, found none. Install one and run this again."
    assert copy.run("test") == (1, [line])


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.14", "2.7"])
def test_unfit_python_is_named(copy: Copy, version: str):
    copy.python(version=version)
    status, lines = copy.run("test")
    assert status == 1
    assert lines == [
        "run: wanted Python 3.11, 3.12 or 3.13 on the PATH, "
        f"found python3 of version {version}. Install one and run this again."
    ]


def test_another_python_is_found_beside_an_old_one(copy: Copy):
    copy.python(version="3.9")
    copy.tool("python3.13", "#!/bin/sh\nexit 127\n")  # a version manager's stand-in: not really there
    copy.python(name="python3.12", version="3.12")
    assert copy.run("test")[1][0].startswith("First use: making .venv with Python 3.12 for the cpu")


def test_python_without_venv_says_what_to_install(copy: Copy):
    copy.python(no_venv=1)
    status, lines = copy.run("test")
    assert (status, len(lines)) == (1, 1)
    assert "python3-venv" in lines[0]


def test_full_disk_gives_wanted_and_found(copy: Copy):
    copy.python()
    copy.tool("df", FULL)
    line = "run: wanted 4 GB of free disk for .venv, found 2 GB. Free some and run this again."
    assert copy.run("test") == (1, [line])
    assert not (copy.project / ".venv").exists()


@pytest.mark.parametrize(
    ("pip", "word"),
    [
        (PIP_OFFLINE, "is there a network"),
        ("echo 'ERROR: [Errno 28] No space left on device'; exit 1", "the disk is full"),
        ("echo 'ERROR: Failed building wheel for x'; exit 1", "Failed building wheel for x"),
    ],
)
def test_failed_install_says_why_and_is_made_anew(copy: Copy, pip: str, word: str):
    copy.python(pip=pip)
    status, lines = copy.run("test")
    assert (status, len(lines)) == (1, 2)
    assert word in lines[1]
    assert copy.run("test")[1][0].startswith("First use")


def test_complete_install_is_not_repeated(copy: Copy):
    copy.python()
    first, second = copy.run("test")[1], copy.run("test")[1]
    assert first[:2] == [
        "First use: making .venv with Python 3.11 for the cpu (some minutes, a few GB).",
        "Installed.",
    ]
    assert second[0] == "== ruff format --check ."
    assert len(copy.pip_calls.read_text().splitlines()) == 1


def test_changed_requirements_bring_the_install_up_to_date(copy: Copy):
    copy.python()
    copy.run("test")
    with (copy.project / "constraints.txt").open("a") as constraints:
        constraints.write("one-more==1.0\n")
    assert (
        copy.run("test")[1][0] == "pyproject.toml or constraints.txt has changed: bringing .venv up to date."
    )


@pytest.mark.parametrize(("answer", "extra"), [(0, "gpu"), (9, "cpu")])
def test_the_extra_follows_the_machine(copy: Copy, answer: int, extra: str):
    copy.python()
    copy.tool("nvidia-smi", f"#!/bin/sh\nexit {answer}\n")
    copy.run("test")
    assert f"[{extra},dev,docs]" in copy.pip_calls.read_text()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["walk", "no.jpg"], "run: there is no image 'no.jpg'."),
        (["walk", "--html"], "run: --html wants a value. ./run --help shows how."),
        (["walk", "--html="], "run: --html wants a value. ./run --help shows how."),
        (["walk", "--html", "no/out.html"], "run: there is no folder '{cwd}/no/' that can be written to."),
        (["walk", "--weights", "no.h5"], "run: there is no weights file 'no.h5'."),
        (["walk", "--fast"], "run: walk has no option --fast. ./run --help shows how."),
        (["wlak"], "run: wanted walk, test, bench or docs, received 'wlak'. ./run --help shows how."),
        (["docs", "--biuld"], "run: docs wants nothing or --build [FOLDER], received '--biuld'."),
    ],
)
def test_wrong_use_is_one_line_and_status_2(copy: Copy, arguments: list[str], line: str):
    assert copy.run(*arguments) == (2, [line.format(cwd=copy.project.parent)])


@pytest.mark.parametrize("arguments", [[], ["--help"], ["walk", "--help"]])
def test_help_is_given_without_installing(copy: Copy, arguments: list[str]):
    assert copy.run(*arguments) == (0, [])


@pytest.mark.parametrize("cached", ["torchvision-v2", ""])
def test_walk_on_an_image_takes_the_best_model_at_hand_or_says_loudly_what_it_takes(copy: Copy, cached: str):
    copy.python()
    copy.run("test")
    (copy.project.parent / "photo.png").touch()
    for name, script in (("python", f"echo {cached}"), ("maskrcnn", 'printf "%s|" "$@" >&2')):
        tool = copy.project / ".venv" / "bin" / name
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)
    _, lines = copy.run("walk", "photo.png", "--html", "out.html")
    assert lines[-1].endswith(f"|--weights|{cached or 'nuclei'}|")
    assert any("No COCO model is in the cache" in line for line in lines) is not bool(cached)
    assert "--weights" not in copy.run("walk", "--html", "out.html")[1][-1], "its own sample"


@pytest.mark.parametrize(
    ("asked", "handed"),
    [
        ((), "walk|"),
        (("my photo.png", "--weights", "coco"), "walk|{image}|--weights|coco|"),
        (("--lab", "my photo.png", "--weights=coco"), "walk|{image}|--weights|coco|--lab|"),
        (("--sample", "hard", "--no-browser"), "walk|--sample|hard|--no-browser|"),
        (
            ("my photo.png", "--weights", "coco", "--html", "out.html"),
            "walk|{image}|--output|{page}|--weights|coco|",
        ),
    ],
)
def test_walk_hands_what_was_asked_to_the_command(copy: Copy, asked: tuple[str, ...], handed: str):
    copy.python()
    copy.run("test")  # makes .venv
    (copy.project.parent / "my photo.png").touch()
    command = copy.project / ".venv" / "bin" / "maskrcnn"
    command.write_text('#!/bin/sh\nprintf "%s|" "$@" >&2\nexit 2\n')
    command.chmod(0o755)
    status, lines = copy.run("walk", *asked)
    places = {"page": copy.project.parent / "out.html", "image": copy.project.parent / "my photo.png"}
    assert (status, lines[-1]) == (2, handed.format(**places))
