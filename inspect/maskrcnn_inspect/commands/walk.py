"""``maskrcnn walk``: the Explorer of an image, live in the browser, or written as a page that opens anywhere."""

from __future__ import annotations

import os
import threading
import time
import webbrowser
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from maskrcnn_core.commands.options import (
    chosen_weights,
    depth_option,
    device_options,
    model_options,
    weights_instead,
)
from maskrcnn_core.terminal.inert import say
from maskrcnn_core.terminal.progress import remark, telling

from . import lab as jupyter
from .lab import Lab
from .walk_film import write_film

if TYPE_CHECKING:
    from maskrcnn_core.data.reading.images import SourceImage

    from ..explorer.served import Server
    from ..session import Session

SAMPLE_WEIGHTS = "nuclei"  # of a walk without an image
FAREWELL = 0.5  # s in which a page that is open hears why there is nothing to show


@click.command()
@click.argument("images", nargs=-1, metavar="[IMAGE]...")
@click.option(
    "--output", metavar="WALK.html", help="Write a page to this file, in place of opening the Explorer."
)
@click.option(
    "--sample", metavar="NAME", help="A sample that ships, with its ground truth, in place of IMAGE."
)
@click.option(
    "--frame",
    type=click.IntRange(0),
    metavar="N",
    help="Of a video: frame N, counted from 0 as `maskrcnn detect` counts.",
)
@click.option(
    "--trace",
    "trace_file",
    metavar="T.h5",
    help="Show this saved trace; nothing is run, and TensorFlow is not needed.",
)
@click.option(
    "--film",
    metavar="DIR",
    help="Play the training run in this folder: what `maskrcnn train --film` recorded, and which objects of validation "
    "were forgotten.",
)
@click.option(
    "--truth",
    multiple=True,
    metavar="ANNOTATION",
    help="A COCO, LabelMe or VIA file, or FORMAT:PATH, that holds the image: what became of each of its objects is "
    "shown too.",
)
@click.option(
    "--pages",
    is_flag=True,
    help="Write every view one below the other, a long page, in place of the Explorer.",
)
@click.option(
    "--live",
    is_flag=True,
    help="Put the model into the page of --output: it runs there, in any browser, from disk, without a network.",
)
@click.option(
    "--lab", is_flag=True, help="Open the notebook with its code in JupyterLab, in place of the Explorer."
)
@click.option("--no-browser", is_flag=True, help="Open no browser; the address is said.")
@depth_option
@device_options
@model_options
def walk(
    images: tuple[str, ...],
    output: str | None,
    sample: str | None,
    frame: int | None,
    trace_file: str | None,
    film: str | None,
    truth: tuple[str, ...],
    pages: bool,
    live: bool,
    lab: bool,
    no_browser: bool,
    depth: int | None,
    weights: str | None,
    config_file: str | None,
) -> None:
    """Look inside the model: the whole network on one screen, with IMAGE, a frame of a video or a sample in it.

    \b
    Examples:
      maskrcnn walk                                                  (a sample image, live)
      maskrcnn walk photo.jpg --weights nuclei
      maskrcnn walk --sample hard
      maskrcnn walk --output walk.html                               (a page, of a sample image)
      maskrcnn walk photo.jpg --output walk.html --weights nuclei
      maskrcnn walk photo.jpg --output walk.html --weights coco
      maskrcnn walk --sample shapes --live --output live.html        (with the model inside)
      maskrcnn walk photo.jpg holiday/*.png --output walk.html --weights nuclei
      maskrcnn walk photo.jpg --pages --output walk.html --weights nuclei
      maskrcnn walk photo.jpg --truth instances.json --output walk.html --weights runs/mine/best.h5
      maskrcnn walk clip.mp4 --frame 12 --output walk.html --weights shapes
      maskrcnn walk --trace photo.h5 --output walk.html
      maskrcnn walk --film runs/shapes --output film.html            (training, step by step)

    Without --output it opens in the browser, from this machine alone, and the model runs again as you move a setting;
    Ctrl-C ends it. The page that --output writes has all its data inside: put it on a web page, or open it from the
    disk of a machine without a network.
    """
    image, *others = images or (None,)
    if film:
        if image or sample or trace_file or live or pages or lab:
            raise click.UsageError(
                "wanted --film with --output at most: it shows the images that were recorded"
            )
        return write_film(film, output, browser=not no_browser)
    if others and (not output or pages or live or truth):
        raise click.UsageError("wanted one IMAGE; several go onto one page with --output, without --truth")
    if trace_file and (image or truth or sample):
        raise click.UsageError("wanted an IMAGE or --trace, received both: a trace holds its own image")
    if depth and not image:
        raise click.UsageError("wanted the IMAGE that --depth is of")
    if image and sample:
        raise click.UsageError("wanted an IMAGE or --sample, received both")
    if truth and not image:
        raise click.UsageError("wanted the IMAGE that --truth is of")
    require_frame(image, frame, truth)
    if lab and (output or trace_file or pages):
        raise click.UsageError("wanted --lab alone, or a page: the notebook writes none")
    if live and (pages or trace_file):
        raise click.UsageError(
            "wanted --live with an Explorer whose model is there, not with --pages or --trace"
        )
    if live and not output:
        raise click.UsageError("wanted --output WALK.html with --live: the model goes into a file")
    if lab and frame is not None:
        raise click.UsageError("wanted --frame without --lab: the notebook reads images")
    if pages and not output:
        raise click.UsageError("wanted --output WALK.html with --pages: the long page is a file")
    walked = Walked(image, sample, trace_file, truth, weights, config_file, depth, frame)
    if lab:
        open_lab(walked)
    elif output:
        kind = "pages" if pages else "live" if live else "recorded"
        write(walked, output, kind, [str(one) for one in others])
    else:
        serve(walked, browser=not no_browser)


