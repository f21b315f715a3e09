import base64
import json

import numpy as np
import pytest
from PIL import Image
from skimage.draw import polygon as skimage_polygon

from maskrcnn_core.data.formats.via import Via, ring_of

from .written import LEAVES

POLYGON = {"name": "polygon", "all_points_x": [5, 15, 15, 5], "all_points_y": [4, 4, 9, 9]}


def entry(*regions: dict, name: str = "a.png", as_list: bool = False, **parts) -> dict:
    numbered = list(regions) if as_list else {str(index): region for index, region in enumerate(regions)}
    return {"filename": name, "size": 123, "regions": numbered, "file_attributes": {}, **parts}


def region(shape: object = POLYGON, **attributes) -> dict:
    return {"shape_attributes": shape, "region_attributes": attributes}


@pytest.fixture
def dataset(tmp_path, paint):
    """Give a function that writes a VIA json for the image a.png, 30 x 20 px, and opens it."""

    def write(content: object, **options) -> Via:
        paint(tmp_path / "a.png")
        (tmp_path / "via_region_data.json").write_text(json.dumps(content))
        return Via(str(tmp_path), **{"class_name": "object", **options})

    return write


# --- whole data sets ------------------------------------------------------------------------------------------


def test_leaves_agree_with_skimage_but_for_the_outline(leaves, far_from_outline):
    assert compare_with_skimage(leaves, far_from_outline) == (6, LEAVES)


@pytest.mark.parametrize(
    ("part", "images", "counts"), [("train", 98, (112, 376, 137)), ("val", 16, (23, 68, 58))]
)
def test_rice_leaves_agree_with_skimage_but_for_the_outline(shared, far_from_outline, part, images, counts):
    seen = compare_with_skimage(shared / "data/via_rice_leaf" / part, far_from_outline)
    assert seen == (images, dict(zip(LEAVES, counts, strict=True)))


def compare_with_skimage(folder, far_from_outline) -> tuple[int, dict[str, int]]:
    """Compare every mask with skimage's; return the number of images and of objects by class."""
    content = json.loads((folder / "via_region_data.json").read_text())
    reader = Via(str(folder))
    seen = []
    for index, one in enumerate(content.values()):
        sample = reader[index]
        with Image.open(folder / one["filename"]) as image:
            assert (sample.image == np.asarray(image.convert("RGB"))).all()
        named = [r for r in one["regions"].values() if r["region_attributes"].get("class_id")]
        seen += [reader.class_names[class_id] for class_id in sample.class_ids]
        assert len(named) == len(sample)
        for mask, drawn in zip(sample.masks, named, strict=True):
            shape = drawn["shape_attributes"]
            ring = np.stack([shape["all_points_x"], shape["all_points_y"]], axis=-1).astype(float)
            theirs = np.zeros(mask.shape, bool)
            # skimage puts pixel centres on whole numbers, VIA's canvas and we put edges there
            theirs[skimage_polygon(ring[:, 1] - 0.5, ring[:, 0] - 0.5, mask.shape)] = True
            assert far_from_outline(mask ^ theirs, ring) <= 0.75
    return len(reader), {name: seen.count(name) for name in reader.class_names[1:]}


def test_leaves_without_a_class_are_said(leaves, findings_of):
    say_what_has_no_class(leaves, findings_of)


def test_rice_leaves_without_a_class_are_said(shared, findings_of):
    say_what_has_no_class(shared / "data/via_rice_leaf/train", findings_of)


def say_what_has_no_class(folder, findings_of) -> None:
    reader = Via(str(folder))
    assert findings_of(reader) == [
        ("class-attribute", "info"),
        ("empty-class", "error"),
        ("empty-class", "error"),
    ]
    assert "'class_id'" in reader.findings[0].detail


# --- by hand ----------------------------------------------------------------------------------------------------


def test_versions_one_and_two_and_projects_say_the_same(dataset):
    first = {"a.png123": entry(region(kind="leaf"))}
    second = {"a.png123": entry(region(kind="leaf"), as_list=True)}
    project = {"_via_settings": {}, "_via_img_metadata": second, "_via_attributes": {}}
    for content in (first, second, project):
        sample = dataset(content)[0]
        assert sample.boxes.tolist() == [[4, 5, 9, 15]]
        assert sample.masks.sum() == 50


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        ({"name": "rect", "x": 2, "y": 3, "width": 6, "height": 4}, [3, 2, 7, 8]),
        ({"name": "circle", "cx": 10, "cy": 9, "r": 5}, [4, 5, 14, 15]),
        ({"name": "ellipse", "cx": 10, "cy": 9, "rx": 6, "ry": 2}, [7, 4, 11, 16]),
        ({"name": "ellipse", "cx": 10, "cy": 9, "rx": 6, "ry": 2, "theta": np.pi / 2}, [3, 8, 15, 12]),
        ({**POLYGON, "name": "polyline"}, [4, 5, 9, 15]),
    ],
)
def test_every_shape_has_its_box(dataset, shape, box):
    assert dataset({"a": entry(region(shape, kind="leaf"))})[0].boxes.tolist() == [box]


def test_polyline_is_closed_and_said(dataset, findings_of):
    reader = dataset({"a": entry(region({**POLYGON, "name": "polyline"}))})
    assert findings_of(reader) == [("open-outline", "warning")]


def test_class_attribute_is_guessed_from_what_is_filled(dataset):
    content = {"a": entry(region(note="x", species="oak"), region(species="elm"), region(species="elm"))}
    reader = dataset(content)
    assert reader.class_names == ("background", "elm", "oak")
    assert "'species'; there are also 'note'" in reader.findings[0].detail


