"""Hostile and broken entries of the newer formats: each is refused by name, none ends in a traceback."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.data.formats.cvat import Cvat
from maskrcnn_core.data.formats.label_studio import LabelStudio
from maskrcnn_core.data.formats.label_studio_brush import decode_brush
from maskrcnn_core.data.formats.panoptic import Panoptic
from maskrcnn_core.data.formats.supervisely import Supervisely
from maskrcnn_core.data.formats.via import Via
from maskrcnn_core.data.formats.voc import Voc
from maskrcnn_core.data.formats.yolo import Yolo
from maskrcnn_core.data.reading.registry import open_dataset

from .scenes import WRITERS, Shot, Thing, brush

SCENE = [Shot("a.png", (20, 30), (Thing("leaf", ((2, 3, 10, 9),)), Thing("stem", ((12, 20, 18, 27),))))]


@pytest.mark.parametrize(
    "name", ["via3", "label_studio", "label_studio_brush", "supervisely", "supervisely_bitmap", "panoptic"]
)
def test_no_value_in_a_json_ends_in_a_traceback(name, tmp_path, mutations, survives):
    spec = WRITERS[name](tmp_path, SCENE)
    (file,) = (one for one in tmp_path.rglob("*.json") if one.name != "meta.json")
    document, seen = json.loads(file.read_text()), set()
    if name == "label_studio_brush":
        for one in document[0]["annotations"][0]["result"]:
            one["value"]["rle"] = one["value"]["rle"][:12]  # enough places to be wrong in
    for changed in mutations(document):
        file.write_text(json.dumps(changed))
        seen.add(survives(lambda: open_dataset(spec)))
    assert "read" in seen
    assert "refused" in seen or name.startswith("supervisely")  # whose file is one of many: said and left out


@pytest.mark.parametrize("name", ["cvat", "cvat_mask"])
def test_no_attribute_of_an_xml_ends_in_a_traceback(name, tmp_path, survives):
    spec = WRITERS[name](tmp_path, SCENE)
    text = (tmp_path / "annotations.xml").read_text()
    for one in re.finditer(r'"[^"]*"', text):
        for value in ("", "x", "-1", "1e999", "9" * 5000, "nan", "../../etc/passwd", "1,2;3", ";;", "&#233;"):
            changed = f'{text[: one.start()]}"{value}"{text[one.end() :]}'
            (tmp_path / "annotations.xml").write_text(changed)
            survives(lambda: open_dataset(spec))


def test_no_word_of_a_label_file_or_yaml_ends_in_a_traceback(tmp_path, survives):
    spec = WRITERS["yolo"](tmp_path, SCENE)
    for file in (tmp_path / "labels/train/a.txt", tmp_path / "data.yaml"):
        text = file.read_text()
        for one in re.finditer(r"\S+", text):
            for value in (
                "",
                "x",
                "-1",
                "1e999",
                "9" * 5000,
                "nan",
                "../../..",
                "[",
                "{a: b}",
                "0x1F",
                "&a [*a]",
            ):
                file.write_text(text[: one.start()] + value + text[one.end() :])
                survives(lambda: open_dataset(spec))
        file.write_text(text)


def found_in(reader) -> list[tuple[str, str]]:
    """Give (kind, detail) of every finding that is an error, those of the index first."""
    found = list(reader.findings)
    for index in range(len(reader)):
        found += reader.read(index)[1]
    return [(one.kind, one.detail) for one in found if one.severity == "error"]


# --- YOLO -----------------------------------------------------------------------------------------------------


@pytest.fixture
def yolo(tmp_path):
    """Give a function that writes the lines of one image and opens the data set."""

    def write(*lines: str) -> Yolo:
        WRITERS["yolo"](tmp_path, SCENE)
        (tmp_path / "labels/train/a.txt").write_text("\n".join(lines))
        return Yolo(str(tmp_path))

    return write


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("0 0.5 0.5 0.2 0.2", "bad-coordinates", "a box alone is no mask"),
        ("0 0.1 0.1 0.2 0.2 0.3", "bad-coordinates", "received 5 numbers"),
        ("0 10 10 20 10 20 20", "bad-coordinates", "are they px?"),
        ("0 0.1 0.1 nan 0.2 0.3 0.3", "bad-coordinates", "wanted a number"),
        ("7 0.1 0.1 0.2 0.1 0.2 0.2", "empty-class", "line 1, whose number '7' is that of no name"),
        ("leaf 0.1 0.1 0.2 0.1 0.2 0.2", "empty-class", "whose number 'leaf'"),
        ("-1 0.1 0.1 0.2 0.1 0.2 0.2", "empty-class", "whose number '-1'"),
    ],
)
def test_a_line_that_is_no_outline_is_said(yolo, line, kind, words):
    ((found, detail),) = found_in(yolo(line))
    assert found == kind
    assert words in detail


BOMB = "a0: &a0 [lol, lol]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)
MERGED = "a0: &a0 {a: 1}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}], k{n}: 1}}\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    "text",
    [
        f"{BOMB}train: images/train\nnames: [leaf]\n",
        f"{BOMB}train: images/train\nnames: *a8\n",
        f"{MERGED}train: images/train\nnames: [leaf]\n",
        "train: images/train\nnames: &a [*a]\n",
    ],
)
def test_aliases_that_unfold_without_end_are_refused_at_once(tmp_path, text):
    WRITERS["yolo"](tmp_path, SCENE)
    (tmp_path / "data.yaml").write_text(text)
    with pytest.raises(ValueError, match="aliases unfold without end"):
        Yolo(str(tmp_path))


def test_an_alias_or_two_are_read(tmp_path):
    WRITERS["yolo"](tmp_path, SCENE)
    (tmp_path / "data.yaml").write_text("train: &here images/train\nval: *here\nnames: [leaf]\n")
    assert Yolo(str(tmp_path)).class_names == ("background", "leaf")


@pytest.mark.parametrize("name", ["yolo", "supervisely", "cityscapes", "labelme", "voc"])
def test_files_among_the_images_that_are_none_are_counted(tmp_path, name):
    reader = open_dataset(WRITERS[name](tmp_path, SCENE))
    assert not [finding for finding in reader.findings if finding.kind == "passed-over"]
    (Path(reader.source(0)).parent / "notes.docx").write_bytes(b"no image")
    said = [
        finding
        for finding in open_dataset(WRITERS[name](tmp_path, SCENE)).findings
        if finding.kind == "passed-over"
    ]
    assert [finding.detail for finding in said] == ["1 other file (.docx 1) are no images"]


def test_names_follow_the_one_rule_for_classes(tmp_path):
    WRITERS["yolo"](tmp_path, SCENE)
    lines = [f"{number} 0.1 0.1 0.5 0.1 0.5 0.5" for number in range(4)]
    (tmp_path / "labels/train/a.txt").write_text("\n".join(lines))
    (tmp_path / "data.yaml").write_text("train: images/train\nnames: [background, leaf, leaf, __ignore__]\n")
    reader = Yolo(str(tmp_path))
    assert reader.class_names == ("background", "leaf")
    assert reader[0].class_ids.tolist() == [1, 1, -1]
    assert sorted(one.kind for one in reader.findings) == ["duplicate-name", "ignored", "other-class"]


def test_class_numbers_as_decimals_are_class_numbers(yolo):
    assert yolo("1.0 0.1 0.1 0.5 0.1 0.5 0.5").read(0)[0].class_ids.tolist() == [2]


def test_a_yaml_elsewhere_is_not_followed(tmp_path):
    WRITERS["yolo"](tmp_path / "set", SCENE)
    (tmp_path / "set/data.yaml").write_text("train: ../../etc\nnames: [leaf]\n")
    with pytest.raises(ValueError, match="within the folder of the yaml, found none"):
        Yolo(str(tmp_path / "set"))
    (tmp_path / "set/data.yaml").write_text("train: ../images/train\nnames: [leaf, stem]\n")
    reader = Yolo(str(tmp_path / "set"))
    assert [one.kind for one in reader.findings] == ["outside-folder"]
    assert len(reader) == 1


def test_key_points_and_lone_files_are_said(tmp_path):
    WRITERS["yolo"](tmp_path, SCENE)
    (tmp_path / "labels/train/b.txt").write_text("")
    assert found_in(Yolo(str(tmp_path))) == [("missing-image", "there is no image of this name; left out")]
    (tmp_path / "labels/train/a.txt").unlink()
    (tmp_path / "labels/train/b.txt").unlink()
    with pytest.raises(ValueError, match=r"labels/train/a\.txt, found none"):
        Yolo(str(tmp_path))
    (tmp_path / "data.yaml").write_text("kpt_shape: [17, 3]\ntrain: images/train\nnames: [leaf]\n")
    with pytest.raises(ValueError, match="YOLO-pose"):
        Yolo(str(tmp_path))


def test_a_list_of_images_is_a_split(tmp_path):
    WRITERS["yolo"](tmp_path, SCENE)
    (tmp_path / "train.txt").write_text("./images/train/a.png\nimages/train/gone.png\n")
    (tmp_path / "data.yaml").write_text("train: train.txt\nnames: {0: leaf, 1: stem}\n")
    reader = Yolo(str(tmp_path))
    assert (len(reader), [kind for kind, _ in found_in(reader)]) == (1, ["missing-image"])


# --- CVAT -----------------------------------------------------------------------------------------------------


def cvat_of(folder: Path, shapes: str) -> Cvat:
    WRITERS["cvat"](folder, SCENE)
    whole = f'<annotations><image id="0" name="a.png" width="30" height="20">{shapes}</image></annotations>'
    (folder / "annotations.xml").write_text(whole)
    return Cvat(str(folder))


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ('<polyline label="leaf" points="1,1;2,2;3,1"/>', "wanted a shape with an area, received 'polyline'"),
        (
            '<mask label="leaf" rle="3,4" left="1" top="1" width="2" height="2"/>',
            "sum to 2 x 2 px, received 7 px",
        ),
        ('<mask label="leaf" rle="x" left="1" top="1" width="2" height="2"/>', "wanted rle as lengths"),
        (
            '<mask label="leaf" rle="4" left="1" top="1" width="99999" height="99999"/>',
            "wanted a mask of 1 to",
        ),
        ('<box label="leaf" xtl="1" ytl="1" xbr="nan" ybr="2"/>', "wanted a number for xbr"),
        ('<polygon label="leaf" points="1,2,3;4,5;6,7"/>', "wanted a list of (x, y)"),
        ('<polygon label="" points="1,1;5,1;5,5"/>', "has no class"),
    ],
)
def test_a_shape_that_is_none_is_said(tmp_path, shape, words):
    ((_, detail),) = found_in(cvat_of(tmp_path, shape))
    assert words in detail


def test_groups_turned_boxes_and_ellipses_are_drawn(tmp_path):
    mask = '<mask label="leaf" rle="0, 4" left="20" top="10" width="2" height="2" group_id="3"/>'
    box = '<box label="leaf" xtl="4" ytl="4" xbr="12" ybr="6" rotation="90"/>'
    ring = '<polygon label="leaf" points="1,15;3,15;3,17;1,17" group_id="3"/>'
    ellipse = '<ellipse label="stem" cx="20" cy="4" rx="3" ry="2"/>'
    sample, found = cvat_of(tmp_path, mask + box + ring + ellipse).read(0)
    assert found == []
    assert sample.boxes.tolist() == [[10, 1, 17, 22], [1, 7, 9, 9], [2, 17, 6, 23]]
    assert sample.masks[0].sum() == 4 + 4
    assert sample.masks[1].sum() == 16


def test_video_and_document_types_are_refused(tmp_path):
    WRITERS["cvat"](tmp_path, SCENE)
    (tmp_path / "annotations.xml").write_text('<annotations><track id="0" label="leaf"/></annotations>')
    with pytest.raises(ValueError, match="received CVAT for video"):
        Cvat(str(tmp_path))
    (tmp_path / "annotations.xml").write_text('<!DOCTYPE x [<!ENTITY a "b">]><annotations/>')
    with pytest.raises(ValueError, match="document type, which is not read"):
        Cvat(str(tmp_path))


def test_the_same_name_in_two_subsets_is_two_images(tmp_path, paint):
    for seed, subset in enumerate(("Train", "Test")):
        paint(tmp_path / "images" / subset / "a.png", seed=seed)
    images = "".join(f'<image id="0" name="a.png" subset="{subset}"/>' for subset in ("Train", "Test"))
    (tmp_path / "annotations.xml").write_text(f"<annotations>{images}</annotations>")
    reader = open_dataset(f"cvat:{tmp_path}")
    assert sorted(reader.source(k)[-11:] for k in range(2)) == ["/Test/a.png", "Train/a.png"]
    assert found_in(reader) == []


# --- Label Studio ---------------------------------------------------------------------------------------------


def test_brush_of_label_studio_is_decoded_bit_by_bit():
    mask = np.zeros((3, 5), bool)
    mask[1, 1:4] = mask[2, 4] = True
    assert (decode_brush(bytes(brush(mask)), (3, 5)) == mask).all()
    rng = np.random.default_rng(5)
    noise = rng.random((40, 300)) < np.linspace(0, 1, 300)
    assert (decode_brush(bytes(brush(noise)), (40, 300)) == noise).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([1, 2, 3], "wanted rle as a list of bytes"),
        (b"", "ends before"),
        (bytes(brush(np.ones((4, 4), bool)))[:8], "ends before"),
        (bytes(brush(np.ones((4, 5), bool))), "wanted a mask of 4 x 4 px"),
        (b"\xff" * 20, "received 4294967295 values"),
    ],
)
def test_a_brush_that_is_none_of_this_size_is_refused(content, words):
    with pytest.raises(ValueError, match=words):
        decode_brush(content, (4, 4))


def test_two_annotators_of_one_task_are_said_and_cancelled_ones_left_out(tmp_path):
    WRITERS["label_studio"](tmp_path, SCENE)
    tasks = json.loads((tmp_path / "tasks.json").read_text())
    (first,) = tasks[0]["annotations"]
    cancelled, second = {**first, "was_cancelled": True}, {**first, "result": first["result"][:1]}
    tasks[0]["annotations"] = [cancelled, second, first]
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    reader = LabelStudio(str(tmp_path))
    assert [one.kind for one in reader.findings] == ["outside-folder", "several-annotations"][::-1]
    assert len(reader[0]) == 1


def test_json_min_and_turned_rectangles_are_read(tmp_path, paint):
    paint(tmp_path / "a.png")
    box = {"x": 50, "y": 25, "width": 20, "height": 10, "rotation": 90, "rectanglelabels": ["leaf"]}
    task = {"image": "a.png", "id": 1, "label": [{**box, "original_width": 30, "original_height": 20}]}
    (tmp_path / "min.json").write_text(json.dumps([task]))
    sample, found = LabelStudio(str(tmp_path)).read(0)
    assert found == []
    assert sample.boxes.tolist() == [
        [5, 13, 11, 15]
    ]  # 6 x 2 px, a quarter turned about its corner at (15, 5)


# --- maps and projects ----------------------------------------------------------------------------------------


def test_void_of_voc_and_panoptic_is_ignored_and_mixed_objects_are_said(tmp_path, paint):
    paint(tmp_path / "JPEGImages/a.png", (40, 60))
    objects, kinds = np.zeros((40, 60), np.uint8), np.zeros((40, 60), np.uint8)
    objects[2:12, 2:12], kinds[2:12, 2:10], kinds[2:12, 10:12] = 1, 15, 8
    objects[20:36, 30:50] = kinds[20:36, 30:50] = 255
    for name, values in (("SegmentationObject", objects), ("SegmentationClass", kinds)):
        (tmp_path / name).mkdir()
        Image.fromarray(values).save(tmp_path / name / "a.png")
    reader = Voc(str(tmp_path), classes=("person", "cat"))
    sample, found = reader.read(0)
    assert sample.class_ids.tolist() == [1, -1]
    assert [(one.kind, one.detail[:35]) for one in found] == [
        ("mixed-class", "object 1: 80% of it is 'person', th")
    ]


def test_panoptic_void_is_a_region_and_strangers_are_said(tmp_path):
    WRITERS["panoptic"](tmp_path, SCENE)
    with Image.open(tmp_path / "panoptic_train/a.png") as image:
        ids = np.array(image)
    ids[0:10, 12:24] = 0
    ids[19, 0] = 9
    Image.fromarray(ids).save(tmp_path / "panoptic_train/a.png")
    reader = Panoptic(str(tmp_path / "panoptic_train.json"), images=str(tmp_path / "images"))
    sample, found = reader.read(0)
    assert sample.class_ids.tolist() == [1, 2, -1]
    assert sample.boxes[2].tolist() == [0, 12, 10, 24]
    assert [one.kind for one in found] == ["unknown-segment"]


def test_ids_of_panoptic_may_be_text(tmp_path):
    spec = WRITERS["panoptic"](tmp_path, SCENE)
    content = json.loads((tmp_path / "panoptic_train.json").read_text())
    (annotation,) = content["annotations"]
    annotation["image_id"] = str(annotation["image_id"])
    for one in annotation["segments_info"]:
        one |= {"id": str(one["id"]), "category_id": str(one["category_id"])}
    (tmp_path / "panoptic_train.json").write_text(json.dumps(content))
    reader = open_dataset(spec)
    assert (reader.findings, reader[0].class_ids.tolist()) == ([], [1, 2])


def test_holes_are_left_out_and_bitmaps_clipped(tmp_path):
    WRITERS["supervisely"](tmp_path, SCENE)
    file = tmp_path / "one/ann/a.png.json"
    content = json.loads(file.read_text())
    content["objects"][0]["points"]["interior"] = [[[4, 3], [6, 3], [6, 5], [4, 5]]]
    content["objects"][1] = {"classTitle": "stem", "geometryType": "point", "points": {"exterior": [[1, 1]]}}
    file.write_text(json.dumps(content))
    reader = Supervisely(str(tmp_path))
    sample, found = reader.read(0)
    assert sample.masks.sum() == 8 * 6 - 4
    assert not sample.masks[0][3:5, 4:6].any()
    assert "received 'point'" in found[0].detail


def test_a_project_of_videos_is_refused(tmp_path):
    WRITERS["via3"](tmp_path, SCENE)
    content = json.loads((tmp_path / "via3.json").read_text())
    content["file"]["1"]["type"] = 4
    (tmp_path / "via3.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match="wanted a project of images"):
        Via(str(tmp_path))


def test_a_csv_of_something_else_or_with_broken_cells_is_said(tmp_path):
    WRITERS["via_csv"](tmp_path, SCENE)
    text = (tmp_path / "via.csv").read_text().splitlines()
    text[2] = text[2].replace('"{', '"[{', 1)
    (tmp_path / "via.csv").write_text("\n".join(text))
    assert found_in(Via(str(tmp_path / "via.csv")))[0][0] == "broken-annotation"
    (tmp_path / "via.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="without the columns filename"):
        Via(str(tmp_path / "via.csv"))
