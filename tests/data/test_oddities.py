"""Data sets with one oddity each, in every format: the objects that were drawn, or a finding that names the oddity.

A scene is drawn at random, written in a format, and then made odd as exports are in the wild. The truth is the
rectangles themselves, so that reader and writer cannot agree on a mistake of pixels.
"""

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from maskrcnn_core.data.quality.lint import check
from maskrcnn_core.data.reading.registry import open_dataset

from .scenes import CANNOT, WRITERS, Shot, Thing
from .test_formats import read_all, scene_for, truth_of

CELL = 8  # px of a grid on which objects lie, so that none share a pixel
LABELS = ("leaf", "stem")
MAPS = {"voc", "label_map", "cityscapes", "mask_folder"}  # ground truth in images of one channel
MAP_PLACES = ("Segmentation", "labels", "masks", "gtFine", "panoptic_train")
NO_SIZE = {"via", "via_csv", "via3", "yolo"}  # formats that do not record the image's size


@st.composite
def scenes(draw, name: str) -> list[Shot]:
    """Draw one to three images with objects on a grid; both classes occur."""
    shots = []
    for number in range(draw(st.integers(1, 3))):
        rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 5))
        cells = [(row, column) for row in range(rows) for column in range(columns)]
        chosen = draw(st.permutations(cells))[: draw(st.integers(2, min(4, len(cells))))]
        things = []
        for count, (row, column) in enumerate(chosen):
            y1, x1 = row * CELL + draw(st.integers(0, 2)), column * CELL + draw(st.integers(0, 2))
            y2, x2 = y1 + draw(st.integers(3, 5)), x1 + draw(st.integers(3, 5))
            rectangles = [(y1, x1, y2, x2)]
            if name not in CANNOT["parts"] and y2 - y1 > 3 and draw(st.booleans()):
                rectangles = [(y1, x1, y1 + 1, x2), (y1 + 2, x1, y2, x2)]
            label = "object" if name in CANNOT["classes"] else LABELS[count % 2]
            things.append(Thing(label, tuple(rectangles)))
        shots.append(Shot(f"{'abc'[number]}.png", (rows * CELL, columns * CELL), tuple(things)))
    return shots


def photos(folder: Path) -> list[Path]:
    """Give the images that are no maps, by name."""
    return sorted(
        (
            path
            for path in folder.rglob("*.png")
            if not any(place in str(path.relative_to(folder)) for place in MAP_PLACES)
        ),
        key=lambda path: path.name,
    )


def maps(folder: Path) -> list[Path]:
    return sorted(set(folder.rglob("*.png")) - set(photos(folder)))


def texts(folder: Path, *suffixes: str) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in suffixes and path.name != "meta.json")


# Each makes a data set odd and returns what has to be said if its objects are not the same; "" = nothing, they must be.


def turned(folder: Path) -> str:
    with Image.open(photos(folder)[0]) as image:
        exif = image.getexif()
        exif[0x0112] = 3
        image.save(photos(folder)[0], exif=exif)
    return "EXIF orientation|stored image"


def lost(folder: Path) -> str:
    path = photos(folder)[0]
    path.unlink()
    return f"no image.*|found in none|{path.stem}"


def torn(folder: Path) -> str:
    path = photos(folder)[0]
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return "cannot"


def grey(folder: Path) -> str:
    for path in photos(folder):
        with Image.open(path) as image:
            image.convert("L").save(path)
    return ""


def transparent(folder: Path) -> str:
    for path in photos(folder):
        with Image.open(path) as image:
            image.convert("RGBA").save(path)
    return ""


def strangers(folder: Path) -> str:
    for place in {path.parent for path in folder.rglob("*") if path.is_file()}:
        for name in ("notes.md", ".DS_Store", "._a.png", "Thumbs.db"):
            (place / name).write_bytes(b"\0x")
    return ""


def doubled(folder: Path) -> str:
    """An image of twice the size, as when photos were scaled after they were annotated."""
    path = photos(folder)[0]
    with Image.open(path) as image:
        image.resize((2 * image.width, 2 * image.height)).save(path)
    return "the image of|resized"


def other_shape(folder: Path) -> str:
    path = photos(folder)[0]
    with Image.open(path) as image:
        image.resize((image.width + 17, image.height)).save(path)
    return "do they belong together|the image of"


