import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.data.formats.open_images import OpenImages

HEADER = "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks\n"
CLASSES = "/m/01,Apple\n/m/05zsy,Pumpkin\n/m/09,Zucchini\n"


@pytest.fixture
def pumpkins(tmp_path, paint, write_mask):
    """Give a folder of three images, 30 x 20 px: two with masks of pumpkins or apples, one without."""
    for index, name in enumerate(("aa", "bb", "cc")):
        paint(tmp_path / f"images/train/{name}.jpg", seed=index)
    rows = []
    for name, label, box in (("aa", "m05zsy", "11"), ("aa", "m01", "22"), ("bb", "m05zsy", "33")):
        mask = np.zeros((40, 60), bool)
        mask[8:16, 10:30] = True
        write_mask(tmp_path / f"masks/train-masks-{name[0]}/{name}_{label}_{box}.png", mask)
        rows.append(f"{name}_{label}_{box}.png,{name},/m/{label[1:]},{box},0,1,0,1,0.9,\n")
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations/class-descriptions-boxable.csv").write_text(CLASSES)
    (tmp_path / "annotations/train-annotations-object-segmentation.csv").write_text(HEADER + "".join(rows))
    return tmp_path


def listing(root):
    return root / "annotations/train-annotations-object-segmentation.csv"


# --- whole data sets ------------------------------------------------------------------------------------------


def test_mask_is_its_file_pixel_by_pixel(pumpkins, write_mask, findings_of):
    theirs = np.random.default_rng(0).random((20, 30)) < 0.3
    write_mask(pumpkins / "masks/train-masks-b/bb_m05zsy_33.png", theirs)
    reader = OpenImages(str(pumpkins), classes=("Pumpkin",))
    assert (reader.read(1)[0].masks == theirs[None]).all()


def test_images_without_masks_are_kept_when_asked(pumpkins):
    reader = OpenImages(str(pumpkins), split="train", empty="keep")
    assert [len(sample) for sample in reader] == [2, 1, 0]


def test_sample_of_version_six(shared):
    folder = shared / "data/annotation_formats/tests/assets/open_images_dataset/v6"
    reader = OpenImages(str(folder), classes=("Generic label #0",))
    sample, found = reader.read(0)
    theirs = np.asarray(Image.open(folder / "masks/train/b_m0_01234567.png"))
    assert found == []
    assert (len(reader), reader.class_names) == (1, ("background", "Generic label #0"))
    assert sample.source.endswith("images/train/b.jpg")
    assert (sample.masks == theirs[None]).all()
    assert 0 < theirs.sum() < theirs.size


def test_sample_keeps_the_image_without_masks_when_asked(shared):
    folder = shared / "data/annotation_formats/tests/assets/open_images_dataset/v6"
    reader = OpenImages(str(folder), split="train", empty="keep")
    assert [len(sample) for sample in reader] == [0, 1]


def test_what_is_passed_over_is_counted(pumpkins, write_mask):
    for name in ("masks/train-masks-a/stranger.png", "masks/train-masks-b/bb_m09_99.png"):
        write_mask(pumpkins / name, np.ones((4, 4), bool))
    (pumpkins / "images/train/notes.md").write_text("x")
    (pumpkins / "images/train/aa.xyz").write_text("x")

    def said() -> list[str]:
        return [one.detail for one in OpenImages(str(pumpkins)).findings if one.kind == "passed-over"]

    images = "2 other files (.md 1, .xyz 1) are no images"
    assert said() == ["2 PNGs among the masks stand in no csv: passed over", images]
    listing(pumpkins).unlink()
    assert said() == ["1 PNGs are not called IMAGEID_LABEL_BOX.png, as masks are: passed over", images]


# --- pumpkins ---------------------------------------------------------------------------------------------------


def test_pumpkins_are_chosen_by_their_display_name(pumpkins, findings_of):
    reader = OpenImages(str(pumpkins), classes=("pumpkin",))
    assert reader.class_names == ("background", "Pumpkin")
    assert [sample.source.rpartition("/")[2] for sample in reader] == ["aa.jpg", "bb.jpg"]
    assert [sample.class_ids.tolist() for sample in reader] == [[1], [1]]
    assert findings_of(reader) == [("no-objects", "info")]


