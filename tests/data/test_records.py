"""Records: what was stored comes back, once is enough, and a change is noticed."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageOps

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.input.fingerprint import fingerprint
from maskrcnn_core.data.input.packed_masks import unpack
from maskrcnn_core.data.input.record import FIELDS, decode_record, encode_sample
from maskrcnn_core.data.input.records import JOURNAL, open_records, record_path
from maskrcnn_core.data.input.scene import Scene
from maskrcnn_core.data.reading.files import UnusableError
from maskrcnn_core.data.reading.reader import Finding, Reader
from maskrcnn_core.data.reading.sample import Sample

SIZE = (11, 19)  # (y, x) px


def sample_of(seed: int = 0, channels: int = 3, truths: int = 3, source: str = "") -> Sample:
    rng = np.random.default_rng(seed)
    return Sample(
        rng.integers(0, 256, (*SIZE, channels)).astype(np.uint8),
        rng.integers(1, 4, truths).astype(np.int32),
        rng.random((truths, *SIZE)) < 0.3,
        rng.random(truths) < 0.5,
        source=source,
    )


class Counted(Reader):
    """Five samples; notes which were read."""

    class_names = ("background", "a", "b", "c")

    def __init__(self, folder: Path, threshold: int = 1) -> None:
        self.folder, self.threshold = folder, threshold
        self.offset = [0]  # a list in a list is nothing that the fingerprint looks into
        self.hidden = [self.offset]
        self.was_read: list[int] = []

    def __len__(self) -> int:
        return 5

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        self.was_read.append(index)
        found = [Finding("odd", "warning", f"file{index}", "is odd")] if index % 2 else []
        return sample_of(self.hidden[0][0] + index), found


class Broken(Counted):
    """Two samples of five cannot be read, each in its own way."""

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        if index == 1:
            raise UnusableError("missing-image", "one.png", "is not there")
        if index == 3:
            raise SyntaxError("not a PNG file")  # as Pillow does
        return super().read(index)


class Hopeless(Counted):
    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        raise OSError("disk on fire")


class Images(Reader):
    """Files of a folder, without objects."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = sorted(folder.iterdir())

    def __len__(self) -> int:
        return len(self._files)

    def source(self, index: int) -> str:
        return str(self._files[index])

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        with Image.open(self._files[index]) as image:
            pixels = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
        none = np.zeros((0, *pixels.shape[:2]), bool)
        return Sample(pixels, np.zeros(0, np.int32), none, source=self.source(index)), []


def assert_holds(scene: Scene, sample: Sample) -> None:
    np.testing.assert_array_equal(scene.image, sample.image)
    np.testing.assert_array_equal(scene.boxes, sample.boxes)
    np.testing.assert_array_equal(scene.class_ids, sample.class_ids)
    np.testing.assert_array_equal(scene.is_crowd, sample.is_crowd)
    np.testing.assert_array_equal(unpack(scene.masks), sample.masks)


# --- one sample ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("truths", [0, 1, 3])
@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5])
def test_decoding_inverts_encoding(channels: int, truths: int):
    sample = sample_of(channels, channels, truths)
    assert_holds(decode_record(tf.constant(encode_sample(sample))), sample)


def test_boxes_that_are_not_those_of_the_masks_are_kept():
    sample = sample_of()
    given = Sample(sample.image, sample.class_ids, sample.masks, boxes=sample.boxes + np.float32(0.25))
    assert_holds(decode_record(tf.constant(encode_sample(given))), given)


def test_an_image_is_copied_only_where_its_file_does_not_give_its_pixels(tmp_path: Path):
    levels = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8).repeat(4, 0).repeat(4, 1)
    image, folder = Image.fromarray(levels), tmp_path / "images"
    folder.mkdir()
    turned = image.getexif()
    turned[0x0112] = 6
    for name, options in {
        "a.jpg": {"quality": 90},
        "b.jpg": {"quality": 75, "progressive": True, "subsampling": 2},
        "c.png": {},
        "d.jpg": {"exif": turned},
        "e.bmp": {},
        "f.webp": {},
    }.items():
        image.save(folder / name, **options)
    image.convert("L").save(folder / "g.jpg")
    image.convert("CMYK").save(folder / "h.jpg")
    image.convert("P").save(folder / "i.png")
    reader = Images(folder)
    records = open_records(reader, tmp_path)
    named = set()
    for index in range(len(reader)):
        assert_holds(records.load(tf.constant(index, tf.int64)), reader[index])
        stored = record_path(records.folder, index).read_bytes()
        if tf.io.parse_single_example(stored, FIELDS)["file"].numpy():
            named.add(Path(reader.source(index)).name)
    assert named >= {"a.jpg", "b.jpg", "c.png", "g.jpg"}
    assert not named & {"d.jpg", "f.webp"}  # turned by EXIF; no format that the graph reads


# --- a data set ---------------------------------------------------------------------------------------------


def test_every_sample_is_stored_as_the_reader_gives_it(tmp_path: Path):
    reader = Shapes(count=3, size=32)
    records = open_records(reader, tmp_path)
    for index in range(3):
        assert_holds(records.load(tf.constant(index, tf.int64)), reader[index])
    assert records.indices.tolist() == [0, 1, 2]
    assert records.sizes.tolist() == [[32, 32, 3]] * 3
    assert records.num_truths.tolist() == [len(reader[index]) for index in range(3)]


def test_a_second_run_reads_one_sample_to_be_sure_and_no_more(tmp_path: Path):
    open_records(Counted(tmp_path), tmp_path / "cache")
    again = Counted(tmp_path)
    records = open_records(again, tmp_path / "cache")
    assert again.was_read == [0] and len(records) == 5
    assert [finding.file for finding in records.findings] == ["file1", "file3"]


