import base64
import io
import json

import numpy as np
import pytest
from matplotlib.path import Path
from PIL import Image

from maskrcnn_core.data.formats.labelme import Labelme

from .written import FRUITS

SQUARE = [[5, 4], [15, 4], [15, 9], [5, 9]]


def shape(points: object = SQUARE, label: object = "leaf", kind: object = "polygon", **parts) -> dict:
    return {"label": label, "points": points, "shape_type": kind, **parts}


@pytest.fixture
def dataset(tmp_path, paint):
    """Give a function that writes a LabelMe json for the image a.png, 30 x 20 px, and opens the folder."""

    def write(*shapes: object, **parts) -> Labelme:
        paint(tmp_path / "a.png")
        whole = {
            "imagePath": "a.png",
            "imageHeight": 20,
            "imageWidth": 30,
            "imageData": None,
            "shapes": list(shapes),
        }
        (tmp_path / "a.json").write_text(json.dumps({**whole, **parts}))
        return Labelme(str(tmp_path))

    return write


# --- whole data sets -----------------------------------------------------------------------------------------


def test_fruits_agree_with_matplotlib_but_for_the_outline(fruits, far_from_outline):
    assert compare_with_matplotlib(fruits, far_from_outline) == (4, FRUITS)


def test_photos_of_fruits_agree_with_matplotlib_but_for_the_outline(shared, far_from_outline):
    seen = compare_with_matplotlib(shared / "data/labelme_fruits_nuts/images", far_from_outline)
    assert seen == (18, {"date": 71, "hazelnut": 53, "fig": 41})


def compare_with_matplotlib(folder, far_from_outline) -> tuple[int, dict[str, int]]:
    """Compare every mask with matplotlib's; return the number of images and of objects by class."""
    reader = Labelme(str(folder))
    seen = []
    for index in range(len(reader)):
        sample, found = reader.read(index)
        content = json.loads((folder / f"{sample.source.rpartition('/')[2][:-4]}.json").read_text())
        assert found == []
        assert len(sample) == len(content["shapes"])
        for mask, class_id, drawn in zip(sample.masks, sample.class_ids, content["shapes"], strict=True):
            assert reader.class_names[class_id] == drawn["label"]
            seen.append(drawn["label"])
            ring = np.array(drawn["points"])
            y, x = (slice(max(0, int(low) - 2), int(high) + 2) for low, high in zip(*ends(ring), strict=True))
            columns, rows = np.meshgrid(np.arange(mask.shape[1])[x] + 0.5, np.arange(mask.shape[0])[y] + 0.5)
            inside = Path(ring).contains_points(np.stack([columns.ravel(), rows.ravel()], axis=-1))
            theirs = np.zeros_like(mask)
            theirs[y, x] = inside.reshape(rows.shape)  # pixels whose middle lies inside
            assert far_from_outline(mask ^ theirs, ring) <= 0.75
    assert reader.findings == []
    return len(reader), {name: seen.count(name) for name in set(seen)}


def ends(ring: np.ndarray) -> tuple[list[float], list[float]]:
    """Give the least and the greatest (y, x) of a ring (p, xy)."""
    return ring.min(axis=0)[::-1].tolist(), ring.max(axis=0)[::-1].tolist()


def test_embedded_image_is_the_file(fruits, tmp_path):
    content = json.loads((fruits / "0.json").read_text())
    content["imageData"] = base64.b64encode((fruits / "0.png").read_bytes()).decode()
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "0.json").write_text(json.dumps(content))
    alone, beside = Labelme(str(tmp_path / "alone")), Labelme(str(fruits / "0.json"))
    assert alone.source(0).endswith("0.json")
    assert (alone[0].masks == beside[0].masks).all()
    assert (alone[0].image == beside[0].image).all()


