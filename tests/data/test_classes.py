from collections import Counter

import pytest

from maskrcnn_core.data.reading.classes import Classes, class_name_of

FOUND = Counter(cat=3, ant=1, _background_=2)


def test_ids_follow_the_names_sorted():
    classes = Classes(FOUND)
    assert classes.names == ("background", "ant", "cat")
    assert [classes.id(name) for name in ("ant", "cat", "_background_", "cow")] == [1, 2, None, None]


def test_ids_follow_the_order_asked_for_whether_they_occur_or_not():
    classes = Classes(FOUND, ("cow", "cat"))
    assert classes.names == ("background", "cow", "cat")
    assert classes.id("cat") == 2


def test_what_is_left_out_is_counted():
    details = [finding.detail for finding in Classes(FOUND, ("cat",)).findings(".")]
    assert details == [
        "2 objects of '_background_' are left out: not asked for",
        "1 objects of 'ant' are left out: not asked for",
    ]


@pytest.mark.parametrize("wanted", [("cta",), ("cat", "cat"), ("cat", "background")])
def test_names_that_cannot_be_are_refused(wanted):
    with pytest.raises(ValueError, match=r"did you mean cat|wanted different class names"):
        Classes(FOUND, wanted)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (" cat ", "cat"),
        (3, "3"),
        ("", None),
        ("  ", None),
        (None, None),
        (True, None),
        (["cat"], None),
        (2.5, None),
    ],
)
def test_name_is_text_or_a_whole_number(value, name):
    assert class_name_of(value) == name
