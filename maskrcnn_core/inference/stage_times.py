"""Stage times: what each stage takes of a run, in the very graph that runs.

Inputs: a model and an image that it has run before, so that nothing is compiled. Outputs: seconds by stage. In the
network they are the sum over the operations of a stage, each as TensorFlow's profiler saw it: some run side by side, so
that their sum may be more than the clock says. Preprocessing, pasting and composing are timed by the clock.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tensorflow as tf

from ..data.reading.images import load_image
from ..recording.tensors import STAGES
from ..recording.trace import Trace

# as the profiler writes an operation: box_head_1/Relu:MatMul; the number is Keras' own
OPERATION = re.compile(r"([a-z_]+?)(?:_\d+)?/[^:]*:\w+$")
PICOSECOND = 1e-12
HOST_TRACING = 2  # the level at which each operation is an event


class _Clocked(Trace):
    """A trace of all tensors that notes when the last of each stage outside the network came."""

    def __init__(self, config: Any) -> None:
        super().__init__("*", config=config)
        self.ends: dict[str, float] = {}

    def __call__(self, name: str, value: Any) -> Any:
        value = super().__call__(name, value)
        self.ends[name.partition(".")[0]] = time.perf_counter()
        return value

    def update(self, tensors: Mapping[str, Any]) -> None:
        super().update(tensors)
        self.ends["network"] = time.perf_counter()

    def between(self) -> dict[str, float]:
        """Return the seconds of each stage outside the network."""
        after = {"molding": "image", "pasting": "network", "composing": "pasting"}
        return {stage: self.ends[stage] - self.ends[start] for stage, start in after.items()}


def stage_times(model: Any, image: Any) -> dict[str, float]:
    """Return the seconds that each stage takes of a run of ``model`` on ``image``, in the order in which data flows.

    Empty where a profiler is at work already, or this TensorFlow writes its events in another form.
    """
    loaded = load_image(image, model.config.molding.channels)
    clocked = _Clocked(model.config)
    with TemporaryDirectory() as folder:
        options = tf.profiler.experimental.ProfilerOptions(
            host_tracer_level=HOST_TRACING, python_tracer_level=0, device_tracer_level=1
        )
        try:
            tf.profiler.experimental.start(folder, options)
        except tf.errors.AlreadyExistsError:
            return {}
        try:
            model._run(loaded, clocked, model.config, {})
        finally:
            tf.profiler.experimental.stop()
        inside = _operations(Path(folder))
    if not inside:
        return {}
    found = {**clocked.between(), **inside}
    return {stage: found[stage] for stage in STAGES if stage in found}


def _operations(folder: Path) -> dict[str, float]:
    """Return the seconds of the operations of each stage in the profile that lies in ``folder``."""
    try:
        from tensorflow.tsl.profiler.protobuf import xplane_pb2
    except ImportError:
        return {}
    total: Counter[str] = Counter()
    for file in folder.rglob("*.xplane.pb"):
        space = xplane_pb2.XSpace()
        space.ParseFromString(file.read_bytes())
        for plane in space.planes:
            stages = {key: _stage_of(one.name) for key, one in plane.event_metadata.items()}
            for event in (event for line in plane.lines for event in line.events):
                if stage := stages.get(event.metadata_id):
                    total[stage] += event.duration_ps
    return {stage: duration * PICOSECOND for stage, duration in total.items()}


def _stage_of(event: str) -> str:
    """Return the stage whose operation an event is, "" for anything else."""
    found = OPERATION.match(event)
    return found[1] if found and found[1] in STAGES else ""
