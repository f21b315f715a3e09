"""In what a file holds, the weights: tensors by name, and the plain values beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .arrays import PickledArray, as_text
from .names import Record
from .pickle_machine import ADVICE
from .stack import said
from .tensors import Element, Tensor

# Where the weights lie in a file that holds more, in the order of looking; otherwise they are the file itself.
PLACES = ("model", "state_dict", "model_state_dict", "module")
PARALLEL = "module."  # before every name that DataParallel or DistributedDataParallel saved
TRAINING = "optim"  # in the key of what only training needs
MAX_VALUES = 1_000_000  # of metadata: values that hold each other many times unfold without end
MAX_DEPTH = 50
SHOWN_KEYS = 8

Arrays = Mapping[str, Tensor | PickledArray]


@dataclass(frozen=True)
class Found:
    """The tensors, under which key they lay ("" for the file itself), plain values, and what is neither."""

    arrays: Arrays
    place: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()


def find_state_dict(root: Any) -> Found:
    """Find the weights in a file's value. Raises: ValueError where there are none."""
    if type(root) is not dict:
        raise ValueError(f"wanted a state dict, names with tensors, received {said(root)}; {ADVICE}")
    entries = {_name(key): value for key, value in root.items()}
    place = next((place for place in PLACES if _holds_arrays(entries.get(place))), "")
    weights = entries.pop(place) if place else {key: value for key, value in root.items() if _is_array(value)}
    if not weights:
        keys = ", ".join(repr(key[:40]) for key in list(entries)[:SHOWN_KEYS]) or "nothing"
        raise ValueError(
            f"wanted tensors by name, at the top or under {', '.join(PLACES)}, received {keys}; {ADVICE}"
        )
    others = {key: value for key, value in entries.items() if not _is_array(value)}
    if place:  # loose tensors beside the weights are none of them
        others = entries
    metadata = _plain_entries(others)
    lost = [key for key in others if key not in metadata]
    lost += [f"{place}.{_name(key)}" for key, value in weights.items() if not _is_array(value)]
    return Found(_by_name(weights), place, metadata, tuple(lost))


def _by_name(weights: dict[Any, Any]) -> Arrays:
    """Return the arrays by their names as text, without DataParallel's prefix if all have it."""
    arrays: dict[str, Tensor | PickledArray] = {}
    for key, value in weights.items():
        if not _is_array(value):
            continue
        name = as_text(key)
        if name is None or name in arrays:
            raise ValueError(
                f"wanted one name for each tensor, received {_name(key)[:80]!r}; the file is damaged"
            )
        arrays[name] = value
    if all(name.startswith(PARALLEL) for name in arrays):
        return {name.removeprefix(PARALLEL): value for name, value in arrays.items()}
    return arrays


def _plain_entries(entries: dict[str, Any]) -> dict[str, Any]:
    """Return the entries that are plain values, or the plain part of them, without those of an optimizer."""
    plain = _Plain()
    copies = {key: plain.copy(value) for key, value in entries.items() if TRAINING not in key.lower()}
    return {key: value for key, value in copies.items() if value is not OMITTED}


OMITTED = object()  # stands for what is not plain: tensors, names, strings too long to be a text


class _Plain:
    """Copies plain values, so that what comes out holds nothing twice and ends. Bytes of Python 2 become text."""

    def __init__(self) -> None:
        self._left = MAX_VALUES

    def copy(self, value: Any, depth: int = 0) -> Any:
        """Return a plain copy, ``OMITTED`` where the value is not plain, nests too deeply or holds too much."""
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            return OMITTED
        match value:
            case None | bool() | int() | float() | str():
                return value
            case bytes():
                return as_text(value)
            case Element():
                return f"torch.{value.name}"
            case Record():
                return self.copy(value.fields, depth + 1)
            case dict():
                copies = {_key(key): self.copy(inner, depth + 1) for key, inner in value.items()}
                return {key: inner for key, inner in copies.items() if inner is not OMITTED}
            case list() | tuple() | set() | frozenset():
                return self._sequence(value, depth)
        return OMITTED

    def _sequence(self, values: Any, depth: int) -> Any:
        copies: list[Any] = []
        for value in values:
            copies.append(self.copy(value, depth + 1))
            if copies[-1] is OMITTED:  # a list that lacks some of its values would be another list
                return OMITTED
        return type(values)(copies)


def _holds_arrays(value: Any) -> bool:
    return type(value) is dict and any(_is_array(inner) for inner in value.values())


def _is_array(value: Any) -> bool:
    return isinstance(value, Tensor | PickledArray)


def _key(key: Any) -> Any:
    return as_text(key) if isinstance(key, bytes) else key


def _name(key: Any) -> str:
    return as_text(key) or repr(key)
