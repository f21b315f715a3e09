import json

import numpy as np
import pytest

from maskrcnn_core.data.reading.files import by_stem, embedded, inside, locate, read_csv, read_json
from maskrcnn_core.files.values import number, numbers, recorded_size


def test_json_reports_a_key_that_stands_twice(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"b": {"a": 1, "a": 2}, "c": [{"a": 1, "a": 3}]}')
    content, found = read_json(path)
    assert content == {"b": {"a": 2}, "c": [{"a": 3}]}
    assert [(one.kind, one.severity) for one in found] == [("duplicate-key", "warning")]
    assert "2 times" in found[0].detail


def test_json_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf[1]")
    assert read_json(tmp_path / "a.json") == ([1], [])


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"1" * 10_000, b'{"a": nothing}', b"PK\x03\x04"],
    ids=["empty", "cut", "no UTF-8", "nested", "5000 digits", "no json", "zip"],
)
def test_what_is_no_json_is_refused(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.json: wanted"):
        read_json(tmp_path / "a.json")


def test_absent_json_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cannot be read"):
        read_json(tmp_path / "a.json")


def test_csv_gives_rows_with_their_lines(tmp_path):
    (tmp_path / "a.csv").write_text("\ufeffmask,class\n a.png , cat\nb.png\n", encoding="utf-8")
    assert list(read_csv(tmp_path / "a.csv")) == [
        (2, {"mask": "a.png", "class": "cat"}),
        (3, {"mask": "b.png", "class": ""}),
    ]


def test_csv_row_that_is_too_long_loses_the_rest(tmp_path):
    (tmp_path / "a.csv").write_text("1,2,3,4\n")
    assert list(read_csv(tmp_path / "a.csv", ("a", "b"))) == [(1, {"a": "1", "b": "2"})]


@pytest.mark.parametrize(
    "content", [b"a\n\xff\xfe", b"a\n" + b"x" * 200_000], ids=["no UTF-8", "endless field"]
)
def test_what_is_no_csv_is_refused(tmp_path, content):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.csv: wanted"):
        list(read_csv(tmp_path / "a.csv"))


@pytest.mark.parametrize(
    "name",
    [
        "../x.png",
        "a/../../x.png",
        "/etc/passwd",
        "C:\\x.png",
        "..\\x.png",
        "",
        "  ",
        "a\0b",
        None,
        3,
        ["a"],
        {},
    ],
)
def test_names_that_leave_the_folder_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match="wanted a file name"):
        inside(tmp_path, name)


def test_names_inside_the_folder_are_taken(tmp_path):
    assert inside(tmp_path, "a\\b.png") == tmp_path / "a" / "b.png"
    assert inside(tmp_path, "../images/b.png", tmp_path / "labels") == tmp_path / "images" / "b.png"
    assert inside(tmp_path, "...png") == tmp_path / "...png"


def test_file_outside_is_never_opened_though_it_is_there(tmp_path, paint):
    paint(tmp_path / "secret.png")
    (tmp_path / "set").mkdir()
    path, found = locate(tmp_path / "set", "../secret.png", "a.json")
    assert path is None
    assert [(one.kind, one.severity) for one in found] == [("outside-folder", "error")]


def test_absolute_name_is_followed_by_its_last_part(tmp_path, paint):
    paint(tmp_path / "b.png")
    path, found = locate(tmp_path, "/home/somebody/b.png", "a.json")
    assert path == tmp_path / "b.png"
    assert [(one.kind, one.severity) for one in found] == [("outside-folder", "warning")]


@pytest.mark.parametrize("name", ["b.png", "x" * 5000, "a" * 300 + ".png"])
def test_absent_image_is_a_finding(tmp_path, name):
    path, found = locate(tmp_path, name, "a.json")
    assert path is None
    assert [(one.kind, one.severity) for one in found] == [("missing-image", "error")]


@pytest.mark.parametrize("value", [None, "one", "1,5", True, float("nan"), float("-inf"), 1e8, 10**400, [1]])
def test_what_is_no_coordinate_is_refused(value):
    with pytest.raises(ValueError, match="wanted a number"):
        number(value, "x")
    with pytest.raises(ValueError, match="wanted"):
        numbers([1, value], "x")


def test_error_does_not_repeat_a_thousand_digits():
    with pytest.raises(ValueError) as caught:
        number(10**4000, "x")
    assert len(str(caught.value)) < 200


def test_numbers_of_an_array_are_checked_too():
    assert numbers(np.array([1.0, 2.0]), "x").tolist() == [1, 2]
    with pytest.raises(ValueError, match="wanted a number"):
        numbers(np.array([1.0, np.nan]), "x")


@pytest.mark.parametrize("size", [(None, 3), (0, 3), (-1, 3), ("four", 3), (float("nan"), 3), (2**40, 3)])
def test_size_that_cannot_be_is_none(size):
    assert recorded_size(*size) is None


def test_embedded_image_with_and_without_its_header():
    assert embedded("YWJj") == embedded("data:image/png;base64,YWJj") == b"abc"


@pytest.mark.parametrize("text", [None, 3, "a", "é"])
def test_what_is_no_base64_is_refused(text):
    with pytest.raises(ValueError, match="wanted an image in base64"):
        embedded(text)


def test_second_file_of_a_stem_is_left_out_and_said(tmp_path):
    stems, found = by_stem([tmp_path / "a.jpg", tmp_path / "a.png", tmp_path / "b.png"], tmp_path)
    assert stems == {"a": tmp_path / "a.jpg", "b": tmp_path / "b.png"}
    assert [(one.kind, one.file) for one in found] == [("duplicate-name", "a.png")]


def test_json_is_compacted_as_it_is_parsed(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"a": {"b": 1}}))
    assert read_json(tmp_path / "a.json", lambda part: tuple(part))[0] == ("a",)
