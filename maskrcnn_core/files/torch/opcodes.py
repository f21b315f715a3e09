"""Pickle's opcodes, each with what our machine does: those that torch.save, numpy and plain values need.

Missing on purpose: INST and OBJ (classes of Python 2), EXT1 to EXT4 (names by number), buffers out of band, and the
ways of protocol 0 to write strings.
"""

from __future__ import annotations

import pickle  # the opcodes' names; nothing of it is called
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .pickle_machine import PickleMachine as Machine

STOP = pickle.STOP[0]


def _string(size_bytes: int) -> Callable[[Machine], None]:
    return lambda m: m.push_bytes(m.number(size_bytes))


def _text(size_bytes: int) -> Callable[[Machine], None]:
    return lambda m: m.push_text(m.number(size_bytes))


def _tuple(count: int) -> Callable[[Machine], None]:
    return lambda m: m.push_tuple(count)


def _discard(machine: Machine) -> None:
    machine.pop_mark()


def _dict(machine: Machine) -> None:
    values = machine.pop_mark()
    machine.push({})
    machine.set_items(values)


def _frozenset(machine: Machine) -> None:
    values = machine.pop_mark()
    machine.push(set())
    machine.add(values)
    machine.push(frozenset(machine.pop()))


def _stack_global(machine: Machine) -> None:
    machine.push_name(*machine.pop_many(2))


_BY_NAME: dict[bytes, Callable[[Machine], None]] = {
    pickle.PROTO: lambda m: m.check_protocol(),
    pickle.FRAME: lambda m: m.skip_frame(),
    # the stack and the memo
    pickle.MARK: lambda m: m.mark(),
    pickle.POP: lambda m: m.drop(),
    pickle.POP_MARK: _discard,
    pickle.DUP: lambda m: m.duplicate(),
    pickle.BINPUT: lambda m: m.remember(m.number(1)),
    pickle.LONG_BINPUT: lambda m: m.remember(m.number(4)),
    pickle.MEMOIZE: lambda m: m.remember(),
    pickle.BINGET: lambda m: m.recall(m.number(1)),
    pickle.LONG_BINGET: lambda m: m.recall(m.number(4)),
    # numbers
    pickle.NONE: lambda m: m.push(None),
    pickle.NEWTRUE: lambda m: m.push(True),
    pickle.NEWFALSE: lambda m: m.push(False),
    pickle.BININT: lambda m: m.push(m.number(4, signed=True)),
    pickle.BININT1: lambda m: m.push(m.number(1)),
    pickle.BININT2: lambda m: m.push(m.number(2)),
    pickle.INT: lambda m: m.push_int_line(),
    pickle.LONG1: lambda m: m.push_long(m.number(1)),
    pickle.LONG4: lambda m: m.push_long(m.number(4)),
    pickle.BINFLOAT: lambda m: m.push_float(),
    # strings; those of Python 2 are bytes until somebody needs them as text
    pickle.SHORT_BINSTRING: _string(1),
    pickle.BINSTRING: _string(4),
    pickle.SHORT_BINBYTES: _string(1),
    pickle.BINBYTES: _string(4),
    pickle.BINBYTES8: _string(8),
    pickle.BYTEARRAY8: _string(8),
    pickle.SHORT_BINUNICODE: _text(1),
    pickle.BINUNICODE: _text(4),
    pickle.BINUNICODE8: _text(8),
    # containers
    pickle.EMPTY_TUPLE: _tuple(0),
    pickle.TUPLE1: _tuple(1),
    pickle.TUPLE2: _tuple(2),
    pickle.TUPLE3: _tuple(3),
    pickle.TUPLE: lambda m: m.push(tuple(m.pop_mark())),
    pickle.EMPTY_LIST: lambda m: m.push([]),
    pickle.LIST: lambda m: m.push(m.pop_mark()),
    pickle.APPEND: lambda m: m.append(m.pop_many(1)),
    pickle.APPENDS: lambda m: m.append(m.pop_mark()),
    pickle.EMPTY_DICT: lambda m: m.push({}),
    pickle.DICT: _dict,
    pickle.SETITEM: lambda m: m.set_items(m.pop_many(2)),
    pickle.SETITEMS: lambda m: m.set_items(m.pop_mark()),
    pickle.EMPTY_SET: lambda m: m.push(set()),
    pickle.ADDITEMS: lambda m: m.add(m.pop_mark()),
    pickle.FROZENSET: _frozenset,
    # names, calls, states
    pickle.GLOBAL: lambda m: m.push_named_line(),
    pickle.STACK_GLOBAL: _stack_global,
    pickle.REDUCE: lambda m: m.call(),
    pickle.NEWOBJ: lambda m: m.call(),
    pickle.BUILD: lambda m: m.build(),
    pickle.BINPERSID: lambda m: m.load(),
}
OPCODES = {code[0]: step for code, step in _BY_NAME.items()}
