"""The film and the forgetting of a run, as a person sees them."""

import re
from pathlib import Path

import numpy as np
import pytest

from maskrcnn_core.training.film.files import (
    Index,
    folder_of_image,
    frame_of,
    frame_path,
    given_of,
    write_index,
)
from maskrcnn_core.training.loop.objects_found import NAME, History, write_histories
from maskrcnn_inspect.analysis.training.film import Film, open_film
from maskrcnn_inspect.analysis.training.survival import STAGES, SurvivalJudge
from maskrcnn_inspect.canvas import Boxes, Heat, canvases_in
from maskrcnn_inspect.commands.walk_film import write_film
from maskrcnn_inspect.views.training import forgetting
from maskrcnn_inspect.views.training.film import view
from maskrcnn_inspect.views.training.film.scenes import film_scene, objectness_map, resized

HISTORIES = [
    History(0, "a.png", 0, "square", 64, "0111"),
    History(0, "a.png", 1, "circle", 9, "1010"),
    History(1, "b.png", 0, "circle", 9, "01-0"),
    History(1, "b.png", 2, "<b>rod", 9, "0000"),
]


@pytest.fixture(scope="module")
def run(shapes_session, no_detections, tmp_path_factory) -> Path:
    """Give a run whose model found nothing at step 0 and everything at step 8: in the second image without truth."""
    folder, base, judge = tmp_path_factory.mktemp("run"), shapes_session.base, SurvivalJudge()
    film = folder / "film"
    write_index(film, Index(("0", "/photos/<i>.png"), (("all", 8),), 4, STAGES))
    for number in (0, 1):
        given = given_of(base)
        if number:
            given = given.only(frozenset(name for name in given if not name.startswith("truth.")))
        folder_of_image(film, number).mkdir(parents=True)
        given.save(folder_of_image(film, number) / "given.h5")
        for step, trace in ((0, no_detections), (8, base)):
            judged = [] if number else judge(trace)
            frame_of(trace, judged, step=step).save(frame_path(film, number, step))
    write_histories(folder / NAME, HISTORIES)
    return folder


@pytest.fixture(scope="module")
def film(run) -> Film:
    return open_film(run)


def test_the_slider_goes_through_the_steps_and_every_layer_that_moves_follows(film, shapes_session):
    scene = film_scene(film.image(0))
    assert scene.frames.labels == ["0", "8"] and scene.frames.start == 1
    layers = {layer.name: layer for layer in scene.layers}
    assert list(layers) == [
        "objectness", "anchors awake near objects", "best proposals", "masks", "detections", "ground truth",
    ]  # fmt: skip
    count = len(shapes_session.base["detections.boxes"])
    assert [len(rows) for rows in layers["detections"].frames] == [0, count]
    assert isinstance(layers["objectness"], Heat) and layers["objectness"].values.shape[0] == 2
    assert isinstance(layers["ground truth"], Boxes) and not layers["ground truth"].frames
    assert scene.canvas().frame == 1, "the canvas takes all of it"


def test_a_detection_has_the_colour_of_the_object_that_it_is_on(film):
    image = film.image(0)
    layer = next(layer for layer in film_scene(image).layers if layer.name == "detections")
    growth = image.growth
    for number, row in enumerate(growth.detection[-1]):
        if max(growth.box[-1, number], growth.mask[-1, number]) >= 0.5:
            assert layer.colours[row] == number
    assert set(layer.colours) <= {-1, *range(len(image.objects))}


def test_anchors_shown_at_a_step_are_those_that_are_awake(film):
    image = film.image(0)
    layer = next(layer for layer in film_scene(image).layers if layer.name.startswith("anchors"))
    scores = image.last["rpn.scores"][layer.index]
    np.testing.assert_array_equal(layer.frames[-1], np.flatnonzero(scores >= 0.5))
    assert len(layer.frames[-1]) > 0


def test_a_map_of_objectness_keeps_the_highest_of_all_anchors(film):
    last = film.image(0).last
    assert objectness_map(last).max() == last["rpn.scores"].max()
    cells = np.array([[1, 2], [3, 4]])
    np.testing.assert_array_equal(resized(cells, (2, 4)), [[1, 1, 2, 2], [3, 3, 4, 4]])
    np.testing.assert_array_equal(resized(cells, (1, 2)), [[3, 4]])
    np.testing.assert_array_equal(resized(np.arange(5)[None], (1, 2)), [[2, 4]])


def test_words_say_from_which_step_on(film):
    lines = view.VIEW.explain(view.Shots(film))
    head = next(line for line in lines if line.startswith("object"))
    assert head.split("  ") and all(name in head for name in ("anchor wakes", "box settles", "mask closes"))
    found = [line for line in lines if re.match(r"\d+ (square|circle|triangle)", line)]
    assert found[0].split()[2:] == ["0", "8", "8"], "anchors were awake from the start, boxes came at step 8"
    assert any(all(stage in line for stage in STAGES) for line in lines)


def test_an_image_without_ground_truth_has_curves_and_no_verdicts(film):
    shots = view.Shots(film)
    with_truth, without = view.draw(shots, 0), view.draw(shots, 1)
    assert (len(with_truth), len(without)) == (3, 2)
    assert not any("keeps it" in line for line in view.VIEW.explain(shots, 1))
    assert view.figure(film.image(1)).axes[0].lines


def test_live_view_goes_to_another_image(film):
    panel = view.widget(film)
    assert panel.canvases and not panel.problem.value
    panel.choices["number"].value = 1
    assert not panel.problem.value


def test_epochs_count_found_learned_and_forgotten():
    counts = forgetting.by_epoch(HISTORIES)
    assert counts["found"].tolist() == [1, 2, 2, 1]
    assert counts["learned"].tolist() == [1, 2, 1, 0]
    assert counts["forgotten"].tolist() == [0, 1, 0, 2]


def test_the_most_forgotten_come_first_and_others_not_at_all():
    assert [one.found for one in forgetting.most_forgotten(HISTORIES)] == ["1010", "01-0"]
    lines = forgetting.explain(HISTORIES)
    assert "2 x  circle  1010" in lines[1] and "image 0, object 1  a.png" in lines[1]
    assert forgetting.explain(HISTORIES[:1]) == [
        "No object was forgotten: what was once found was found after every later epoch."
    ]


def test_bars_of_forgetting_hold_every_object_once():
    bars = forgetting.draw(HISTORIES)[1]
    assert dict(zip(bars.names, bars.values, strict=True)) == {
        "never found": 1, "never forgotten": 1, "forgotten once": 1, "forgotten 2 times": 1,
    }  # fmt: skip
    assert (
        forgetting.widget(HISTORIES).area.children and len(canvases_in(forgetting.snapshot(HISTORIES))) == 0
    )
    with pytest.raises(ValueError, match="train with --validate"):
        forgetting.draw([])


def test_the_page_holds_every_image_and_what_was_forgotten(run, tmp_path):
    write_film(str(run), str(tmp_path / "film.html"), browser=False)
    text = (tmp_path / "film.html").read_text()
    assert "Image 1 of 2: number 0 of the data set" in text and "Image 2 of 2: &lt;i&gt;.png" in text
    assert "Learned and forgotten" in text and "<i>.png" not in text
    assert text.count('class="mi-mount"') == 2
    with pytest.raises(ValueError, match="holds no film"):
        write_film(str(tmp_path), None, browser=False)
