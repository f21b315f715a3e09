import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.data.formats.label_map import LabelMap
from tests.beside import FILES, data_folders


@pytest.fixture
def dataset(tmp_path, paint):
    """Give a function that writes a picture, 12 x 10 px, and the label map given."""

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


def test_map_of_background_is_a_picture_without_objects(dataset):
    assert len(dataset(np.zeros((10, 12), np.uint8))[0]) == 0


def test_map_of_another_size_is_resized_where_it_can_be(dataset, findings_of):
    labels = np.zeros((20, 24), np.uint8)
    labels[4:8, 4:10] = 1
    reader = dataset(labels)
    assert findings_of(reader) == [("size-mismatch", "warning")]
    assert reader[0].boxes.tolist() == [[2, 2, 4, 5]]


def test_map_of_another_shape_is_refused(dataset):
    with pytest.raises(ValueError, match="of 10 x 10 px, the picture of 12 x 10 px"):
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
        ("missing-picture", "labels/c.png"),
    ]
    assert len(reader) == 1


def test_folder_without_the_two_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "gone"):
        with pytest.raises(ValueError, match="wanted a folder"):
            LabelMap(str(path))
    with pytest.raises(ValueError, match="leads out of it"):
        LabelMap(str(tmp_path), images="../..")