def require_frame(image: str | None, frame: int | None, truth: tuple[str, ...]) -> None:
    """Raise UsageError where a frame is named and no video, a video and no frame, or ground truth, of images alone."""
    from maskrcnn_core.data.reading.video_names import is_video

    if frame is None:
        if image and is_video(image):
            raise click.UsageError(f"wanted --frame N, counted from 0, of the video {image}")
    elif not image or not is_video(image):
        raise click.UsageError(f"wanted a video with --frame, received {image or 'none'}")
    elif truth:
        raise click.UsageError("wanted --truth with an image: of frames no annotations are read")


class Walked(NamedTuple):
    """What a person named: an image or a sample or a trace, ground truth, weights, settings."""

    image: str | None
    sample: str | None
    trace_file: str | None
    truth: tuple[str, ...]
    weights: str | None
    config_file: str | None
    depth: int | None = None
    frame: int | None = None

    def checked(self) -> tuple[str | SourceImage | None, str]:
        """Return the image, decoded once, and the weights: a wrong image should not cost their choice and loading."""
        from maskrcnn_core.data.reading.images import load_image
        from maskrcnn_core.data.reading.video import load_frame
        from maskrcnn_inspect.opening import SAMPLE
        from maskrcnn_inspect.samples import find_sample

        if self.image:
            if self.frame is not None:
                return load_frame(self.image, self.frame), chosen_weights(self.weights)
            image = load_image(self.image, depth=self.depth)
            for words in image.doubts("--depth {}"):
                remark(f"{self.image}: {words}")
            return image, chosen_weights(self.weights)
        if self.sample:
            return f"{SAMPLE}{self.sample}", self.weights or find_sample(self.sample).weights
        return None, self.weights or SAMPLE_WEIGHTS

    def session(self) -> tuple[Callable[[], Session], str]:
        """Check what can be checked at once, and return what opens the session, and the weights; "" of a trace."""
        from maskrcnn_inspect.session import Session as Opened

        if self.trace_file:
            return partial(Opened.load, self.trace_file), ""
        image, weights = self.checked()
        return partial(_opened, self.depth, weights, image, self.truth, self.config_file), weights

    def for_notebook(self, weights: str) -> dict[str, str]:
        """Return what the notebook reads from its environment."""
        from maskrcnn_inspect.opening import SAMPLE

        named = f"{SAMPLE}{self.sample}" if self.sample else self.image and os.path.abspath(self.image)
        weights = os.path.abspath(weights) if os.path.isfile(weights) else weights
        given = {"IMAGE": named, "WEIGHTS": weights, "TRUTH": self.truth[0] if self.truth else None}
        return {f"MASKRCNN_{name}": value for name, value in given.items() if value}


