"""Which objects of validation were found after which epoch: histories worked by hand."""

from pathlib import Path

import numpy as np
import pytest

from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.evaluation.metrics.objects import objects_of_masks, objects_of_sample
from maskrcnn_core.training.loop.objects_found import Change, History, ObjectsFound, read_histories

NAMES = ("background", "cell, round", "rod")


def sample() -> Sample:
    """Return three objects in the quarters of 4 x 4 px, of which the one between is a crowd."""
    masks = np.zeros((3, 4, 4), bool)
    masks[0, :2, :2] = masks[1, :2, 2:] = masks[2, 2:, 2:] = True
    crowd = np.array([False, True, False])
    return Sample(np.zeros((4, 4, 3), np.uint8), np.array([1, 1, 2], np.int32), masks, crowd, source="a.png")


def look(found: ObjectsFound, epoch: int, *rows: int, image: int = 0) -> Change:
    """Close an epoch after which the objects ``rows`` of the sample are found, each by its own mask."""
    one = sample()
    masks, ids = one.masks[list(rows)], one.class_ids[list(rows)]
    detections = objects_of_masks(masks, ids, np.full(len(rows), 0.9))
    found.add(image, one, objects_of_sample(one), detections)
    return found.close_epoch(epoch)


def history(found: str) -> History:
    return History(0, "", 0, "rod", 4, found)


@pytest.mark.parametrize(
    "found, learned, forgotten",
    [
        ("", None, 0),
        ("000", None, 0),
        ("0011", 3, 0),
        ("1010", 1, 2),
        ("1-01-0", 1, 2),  # looked at in epochs 1, 3, 4 and 6: 1 0 1 0
        ("-1-1", 2, 0),
    ],
)
def test_an_object_is_forgotten_where_a_look_misses_what_the_last_one_found(found, learned, forgotten):
    assert (history(found).learned, history(found).forgotten) == (learned, forgotten)


def test_each_epoch_adds_a_letter_and_says_what_it_did(tmp_path: Path):
    found = ObjectsFound(tmp_path / "objects.csv", NAMES)
    assert look(found, 1, 0) == Change(found=1, learned=1, forgotten=0, of=2)
    assert look(found, 2, 2) == Change(found=1, learned=1, forgotten=1, of=2)
    assert look(found, 3, 0, 2) == Change(found=2, learned=1, forgotten=0, of=2)
    assert read_histories(tmp_path / "objects.csv") == [
        History(0, "a.png", 0, "cell, round", 4, "101"),
        History(0, "a.png", 2, "rod", 4, "011"),
    ], "without the crowd"


def test_a_run_that_goes_on_takes_back_what_it_did_after_its_checkpoint(tmp_path: Path):
    path = tmp_path / "objects.csv"
    first = ObjectsFound(path, NAMES)
    for epoch, rows in enumerate([(0,), (), (0, 2)], start=1):
        look(first, epoch, *rows)
    whole = path.read_bytes()
    again = ObjectsFound(path, NAMES)  # from the checkpoint of epoch 1 on
    look(again, 2)
    look(again, 3, 0, 2)
    assert path.read_bytes() == whole


def test_epochs_without_a_look_are_neither_found_nor_missed(tmp_path: Path):
    path = tmp_path / "objects.csv"
    assert look(ObjectsFound(path, NAMES), 3, 0) == Change(1, 1, 0, 2)
    assert look(ObjectsFound(path, NAMES), 4, 0, image=7) == Change(1, 1, 0, 2), "another image now"
    assert [one.found for one in read_histories(path)] == ["--1-", "--0-", "---1", "---0"]


def test_another_file_is_refused(tmp_path: Path):
    path = tmp_path / "objects.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="wanted the columns image, source, truth"):
        read_histories(path)
    assert read_histories(tmp_path / "none.csv") == []
