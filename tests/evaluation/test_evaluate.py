"""``maskrcnn evaluate`` as a person uses it."""

import json

import pytest

from maskrcnn_core import cli
from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    from maskrcnn_core.model import MaskRCNN
    from maskrcnn_core.weights import save_weights

    path = tmp_path_factory.mktemp("weights") / "random.h5"
    save_weights(MaskRCNN(tiny(Shapes.class_names)), path)
    return str(path)


@pytest.fixture
def fake(peer_cases, case_file):
    inputs = peer_cases["coco_fake100_segm"]["inputs"]
    return "--results", case_file(inputs["results_file"]), "--truth", case_file(inputs["gt_file"])


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main(["evaluate", *(str(one) for one in arguments)])
    return stop.value.code


def test_result_files_are_measured_without_a_model(result_files, pycocotools_figures, tmp_path, capsys):
    kind, truth, results = result_files
    assert run("--results", results, "--truth", truth, "--output", tmp_path / "out") == 0
    text = capsys.readouterr().out
    measured = [figure for figure in pycocotools_figures if figure >= 0]
    assert len(measured) == 8  # nothing is medium or large
    for figure in measured:
        assert f"{figure:.3f}" in text
    content = json.loads((tmp_path / "out" / "report.json").read_text())
    assert content["figures"][kind]["AP"] == pycocotools_figures[0]
    assert content["images"] == 12


def test_published_results_are_measured_as_published(fake, tmp_path, capsys):
    assert run(*fake, "--output", tmp_path / "out") == 0
    text = capsys.readouterr().out
    for figure in ("0.320", "0.562", "0.299", "0.387", "0.310", "0.327", "0.268", "0.415", "0.417"):
        assert figure in text
    content = json.loads((tmp_path / "out" / "report.json").read_text())
    assert content["figures"]["segm"]["AP"] == pytest.approx(0.3195452758576433, abs=1e-12)
    assert content["images"] == 100
    assert (tmp_path / "out" / "report.html").read_text().startswith("<!doctype html>")


def test_a_model_is_measured_and_its_results_measure_the_same(weights, tmp_path, capsys):
    out = tmp_path / "out"
    assert run("shapes:?count=5", "--weights", weights, "--limit", 2, "--stage-recall", "--output", out) == 0
    assert "Objects still covered" in capsys.readouterr().out
    content = json.loads((out / "report.json").read_text())
    assert content["images"] == 2
    assert content["heading"]["limit"] == "the first 2 images"
    assert content["stage_recall"]["0.5"]["anchors"] > 0
    assert len(json.loads((out / "results.json").read_text())) == content["detections"]
    assert sorted(path.name for path in out.iterdir()) == [
        "report.html",
        "report.json",
        "results.json",
        "run.json",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "wanted DATASET and --weights, or --results and --truth"),
        (["shapes:"], "wanted DATASET with --weights"),
        (["--results", "r.json"], "wanted DATASET and --weights, or --results and --truth"),
        (["shapes:", "--weights", "w", "--truth", "t.json"], "without --results and --truth"),
        (["--results", "r.json", "--truth", "t.json", "--stage-recall"], "--stage-recall with a DATASET"),
        (["--results", "r.json", "--truth", "t.json", "--config", "c"], "--config with a DATASET"),
        (["--results", "/no/r.json", "--truth", "/no/t.json"], "/no/t.json: cannot be read"),
        (["shaeps:", "--weights", "w"], "did you mean shapes"),
        (["shapes:", "--weights", "/no/w.h5"], "/no/w.h5: there is no such file"),
        (["shapes:", "--weights", "w", "--max-detections", "5"], "max-detections"),
        (["shapes:", "--weights", "w", "--limit", "0"], "limit"),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(arguments, words, capsys):
    assert run(*arguments) == 2
    message = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert words in message
    assert "Traceback" not in message


def test_classes_that_do_not_match_end_with_2_before_the_model_is_built(weights, tmp_path, capsys):
    truth = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "cat"}]}
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    assert run(f"coco:{tmp_path / 'truth.json'}", "--weights", weights) == 2
    message = capsys.readouterr().err
    assert "the model has no cat" in message
    assert "Classes of the model: square, circle, triangle." in message


def test_an_image_that_cannot_be_read_makes_the_status_1(weights, tmp_path, capsys):
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n")
    truth = {
        "images": [{"id": 1, "file_name": "cut.png", "height": 8, "width": 8}],
        "annotations": [],
        "categories": [{"id": 1, "name": "circle"}],
    }
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    assert run(f"coco:{tmp_path / 'truth.json'}", "--weights", weights) == 1
    streams = capsys.readouterr()
    assert "cut.png" in streams.out
    assert "not judged: 2 classes" in streams.err


def test_help_shows_examples(capsys):
    assert run("--help") == 0
    assert "maskrcnn evaluate --results results.json" in capsys.readouterr().out
