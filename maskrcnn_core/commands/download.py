"""``maskrcnn download``: published weights into the cache."""

from __future__ import annotations

import click


@click.command()
@click.argument("name", type=click.Choice(["coco"]))
@click.option("--url", metavar="URL", help="Another address than the release's.  [or MASKRCNN_COCO_URL]")
@click.option(
    "--file",
    "path",
    metavar="FILE",
    help="A file that is here already: it is checked and put into the cache.",
)
def download(name: str, url: str | None, path: str | None) -> None:
    """Fetch published weights once; an interrupted download goes on where it stopped.

    \b
    Examples:
      maskrcnn download coco
      maskrcnn download coco --file ~/Downloads/mask_rcnn_coco.h5
      maskrcnn detect photo.jpg --weights coco --output found

    The cache is the user's own; MASKRCNN_CACHE names another folder.
    """
    from ..weights.download import fetch_coco

    click.echo(f"{name}: {fetch_coco(url=url, path=path)}")
