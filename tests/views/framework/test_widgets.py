"""What every widget of ours has to keep of ipywidgets, and every selector of its options."""

import ast
import inspect
import pkgutil
import textwrap
from importlib import import_module
from pathlib import Path

import ipywidgets
import pytest

import maskrcnn_inspect
from maskrcnn_inspect.views.framework.selector import UNSET, selector, values_of

PACKAGE = "maskrcnn_inspect"
SOURCES = Path(maskrcnn_inspect.__file__).parent


def widgets() -> list[type]:
    """Return every widget class that this package defines."""
    for module in pkgutil.walk_packages(maskrcnn_inspect.__path__, f"{PACKAGE}."):
        import_module(module.name)
    found, waiting = [], [ipywidgets.Widget]
    while waiting:
        children = waiting.pop().__subclasses__()
        waiting += children
        found += [one for one in children if one.__module__.startswith(PACKAGE)]
    return sorted(set(found), key=lambda one: one.__name__)


def hidden(cls: type) -> list[str]:
    """Return the methods of ipywidgets that ``cls`` replaces without calling them, or puts a value in the place of."""
    foreign = next(one for one in cls.__mro__ if not one.__module__.startswith(PACKAGE))
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    methods = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    replaced = [one.name for one in methods if hasattr(foreign, one.name) and not _calls_super(one)]
    values = [
        one.attr
        for one in ast.walk(tree)
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store) and _is_self(one.value)
    ]
    return replaced + [name for name in values if callable(getattr(foreign, name, None))]


def _calls_super(method: ast.FunctionDef) -> bool:
    calls = [one.func for one in ast.walk(method) if isinstance(one, ast.Call)]
    return any(
        isinstance(call, ast.Attribute)
        and call.attr == method.name
        and isinstance(call.value, ast.Call)
        and getattr(call.value.func, "id", "") == "super"
        for call in calls
    )


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def test_no_widget_hides_a_method_of_ipywidgets():
    found = {cls.__name__: hidden(cls) for cls in widgets()}
    assert {"Canvas", "Slider", "Panel", "DataPanel", "DataChooser", "WeightsWidget"} <= set(found)
    assert {name: names for name, names in found.items() if names} == {}


class Broken(ipywidgets.VBox):
    """Hides one method by another, and one by a value."""

    def __init__(self) -> None:
        super().__init__()
        self.send_state = True

    def open(self) -> None:
        """Hide what makes the comm."""

    def close(self) -> None:
        """End, as it should."""
        super().close()


def test_hidden_methods_are_found():
    assert hidden(Broken) == ["open", "send_state"]


def test_an_option_left_to_the_view_is_shown_and_reaches_the_view_as_none():
    level = selector("level", [("all", None), ("P2", 2)])
    assert (level.index, level.label, level.value) == (0, "all", UNSET)
    assert values_of({"level": level}) == {"level": None}
    level.label = "P2"
    assert values_of({"level": level}) == {"level": 2}


def test_a_selector_keeps_values_that_are_false_and_names_values_by_themselves():
    assert selector("rows", [("all", 0), ("P2", 2)]).value == 0
    assert selector("sizes", [64, 128]).label == "64"
    assert selector("head", {"box head": "box_roi"}).value == "box_roi"
    with pytest.raises(ValueError, match="wanted at least one option"):
        selector("level", [])


def test_every_choice_is_made_by_the_selector():
    found = [
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*.py")
        if "ipywidgets.Dropdown(" in path.read_text(encoding="utf-8")
    ]
    assert found == ["views/framework/selector.py"]
