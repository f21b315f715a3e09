"""The work by which oneDNN and bfloat16 are judged: dense layers of a ResNet-50, forwards, and with gradients.

Of its stages two blocks each: the one that halves the map, and one of those after it, which are all alike. With half
the layers a graph is compiled, and a repetition done, in half the time, and which of two makes is faster stays.

    python -m maskrcnn_core.doctor.workload inference

is the child process of ``timing``: it says "ready", then does the work once for every line it is given and answers
with the seconds that took. The switch is in its environment, set by the parent.

Shapes: b images; y, x px.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from ..runtime import bfloat16
from ..runtime.quiet import import_tensorflow

SIDES = {
    "inference": 512,
    "training": 256,
    bfloat16.KIND: 256,
}  # px: large enough for what is slow in practice, small enough to wait for
BLOCKS = 2  # a stage, of 3 to 6


def main(kind: str) -> None:
    """Answer every line of standard input with the seconds of one repetition."""
    import_tensorflow("training" if kind == bfloat16.KIND else kind)
    work = make_work(kind)
    work()  # compiles
    work()
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        work()
        print(time.perf_counter() - began, flush=True)


def make_work(kind: str, side: int | None = None) -> Callable[[], Any]:
    """Return a function that does ``kind`` of work once on an image of ``side`` px."""
    import tensorflow as tf

    from ..config import classic
    from ..runtime.compiling import as_written
    from ..runtime.precision import computing_in
    from ..stages.backbone import Backbone
    from ..stages.fpn import Fpn
    from ..stages.rpn import Rpn

    config = classic(architecture="resnet50")
    backbone, fpn, rpn = Backbone(config.backbone), Fpn(config.fpn), Rpn(config)
    backbone.stages = [blocks[:BLOCKS] for blocks in backbone.stages]
    side = side or SIDES[kind]
    image = tf.random.stateless_normal([1, side, side, 3], seed=[1, 2])

    def forward() -> Any:
        return rpn(fpn(backbone(image)).rpn_levels).logits

    layers = (backbone, fpn, rpn)

    @tf.function(autograph=False)
    def infer() -> Any:
        return tf.reduce_sum(forward())

    @tf.function(autograph=False)
    def learn() -> Any:
        with ExitStack() as stack, tf.GradientTape() as tape:
            for layer in layers:
                stack.enter_context(computing_in(layer, "bfloat16" if kind == bfloat16.KIND else "float32"))
            loss = tf.reduce_sum(tf.cast(forward(), tf.float32))
        gradients = tape.gradient(loss, [v.value for layer in layers for v in layer.trainable_variables])
        return tf.add_n([tf.reduce_sum(g) for g in gradients if g is not None])

    if kind != "inference":
        forward()  # makes the weights outside of the tape
        return lambda: float(learn())

    def as_detected() -> float:
        with as_written():
            return float(infer())

    return as_detected


if __name__ == "__main__":
    main(sys.argv[1])
