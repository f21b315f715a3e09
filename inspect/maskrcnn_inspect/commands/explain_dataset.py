"""``maskrcnn explain DATASET``: every image's record in a journal, and what all of them say.

Inputs: a data set and options. Outputs: a folder: the journal, to which images are added as they are done, so that a
run that broke goes on; the sums; what ``explain_report`` makes of them. The journal is read once, a record at a time.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from maskrcnn_core.commands.results import write_json, write_text
from maskrcnn_core.terminal.inert import say
from maskrcnn_core.terminal.progress import progress_bar, remark
from maskrcnn_core.terminal.screen import output

from .explain_heading import heading
from .explain_run import FIFTYONE, MAKES, PAGE, SUMS, VECTORS, Run, require_run

if TYPE_CHECKING:
    from ..analysis.verdict_table.gathering import Gathered


def of_dataset(dataset: str, options: dict[str, Any]) -> int:
    """Explain a data set, an image at a time; return the number of objects missed and images not read."""
    require_run(Path(options["against"]) if options["against"] else None)
    run = opened(dataset, options)
    claim_folder(run)
    explain_images(run)
    return report_on(run)


def opened(dataset: str, options: dict[str, Any]) -> Run:
    """Return the run that ``options`` mean. Raises: ValueError where the model lacks a class of the data set."""
    from maskrcnn_core.commands.progress import warn_of
    from maskrcnn_core.data.reading.registry import open_at
    from maskrcnn_core.evaluation.dataset import map_classes
    from maskrcnn_core.inference.engines.opening import config_of_weights

    reader = open_at(dataset, options["depth"])
    config = config_of_weights(options["weights"], options["config_file"])
    warn_of(map_classes(reader.class_names, config.class_names).unjudged)
    return Run(dataset, reader, config, Path(options["output"]), heading(dataset, options), options)


def claim_folder(run: Run) -> None:
    """Say which files of the folder are this run's. Raises: ValueError where others have these names."""
    from maskrcnn_core.files.made import Plan, claim

    from ..gallery.crops import PATTERN

    anew = run.options["overwrite"]  # else on with a run that broke, or one of fewer images
    plan = Plan("explain", (*MAKES, PATTERN), run.heading)
    claim(run.folder, plan, (run.options["weights"],), anew, not anew)


def explain_images(run: Run) -> None:
    """Append the records of the images that the journal lacks."""
    from maskrcnn_core.files.journal import last_record
    from maskrcnn_inspect.analysis.candidates.explanation_sums import resume
    from maskrcnn_inspect.analysis.verdict_table.recording import Recorder

    done = resume(run.journal, run.heading | {"config": repr(run.config)})
    if done < run.num_images:
        recorder = Recorder(run.folder / VECTORS, run.config.box_head.channels)
        recorder.resume(last_record(run.journal))
        write_records(run, recorder, range(done, run.num_images))


def write_records(run: Run, recorder: Any, places: range) -> None:
    """Append the records of the images at ``places`` of the data set to the journal."""
    from maskrcnn_core.data.reading.depth import Levels
    from maskrcnn_core.files.journal import append
    from maskrcnn_core.inference.cluster.run import answers
    from maskrcnn_inspect.analysis.verdict_table.explaining import make_explaining

    levels, recipe = Levels(), recipe_of_run(run, places.start)
    with progress_bar("Explaining", places.stop) as advance:
        for index, answer in answers(places, make_explaining, recipe, run.options["cluster"]):
            if answer.get("doubt"):
                remark(str(answer["doubt"]))
            if answer.get("brightest"):
                levels.add(int(answer["brightest"]))
            named = {"index": index, "image": run.reader.source(index)}
            append(run.journal, {**record_of(recorder, answer), **named})
            advance(index + 1)
    if advice := levels.advice("--depth {}"):
        remark(advice)


def recipe_of_run(run: Run, first: int) -> dict[str, Any]:
    """Return what a worker makes its job of. first: the image with which the data set is looked through."""
    from maskrcnn_core.evaluation.shared import recipe_of

    options = run.options
    return {
        **recipe_of((run.dataset, options["depth"]), run.reader, options["weights"], run.config),
        "engine": options["engine"],
        "threshold": options["threshold"],
        "setting_changes": options["setting_changes"] is True,
        "gains": options["gains"],
        "first": first,
    }


def record_of(recorder: Any, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the record of an image by its answer; of one that could not be read the reason."""
    from maskrcnn_core.inference.overlap import ERROR
    from maskrcnn_inspect.analysis.verdict_table.explaining import record_and_rows

    if ERROR in answer:
        return {"unreadable": str(answer[ERROR]), "vectors": len(recorder.vectors)}
    return recorder.keep(*record_and_rows(answer, recorder.vectors.channels))


def report_on(run: Run) -> int:
    """Write what the journal says; return the number of objects missed and of images that could not be read."""
    from maskrcnn_core.inference.engines.opening import open_model
    from maskrcnn_inspect.analysis.candidates.example_cases import Cutter
    from maskrcnn_inspect.analysis.candidates.explanation_text import print_sums

    from .explain_lists import sentence_of
    from .explain_report import report_of, serve_report, write_report

    gathered, report = gathered_of(run), report_of(run)
    sums = gathered.sums
    print_sums(sums, output())
    write_json(run.folder / SUMS, {"heading": run.heading, **sums.as_json()})
    cutter = Cutter(sums.missed_shown, sums.false_shown)
    comparison = write_report(report, gathered, cutter.see)
    write_sums_page(run, sums, cutter)
    if comparison:
        output().print(sentence_of(comparison))
    if run.options["serve"]:
        serve_report(report, open_model(run.options["weights"], run.config))
    return sums.missed + sums.num_unreadable


def gathered_of(run: Run) -> Gathered:
    """Return what the journal comes to; with ``--fiftyone`` write that folder on the way."""
    from maskrcnn_inspect.analysis.verdict_table.fiftyone_folder import fiftyone_folder
    from maskrcnn_inspect.analysis.verdict_table.gathering import gather

    if not run.options["fiftyone"]:
        return gather(run.journal)
    folder = run.folder / FIFTYONE
    with fiftyone_folder(folder, run.reader, run.heading) as writer:
        gathered = gather(run.journal, [writer])
    say(f"written: {folder}: {writer.count:,} samples for fiftyone.types.FiftyOneDataset", err=True)
    return gathered


def write_sums_page(run: Run, sums: Any, cutter: Any) -> None:
    """Write the page of the sums, with examples that ``cutter`` has cut out."""
    from maskrcnn_core.evaluation.report.walks import walks_of
    from maskrcnn_inspect.views.why.explanation_page import sums_page

    how = (run.options[name] for name in ("weights", "config_file", "depth"))
    walks = walks_of(sums.shown_images, run.folder, *how)
    cases = cutter.cases(sums.missed_shown), cutter.cases(sums.false_shown)
    write_text(run.folder / PAGE, sums_page(sums, run.heading, walks, *cases))
