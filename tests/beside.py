"""What may lie beside the project: more numbers and data than its repository keeps.

Nothing here is needed. Each law is tested on files of the repository or on files that its test writes; where the folder
``../shared`` is there too, the same law is tested on it as well.
"""

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1].parent / "shared"
FILES = Path(__file__).parent / "data" / "files"  # those of the repository


def beside(*names: str) -> list[Path]:
    """Give those of the folders and files named, relative to ``../shared``, that are there."""
    return [FOLDER / name for name in names if (FOLDER / name).exists()]


def data_folders() -> list:
    """Give, as parameters, the folder of real images in the repository and the larger one beside the project."""
    return [pytest.param(FILES, id="repository"), *(pytest.param(one, id="beside") for one in beside("data"))]
