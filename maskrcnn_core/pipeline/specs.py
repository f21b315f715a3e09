"""The stages in the order in which data flows, found by what each says of itself (``SPECS`` in its file)."""

from __future__ import annotations

import pkgutil
from fnmatch import fnmatchcase
from importlib import import_module

from .. import stages
from ..recording.tensors import STAGES, TENSORS
from ..stages.spec import StageSpec


def _found() -> dict[str, StageSpec]:
    modules = (import_module(f"{stages.__name__}.{m.name}") for m in pkgutil.iter_modules(stages.__path__))
    specs = {spec.name: spec for module in modules for spec in getattr(module, "SPECS", ())}
    return {name: specs[name] for name in STAGES if name in specs}


SPECS = _found()

# stage -> the NamedTuple that it returns
OUTPUTS = {name: spec.output for name, spec in SPECS.items() if spec.output is not None}

# setting or pattern -> the first stage that reads it; weights depend on all others
FIRST_READER = {
    setting: name for name, spec in reversed(SPECS.items()) for setting in spec.settings
}  # the first stage is written last

# number that a compiled network takes as an argument -> its dtype
RUNTIME = {setting: dtype for spec in SPECS.values() for setting, dtype in spec.runtime.items()}

# tensor -> the last stage that reads it
LAST_READER = {
    tensor: name
    for name, spec in SPECS.items()
    for tensor in TENSORS
    if any(fnmatchcase(tensor, pattern) for pattern in spec.reads)
}


def _feeds_network(name: str) -> bool:
    """Return whether a stage inside the network's graph reads a tensor of ``name``."""
    readers = (spec.reads for spec in SPECS.values() if spec.in_graph)
    return any(pattern.split(".")[0] == name for reads in readers for pattern in reads)


# stages whose output the network's graph takes where they are not to run again; preprocessing makes its very input
IN_NETWORK = tuple(name for name in OUTPUTS if name != "molding" and _feeds_network(name))
