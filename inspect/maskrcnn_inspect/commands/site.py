"""``maskrcnn site``: the Explorer as a static site, where the browser itself runs the model."""

from __future__ import annotations

from pathlib import Path

import click

from maskrcnn_core.terminal.inert import say
from maskrcnn_core.terminal.progress import progress_bar


@click.command()
@click.argument("folder", metavar="DIR")
@click.option(
    "--docs",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False),
    help="Documentation that was built, as `./run docs --build FOLDER` does: it is copied beside the Explorer.",
)
@click.option("--overwrite", is_flag=True, help="Replace the site that DIR holds.")
def site(folder: str, docs: str | None, overwrite: bool) -> None:
    """Write the Explorer with its samples and both models that ship into DIR, for any static host.

    \b
    Examples:
      maskrcnn site public
      maskrcnn site public --docs build/docs --overwrite

    The model runs in the visitor's browser, on the GPU where there is one: nothing is sent anywhere, also not an image
    that is opened there. To look at it on this machine: python -m http.server --directory public --bind 127.0.0.1
    """
    from maskrcnn_core.files.made import Plan, claim
    from maskrcnn_inspect.explorer.live.site import DATA, DOCS, ENDING, write_site

    makes = ("index.html", f"{DATA}/*{ENDING}", *((f"{DOCS}/*",) if docs else ()))
    claim(Path(folder), Plan("site", makes, {}), overwrite=overwrite)
    with progress_bar("Exporting the models"):
        size = write_site(Path(folder), Path(docs) if docs else None)
    say(f"Wrote the site into {folder}, {size / 1e6:.1f} MB")
