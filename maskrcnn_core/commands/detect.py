"""``maskrcnn detect``: find the objects in pictures and folders of pictures."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np

from ..terminal.inert import say
from ..terminal.progress import progress_bar, remark
from .options import model_options, overwrite_option, strategy_option


@click.command()
@click.argument("pictures", nargs=-1, required=True)
@click.option("--output", required=True, metavar="DIR", help="Folder for what is found.")
@click.option(
    "--min-score", type=click.FloatRange(0, 1), metavar="S", help="Report instances from this probability on."
)
@click.option("--cutouts", is_flag=True, help="Write each instance as a PNG with transparent background.")
@click.option(
    "--splash", "splashes", is_flag=True, help="Write each picture in grey with its objects in colour."
)
@click.option(
    "--tile",
    type=click.IntRange(2),
    metavar="PX",
    help="Cut larger pictures into overlapping tiles of this side.",
)
@click.option(
    "--tile-overlap",
    type=click.IntRange(1),
    metavar="PX",
    help="What neighbouring tiles share: the size of the largest object or more.  [default: a quarter of the side]",
)
@overwrite_option
@strategy_option
@model_options
@click.pass_context
def detect(context: click.Context, /, pictures: tuple[str, ...], output: str, **options: Any) -> None:
    """Find the objects in PICTURES: files, and folders searched through.

    \b
    Examples:
      maskrcnn detect photo.jpg --output found
      maskrcnn detect holiday/ more/*.png --output found --weights coco --cutouts
      maskrcnn detect cells/ --output found --weights runs/mine/best.h5 --min-score 0.9
      maskrcnn detect slide.tif --output found --weights nuclei --tile 512 --tile-overlap 128

    \b
    Writes into DIR:
      NAME.overlay.png     the picture with masks, boxes, classes and scores
      NAME.splash.png      with --splash: in grey, its objects in colour
      NAME.cutout_000.png  with --cutouts: an instance, numbered as in the overlay
      detections.json      all instances as COCO results, masks run-length encoded
      areas.csv            picture, class, instances, pixels, share of the picture; and the background
      run.json             which picture each NAME is, the weights, the settings, and which files are of this run

    Nothing else in DIR is touched: names that others use are refused, and so is the folder of an earlier run, unless
    --overwrite has that run's files replaced.

    With --strategy multiworker start the same command on every machine, each with its TF_CONFIG, as for training.
    Pictures are shared out one by one, DIR has to be the same folder for all, and the first worker writes the lists.
    Pictures that a worker had not finished when it died are done again by the others.

    Exit status: 0 = done, 1 = a picture could not be read (the others are done), 2 = wrong use.
    """
    from ..data.reading.images import list_pictures
    from ..files.atomic import prepare_folder
    from ..files.made import claim
    from ..inference.sharing.run import is_first

    require_tiles(options)
    found, folder = list_pictures(pictures), Path(output)
    if is_first(options["strategy"]):
        read = [*found, *filter(None, (options["weights"], options["config_file"]))]
        claim(folder, plan(found, options), read, options["overwrite"])
    else:
        prepare_folder(folder)
    done = run(found, folder, options)
    if done.first:
        say(f"{count_of(done)}\nwritten: {folder}: overlays, detections.json, areas.csv", err=True)
    context.exit(1 if done.failed else 0)


def plan(pictures: list[Path], options: dict[str, Any]) -> Any:
    """Return what a run on ``pictures`` will write, and what it is."""
    from ..files.made import Plan
    from ..inference.outputs import CUTOUT, OVERLAY, SPLASH, unique_names
    from ..runtime import onednn

    names = unique_names(pictures)
    endings = [OVERLAY, *[SPLASH] * options["splashes"], *[CUTOUT.format("*")] * options["cutouts"]]
    makes = [f"{name}{ending}" for name in names for ending in endings]
    said = {key: options[key] for key in ("weights", "config_file", "min_score", "tile", "tile_overlap")}
    return Plan(
        "detect",
        ("detections.json", "areas.csv", *makes),
        {**said, "oneDNN": onednn.said(), "pictures": dict(zip(names, map(str, pictures), strict=True))},
    )


def require_tiles(options: dict[str, Any]) -> None:
    """Fill in the overlap of tiles, and refuse tiles that make no sense before a model is loaded."""
    from ..inference.tiling import require_tiling

    if options["tile"] is None:
        if options["tile_overlap"] is not None:
            raise click.UsageError("wanted --tile with --tile-overlap: without it pictures are taken whole")
        return
    if options["tile_overlap"] is None:
        options["tile_overlap"] = max(1, options["tile"] // 4)
    require_tiling(options["tile"], options["tile_overlap"])


def find(model: Any, picture: Any, options: dict[str, Any]) -> Any:
    """Return the result of a picture, tile by tile where tiles are asked for."""
    from ..inference.tiling import detect_tiled

    if options["tile"] is None:
        return model.detect(picture)
    return detect_tiled(model, picture, options["tile"], options["tile_overlap"])


class Detection:
    """What is done with each picture: read, detect, write."""

    def __init__(
        self, pictures: list[Path], folder: Path, options: dict[str, Any], device: str | None
    ) -> None:
        """Load the model of ``options`` onto ``device``."""
        from contextlib import nullcontext

        from ..data.formats.coco_names import category_of
        from ..inference.outputs import unique_names
        from ..runtime.quiet import import_tensorflow
        from ..weights import load_model

        import_tensorflow()
        import tensorflow as tf

        self.pictures, self.names, self.folder, self.options = (
            pictures,
            unique_names(pictures),
            folder,
            options,
        )
        self.categories = [category_of(i) for i in range(1, 81)] if options["weights"] == "coco" else None
        self.on_device = (lambda: tf.device(device)) if device else nullcontext
        with self.on_device():
            self.model = load_model(options["weights"], options["config_file"])
        if options["min_score"] is not None:
            wanted = {"detections.min_score": options["min_score"]}
            self.model.config = self.model.config.replace(**wanted)

    def load(self, index: int) -> Any:
        """Read the picture."""
        from ..data.reading.images import load_picture

        return load_picture(self.pictures[index], self.model.config.molding.channels)

    def work(self, index: int, loaded: Any) -> Any:
        """Find its objects."""
        with self.on_device():
            return find(self.model, loaded, self.options)

    def finish(self, index: int, loaded: Any, worked: Any) -> dict[str, Any]:
        """Write what is drawn; return the rows of the two lists."""
        from ..inference.outputs import areas, coco_results

        name = self.names[index]
        write_pictures(loaded.for_display(), worked, self.folder, name, self.options)
        rows = [(name, a.class_name, a.instances, a.pixels, f"{a.share:.6f}") for a in areas(worked)]
        return {"results": coco_results(worked, name, self.categories), "areas": rows}


class Done(NamedTuple):
    """What came of a run. first: whether this worker collected it: the others know nothing."""

    pictures: int
    objects: int
    failed: int
    first: bool


def count_of(done: Done) -> str:
    """Return how many pictures were searched, what was found, and what could not be read."""
    read = done.pictures - done.failed
    words = f"{read} picture{'s'[read == 1 :]}, {done.objects} object{'s'[done.objects == 1 :]} found"
    return words + (f"; {done.failed} of {done.pictures} pictures could not be read" if done.failed else "")


def run(pictures: list[Path], folder: Path, options: dict[str, Any]) -> Done:
    """Detect on ``pictures``, write everything into ``folder``, and return what came of it.

    Of several workers the first one writes the lists and knows what failed.
    """
    from ..inference.sharing.overlap import ERROR
    from ..inference.sharing.run import is_first, share_out, task_of

    strategy, failed = options["strategy"], 0
    task = task_of("detect", list(map(str, pictures)), {k: v for k, v in options.items() if k != "strategy"})
    first = is_first(strategy)
    results, rows = list[Any](), list[Any]()

    def make_job(device: str | None) -> Detection:
        return Detection(pictures, folder, options, device)

    with progress_bar("Detecting", len(pictures)) as advance:
        for index, answer in share_out(len(pictures), make_job, strategy, task):
            advance(index + 1)
            if ERROR in answer:
                remark(str(answer[ERROR]))
                failed += 1
                continue
            results += answer["results"]
            rows += answer["areas"]
    if first:
        write_lists(results, rows, folder)
    return Done(len(pictures), len(results), failed, first)


def write_lists(results: list[Any], rows: list[Any], folder: Path) -> None:
    """Write the COCO results and the areas of all pictures."""
    from ..files.atomic import replacing

    with replacing(folder / "detections.json") as part:
        part.write_text(json.dumps(results) + "\n", encoding="utf-8")
    # a name that is no UTF-8 is written as the bytes that it is
    with (
        replacing(folder / "areas.csv") as part,
        part.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file,
    ):
        csv.writer(file).writerows([("picture", "class", "instances", "pixels", "share"), *rows])


def write_pictures(
    picture: np.ndarray, result: Any, folder: Path, name: str, options: dict[str, Any]
) -> None:
    """Write the overlay of one picture and, as asked for, its splash and cut-outs."""
    from PIL import Image

    from ..files.atomic import replacing
    from ..inference.outputs import CUTOUT, OVERLAY, SPLASH, cutout, overlay, splash

    def write(pixels: np.ndarray, ending: str) -> None:
        with replacing(folder / f"{name}{ending}") as part:
            Image.fromarray(pixels).save(part, format="PNG")

    write(overlay(picture, result), OVERLAY)
    if options["splashes"]:
        write(splash(picture, result.masks), SPLASH)
    if options["cutouts"]:
        for rank, mask, box in zip(result.ranks, result.masks, result.boxes, strict=True):
            write(cutout(picture, mask, box), CUTOUT.format(f"{rank:03d}"))
