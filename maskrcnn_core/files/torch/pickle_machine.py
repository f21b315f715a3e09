"""Pickle's stack machine, without its door to the outside: a name in the file means what our own table says.

A pickle is a program: opcodes push values, and REDUCE calls what GLOBAL named. Python's own machine imports whatever is
named. This one looks names up in the table it is given, refuses all others, and calls nothing but that table's makers.
Memory and time are bounded: strings by the bytes that are there, everything else by ``MAX_STEPS``.
Laws: nothing is imported, opened or called that a file names; from any bytes comes a value or a ValueError.
Source: PEP 3154 and the descriptions in CPython's pickletools.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .opcodes import OPCODES, STOP
from .opened import OpenedFile
from .stack import Maker, Stack, said
from .stream import Stored, Stream, text

MAX_STEPS = 2_000_000  # a model takes some 30 a tensor; the dearest step takes some 200 bytes
MAX_INT_BYTES = 32
LATEST_PROTOCOL = 5
# Ints further apart than this could be chosen to share one hash, and a table of them takes time without end.
MAX_KEY = 2**60
BYTES_PER_STEP = 64  # when a maker copies text
ADVICE = "in PyTorch, save the weights alone: torch.save(model.state_dict(), path)"


class Stateful:
    """A value that takes what pickle's BUILD gives it."""

    def set_state(self, state: Any) -> None:
        """Take the state. Raises: ValueError where it makes no sense."""
        raise NotImplementedError


Names = Mapping[tuple[str, str], Any]  # (module, name) in the file → our own value for it


class PickleMachine(Stack):
    """Runs one pickle. ``names`` is all that a file may name; ``load`` answers persistent ids, as storages are."""

    def __init__(self, names: Names, load: Callable[[Any], Any]):
        super().__init__()
        self._names = names
        self._load = load
        self._steps = MAX_STEPS

    def run(self, file: OpenedFile, start: int, end: int) -> tuple[Any, int]:
        """Run the pickle at ``start``, which may reach to ``end``. Returns: (its value, the offset behind it)."""
        self._stream = stream = Stream(file, start, end)
        while (code := stream.take(1)[0]) != STOP:
            step = OPCODES.get(code)
            if step is None:
                raise ValueError(
                    f"pickle opcode {bytes([code])!r} at offset {stream.position - 1} is none that torch.save or numpy "
                    f"write; {ADVICE}"
                )
            self.spend(1)
            step(self)
        return self.only(), stream.position

    def spend(self, steps: int) -> None:
        """Count steps. Raises: ValueError when they are too many."""
        self._steps -= steps
        if self._steps < 0:
            raise ValueError(f"the pickle takes more than {MAX_STEPS} steps; {ADVICE}")

    # --- strings and numbers ---

    def number(self, size: int, signed: bool = False) -> int:
        """Return the next ``size`` bytes of the pickle as a number."""
        return self._stream.number(size, signed)

    def check_protocol(self) -> None:
        """Read the pickle's protocol. Raises: ValueError for one that Python does not have yet."""
        protocol = self.number(1)
        if protocol > LATEST_PROTOCOL:
            raise ValueError(f"wanted a pickle of protocol {LATEST_PROTOCOL} at most, received {protocol}")

    def push_float(self) -> None:
        """Push a number of double precision."""
        self.push(struct.unpack(">d", self._stream.take(8))[0])

    def push_long(self, size: int) -> None:
        """Push a whole number of ``size`` bytes."""
        if not 0 <= size <= MAX_INT_BYTES:
            raise ValueError(f"the pickle holds a number of {size} bytes, more than {MAX_INT_BYTES}")
        self.push(self.number(size, signed=True))

    def push_int_line(self) -> None:
        """Push a number or a boolean written as text: Python 2 did so for numbers of more than 32 bits."""
        line = self._stream.line()
        digits = line.removesuffix("L").removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 2 * MAX_INT_BYTES):
            raise ValueError("the pickle holds a number that is none; the file is damaged")
        self.push(line == "01" if line in ("00", "01") else int(line.removesuffix("L")))

    def push_bytes(self, size: int) -> None:
        """Push a string of ``size`` bytes, or where it lies if it is long."""
        self.push(self._stream.take_lazily(size))

    def push_text(self, size: int) -> None:
        """Push a text of ``size`` bytes, or where it lies if it is long."""
        content = self._stream.take_lazily(size)
        self.push(Stored(content.place, latin1=True) if isinstance(content, Stored) else text(content))

    def skip_frame(self) -> None:
        """Skip a frame's length: frames help to read ahead, the values are the same without them."""
        self.number(8)

    # --- containers ---

    def push_tuple(self, count: int) -> None:
        """Make a tuple of the topmost ``count`` values."""
        self.push(tuple(self.pop_many(count)))

    def append(self, values: list[Any]) -> None:
        """Append to the list on the stack."""
        self.top(list).extend(values)

    def add(self, values: list[Any]) -> None:
        """Add to the set on the stack."""
        self.top(set).update(keys(values))

    def set_items(self, values: list[Any]) -> None:
        """Add keys and values, one after the other, to the dictionary on the stack."""
        target = self.top(dict)
        if len(values) % 2:
            raise ValueError("the pickle holds a key without a value; the file is damaged")
        target.update(zip(keys(values[::2]), values[1::2], strict=True))

    # --- names, calls ---

    def push_named_line(self) -> None:
        """Push what the next two lines, module and name, stand for."""
        module = self._stream.line()
        self.push_name(module, self._stream.line())

    def push_name(self, module: Any, name: Any) -> None:
        """Push what our table has for a name. Raises: ValueError for any other name."""
        known = self._names.get((module, name)) if isinstance(module, str) and isinstance(name, str) else None
        if known is None:
            raise ValueError(
                f"wanted tensors, arrays and plain values, received {f'{module}.{name}'[:120]!r}, which is neither "
                f"imported nor run. If this is a whole model or a training state: {ADVICE}"
            )
        self.push(known)

    def call(self) -> None:
        """Call one of our makers with the arguments on the stack (REDUCE and NEWOBJ)."""
        maker, arguments = self.pop_many(2)
        if not isinstance(maker, Maker) or type(arguments) is not tuple:
            raise ValueError(f"the pickle calls {said(maker)} with {said(arguments)}; the file is damaged")
        self.spend(sum(_cost(argument) for argument in arguments))
        self.push(maker.make(arguments))

    def build(self) -> None:
        """Give an object its state; that of a dictionary (a state dict's _metadata) is of no use here."""
        target, state = self.pop_many(2)
        if isinstance(target, Stateful):
            target.set_state(state)
        elif type(target) is not dict:
            raise ValueError(f"the pickle sets the state of {said(target)}; the file is damaged")
        self.push(target)

    def load(self) -> None:
        """Put what a persistent id stands for in its place."""
        self.push(self._load(self.pop()))


def keys(values: Iterable[Any]) -> list[Any]:
    """Return values that are to be keys. Raises: ValueError for any but text, bytes, numbers and None."""
    values = list(values)
    for value in values:
        if not isinstance(value, str | bytes | int | float | None) or (
            isinstance(value, int) and abs(value) > MAX_KEY
        ):
            raise ValueError(f"the pickle has {said(value)} as a key; wanted text or numbers. {ADVICE}")
    return values


def _cost(value: Any) -> int:
    """Return the steps that copying a value takes."""
    if isinstance(value, str | bytes):
        return len(value) // BYTES_PER_STEP
    return len(value) if isinstance(value, list | tuple | dict | set | frozenset) else 0
