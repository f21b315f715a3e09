"""Configurations as files: this project's JSON, and the classic one (keys BACKBONE, IMAGE_MIN_DIM, …).

This project's JSON has a section a stage, as ``config`` has: ``{"detections": {"min_score": 0.5}}``. What is not named
keeps its value. Keys that start with ``_`` are notes and ignored.
Law: ``from_dict(to_dict(config)) == config``.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..files.atomic import replacing
from ..files.suggestions import repeated, require_field
from .checks import check, shown, with_setting
from .classic_json import from_classic, is_classic
from .settings import Config

MAX_BYTES = 2**20  # a configuration is a few kB; more is another file


def load_config(source: str | Path | Mapping[str, Any], base: Config | None = None) -> Config:
    """Return the configuration of a JSON file, or of what such a file holds.

    base: settings that the file does not name; the classic ones by default.
    Raises: ValueError for anything but a sound configuration, naming the file, the setting and what was wanted.
    """
    if isinstance(source, Mapping):
        return from_classic(source, base) if is_classic(source) else from_dict(source, base)
    try:
        return load_config(read_json_object(Path(source)), base)
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from error


def save_config(config: Config, path: str | Path) -> None:
    """Write ``config`` as JSON; a failure leaves an older file whole."""
    with replacing(path) as part:
        part.write_text(json.dumps(to_dict(config), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def to_dict(config: Config) -> dict[str, Any]:
    """Return ``config`` as nested dicts and lists, ready for JSON."""

    def pairs(entries: list[tuple[str, Any]]) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in entries}

    return dataclasses.asdict(config, dict_factory=pairs)


def from_dict(settings: Mapping[str, Any], base: Config | None = None) -> Config:
    """Return ``base`` (the classic configuration by default) with nested ``settings`` changed.

    Raises: ValueError for unknown names, with the nearest ones, and for wrong types and ranges.
    """
    config = base or Config()
    for name, value in settings.items():
        if str(name).startswith("_"):
            continue
        section = getattr(config, require_field(config, str(name)))
        if not dataclasses.is_dataclass(section):
            config = with_setting(config, name, value)
        elif isinstance(value, Mapping):
            for field, entry in value.items():
                config = with_setting(config, f"{name}.{field}", entry)
        else:
            raise ValueError(f"{name}: wanted a section of settings, received {shown(value)}")
    return check(config)


def read_json_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file. Raises: ValueError for a file that is missing, too large or no JSON object."""
    if not path.is_file():
        raise ValueError("there is no such file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(
            f"wanted a configuration of at most {MAX_BYTES} bytes, received {size}: another file?"
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once_each)
    except UnicodeDecodeError:
        raise ValueError("wanted JSON in UTF-8, received other bytes") from None
    except RecursionError:
        raise ValueError("wanted JSON with sections, received brackets nested without end") from None
    except json.JSONDecodeError as error:
        raise ValueError(
            f"wanted JSON, received {error.msg} at line {error.lineno} column {error.colno}"
        ) from error
    if not isinstance(content, dict):
        raise ValueError(f"wanted a JSON object {{...}}, received {shown(content)}")
    return content


def _no_constant(word: str) -> float:
    raise ValueError(f"wanted numbers, received {word}")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key given twice, of which JSON readers keep one silently."""
    twice = repeated(name for name, _ in pairs)
    if twice:
        raise ValueError(f"wanted each setting once, received {twice[0]} more than once")
    return dict(pairs)
