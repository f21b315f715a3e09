"""``maskrcnn detect`` on videos and cameras: what is claimed before, said meanwhile, and how it ends."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..terminal.inert import say
from ..terminal.progress import progress_bar, remark
from .options import chosen_weights

if TYPE_CHECKING:
    from ..data.reading.images import SourceImage
    from ..data.reading.video import Video
    from ..inference.video.run import Followed, Run
    from ..stages.composing import Result

OF_IMAGES = ("cutouts", "splashes", "features", "depth")  # options that mean nothing here
OF_VIDEOS = ("every", "frames", "seconds")
Opener = Callable[[], AbstractContextManager["Video"]]
MakeJob = Callable[[Path, dict[str, Any]], Any]


def is_of_videos(images: tuple[str, ...], options: dict[str, Any]) -> bool:
    """Tell whether the command is about videos or a camera. Raises: UsageError for what does not go together."""
    from ..data.reading.video_names import is_video

    videos = [path for path in images if is_video(path) and not Path(path).is_dir()]
    if options["camera"] is not None:
        if images:
            raise click.UsageError("wanted IMAGES or --camera, received both")
    elif not images:
        raise click.UsageError("wanted IMAGES: files, folders or videos; or --camera 0")
    elif not videos:
        if given := [name for name in OF_VIDEOS if options[name] is not None]:
            raise click.UsageError(f"wanted a video or --camera with --{given[0]}, received images alone")
        return False
    elif len(videos) < len(images):
        raise click.UsageError(
            f"wanted images or videos, received both ({videos[0]}); give each kind a run and an --output of its own"
        )
    if given := [name for name in OF_IMAGES if options[name]]:
        option = {"splashes": "splash"}.get(given[0], given[0])
        raise click.UsageError(
            f"wanted --{option} with images alone: of videos it is not written; leave it out"
        )
    if options["cluster"] is not None:
        raise click.UsageError("wanted images with --workers or --scheduler: a video is not shared out")
    return True


def detect_videos(images: tuple[str, ...], folder: Path, options: dict[str, Any], make_job: MakeJob) -> int:
    """Find the objects in videos, or in what ``--camera`` sees, and return the exit status."""
    from ..data.reading.video import open_camera, open_video
    from ..files.made import claim
    from ..inference.outputs import unique_names

    camera, sources = options["camera"], list[tuple[Path, Opener]]()
    if camera is None:
        sources = [(Path(path), lambda path=path: open_video(path)) for path in images]  # type: ignore[misc]
    else:
        name = f"camera{camera}" if camera.isdigit() else Path(camera).name
        sources = [(Path(name), lambda: open_camera(camera))]
    usable = [source for source in sources if can_be_read(source[1], raises=len(sources) == 1)]
    if not usable:
        return 2
    paths = [path for path, _ in usable]
    options["weights"] = chosen_weights(options["weights"])
    names = unique_names(paths)
    read = [*(paths if camera is None else ()), *filter(None, (options["weights"], options["config_file"]))]
    claim(folder, plan(dict(zip(names, paths, strict=True)), options), read, options["overwrite"])
    job = make_job(folder, options)
    failed = len(usable) < len(sources)
    for name, (path, opener) in zip(names, usable, strict=True):
        failed |= not run_one(job, opener, (folder, name), None if camera is not None else path, options)
    return 1 if failed else 0


def can_be_read(opener: Opener, raises: bool) -> bool:
    """Tell, before a model is loaded, whether a video can be opened and has a frame; say so, or raise, where not."""
    try:
        with opener() as video:
            if not video.live:
                next(video.frames())
        return True
    except (ValueError, OSError) as error:
        if raises:
            raise
        remark(str(error))
        return False


def plan(videos: dict[str, Path], options: dict[str, Any]) -> Any:
    """Return what a run on ``videos``, by name, will write, and what it is."""
    from ..files.made import Plan
    from ..inference.video.run import ENDINGS
    from ..runtime import onednn

    keys = ("weights", "config_file", "min_score", "tile", "tile_overlap", "engine", "camera", *OF_VIDEOS)
    said = {key: options[key] for key in keys}
    facts = {**said, "oneDNN": onednn.said(), "videos": {name: str(path) for name, path in videos.items()}}
    return Plan("detect", tuple(f"{name}{ending}" for name in videos for ending in ENDINGS), facts)


class FrameDetector:
    """Finds the objects of one frame after the other, and counts frames that are unlike what the model learned from."""

    def __init__(self, job: Any) -> None:
        self.job, self.count, self.first = job, 0, ""

    def __call__(self, image: SourceImage) -> Result:
        """Return the objects of a frame."""
        result, _, unlike = self.job.work(0, image)
        self.count += bool(unlike)
        self.first = self.first or unlike
        return result

    def say(self, frames: int) -> None:
        """Say it once for all frames."""
        if self.first:
            remark(f"{self.first}  ({self.count} of {frames} frames)")


def run_one(
    job: Any, opener: Opener, target: tuple[Path, str], path: Path | None, options: dict[str, Any]
) -> bool:
    """Go through one video, say what came of it, and return whether it was sound.

    target: the folder, and the name in it. path: of its file; None of a camera.
    """
    from ..inference.video.run import Limits, Run

    limits = Limits(options["every"] or 1, options["frames"], options["seconds"])
    detect = FrameDetector(job)
    run = Run(detect, job.model.config.molding.channels, job.categories, limits)
    try:
        with opener() as video:
            followed = shown(run, video, *target)
    except ValueError as error:
        if path is None:
            raise
        remark(str(error))
        return False
    detect.say(followed.frames)
    say_result(followed, target, path, options)
    if faults := str(video.faults):
        remark(f"{video.name}: {faults}; what could be read is written")
    return not (video.faults.cut or video.faults.damaged)


def shown(run: Run, video: Video, folder: Path, name: str) -> Followed:
    """Go through ``video`` with a bar; what a camera sees until Ctrl-C."""
    with (
        progress_bar(f"Detecting in {video.name}", run.limits.total(video)) as advance,
        until_stopped(video) as stopped,
    ):
        return run.follow(video, folder, name, advance, stopped)


@contextmanager
def until_stopped(video: Video) -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether a camera is to stop; a video's file has an end of its own."""
    from ..terminal.stopping import stop_on_request

    if video.live:
        say(f"{video.name}: recording; Ctrl-C ends it", err=True)
    with stop_on_request() if video.live else nullcontext(lambda: False) as stopped:
        yield stopped


def say_result(
    followed: Followed, target: tuple[Path, str], path: Path | None, options: dict[str, Any]
) -> None:
    """Say what was found, where it is, and how a frame opens in the walk."""
    folder, name = target
    counts = (
        f"{followed.frames} frame{'s'[followed.frames == 1 :]}",
        f"{followed.objects} object{'s'[followed.objects == 1 :]} in them",
        f"{followed.tracks} track{'s'[followed.tracks == 1 :]}",
    )
    say(f"{name}: {', '.join(counts)}", err=True)
    say(
        f"written: {folder}: {name}.overlay.mp4, .objects.csv, .objects.jsonl, .areas.csv, .areas.png",
        err=True,
    )
    if path is not None:
        words = ["maskrcnn", "walk", str(path), "--frame", str(followed.last)]
        words += ["--weights", options["weights"]]
        words += ["--config", options["config_file"]] if options["config_file"] else []
        say(f"a frame opens in the Explorer: {shlex.join(words)}", err=True)