def test_usual_name_of_the_attribute_wins(dataset):
    content = {"a": entry(region(author="me", label="oak"), region(author="you", label="elm"))}
    assert dataset(content).class_names == ("background", "elm", "oak")


def test_class_attribute_is_the_one_asked_for(dataset):
    content = {"a": entry(region(author="me", label="oak"))}
    assert dataset(content, class_attribute="author").class_names == ("background", "me")
    with pytest.raises(ValueError, match="did you mean author"):
        dataset(content, class_attribute="autor")


def test_no_attributes_at_all_are_one_class(dataset, findings_of):
    reader = dataset({"a": entry(region())}, class_name="balloon")
    assert reader.class_names == ("background", "balloon")
    assert findings_of(reader) == []


def test_checkboxes_name_a_class_if_one_is_ticked(dataset, findings_of):
    content = {
        "a": entry(region(type={"leaf": True, "stem": False}), region(type={"leaf": True, "stem": True}))
    }
    reader = dataset(content)
    assert reader.class_names == ("background", "leaf")
    assert findings_of(reader) == [("class-attribute", "info"), ("empty-class", "error")]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"name": "point", "cx": 1, "cy": 2}, ("bad-coordinates", "error")),
        (
            {"name": "polygon", "all_points_x": [1, 2, 3], "all_points_y": [1, 2]},
            ("bad-coordinates", "error"),
        ),
        ({"name": "polygon", "all_points_x": [1, 2], "all_points_y": [1, 2]}, ("few-points", "error")),
        ({"name": "polygon", "all_points_x": [], "all_points_y": []}, ("few-points", "error")),
        ({"name": "rect", "x": 2, "y": 3, "width": 0, "height": 4}, ("few-points", "error")),
        ({"name": "rect", "x": 2, "y": 3, "width": 60, "height": 4}, ("outside-image", "warning")),
        ({"name": "rect", "x": 2, "y": 30, "width": 6, "height": 4}, ("outside-image", "error")),
        ({"name": "circle", "cx": 2, "cy": "three", "r": 4}, ("bad-coordinates", "error")),
        ({"name": "circle", "cx": 2, "cy": 3, "r": float("nan")}, ("bad-coordinates", "error")),
        ({}, ("bad-coordinates", "error")),
        (None, ("bad-coordinates", "error")),
    ],
)
def test_dirty_region_is_said(dataset, findings_of, shape, expected):
    assert findings_of(dataset({"a": entry(region(shape))})) == [expected]


def test_missing_image_and_broken_entry_are_said(dataset, findings_of):
    content = {
        "a": entry(region()),
        "b": entry(region(), name="b.png"),
        "c": 3,
        "d": entry(name="../../etc/passwd"),
    }
    reader = dataset(content)
    assert len(reader) == 1
    assert findings_of(reader) == [
        ("missing-image", "error"),
        ("broken-annotation", "error"),
        ("outside-folder", "error"),
    ]


def test_embedded_image_is_used_where_the_file_is_absent(dataset, tmp_path, paint):
    pixels = paint(tmp_path / "b.png", seed=4)
    text = "data:image/png;base64," + base64.b64encode((tmp_path / "b.png").read_bytes()).decode()
    reader = dataset({"x": entry(region(), name="gone.png", base64_img_data=text)})
    assert (reader[0].image == pixels).all()


def test_turned_image_is_unclear_because_via_records_no_size(dataset, tmp_path, paint, findings_of):
    dataset({"a": entry(region())})
    paint(tmp_path / "a.png", orientation=6)
    reader = Via(str(tmp_path / "via_region_data.json"), class_name="object")
    assert findings_of(reader) == [("exif-ambiguous", "warning")]


def test_repeated_image_key_is_said(tmp_path, paint):
    paint(tmp_path / "a.png")
    one = json.dumps(entry(region()))
    (tmp_path / "a.json").write_text(f'{{"a": {one}, "a": {one}}}')
    assert [finding.kind for finding in Via(str(tmp_path), class_name="object").findings] == ["duplicate-key"]


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ([], "VIA 1 or 2"),
        ({}, "VIA 1 or 2"),
        ({"images": []}, "VIA 1 or 2"),
        ({"project": 1, "metadata": 2, "view": 3}, "VIA 3"),
    ],
)
def test_other_json_is_refused(dataset, content, wanted):
    with pytest.raises(ValueError, match=wanted):
        dataset(content)


def test_folder_without_one_json_is_refused(tmp_path):
    with pytest.raises(ValueError, match="received none: name it"):
        Via(str(tmp_path))


def test_shapes_are_rings():
    assert ring_of({"name": "rect", "x": 1, "y": 2, "width": 3, "height": 4}).tolist() == [
        [1, 2],
        [4, 2],
        [4, 6],
        [1, 6],
    ]


def test_hostile_json_ends_in_a_sentence(tmp_path, paint, mutations, survives):
    paint(tmp_path / "a.png")
    shapes = [
        POLYGON,
        {"name": "ellipse", "cx": 9, "cy": 9, "rx": 5, "ry": 4, "theta": 1},
        {"name": "rect", "x": 1, "y": 1, "width": 4, "height": 4},
    ]
    path, outcomes = tmp_path / "a.json", []
    for document in mutations({"a": entry(*(region(shape, label="leaf") for shape in shapes))}):
        path.write_text(json.dumps(document))
        outcomes.append(survives(lambda: Via(str(path))))
    assert len(outcomes) > 500
    assert {"refused", "read"} == set(outcomes)
