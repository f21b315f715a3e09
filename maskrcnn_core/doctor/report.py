"""The report of ``maskrcnn doctor``: what this machine is, what is chosen for it, what is wrong and what to do.

Every function returns ``Line``s. What can be wrong is asked of arguments, so that a test can make it so.
"""

from __future__ import annotations

import inspect
import os
import platform
import shutil
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from ..files.cache import cache_folder
from ..runtime import allocating, bfloat16
from ..runtime.installing import DISTRIBUTION, ROOT, install_advice, install_command, pyproject
from ..runtime.memory import Memory
from ..runtime.onednn import KINDS, MARK, VARIABLE, decide
from ..runtime.processor import Processor
from ..runtime.remembered import recall

TIGHT = 3 * 2**30  # bytes: training a ResNet-50 at 512 px takes 2.3 GiB
LITTLE_DISK = 2**30  # bytes: the COCO weights, and room for a trace
# variables that change what runs, or where
TELLING = ("TF_ENABLE", "TF_XLA", "TF_FORCE", "TF_GPU", "TF_NUM", "TF_CONFIG", "TF_DETERMINISTIC", "TF_MKL",
           "TF_ONEDNN", "XLA_", "OMP_", "KMP_", "MKL_", "ONEDNN_", "CUDA_", "NVIDIA_",
           "MASKRCNN_", "KERAS_")  # fmt: skip
SHOWN = 60  # characters of a variable
UNMEASURED = "not measured; `maskrcnn doctor --measure` does it"


class Line(NamedTuple):
    """One line of the report. fault: what is wrong, empty if nothing; remedy: what to do about it."""

    section: str
    name: str
    value: str
    fault: str = ""
    remedy: str = ""


