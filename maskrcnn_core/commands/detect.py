"""``maskrcnn detect``: find the objects in images, folders of images, videos and what a camera sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..terminal.inert import say
from .detect_image import MADE_BY, Detection
from .detect_run import JOURNAL, count_of, resume, run
from .detect_video import detect_videos, is_of_videos
from .options import (
    chosen_weights,
    cluster_options,
    depth_option,
    device_options,
    engine_option,
    model_options,
    overwrite_option,
    require_one_process,
)


@click.command()
@click.argument("images", nargs=-1)
@click.option("--output", required=True, metavar="DIR", help="Folder for what is found.")
@click.option(
    "--min-score",
    type=click.FloatRange(0, 1),
    metavar="S",
    help="Score threshold of what is reported.",
)
@click.option("--cutouts", is_flag=True, help="Write each instance as a PNG with transparent background.")
@click.option(
    "--splash", "splashes", is_flag=True, help="Write each image in grey with its objects in colour."
)
@click.option(
    "--tile",
    type=click.IntRange(2),
    metavar="PX",
    help="Cut larger images into overlapping tiles of this side.",
)
@click.option(
    "--tile-overlap",
    type=click.IntRange(1),
    metavar="PX",
    help="What neighbouring tiles share: the size of the largest object or more.  [default: a quarter of the side]",
)
@click.option(
    "--features",
    metavar="OUT.npz",
    help="Write a feature vector of each instance: the box head's last hidden vector.",
)
@click.option("--camera", metavar="N", help="In place of IMAGES: what camera N sees, until Ctrl-C.")
@click.option(
    "--every", type=click.IntRange(1), metavar="N", help="Look at every N-th frame of a video.  [default: 1]"
)
@click.option("--frames", type=click.IntRange(1), metavar="N", help="End a video after N frames looked at.")
@click.option(
    "--seconds", type=click.FloatRange(0), metavar="S", help="End a video at this time of its own, in s."
)
@depth_option
@overwrite_option
@engine_option
@cluster_options
@device_options
@model_options
@click.pass_context
def detect(context: click.Context, /, images: tuple[str, ...], output: str, **options: Any) -> None:
    """Find the objects in IMAGES: files, folders searched through, or videos; or in what a camera sees.

    \b
    Examples:
      maskrcnn detect photo.jpg --output found --weights nuclei
      maskrcnn detect holiday/ more/*.png --output found --weights coco --cutouts
      maskrcnn detect cells/ --output found --weights runs/mine/best.h5 --min-score 0.9
      maskrcnn detect slide.tif --output found --weights nuclei --tile 512 --tile-overlap 128
      maskrcnn detect holiday/ --output found --weights nuclei --features found.npz
      maskrcnn detect holiday/ --output found --weights coco --workers 4
      maskrcnn detect photo.jpg --output found --weights coco --engine onnxruntime
      maskrcnn detect clip.mp4 --output found --weights shapes --every 5
      maskrcnn detect --camera 0 --output found --weights coco --seconds 60

    \b
    Writes into DIR:
      NAME.overlay.png     the image with masks, boxes, classes and scores
      NAME.splash.png      with --splash: in grey, its objects in colour
      NAME.cutout_000.png  with --cutouts: an instance, numbered as in the overlay
      detections.json      all instances as COCO results, masks run-length encoded
      areas.csv            image, class, instances, pixels, share of the image; and the background
      run.json             which image each NAME is, the weights, the settings, and which files are of this run

    \b
    --features writes one NumPy archive for all images, a row an instance:
      features             the last hidden vector of the box head for the proposal that the
                           instance came from: what its class and box were told from;
                           with --tile that of the tile whose instance stayed
      image, rank          the NAME above, and the number in the overlay
      boxes                y1, x1, y2, x2 in image px
      class_ids, class_names, scores
      images, files        all images that were read, in order, also those without an instance
      tensor               which tensor the vectors are

    \b
    Of a video or camera it writes instead (see the page Video and camera of the documentation):
      NAME.overlay.mp4     the frames looked at, at their times; an object keeps its number and colour
      NAME.objects.csv     a row an object: frame, time, track, class, score, box, pixels
      NAME.objects.jsonl   the same as COCO results, a line an object, with masks
      NAME.areas.csv       frame, time, class, instances, pixels, share of the frame; and the background
      NAME.areas.png       the areas over time

    Nothing else in DIR is touched: names that others use are refused, and so is the folder of an earlier run, unless
    --overwrite has that run's files replaced.

    An interrupted run goes on where it stopped: give the same command again. With --workers N or --scheduler ADDRESS
    images are shared out among processes, of this machine or of many that see the same files; what they find is what
    one process finds.

    Exit status: 0 = done, 1 = an image could not be read (the others are done), or a video is damaged or cut off (what
    could be read is done), 2 = wrong use.
    """
    from ..data.reading.images import count_of_others, list_images
    from ..data.reading.video_names import said_of_videos
    from ..files.made import claim, hold, recorded

    require_one_process(options["engine"], options["cluster"])
    require_tiles(options)
    if is_of_videos(images, options):
        context.exit(detect_videos(images, Path(output), options, Detection))
    require_features(options)
    cluster, found, folder = options.pop("cluster"), list_images(images), Path(output)
    options["weights"] = chosen_weights(options["weights"])
    if cluster is not None and cluster.workers:
        require_weights(options)
    made = recorded(folder).get("detect", {}).get("makes", ())
    goes_on = JOURNAL in made and (folder / JOURNAL).is_file() and not options["overwrite"]
    if goes_on:  # before the record of that run is replaced, and never while that run is at work
        hold(folder)
        resume(found, folder, options)
    read = [*found, *filter(None, (options["weights"], options["config_file"]))]
    claim(folder, plan(found, options), read, options["overwrite"], goes_on)
    done = run(found, folder, options, cluster)
    for place in (Path(one) for one in images if Path(one).is_dir()):
        if others := count_of_others(place):
            say(f"{place}: {others} passed over: no images by their names", err=True)
        if videos := said_of_videos(place):
            say(f"{place}: {videos}", err=True)
    say(f"{count_of(done)}\nwritten: {folder}: overlays, detections.json, areas.csv", err=True)
    if options["features"]:
        say(f"feature vectors: {options['features']}", err=True)
    context.exit(1 if done.failed else 0)


def plan(images: list[Path], options: dict[str, Any]) -> Any:
    """Return what a run on ``images`` will write, and what it is."""
    from ..files.made import Plan
    from ..inference.outputs import CUTOUT, OVERLAY, SPLASH, unique_names
    from ..runtime import onednn

    names = unique_names(images)
    endings = [OVERLAY, *[SPLASH] * options["splashes"], *[CUTOUT.format("*")] * options["cutouts"]]
    makes = [f"{name}{ending}" for name in names for ending in endings]
    said = {key: options[key] for key in MADE_BY}
    return Plan(
        "detect",
        ("detections.json", "areas.csv", JOURNAL, *makes),
        {**said, "oneDNN": onednn.said(), "images": dict(zip(names, map(str, images), strict=True))},
    )


def require_tiles(options: dict[str, Any]) -> None:
    """Fill in the overlap of tiles, and refuse tiles that make no sense before a model is loaded."""
    from ..inference.tiling import require_tiling

    if options["tile"] is None:
        if options["tile_overlap"] is not None:
            raise click.UsageError("wanted --tile with --tile-overlap: without it images are taken whole")
        return
    if options["tile_overlap"] is None:
        options["tile_overlap"] = max(1, options["tile"] // 4)
    require_tiling(options["tile"], options["tile_overlap"])


def require_weights(options: dict[str, Any]) -> None:
    """Refuse weights that are not there, or fetch them once, before processes of this machine start for them."""
    from ..inference.engines.opening import config_of_weights

    config_of_weights(options["weights"], options["config_file"])


def require_features(options: dict[str, Any]) -> None:
    """Refuse, before a model is loaded, a file of features that cannot be written."""
    from ..files.made import claim_file
    from ..inference.features import is_features

    if options["features"] is None:
        return
    claim_file(options["features"], is_features, "--features")
