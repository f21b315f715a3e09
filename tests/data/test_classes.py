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
        "2 objects of '_background_' are left out: it names no object",
        "1 objects of 'ant' are left out: not asked for",
    ]


def test_what_is_to_be_ignored_is_a_region_and_no_class():
    classes = Classes(Counter(cat=3, __ignore__=2, Background=1))
    assert classes.names == ("background", "cat")
    assert [classes.id(name) for name in ("cat", "__ignore__", "Background")] == [1, -1, None]
    assert [(one.kind, one.detail[:27]) for one in classes.findings(".")] == [
        ("other-class", "1 objects of 'Background' a"),
        ("ignored", "2 objects of '__ignore__' a"),
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


def test_what_is_called_the_same_is_one_class_and_said():
    classes = Classes(Counter(stem=1, leaf=2), (), ("stem", "leaf", "stem"))
    assert classes.names == ("background", "stem", "leaf")
    assert [(one.kind, one.severity) for one in classes.findings(".")] == [("duplicate-name", "warning")]