def test_what_cannot_be_read_is_left_out_with_its_finding(tmp_path: Path):
    records = open_records(Broken(tmp_path), tmp_path / "cache")
    assert records.indices.tolist() == [0, 2, 4]
    errors = [asdict(finding) for finding in records.findings if finding.severity == "error"]
    assert [(error["kind"], error["file"]) for error in errors] == [
        ("missing-image", "one.png"),
        ("unreadable", "3"),
    ]
    assert "not a PNG file" in errors[1]["detail"]


def test_what_could_not_be_read_is_tried_again(tmp_path: Path):
    open_records(Broken(tmp_path), tmp_path / "cache")
    journal = next((tmp_path / "cache").iterdir()) / JOURNAL
    before, again = journal.read_text(), Broken(tmp_path)
    open_records(again, tmp_path / "cache")
    assert again.was_read == [0]  # 1 and 3 fail before they are noted
    assert journal.read_text() == before


def test_a_data_set_without_a_readable_sample_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="none of 5 can; the first: 0: OSError: disk on fire"):
        open_records(Hopeless(tmp_path), tmp_path / "cache")


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path: Path):
    folder = open_records(Counted(tmp_path), tmp_path / "cache").folder
    lines = (folder / JOURNAL).read_text().splitlines()
    (folder / JOURNAL).write_text(
        "\n".join(lines[:4]) + "\n" + lines[4][:20]
    )  # killed while it noted sample 3
    os.truncate(record_path(folder, 1), 10)  # and the power failed, too
    again = Counted(tmp_path)
    records = open_records(again, tmp_path / "cache")
    assert again.was_read == [0, 1, 3, 4] and records.folder == folder
    assert len(records) == 5 and len(records.findings) == 2
    for index in range(5):
        assert_holds(records.load(tf.constant(index, tf.int64)), sample_of(index))
    entries = [json.loads(line) for line in (folder / JOURNAL).read_text().splitlines() if line.endswith("}")]
    assert {entry["index"] for entry in entries} == set(range(5))


def test_two_processes_may_store_the_same_data_set(tmp_path: Path):
    class Interrupted(Counted):
        """Reads its third sample only after another process has stored everything."""

        def read(self, index: int) -> tuple[Sample, list[Finding]]:
            if index == 2 and not (tmp_path / "done").exists():
                (tmp_path / "done").touch()
                open_records(Interrupted(self.folder), tmp_path / "cache")
            return super().read(index)

    records = open_records(Interrupted(tmp_path / "none"), tmp_path / "cache")
    assert len(records) == 5
    assert len(list((tmp_path / "cache").iterdir())) == 1
    assert len(open_records(Interrupted(tmp_path / "none"), tmp_path / "cache")) == 5


def test_a_reader_that_gives_other_samples_today_is_stored_anew(tmp_path: Path):
    open_records(Counted(tmp_path), tmp_path / "cache")
    changed = Counted(tmp_path)
    changed.offset[0] = 100
    records = open_records(changed, tmp_path / "cache")
    assert_holds(records.load(tf.constant(4, tf.int64)), sample_of(104))


def test_records_go_to_the_cache_of_the_package_unless_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path / "all"))
    assert open_records(Shapes(count=1)).folder.parent == tmp_path / "all" / "records"


def test_a_folder_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path):
    (tmp_path / "cache").write_text("a file stands here")
    with pytest.raises(OSError, match="cache"):
        open_records(Counted(tmp_path), tmp_path / "cache")


# --- fingerprint --------------------------------------------------------------------------------------------


def test_a_fingerprint_stays_while_nothing_changes(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(b"one")
    assert fingerprint(Counted(tmp_path)) == fingerprint(Counted(tmp_path))
    (tmp_path / "epoch_1.h5").write_bytes(b"a checkpoint that somebody keeps beside the images")
    assert fingerprint(Counted(tmp_path)) == fingerprint(Counted(tmp_path))


def test_a_fingerprint_changes_with_files_settings_names_and_code(tmp_path: Path):
    class Renamed(Counted):
        class_names = ("background", "a", "b", "d")

    table = tmp_path / "deep" / "truth.json"
    table.parent.mkdir()
    table.write_text("{}")
    prints = [
        fingerprint(Counted(tmp_path)),
        fingerprint(Counted(tmp_path, threshold=2)),
        fingerprint(Renamed(tmp_path)),
    ]
    prints.append(fingerprint(Shapes(count=5)))
    prints.append(fingerprint(Shapes(count=5, seed=1)))
    os.utime(table, ns=(0, 0))
    prints.append(fingerprint(Counted(tmp_path)))
    table.write_text("{ }")
    prints.append(fingerprint(Counted(tmp_path)))
    table.rename(table.with_name("other.json"))
    prints.append(fingerprint(Counted(tmp_path)))
    assert len(set(prints)) == len(prints)


def test_a_class_typed_into_a_console_has_a_fingerprint_of_its_methods(tmp_path: Path):
    def typed(text: str) -> Reader:
        names: dict = {"Counted": Counted, "__name__": "__main__"}
        exec(f"class Typed(Counted):\n    def source(self, index):\n        return {text!r}", names)
        return names["Typed"](tmp_path)

    assert fingerprint(typed("a")) == fingerprint(typed("a")) != fingerprint(typed("b"))


def test_a_changed_file_named_as_source_changes_the_fingerprint(tmp_path: Path):
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    before = fingerprint(Images(tmp_path))
    Image.new("RGB", (4, 4), "red").save(tmp_path / "a.png")
    assert fingerprint(Images(tmp_path)) != before
