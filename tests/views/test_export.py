"""The walk as a page: every view is on it, of a live session and of a saved trace; nothing leaves the page."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.cli import main
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.export import title_of, walk_page, walk_views, write_walk
from maskrcnn_inspect.samples import UNSEEN_SEED
from maskrcnn_inspect.session import Session

pytestmark = pytest.mark.slow
HOSTILE = "<img src=x onerror=alert(1)>"
LARGEST = 15_000_000  # bytes of a page of a shipped model


@pytest.fixture(scope="module")
def page(shapes_session: Session) -> str:
    return walk_page(Session(shapes_session.base, shapes_session.model, shapes_session.truth))


VIEWS = [view.VIEW for view in walk_views().values()]
OF_A_TRACE = [view for view in VIEWS if not view.needs_model and not view.needs]
WITH_TRUTH = [view for view in VIEWS if view.needs]


def headings(page: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", page)


def test_every_stage_has_its_place_in_the_order_of_the_pipeline(page: str):
    found = headings(page)
    assert found[: len(OF_A_TRACE) + len(WITH_TRUTH)] == [
        view.title for view in VIEWS if not view.needs_model
    ]
    assert len(found) == len(VIEWS)
    words = [
        "Preprocessing",
        "activations",
        "Anchors",
        "RPN",
        "Proposals",
        "ROIAlign",
        "Box head",
        "Detections",
        "Masks",
    ]
    places = [next(i for i, h in enumerate(found) if word.lower() in h.lower()) for word in words]
    assert places == sorted(places)
    assert "This view cannot be shown" not in page


def test_the_page_is_small_and_asks_for_nothing_outside(page: str):
    assert len(page.encode()) <= LARGEST
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)


def test_a_trace_without_truth_has_no_targets(shapes_session: Session):
    bare = Trace(config=shapes_session.base.config)
    bare.update(
        {
            n: t
            for n, t in shapes_session.base.items()
            if not n.startswith(("truth", "anchor_t", "roi_t", "losses"))
        }
    )
    with_truth = headings(walk_page(Session(shapes_session.base)))
    assert len(WITH_TRUTH) == 2
    assert headings(walk_page(Session(bare))) == with_truth[: -len(WITH_TRUTH)]


@pytest.mark.parametrize(
    "missing", ["mask_head.probs", "rpn.scores", "detections.boxes", "proposals.clipped"]
)
def test_what_a_trace_lacks_is_a_sentence_and_the_others_go_on(shapes_session: Session, missing: str):
    cut = Trace(config=shapes_session.base.config)
    cut.update({name: value for name, value in shapes_session.base.items() if name != missing})
    text = walk_page(Session(cut))
    assert "This view cannot be shown" in text and missing in text
    assert text.count("mi-mount") >= 5


def test_class_names_and_file_names_are_text(shapes_session: Session):
    trace = Trace(
        config=shapes_session.base.config.replace(class_names=("background", HOSTILE, f"{HOSTILE}2", "c"))
    )
    trace.update(shapes_session.base.tensors)
    trace.attributes["image"] = f"/tmp/{HOSTILE}.png"
    text = walk_page(Session(trace))
    assert "<img src=x" not in text
    assert title_of(trace).endswith(f"{HOSTILE}.png")


def test_nothing_found_is_a_page_as_well(shapes_session: Session):
    session = Session.run(shapes_session.model, np.full((70, 90, 3), 120, np.uint8))
    assert len(session.trace["detections.boxes"]) == 0
    text = walk_page(session)
    assert "reports 0 objects" in text
    assert re.findall("This view cannot be shown: ([^<,]*)", text) == [
        "nothing was detected"
    ]  # attribution asks of one


def test_a_failure_while_writing_leaves_the_former_page(shapes_session: Session, tmp_path: Path, monkeypatch):
    path = tmp_path / "walk.html"
    path.write_text("before")
    monkeypatch.setattr("maskrcnn_inspect.export.walk_page", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_walk(Session(shapes_session.base), path)
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]


# --- the command --------------------------------------------------------------------------------------------


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["walk", *arguments])
    return int(end.value.code or 0)


def test_the_command_writes_every_view_or_the_explorer_of_an_image(tmp_path: Path, capsys):
    Image.fromarray(Shapes(count=10, seed=UNSEEN_SEED)[3].image).save(tmp_path / "shapes.png")
    words = (str(tmp_path / "shapes.png"), "--weights", "shapes", "--output", str(tmp_path / "walk.html"))
    assert run(*words, "--pages") == 0
    assert re.search(r"Wrote .*walk.html, \d+\.\d MB", capsys.readouterr().out)
    assert "Inside Mask R-CNN: shapes.png" in (tmp_path / "walk.html").read_text()
    assert run(*words) == 0
    assert "<title>Explorer: shapes.png</title>" in (tmp_path / "walk.html").read_text()


@pytest.mark.parametrize("pages", [True, False])
def test_a_saved_trace_is_written_without_tensorflow(shapes_session: Session, tmp_path: Path, pages: bool):
    shapes_session.base.save(tmp_path / "t.h5")
    more = ", '--pages'" if pages else ""
    code = (
        "import sys; from maskrcnn_core.cli import main\n"
        f"try: main(['walk', '--trace', {str(tmp_path / 't.h5')!r}, '--output', {str(tmp_path / 'walk.html')!r}"
        f"{more}])\n"
        "finally: print('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.endswith("False\n"), done.stdout + done.stderr
    text = (tmp_path / "walk.html").read_text()
    assert len(headings(text)) >= len(OF_A_TRACE) if pages else 'id="explorer-data"' in text


def test_the_explorer_of_a_trace_that_lacks_what_it_shows_is_refused_with_the_way_on(
    shapes_session: Session, tmp_path: Path, capsys
):
    cut = Trace(config=shapes_session.base.config)
    cut.update({name: value for name, value in shapes_session.base.items() if name != "rpn.scores"})
    cut.save(tmp_path / "t.h5")
    assert run("--trace", str(tmp_path / "t.h5"), "--output", str(tmp_path / "walk.html")) == 2
    said = capsys.readouterr().err
    assert "rpn.scores" in said and "--pages" in said
    assert not (tmp_path / "walk.html").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no.png", "--output", "w.html"], "no.png: wanted an image file"),
        (["a.png", "--trace", "t.h5", "--output", "w.html"], "a trace holds its own image"),
        (["--truth", "t.json", "--output", "w.html"], "wanted the IMAGE that --truth is of"),
        (["--trace", "no.h5", "--output", "w.html"], "no.h5"),
        (["--output", "."], "is a folder"),
    ],
)
def test_wrong_use_is_said(arguments: list[str], words: str, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
