"""``maskrcnn explain`` as a person uses it, and the records and sums behind it."""

import base64
import html
import io
import json
import re
import shlex

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core import cli
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.files.journal import append, records
from maskrcnn_inspect.analysis.candidates.explanation import Explainer, size_of
from maskrcnn_inspect.analysis.candidates.explanation_sums import (
    ORDER,
    SHOWN,
    STAGES,
    Sums,
    resume,
)
from maskrcnn_inspect.analysis.candidates.verdicts import VERDICTS
from maskrcnn_inspect.explorer import page as explorer

HOSTILE = "<script>alert(1)</script>[red]\x1b[31m"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main(["explain", *(str(one) for one in arguments), "--weights", "shapes"])
    return stop.value.code


def coco(sample, name, class_names=Shapes.class_names):
    """Give COCO instances with the sample's masks as runs."""
    annotations = []
    for number, (class_id, mask) in enumerate(zip(sample.class_ids, sample.masks, strict=True), start=1):
        flat = mask.ravel(order="F")
        changes = np.flatnonzero(np.diff(flat)) + 1
        counts = np.diff([0, *changes, flat.size]).tolist()
        runs = {"size": list(mask.shape), "counts": [0, *counts] if flat[0] else counts}
        annotations.append(
            {"id": number, "image_id": 1, "category_id": int(class_id), "iscrowd": 0, "segmentation": runs}
        )
    height, width = sample.image.shape[:2]
    return {
        "images": [{"id": 1, "file_name": name, "height": height, "width": width}],
        "annotations": annotations,
        "categories": [{"id": i, "name": n} for i, n in enumerate(class_names) if i],
    }


@pytest.fixture
def images(tmp_path):
    """Give an image with its ground truth, and one whose ground truth names an object that is not there."""
    sample = Shapes(1, seed=31)[0]
    Image.fromarray(sample.image).save(tmp_path / "seen.png")
    (tmp_path / "seen.json").write_text(json.dumps(coco(sample, "seen.png")))
    empty = np.full((128, 128, 3), 90, np.uint8)
    Image.fromarray(empty).save(tmp_path / "empty.png")
    points = [[20, 20], [60, 20], [60, 60], [20, 60]]
    labelme = {"shapes": [{"label": "square", "points": points, "shape_type": "polygon"}]}
    labelme |= {"imagePath": "empty.png", "imageHeight": 128, "imageWidth": 128}
    (tmp_path / "empty.json").write_text(json.dumps(labelme))
    return tmp_path


def test_all_found_is_status_0(images, capsys):
    assert run(images / "seen.png", "--truth", images / "seen.json") == 0
    assert re.search(r"(\d) of \1 objects found", capsys.readouterr().out)


def test_a_missed_object_is_status_1_and_written_as_json_and_html(images, capsys):
    out = images / "out"
    arguments = ["--truth", images / "empty.json", "--json", out / "a.json", "--html", out / "a.html"]
    assert run(images / "empty.png", *arguments) == 1
    assert "0 of 1 objects found" in capsys.readouterr().out
    content = json.loads((out / "a.json").read_text())
    (truth,) = content["truths"]
    assert truth["class"] == "square"
    assert truth["verdict"] in VERDICTS
    assert truth["box"] == pytest.approx([20, 20, 60, 60], abs=1)
    assert set(truth["remedy"]) == {"settings", "reason", "is_smallest"}
    page = (out / "a.html").read_text()
    assert "0 of 1 objects found" in page
    assert "stroke-dasharray" in page
    assert "<script" not in page and "http://" not in page.replace("http-equiv", "")


