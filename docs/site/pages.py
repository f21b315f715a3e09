"""Pages of the site that are made of the code: MkDocs calls the ``on_`` functions.

The live image and the walk are the real thing: the shipped model runs once while the site is built.
"""

from __future__ import annotations

import json
import pkgutil
import re
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"(?<=[a-wyz ])\d+\b")  # of a block, layer or level, but not in 3x3
sys.path[:0] = [str(ROOT), str(ROOT / "inspect")]  # the checkout is what the site is about

from maskrcnn_core.config import classic, torchvision_v2  # noqa: E402
from maskrcnn_core.pipeline.specs import SPECS  # noqa: E402
from maskrcnn_core.recording.tensors import STAGES, TENSORS, detail_of  # noqa: E402


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for name, content in (
        ("tensors.md", tensors()),
        ("benchmarks.md", benchmarks()),
        ("changelog.md", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")),
        ("live/result.html", result_page()),
        ("live/walk.html", walk()),
        *api_pages("core", "maskrcnn_core"),
        *api_pages("inspect", "maskrcnn_inspect"),
    ):
        files.append(File.generated(config, name, content=content))
    return files


# --- the live image -----------------------------------------------------------------------------------------


@cache
def session() -> Any:
    """Return the sample image of the shipped ``shapes`` with everything that the model made of it."""
    from maskrcnn_inspect.opening import open_session

    return open_session("shapes")


@cache
def walk() -> str:
    """Return the whole walk as one page."""
    from maskrcnn_inspect.export import walk_page

    return walk_page(session())


@cache
def result_page() -> str:
    """Return the result on the image with the proposals, anchors and masks that belong to it."""
    from maskrcnn_inspect.canvas.standalone import page
    from maskrcnn_inspect.views.framework.common import molded_image
    from maskrcnn_inspect.views.framework.rows import detection_boxes, detection_masks, linked, proposal_boxes
    from maskrcnn_inspect.views.framework.scene import Scene

    trace = session().trace
    layers = [proposal_boxes(trace, visible=False), detection_masks(trace), detection_boxes(trace)]
    scene = Scene(
        "Detections and their masks, network-input px",
        molded_image(trace),
        [linked(layer, trace) for layer in layers],
        "Tick the proposals to see all boxes that the second stage looked at.",
    )
    return page("Inside Mask R-CNN", [scene.canvas()])


# --- tables -------------------------------------------------------------------------------------------------


def tensors() -> str:
    """Return the stages and their tensors, as the code says them."""
    parts = [
        "# Stages and tensors",
        "Generated from `maskrcnn_core/recording/tensors.py` and the `SPECS` of each stage. The names are a contract: "
        "notebooks, saved traces and users depend on them.",
        axes_of_the_module(),
    ]
    for stage in STAGES:
        parts += [f"## {stage}", stage_lines(stage), tensor_table(stage), detail_table(stage)]
    return "\n\n".join(part for part in parts if part) + "\n"


def axes_of_the_module() -> str:
    """Return what the letters and frames mean, from the module's docstring."""
    words = import_module("maskrcnn_core.recording.tensors").__doc__ or ""
    return next(part for part in words.split("\n\n") if part.startswith("Axes:")).replace(
        "Frames:", "\n\nFrames:"
    )


def stage_lines(stage: str) -> str:
    """Return what a stage reads and which settings it takes."""
    spec = SPECS.get(stage)
    if spec is None:
        return ""
    lines = [f"Reads {code(spec.reads)}."]
    if spec.settings:
        lines.append(f"Replay can change {code(spec.settings)}.")
    if spec.runtime:
        lines.append(f"A slider on {code(spec.runtime)} compiles nothing anew.")
    lines.append("It runs inside the network's graph." if spec.in_graph else "It runs in NumPy.")
    return " ".join(lines)


def tensor_table(stage: str) -> str:
    """Return the tensors of a stage."""
    rows = ["| tensor | axes | unit | frame | what it is |", "|---|---|---|---|---|"]
    for spec in TENSORS.values():
        if spec.stage == stage:
            axes = " ".join(spec.axes) or "scalar"
            rows.append(f"| `{spec.name}` | {axes} | {spec.unit} | {spec.frame} | {spec.source} |")
    return "\n".join(rows)


def detail_table(stage: str) -> str:
    """Return what is inside the blocks and layers of a stage, one row for all that are alike."""
    rows = {}
    for spec in (*detail_of(torchvision_v2()).values(), *detail_of(classic()).values()):
        if spec.stage == stage:
            cells = (" ".join(spec.axes), spec.unit, spec.frame, spec.source)
            said = " | ".join(NUMBER.sub("N", cell) for cell in cells)
            rows.setdefault(NUMBER.sub("N", spec.name), said)
    if not rows:
        return ""
    lines = [
        'Inside its blocks and layers, recorded where a pattern names them (`keep="backbone.*.conv2"`); N is a number. '
        "`maskrcnn trace photo.jpg --list` lists what a model has, and how large it is.",
        "",
        "| tensor | axes | unit | frame | what it is |",
        "|---|---|---|---|---|",
        *(f"| `{name}` | {said} |" for name, said in rows.items()),
    ]
    return "\n".join(lines)


def code(names: Any) -> str:
    """Return names as code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


def benchmarks() -> str:
    """Return every row that was measured, from ``benchmarks/results.json``."""
    measured = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    rows = ["| what | value | from–to | beside | ratio | goal |", "|---|---|---|---|---|---|"]
    for row in measured["rows"]:
        spread = f"{row['low']:.4g}–{row['high']:.4g}" if row["high"] else ""
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        value = f"{row['value']:.4g} {row['unit']}"
        rows.append(f"| {row['name']} | {value} | {spread} | {row['beside']} | {ratio} | {row['goal']} |")
    head = f"# All measurements\n\n{measured['machine']}; {measured['date']}. Generated from `benchmarks/results.json`."
    return "\n\n".join((head, "\n".join(rows))) + "\n"


# --- API ----------------------------------------------------------------------------------------------------


def api_pages(name: str, package: str) -> list[tuple[str, str]]:
    """Return a page of links to the rooms of a package, and a page for each room with its public modules."""
    found = import_module(package)
    modules = [package, *(m.name for m in pkgutil.walk_packages(found.__path__, f"{package}."))]
    rooms: dict[str, list[str]] = {}
    for module in modules:
        parts = module.split(".")
        if not any(part.startswith("_") for part in parts):
            rooms.setdefault(".".join(parts[:2]), []).append(module)
    lines = [f"# {package}", first_paragraph(package)]
    lines.append("\n".join(f"- [{room}]({name}/{room}.md): {first_paragraph(room)}" for room in rooms))
    pages = [(f"api/{name}.md", "\n\n".join(lines) + "\n")]
    for room, inside in rooms.items():
        body = "\n\n".join(f"::: {module}" for module in inside)
        pages.append((f"api/{name}/{room}.md", f"# {room}\n\n{body}\n"))
    return pages


def first_paragraph(module: str) -> str:
    """Return the first paragraph of a module's docstring, without importing it."""
    import ast
    from importlib.util import find_spec

    spec = find_spec(module)
    if spec is None or not spec.origin:
        return ""
    words = ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""
    return " ".join(words.split("\n\n")[0].split()).replace("``", "`")
