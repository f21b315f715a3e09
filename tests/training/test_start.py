"""What training refuses before it begins, and that ``check`` says the same of the same data."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from maskrcnn_core.commands.check import check
from maskrcnn_core.training import start as module
from maskrcnn_core.training.options import DEFAULTS

SQUARE, OTHER = [5, 5, 15, 5, 15, 15, 5, 15], [20, 2, 28, 2, 28, 12, 20, 12]


class BegunError(Exception):
    """Training got as far as asking for devices."""


@pytest.fixture
def train(monkeypatch, tmp_path):
    """Give a function that starts a run and stops where it would begin; "begun" or why not."""

    def attempt(dataset: str, **options) -> str:
        def begin(*arguments):
            raise BegunError

        monkeypatch.setattr(module, "make_strategy", begin)
        try:
            module.start(dataset, tmp_path / "run", **replace(DEFAULTS, preset="tiny", **options).as_dict())
        except ValueError as error:
            assert not (tmp_path / "run" / "run.json").exists()
            return str(error)
        except BegunError:
            return "begun"
        raise AssertionError

    return attempt


def annotation(number: int, category: int, ring: list[int], crowd: int = 0) -> dict:
    return {"id": number, "image_id": 1, "category_id": category, "segmentation": [ring], "iscrowd": crowd}


ONE, TWO = {"id": 1, "name": "leaf"}, {"id": 2, "name": "stem"}
CASES = {  # name -> categories, annotations, what the refusal says
    "sound": ([ONE, TWO], [annotation(1, 1, SQUARE), annotation(2, 2, OTHER)], None),
    "no object left": ([ONE], [annotation(1, 1, [1, 1, 5, 5])], "no image has an object"),
    "no annotation": ([ONE], [], "no image has an object"),
    "unused class": ([ONE, TWO], [annotation(1, 1, SQUARE)], "1 of 2 classes have no object: stem"),
    "all crowds": ([ONE], [annotation(1, 1, SQUARE, 1)], "all 1 annotations are crowds"),
    "one of crowds": ([ONE, TWO], [annotation(1, 1, SQUARE), annotation(2, 2, OTHER, 1)], "is a crowd"),
    "background": ([ONE, {"id": 2, "name": "background"}], [annotation(1, 1, SQUARE)], None),
    "the same name": ([ONE, {"id": 2, "name": "leaf"}], [annotation(1, 2, SQUARE)], None),
    "no category": ([], [], "class_names: wanted the background and at least one class"),
}


@pytest.mark.parametrize("case", CASES)
def test_train_refuses_what_check_says_cannot_be_trained_on_and_nothing_else(case, train, tmp_path):
    categories, annotations, refusal = CASES[case]
    Image.fromarray(np.full((20, 30, 3), 90, np.uint8)).save(tmp_path / "a.png")
    content = {"images": [{"id": 1, "file_name": "a.png", "height": 20, "width": 30}]}
    content |= {"annotations": annotations, "categories": categories}
    (tmp_path / "a.json").write_text(json.dumps(content))
    dataset = f"coco:{tmp_path / 'a.json'}"
    checked = CliRunner().invoke(check, [dataset])
    said = train(dataset)
    if refusal is None:
        assert said == "begun"
        assert "Everything can be used" in checked.output
    else:
        assert refusal in said
        assert checked.exit_code == 1
        assert "Nothing can be trained on this" in checked.output
        assert " ".join(refusal.split()) in " ".join(checked.output.split())


def test_unused_classes_may_be_allowed_to_both(train, tmp_path):
    Image.fromarray(np.full((20, 30, 3), 90, np.uint8)).save(tmp_path / "a.png")
    content = {"images": [{"id": 1, "file_name": "a.png", "height": 20, "width": 30}]}
    content |= {"annotations": [annotation(1, 1, SQUARE)], "categories": [ONE, TWO]}
    (tmp_path / "a.json").write_text(json.dumps(content))
    dataset = f"coco:{tmp_path / 'a.json'}"
    assert train(dataset, allow_unused_classes=True) == "begun"
    assert CliRunner().invoke(check, [dataset, "--allow-unused-classes"]).exit_code == 0


def test_a_wrong_setting_is_said_before_images_are_read(train, tmp_path):
    assert "anchors.scales" in train("shapes:?count=1000000", settings=("anchors.scales=[1]",))


@pytest.mark.parametrize(
    ("init", "said"), [("absent.h5", "absent.h5: there is no such file"), ("last", "holds no checkpoint")]
)
def test_what_training_starts_from_is_told_to_be_absent_before_a_model_is_made(init, said, train):
    assert said in train("shapes:?count=2", init=init, skip_check=True)
