"""``maskrcnn explain IMAGE``: the verdicts on one image by its ground truth, or what each stage left of it without.

Inputs: an image and options. Outputs: text on the terminal; as asked for, JSON and a page with the walk beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maskrcnn_core.commands.results import write_json, write_text
from maskrcnn_core.terminal.progress import remark
from maskrcnn_core.terminal.screen import output

from .explain_heading import heading


def of_image(source: str, options: dict[str, Any]) -> int:
    """Explain an image by its ground truth; return the number of objects missed."""
    from maskrcnn_core.evaluation.dataset import map_classes
    from maskrcnn_core.inference.engines.opening import config_of_weights, open_model
    from maskrcnn_inspect.analysis.candidates.explanation import READS, Explainer
    from maskrcnn_inspect.analysis.candidates.explanation_text import print_explanation, print_funnel
    from maskrcnn_inspect.analysis.candidates.given_truth import find_truth

    config = config_of_weights(options["weights"], options["config_file"])
    sample, class_names = find_truth(Path(source), options["truth"], config.molding.channels)
    map_classes(
        class_names, config.class_names
    )  # a stranger's classes are refused before TensorFlow is loaded
    setting_changes = options["setting_changes"] is not False
    model = open_model(options["weights"], config, options["engine"], READS)
    say_unlike(model, source, sample.image)
    explainer = Explainer(model, class_names, options["threshold"], setting_changes)
    explanation = explainer.explain(sample, options["box"])
    console = output()
    print_explanation(explanation, console)
    if options["box"]:
        print_funnel(explanation.near_box, console)
    if options["json_file"]:
        write_json(options["json_file"], {"heading": heading(source, options), **explanation.as_json()})
    if options["html_file"]:
        from maskrcnn_inspect.views.why.explanation_page import image_page

        walk = walk_beside(options["html_file"], source, options)
        write_page(
            options["html_file"], image_page(explanation, sample.image, heading(source, options), walk)
        )
    return len(explanation.missed)


def without_truth(source: str, options: dict[str, Any]) -> int:
    """Say what each stage left of an image, and of candidates near a box; nothing is missed that nobody asked for."""
    from dataclasses import asdict

    from maskrcnn_core.evaluation.dataset import result_of
    from maskrcnn_core.inference.engines.opening import open_model
    from maskrcnn_inspect.analysis.candidates.explanation import READS
    from maskrcnn_inspect.analysis.candidates.explanation_text import print_funnel
    from maskrcnn_inspect.analysis.candidates.fates import find_fates
    from maskrcnn_inspect.analysis.candidates.funnel import funnel

    model = open_model(options["weights"], options["config_file"], options["engine"], READS)
    trace = model.trace(source, keep=READS)
    say_unlike(model, source, trace["image.original"])
    funnels = {"What each stage left": funnel(trace)}
    if options["box"]:
        text = ", ".join(f"{v:g}" for v in options["box"])
        funnels[f"Near the box {text}"] = funnel(trace, options["box"], options["threshold"])
    console, fates = output(), find_fates(trace).counts()
    for title, steps in funnels.items():
        console.print(title)
        print_funnel(steps, console)
    named = heading(source, options)
    if options["json_file"]:
        plain = {title: [asdict(step) for step in steps] for title, steps in funnels.items()}
        write_json(
            options["json_file"], {"heading": named, "image": source, "fates": fates, "funnels": plain}
        )
    if options["html_file"]:
        from maskrcnn_inspect.views.why.explanation_page import detections_drawing, funnel_page

        found = result_of(trace)
        labels = [f"{label} {score:.2f}" for label, score in zip(found.labels, found.scores, strict=True)]
        walk = walk_beside(options["html_file"], source, options)
        image = trace["image.original"]
        drawing = detections_drawing(image, found.boxes, labels, options["box"], walk)
        write_page(options["html_file"], funnel_page(source, fates, funnels, named, drawing))
    return 0


def say_unlike(model: Any, source: str, image: Any) -> None:
    """Say where an image is unlike all that the model learned from, and where it speaks for other anchors."""
    from maskrcnn_core.data.reading.images import SourceImage
    from maskrcnn_core.inference.anchor_scales import AnchorProbe
    from maskrcnn_core.inference.familiarity import remark_on

    looked_at = SourceImage(image, source)
    said = remark_on(model, looked_at), AnchorProbe(model).look_at(looked_at)
    for words in filter(None, said):
        remark(words)


def walk_beside(page: str, source: str, options: dict[str, Any]) -> Any:
    """Return the ``Walk`` of an IMAGE, its page beside ``page``."""
    from maskrcnn_core.evaluation.report.walks import walk_of

    beside = Path(page).with_suffix(".walk.html")
    return walk_of(
        source, beside, options["weights"], options["config_file"], options["truth"], options["depth"]
    )


def write_page(path: str | Path, text: str) -> None:
    """Write a page, with the mark by which a later run knows it for one that it may replace."""
    from maskrcnn_core.files.made import page_mark

    write_text(path, text + page_mark("explain"))