def machine_lines(machine: Processor, memory: Memory, folder: Path) -> list[Line]:
    """Say what this machine is, and whether its memory and disk will do."""
    lines = [
        Line("machine", "system", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        Line("machine", "processor", f"{machine.name}, {machine.cores} cores, {machine.vectors}"),
        _memory(memory),
    ]
    free = _free(folder)
    lines.append(
        Line("machine", "disk", f"{free / 2**30:.1f} GiB free for {folder}")
        if free >= LITTLE_DISK
        else Line(
            "machine",
            "disk",
            f"{free / 2**30:.1f} GiB free",
            f"little room in {folder}",
            "make room, or set MASKRCNN_CACHE",
        )
    )
    return lines


def _memory(memory: Memory) -> Line:
    said = f"{memory.available / 2**30:.1f} of {memory.total / 2**30:.1f} GiB free"
    if not memory.total:
        return Line("machine", "memory", "not told by this system")
    if memory.available >= TIGHT:
        return Line("machine", "memory", said)
    remedy = "close other programs, or take the preset tiny or smaller images (molding.max_dim)"
    return Line(
        "machine", "memory", said, "little memory: training a ResNet-50 at 512 px takes 2.3 GiB", remedy
    )


def _free(folder: Path) -> int:
    """Return the free bytes of the disk that ``folder``, which need not be there yet, is on."""
    there = next((parent for parent in (folder, *folder.parents) if parent.exists()), Path("."))
    return shutil.disk_usage(there).free


def version_lines(requirements: Iterable[str], version_of: Callable[[str], str | None]) -> list[Line]:
    """Say the versions of Python and of what the project requires, and which do not fit.

    requirements: as ``importlib.metadata`` gives them. Those of the extra views may be missing; those of others are
    left out.
    """
    from packaging.requirements import Requirement

    lines = [_python(sys.version_info[:3])]
    lines += [Line("versions", DISTRIBUTION, version) for version in [version_of(DISTRIBUTION)] if version]
    for requirement in map(Requirement, requirements):
        if requirement.marker and not requirement.marker.evaluate({"extra": "views"}):
            continue
        version = version_of(requirement.name)
        is_needed = not requirement.marker or requirement.marker.evaluate({"extra": ""})
        if version is None and not is_needed:
            lines.append(Line("versions", requirement.name, f"not installed ({install_command('views')})"))
        elif version is None:
            lines.append(
                Line(
                    "versions",
                    requirement.name,
                    "-",
                    f"wanted {requirement}, which is not installed",
                    install_advice(),
                )
            )
        elif not requirement.specifier.contains(version, prereleases=True):
            lines.append(
                Line("versions", requirement.name, version, f"wanted {requirement}", install_advice())
            )
        else:
            lines.append(Line("versions", requirement.name, version))
    return [*lines, *_tensorflow(version_of)]


def _python(version: tuple[int, ...]) -> Line:
    said = ".".join(map(str, version))
    if (3, 11) <= version < (3, 14):
        return Line("versions", "Python", said)
    return Line(
        "versions",
        "Python",
        said,
        "wanted Python 3.11, 3.12 or 3.13",
        "make an environment with one of these",
    )


def _tensorflow(version_of: Callable[[str], str | None]) -> list[Line]:
    """Say which TensorFlow is there: one of two distributions that bring the same files."""
    found = {name: version for name in ("tensorflow", "tensorflow-cpu") if (version := version_of(name))}
    lines = [Line("versions", name, version) for name, version in found.items()]
    lines += [Line("versions", "keras", version) for version in [version_of("keras")] if version]
    if not found:
        return [Line("versions", "tensorflow", "-", "TensorFlow is not installed", install_advice())]
    if len(set(found.values())) > 1:
        remedy = "uninstall both, then install one: pip uninstall tensorflow tensorflow-cpu"
        lines.append(Line("versions", "tensorflow", "two", "two versions in the same folder", remedy))
    return lines


def device_lines(devices: Mapping[str, int], has_nvidia: bool) -> list[Line]:
    """Say what TensorFlow can compute on. devices: kind -> number; has_nvidia: whether the system shows a GPU."""
    said = ", ".join(f"{count} {kind}" for kind, count in devices.items()) or "none"
    if has_nvidia and not devices.get("GPU"):
        remedy = f"{install_command('gpu')}; then CUDA_VISIBLE_DEVICES must not hide it"
        return [
            Line("devices", "TensorFlow sees", said, "there is a GPU that TensorFlow does not see", remedy)
        ]
    return [Line("devices", "TensorFlow sees", said)]


def setting_lines(
    environment: Mapping[str, str], machine: Processor, tried: Mapping[str, str] | None = None
) -> list[Line]:
    """Say what is chosen for this machine, why, and which variables have a say.

    tried: what came of measuring a setting, by its line's name, where nothing was measured.
    """
    lines = []
    for kind in KINDS:
        choice, name = decide(kind, environment, machine), f"oneDNN, {kind}"
        words = f"{'on' if choice.enabled else 'off'}: {choice.reason}"
        if choice.source == "default":
            words += f"; {(tried or {}).get(name, UNMEASURED)}"
        lines.append(Line("settings", name, words))
    name, measured = "bfloat16, training", recall(machine.key, bfloat16.KIND)
    known = filter(None, (bfloat16.usual(machine), (tried or {}).get(name, UNMEASURED)))
    lines.append(Line("settings", name, bfloat16.said(measured) if measured else "; ".join(known)))
    threads = environment.get("OMP_NUM_THREADS", "")
    if threads.isdigit() and int(threads) < machine.cores:
        fault = f"OMP_NUM_THREADS={threads} leaves {machine.cores - int(threads)} cores idle"
        lines.append(Line("settings", "threads", threads, fault, "unset OMP_NUM_THREADS"))
    ours = (MARK, VARIABLE) if MARK in environment else ()
    if allocating.MARK in environment:
        ours = (*ours, allocating.MARK, allocating.VARIABLE)
        large, small = f"{allocating.LARGE / 1e6:.0f} MB", f"{allocating.SMALL / 1e6} megapixels"
        words = f"the system's; beyond {small} blocks of {large} go back at once"
        lines.append(Line("settings", "memory, inference", words))
    for name in sorted(environment):
        if (
            name.startswith(TELLING) and name not in ours and not name.endswith("_URL")
        ):  # which may hold a password
            lines.append(Line("settings", name, environment[name][:SHOWN]))
    return lines


def python_lines(module: Any = inspect) -> list[Line]:
    """Say whether Python's own ``inspect`` is what it should be: a folder of that name can take its place."""
    path, standard = Path(module.__file__ or ""), Path(sysconfig.get_path("stdlib"))
    if path.resolve().is_relative_to(standard.resolve()):
        return [Line("settings", "module inspect", "Python's own")]
    fault = f"`import inspect` gives {path}, not Python's own"
    return [
        Line(
            "settings",
            "module inspect",
            str(path),
            fault,
            f"rename or remove {path.parent}/__init__.py or {path}",
        )
    ]


def cache_lines(folder: Path | None = None) -> list[Line]:
    """Say where downloads and measurements are kept, and whether that can be written to."""
    folder = folder or cache_folder()
    coco = "the COCO weights are there" if (folder / "mask_rcnn_coco.h5").is_file() else "no COCO weights yet"
    there = next((parent for parent in (folder, *folder.parents) if parent.exists()), folder)
    if there.is_dir() and os.access(there, os.W_OK):
        return [Line("settings", "cache", f"{folder}: {coco}")]
    return [
        Line(
            "settings",
            "cache",
            str(folder),
            "cannot be written to",
            "set MASKRCNN_CACHE to a folder of yours",
        )
    ]


def installed_requirements() -> list[str]:
    """Return what the project asks for, as it was installed; of a folder that runs as it is, what its file asks for."""
    try:
        return metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return _of_folder(ROOT)


def _of_folder(root: str) -> list[str]:
    """Return the dependencies of a checkout; the project itself where there is none."""
    text = pyproject(root)
    return list(tomllib.loads(text)["project"]["dependencies"]) if text else [DISTRIBUTION]


def installed_version(name: str) -> str | None:
    """Return the version of an installed distribution, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
