"""``maskrcnn models``: list the models that a name stands for, and which of them are here."""

from __future__ import annotations

import click


@click.command()
def models() -> None:
    """List what ships, what can be fetched and what is in the cache.

    \b
    Examples:
      maskrcnn models
      maskrcnn download torchvision-v2
      maskrcnn detect photo.jpg --weights torchvision-v2 --output found

    AP is what the authors give for COCO val2017, in percent; of nuclei and shapes what this project measured on images
    that they had not seen (docs/models.md). A dash: none stands beside the file.
    """  # click wants the character \b, which a raw text would not hold
    from rich.table import Table

    from ..files.cache import cache_folder
    from ..terminal.inert import say
    from ..terminal.screen import output
    from ..weights.catalog import MODELS

    table = Table(
        "name", "where", "classes", "box AP", "mask AP", "size", "licence", box=None, pad_edge=False
    )
    for model in MODELS.values():
        where = "ships" if model.download is None else "cache" if model.cached else "to fetch"
        figures = ("-" if ap is None else f"{ap:.1f}" for ap in (model.box_ap, model.mask_ap))
        classes = f"{model.classes} ({model.finds})"
        table.add_row(model.name, where, classes, *figures, f"{model.megabytes} MB", model.licence)
    output().print(table)
    say(f"cache: {cache_folder()}", err=True)