def marked(folder: Path) -> str:
    """Text with a byte-order mark."""
    for path in texts(folder, ".json", ".csv", ".txt", ".yaml", ".xml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    return ""


def windows_lines(folder: Path) -> str:
    for path in texts(folder, ".json", ".csv", ".txt", ".yaml", ".xml"):
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    return ""


def _change_json(folder: Path, change: Callable) -> None:
    def everywhere(value):
        if isinstance(value, dict):
            return {key: change(key, everywhere(inner)) for key, inner in value.items()}
        return [everywhere(one) for one in value] if isinstance(value, list) else value

    for path in texts(folder, ".json"):
        path.write_text(json.dumps(everywhere(json.loads(path.read_text()))))


def numbers_as_text(folder: Path) -> str:
    def text(value):
        if isinstance(value, list):
            return [text(one) for one in value]
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value

    names = ("segmentation", "points", "all_points_x", "all_points_y", "exterior", "iscrowd", "image_id")
    _change_json(folder, lambda key, value: text(value) if key in names else value)
    return "wanted"


def repeated_key(folder: Path) -> str:
    for path in texts(folder, ".json"):
        content = path.read_text()
        path.write_text(content.replace("{", '{"extra": 1, "extra": 2, ', 1))
    return ""


def absolute(folder: Path) -> str:
    names = ("file_name", "imagePath", "filename", "src")
    _change_json(
        folder,
        lambda key, value: f"C:\\data\\{value}" if key in names and ".png" in str(value) else value,
    )
    return "absolute"


def blank_around(folder: Path) -> str:
    names = ("name", "label", "class", "classTitle")
    words = ("leaf", "stem")
    _change_json(folder, lambda key, value: f" {value} " if key in names and value in words else value)
    return ""


def with_palette(folder: Path) -> str:
    for path in maps(folder):
        with Image.open(path) as image:
            if image.mode == "L":
                values = Image.fromarray(np.asarray(image))
                values.putpalette([level for k in range(256) for level in (k, 255 - k, k // 2)])
                values.save(path)
    return ""


def deep_maps(folder: Path) -> str:
    for path in maps(folder):
        with Image.open(path) as image:
            if image.mode == "L":
                Image.fromarray(np.asarray(image).astype(np.uint16)).save(path)
    return ""


def photographed_maps(folder: Path) -> str:
    """Maps saved as JPEG under the name of a PNG, which blurs every number."""
    for path in maps(folder):
        with Image.open(path) as image:
            Image.fromarray(np.asarray(image.convert("L"))).save(path, "JPEG", quality=70)
    return "JPEG"


ODDITIES: dict[Callable[[Path], str], Callable[[str], bool]] = {  # and the formats that can have it
    turned: lambda name: name != "yolo",
    lost: lambda name: True,
    torn: lambda name: True,
    grey: lambda name: True,
    transparent: lambda name: True,
    strangers: lambda name: True,
    doubled: lambda name: name not in NO_SIZE,
    other_shape: lambda name: name not in NO_SIZE,
    marked: lambda name: name not in MAPS or name == "voc_colours",
    windows_lines: lambda name: name not in MAPS,
    numbers_as_text: lambda name: True,
    repeated_key: lambda name: "label_studio" not in name,
    absolute: lambda name: True,
    blank_around: lambda name: True,
    with_palette: lambda name: name in MAPS,
    deep_maps: lambda name: name in MAPS,
    photographed_maps: lambda name: name in MAPS | {"panoptic", "voc_colours"} and name != "mask_folder",
}


@pytest.mark.parametrize("name", WRITERS)
@settings(
    max_examples=24,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_one_oddity_leaves_the_objects_or_is_named(name, data):
    shots = data.draw(scenes(name))
    oddity = data.draw(st.sampled_from([one for one, can in ODDITIES.items() if can(name)]))
    with tempfile.TemporaryDirectory(prefix="ä b%20") as folder:
        spec = WRITERS[name](Path(folder), shots)
        expected = oddity(Path(folder))
        try:
            reader = open_dataset(spec)
        except ValueError as error:
            found, said = None, [str(error)]
        else:
            report = check(reader, allow_unused=True)
            said = [one.detail for one in report.findings if one.severity in ("warning", "error")]
            found = read_all(reader)
    truth = truth_of(shots)
    if found != truth:
        assert expected, f"{oddity.__name__}: other objects than were drawn; said: {said}"
        assert any(re.search(expected, one) for one in said), f"{oddity.__name__}: {said}"
        others = {key: objects for key, objects in (found or {}).items() if key != "a"}
        if oddity in (lost, torn, doubled, other_shape, turned):
            assert found is None or others == {key: truth[key] for key in others}


# What one format alone can have: each makes a data set odd, and is named by a warning or an error with these words.


def _of_each_result(folder: Path, change: Callable) -> None:
    path = folder / "tasks.json"
    tasks = json.loads(path.read_text())
    for task in tasks:
        for number, result in enumerate(task["annotations"][0]["result"]):
            change(number, result)
    path.write_text(json.dumps(tasks))


def two_images_in_a_task(folder: Path) -> None:
    _of_each_result(folder, lambda number, one: one.update(to_name=f"image{number % 2}"))


def drawn_on_a_turned_image(folder: Path) -> None:
    _of_each_result(folder, lambda _, one: one.update(image_rotation=90))


def drawn_without_labels(folder: Path) -> None:
    _of_each_result(folder, lambda _, one: one["value"].pop("polygonlabels"))


def drawn_as_bitmask(folder: Path) -> None:
    value = {"imageDataURL": "data:,", "bitmasklabels": ["leaf"]}
    _of_each_result(folder, lambda _, one: one.update(value=value))


def tracks_beside_images(folder: Path) -> None:
    path = folder / "annotations.xml"
    path.write_text(path.read_text().replace("</annotations>", '<track id="0" label="leaf"/></annotations>'))


def a_second_xml(folder: Path) -> None:
    (folder / "job_2.xml").write_text((folder / "annotations.xml").read_text())


def one_text_of_two_images(folder: Path) -> None:
    with Image.open(folder / "images/train/c.png") as image:
        image.save(folder / "images/train/a.jpg")


def fewer_names_than_classes(folder: Path) -> None:
    (folder / "data.yaml").write_text((folder / "data.yaml").read_text() + "nc: 80\n")


def no_attributes(folder: Path) -> None:
    path = folder / "via.json"
    path.write_text(path.read_text().replace('"class": "leaf"', "").replace('"class": "stem"', ""))


def classes_as_objects(folder: Path) -> None:
    for path in (folder / "SegmentationClass").iterdir():
        (folder / "SegmentationObject" / path.name).write_bytes(path.read_bytes())


def all_objects_in_one_label(folder: Path) -> None:
    for path in (folder / "labels").iterdir():
        with Image.open(path) as image:
            Image.fromarray((np.asarray(image) > 0).astype(np.uint8) * 255).save(path)


def background_with_a_number(folder: Path) -> None:
    for path in (folder / "labels").iterdir():
        with Image.open(path) as image:
            Image.fromarray((np.asarray(image) + 1).astype(np.uint8)).save(path)


def things_and_stuff_alike(folder: Path) -> None:
    path = folder / "panoptic_train.json"
    path.write_text(re.sub(r', "isthing": .', "", path.read_text()))


NAMED = {
    two_images_in_a_task: ("label_studio", "lie on several images"),
    drawn_on_a_turned_image: ("label_studio", "image turned by 90 degrees"),
    drawn_without_labels: ("label_studio", "shape 0: has no class"),
    drawn_as_bitmask: ("label_studio", "wanted a polygon, rectangle, ellipse or brush"),
    tracks_beside_images: ("cvat", "1 tracks are of a video"),
    a_second_xml: ("cvat", "not read beside it: job_2.xml"),
    one_text_of_two_images: ("yolo", "has the labels of a.jpg as well"),
    fewer_names_than_classes: ("yolo", "says nc: 80, and names 2 classes"),
    no_attributes: ("via", "no region says its class: all are of one, 'object'"),
    classes_as_objects: ("voc", "the same as the map of classes"),
    all_objects_in_one_label: ("label_map", "label 255 consists of 3 parts"),
    background_with_a_number: ("label_map", "is the background taken for an object"),
    things_and_stuff_alike: ("panoptic", "no category says isthing"),
}


@pytest.mark.parametrize("oddity", NAMED, ids=lambda one: one.__name__)
def test_what_one_format_alone_can_have_is_named(oddity, tmp_path):
    name, words = NAMED[oddity]
    spec = WRITERS[name](tmp_path, scene_for(name))
    oddity(tmp_path)
    said = [
        one.detail for one in check(open_dataset(spec), allow_unused=True).findings if one.severity != "info"
    ]
    assert any(words in one for one in said), said


def test_data_sets_within_data_sets_of_supervisely_are_read(tmp_path):
    spec = WRITERS["supervisely"](tmp_path, scene_for("supervisely"))
    (tmp_path / "one" / "img").parent.rename(tmp_path / "two")
    (tmp_path / "one" / "datasets").mkdir(parents=True)
    (tmp_path / "two").rename(tmp_path / "one" / "datasets" / "two")
    assert read_all(open_dataset(spec)) == truth_of(scene_for("supervisely"))
