"""``maskrcnn evaluate --oracles``: what each stage of a model costs, measured with the truth in its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from maskrcnn_core.runtime.inert import say


def of_oracles(dataset: str, folder: Path | None, options: dict[str, Any]) -> int:
    """Measure and print the budget, write it into ``folder``; return the number of pictures that could not be read."""
    from maskrcnn_core.commands.progress import counted, warn_of
    from maskrcnn_core.data.reading.registry import open_dataset
    from maskrcnn_core.evaluation.dataset import map_classes
    from maskrcnn_core.runtime.progress import progress_bar
    from maskrcnn_core.runtime.screen import output
    from maskrcnn_core.weights.loading import load_model, read_config
    from maskrcnn_inspect.analysis.oracles.budget import measure_budget
    from maskrcnn_inspect.analysis.oracles.text import print_budget

    reader = open_dataset(dataset)
    wanted = {"detections.min_score": options["min_score"], "detections.max_count": options["max_detections"]}
    config = read_config(options["weights"], options["config_file"]).replace(**wanted)
    warn_of(map_classes(reader.class_names, config.class_names).unjudged)  # before TensorFlow is loaded
    count = min(options["limit"] or len(reader), len(reader))
    with progress_bar("Oracles", count) as advance:
        budget = measure_budget(
            load_model(options["weights"], config), reader, count, options["max_detections"], progress=advance
        )
    print_budget(budget, output())
    if folder is not None:
        heading = {"weights": options["weights"], "data set": dataset, **counted(options)}
        write_budget(budget, heading | {"least score": f"{options['min_score']:g}"}, folder)
    return len(budget.unreadable)


def write_budget(budget: Any, heading: dict[str, str], folder: Path) -> None:
    """Write the budget as JSON and as a picture."""
    from maskrcnn_core.files.atomic import replacing
    from maskrcnn_inspect.views.why.oracles import figure

    with replacing(folder / "oracles.json") as part:
        content = {"heading": heading, **budget.as_json()}
        part.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    with replacing(folder / "oracles.png") as part:
        figure(budget).savefig(part, format="png")
    say(f"written: {folder / 'oracles.json'}, {folder / 'oracles.png'}", err=True)
