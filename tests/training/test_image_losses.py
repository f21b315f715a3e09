"""The losses of every training image: a line a view, and after a kill those of an unbroken run."""

import csv
from pathlib import Path

import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.training.tensorboard import image_losses
from maskrcnn_core.training.tensorboard.image_losses import HEAD, ImageLosses, View

READER = Shapes(6, seed=1, size=64)


def view(place: int) -> View:
    return View(place % 6, place, (0.5 * place, 0.25, 0.0, 0.0, 1e-7))


@pytest.fixture
def losses(tmp_path: Path) -> ImageLosses:
    return ImageLosses(tmp_path / "training_images.csv", READER)


def test_each_view_is_a_line_in_the_order_in_which_it_was_seen(losses: ImageLosses):
    losses.add(1, [view(2), view(0)])
    losses.add(2, [view(7)])
    losses.flush()
    with losses.path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == HEAD
    assert [(row["epoch"], row["index"], row["place"]) for row in rows] == [
        ("1", "2", "2"),
        ("1", "0", "0"),
        ("2", "1", "7"),
    ]
    assert rows[2]["source"] == READER.source(1) and rows[2]["total"] == "3.75" and rows[2]["mask"] == "1e-07"


def test_without_a_view_there_is_no_file(losses: ImageLosses):
    assert losses.memory() == 0 and not losses.path.exists()


def test_a_run_that_goes_on_leaves_out_what_came_after_its_checkpoint(losses: ImageLosses):
    losses.add(1, [view(0), view(1)])
    stood = losses.memory()
    whole = losses.path.read_bytes()
    losses.add(1, [view(2)])
    losses.flush()
    with losses.path.open("ab") as file:
        file.write(b"1,3,sha")  # cut short by a kill
    again = ImageLosses(losses.path, READER)
    again.remember(stood)
    again.add(1, [view(2)])
    assert again.memory() == losses.memory() > stood
    assert losses.path.read_bytes().startswith(whole) and losses.path.read_bytes().count(b"\r\n") == 4


def test_a_file_that_is_gone_and_one_of_another_run_are_begun_anew(losses: ImageLosses):
    losses.remember(1000)
    losses.add(3, [view(0)])
    assert losses.memory() == len(losses.path.read_bytes())
    anew = ImageLosses(losses.path, READER)
    anew.add(1, [view(5)])
    anew.flush()
    assert [line.split(",")[0] for line in losses.path.read_text().splitlines()] == ["epoch", "1"]


def test_what_waits_is_written_when_it_is_much(losses: ImageLosses, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(image_losses, "MOST", 200)
    for place in range(19):
        losses.add(1, [view(place)])
    assert 10 < losses.path.read_bytes().count(b"\r\n") < 20
    losses.flush()
    assert losses.path.read_bytes().count(b"\r\n") == 20


def test_a_write_that_fails_names_the_file(losses: ImageLosses):
    losses.path.mkdir()
    losses.add(1, [view(0)])
    with pytest.raises(OSError, match=r"training_images\.csv"):
        losses.flush()
