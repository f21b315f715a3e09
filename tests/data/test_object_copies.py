"""Copied objects: cut out and pasted into another image, or in two tiles that overlap, and no others."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from maskrcnn_core.cli import main
from maskrcnn_core.data.quality.copied import Against, Looks, copied_objects
from maskrcnn_core.data.quality.near_copies import near_copies
from maskrcnn_core.data.quality.object_copies import object_copies
from maskrcnn_core.data.quality.object_looks import (
    LEAST_AREA,
    OBJECT_LOOK,
    looks_of_bytes,
    masks_of,
    object_looks,
)
from maskrcnn_core.data.reading.sample import Sample
from tests.data.turns import TURNED

PLACES = ((30, 30), (30, 80), (80, 40), (90, 95))  # around which the middles of cells are


def cells(seed, background=60, size=128):
    """Return an image with four cells: bright in the middle as all are, each with a texture of its own."""
    random = np.random.default_rng(seed)
    image = random.normal(background, 6, (size, size))
    y, x = np.mgrid[:size, :size]
    masks = []
    for place in np.add(PLACES, random.integers(-9, 10, (4, 2))):
        height, width = random.uniform(9, 15, 2)
        far = ((y - place[0]) / height) ** 2 + ((x - place[1]) / width) ** 2
        texture = ndimage.gaussian_filter(random.normal(0, 80, (size, size)), 2)
        image = np.where(far < 1, 170 - 50 * far + texture, image)
        masks.append(far < 1)
    grey = np.clip(image, 0, 255).astype(np.uint8)
    return Sample(np.repeat(grey[..., None], 3, axis=-1), np.ones(4, np.int32), np.stack(masks))


def pasted(sample, of, number, turn=lambda image: image, at=(45, 57), scale=1.0, quality=None):
    """Return ``sample`` with object ``number`` of ``of`` in front, its last one."""
    y1, x1, y2, x2 = of.boxes[number].astype(int)
    cut, mask = (np.ascontiguousarray(turn(one[y1:y2, x1:x2])) for one in (of.image, of.masks[number]))
    side = tuple(round(scale * one) for one in mask.shape[::-1])
    cut = np.asarray(Image.fromarray(cut).resize(side, Image.Resampling.BILINEAR))
    mask = np.asarray(Image.fromarray(255 * mask.astype(np.uint8)).resize(side)) > 127
    whole, image = np.zeros(sample.image.shape[:2], bool), sample.image.copy()
    box = np.s_[at[0] : at[0] + mask.shape[0], at[1] : at[1] + mask.shape[1]]
    whole[box], image[box][mask] = mask, cut[mask]
    if quality:
        file = io.BytesIO()
        Image.fromarray(image).save(file, "JPEG", quality=quality)
        image = np.asarray(Image.open(file))
    masks = np.concatenate([sample.masks & ~whole, whole[None]])
    return Sample(image, np.ones(len(masks), np.int32), masks)


def found_in(sample, of):
    """Return the copies of objects of ``of`` among those of ``sample``: (number, of its number, turn)."""
    ours, theirs = object_looks(sample), object_looks(of)
    return [
        (int(ours["number"][one.object]), int(theirs["number"][one.of]), one.turn)
        for one in object_copies(ours, np.zeros(len(ours), int), theirs)
    ]


@pytest.mark.parametrize("turn", TURNED)
def test_a_pasted_object_is_known_and_what_was_done_to_it_said(turn):
    one, other = cells(1), cells(2)
    assert found_in(pasted(other, one, 2, TURNED[turn]), one) == [(4, 2, turn)]


@pytest.mark.parametrize(
    "change", [{"scale": 0.9}, {"scale": 1.1}, {"quality": 75}, {"scale": 1.08, "quality": 90}], ids=str
)
def test_a_pasted_object_is_known_when_resized_and_stored_anew(change):
    one, other = cells(3), cells(23, background=20)
    assert found_in(pasted(other, one, 0, **change), one) == [(4, 0, "")]


def test_objects_of_a_kind_are_no_copies_of_each_other():
    looks = [object_looks(cells(seed)) for seed in range(60)]
    assert sum(map(len, looks)) == 240
    assert object_copies(np.concatenate(looks), np.repeat(np.arange(60), 4)) == []


def test_nothing_around_an_object_changes_its_look():
    sample = cells(5)
    inside = sample.masks.any(axis=0)[..., None]
    other = Sample(np.where(inside, sample.image, 255 - sample.image), sample.class_ids, sample.masks)
    assert object_looks(sample).tobytes() == object_looks(other).tobytes()


def test_objects_without_texture_or_pixels_and_crowds_have_no_look():
    image, masks = np.zeros((60, 60, 3), np.uint8), np.zeros((4, 60, 60), bool)
    masks[0, 5:25, 5:25] = True  # of one colour
    masks[1, 5:25, 30:50] = True  # smooth: lighter to the right
    masks[2, 30 : 30 + LEAST_AREA // 11, 5:15] = True  # too small
    masks[3, 30:50, 30:50] = True  # a crowd
    image[masks[0]] = 90
    image[5:25, 30:50] = np.arange(100, 160, 3)[:, None]
    image[30:] = np.random.default_rng(0).integers(0, 255, (30, 60, 1))
    crowds = np.array([False, False, False, True])
    assert len(object_looks(Sample(image, np.ones(4, np.int32), masks, crowds))) == 0
    crowds[:] = False
    assert object_looks(Sample(image, np.ones(4, np.int32), masks, crowds))["number"].tolist() == [3]
    nothing = object_looks(Sample(image, np.zeros(0, np.int32), masks[:0]))
    assert (
        object_copies(nothing, np.zeros(0, int)) == []
        and object_copies(nothing, np.zeros(0, int), nothing) == []
    )


def test_a_look_holds_the_mask_and_its_place():
    sample = cells(6)
    looks = object_looks(sample)
    y1, x1, y2, x2 = sample.boxes[1]
    assert looks["centre"][1].tolist() == [(y1 + y2) / 2, (x1 + x2) / 2]
    share = sample.masks[1].sum() / ((y2 - y1) * (x2 - x1))
    assert masks_of(looks)[1].mean() == pytest.approx(share, abs=0.05)
    assert looks_of_bytes(looks.tobytes(), 4).tobytes() == looks.tobytes()


@pytest.mark.parametrize(
    ("name", "value"), [("number", 4), ("number", -1), ("area", 0), ("contrast", np.nan), ("centre", np.inf)]
)
def test_looks_that_cannot_be_are_refused(name, value):
    looks = object_looks(cells(7))
    looks[name][2] = value
    with pytest.raises(ValueError, match="wanted looks of 4 objects"):
        looks_of_bytes(looks.tobytes(), 4)
    with pytest.raises(ValueError, match="size"):
        looks_of_bytes(bytes(OBJECT_LOOK.itemsize + 1), 4)


def looks_of(samples):
    looks = Looks()
    for place, sample in enumerate(samples):
        looks.add(place, sample)
    return looks


def test_tiles_that_overlap_are_told_by_the_way_between_them():
    whole = cells(8)
    first, second = (
        Sample(whole.image[top : top + 115], whole.class_ids, whole.masks[:, top : top + 115])
        for top in (0, 13)
    )
    looks = looks_of([first, second])
    assert near_copies(looks.images) == []
    (pair,) = copied_objects(looks, [])
    assert (pair.image, pair.of, pair.way) == (1, 0, (13, 0))
    assert sorted(pair.numbers) == [(number, number) for number in range(4)]
    assert "+13 px down and +0 px right" in pair.how and pair.how.endswith("do the images overlap?")


def test_objects_of_images_that_are_copies_are_not_named_again():
    one, two, three = cells(9), cells(10), cells(11)
    mirrored = Sample(one.image[:, ::-1].copy(), one.class_ids, one.masks[:, :, ::-1].copy())
    with_one = pasted(three, one, 1)
    looks = looks_of([one, two, mirrored, with_one])
    (pair,) = copied_objects(looks, near_copies(looks.images))
    assert (pair.image, pair.of, pair.numbers, pair.way) == (3, 0, ((4, 1),), None)
    other, against = looks_of([mirrored, with_one]), looks_of([two, one, mirrored])
    copies = near_copies(other.images, against.images)
    assert [copy.image for copy in copies] == [0]
    part = Against(against, near_copies(against.images))
    assert [(pair.image, pair.of) for pair in copied_objects(other, copies, part)] == [(1, 1)]


def test_check_names_copied_objects_within_the_data_and_across_its_parts(tmp_path):
    def part(name, samples):
        for index, sample in enumerate(samples):
            folder = tmp_path / name / f"{name}{index}"
            (folder / "images").mkdir(parents=True)
            (folder / "masks").mkdir()
            Image.fromarray(sample.image).save(folder / "images" / f"{name}{index}.png")
            for number, mask in enumerate(sample.masks):
                Image.fromarray(255 * mask.astype(np.uint8)).save(folder / "masks" / f"{number}.png")
        return f"nuclei:{tmp_path / name}"

    one, two, three = cells(12), cells(13), cells(14)
    train = part("train", [one, pasted(two, one, 3, np.fliplr)])
    val = part("val", [pasted(three, one, 0)])
    with pytest.raises(SystemExit) as stop:
        main(["check", train, "--against", val, "--json", str(tmp_path / "out.json")])
    assert stop.value.code == 0
    findings = json.loads((tmp_path / "out.json").read_text())["findings"]
    found = {one["kind"]: one for one in findings if "copied" in one["kind"] or "both" in one["kind"]}
    assert set(found) == {"copied-object", "object-in-both-parts"}
    assert "train1" in found["copied-object"]["file"]
    assert "4 is 3 (1.000 alike, mirrored)" in found["copied-object"]["detail"]
    assert "train0" in found["object-in-both-parts"]["file"]
    assert (
        "val0" in found["object-in-both-parts"]["detail"]
        and "4 is 0 (" in found["object-in-both-parts"]["detail"]
    )
