"""Data sets by name: ``FORMAT:PATH?option=value&option=value`` becomes a reader.

Enters: text from the command line. Leaves: a ``Reader``, or a ValueError with the nearest names. A reader of one's own
is named ``module:Class`` (imported, the working folder included), offered by a package under the entry-point group
``maskrcnn.formats``, or registered under a name::

    @register("pumpkins")
    class Pumpkins(Reader): ...

Options are the arguments of the reader's ``__init__``, converted by their annotations: int, float, bool, str,
Path, and ``tuple[str, ...]`` from ``a,b,c``. PATH is its first argument. Every format takes ``only`` and
``without``, files of names.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
import types
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from ...files.suggestions import nearest, unknown
from ...runtime.plugins import lookup, offered
from .reader import Reader
from .subset import named

GROUP = "maskrcnn.formats"  # entry points: ours and those of other packages
REGISTERED: dict[str, type[Reader]] = {}  # readers of this process, by ``register``
DEFAULTS: dict[str, dict[str, Any]] = {"nuclei": {"class_name": "nucleus"}}
PARTS = {"only": True, "without": False}  # options that every format takes, see subset.py
MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def register(name: str) -> Callable[[type[Reader]], type[Reader]]:
    """Return a decorator that makes a reader available as ``name:``; one of your own may be defined anew.

    Raises: ValueError for a name that cannot be typed, TypeError for what is no ``Reader``.
    """
    if not MODULE.fullmatch(name) or name in offered(GROUP):
        raise ValueError(f"wanted a new name of letters, digits and _, received {name!r}")

    def remember(reader: type[Reader]) -> type[Reader]:
        REGISTERED[name] = _require_reader(reader, name)
        return reader

    return remember


def formats() -> list[str]:
    """Return the names of all formats: ours, those of other packages, those registered."""
    return [*offered(GROUP), *REGISTERED]


def open_dataset(spec: str, **options: Any) -> Reader:
    """Return the reader of ``FORMAT:PATH?option=value``; ``options`` go before those in the text.

    Raises: ValueError for an unknown format or option, with the nearest names, and for what the reader refuses.
    """
    name, colon, rest = spec.partition(":")
    if not colon or not name:
        near = f"; did you mean {nearest(spec, formats())}:PATH?" if nearest(spec, formats()) else ""
        raise ValueError(f"wanted FORMAT:PATH, received {spec!r}{near}; formats are {', '.join(formats())}")
    path, asked = split_options(rest)
    reader, path = _find(name, path)
    accepted = inspect.signature(reader).parameters
    arguments = {**DEFAULTS.get(name, {}), **asked, **options}
    parts = {
        option: arguments.pop(option) for option in PARTS if option in arguments and option not in accepted
    }
    for option in arguments:
        if option not in accepted:
            raise ValueError(unknown(f"option {option!r} of {name}", accepted, option))
    first = next(iter(accepted), None)
    if path and first is None:
        raise ValueError(f"wanted {name}: without a path, received {path!r}")
    if path and first is not None:
        arguments[first] = path
    for option, parameter in accepted.items():
        if parameter.default is parameter.empty and option not in arguments:
            raise ValueError(f"wanted {option} for {name}, received none: {name}:{option.upper()}")
    whole: Reader = reader(**_convert(reader, arguments))
    for option, names_file in parts.items():
        whole = named(whole, names_file, keep=PARTS[option])
    return whole


def split_options(text: str) -> tuple[str, dict[str, str]]:
    """Return path and options of ``PATH?option=value&…``; a path that exists as it stands has no options."""
    path, mark, query = text.rpartition("?")
    if not mark or os.path.exists(text):
        return text, {}
    try:
        return path, dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    except ValueError:
        raise ValueError(f"wanted option=value&option=value after '?', received {query!r}") from None


def _find(name: str, path: str) -> tuple[type[Reader], str]:
    """Return the reader of a format and its path, or the class that ``module:Class`` means and no path."""
    if name in REGISTERED:
        return REGISTERED[name], path
    entry = lookup(GROUP, name)
    if entry is not None:
        return _require_reader(entry.load(), name), path
    if not (MODULE.fullmatch(name) and path.isidentifier()):
        raise ValueError(unknown(f"format {name!r}", formats(), name))
    return _require_reader(_imported(name, path), name), ""


def _imported(module_name: str, class_name: str) -> Any:
    """Return a class of a user's own module, which may lie in the working folder."""
    paths = [*sys.path]
    sys.path.insert(0, os.getcwd())  # an installed command does not look where it is called
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name == module_name.partition(".")[0]:
            raise ValueError(unknown(f"format {module_name!r}", formats(), module_name)) from None
        raise ValueError(f"{module_name} cannot be imported: {error}") from None
    finally:
        sys.path[:] = paths
    if not hasattr(module, class_name):
        raise ValueError(unknown(f"class {class_name!r} in {module_name}", vars(module), class_name))
    return getattr(module, class_name)


def _require_reader(reader: Any, name: str) -> type[Reader]:
    if not (isinstance(reader, type) and issubclass(reader, Reader)):
        raise ValueError(
            f"wanted a subclass of maskrcnn_core.data.reading.reader.Reader for {name}, received {reader!r}"
        )
    return reader


def _convert(reader: type[Reader], arguments: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with text converted to what the reader's annotations ask for."""
    wanted = get_type_hints(reader.__init__)
    return {
        name: _convert_one(name, value, wanted.get(name, str)) if isinstance(value, str) else value
        for name, value in arguments.items()
    }


def _convert_one(name: str, text: str, wanted: Any) -> Any:
    """Return ``text`` as the type ``wanted``; of a union the first that is not None."""
    if get_origin(wanted) in (Union, types.UnionType):
        wanted = next(one for one in get_args(wanted) if one is not type(None))
    if get_origin(wanted) in (tuple, list):
        items = [
            _convert_one(name, part.strip(), get_args(wanted)[0]) for part in text.split(",") if part.strip()
        ]
        return get_origin(wanted)(items)
    if wanted is bool:
        if text.lower() not in (*TRUE, *FALSE):
            raise ValueError(f"wanted true or false for {name}, received {text!r}")
        return text.lower() in TRUE
    if wanted in (int, float, Path):
        try:
            return wanted(text)
        except ValueError:
            raise ValueError(f"wanted {wanted.__name__} for {name}, received {text!r}") from None
    return text
