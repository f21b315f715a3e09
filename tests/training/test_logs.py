"""Logs of TensorBoard: what was written is there, or is said not to be."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.training.tensorboard.histograms import write_histograms
from maskrcnn_core.training.tensorboard.images import write_image
from maskrcnn_core.training.tensorboard.logs import Log, count_records


def write(log: Log, step: int) -> None:
    with log.writing(step):
        tf.summary.scalar("loss", 0.5)


def test_a_log_ends_with_its_last_record_and_those_of_others_are_not_looked_at(tmp_path: Path):
    (tmp_path / "events.out.tfevents.1.other").write_bytes(b"torn")
    log = Log(tmp_path)
    for step in range(3):
        write(log, step)
        log.flush()
    (path,) = (p for p in tmp_path.iterdir() if not p.name.endswith("other"))
    assert count_records(path) == (4, path.stat().st_size)  # and the format's
    log.close()


@pytest.mark.parametrize("lost", [12, 4, 1])  # a record's head, its checksum, a byte
def test_what_is_missing_within_a_log_is_said_with_its_name(tmp_path: Path, lost: int):
    log = Log(tmp_path)
    write(log, 0)
    log.flush()
    (path,) = tmp_path.iterdir()
    write(log, 1)
    log.close()
    content, begins = path.read_bytes(), 0
    while (ends := begins + 16 + int.from_bytes(content[begins : begins + 8], "little")) < len(content):
        path.write_bytes(content[:begins] + content[begins + lost :])
        with pytest.raises(OSError, match="the disk lost part") as error:
            count_records(path)
        assert error.value.filename == str(path)
        begins = ends
    assert begins > 0


def test_a_flush_sees_that_the_end_is_missing(tmp_path: Path):
    log = Log(tmp_path)
    write(log, 0)
    log.flush()
    (path,) = tmp_path.iterdir()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 3)
    with pytest.raises(OSError, match="the disk lost part"):
        log.flush()


def test_every_kind_of_summary_is_counted_once(tmp_path: Path):
    log = Log(tmp_path)
    with log.writing(1):
        tf.summary.text("text", "words")
        tf.summary.image("image", tf.zeros([2, 4, 4, 3]))
        tf.summary.histogram("histogram", [1.0, 2.0])
        write_image("panel", np.zeros((4, 4, 3), np.uint8), 1)
        write_histograms("weights", {"fpn.p2.bias": np.array([1.0, np.nan])}, 1)
    log.flush()  # raises where the counts differ


def test_a_record_that_is_missing_whole_is_said(tmp_path: Path):
    log = Log(tmp_path)
    write(log, 0)
    log.flush()
    (path,) = tmp_path.iterdir()
    end = path.stat().st_size
    write(log, 1)
    log._writer.flush()
    with path.open("r+b") as file:
        file.truncate(end)
    with pytest.raises(OSError, match="the disk lost part") as error:
        log.flush()
    assert error.value.filename == str(path)
