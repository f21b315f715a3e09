"""Every setting in words: its type, default, range and meaning.

Nothing is written down twice: types and defaults come from the dataclasses of ``config``, ranges from
``config_checks``, and meanings are the comments that stand beside the fields in the source.
"""

from __future__ import annotations

import ast
import inspect
import io
import json
import tokenize
import types
import typing
from typing import Any, NamedTuple

from . import settings as module
from .checks import leaves, rule_of
from .settings import Config, classic, tiny

_WORDS = {int: "whole number", float: "number", bool: "true or false", str: "text"}


class Setting(NamedTuple):
    """One setting as ``--set NAME=VALUE`` takes it."""

    name: str  # dotted
    type: str
    default: str  # JSON, of the preset classic
    tiny: str  # JSON, of the preset tiny
    allowed: str  # empty where any value of the type will do
    meaning: str


def settings() -> list[Setting]:
    """Return every setting in the order of the pipeline."""
    start, small, meanings = classic(), dict(leaves(tiny())), _meanings()
    found = []
    for name, value in leaves(start):
        section_name, _, field = name.rpartition(".")
        section = type(getattr(start, section_name)) if section_name else Config
        rule, hint = rule_of(name), typing.get_type_hints(section)[field]
        allowed = rule.wanted if rule else ""
        shown = (json.dumps(value), json.dumps(small[name]))
        found.append(Setting(name, _type_words(hint), *shown, allowed, meanings[section.__name__, field]))
    return found


def settings_text() -> str:
    """Return all settings as a text for the terminal, a section a stage."""
    lines = [
        'A setting in a file: {"detections": {"min_score": 0.5}}; on the command line: --set detections.min_score=0.5',
    ]
    section = ""
    for setting in settings():
        name = setting.name.rpartition(".")[0]
        if name != section:
            section = name
            lines += ["", f"{name}: {(type(getattr(Config(), name)).__doc__ or '').splitlines()[0]}"]
        lines += _lines(setting)
    return "\n".join(lines)


def _lines(setting: Setting) -> list[str]:
    """Return the two lines of a setting."""
    default = f"default {setting.default}"
    if setting.tiny != setting.default:
        default += f" (tiny: {setting.tiny})"
    allowed = setting.allowed if setting.allowed.startswith(("a number", "one of")) else ""
    kind = setting.type if not allowed else f"{setting.type}, {allowed.removeprefix('a number ')}"
    head = f"  {setting.name}: {kind}; {default}"
    return [head, f"      {setting.meaning}"] if setting.meaning else [head]


def _type_words(hint: Any) -> str:
    """Return a field's annotation in words."""
    if isinstance(hint, types.UnionType):
        inner = next(part for part in typing.get_args(hint) if part is not types.NoneType)
        return f"{_type_words(inner)}, or null"
    if typing.get_origin(hint) is tuple:
        parts = typing.get_args(hint)
        count = "" if parts[-1] is Ellipsis else f"{len(parts)} "
        return f"list of {count}{_WORDS[parts[0]]}s" if parts[0] is not str else "list of texts"
    return _WORDS[hint]


def _meanings() -> dict[tuple[str, str], str]:
    """Return the comment beside every field of every dataclass of ``config``, by class and field."""
    source = inspect.getsource(module)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}
    found = {}
    for section in ast.parse(source).body:
        if not isinstance(section, ast.ClassDef):
            continue
        for field in section.body:
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                beside = range(field.lineno, (field.end_lineno or field.lineno) + 1)
                words = " ".join(comments[line] for line in beside if line in comments)
                found[section.name, field.target.id] = words
    return found
