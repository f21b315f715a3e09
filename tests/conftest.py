"""What tests of every room share."""

import os
from pathlib import Path

import pytest

from tests.beside import FOLDER

ROOT = Path(__file__).resolve().parents[1]

pytest_plugins = ["tests.model_fixtures", "tests.skips"]

# One make of convolutions for all tests, whatever suits the processor: what fails here can be seen elsewhere. Those of
# the core, training and analysis hold with either.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

# What a test starts as a program of its own is this checkout too, whatever else is installed.
before = os.environ.get("PYTHONPATH")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), str(ROOT / "inspect"), before]))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of more numbers and data beside the project. Tests that ask for it are additional ones."""
    return FOLDER


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave additional tests out where nothing lies beside the project: each law has a test without it."""
    additional = [item for item in items if "shared" in getattr(item, "fixturenames", ())]
    if additional and not FOLDER.is_dir():
        config.hook.pytest_deselected(items=additional)
        items[:] = [item for item in items if item not in additional]


def pytest_report_header() -> str:
    """Say whether the additional tests run."""
    return f"beside the project: {FOLDER if FOLDER.is_dir() else 'nothing, so additional tests are left out'}"
