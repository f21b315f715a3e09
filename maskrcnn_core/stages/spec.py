"""What a stage says of itself: what it reads and makes, and which settings it takes.

Replay, the compiled network's arguments and the documentation are derived from these; nothing else lists the stages'
inputs. Each stage's file holds ``SPECS``, and ``pipeline.specs`` finds them there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Dtype = Literal["int32", "float32"]


@dataclass(frozen=True)
class StageSpec:
    """One stage of the pipeline.

    name: first part of the names of its tensors in ``TENSORS``.
    output: the NamedTuple that it returns, whose fields are the names of its tensors; None where no later stage of
    the network takes it.
    reads: names or glob patterns of the tensors of earlier stages that it computes from.
    settings: dotted names or patterns of the settings that it reads and on which no weight depends: replay may change
    them.
    runtime: of these, the numbers that a compiled network takes as arguments, with their dtype: moving a slider on
    one of them compiles nothing.
    in_graph: whether it runs inside the network's graph; the others are NumPy.
    batched: whether its tensors carry a leading axis of images inside the network.
    """

    name: str
    output: Any = None
    reads: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    runtime: dict[str, Dtype] = field(default_factory=dict)
    in_graph: bool = True
    batched: bool = False
