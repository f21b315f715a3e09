"""Choosing a data set: what is there is said, and what cannot be opened leaves what was open."""

import subprocess
import sys

import pytest

from maskrcnn_core.data.reading.reader import Finding, Reader
from maskrcnn_core.data.reading.registry import REGISTERED
from maskrcnn_inspect.analysis.training.starting_model import starting_model
from maskrcnn_inspect.views.data.chooser import FINDINGS, DataChooser

NASTY = "<img src=x onerror=alert(1)>"


class Hostile(Reader):
    """A data set whose names are markup, with more findings than are told."""

    class_names = ("background", NASTY)

    def __len__(self) -> int:
        return 3

    def read(self, index: int):
        raise ValueError("never read: choosing opens the index alone")

    @property
    def findings(self) -> list[Finding]:
        return [
            Finding("missing-image", "error", f"{NASTY}{n}.png", "is not there") for n in range(FINDINGS + 2)
        ]


def test_another_data_set_is_opened():
    chooser = DataChooser("shapes:?count=20&seed=2")
    assert (
        "shapes:?count=20&amp;seed=2: 20 images, classes: square, circle, triangle" in chooser.message.value
    )
    chooser.path.value = " ?count=7 "
    chooser.button.click()
    assert (len(chooser.reader), chooser.spec) == (7, "shapes:?count=7")


@pytest.mark.parametrize("path", ["?count=none", "?size=3", "?cuont=3", "/nowhere?seed=x"])
def test_what_cannot_be_opened_is_a_sentence_and_changes_nothing(path):
    chooser = DataChooser("shapes:?count=20")
    chooser.path.value = path
    chooser.open_chosen()
    assert chooser.message.value.startswith('<p role="alert">')
    assert (len(chooser.reader), chooser.spec) == (20, "shapes:?count=20")


def test_a_missing_file_is_a_sentence():
    chooser = DataChooser("shapes:?count=20")
    chooser.format.value = "coco"
    chooser.path.value = "/nowhere/instances.json"
    chooser.open_chosen()
    assert "/nowhere/instances.json" in chooser.message.value
    assert len(chooser.reader) == 20


def test_names_and_findings_stay_text(monkeypatch):
    monkeypatch.setitem(REGISTERED, "hostile", Hostile)
    told = DataChooser("hostile:").message.value
    assert "<img" not in told and "&lt;img src=x" in told
    assert told.count("is not there") == FINDINGS and "and 2 more findings" in told


def test_the_first_data_set_has_to_be_there():
    with pytest.raises(ValueError, match="shapes"):
        DataChooser("shpaes:")


def test_a_model_of_the_same_classes_is_taken_as_it_is():
    names = ("background", "square", "circle", "triangle")
    model, said = starting_model(names, "shapes")
    assert said == "shapes: the model as it is, its classes are those of the data"
    assert model.config.class_names == names


def test_a_model_of_other_classes_keeps_what_fits_and_says_what_does_not():
    model, said = starting_model(("background", NASTY), "shapes")
    assert model.config.class_names == ("background", NASTY)
    assert "left at their random values" in said and "box_head.class_logits" in said


def test_views_of_data_are_imported_without_tensorflow():
    names = (
        "anchor_fit, augmentation, dataset, film, forgetting, losses, mask_detail, resizing, training_batch, "
        "training_targets"
    )
    program = (
        f"import sys; from maskrcnn_inspect.views import {names}; from maskrcnn_inspect.views.data import chooser; "
        "print('tensorflow' in sys.modules)"
    )
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
