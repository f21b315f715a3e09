import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.data.formats.mask_folder import MaskFolder, class_in, owner
from tests.beside import FILES, data_folders

MASK = np.zeros((20, 30), bool)
MASK[4:9, 5:15] = True


@pytest.fixture
def converted(tmp_path, paint, write_mask):
    """Give a function that writes an image ``a1`` and masks of the names given, and opens the folder."""

    def write(*names: str, **options) -> MaskFolder:
        paint(tmp_path / "images/a1.jpg")
        (tmp_path / "masks").mkdir(exist_ok=True)
        for name in names:
            write_mask(tmp_path / "masks" / name, MASK)
        return MaskFolder(str(tmp_path), **options)

    return write


def classes_of(reader, index: int = 0) -> list[str]:
    return [reader.class_names[class_id] for class_id in reader[index].class_ids]


# --- nuclei layout -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", data_folders())
def test_nuclei_are_their_files_pixel_by_pixel(data):
    folder = data / "nuclei_mask_folders"
    reader = MaskFolder(str(folder), class_name="nucleus")
    total = 0
    for index, own in enumerate(sorted(folder.iterdir())):
        sample, found = reader.read(index)
        files = sorted((own / "masks").glob("*.png"))
        assert found == []
        assert (sample.masks == np.array([np.asarray(Image.open(file)) == 255 for file in files])).all()
        total += len(sample)
    assert (len(reader), total) == ((2, 46) if data == FILES else (12, 263))
    assert (reader.class_names, reader.findings) == (("background", "nucleus"), [])


@pytest.mark.parametrize("data", data_folders())
def test_nuclei_equal_their_label_maps(data):
    reader = MaskFolder(str(data / "nuclei_mask_folders"))
    for index in range(len(reader)):
        name = reader.source(index).rsplit("/", 3)[1]
        labels = np.asarray(Image.open(data / "nuclei/labels" / f"{name}.png"))
        masks = reader[index].masks
        assert len(masks) == len(np.unique(labels)) - 1
        assert (masks.any(axis=0) == (labels > 0)).all()


def test_folders_that_lack_something_are_said(tmp_path, paint, write_mask, findings_of):
    paint(tmp_path / "whole/images/a.png")
    write_mask(tmp_path / "whole/masks/0.png", MASK)
    paint(tmp_path / "empty/images/a.png")
    (tmp_path / "empty/masks").mkdir()
    paint(tmp_path / "untold/images/a.png")
    (tmp_path / "bare/masks").mkdir(parents=True)
    paint(tmp_path / "two/images/a.png")
    paint(tmp_path / "two/images/b.png")
    reader = MaskFolder(str(tmp_path))
    assert [(one.kind, one.file) for one in reader.findings] == [
        ("missing-image", "bare"),
        ("duplicate-name", "two"),
        ("missing-mask", "untold/images/a.png"),
    ]
    assert [len(sample) for sample in reader] == [0, 1]


# --- images and converted masks -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rest", "name"),
    [
        ("_pumpkin_3", "pumpkin"),
        ("_pumpkin_0f3c21d8", "pumpkin"),
        ("_m0hpc_0f3c21d8", "m0hpc"),
        ("_oak_tree_12", "oak_tree"),
        ("_facade", "facade"),
        ("_7", ""),
        ("", ""),
    ],
)
def test_class_is_what_is_left_without_counters(rest, name):
    assert class_in(rest) == name


def test_mask_belongs_to_the_longest_name_it_begins_with():
    assert owner("a_b_cat_1", {"a", "a_b", "a_b_d"}) == "a_b"
    assert owner("a", {"a", "b"}) == "a"
    assert owner("ab_1", {"a"}) is None


def test_class_stands_in_the_name(converted):
    reader = converted("a1_pumpkin_0.png", "a1_pumpkin_1.png", "a1_melon_0.png", "a1_2.png")
    assert reader.class_names == ("background", "melon", "object", "pumpkin")
    assert sorted(classes_of(reader)) == ["melon", "object", "pumpkin", "pumpkin"]
    assert (reader[0].masks == MASK).all()


def test_class_stands_in_the_folder(converted):
    reader = converted("pumpkin/a1_0.png", "melon/a1.png")
    assert classes_of(reader) == ["melon", "pumpkin"]


def test_class_stands_in_the_list(converted, tmp_path, findings_of):
    (tmp_path / "masks.csv").write_text("Mask,Class\na1_0.png,cat\na1_1.png,\na1_0.png,dog\n")
    reader = converted("a1_0.png", "a1_1.png", "a1_2.png")
    assert classes_of(reader) == ["dog"]
    assert findings_of(reader) == [
        ("duplicate-key", "warning"),
        ("empty-class", "error"),
        ("empty-class", "error"),
    ]


def test_single_class_ignores_the_names(converted):
    assert classes_of(converted("a1_pumpkin_0.png", class_from="single", class_name="fruit")) == ["fruit"]


def test_chosen_classes_keep_their_order_and_leave_out_the_others(converted, findings_of):
    reader = converted("a1_pumpkin_0.png", "a1_melon_0.png", "a1_fig_0.png", classes=("pumpkin", "fig"))
    assert reader.class_names == ("background", "pumpkin", "fig")
    assert sorted(reader[0].class_ids.tolist()) == [1, 2]
    assert findings_of(reader) == [("other-class", "info")]
    with pytest.raises(ValueError, match="did you mean melon"):
        converted(classes=("mellon",))


def test_mask_without_an_image_is_said(converted, findings_of):
    assert findings_of(converted("a2_pumpkin_0.png")) == [("missing-image", "error")]


@pytest.mark.parametrize(
    ("mask", "expected", "count"),
    [
        (np.zeros((20, 30)), ("zero-area", "error"), 0),
        (np.ones((20, 20)), ("size-mismatch", "error"), 0),
        (np.ones((40, 60)), ("size-mismatch", "warning"), 1),
        (np.linspace(0, 1, 600).reshape(20, 30), ("grey-mask", "warning"), 1),
    ],
)
def test_dirty_mask_is_said(converted, write_mask, tmp_path, findings_of, mask, expected, count):
    converted()
    write_mask(tmp_path / "masks/a1_0.png", mask)
    reader = MaskFolder(str(tmp_path))
    assert findings_of(reader) == [expected]
    assert len(reader[0]) == count


def test_broken_mask_is_said(converted, tmp_path, findings_of):
    converted()
    (tmp_path / "masks/a1_0.png").write_bytes(b"\x89PNG nothing")
    assert findings_of(MaskFolder(str(tmp_path))) == [("unreadable-mask", "error")]


def test_image_without_masks_is_kept(converted):
    reader = converted()
    assert len(reader) == 1
    assert len(reader[0]) == 0
    assert reader.class_names == ("background", "object")


def test_wrong_use_is_refused(converted, tmp_path):
    with pytest.raises(ValueError, match="wanted class_from auto, name"):
        converted(class_from="nmae")
    with pytest.raises(ValueError, match=r"wanted masks\.csv"):
        converted(class_from="csv")
    (tmp_path / "masks.csv").write_text("file,label\na,b\n")
    with pytest.raises(ValueError, match="wanted the columns mask and class, received file, label"):
        converted()
    (tmp_path / "nothing").mkdir()
    with pytest.raises(ValueError, match="received neither"):
        MaskFolder(str(tmp_path / "nothing"))
