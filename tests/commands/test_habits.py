"""A folder of a real person's habits: nothing that somebody brought is changed, whatever is run into it."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core import cli
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.files.made import RECORD, Plan, claim
from maskrcnn_core.runtime import onednn
from tests.training.steps import op_by_op

WEIGHTS = ("--weights", "shapes")
ODD = (
    "with spaces.png",
    "Übergröße.png",
    "-a.png",
    "🐈.png",
    "two\nlines.png",
    "y" * 246 + ".png",
    "LOUD.PNG",
    "a.png",
    "a.jpg",
    "sub/a.png",
    "a.splash.png",
    "a.overlay.png",
    "a.001.png",
    "a.2.png",
    "A.bmp",
    "notes_*.png",
)


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main([str(a) for a in arguments])
    return stop.value.code


def paint(path: Path, index: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(Shapes(1, seed=index)[0].image[:64, :64]).save(path)
    return path


def hashes(folder: Path) -> dict[str, str]:
    """Return what every file below ``folder`` is; of a link also where it leads."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        + (os.readlink(path) if path.is_symlink() else "")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def assert_kept(before: dict[str, str], folder: Path) -> None:
    after = hashes(folder)
    assert {name: after.get(name) for name in before} == before


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Give the folder of a person, in which they are."""
    folder = tmp_path / "home"
    for index, name in enumerate(ODD):
        paint(folder / name, index)
    (folder / "link.png").symlink_to("a.png")
    (folder / "notes.txt").write_text("mine")
    paint(folder / ".hidden.png")
    monkeypatch.chdir(folder)
    return folder


def test_detecting_into_the_folder_of_the_images_leaves_each_as_it_was(home):
    before = hashes(home)
    assert run("detect", "a.png", "link.png", ".hidden.png", "--output", ".", *WEIGHTS, "--splash") == 2
    assert (
        hashes(home) == before
    )  # a.overlay.png and a.splash.png are the user's own: refused before anything is made
    assert run("detect", "LOUD.PNG", "link.png", ".hidden.png", "--output", ".", *WEIGHTS, "--splash") == 0
    assert_kept(before, home)
    assert {"LOUD.overlay.png", "LOUD.splash.png", "link.overlay.png", ".hidden.overlay.png"} <= {
        path.name for path in home.iterdir()
    }


def test_odd_names_and_names_that_clash_all_get_their_own_files(home, tmp_path):
    before, out = hashes(home), tmp_path / "out"
    assert run("detect", ".", "--output", out, *WEIGHTS, "--splash", "--cutouts") == 0
    assert_kept(before, home)
    images = json.loads((out / RECORD).read_text())["runs"]["detect"]["images"]
    assert json.loads((out / RECORD).read_text())["runs"]["detect"]["oneDNN"] == onednn.said()
    count = len(ODD) + 1  # and the link; the hidden one was not named
    assert len(images) == len(set(images.values())) == count
    assert len(list(out.glob("*.overlay.png"))) == len(list(out.glob("*.splash.png"))) == count
    found = json.loads((out / "detections.json").read_text())
    assert len(list(out.glob("*.cutout_*.png"))) == len(found) > 0
    assert {one["image_id"] for one in found} <= set(images)


def test_a_name_that_is_no_utf8_is_no_obstacle(tmp_path):
    name = os.fsdecode(b"caf\xe9.png")
    try:
        paint(tmp_path / "in" / name)
    except OSError:
        pytest.skip("this file system has no such names")
    assert run("detect", tmp_path / "in" / name, "--output", tmp_path / "out", *WEIGHTS) == 0
    assert b"caf\xe9" in (tmp_path / "out" / "areas.csv").read_bytes()


def test_a_second_run_is_refused_and_with_overwrite_leaves_nothing_of_the_first(home, tmp_path, capfd):
    out = tmp_path / "out"
    assert run("detect", "a.png", "LOUD.PNG", "--output", out, *WEIGHTS, "--splash") == 0
    (out / "mine.overlay.png").write_text("put there since")
    before = hashes(out)
    assert run("detect", "a.png", "--output", out, *WEIGHTS) == 2
    assert "holds a run" in (said := capfd.readouterr().err) and "--overwrite" in said and "--output" in said
    assert hashes(out) == before
    assert run("detect", "a.png", "--output", out, *WEIGHTS, "--overwrite") == 0
    assert {path.name for path in out.iterdir()} == {
        "a.overlay.png", "areas.csv", "detections.json", RECORD, "mine.overlay.png",
    }  # fmt: skip
    assert (out / "mine.overlay.png").read_text() == "put there since"


def test_outputs_that_are_inputs_of_the_next_run_are_not_deleted(home, tmp_path, capfd):
    out = tmp_path / "out"
    assert run("detect", "a.png", "--output", out, *WEIGHTS) == 0
    before = hashes(out)
    assert run("detect", out, "--output", out, *WEIGHTS, "--overwrite") == 2
    assert "also an input" in capfd.readouterr().err
    assert hashes(out) == before


FILES = {
    "trace": ("trace", "a.png", *WEIGHTS, "--keep", "detections.*", "--output"),
    "walk": ("walk", "a.png", *WEIGHTS, "--output"),
    "check": ("check", "shapes:?count=1&size=64", "--json"),
    "explain --json": ("explain", "a.png", "--box", "1,1,20,20", *WEIGHTS, "--json"),
    "explain --html": ("explain", "a.png", "--box", "1,1,20,20", *WEIGHTS, "--html"),
    "inspect-weights --json": ("inspect-weights", "shapes", "--no-spectra", "--json"),
    "inspect-weights --html": ("inspect-weights", "shapes", "--no-spectra", "--html"),
    "doctor": ("doctor", "--no-measure", "--no-self-test", "--json"),
}


@pytest.mark.parametrize("command", FILES)
def test_a_file_that_is_named_is_replaced_only_where_the_command_wrote_it(command, home, capfd):
    coco = home / "instances.json"
    coco.write_text('{"images": [], "annotations": [], "categories": []}')
    (home / "page.html").write_text("<!doctype html><p>my page")
    before = hashes(home)
    for own in ("a.jpg", "a.png", "link.png", "notes.txt", coco.name, "page.html"):
        assert run(*FILES[command], own) == 2
        assert "stays as it is" in capfd.readouterr().err
    assert hashes(home) == before
    if command == "walk":
        return  # a page takes long to make: its mark is tested below
    assert run(*FILES[command], "made") != 2
    first = (home / "made").stat().st_ino
    assert run(*FILES[command], "made") != 2
    assert (home / "made").stat().st_ino != first
    assert_kept(before, home)


def test_the_page_of_a_walk_is_known_as_one(home, monkeypatch):
    from maskrcnn_core.files.made import is_page
    from maskrcnn_inspect import export

    monkeypatch.setattr(export, "walk_page", lambda session: "<!doctype html>")
    export.write_walk(object(), home / "walk.html")
    assert is_page("walk")(home / "walk.html") and not is_page("explain")(home / "walk.html")


def test_reports_of_two_data_sets_do_not_mix(tmp_path, capfd):
    out, words = tmp_path / "out", ("--limit", 1, *WEIGHTS)
    assert run("evaluate", "shapes:?count=1&size=64", "--output", out, *words) == 0
    assert json.loads((out / "report.json").read_text())["heading"]["oneDNN"] == onednn.said()
    results = shutil.copy(out / "results.json", tmp_path / "results.json")
    before = hashes(out)
    assert run("evaluate", "shapes:?count=1&size=64&seed=9", "--output", out, *words) == 2
    assert hashes(out) == before
    truth = tmp_path / "truth.json"
    truth.write_text(
        '{"images": [{"id": 0, "height": 64, "width": 64}], "annotations": [], "categories": []}'
    )
    own = ("--truth", truth, "--output", out, "--overwrite")
    assert run("evaluate", "--results", out / "results.json", *own) == 2  # one of the files to be replaced
    assert "also an input" in capfd.readouterr().err
    assert hashes(out) == before
    assert Path(results).is_file()


def test_explaining_goes_on_where_it_stopped_and_starts_anew_where_told(tmp_path):
    out, words = tmp_path / "out", (*WEIGHTS, "--output", tmp_path / "out")
    assert run("explain", "shapes:?count=2&size=64", "--limit", 1, *words) != 2
    assert run("explain", "shapes:?count=2&size=64", *words) != 2
    assert len((out / "images.jsonl").read_text().splitlines()) == 3
    before = hashes(out)["images.jsonl"]
    assert run("explain", "shapes:?count=1&size=64&seed=9", *words) == 2
    assert hashes(out)["images.jsonl"] == before
    assert run("explain", "shapes:?count=1&size=64&seed=9", *words, "--overwrite") != 2
    assert len((out / "images.jsonl").read_text().splitlines()) == 2


TRAINING = (
    "train", "shapes:?count=2&size=64", "--preset", "tiny", "--set", "training.steps_per_epoch=1", "--no-events",
    "--set", "training.batch_size=1", "--skip-check",
)  # fmt: skip


def test_training_does_not_mix_the_epochs_of_two_runs(tmp_path, capfd):
    def train(*arguments: object) -> int:
        with op_by_op():
            return run(*TRAINING, *arguments, "--output", out)

    out = tmp_path / "out"
    assert train("--stages", "heads:2") == 0
    assert not (out / "events").exists()  # they were left out
    before = hashes(out)
    assert train("--stages", "heads:1") == 2
    assert "--init last" in capfd.readouterr().err
    assert hashes(out) == before
    assert train("--stages", "heads:1", "--overwrite") == 0
    assert [path.name for path in (out / "checkpoints").iterdir()] == ["epoch_00001.h5"]
    assert train("--stages", "heads:2", "--init", "last") == 0
    assert len(list((out / "checkpoints").iterdir())) == 2


def test_a_run_goes_on_with_its_own_settings_and_keeps_them_where_others_do_not_fit(tmp_path, capfd):
    out = tmp_path / "out"
    with op_by_op():
        assert run(*TRAINING, "--stages", "heads:1", "--output", out) == 0
        settings = (out / "config.json").read_text()
        bare = (*TRAINING[:2], "--stages", "heads:2", "--skip-check", "--no-events", "--init", "last")
        assert run(*bare, "--output", out) == 0
        assert (out / "config.json").read_text() == settings
        assert run(*bare, "--set", "backbone.width=8", "--output", out) == 2
    assert "does not fit the model" in capfd.readouterr().err
    assert (out / "config.json").read_text() == settings


def test_a_record_from_elsewhere_leads_out_of_no_folder(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    for name in ("../mine.txt", str(tmp_path / "mine.txt"), "a/../../mine.txt", "../*.txt"):
        record = {"format": "maskrcnn-run", "runs": {"detect": {"makes": [name]}}}
        (out / RECORD).write_text(json.dumps(record))
        with pytest.raises(ValueError, match="no recorded run"):  # the record itself is not one of ours
            claim(out, Plan("detect", ("a.png",), {}), overwrite=True)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_names_that_some_file_systems_take_for_one_count_as_one(tmp_path):
    (tmp_path / "U\u0308BER.overlay.png").write_text("mine")
    with pytest.raises(ValueError, match="stay as they are"):
        claim(tmp_path, Plan("detect", ("\u00fcber.overlay.png",), {}))
    (tmp_path / "a.cutout_017.png").write_text("mine")
    with pytest.raises(ValueError, match=r"cutout_017"):
        claim(tmp_path, Plan("detect", ("a.cutout_*.png",), {}))


def test_commands_share_a_folder_where_their_names_do_not_clash(tmp_path):
    claim(tmp_path, Plan("detect", ("detections.json",), {}))
    (tmp_path / "detections.json").write_text("[]")
    claim(tmp_path, Plan("evaluate", ("report.json",), {}))
    assert set(json.loads((tmp_path / RECORD).read_text())["runs"]) == {"detect", "evaluate"}
    with pytest.raises(ValueError, match="no recorded run of it"):
        claim(tmp_path, Plan("evaluate", ("detections.json",), {}), overwrite=True)


def test_twenty_thousand_equal_names_are_numbered_at_once():
    from maskrcnn_core.inference import outputs

    counted = 0
    folded = outputs._folded

    def counting(name: str) -> str:
        nonlocal counted
        counted += 1
        return folded(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outputs, "_folded", counting)
        names = outputs.unique_names([Path(f"{i}/a.png") for i in range(20_000)])
    assert len(set(names)) == 20_000
    assert counted < 10 * 20_000
    assert np.array_equal(names[:3], ["a", "a.2", "a.3"])