def test_the_page_marks_objects_and_false_detections_by_the_numbers_of_the_tables(images, monkeypatch):
    odd, sample = images / "it's <b>odd.png", Shapes(1, seed=33)[0]
    Image.fromarray(sample.image).save(odd)
    content = coco(sample, odd.name)
    content["annotations"].pop()  # what is found there is false now
    (images / "seen.json").write_text(json.dumps(content))
    run(odd, "--truth", images / "seen.json", "--html", images / "my page.html", "--no-setting-changes")
    page = (images / "my page.html").read_text()
    drawn = dict(re.findall(r'<text [^>]*fill="(#\w+)"[^>]*>(D?\d+)</text>', page))
    assert {"#009e73", "#cc79a7"} <= set(drawn), "found, and false"
    for colour, number in drawn.items():
        assert f'<span class="mark" style="border-color:{colour}">{number}</span>' in page
    assert "data:image/jpeg;base64," in page and "<b>odd" not in page
    (command,) = (html.unescape(text) for text in re.findall(r"<pre><code>(.*?)</code></pre>", page))
    sessions = []  # views are drawn elsewhere: here the command has to find the image and its ground truth
    monkeypatch.setattr(explorer, "explorer_page", lambda one: sessions.append(one) or "<!doctype html>")
    with pytest.raises(SystemExit) as stop:
        cli.main(shlex.split(command)[1:])
    assert stop.value.code == 0
    assert len(sessions[0].truth) == len(content["annotations"])
    assert (images / "my page.walk.html").is_file(), "the page that the link opens"
    assert '<a href="my page.walk.html">' in page


def test_no_walk_is_offered_where_there_is_no_image_or_its_name_would_act_on_a_terminal(tmp_path):
    from maskrcnn_core.evaluation.report.walks import walk_of

    acting = tmp_path / "a\x1b[31m.png"
    acting.touch()
    (tmp_path / "a.json").touch()
    for name in ("shapes-0-1", str(tmp_path), str(tmp_path / "a.json"), str(acting)):
        assert walk_of(name, tmp_path / "walk.html", "shapes", None) is None
    (tmp_path / "a.png").touch()
    assert walk_of(str(tmp_path / "a.png"), tmp_path / "walk.html", "shapes", None).page == "walk.html"


def test_no_two_headings_of_a_page_are_the_same(model):
    from maskrcnn_inspect.views.why.explanation_page import image_page, sums_page

    sample = Shapes(1, seed=33)[0]
    explained = Explainer(model, Shapes.class_names, setting_changes=True).explain(sample, (10, 10, 60, 60))
    sums = Sums()
    sums.add(explained.as_json())
    sums.add({"image": "a", "unreadable": "b"})
    for page in (image_page(explained, sample.image, {}), sums_page(sums, {})):
        headings = re.findall(r"<h[1-6]>(.*?)</h[1-6]>", page)
        assert len(headings) > 4
        assert len(set(headings)) == len(headings)


def test_the_truth_may_be_one_of_several_files_or_a_data_set(images):
    several = ["--truth", images / "seen.json", "--truth", f"labelme:{images / 'empty.json'}"]
    several += ["--box", "20,20,60,60", "--html", images / "c.html"]
    assert run(images / "empty.png", *several, "--no-setting-changes") == 1
    assert "Near the box" in (images / "c.html").read_text()


