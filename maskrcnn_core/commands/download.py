"""``maskrcnn download``: fetch published weights, or COCO's pictures and annotations."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import click

from ..terminal.inert import say

COCO_SPLITS = {"coco-val2017": "val2017", "coco-train2017": "train2017"}


@click.command()
@click.argument("name", type=click.Choice(["coco", *COCO_SPLITS]))
@click.option(
    "--url", metavar="URL", help="coco: another address than the release's.  [or MASKRCNN_COCO_URL]"
)
@click.option(
    "--file",
    "path",
    metavar="FILE",
    help="coco: a file that is here already: it is checked and put into the cache.",
)
@click.option("--output", metavar="DIR", help="coco-...: the folder to unpack into.  [default: coco]")
def download(name: str, url: str | None, path: str | None, output: str | None) -> None:
    """Fetch published weights (coco), or COCO's pictures and annotations (coco-val2017, coco-train2017), once.

    An interrupted download goes on where it stopped.

    \b
    Examples:
      maskrcnn download coco
      maskrcnn download coco --file ~/Downloads/mask_rcnn_coco.h5
      maskrcnn detect photo.jpg --weights coco --output found
      maskrcnn download coco-val2017 --output data/coco        (1 GB; coco-train2017: 19 GB, twice that while unpacking)
      maskrcnn train coco:data/coco --init imagenet --output runs/coco

    The cache is the user's own; MASKRCNN_CACHE names another folder, MASKRCNN_COCO_DATA_URL another address or folder
    with COCO's zips.
    """  # click wants the character \b, which a raw text would not hold
    if name in COCO_SPLITS:
        if url or path:
            raise click.UsageError(
                f"--url and --file are for coco; for {name} set MASKRCNN_COCO_DATA_URL to an address or a folder"
            )
        _download_data(COCO_SPLITS[name], output or "coco")
        return
    if output:
        raise click.UsageError("--output is for coco-val2017 and coco-train2017; weights go into the cache")
    from ..weights.download import fetch_coco

    say(f"{name}: {fetch_coco(url=url, path=path)}")


def _download_data(split: str, folder: str) -> None:
    """Fetch and unpack a split of COCO and say how to use it."""
    from ..data.coco_download import download_coco
    from ..terminal.progress import progress_bar

    with ExitStack() as stack:
        advances: list[Callable[..., None]] = []

        def show(done: int, total: int) -> None:
            if not advances:  # not before: fetching has a bar of its own
                advances.append(stack.enter_context(progress_bar(f"Unpacking {split}")))
            advances[0](done, total)

        unpacked = download_coco(split, folder, show)
    say(f"{unpacked.pictures} pictures of {split}: maskrcnn train {unpacked.dataset}")