def test_mask_of_another_size_becomes_the_images(pumpkins):
    sample = OpenImages(str(pumpkins), classes=("Pumpkin",))[0]
    theirs = Image.open(pumpkins / "masks/train-masks-a/aa_m05zsy_11.png").resize(
        (30, 20), Image.Resampling.NEAREST
    )
    assert (sample.masks[0] == (np.asarray(theirs) > 0)).all()
    assert sample.boxes.tolist() == [[4, 5, 8, 15]]


def test_classes_keep_the_order_asked_for_and_codes_are_names_too(pumpkins):
    reader = OpenImages(str(pumpkins), classes=("/m/05zsy", "Apple"))
    assert reader.class_names == ("background", "Pumpkin", "Apple")
    assert reader[0].class_ids.tolist() == [1, 2]


def test_all_classes_with_masks_if_none_are_chosen(pumpkins):
    assert OpenImages(str(pumpkins)).class_names == ("background", "Apple", "Pumpkin")


def test_unknown_class_names_the_nearest(pumpkins):
    with pytest.raises(ValueError, match="did you mean Pumpkin"):
        OpenImages(str(pumpkins), classes=("Pumpkins",))


def test_masks_are_known_by_name_where_the_list_is_absent(pumpkins):
    listing(pumpkins).unlink()
    reader = OpenImages(str(pumpkins), classes=("Pumpkin",))
    assert [len(sample) for sample in reader] == [1, 1]
    (pumpkins / "annotations/class-descriptions-boxable.csv").unlink()
    assert OpenImages(str(pumpkins), classes=("m05zsy",)).class_names == ("background", "m05zsy")


def test_described_class_without_masks_is_no_error_yet(pumpkins):
    reader = OpenImages(str(pumpkins), classes=("Zucchini",), empty="keep")
    assert [len(sample) for sample in reader] == [0, 0, 0]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("zz_m05zsy_1.png,zz,/m/05zsy,1,,,,,,", ("missing-image", "error")),
        ("aa_m05zsy_9.png,aa,/m/05zsy,9,,,,,,", ("missing-mask", "error")),
        ("aa_m05zsy_11.png,aa,/m/05zsy,11,,,,,,", ("duplicate-key", "warning")),
        ("../../etc/passwd,aa,/m/05zsy,9,,,,,,", ("missing-mask", "error")),
        (",../../etc/passwd,/m/05zsy", ("missing-image", "error")),
    ],
)
def test_dirty_row_is_said_with_its_line(pumpkins, row, expected):
    with listing(pumpkins).open("a") as stream:
        stream.write(row + "\n")
    found = OpenImages(str(pumpkins), classes=("Pumpkin",), empty="keep").findings
    assert [(one.kind, one.severity) for one in found] == [expected]
    assert found[0].file == "annotations/train-annotations-object-segmentation.csv:5"


def test_mask_of_another_shape_is_said(pumpkins, write_mask, findings_of):
    write_mask(pumpkins / "masks/train-masks-a/aa_m05zsy_11.png", np.ones((40, 40)))
    reader = OpenImages(str(pumpkins), classes=("Pumpkin",), empty="keep")
    assert findings_of(reader) == [("size-mismatch", "error")]


def test_split_has_to_be_chosen_where_there_are_two(pumpkins):
    other = pumpkins / "annotations/validation-annotations-object-segmentation.csv"
    other.write_text(HEADER)
    with pytest.raises(ValueError, match="found train, validation: choose with"):
        OpenImages(str(pumpkins))
    assert len(OpenImages(str(pumpkins), split="train")) == 2


def test_wrong_use_is_refused(pumpkins, tmp_path):
    with pytest.raises(ValueError, match="wanted empty drop or keep"):
        OpenImages(str(pumpkins), empty="maybe")
    with pytest.raises(ValueError, match="wanted a folder of Open Images"):
        OpenImages(str(tmp_path / "gone"))
    with pytest.raises(ValueError, match="found neither"):
        OpenImages(str(pumpkins / "images"))
    listing(pumpkins).write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="wanted the columns MaskPath, ImageID, LabelName"):
        OpenImages(str(pumpkins))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a" * 200_000, b"\x00\n\x00,\x00", b'"\n' * 50])
def test_hostile_lists_end_in_a_sentence(pumpkins, survives, content):
    for file in (listing(pumpkins), pumpkins / "annotations/class-descriptions-boxable.csv"):
        kept = file.read_bytes()
        for whole in (content, kept + content):
            file.write_bytes(whole)
            assert survives(lambda: OpenImages(str(pumpkins), classes=("Pumpkin",))) in ("refused", "read")
        file.write_bytes(kept)