def test_without_truth_a_box_is_followed(images, capsys):
    box = ["--box", "20,20,60,60", "--json", images / "b.json", "--html", images / "b.html"]
    assert run(images / "seen.png", *box) == 0
    assert "best IoU" in capsys.readouterr().out
    content = json.loads((images / "b.json").read_text())
    assert sum(content["fates"].values()) == 4092
    assert [len(steps) for steps in content["funnels"].values()] == [7, 7]
    page = (images / "b.html").read_text()
    assert "What each stage left" in page
    assert "data:image/jpeg;base64," in page and ">box</text>" in page
    assert "maskrcnn walk" in page


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.png", "--truth", "x.json"], "which is no file"),
        (["shapes:?count=2"], "wanted --output DIR with a DATASET"),
        (["shapes:?count=2", "--output", "x", "--json", "y.json"], "--json and --html are for an IMAGE"),
        (["SEEN", "--output", "x"], "--umap, --workers, --scheduler are for a DATASET"),
        (["SEEN", "--box", "1,2,3"], "wanted --box Y1,X1,Y2,X2"),
        (["SEEN", "--box", "9,9,3,3"], "wanted a box y1,x1,y2,x2 in image px"),
        (["SEEN", "--truth", "EMPTY"], "no image is called seen.png"),
        (["SEEN", "--truth", "STRANGE"], "the model has no banana"),
        (["SEEN", "--truth", "nowhere.json"], "nowhere.json: there is no such file"),
        (["SEEN", "--html", "FOLDER"], "is a folder"),
    ],
)
def test_wrong_use_is_one_message_and_status_2(images, arguments, words, capsys):
    strange = coco(Shapes(1, seed=31)[0], "seen.png", ("background", "banana", "pear", "plum"))
    (images / "strange.json").write_text(json.dumps(strange))
    places = {"SEEN": "seen.png", "EMPTY": "empty.json", "STRANGE": "strange.json", "FOLDER": "."}
    assert run(*(images / places[one] if one in places else one for one in arguments)) == 2
    message = capsys.readouterr().err
    assert words in re.sub(r"\s+", " ", message)
    assert "Traceback" not in message


def test_a_data_set_is_summed_and_a_broken_run_goes_on(tmp_path, capsys):
    out = tmp_path / "why"
    status = run("shapes:?count=6&seed=2", "--output", out)
    whole = json.loads((out / "explain.json").read_text())
    journal = out / "images.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    assert (status, len(lines)) == (int(whole["missed"] > 0), 7)
    assert sum(whole["verdicts"].values()) == whole["objects"] == sum(map(len, Shapes(6, seed=2)))
    assert sum(whole["by_stage"].values()) == whole["missed"]
    assert sum(sum(counts.values()) for counts in whole["by_class"].values()) == whole["objects"]
    assert sum(sum(counts.values()) for counts in whole["by_size"].values()) == whole["objects"]
    journal.write_bytes(b"".join(lines[:4]) + lines[4][:30])  # the power went off here
    assert run("shapes:?count=6&seed=2", "--output", out) == status
    assert journal.read_bytes() == b"".join(lines)
    assert json.loads((out / "explain.json").read_text()) == whole
    capsys.readouterr()
    assert run("shapes:?count=6&seed=2", "--output", out, "--iou", 0.7) == 2
    assert "made with other settings" in capsys.readouterr().err


def test_an_image_that_cannot_be_read_is_named_and_the_others_are_explained(images, capsys):
    folder = images / "set"
    folder.mkdir()
    for name in ("empty", "broken"):
        annotation = json.loads((images / "empty.json").read_text())
        (folder / f"{name}.json").write_text(json.dumps(annotation | {"imagePath": f"{name}.png"}))
        (folder / f"{name}.png").write_bytes(
            (images / "empty.png").read_bytes()[: 99 if name == "broken" else None]
        )
    assert run(f"labelme:{folder}", "--output", images / "why") == 1
    content = json.loads((images / "why" / "explain.json").read_text())
    assert (content["images"], content["objects"], content["num_unreadable"]) == (1, 1, 1)
    assert "broken.png" in content["unreadable"][0]
    assert "could not be read" in capsys.readouterr().out


