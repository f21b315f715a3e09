"""What `maskrcnn explain` writes of a data set beside its journal: the table, the gallery with its lists, the atlas.

Everything here is made of the journal, the vectors and the images; no model runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maskrcnn_core.commands.results import write_text
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.evaluation.report.walks import Walk, walk_of
from maskrcnn_core.runtime.installing import install_command
from maskrcnn_core.terminal.inert import say
from maskrcnn_core.terminal.progress import progress_bar

from ..analysis.verdict_table.atlas import (
    Atlas,
    VectorFile,
    by_umap,
    principal_components,
    write_projector,
)
from ..analysis.verdict_table.comparing import Comparison, compare
from ..analysis.verdict_table.files import can_write_parquet, write_csv, write_parquet
from ..analysis.verdict_table.gathering import Gathered, gather
from ..analysis.verdict_table.rows import VerdictTable
from ..gallery.crops import Seen, write_crops
from ..gallery.page import Page, gallery_page
from .explain_lists import lists_of, notes_of
from .explain_run import GALLERY, JOURNAL, PROJECTOR, TABLE, VECTORS, Run

TITLE = "Why objects are found or missed"


@dataclass(frozen=True)
class Report:
    """What the report is made of.

    folder: of the run, with its journal. heading: how it was made. channels: of a vector. against: the folder of
    another model's run on the same data, or None. umap: whether the atlas is made by it.
    """

    folder: Path
    reader: Reader
    heading: Mapping[str, str]
    weights: str
    config_file: str | None
    depth: int | None
    channels: int
    against: Path | None = None
    umap: bool = False


def report_of(run: Run) -> Report:
    """Return what the report of a run is made of."""
    options = run.options
    return Report(
        run.folder,
        run.reader,
        run.heading,
        options["weights"],
        options["config_file"],
        options["depth"],
        run.config.box_head.channels,
        Path(options["against"]) if options["against"] else None,
        options["umap"],
    )


def write_report(report: Report, gathered: Gathered, seen: Seen) -> Comparison | None:
    """Write the table, the crops, the gallery and the projector's files; return the comparison, if there is one.

    seen: shown each image that has rows, as it is decoded for the crops.
    Raises: ValueError where the other run is not about the same objects.
    """
    table, comparison = gathered.table, _comparison(report, gathered)
    write_csv(table, report.folder / f"{TABLE}.csv")
    if can_write_parquet():
        write_parquet(table, report.folder / f"{TABLE}.parquet")
    with progress_bar("Cutting out", len(table)) as advance:
        write_crops(table, report.reader, report.folder, advance, seen)
    atlas = _atlas(report, table)
    lists, notes = lists_of(gathered, comparison), notes_of(gathered, comparison)
    page = Page(TITLE, report.heading, lists, notes, dict(_walks(report, table)))
    write_text(report.folder / GALLERY, gallery_page(page, table, atlas))
    both = " and .parquet" if can_write_parquet() else ""
    advice = "" if both else f"; for Parquet too: {install_command('views')}"
    say(f"written: {report.folder / TABLE}.csv{both}, {len(table):,} rows{advice}", err=True)
    return comparison


def _comparison(report: Report, gathered: Gathered) -> Comparison | None:
    if report.against is None:
        return None
    other = gather(report.against / JOURNAL)
    return compare(other.table, gathered.table, (other.scored, gathered.scored))


def _atlas(report: Report, table: VerdictTable) -> Atlas | None:
    vectors = VectorFile(report.folder / VECTORS, report.channels)
    if not len(table) or len(vectors) != len(table):  # a journal from before there were vectors
        return None
    atlas = principal_components(vectors)
    write_projector(vectors, table, atlas, report.folder / PROJECTOR)
    return by_umap(atlas) if report.umap else atlas


def _walks(report: Report, table: VerdictTable) -> Iterator[tuple[int, Walk]]:
    for index, image in table.images.items():
        page = report.folder / f"walk_{index}.html"
        walk = walk_of(image, page, report.weights, report.config_file, depth=report.depth)
        if walk is not None:
            yield index, walk


def serve_report(report: Report, model: Any) -> None:
    """Serve the gallery until the user ends it; the Explorer of an image runs ``model`` on it."""
    from ..explorer.page import explorer_page
    from ..gallery.server import GalleryServer
    from ..session import Session

    def explorer(index: int) -> str:
        return explorer_page(Session.run(model, report.reader[index].image))

    with GalleryServer(report.folder, explorer) as server:
        say(f"The gallery: {server.address}\nCtrl-C ends it.")
        with suppress(KeyboardInterrupt):
            server.serve_forever()
