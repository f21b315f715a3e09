"""What commands that go over a data set say meanwhile: progress, and what they leave out."""

from __future__ import annotations

from typing import Any

import click


def warn_of(unjudged: tuple[str, ...]) -> None:
    """Say which classes of the model are left out."""
    if unjudged:
        names = ", ".join(unjudged[:8]) + (" …" if len(unjudged) > 8 else "")
        click.echo(f"not judged: {len(unjudged)} classes that the data set does not have ({names})", err=True)


def counted(options: dict[str, Any]) -> dict[str, str]:
    """Return what the report says of how it was made."""
    limit = {"limit": f"the first {options['limit']} pictures"} if options["limit"] else {}
    return {"detections counted": f"{options['max_detections']} a picture and class", **limit}


def progress_bar(words: str, total: int) -> Any:
    """Return a context that gives a function to call with the number of pictures done; silent unless on a terminal."""
    from contextlib import contextmanager

    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    @contextmanager
    def show() -> Any:
        console = Console(stderr=True)
        columns = (*Progress.get_default_columns()[:-1], MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
            task = progress.add_task(words, total=total)
            yield lambda done: progress.update(task, completed=done)

    return show()
