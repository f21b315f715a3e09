"""What tests of every room share."""

import gc
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from maskrcnn_core.runtime.garbage import collected_later
from tests.beside import FOLDER

ROOT = Path(__file__).resolve().parents[1]

pytest_plugins = ["tests.model_fixtures", "tests.op_by_op", "tests.skips"]

# One convolution implementation for all tests, whatever suits the processor: what fails here can be seen elsewhere.
# Those of the core, training and analysis hold with either.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
# One thread for each of two processes: of two each, one waits most of the time and takes a quarter of it all the same.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

# What a test starts as a program of its own is this checkout too, whatever else is installed.
before = os.environ.get("PYTHONPATH")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), str(ROOT / "inspect"), before]))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of more numbers and data beside the project. Tests that ask for it are additional ones."""
    return FOLDER


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes run tests: ``logical`` one for each processor, ``auto`` one more than these.

    Of those one waits for a browser most of the time. Each takes up to 3 GB.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors if config.option.numprocesses == "logical" else processors + 1


def pytest_configure(config: pytest.Config) -> None:
    """Have files shared out in the order of ``pytest_collection_modifyitems``, not by their number of tests."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


@pytest.hookimpl(hookwrapper=True)
def pytest_collection() -> Iterator[None]:
    """Search for no garbage while tests are collected: all stays, and searches take a third of the time."""
    with collected_later():
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave additional tests out where nothing lies beside the project: each law has a test without it.

    Slow files come first: what is left for the end, where one worker may have nothing more to do, is short.
    """
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])
    additional = [item for item in items if "shared" in getattr(item, "fixturenames", ())]
    if additional and not FOLDER.is_dir():
        config.hook.pytest_deselected(items=additional)
        items[:] = [item for item in items if item not in additional]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Have weights that no test seeds equal in every run: Keras draws the seeds of its initializers from ``random``."""
    random.seed(0)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Collect what a file leaves behind where that is much: models and graphs hold themselves in circles."""
    if nextitem is not None and nextitem.path != item.path and resident() > _kept[0] + MUCH:
        gc.collect()
        _kept[0] = resident()


MUCH = 5 * 10**8  # bytes
_kept = [0]  # resident after the last collection


def resident() -> int:
    """Return how much memory this process holds, bytes; 0 where the system does not tell in Linux's way."""
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if told.exists() else 0


def pytest_report_header() -> str:
    """Say whether the additional tests run."""
    return f"beside the project: {FOLDER if FOLDER.is_dir() else 'nothing, so additional tests are left out'}"
