"""Near copies: however an image was stored anew, mirrored or turned, within a set and across two parts of it."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.cli import main
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.quality.looks import LENGTH, TURNS, look_of, numbers_of
from maskrcnn_core.data.quality.near_copies import ALIKE, alike_of, near_copies, sizes_of
from tests.data.turns import TURNED


def stored_anew(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=50)
    return np.asarray(Image.open(file))


CHANGED = {
    "stored anew": stored_anew,
    "resized": lambda image: np.asarray(Image.fromarray(image).resize((90, 70))),
    "cropped": lambda image: image[2:, :-2],
    "brighter": lambda image: np.clip(image * 1.1 + 5, 0, 255).astype(np.uint8),
    "mirrored and stored anew": lambda image: stored_anew(image[:, ::-1]),
}


@pytest.fixture(scope="module")
def images():
    return [sample.image for sample in Shapes(24, seed=4)]


@pytest.mark.parametrize("turn", TURNS)
def test_what_was_done_to_an_image_is_said(images, turn):
    looks = [look_of(images[0]), look_of(np.ascontiguousarray(TURNED[turn](images[0])))]
    (copy,) = near_copies(looks)
    assert (copy.image, copy.of, copy.turn, copy.same_pixels) == (1, 0, turn, not turn)
    assert copy.alike > 0.999 and len(looks[0]) == LENGTH


@pytest.mark.parametrize("change", CHANGED)
def test_a_changed_image_is_known_and_no_other_is_taken_for_it(images, change):
    changed = [look_of(CHANGED[change](image)) for image in images]
    assert [(copy.image, copy.of) for copy in near_copies(changed, [look_of(image) for image in images])] == [
        (index, index) for index in range(len(images))
    ]


def test_no_pair_is_passed_over_however_the_one_is_turned():
    random = np.random.default_rng(3)
    noise = random.integers(-127, 128, (40, LENGTH - 16), np.int8)
    noise[20:] = np.clip(noise[:20] + random.integers(-60, 61, (20, LENGTH - 16)), -127, 127)
    numbers = numbers_of([bytes(16) + one.tobytes() for one in noise])
    rows, columns = (each.ravel() for each in np.mgrid[:40, :40])
    alike = alike_of(numbers[rows], numbers[columns]).max(axis=0)
    bound = (sizes_of(numbers) @ sizes_of(numbers).T)[rows, columns]
    assert (alike <= bound + 1e-5).all() and (alike < 0.5).any() and (alike > 0.8).sum() > 40


def test_images_of_one_colour_are_copies_of_the_same_pixels_alone():
    flat = [np.full((20, 20, 3), value, np.uint8) for value in (7, 7, 9)]
    assert [
        (copy.image, copy.of, copy.same_pixels) for copy in near_copies([look_of(one) for one in flat])
    ] == [(1, 0, True)]
    assert near_copies([]) == [] and near_copies([look_of(flat[0])], []) == []


def test_grey_and_more_channels_have_looks(images):
    grey = images[0][..., :1]
    assert near_copies([look_of(grey), look_of(np.repeat(grey, 3, axis=-1))])[0].alike >= ALIKE
    assert len(look_of(np.zeros((5, 7, 6), np.uint8))) == LENGTH


def test_check_names_copies_within_the_data_and_across_its_parts(tmp_path, capsys):
    def part(name, images):
        for index, image in enumerate(images):
            folder = tmp_path / name / f"{name}{index}"
            (folder / "images").mkdir(parents=True)
            (folder / "masks").mkdir()
            Image.fromarray(image).save(folder / "images" / f"{name}{index}.png")
            mask = np.zeros(image.shape[:2], np.uint8)
            mask[10:30, 10:30] = 255
            Image.fromarray(mask).save(folder / "masks" / "0.png")
        return f"nuclei:{tmp_path / name}"

    one, two, three, *_ = (sample.image for sample in Shapes(5, seed=8))
    train = part("train", [one, two, two[::-1].copy()])
    val = part("val", [three, stored_anew(one), two])
    with pytest.raises(SystemExit) as stop:
        main(["check", train, "--against", val, "--json", str(tmp_path / "out.json")])
    assert stop.value.code == 0
    found = json.loads((tmp_path / "out.json").read_text())["findings"]
    kinds = {
        each["kind"]: (each["file"], each["detail"])
        for each in found
        if "cop" in each["kind"] or "both" in each["kind"]
    }
    assert set(kinds) == {"near-copy", "in-both-parts", "nearly-in-both-parts"}
    assert "train2" in kinds["near-copy"][0] and "mirrored top to bottom" in kinds["near-copy"][1]
    assert "train1" in kinds["in-both-parts"][0] and "val2" in kinds["in-both-parts"][1]
    assert "train0" in kinds["nearly-in-both-parts"][0] and "val1" in kinds["nearly-in-both-parts"][1]
    assert "in-both-parts: 1" in capsys.readouterr().out