def test_xml_names_polygons_and_mask_files(tmp_path, paint, findings_of):
    paint(tmp_path / "Images/set/a.png")
    alpha = np.zeros((20, 30, 4), np.uint8)
    alpha[3:9, 10:20, 3] = 255
    (tmp_path / "Masks/set").mkdir(parents=True)
    Image.fromarray(alpha).save(tmp_path / "Masks/set/a_mask_1.png")
    points = "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in SQUARE)
    objects = [
        f"<name>window</name><deleted>0</deleted><polygon><username>me</username>{points}</polygon>",
        "<name>plate</name><segm><username>me</username><mask>a_mask_1.png</mask></segm>",
    ]
    body = "".join(f"<object>{one}</object>" for one in objects)
    (tmp_path / "Annotations/set").mkdir(parents=True)
    text = f"<annotation><filename>a.png</filename><folder>set</folder>{body}</annotation>"
    (tmp_path / "Annotations/set/a.xml").write_text(text)
    reader = Labelme(str(tmp_path))
    sample, _ = reader.read(0)
    assert [reader.class_names[class_id] for class_id in sample.class_ids] == ["window", "plate"]
    assert sample.boxes.tolist() == [[4, 5, 9, 15], [3, 10, 9, 20]]
    assert sample.masks.sum(axis=(1, 2)).tolist() == [50, 60]
    assert findings_of(reader) == []


def test_embedded_photo_is_the_file_but_for_jpegs_losses(shared, tmp_path):
    folder = shared / "data/labelme_fruits_nuts/images"
    (tmp_path / "0.json").write_text((folder / "0.json").read_text())
    alone, beside = Labelme(str(tmp_path)), Labelme(str(folder / "0.json"))
    assert alone.source(0).endswith("0.json")
    assert (alone[0].masks == beside[0].masks).all()
    # LabelMe carries the file as it is, or written anew with losses: 3.03 grey levels here
    assert np.abs(alone[0].image.astype(int) - beside[0].image.astype(int)).mean() < 4


def test_xml_of_the_web_tool(shared, findings_of):
    folder = shared / "data/annotation_formats/tests/assets/labelme_dataset"
    reader = Labelme(str(folder))
    sample, _ = reader.read(0)
    names = [reader.class_names[class_id] for class_id in sample.class_ids]
    assert names == ["window", "license plate", "o1", "q1", "b1", "m1", "hg"]
    assert sample.image.shape == (77, 102, 3)
    assert sample.boxes[0].tolist() == [34, 43, 37, 45]
    assert sample.boxes[4].tolist() == [19, 13, 30, 23]
    for place, number in ((1, 1), (5, 5)):
        alpha = np.asarray(Image.open(folder / f"Masks/subset1/img1_mask_{number}.png"))[..., 3]
        assert (sample.masks[place] == (alpha > alpha.max() / 2)).all()
    assert findings_of(reader) == [("grey-mask", "warning"), ("grey-mask", "warning")]


# --- by hand ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "box"),
    [
        (shape(), [4, 5, 9, 15]),
        (shape(kind=None), [4, 5, 9, 15]),
        (shape([[15, 9], [5, 4]], kind="rectangle"), [4, 5, 9, 15]),
        (shape([[10, 9], [13, 13]], kind="circle"), [4, 5, 14, 15]),
    ],
)
def test_every_shape_has_its_box(dataset, one, box):
    assert dataset(one)[0].boxes.tolist() == [box]


def test_shapes_of_a_group_are_one_object(dataset):
    other = [[20, 4], [25, 4], [25, 9]]
    sample = dataset(
        shape(group_id=1), shape(other, group_id=1), shape(other, "stem", group_id=1), shape(other)
    )[0]
    assert len(sample) == 3
    assert sample.boxes[0].tolist()[:2] == [4, 5]
    assert sample.boxes[0, 3] == 25


def test_mask_of_the_ai_tool_lies_in_its_box(dataset):
    part = np.array([[1, 1, 0], [0, 1, 1]], bool)
    stream = io.BytesIO()
    Image.fromarray(part).save(stream, "PNG")
    text = base64.b64encode(stream.getvalue()).decode()
    mask = dataset(shape([[7, 4], [9, 5]], kind="mask", mask=text))[0].masks[0]
    assert np.argwhere(mask).tolist() == [[4, 7], [4, 8], [5, 8], [5, 9]]


