"""What a worker does with a chunk, and what it refuses."""

import errno
import json

import pytest

from maskrcnn_core.inference.cluster import worker
from maskrcnn_core.inference.cluster.run import answers_in
from maskrcnn_core.inference.cluster.worker import do_chunk, recipe_text, seen_by_all
from maskrcnn_core.inference.overlap import ERROR
from maskrcnn_core.runtime import onednn
from tests.inference.stand_ins import Squares, make_squares


def squares(recipe, items):
    return json.loads(do_chunk(make_squares, recipe_text(recipe), json.dumps(items)))


def test_what_goes_wrong_with_one_image_is_its_answer_alone():
    found = squares({"unreadable": [1], "raises": [3]}, [0, 1, 2, 3, 4, 5])
    assert [answer.get("square") for answer in found] == [0, None, 4, None, 16, 25]
    assert found[1] == {ERROR: "1 is cut short"} and found[3] == {ERROR: "ArithmeticError: 3 has no square"}


def test_a_full_disk_is_no_image_s_fault(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Squares, "finish", full)
    with pytest.raises(OSError, match="no space"):
        squares({}, [0, 1])


def test_a_job_is_made_once_a_recipe():
    made = []

    def make(recipe):
        made.append(recipe["seconds"])
        return Squares(recipe)

    for seconds in (0, 0, 0.001, 0.001):
        do_chunk(make, recipe_text({"seconds": seconds}), "[1]")
    assert made == [0, 0.001]


def test_a_worker_that_would_find_other_numbers_refuses(monkeypatch, tmp_path):
    weights = tmp_path / "w.h5"
    weights.write_bytes(b"1")
    recipe = recipe_text(seen_by_all(str(weights)))
    assert json.loads(do_chunk(make_squares, recipe, "[2]"))[0]["square"] == 4
    worker._held.clear()
    weights.write_bytes(b"2")
    with pytest.raises(ValueError, match="the same file on every worker"):
        do_chunk(make_squares, recipe, "[2]")
    recipe = recipe_text({})
    monkeypatch.setattr(worker, "__version__", "0.0.0")
    with pytest.raises(ValueError, match="install the same"):
        do_chunk(make_squares, recipe, "[2]")
    monkeypatch.undo()
    other = json.dumps({**json.loads(recipe), "oneDNN": not onednn.is_on()})
    monkeypatch.setenv(onednn.VARIABLE, str(int(onednn.is_on())))
    monkeypatch.delenv(onednn.MARK, raising=False)  # the user's word, which nothing changes
    with pytest.raises(ValueError, match="TF_ENABLE_ONEDNN_OPTS"):
        do_chunk(make_squares, other, "[2]")


@pytest.mark.parametrize("text", [None, "", "{}", "[]", "[1]", "[{}, {}]", "[" * 100_000, b"\x80\x04."])
def test_answers_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match="wanted 1 answers in JSON"):
        answers_in(text, 1)
    assert answers_in('[{"a": 1}]', 1) == [{"a": 1}]
