import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.data.formats.label_map import LabelMap
from tests.beside import FILES, data_folders


@pytest.fixture
def dataset(tmp_path, paint):
    """Give a function that writes an image, 12 x 10 px, and the label map given."""

    def write(labels: np.ndarray, **options) -> LabelMap:
        paint(tmp_path / "images/a.png", (10, 12))
        (tmp_path / "labels").mkdir(exist_ok=True)
        Image.fromarray(labels).save(tmp_path / "labels/a.png")
        return LabelMap(str(tmp_path), **options)

    return write


@pytest.mark.parametrize("data", data_folders())
def test_nuclei_are_the_numbers_of_their_label_maps(data):
    folder = data / "nuclei"
    reader = LabelMap(str(folder), class_name="nucleus")
    assert (len(reader), reader.findings) == (4 if data == FILES else 547, [])
    assert reader.class_names == ("background", "nucleus")
    for index in range(0, len(reader), max(1, len(reader) // 14)):
        sample, found = reader.read(index)
        name = sample.source.rpartition("/")[2]
        labels = np.asarray(Image.open(folder / "labels" / name)).astype(int)
        numbers = [number for number in range(1, labels.max() + 1) if (labels == number).any()]
        assert found == []
        assert len(sample) == len(numbers)
        for mask, number in zip(sample.masks, numbers, strict=True):
            assert (mask == (labels == number)).all()
        assert (sample.image == np.asarray(Image.open(folder / "images" / name).convert("RGB"))).all()


def test_nuclei_are_counted():
    reader = LabelMap(str(FILES / "nuclei"))
    assert [len(sample) for sample in reader] == [27, 24, 19, 36]


def test_labels_with_gaps_are_taken_in_their_order(dataset):
    labels = np.zeros((10, 12), np.uint16)
    labels[0, 0], labels[5:7, 5] = 40000, 3
    sample, found = dataset(labels).read(0)
    assert found == []
    assert sample.masks.sum(axis=(1, 2)).tolist() == [2, 1]
    assert sample.boxes.tolist() == [[5, 5, 7, 6], [0, 0, 1, 1]]


def test_map_of_background_is_an_image_without_objects(dataset):
    assert len(dataset(np.zeros((10, 12), np.uint8))[0]) == 0


def test_map_of_another_size_is_resized_where_it_can_be(dataset, findings_of):
    labels = np.zeros((20, 24), np.uint8)
    labels[4:8, 4:10] = 1
    reader = dataset(labels)
    assert findings_of(reader) == [("size-mismatch", "warning")]
    assert reader[0].boxes.tolist() == [[2, 2, 4, 5]]


def test_map_of_another_shape_is_refused(dataset):
    with pytest.raises(ValueError, match="of 10 x 10 px, the image of 12 x 10 px"):
        dataset(np.zeros((10, 10), np.uint8)).read(0)


def test_colours_are_no_labels(dataset):
    with pytest.raises(ValueError, match="wanted a label map of 8 or 16 bit"):
        dataset(np.zeros((10, 12, 3), np.uint8)).read(0)


def test_map_of_endless_objects_is_refused(dataset, monkeypatch):
    monkeypatch.setattr("maskrcnn_core.data.reading.truths.MAX_BYTES", 10 * 12 * 50)
    with pytest.raises(ValueError, match="more than 50 objects"):
        dataset(np.arange(120, dtype=np.uint8).reshape(10, 12)).read(0)


def test_files_without_partner_are_said(dataset, paint, tmp_path):
    dataset(np.zeros((10, 12), np.uint8))
    paint(tmp_path / "images/b.png")
    paint(tmp_path / "labels/c.png")
    reader = LabelMap(str(tmp_path))
    assert [(one.kind, one.file) for one in reader.findings] == [
        ("missing-mask", "images/b.png"),
        ("missing-image", "labels/c.png"),
    ]
    assert len(reader) == 1


def test_folder_without_the_two_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "gone"):
        with pytest.raises(ValueError, match="wanted a folder"):
            LabelMap(str(path))
    with pytest.raises(ValueError, match="leads out of it"):
        LabelMap(str(tmp_path), images="../..")


# --- void ---------------------------------------------------------------------------------------------------------


def voc_palette() -> list[int]:
    """Give Pascal VOC's colours, by the bits of each number (VOCcode's VOClabelcolormap)."""
    colours = []
    for number in range(256):
        colours += [
            sum(((number >> (3 * bit + channel)) & 1) << (7 - bit) for bit in range(8))
            for channel in range(3)
        ]
    return colours


@pytest.fixture
def with_void(tmp_path, paint):
    """Give a function that writes a label map of 60 x 40 px: objects 1 and 2 and void, as a block and an outline."""

    def write(palette: list[int] | None = None, **options) -> LabelMap:
        labels = np.zeros((40, 60), np.uint8)
        labels[4:14, 4:14], labels[24:34, 4:14] = 1, 2
        labels[20:36, 30:50] = 255  # thick
        labels[3, 3:15] = 255  # an outline
        paint(tmp_path / "images/a.png", (40, 60))
        (tmp_path / "labels").mkdir(exist_ok=True)
        image = Image.fromarray(labels)
        if palette:
            image.putpalette(palette)
        image.save(tmp_path / "labels/a.png")
        return LabelMap(str(tmp_path), **options)

    return write


def test_voc_void_is_a_region_to_be_ignored_where_it_is_thick(with_void):
    assert voc_palette()[-3:] == [224, 224, 192]
    sample, found = with_void(voc_palette()).read(0)
    assert sample.class_ids.tolist() == [1, 1, -1]
    assert sample.is_crowd.tolist() == [False, False, True]
    assert sample.boxes.tolist() == [[4, 4, 14, 14], [24, 4, 34, 14], [20, 30, 36, 50]]
    assert [(one.kind, one.severity) for one in found] == [("void-label", "info")]


def test_255_of_other_files_is_said_and_left_to_the_user(with_void):
    sample, found = with_void().read(0)
    assert len(sample) == 3
    assert [(one.kind, one.severity) for one in found] == [("void-label", "warning")]
    assert with_void(ignore=("255",)).read(0)[0].class_ids.tolist() == [1, 1, -1]
    assert with_void(ignore=("none",)).read(0)[1] == []
    assert with_void(voc_palette(), ignore=("none",)).read(0)[0].class_ids.tolist() == [1, 1, 1]
    assert with_void(ignore=("2",)).read(0)[0].class_ids.tolist() == [1, 1, -1]


def test_255_alone_or_among_254_others_is_an_object(dataset):
    assert dataset(np.full((10, 12), 255, np.uint8)).read(0)[1] == []
    many = np.arange(256, dtype=np.uint8).reshape(16, 16)
    labels = many[:10, :12].copy()
    labels[0, :2] = 254, 255
    assert dataset(labels).read(0)[1] == []


@pytest.mark.parametrize("ignore", [("0",), ("-1",), ("void",), ("none", "3")])
def test_what_is_no_label_cannot_be_ignored(with_void, ignore):
    with pytest.raises(ValueError, match="wanted labels of 1 or more, or none"):
        with_void(ignore=ignore)


def test_labels_that_look_like_classes_are_said(tmp_path, paint):
    labels = np.zeros((40, 60), np.uint8)
    for number in range(5):
        labels[2:8, 10 * number + 2 : 10 * number + 8] = 1
    paint(tmp_path / "images/a.png", (40, 60))
    (tmp_path / "labels").mkdir()
    Image.fromarray(labels).save(tmp_path / "labels/a.png")
    sample, found = LabelMap(str(tmp_path)).read(0)
    assert len(sample) == 1
    assert [(one.kind, one.severity) for one in found] == [("label-in-parts", "warning")]
    assert "label 1 consists of 5 parts" in found[0].detail
    labels[2:8, 30:60] = 0
    Image.fromarray(labels).save(tmp_path / "labels/a.png")
    assert "label 1 consists of 3 parts" in LabelMap(str(tmp_path)).read(0)[1][0].detail
    labels[20:28, 2:50:16] = 2, 3, 4  # among more labels an object in three parts is likelier
    Image.fromarray(labels).save(tmp_path / "labels/a.png")
    assert LabelMap(str(tmp_path)).read(0)[1] == []


def test_65535_of_deep_maps_is_said(dataset):
    labels = np.ones((10, 12), np.uint16)
    labels[0, 0] = 65535
    assert [one.kind for one in dataset(labels).read(0)[1]] == ["void-label"]
