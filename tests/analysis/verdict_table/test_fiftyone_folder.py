"""FiftyOne's folder, read by the schema that its documentation gives."""

import json

import pytest
from PIL import Image

from maskrcnn_inspect.analysis.verdict_table.fiftyone_folder import SIZE, fiftyone_folder

TYPES = {
    "filepath": str, "tags": list, "_media_type": str, "_cls": str, "metadata": dict, "index": int, "name": str,
    "missed": int, "false_detections": int, "ground_truth": dict, "predictions": dict,
}  # fmt: skip


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
