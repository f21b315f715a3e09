"""Every format holds the same scene: its reader gives the masks that were drawn by hand."""

import os

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.data.input.fingerprint import fingerprint
from maskrcnn_core.data.quality.lint import check
from maskrcnn_core.data.reading.registry import open_dataset

from .scenes import CANNOT, WRITERS, Shot, Thing

LEAVES = Thing("leaf", ((2, 3, 10, 9),)), Thing("leaf", ((12, 20, 18, 27),))
STEM = Thing("stem", ((2, 12, 6, 18), (8, 12, 11, 15)))
SCENE = [
    Shot("a.png", (20, 30), (*LEAVES, STEM)),
    Shot("b.png", (24, 16), ()),
    Shot("c.png", (20, 30), (STEM,)),
]


def scene_for(name: str) -> list[Shot]:
    """Give the scene without what the format cannot hold."""
    shots = []
    for shot in SCENE:
        things = shot.things
        if name in CANNOT["parts"]:
            things = tuple(Thing(thing.label, thing.rectangles[:1]) for thing in things)
        if name in CANNOT["classes"]:
            things = tuple(Thing("object", thing.rectangles) for thing in things)
        shots.append(Shot(shot.name, shot.size, things))
    return shots


def read_all(reader) -> dict[str, list]:
    """Give (class name, mask as bytes) of every object by image, sorted; of the images that can be read."""
    found = {}
    for index in range(len(reader)):
        try:
            sample = reader[index]
        except ValueError:
            continue
        stem = reader.source(index).rpartition("/")[2][:1]
        found[stem] = sorted(
            (reader.class_names[k], mask.tobytes())
            for k, mask in zip(sample.class_ids, sample.masks, strict=True)
        )
    return found


def truth_of(shots: list[Shot]) -> dict[str, list]:
    return {
        shot.name[0]: sorted((thing.label, thing.mask(shot.size).tobytes()) for thing in shot.things)
        for shot in shots
    }


@pytest.mark.parametrize("name", WRITERS)
def test_the_scene_is_read_as_it_was_drawn(name, tmp_path):
    shots = scene_for(name)
    reader = open_dataset(WRITERS[name](tmp_path, shots))
    assert read_all(reader) == truth_of(shots)
    assert check(reader).refusals == ()
    assert not check(reader).unusable


@pytest.mark.parametrize("name", WRITERS)
def test_auto_finds_the_format_and_says_which(name, tmp_path):
    shots = scene_for(name)
    spec = WRITERS[name](tmp_path, shots)
    reader = open_dataset("auto:" + spec.partition(":")[2])
    assert read_all(reader) == truth_of(shots)
    said = [one.detail for one in reader.findings if one.kind == "format"]
    assert len(said) == 1
    assert f"read as {spec.partition('?')[0]}" in said[0]


@pytest.mark.parametrize("orientation", [3, 6])
@pytest.mark.parametrize("name", WRITERS)
def test_objects_of_a_turned_image_are_turned_or_the_doubt_is_said(name, orientation, tmp_path):
    shots = scene_for(name)
    spec = WRITERS[name](tmp_path, shots)
    for path in [*tmp_path.rglob("a.png"), *tmp_path.rglob("a_leftImg8bit.png")]:
        with Image.open(path) as image:
            if image.mode != "RGB" or "Segmentation" in str(path) or "panoptic" in str(path):
                continue
            exif = image.getexif()
            exif[0x0112] = orientation
            image.save(path, exif=exif)
    reader = open_dataset(spec)
    (index,) = (k for k in range(3) if reader.source(k).rpartition("/")[2].startswith("a"))
    sample, found = reader.read(index)
    kinds = {one.kind for one in found}
    if orientation == 6 and "exif-turned" in kinds:
        turned = sorted(np.rot90(thing.mask((20, 30)), -1).tobytes() for thing in shots[0].things)
        assert sorted(mask.tobytes() for mask in sample.masks) == turned
    else:
        assert kinds & {"exif-ambiguous", "exif-turned"}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize(
    "wrong", ["coco", "yolo", "via", "labelme", "voc", "cvat", "supervisely", "cityscapes"]
)
def test_a_file_in_another_format_is_told_what_it_is(name, wrong, tmp_path):
    spec = WRITERS[name](tmp_path, scene_for(name))
    own, _, path = spec.partition("?")[0].partition(":")
    if own == wrong:
        return
    try:
        reader = open_dataset(f"{wrong}:{path}")
        said = " ".join(one.detail for one in reader.findings)
    except ValueError as error:
        said = str(error)
    assert f"use {own}:{path}" in said


@pytest.mark.parametrize("name", WRITERS)
def test_a_cache_knows_when_an_annotation_changes(name, tmp_path):
    spec = WRITERS[name](tmp_path, scene_for(name))
    before = fingerprint(open_dataset(spec))
    assert fingerprint(open_dataset(spec)) == before
    assert fingerprint(open_dataset(spec + ("&" if "?" in spec else "?") + "crowds=objects")) != before
    changed = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "meta.json"]
    annotations = [path for path in changed if path.suffix != ".png"] or [
        path for path in changed if "images" not in path.parts
    ]
    status = annotations[0].stat()
    os.utime(annotations[0], ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))
    assert fingerprint(open_dataset(spec)) != before
