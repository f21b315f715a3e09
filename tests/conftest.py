"""What tests of every room share."""

import os
from pathlib import Path

import pytest

pytest_plugins = ["tests.model_fixtures"]

# One make of convolutions for all tests, whatever suits the processor: what fails here can be seen elsewhere. Those of
# the core, training and analysis hold with either.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of goldens and data beside the project; tests that ask for it skip where it is absent."""
    folder = Path(__file__).resolve().parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: it holds numbers of other implementations and real pictures")
    return folder
