"""``maskrcnn doctor``: say whether this machine is set up well, and what to do if not."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import click

from ..doctor.report import Line
from ..terminal.progress import telling


@click.command()
@click.option(
    "--measure/--no-measure",
    default=None,
    help="Measure anew, or not at all, which of TensorFlow's convolutions is the faster.  [default: if not yet done]",
)
@click.option(
    "--self-test/--no-self-test", "tested", default=True, help="Run the shipped model.  [default: yes]"
)
@click.option("--forget", "forgotten", is_flag=True, help="Remove what was measured and remembered, and end.")
@click.option("--json", "output", metavar="OUT.json", help="Write the report as JSON as well.")
@click.pass_context
def doctor(
    context: click.Context, measure: bool | None, tested: bool, forgotten: bool, output: str | None
) -> None:
    """Say what this machine is, what was chosen for it, and what is wrong.

    \b
    Examples:
      maskrcnn doctor
      maskrcnn doctor --measure                  (after the machine has changed, or was busy the last time)
      maskrcnn doctor --no-measure --json machine.json
      maskrcnn doctor --forget                   (remove the measurement: the processor's default applies)

    The first run measures, for half a minute each at most, which of TensorFlow's two convolution implementations, its
    own or oneDNN's, is faster here for detection and for training, and remembers the answer for this processor.
    TensorFlow's own default is changed only where one of them wins nearly every turn. TF_ENABLE_ONEDNN_OPTS=0 or 1 in
    the environment decides instead. In the same way it measures whether training is faster in bfloat16 than in float32.
    With --measure ONNX Runtime, where it is installed (extra onnx), takes turns with TensorFlow too, and the faster
    engine is named.

    Exit status: 0 = all is well, 1 = something is wrong and the report says what to do, 2 = wrong use.
    """
    from ..doctor import report
    from ..files.cache import cache_folder
    from ..files.made import claim_file, is_json
    from ..runtime.memory import memory
    from ..runtime.processor import processor
    from ..runtime.remembered import forget

    if forgotten:
        path = forget()
        click.echo("nothing was remembered" if path is None else f"forgotten: {path}")
        context.exit(0)
    if output:
        claim_file(output, is_json(*Line._fields), "--json")
    lines = report.machine_lines(processor(), memory(), cache_folder())
    lines += report.version_lines(report.installed_requirements(), report.installed_version)
    tried = measured_lines(measure)
    lines += [line for line in tried if line.fault]
    lines += report.setting_lines(os.environ, processor(), {line.name: line.value for line in tried})
    lines += report.python_lines() + report.cache_lines()
    lines += running_lines(tested)
    lines += compared_lines() if measure else []
    show(lines)
    if output:
        write(lines, Path(output))
    context.exit(1 if any(line.fault for line in lines) else 0)


def measured_lines(wanted: bool | None) -> list[Line]:
    """Measure oneDNN for each kind of work, and bfloat16, as ``wanted``: True = all, None = what is not known.

    Returns: lines on what failed.
    """
    from ..doctor.timing import measure_and_remember
    from ..runtime import bfloat16
    from ..runtime.onednn import KINDS, decide
    from ..runtime.processor import processor
    from ..runtime.remembered import recall

    machine = processor()
    lines = []
    for kind in (*KINDS, bfloat16.KIND):
        what = "bfloat16 for training" if kind == bfloat16.KIND else f"oneDNN for {kind}"
        judged = what.startswith("oneDNN") and decide(kind, os.environ, machine).source != "default"
        if wanted is False or not (wanted or not (judged or recall(machine.key, kind))):
            continue
        name = what.replace(" for", ",")
        click.echo(f"measuring {what}: half a minute at most", err=True)
        try:
            with telling(f"Measuring {what}"):
                measure_and_remember(kind)
        except TimeoutError as error:  # nothing is wrong with the machine
            lines.append(Line("settings", name, f"not measured: {error}"))
        except (ValueError, OSError) as error:
            lines.append(Line("settings", name, "not measured", str(error), "see the other lines"))
    return lines


def compared_lines() -> list[Line]:
    """Measure the engines that are installed beside TensorFlow."""
    from ..doctor.engines import engine_lines

    with telling("Measuring engines"):
        return engine_lines()


def running_lines(tested: bool) -> list[Line]:
    """Import TensorFlow, say on what it runs, and run the self-test."""
    from ..doctor.report import device_lines
    from ..runtime.installing import install_advice
    from ..runtime.quiet import import_tensorflow

    try:
        import_tensorflow()
        import tensorflow as tf
    except Exception as error:  # a broken installation fails in any way it likes
        return [Line("devices", "TensorFlow", "-", f"cannot be imported: {error}", install_advice())]
    counts: dict[str, int] = {}
    for device in tf.config.list_physical_devices():
        counts[device.device_type] = counts.get(device.device_type, 0) + 1
    lines = device_lines(counts, shutil.which("nvidia-smi") is not None)
    return lines + (self_test_lines() if tested else [])


def self_test_lines() -> list[Line]:
    """Run the self-test and say how it went."""
    from ..doctor.self_test import run_self_test
    from ..runtime.installing import install_advice

    remedy = f"try TF_ENABLE_ONEDNN_OPTS=0 and =1; if both fail, {install_advice()}"
    try:
        steps = run_self_test()
    except Exception as error:  # whatever it is, a doctor has to say it
        return [Line("self-test", "model", "-", f"{type(error).__name__}: {error}", remedy)]
    return [Line("self-test", s.name, s.said, s.fault, remedy if s.fault else "") for s in steps]


def show(lines: list[Line]) -> None:
    """Print the report, a section after the other, and what to do at its end."""
    from rich.table import Table
    from rich.text import Text

    from ..terminal.screen import output

    console = output()
    table = Table(box=None, show_header=False, pad_edge=False)
    section = ""
    for line in sorted(lines, key=lambda each: SECTIONS.index(each.section)):
        if line.section != section:
            section = line.section
            table.add_row(Text(section, style="bold"))
        mark = Text("problem", style="red") if line.fault else Text("ok", style="green")
        table.add_row(Text(f"  {line.name}"), mark, Text(line.value))
    console.print(table)
    faults = [line for line in lines if line.fault]
    for line in faults:
        console.print(Text(f"\n{line.name}: {line.fault}", style="red"), Text(f"→ {line.remedy}"), sep="\n")
    if not faults:
        console.print(Text("\nAll is well.", style="green"))


SECTIONS = ("machine", "versions", "devices", "settings", "self-test", "engines")


def write(lines: list[Line], path: Path) -> None:
    """Write the report as JSON."""
    from ..files.atomic import replacing

    content: list[dict[str, Any]] = [line._asdict() for line in lines]
    with replacing(path) as part:
        part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
