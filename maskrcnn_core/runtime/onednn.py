"""The oneDNN switch: decided for this machine and kind of work, and set before TensorFlow reads it.

TensorFlow has two convolution implementations, its own (Eigen) and oneDNN's. Which is faster depends on the processor
and differs between detecting and training, by a factor of 2 either way. So it is measured, once a machine and kind of
work (``maskrcnn doctor``, or a long training run at its start), and remembered; a difference that is not clear
changes nothing of what TensorFlow does by itself. The environment variable
``TF_ENABLE_ONEDNN_OPTS`` of a user decides over all.

``import_tensorflow`` sets the switch where a model is made, for inference or training, as long as TensorFlow is not
there. Afterwards nothing does: it is read once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NamedTuple

from .processor import Processor, processor
from .remembered import Measured, recall

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
# the kind of work that VARIABLE was set for, where we set it: not the user's word
MARK = "MASKRCNN_ONEDNN_FOR"
KINDS = ("inference", "training")
WIDE = (
    "avx512f",
    "amx_tile",
)  # oneDNN's kernels are made for these; without them Eigen detects faster (measured)


class Choice(NamedTuple):
    """oneDNN on or off, and why."""

    enabled: bool
    source: str  # environment | measured | default
    reason: str
    measured: Measured | None = None


def decide(kind: str, environment: Mapping[str, str], machine: Processor) -> Choice:
    """Return the choice for ``kind`` of work: the user's, else the measured one, else the processor's usual."""
    if _is_the_users(environment):
        word = environment[VARIABLE]
        return Choice(_on(word), "environment", f"{VARIABLE}={word} is set")
    measured = recall(machine.key, kind)
    if measured is not None:
        return Choice(measured.enabled, "measured", measured.words(), measured)
    return usual(kind, machine)


def usual(kind: str, machine: Processor) -> Choice:
    """Return what is usually the faster on such a processor."""
    narrow = "avx2" in machine.flags and not any(flag in machine.flags for flag in WIDE)
    words = f"usual for {kind} on a processor with {machine.vectors}"
    return Choice(not (narrow and kind == "inference"), "default", words)


def apply(kind: str) -> None:
    """Set the switch for ``kind`` of work, unless TensorFlow is there already or the user has set it."""
    if "tensorflow" in sys.modules:
        return
    choice = decide(kind, os.environ, processor())
    if choice.source != "environment":
        os.environ[VARIABLE] = str(int(choice.enabled))
        os.environ[MARK] = kind


def is_on() -> bool:
    """Return whether TensorFlow has read the switch as on, or will."""
    return _on(os.environ.get(VARIABLE, "1"))


def said() -> str:
    """Return ``on`` or ``off``, as results and traces carry it: the last bits of their numbers depend on it."""
    return "on" if is_on() else "off"


def as_before(enabled: bool) -> None:
    """Set the switch as the beginning of this work had it, unless TensorFlow is there already or the user has set it.

    The two implementations round differently: a run that goes on must not change between them.
    """
    if "tensorflow" in sys.modules or _is_the_users(os.environ):
        return
    os.environ[VARIABLE] = str(int(enabled))
    os.environ.pop(MARK, None)  # no measurement of this machine may change it


def _is_the_users(environment: Mapping[str, str]) -> bool:
    return VARIABLE in environment and MARK not in environment


def _on(word: str) -> bool:
    return word.strip().lower() not in ("0", "false")