def _opened(depth: int | None, weights: str, *given: Any) -> Session:
    from maskrcnn_core.data.reading.depth import asked
    from maskrcnn_core.files.transfer import OfflineError
    from maskrcnn_inspect.opening import open_session  # imports TensorFlow

    with asked(depth):  # of the image beside its ground truth, too
        try:
            return open_session(weights, *given)
        except OfflineError as error:
            return open_session(weights_instead(error, weights), *given)


def write(walked: Walked, output: str, kind: str, others: Sequence[str] = ()) -> None:
    """Write the page: with a ``recorded`` run, with the model too (``live``), or all views as ``pages``.

    others: further images of the recorded one, chosen there from a list.
    """
    from maskrcnn_core.files.made import claim_file, is_page

    claim_file(output, is_page("walk"))
    opening, _ = walked.session()
    from maskrcnn_inspect.explorer import write_explorer
    from maskrcnn_inspect.export import write_walk

    writers: dict[str, Callable[..., int]] = {
        "recorded": write_explorer,
        "live": _write_live,
        "pages": write_walk,
    }
    with telling("Running the model"):
        session = opening()
    say_unlike(session)
    more = [_beside(session, other, walked.depth) for other in others]
    size = writers[kind](session, output, *more)
    say(f"Wrote {output}, {size / 1e6:.1f} MB")


def _write_live(session: Session, output: str) -> int:
    from maskrcnn_inspect.explorer.live.page import write_live  # which exports the model

    return write_live(session, output)


def _beside(session: Session, image: str, depth: int | None) -> Session:
    """Return another image through the model of ``session``."""
    from maskrcnn_core.data.reading.images import load_image

    with telling(f"Running the model on {image}"):
        loaded = load_image(image, session.config.molding.channels, depth)
        other = type(session).run(session.model, loaded)
    say_unlike(other)
    return other


def serve(walked: Walked, browser: bool) -> None:
    """Open the Explorer in the browser, and answer it until Ctrl-C: the page comes first, then the model."""
    opening, weights = walked.session()
    from maskrcnn_inspect.explorer.served import Server

    notebook = Lab(walked.for_notebook(weights))
    no_notebook = walked.trace_file or walked.frame is not None  # it reads images alone
    server = Server(None if no_notebook else notebook.address)
    try:
        say(f"The Explorer is at {server.address}\nCtrl-C ends it.", err=True)
        if browser:
            threading.Thread(target=webbrowser.open, args=(server.address,), daemon=True).start()
        _answer(server, opening)
    except KeyboardInterrupt as stop:
        if type(stop) is not KeyboardInterrupt:  # SIGTERM, which is no way to end it that was offered
            raise
    finally:
        server.close()
        notebook.close()


def _answer(server: Server, opening: Callable[[], Session]) -> None:
    """Open the session, and answer from it until something ends it; a page that waits is told why there is none."""
    try:
        with telling("Running the model"):
            session = opening()
    except Exception as error:
        server.fail(error)
        time.sleep(FAREWELL)
        raise
    server.show(session)
    say_unlike(session)
    with telling(""):  # it waits for a person
        threading.Event().wait()


def open_lab(walked: Walked) -> None:
    """Open the notebook in JupyterLab, which takes this process's place."""
    words, given = (
        jupyter.command(jupyter.folder()),
        jupyter.environment(walked.for_notebook(walked.session()[1])),
    )
    say("Opening JupyterLab with the notebook. Ctrl-C ends it.", err=True)
    os.execve(words[0], words, given)


def say_unlike(session: Session) -> None:
    """Say where the image is unlike all that the model learned from, and where it speaks for other anchors."""
    for said in filter(None, (session.unlike, _anchors_doubted(session))):
        remark(said)


def _anchors_doubted(session: Session) -> str:
    import numpy as np

    from maskrcnn_core.data.reading.images import SourceImage
    from maskrcnn_core.inference.anchor_scales import AnchorProbe

    if session.model is None:
        return ""
    trace, probe = session.base, AnchorProbe(session.model)
    image = SourceImage(np.asarray(trace["image.original"]), str(trace.attributes.get("image", "")))
    return probe.remark(image, trace) if probe.reads else ""
