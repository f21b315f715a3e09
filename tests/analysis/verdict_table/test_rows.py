"""The verdict table: a row each, whatever its files are opened with."""

import csv

import numpy as np
import pytest

from maskrcnn_inspect.analysis.verdict_table.files import write_csv, write_parquet
from maskrcnn_inspect.analysis.verdict_table.rows import COLUMNS, NONE, table_of


@pytest.fixture
def table(made):
    missed = {"verdict": "score", "detection": None, "score": 0.4, "class": "=cmd()", "candidate": None}
    false = {"verdict": "background", "truth": None, "score": None, "box": [0.0, 0.0, 40.0, 50.0]}
    broken = {"index": 1, "image": "b.png", "unreadable": "no image"}
    return table_of([made(0, [{}, missed, {"verdict": "crowd"}], [{}, false]), broken])


def test_objects_and_false_detections_are_rows_and_what_is_right_is_none(table):
    assert table["kind"] == ["object", "object", "object", "false detection"]
    assert table["verdict"] == ["found", "score", "crowd", "background"]
    assert table["stage"] == ["", "detections", "", "result"]
    assert table["partner"] == [0, NONE, 2, NONE]
    assert table["area"][3] == 2000 and table["size"][3] == "medium"
    assert table.unreadable == [(1, "b.png", "no image")] and table.images == {0: "0.png", 1: "b.png"}


def test_the_files_hold_the_same_rows_and_run_nothing(table, tmp_path):
    write_csv(table, tmp_path / "t.csv")
    write_parquet(table, tmp_path / "t.parquet")
    from pyarrow import parquet

    rows = list(csv.DictReader((tmp_path / "t.csv").open(encoding="utf-8", newline="")))
    columns = parquet.read_table(tmp_path / "t.parquet").to_pydict()
    assert list(rows[0]) == list(columns) == list(COLUMNS)
    assert [row["verdict"] for row in rows] == columns["verdict"] == table["verdict"]
    assert rows[1]["class"] == "'=cmd()" and columns["class"][1] == "=cmd()"
    assert rows[3]["score"] == "" and columns["score"][3] is None  # a diverged network's


def test_every_object_of_the_images_is_a_row_with_its_single_verdict(recorded, reader, shapes_model):
    from maskrcnn_inspect.analysis.candidates.explanation import Explainer

    table = table_of(recorded[0])
    objects = [row for row in range(len(table)) if table["kind"][row] == "object"]
    assert len(objects) == sum(len(reader[i].class_ids) for i in range(len(reader)))
    alone = Explainer(shapes_model, reader.class_names).explain(reader[3])
    rows = [row for row in objects if table["index"][row] == 3]
    assert [table["verdict"][row] for row in rows] == [one.verdict for one in alone.truths]
    np.testing.assert_allclose([table.box(row) for row in rows], alone.truth_boxes)