def test_mask_that_reaches_out_is_clipped_and_said(dataset, findings_of):
    stream = io.BytesIO()
    Image.fromarray(np.ones((4, 4), bool)).save(stream, "PNG")
    text = base64.b64encode(stream.getvalue()).decode()
    reader = dataset(shape([[28, -2], [31, 1]], kind="mask", mask=text))
    assert findings_of(reader) == [("outside-image", "warning")]
    assert reader[0].boxes.tolist() == [[0, 28, 2, 30]]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (shape(label=""), ("empty-class", "error")),
        (shape(label=None), ("empty-class", "error")),
        (shape([[1, 1], [5, 5]]), ("few-points", "error")),
        (shape([[1, 1]], kind="point"), ("bad-coordinates", "error")),
        (shape(kind="linestrip"), ("bad-coordinates", "error")),
        (shape([[1, 1]], kind="circle"), ("bad-coordinates", "error")),
        (shape([[1, 1], [1, None], [2, 2]]), ("bad-coordinates", "error")),
        (shape([[5, 4], [45, 4], [45, 9]]), ("outside-image", "warning")),
        (shape([[1, 1], [2, 2]], kind="mask", mask="AAAA"), ("bad-coordinates", "error")),
        (shape([[1, 1], [2, 2]], kind="mask"), ("bad-coordinates", "error")),
        ("shape", ("bad-coordinates", "error")),
    ],
)
def test_dirty_shape_is_said(dataset, findings_of, one, expected):
    assert findings_of(dataset(one)) == [expected]


def test_background_is_no_class(dataset, findings_of):
    reader = dataset(shape(), shape(label="_background_"))
    assert reader.class_names == ("background", "leaf")
    assert findings_of(reader) == [("other-class", "info")]


def test_image_may_lie_beside_the_folder_of_annotations(tmp_path, paint):
    paint(tmp_path / "images/a.png")
    (tmp_path / "labels").mkdir()
    content = {"imagePath": "..\\images\\a.png", "imageHeight": 20, "imageWidth": 30, "shapes": [shape()]}
    (tmp_path / "labels/a.json").write_text(json.dumps(content))
    assert Labelme(str(tmp_path)).source(0) == str(tmp_path / "images/a.png")
    assert [one.kind for one in Labelme(str(tmp_path / "labels")).findings] == ["outside-folder"]


def test_missing_image_and_broken_files_are_said(dataset, tmp_path, findings_of):
    dataset(shape(), imagePath="gone.png")
    (tmp_path / "b.json").write_text("{")
    (tmp_path / "c.json").write_text('{"images": []}')
    (tmp_path / "d.xml").write_text("<annotation>")
    reader = Labelme(str(tmp_path))
    assert len(reader) == 0
    assert findings_of(reader) == [("missing-image", "error")] + 3 * [("broken-annotation", "error")]


def test_turned_image_is_fitted_by_the_recorded_size(tmp_path, paint, findings_of):
    paint(tmp_path / "a.png", (20, 30), orientation=6)
    for height, width, expected in ((30, 20, []), (20, 30, [("exif-turned", "warning")])):
        content = {"imagePath": "a.png", "imageHeight": height, "imageWidth": width, "shapes": [shape()]}
        (tmp_path / "a.json").write_text(json.dumps(content))
        reader = Labelme(str(tmp_path))
        assert findings_of(reader) == expected
        assert reader[0].masks.shape == (1, 30, 20)
        assert reader[0].masks.sum() == 50


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "cc">]><annotation><filename>&b;</filename></annotation>',
        "<annotation/>",
        "<other><filename>a.png</filename></other>",
        "nothing",
    ],
)
def test_other_xml_is_refused(tmp_path, text):
    (tmp_path / "a.xml").write_text(text)
    assert [one.kind for one in Labelme(str(tmp_path)).findings] == ["broken-annotation"]


