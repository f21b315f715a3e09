"""Parts of a data set by name: what is listed, what is left, and what a cache knows of it."""

import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.input.fingerprint import fingerprint
from maskrcnn_core.data.reading.registry import open_dataset
from maskrcnn_core.data.reading.subset import Subset, named


def test_only_and_without_share_a_data_set_between_them(tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("# kept for validation\nshapes-0-1\nshapes-0-3\n")
    only = open_dataset(f"shapes:?count=5&only={names}")
    without = open_dataset(f"shapes:?count=5&without={names}")
    assert [only.source(i) for i in range(len(only))] == ["shapes-0-1", "shapes-0-3"]
    assert [without.source(i) for i in range(len(without))] == ["shapes-0-0", "shapes-0-2", "shapes-0-4"]
    assert (only[1].image == Shapes(5)[3].image).all()
    assert only.class_names == Shapes.class_names


@pytest.mark.parametrize(
    ("text", "words"), [("shapes-0-9\n", "no image named shapes-0-9"), ("# nothing\n", "received none")]
)
def test_strangers_and_empty_lists_are_refused(tmp_path, text, words):
    (tmp_path / "names.txt").write_text(text)
    with pytest.raises(ValueError, match=words):
        named(Shapes(5), tmp_path / "names.txt", keep=True)


def test_a_list_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "names.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="wanted text"):
        named(Shapes(5), tmp_path / "names.txt", keep=True)
    with pytest.raises(ValueError, match="wanted a text file"):
        named(Shapes(5), tmp_path / "absent.txt", keep=True)


def test_the_fingerprint_of_a_part_follows_the_whole():
    assert fingerprint(Subset(Shapes(5, seed=1), [0])) != fingerprint(Subset(Shapes(5, seed=2), [0]))
    assert fingerprint(Subset(Shapes(5, seed=1), [0])) != fingerprint(Subset(Shapes(5, seed=1), [1]))
