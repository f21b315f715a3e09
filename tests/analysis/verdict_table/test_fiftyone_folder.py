"""FiftyOne's folder, read by the schema that its documentation gives."""

import base64
import io
import json
import zlib

import numpy as np
import pytest
from PIL import Image

from maskrcnn_inspect.analysis.verdict_table.fiftyone_folder import SIZE, _shares, fiftyone_folder

TYPES = {
    "filepath": str, "tags": list, "_media_type": str, "metadata": dict, "index": int, "name": str,
    "missed": int, "false_detections": int, "ground_truth": dict, "predictions": dict,
}  # fmt: skip


def array_of(binary):
    """Return the array as FiftyOne's ``deserialize_numpy_array`` has it, of MongoDB's extended JSON."""
    assert set(binary) == {"$binary"} and set(binary["$binary"]) == {"base64", "subType"}
    assert binary["$binary"]["subType"] == "00"  # which bson takes for bytes
    packed = base64.b64decode(binary["$binary"]["base64"], validate=True)
    return np.load(io.BytesIO(zlib.decompress(packed)), allow_pickle=False)


def whole_mask(mark, size=128):
    """Return a detection's mask on its image, pasted at its bounding box."""
    x, y, width, height = (round(size * side) for side in mark["bounding_box"])
    mask = array_of(mark["mask"])
    assert mask.dtype == bool and mask.shape == (height, width)
    whole = np.zeros((size, size), bool)
    whole[y : y + height, x : x + width] = mask
    return whole


def written(folder, reader, records):
    with fiftyone_folder(folder, reader, {"weights": "shapes"}) as writer:
        for record in records:
            writer.add(record)
    return json.loads((folder / "samples.json").read_text())["samples"]


def test_every_object_and_detection_is_a_detection_of_fiftyone(recorded, reader, tmp_path):
    records = [{**record, SIZE: [128, 128]} for record in recorded[0]]
    samples = written(tmp_path / "why" / "fiftyone", reader, records)
    assert len(samples) == len(records)
    for sample, record in zip(samples, records, strict=True):
        assert {name: type(value) for name, value in sample.items()} == TYPES
        image = Image.open(tmp_path / "why" / "fiftyone" / sample["filepath"])
        assert image.size == (sample["metadata"]["width"], sample["metadata"]["height"]) == (128, 128)
        for field, kind in (("ground_truth", "truths"), ("predictions", "detections")):
            assert sample[field]["_cls"] == "Detections"
            marks = sample[field]["detections"]
            assert [(mark["label"], mark["verdict"]) for mark in marks] == [
                (one["class"], one["verdict"]) for one in record[kind]
            ]
            for mark, one in zip(marks, record[kind], strict=True):
                x, y, width, height = mark["bounding_box"]
                assert [128 * side for side in (y, x, y + height, x + width)] == pytest.approx(one["box"])
        assert [mark["confidence"] for mark in sample["predictions"]["detections"]] == [
            one["score"] for one in record["detections"]
        ]
    metadata = json.loads((tmp_path / "why" / "fiftyone" / "metadata.json").read_text())
    assert metadata == {"name": "why", "media_type": "image", "info": {"weights": "shapes"}}
    assert "version" not in metadata  # else FiftyOne takes the samples for its database's


def test_no_field_of_a_sample_has_a_name_that_fiftyone_refuses(made, reader, tmp_path):
    (tmp_path / "0.png").touch()
    record = {**made(0, [{}]), "image": str(tmp_path / "0.png"), SIZE: [20, 40]}
    broken = {"index": 1, "image": str(tmp_path / "0.png"), "unreadable": "cut"}
    for sample in written(tmp_path / "out", reader, [record, broken]):
        # of a name with "_" Dataset.from_dir says "Field names cannot start with '_'"; this one it takes for its own
        assert [name for name in sample if name.startswith("_")] == ["_media_type"]


@pytest.mark.parametrize("size", [100, 128, 333])
def test_a_box_comes_back_to_its_pixels_where_fiftyone_cuts_their_fractions_off(size):
    assert int(100 * (29 / 100)) == 28  # so not the plain share
    for first in range(size):
        for last in range(first + 1, size + 1):
            x, y, width, height = _shares((first, first, last, last), size, size)
            assert (x, width) == (y, height) and x + width <= 1
            assert (int(size * x), int(size * (x + width))) == (first, last)


def test_masks_are_those_of_the_objects_and_of_the_detections(recorded, reader, examiner, tmp_path):
    records = [{**record, SIZE: [128, 128]} for record in recorded[0]]
    samples = written(tmp_path, reader, records)
    assert sum(len(sample["predictions"]["detections"]) for sample in samples) > 8
    for index, sample in enumerate(samples):
        truth = reader[index]
        for mark, mask in zip(sample["ground_truth"]["detections"], truth.masks, strict=True):
            np.testing.assert_array_equal(whole_mask(mark), mask)
        trace = examiner.explainer.trace_of(truth, ["pasting.*"])
        for mark, mask in zip(sample["predictions"]["detections"], trace["pasting.masks"], strict=True):
            np.testing.assert_array_equal(whole_mask(mark), mask)


def test_records_of_before_there_were_masks_have_boxes_alone(made, reader, tmp_path):
    (sample,) = written(tmp_path, reader, [{**made(0, [{}], [{}]), SIZE: [128, 128]}])
    assert "mask" not in sample["ground_truth"]["detections"][0] | sample["predictions"]["detections"][0]


def test_an_image_that_is_a_file_stays_where_it_is_and_a_broken_one_is_tagged(made, reader, tmp_path):
    (tmp_path / "0.png").touch()
    record = {
        **made(0, [{}, {"verdict": "score", "detection": None}]),
        "image": str(tmp_path / "0.png"),
        SIZE: [20, 40],
    }
    broken = {"index": 1, "image": str(tmp_path / "0.png"), "unreadable": "cut"}
    one, two = written(tmp_path / "out", reader, [record, broken, {**broken, "image": "gone.png"}])
    assert one["filepath"] == two["filepath"] == str(tmp_path / "0.png") and two["tags"] == ["unreadable"]
    assert [mark["stage"] for mark in one["ground_truth"]["detections"]] == ["", "detections"]
    assert one["ground_truth"]["detections"][1]["bounding_box"] == [0, 0.5, 9 / 40, 9 / 20]
    assert one["missed"] == 1 and sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "metadata.json",
        "samples.json",
    ]


def test_a_journal_without_sizes_is_refused_and_leaves_no_file(made, reader, tmp_path):
    with pytest.raises(ValueError, match="give --overwrite"):
        written(tmp_path / "out", reader, [made(0, [{}])])
    assert not list((tmp_path / "out").iterdir())
