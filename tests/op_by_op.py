"""Networks op by op, in rooms whose laws are not about graphs.

To compile the network of a small model takes seconds, to run it op by op a tenth of one, and most tests run theirs a
few times. So in these rooms a kind of run is compiled when it has come ``OFTEN`` times, and not at once. Compiled
equals op by op to the last bit: tests/model, tests/recording and tests/runtime hold that, with everything compiled as
it ships. So is what the golden numbers are held against, and nearly all that runs in a process of its own.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest

TESTS = Path(__file__).parent
ROOMS = (
    "analysis", "browser", "commands", "evaluation", "explorer", "exporting", "fuzz", "gallery", "inference",
    "lessons", "training", "views", "weights",
)  # fmt: skip
OFTEN = 16  # runs op by op that take as long as compiling
COMPILED = "maskrcnn_core.pipeline.compiled"
PROGRAM = "from tests.op_by_op import in_this_program; in_this_program()"  # first in a program of its own

_seen: WeakKeyDictionary[Any, Counter[Any]] = WeakKeyDictionary()
_room = [""]  # of the test that runs
_as_it_ships: list[Any] = []


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note the room; as soon as there is something to compile, let ``_pays`` decide as well."""
    inside = item.path.is_relative_to(TESTS) and not item.get_closest_marker("compiled")
    _room[0] = item.path.relative_to(TESTS).parts[0] if inside else ""
    _stand_in()


def in_this_program() -> None:
    """Have networks of a program that a test started compiled as rarely as those of the rooms."""
    import maskrcnn_core.model  # noqa: F401  # TensorFlow, with what suits this machine

    _room[0] = ROOMS[0]
    _stand_in()


def _stand_in() -> None:
    if COMPILED in sys.modules and not _as_it_ships:
        network = sys.modules[COMPILED].CompiledNetwork
        _as_it_ships.append(network._pays)
        network._pays = _pays


def _pays(network: Any, kind: tuple[Any, ...]) -> bool:
    """Return whether a graph pays, as it ships and, in the rooms of ``ROOMS``, only where the kind has come often."""
    ships = bool(_as_it_ships[0](network, kind))
    if _room[0] not in ROOMS or kind in network._graphs:
        return ships
    runs = _seen.setdefault(network, Counter())
    runs[kind] += 1
    return ships and runs[kind] > OFTEN