def test_the_page_of_a_data_set_shows_some_of_what_was_missed_and_how_to_see_it_stage_by_stage(images):
    polygon = {"category_id": 1, "iscrowd": 0, "segmentation": [[20, 20, 60, 20, 60, 60, 20, 60]]}
    content = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "square"}]}
    for number in range(1, SHOWN + 3):
        (images / f"{number}.png").write_bytes((images / "empty.png").read_bytes())
        content["images"].append({"id": number, "file_name": f"{number}.png", "height": 128, "width": 128})
        content["annotations"].append({"id": number, "image_id": number, **polygon})
    (images / "all.json").write_text(json.dumps(content))
    assert run(f"coco:{images / 'all.json'}", "--output", images / "why") == 1
    page = (images / "why" / "explain.html").read_text()
    missed = page[page.index("Missed objects, by verdict") : page.index("Examples by name")]
    crops = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', missed)
    assert len(crops) == SHOWN
    crop = np.asarray(Image.open(io.BytesIO(base64.b64decode(crops[0]))), int)
    assert max(crop.shape) == 240
    assert (crop[..., 2] - crop[..., 0] > 60).any(), "a grey image with the object's outline in blue"
    places = re.findall(r'<a href="#([^"]+)">stage by stage</a>', missed)
    assert len(set(places)) == SHOWN and all(f'id="{place}"' in page for place in places)
    assert page.count("maskrcnn walk ") == SHOWN
    assert len(page) < 60_000


@pytest.fixture(scope="module")
def model(shapes_model):
    return shapes_model


def test_a_trace_with_losses_gives_the_same_verdicts(model):
    from maskrcnn_inspect.analysis.candidates.verdicts import judge_truths

    sample = Shapes(1, seed=33)[0]
    explanation = Explainer(model, Shapes.class_names).explain(sample)
    assert explanation.truths == judge_truths(model.trace(sample.image, truth=sample))
    assert len(explanation.detections) == len(explanation.boxes)


def test_hostile_names_are_escaped_everywhere(model, capsys):
    from dataclasses import replace

    from rich.console import Console

    from maskrcnn_inspect.analysis.candidates.explanation_text import print_explanation, print_sums
    from maskrcnn_inspect.views.why.explanation_page import image_page, sums_page

    sample = Shapes(1, seed=33)[0]
    hostile = replace(
        Explainer(model, Shapes.class_names).explain(sample), image=HOSTILE, class_names=(HOSTILE,) * 4
    )
    sums = Sums()
    sums.add(hostile.as_json())
    sums.add({"image": HOSTILE, "unreadable": HOSTILE})
    for page in (
        image_page(hostile, sample.image, {HOSTILE: HOSTILE}),
        sums_page(sums, {HOSTILE: HOSTILE}),
    ):
        assert "<script>" not in page
    print_explanation(hostile, Console(width=200))
    print_sums(sums, Console(width=200))
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "[red]" in text


def test_every_verdict_of_a_missed_object_has_a_stage():
    assert set(STAGES) | {"found", "crowd"} == set(VERDICTS)
    assert set(STAGES.values()) == set(ORDER)


@pytest.mark.parametrize("rest", [b"", b'{"ima'])
def test_a_journal_of_another_run_without_a_record_begins_anew(tmp_path, rest):
    """Such as one that was refused for a word in its settings; with a record it is held against the new one."""
    journal = tmp_path / "a.jsonl"
    resume(journal, {"settings": "with a mistake"})
    with journal.open("ab") as file:
        file.write(rest)
    assert resume(journal, {"settings": "right"}) == 0
    assert journal.read_bytes() == b'{"heading": {"settings": "right"}}\n'
    append(journal, {"image": 1})
    with pytest.raises(ValueError, match="made with other settings"):
        resume(journal, {"settings": "others"})
    assert resume(journal, {"settings": "right"}) == 1


def test_a_journal_of_nothing_begins_anew(tmp_path):
    journal = tmp_path / "a.jsonl"
    assert resume(journal, {"a": 1}) == 0
    append(journal, {"index": 0})
    assert resume(journal, {"a": 1}) == 1
    assert list(records(journal)) == [{"index": 0}]
    journal.write_bytes(b'{"head')
    assert resume(journal, {"a": 1}) == 0
    assert journal.read_bytes() == b'{"heading": {"a": 1}}\n'


def test_sizes_are_cocos():
    assert [size_of(area) for area in (1023, 1024, 9215, 9216)] == ["small", "medium", "medium", "large"]
