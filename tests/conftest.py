"""What tests of every room share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of goldens and data beside the project; tests that ask for it skip where it is absent."""
    folder = Path(__file__).resolve().parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: it holds numbers of other implementations and real pictures")
    return folder
