"""Folders for results: made, tried, and with room left."""

import shutil
from pathlib import Path

import pytest

from maskrcnn_core.files import atomic

NEEDED = 256 * 1024 * 1024  # bytes


@pytest.mark.parametrize(("free", "enough"), [(NEEDED, True), (NEEDED - 1, False)])
def test_a_folder_wants_256_mib_free(
    free: int, enough: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(atomic.shutil, "disk_usage", lambda _: usage)
    if enough:
        atomic.prepare_folder(tmp_path / "out")
        assert list((tmp_path / "out").iterdir()) == []
    else:
        with pytest.raises(ValueError, match=r"wanted 256 MiB free in .*, received 255; make room"):
            atomic.prepare_folder(tmp_path / "out")
