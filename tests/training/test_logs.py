"""Logs of TensorBoard: what was written is there, or is said not to be."""

from pathlib import Path

import pytest
import tensorflow as tf

from maskrcnn_core.training.tensorboard.logs import Log, end_of_records


def write(log: Log, step: int) -> None:
    with log.writer.as_default(step=step):
        tf.summary.scalar("loss", 0.5)


def test_a_log_ends_with_its_last_record_and_those_of_others_are_not_looked_at(tmp_path: Path):
    (tmp_path / "events.out.tfevents.1.other").write_bytes(b"torn")
    log = Log(tmp_path)
    for step in range(3):
        write(log, step)
        log.flush()
    (path,) = (p for p in tmp_path.iterdir() if not p.name.endswith("other"))
    assert end_of_records(path) == path.stat().st_size > 100
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
            end_of_records(path)
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
