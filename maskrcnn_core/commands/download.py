"""``maskrcnn download``: fetch published models, or COCO's images and annotations."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import click

from ..terminal.inert import say

COCO_SPLITS = {"coco-val2017": "val2017", "coco-train2017": "train2017"}
# of weights.catalog, a test compares: importing that would slow every start
PUBLISHED = ("coco", "torchvision-v1", "torchvision-v2", "detectron2-r50-3x", "detectron2-r101-3x")


@click.command()
@click.argument("name", type=click.Choice([*PUBLISHED, *COCO_SPLITS]))
@click.option("--url", metavar="URL", help="A model: another address.  [or MASKRCNN_COCO_URL and the like]")
@click.option(
    "--file",
    "path",
    metavar="FILE",
    help="A model: a file that is here already: it is checked and put into the cache.",
)
@click.option("--output", metavar="DIR", help="coco-...: the folder to unpack into.  [default: coco]")
def download(name: str, url: str | None, path: str | None, output: str | None) -> None:
    """Fetch a published model, or COCO's images and annotations (coco-val2017, coco-train2017), once.

    An interrupted download goes on where it stopped; what comes is held against the hash in its name.

    \b
    Examples:
      maskrcnn download torchvision-v2
      maskrcnn download coco
      maskrcnn download coco --file ~/Downloads/mask_rcnn_coco.h5
      maskrcnn detect photo.jpg --weights torchvision-v2 --output found
      maskrcnn download coco-val2017 --output data/coco        (1 GB; coco-train2017: 19 GB, twice that while unpacking)
      maskrcnn train coco:data/coco --init imagenet --output runs/coco

    `maskrcnn models` lists the models with their size, figures and licence. The cache is the user's own;
    MASKRCNN_CACHE names another folder, MASKRCNN_COCO_DATA_URL another address or folder with COCO's zips.
    """  # click wants the character \b, which a raw text would not hold
    if name in COCO_SPLITS:
        if url or path:
            raise click.UsageError(
                f"--url and --file are for models; for {name} set MASKRCNN_COCO_DATA_URL to an address or a folder"
            )
        _download_data(COCO_SPLITS[name], output or "coco")
        return
    if output:
        raise click.UsageError("--output is for coco-val2017 and coco-train2017; models go into the cache")
    from ..weights.catalog import fetch_model

    say(f"{name}: {fetch_model(name, url, path)}")


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
    say(f"{unpacked.images} images of {split}: maskrcnn train {unpacked.dataset}")
