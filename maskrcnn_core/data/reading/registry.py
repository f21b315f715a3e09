"""Data sets by name: ``FORMAT:PATH?option=value&option=value`` becomes a reader.

Inputs: text from the command line. Outputs: a ``Reader``, or a ValueError with the nearest names. A reader of one's own
is named ``module:Class`` (imported, the working folder included), offered by a package under the entry-point group
``maskrcnn.formats``, or registered under a name::

    @register("pumpkins")
    class Pumpkins(Reader): ...

Options are the arguments of the reader's ``__init__``, converted by their annotations: int, float, bool, str,
Path, and ``tuple[str, ...]`` from ``a,b,c``. PATH is its first argument. Every format takes ``only`` and
``without``, files of names (``subset``), and ``rename``, ``merge``, ``ignore``, ``classes`` and ``crowds``
(``choices``), and ``depth``, the bits in use of deep images. ``auto:PATH`` finds the format and says which it is.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
import types
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from ...files.suggestions import nearest, unknown
from ...runtime.plugins import lookup, offered
from .choices import OPTIONS as CHOICES
from .choices import Chosen
from .depth import Deep
from .reader import Finding, Reader
from .subset import named, one_a_file

GROUP = "maskrcnn.formats"  # entry points: ours and those of other packages
REGISTERED: dict[str, type[Reader]] = {}  # readers of this process, by ``register``
DEFAULTS: dict[str, dict[str, Any]] = {"nuclei": {"class_name": "nucleus"}}
PARTS = {"only": True, "without": False}  # options that every format takes, see subset.py
AUTO = "auto"  # stands for the format that the path looks like
MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def register(name: str) -> Callable[[type[Reader]], type[Reader]]:
    """Return a decorator that makes a reader available as ``name:``; one of your own may be defined anew.

    Raises: ValueError for a name that cannot be typed, TypeError for what is no ``Reader``.
    """
    if not MODULE.fullmatch(name) or name in (*offered(GROUP), AUTO):
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
    said: list[Finding] = []
    if name == AUTO:
        name, said = recognised(path)
    reader, path = _find(name, path)
    accepted = inspect.signature(reader).parameters
    arguments = {**DEFAULTS.get(name, {}), **asked, **options}
    parts = {
        option: arguments.pop(option) for option in PARTS if option in arguments and option not in accepted
    }
    chosen = _pop_choices(arguments, accepted)
    depth = arguments.pop("depth", None) if "depth" not in accepted else None
    for option in arguments:
        if option not in accepted:
            offered_options = [*accepted, *PARTS, *CHOICES, "depth"]
            raise ValueError(unknown(f"option {option!r} of {name}", offered_options, option))
    first = next(iter(accepted), None)
    if path and first is None:
        raise ValueError(f"wanted {name}: without a path, received {path!r}")
    if path and first is not None:
        arguments[first] = path
    for option, parameter in accepted.items():
        if parameter.default is parameter.empty and option not in arguments:
            raise ValueError(f"wanted {option} for {name}, received none: {name}:{option.upper()}")
    hint = _hint(reader, path) if path else ""
    try:
        whole: Reader = reader(**_convert(reader, arguments))
    except ValueError as error:
        raise ValueError(f"{error}; {hint}" if hint else str(error)) from None
    if hint:
        said.append(Finding("other-format", "warning" if len(whole) else "error", ".", hint))
    whole = one_a_file(whole, said)
    if chosen:
        whole = Chosen(whole, **chosen)
    if depth is not None:
        whole = Deep(whole, _convert_one("depth", str(depth), int))
    for option, names_file in parts.items():
        whole = named(whole, names_file, keep=PARTS[option])
    return whole


def open_at(spec: str, depth: int | None) -> Reader:
    """Return ``open_dataset`` of ``spec`` with its deep images scaled from ``depth`` bits, where that is said."""
    return open_dataset(spec, **({} if depth is None else {"depth": depth}))


def _pop_choices(arguments: dict[str, Any], accepted: Mapping[str, Any]) -> dict[str, str]:
    """Take out of ``arguments`` those of ``Chosen``.

    A reader that chooses ``classes`` itself does, unless they are named anew or ignored: those are names of ``Chosen``.
    """
    own = {option for option in CHOICES if option in accepted}
    if any(option in arguments for option in ("rename", "merge", "ignore") if option not in own):
        own.discard("classes")
    return {
        option: _text(arguments.pop(option))
        for option in CHOICES
        if option in arguments and option not in own
    }


def _text(value: Any) -> str:
    """Return an option as text, also where Python gave a list of names."""
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def split_options(text: str) -> tuple[str, dict[str, str]]:
    """Return path and options of ``PATH?option=value&…``; a path that exists as it stands has no options."""
    path, mark, query = text.rpartition("?")
    if not mark or os.path.exists(text):
        return text, {}
    try:
        options = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    except ValueError:
        raise ValueError(f"wanted option=value&option=value after '?', received {query!r}") from None
    as_written = dict(part.partition("=")[::2] for part in query.split("&") if "=" in part)
    # a path with % or + in it is meant as it stands, where it leads to something
    return path, options | {name: text for name, text in as_written.items() if text and os.path.exists(text)}


def recognised(path: str) -> tuple[str, list[Finding]]:
    """Return the name of the one format that ``path`` looks like, and a finding that says so.

    Raises: ValueError where it looks like none, or like more than one.
    """
    if not os.path.exists(path):
        raise ValueError(f"wanted a data set at {path or 'a path'}, which is not there: auto:PATH")
    alike = _alike(Path(path))
    if len(alike) != 1:
        words = (
            f"more than one: {', '.join(f'{name}: ({what})' for name, what in alike.items())}"
            if alike
            else "none"
        )
        raise ValueError(
            f"{path}: wanted a data set of a known format, received what looks like {words}; say FORMAT:PATH, formats "
            f"are {', '.join(formats())}"
        )
    name, what = next(iter(alike.items()))
    return name, [Finding("format", "info", ".", f"this is {what}, read as {name}:{path}")]


def _alike(path: Path) -> dict[str, str]:
    """Return what ``path`` looks like by format; of two names of one reader that without defaults of its own."""
    found: dict[str, str] = {}
    seen: set[type[Reader]] = set()
    for name in sorted(formats(), key=lambda name: name in DEFAULTS):
        reader, _ = _find(name, "")
        what = reader.recognises(path) if reader not in seen else ""
        seen.add(reader)
        if what:
            found[name] = what
    return found


def _hint(reader: type[Reader], path: str) -> str:
    """Say what ``path`` looks like where it is another format than the one of ``reader``; "" where it is not."""
    if reader.recognises.__func__ is Reader.recognises.__func__ or reader.recognises(Path(path)):  # type: ignore[attr-defined]
        return ""
    others = [f"{what}: use {name}:{path}" for name, what in _alike(Path(path)).items()]
    return f"this looks like {' or '.join(others)}" if others else ""


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
