"""bfloat16: whether training in it is the faster on this processor.

Inputs: the processor, and what `maskrcnn doctor` measured on it. Outputs: words. Processors without AMX have no
multiplication of bfloat16 that is faster than float32's, and convert to and fro; GPUs and AMX gain by it.
"""

from __future__ import annotations

from .processor import Processor
from .remembered import Measured, recall

KIND = "bfloat16"  # the work of training in it, on = bfloat16, off = float32
NAME = "bfloat16"  # of training.precision
HELPS = "amx_bf16"  # the instruction, in Linux' words


def remark(machine: Processor) -> str:
    """Return a sentence where training in bfloat16 is slower than in float32, or usually is; else ""."""
    measured = recall(machine.key, KIND)
    if measured is not None:
        slower = measured.clear and measured.off_won > measured.on_won
        return f"training in bfloat16 is slower here than in float32: {said(measured)}" if slower else ""
    words = usual(machine)
    return words and f"{words}; take training.precision=float32, or have `maskrcnn doctor` measure it"


def usual(machine: Processor) -> str:
    """Return a sentence where training in bfloat16 is usually slower than in float32; else ""."""
    if "sse2" not in machine.flags or HELPS in machine.flags:  # what it would be on others is not known
        return ""
    return (
        f"training in bfloat16 is usually slower than in float32 on a processor with {machine.vectors} and without AMX "
        "(1.6 times as long where it was measured)"
    )


def said(measured: Measured) -> str:
    """Return what was measured, in words."""
    took = f"{measured.on * 1000:.0f} ms a step, {measured.off * 1000:.0f} ms in float32"
    faster = "bfloat16" if measured.on_won > measured.off_won else "float32"
    won = max(measured.on_won, measured.off_won)
    return f"measured here: {took}, {faster} faster in {won} of {measured.repetitions} pairs"
