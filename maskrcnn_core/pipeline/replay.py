"""What a change touches: the first stage to run again, and the recorded tensors that stand in for those before it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from operator import attrgetter
from typing import Any

import numpy as np
import tensorflow as tf

from ..config import Composing, Config, Molding, Pasting, Training
from ..files.suggestions import unknown
from ..recording.detail import block_of, entering_of
from ..recording.tensors import STAGES, spec_of
from ..recording.trace import Trace
from ..runtime import onednn
from ..stages.backbone import Resumed
from .specs import FIRST_READER, LAST_READER, OUTPUTS, RUNTIME, SPECS

RESUMED = "backbone from a block"  # beside the stages' outputs: where the backbone is entered


def runtime_settings(config: Config) -> dict[str, tf.Tensor]:
    """Return the numbers of ``config`` that a compiled network takes as arguments."""
    return {
        name: tf.constant(attrgetter(name)(config), getattr(tf, dtype)) for name, dtype in RUNTIME.items()
    }


def compiled_part(config: Config) -> Config:
    """Return ``config`` with all that a compiled network does not depend on at one value: a key to keep it under."""
    elsewhere = dict(molding=Molding(), pasting=Pasting(), composing=Composing(), training=Training())
    return config.replace(**elsewhere, **dict.fromkeys(RUNTIME, 0))


def said_of_switch(trace: Trace) -> str:
    """Return whether oneDNN is on now, and warn where ``trace`` was recorded under the other: rounding differs."""
    recorded, now = trace.attributes.get("onednn", ""), onednn.said()
    if recorded in ("on", "off") and recorded != now:
        warnings.warn(
            f"the trace was recorded with oneDNN {recorded}, it is {now} here: what is replayed may differ in its last "
            f"bits; start with {onednn.VARIABLE}={int(recorded == 'on')} for the same",
            stacklevel=3,
        )
    return now


def require_truth(edits: Iterable[str], given: bool) -> None:
    """Raise ValueError for an edit that no stage would meet, because targets and losses need ground truth."""
    late = [name for name in edits if STAGES.index(spec_of(name).stage) > STAGES.index("composing")]
    if late and not given:
        raise ValueError(
            f"edit of {', '.join(late)}: targets and losses are made with ground truth alone; trace with truth=..."
        )


def missing_from(trace: Trace, names: Iterable[str]) -> list[str]:
    """Return those of ``names`` that ``trace`` does not hold and that need no ground truth."""
    last = STAGES.index("composing")
    return sorted(n for n in names if n not in trace and STAGES.index(spec_of(n).stage) <= last)


def start_of(edits: Iterable[str], settings: Iterable[str]) -> str | None:
    """Return the first stage that edited tensors or changed settings touch; None for no change.

    Raises: ValueError for a setting that weights depend on.
    """
    touched = [spec_of(name).stage for name in edits]
    for setting in settings:
        stages = [stage for pattern, stage in FIRST_READER.items() if fnmatchcase(setting, pattern)]
        if not stages:
            hint = unknown("setting to replay", FIRST_READER, setting)
            raise ValueError(f"{setting} shapes the weights or the training; replay cannot change it. {hint}")
        touched += stages
    return min(touched, key=STAGES.index, default=None)


def recorded_outputs(trace: Trace, start: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the outputs of the stages before ``start``, by stage, and their tensors, by name.

    Tensors that no later stage reads may be missing. Raises: ValueError naming those that are read and missing.
    """
    first = STAGES.index(start) if start else len(STAGES)
    unchanged = {name: value for name, value in trace.items() if STAGES.index(spec_of(name).stage) < first}
    if start is None:
        return {}, unchanged
    given, missing = {}, []
    for stage, output in OUTPUTS.items():
        if STAGES.index(stage) >= first:
            break
        names = [f"{stage}.{field}" for field in output._fields]
        missing += [name for name in names if name not in trace and _read_from(name, first)]
        given[stage] = output(*(_value(stage, unchanged.get(name)) for name in names))
    if "image.original" not in trace:
        missing.insert(0, "image.original")
    if missing:
        raise ValueError(
            f"replay from {start} needs {', '.join(missing)}, which this trace does not hold; "
            'record it with model.trace(image, keep="*")'
        )
    return given, unchanged


def resumed_backbone(
    trace: Trace, touched: Iterable[str], config: Config
) -> tuple[Resumed | None, dict[str, Any]]:
    """Return where a replay that ``touched`` tensors of the backbone enters it, and the tensors before, by name.

    It is the last block whose input ``trace`` holds, of those up to the first one touched; None: at the network input.
    """
    blocks = config.backbone.blocks
    until = min(block_of(name, blocks) for name in touched if spec_of(name).stage == "backbone")
    for level, number in _backwards(until, blocks):
        entering, maps = entering_of(level, number), [f"backbone.c{n}" for n in range(2, level)]
        if all(name in trace for name in (entering, *maps)):
            before = [n for n in trace if n.startswith("backbone.") and block_of(n, blocks) < (level, number)]
            given = [_value("backbone", trace[name]) for name in (entering, *maps)]
            resumed = Resumed((level, number), given[0], tuple(given[1:]))
            return resumed, {name: trace[name] for name in before}
    return None, {}


def _backwards(until: tuple[int, int], blocks: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Yield the blocks, by level and number, from ``until`` back to the first."""
    for level in range(until[0], 1, -1):
        for number in range(until[1] if level == until[0] else blocks[level - 2], 0, -1):
            yield level, number


def _read_from(name: str, first: int) -> bool:
    """Return whether a stage from index ``first`` on reads the tensor."""
    return name in LAST_READER and STAGES.index(LAST_READER[name]) >= first


def _value(stage: str, value: Any) -> Any:
    """Return a recorded array as its stage left it inside the network."""
    spec = SPECS[stage]
    if value is None or not spec.in_graph:
        return None if value is None else np.asarray(value)
    tensor = tf.convert_to_tensor(value)
    return tensor[None] if spec.batched else tensor
