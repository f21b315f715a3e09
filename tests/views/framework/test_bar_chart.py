"""Bars as markup: lengths by hand, names as text, numbers that are none."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from maskrcnn_inspect.views.framework.bar_chart import LONGEST, Bars

HOSTILE = "<img src=x onerror=alert(1)>"


def lengths(chart: Bars) -> list[float]:
    return [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', chart.html())]


def test_lengths_follow_the_values():
    full, half, none = lengths(Bars("counts", ["a", "b", "c"], [10, 5, 0]))
    assert half == pytest.approx(full / 2, abs=0.1)
    assert none == 1  # a bar of nothing is still seen


def test_logarithmic_lengths_by_hand():
    full, part = lengths(Bars("counts", ["a", "b"], [99, 9], logarithmic=True))  # log 100 and log 10
    assert part == pytest.approx(full / 2, abs=0.1)


def test_what_is_no_number_has_no_length_and_says_so():
    chart = Bars("scores", ["a", "b", "c"], [float("nan"), float("inf"), 0.5], greatest=1.0)
    assert lengths(chart)[:2] == [1, 1]
    assert ">nan<" in chart.html()
    assert ">inf<" in chart.html()


def test_no_bars_are_a_title():
    assert lengths(Bars("nothing", [], [])) == []


def test_it_is_sound_markup_without_style_or_anything_from_data():
    text = Bars(HOSTILE, [HOSTILE, "x" * 99], [1, 2], texts=["1 & 2", '"']).html()
    root = ElementTree.fromstring(text)
    assert {element.tag.split("}")[1] for element in root.iter()} == {"svg", "text", "rect"}
    assert not [
        name for element in root.iter() for name in element.attrib if name.startswith(("on", "style"))
    ]
    assert max(len(element.text or "") for element in list(root)[1:]) == LONGEST
    assert HOSTILE in root.attrib["aria-label"]
