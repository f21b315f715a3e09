"""Devices: on which of this machine's processors TensorFlow computes, as ``--gpu`` and ``--cpu`` say.

A wish is noted while TensorFlow is not there yet; ``quiet.import_tensorflow`` has it come true before anything runs,
since TensorFlow takes no other devices afterwards. Without a wish TensorFlow chooses: a GPU where it sees one.
"""

from __future__ import annotations

from typing import Any

from .installing import install_command

CPU, ALL = "cpu", "all"
FORMER = {"true": "0", "false": CPU}  # what scripts of the classic code say: one GPU, or none
_wish: list[str | None] = [None]


def device_named(given: Any) -> str:
    """Return ``cpu``, ``all`` or the number of a GPU for what a person wrote; True is the first GPU, False the CPU.

    Raises: ValueError for anything else.
    """
    word = str(given).strip().lower()
    word = FORMER.get(word, word)
    if word in (CPU, ALL) or (word.isascii() and word.isdigit()):
        return word if word in (CPU, ALL) else str(int(word))
    raise ValueError(f"wanted the number of a GPU, counted from 0, or {ALL}, received {given!r}")


def want(device: str | None) -> None:
    """Have TensorFlow compute on ``device`` (see ``device_named``) and nothing else; None lets it choose."""
    _wish[0] = device


def wanted() -> str | None:
    """Return the device that is wanted, None where TensorFlow chooses."""
    return _wish[0]


def grant() -> None:
    """Show TensorFlow, which is there now, the devices that are wanted and no others; raises as ``choose_devices``."""
    if _wish[0] is not None:
        choose_devices(_wish[0])


def choose_devices(device: str | None) -> str:
    """Hide the devices that are not wanted, let GPUs take memory as they need it, and return ``CPU`` or ``GPU``.

    device: ``cpu``, ``all`` GPUs, or a GPU's number; None = those that are visible.
    Raises: ValueError for a GPU that is not there, and where TensorFlow computes on others already.
    """
    import tensorflow as tf

    if device is None:
        gpus = tf.config.get_visible_devices("GPU")
    else:
        gpus = _wanted(device, tf.config.list_physical_devices("GPU"))
        try:
            tf.config.set_visible_devices(gpus, "GPU")
        except RuntimeError as error:
            raise ValueError(
                f"wanted other devices ({device}) than those that TensorFlow computes on in this process already; "
                "begin a new one"
            ) from error
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    return "GPU" if gpus else "CPU"


def visible() -> list[str]:
    """Return the names of the visible GPUs, or of the CPUs where there is none."""
    import tensorflow as tf

    kind = "GPU" if tf.config.get_visible_devices("GPU") else "CPU"
    return [device.name for device in tf.config.list_logical_devices(kind)]


def _wanted(device: str, gpus: list[Any]) -> list[Any]:
    """Return those of ``gpus``, all that TensorFlow sees, that ``device`` names."""
    if device == CPU:
        return []
    if not gpus:
        raise ValueError(
            f"wanted a GPU (--gpu {device}), but TensorFlow sees none: {install_command('gpu')} and see "
            "`maskrcnn doctor`; or compute on the CPU with --cpu"
        )
    if device == ALL:
        return gpus
    if int(device) >= len(gpus):
        raise ValueError(
            f"wanted GPU {device}, but TensorFlow sees {len(gpus)}, counted from 0: --gpu 0"
            + (f" to {len(gpus) - 1}" if len(gpus) > 1 else "")
            + f", or --gpu {ALL}"
        )
    return [gpus[int(device)]]
