"""The lists beside the gallery of a data set: what to do, likely label errors, what another model does otherwise.

Inputs: what a journal comes to, and a comparison if there is one. Outputs: entries in words, each with its rows or
images; a note above each list.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.verdict_table.comparing import Change, Comparison
from ..analysis.verdict_table.findings import Finding, findings_of
from ..analysis.verdict_table.gains import COVERED, Gain, gains_of
from ..analysis.verdict_table.gathering import Gathered
from ..analysis.verdict_table.label_errors import KINDS, label_errors, rows_of_objects
from ..analysis.verdict_table.rows import VerdictTable
from ..gallery.page import Entry

TO_DO, LABELS, VERSUS = "What to do", "Label errors", "Against"


def lists_of(gathered: Gathered, comparison: Comparison | None) -> dict[str, list[Entry]]:
    """Return the entries of each list."""
    table = gathered.table
    return {
        TO_DO: [*map(_of_gain, gains_of(gathered.outcomes)), *map(_of_finding, findings_of(table))],
        LABELS: [*_of_label_errors(table), *_of_copies(gathered)],
        **({VERSUS: list(_of_comparison(comparison, table))} if comparison else {}),
    }


def notes_of(gathered: Gathered, comparison: Comparison | None) -> dict[str, str]:
    """Return what is said above each list."""
    notes = {
        TO_DO: "Changes of one setting, the best first, measured by replaying every image that they touch; intervals "
        f"cover {COVERED:.0%} of images drawn anew. Below them, what no setting mends."
        if gathered.outcomes.images
        else "Changes of settings were not tried in this run: `--gains` does it.",
        LABELS: "Places where the model and the ground truth contradict each other, the surest of each kind first: a "
        "reason to look, not a proof. Below them, images that are copies of each other, and objects that are the same "
        "in two images: they count twice, and where one of them is learnt from and the other judged by, figures are "
        "too good.",
    }
    if comparison:
        notes[VERSUS] = sentence_of(comparison)
    return notes


def sentence_of(comparison: Comparison) -> str:
    """Return a comparison in a sentence."""
    value, low, high = (signed(100 * one, 1) for one in comparison.difference)
    return (
        f"Of the objects that one model finds and the other does not, this one has {len(comparison.won)} and the other "
        f"{len(comparison.lost)} (McNemar's exact test: p = {comparison.p_value:.2g}). Mask AP at this IoU "
        f"{100 * comparison.after:.1f} against {100 * comparison.before:.1f}: "
        f"{value} ({low} to {high}) over {comparison.images} images."
    )


def _of_gain(gain: Gain) -> Entry:
    found, false = signed(gain.found), signed(gain.false)
    words = f"{found} objects found ({gain.won} won, {gain.lost} lost), {false} false detections."
    f1, low, high = (signed(100 * value, 2) for value in (gain.f1, gain.low, gain.high))
    title = f"{gain.setting} = {gain.value:g}"
    return Entry(title, words, images=gain.images, facts={"F1, in percent": f"{f1} ({low} to {high})"})


def signed(value: float, digits: int = 0) -> str:
    """Return a difference with its sign, none for what is 0 as far as it is written."""
    rounded = round(value, digits)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{abs(rounded):.{digits}f}"


def _of_finding(finding: Finding) -> Entry:
    return Entry(finding.title, finding.sentence, rows=finding.rows)


def _of_label_errors(table: VerdictTable) -> Iterator[Entry]:
    found = label_errors(table)
    for kind in KINDS:
        rows = [one.row for one in found if one.kind == kind]
        if rows:
            first = next(one for one in found if one.kind == kind)
            where = f"{table['image'][first.row]}, {table['kind'][first.row]} {table['number'][first.row]}"
            yield Entry(f"{kind}: {len(rows)}", f"The surest: {where}: {first.sentence}.", rows=rows)


def _of_copies(gathered: Gathered) -> Iterator[Entry]:
    names = gathered.table.images
    images, objects = gathered.looks.copies()
    if images:
        first = images[0]
        words = f"The surest: {names[first.image]} is a copy of {names[first.of]}: {first.how}."
        both = dict.fromkeys(index for one in images for index in (one.of, one.image))
        yield Entry(f"copied image: {len(images)}", words, images=list(both))
    if objects:
        surest = objects[0]
        one, of = (f"object {number} of {names[index]}" for index, number in (surest.object, surest.of))
        row_of = rows_of_objects(gathered.table)
        rows = dict.fromkeys(
            row_of[place] for copy in objects for place in (copy.of, copy.object) if place in row_of
        )
        words = f"The surest: {one} is a copy of {of}: {surest.how}."
        yield Entry(f"copied object: {len(objects)}", words, rows=list(rows))


def _of_comparison(comparison: Comparison, table: VerdictTable) -> Iterator[Entry]:
    for title, changes, side in (
        ("Won", comparison.won, "before"),
        ("Lost", comparison.lost, "after"),
    ):
        by_verdict: dict[str, list[Change]] = {}
        for change in changes:
            by_verdict.setdefault(getattr(change, side), []).append(change)
        for verdict, several in sorted(by_verdict.items(), key=lambda item: -len(item[1])):
            whose = "the other model loses" if side == "before" else "this model loses"
            rows = [change.row for change in several]
            yield Entry(f"{title}: {len(rows)}", f"Objects that {whose} to: {verdict}.", rows=rows)
