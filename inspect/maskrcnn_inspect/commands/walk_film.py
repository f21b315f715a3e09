"""``maskrcnn walk --film``: the film of a training run as a page, image by image, then what was forgotten."""

from __future__ import annotations

import webbrowser
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from maskrcnn_core.files.made import claim_file, is_page
from maskrcnn_core.terminal.inert import say
from maskrcnn_core.terminal.progress import telling

if TYPE_CHECKING:
    from ..canvas.standalone import Html, Part

PAGE = "film.html"  # in the run's folder, unless --output names another


def write_film(run: str, output: str | None, browser: bool) -> None:
    """Write the page of ``run`` to ``output``, and open it in the browser where no output was named.

    Raises: ValueError where the run has neither a film nor a validation.
    """
    path = Path(output or Path(run) / PAGE)
    claim_file(path, is_page("walk"))
    from ..canvas import page
    from ..canvas.page_parts import write_page

    with telling("Drawing the film"):
        parts = film_parts(Path(run))
        size = write_page(page(f"Training as a film: {Path(run).absolute().name}", parts), "walk", path)
    say(f"Wrote {path}, {size / 1e6:.1f} MB")
    if output is None and browser:
        webbrowser.open(path.absolute().as_uri())


def film_parts(run: Path) -> list[Part]:
    """Return the parts of the page: each image of the film, then the objects of validation over the epochs."""
    from maskrcnn_core.training.loop.objects_found import NAME, read_histories

    from ..views import forgetting

    histories = read_histories(run / NAME)
    parts = _images(run, required=not histories)
    return [*parts, *(forgetting.snapshot(histories) if histories else [])]


def _images(run: Path, required: bool) -> list[Part]:
    """Return the parts of the film's images; none of a run without a film, unless one is ``required``."""
    from ..analysis.training.film import open_film
    from ..views import film as view

    try:
        film = open_film(run)
    except ValueError:
        if required:
            raise
        return []
    parts: list[Part] = [
        "The weights of each step at work on the same image: what is shown was recorded in a forward pass while the "
        "model trained. Steps double from one position to the next; the end of each stage of the schedule is one too.",
        _schedule(film.index.ends, film.index.steps_per_epoch),
    ]
    for number in range(len(film)):
        title, look_for, *shown = view.snapshot(film, number)
        parts += [title, look_for] if number == 0 else []
        parts += [_heading(film.index.images, number), *shown]
    return parts


def _heading(images: tuple[str, ...], number: int) -> Html:
    from ..canvas.standalone import Html

    name = images[number]
    words = f"number {name} of the data set" if name.isdecimal() else Path(name).name
    return Html(f"<h3>Image {number + 1} of {len(images)}: {escape(words)}</h3>")


def _schedule(ends: tuple[tuple[str, int], ...], steps: int) -> str:
    stages = ", then ".join(f"{layers} until step {end:,}" for layers, end in ends)
    return f"Trained: {stages}; {steps:,} steps an epoch."