def test_dirty_xml_is_said(tmp_path, paint, findings_of):
    paint(tmp_path / "a.png")
    objects = [
        "<name>a</name><polygon><pt><x>1</x><y>1</y></pt><pt><x>9</x><y>1</y></pt><pt><x>9</x><y>9</y></pt></polygon>",
        "<name>a</name><deleted>1</deleted>",
        "<name>a</name>",
        "<name>a</name><polygon><pt><x>nan</x><y>1</y></pt></polygon>",
        "<name>a</name><segm><mask>../../x.png</mask></segm>",
        "<name>a</name><segm><mask>gone.png</mask></segm>",
        "<name> </name><polygon><pt><x>1</x><y>1</y></pt></polygon>",
    ]
    body = "".join(f"<object>{one}</object>" for one in objects)
    (tmp_path / "a.xml").write_text(f"<annotation><filename>a.png</filename>{body}</annotation>")
    reader = Labelme(str(tmp_path))
    assert len(reader[0]) == 1
    assert findings_of(reader) == 3 * [("bad-coordinates", "error")] + [
        ("unreadable-mask", "error"),
        ("empty-class", "error"),
    ]


def test_folder_without_annotations_is_refused(tmp_path):
    with pytest.raises(ValueError, match="received none"):
        Labelme(str(tmp_path))
    with pytest.raises(ValueError, match="is not there"):
        Labelme(str(tmp_path / "gone"))


def test_hostile_json_ends_in_a_sentence(dataset, mutations, survives, tmp_path):
    dataset()
    path, outcomes = tmp_path / "a.json", []
    shapes = [shape(group_id=1, flags={}), shape([[10, 9], [13, 13]], kind="circle")]
    plain = {"imagePath": "a.png", "imageHeight": 20, "imageWidth": 30, "imageData": None, "shapes": shapes}
    for document in mutations(plain):
        path.write_text(json.dumps(document))
        outcomes.append(survives(lambda: Labelme(str(tmp_path))))
    assert len(outcomes) > 400
    assert set(outcomes) == {"read"}


# --- groups ---------------------------------------------------------------------------------------------------


def brushed(mask: np.ndarray, top: int, left: int, **parts) -> dict:
    """Give a mask as LabelMe's AI tools write it, its first pixel at ``top``, ``left``."""
    stream = io.BytesIO()
    Image.fromarray(mask.astype(np.uint8) * 255).save(stream, "PNG")
    height, width = mask.shape
    corners = [[left, top], [left + width - 1, top + height - 1]]
    return shape(corners, kind="mask", mask=base64.b64encode(stream.getvalue()).decode(), **parts)


def test_masks_and_outlines_of_a_group_are_one_object_whatever_their_kind(dataset):
    mask = np.array([[1, 1, 0], [0, 1, 1]], bool)
    pieces = [brushed(mask, 12, 2, group_id=4), shape(group_id=4), brushed(mask, 12, 20, group_id=4)]
    pieces += [
        shape([[6, 5], [20, 5], [20, 8], [6, 8]], group_id=4),
        brushed(mask, 0, 0),
    ]  # overlapping; alone
    sample, found = dataset(*pieces).read(0)
    expected = np.zeros((20, 30), bool)
    expected[4:9, 5:15] = expected[5:8, 6:20] = True
    for left in (2, 20):
        expected[12:14, left : left + 3] |= mask
    assert found == []
    assert len(sample) == 2
    assert (sample.masks[0] == expected).all()
    assert sample.masks[1].sum() == mask.sum()


def test_a_group_survives_a_piece_that_covers_nothing(dataset):
    sample, found = dataset(
        shape([[1, 1], [2, 2]], group_id=1), brushed(np.ones((2, 2)), 3, 3, group_id=1)
    ).read(0)
    assert sample.masks.sum() == 4
    assert [one.kind for one in found] == ["few-points"]
