"""Two runs into one folder: the second is refused while the first writes."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from maskrcnn_core.files.made import Plan, claim

PLAN = Plan("detect", ("detections.json",), {})


def test_a_folder_that_another_run_writes_into_is_refused_and_left_as_it_is(tmp_path: Path):
    other = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(ValueError, match=r"another run is writing into .*; wait for it, or choose another"):
        claim(tmp_path, PLAN, overwrite=True)
    assert list(tmp_path.iterdir()) == []
    os.close(other)
    claim(tmp_path, PLAN)
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_a_process_may_write_into_its_folder_again_and_into_one_made_anew(tmp_path: Path):
    folder = tmp_path / "out"
    claim(folder, PLAN)
    claim(folder, PLAN, overwrite=True)
    shutil.rmtree(folder)
    claim(folder, PLAN)
    second = os.open(folder, os.O_RDONLY)
    with pytest.raises(BlockingIOError):
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(second)
