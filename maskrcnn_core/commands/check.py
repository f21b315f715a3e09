"""``maskrcnn check``: say what is wrong with a data set."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ..terminal.inert import say


@click.command()
@click.argument("dataset")
@click.option(
    "--preset",
    type=click.Choice(["classic", "tiny"]),
    help="Say which objects the anchors of this preset reach.",
)
@click.option("--config", "config_file", metavar="C.json", help="The same for settings on top of the preset.")
@click.option(
    "--allow-unused-classes", "allow_unused", is_flag=True, help="A class without an object is no error."
)
@click.option(
    "--against",
    metavar="DATASET",
    help="Another part of the data, such as that for validation: say which images of it are among these, or nearly.",
)
@click.option("--json", "json_file", metavar="OUT.json", help="Write counts and all findings there.")
@click.pass_context
def check(
    context: click.Context,
    dataset: str,
    preset: str | None,
    config_file: str | None,
    allow_unused: bool,
    against: str | None,
    json_file: str | None,
) -> None:
    """Read a data set once and say what is wrong with it.

    DATASET is FORMAT:PATH?option=value. Formats: coco, coco_panoptic, yolo, voc, cvat, label_studio, labelme, via,
    supervisely, cityscapes, open_images, nuclei, mask_folder, label_map, shapes; auto finds which of them PATH is;
    module:Class is a reader of your own. Options of every format: classes, rename, merge, ignore, crowds, depth, only,
    without.

    \b
    Examples:
      maskrcnn check coco:annotations/instances_train.json
      maskrcnn check "via:balloon/train?class_name=balloon"
      maskrcnn check "open_images:oid?classes=Pumpkin&split=train" --config config.json
      maskrcnn check nuclei:stage1_train --json report.json
      maskrcnn check coco:train.json --against coco:val.json

    Exit status: 0 = all of it can be used, 1 = something cannot and would be left out, or training would refuse all of
    it, 2 = wrong use.
    """  # click wants the character \b, which a raw text would not hold
    from ..config import classic, tiny
    from ..config.files import load_config
    from ..data.quality.lint import check as lint
    from ..data.quality.lint_text import print_report
    from ..data.reading.registry import open_dataset
    from ..files.atomic import replacing
    from ..files.made import claim_file, is_json
    from ..terminal.progress import progress_bar
    from ..terminal.screen import output

    try:
        if json_file:
            claim_file(json_file, is_json("class_names", "images", "findings"), "--json")
        base = None if preset is None else tiny() if preset == "tiny" else classic()
        config = load_config(config_file, base) if config_file else base
        reader, other = open_dataset(dataset), open_dataset(against) if against else None
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    with progress_bar("Reading images", len(reader) + (len(other) if other else 0)) as advance:
        report = lint(reader, config, advance, allow_unused, other)
    print_report(report, output())
    if json_file:
        with replacing(Path(json_file)) as part:
            part.write_text(json.dumps(report.as_json(), indent=1) + "\n", encoding="utf-8")
        say(f"written: {json_file}", err=True)
    context.exit(1 if report.unusable else 0)
