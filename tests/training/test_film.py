"""The film of a run: which steps are taken, what a frame holds, how a run goes on with it."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.reader import Finding, Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.training.film.files import (
    Index,
    frame_of,
    frame_path,
    given_of,
    is_filmed,
    read_frames,
    read_index,
    write_index,
)
from maskrcnn_core.training.film.recorder import FilmRecorder, images_of_run
from maskrcnn_core.training.film.shots import Shot, canonical, find_shots
from maskrcnn_core.training.judging import Judgement, shares_kept
from maskrcnn_core.training.loop.layers import Stage
from maskrcnn_core.training.options import TrainOptions

CONFIG = tiny(Shapes.class_names, size=64)
INDEX = Index(("0", "/a.png"), (("heads", 20), ("all", 50)), 10, ("RPN", "mask"))


class Files(Reader):
    """One image file with an object."""

    class_names = Shapes.class_names

    def __init__(self, path: Path) -> None:
        self.path = path

    def __len__(self) -> int:
        return 1

    def source(self, index: int) -> str:
        return str(self.path)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        image = np.asarray(Image.open(self.path))
        return Sample(image, np.array([1], np.int32), np.ones((1, *image.shape[:2]), bool)), []


def traced(scores: float = 1 / 3, detections: int = 2) -> Trace:
    """Return a trace of 64 x 64 px that no network made, with one object and these detections."""
    trace = Trace(config=CONFIG)
    boxes = np.tile(np.array([[3.25, 4, 30, 40.5]], np.float32), (detections, 1))
    trace.update(
        {
            "image.original": np.full((64, 64, 3), 9, np.uint8),
            "molding.window": np.array([0, 0, 64, 64], np.float32),
            "molding.scale": np.float32(1),
            "anchors.boxes": np.array([[0, 0, 8, 8]], np.float32),
            "anchors.level": np.array([2], np.int32),
            "rpn.scores": np.array([scores], np.float32),
            "rpn.logits": np.array([[0.0, 1.0]], np.float32),
            "detections.boxes": boxes,
            "detections.scores": np.full(detections, scores, np.float32),
            "mask_head.probs": np.full((detections, 28, 28), scores, np.float32),
            "truth.boxes": boxes[:1],
            "truth.class_ids": np.array([1], np.int32),
            "truth.is_crowd": np.array([False]),
            "truth.masks": np.ones((1, 64, 64), bool),
        }
    )
    return trace


class Model:
    """Stands for a model in training: each trace has a higher score than the one before."""

    def __init__(self) -> None:
        self.traced: list[np.ndarray] = []

    def trace(self, image, keep):
        self.traced.append(image)
        trace = traced(len(self.traced) / 8)
        return trace.only(frozenset(name for name in trace if not name.startswith("truth.")))


class Judge:
    """Finds every object."""

    stages, reads = ("RPN", "mask"), ("rpn.logits",)

    def __call__(self, trace):
        return [Judgement(row, 2, "found", "") for row in range(len(trace["truth.boxes"]))]


def recorder(folder: Path, shots: list[Shot], model: Model, steps: int = 5) -> FilmRecorder:
    film = FilmRecorder(folder, shots, (Stage("heads", 1), Stage("all", 2)), Judge())
    film.set_model(model)
    film.set_params({"steps": steps})
    film.on_train_begin()
    return film


def run_epoch(film: FilmRecorder, epoch: int, first: int = 0, last: int = 5) -> None:
    film.on_epoch_begin(epoch)
    for batch in range(first, last):
        film.on_train_batch_begin(batch)
        film.on_train_batch_end(batch)


@pytest.fixture
def shots() -> list[Shot]:
    sample = Shapes(1, seed=1, size=64)[0]
    only = Sample(sample.image, sample.class_ids[:1], sample.masks[:1])
    return [Shot("0", "shapes", only.image, only), Shot("/a.png", "/a.png", only.image, None)]


def test_steps_double_and_the_ends_of_stages_are_taken():
    taken = [step for step in range(70) if is_filmed(step, (20, 50))]
    assert taken == [0, 1, 2, 4, 8, 16, 20, 32, 50, 64]


def test_a_frame_keeps_what_moves_and_is_small(tmp_path: Path):
    trace = traced()
    given_of(trace).save(tmp_path / "image_000" / "given.h5")
    judged = [Judgement(0, 1, "mask", "its mask has IoU 0.2")]
    frame_of(trace, judged, step=16).save(frame_path(tmp_path, 0, 16))
    with Trace.load(frame_path(tmp_path, 0, 16)) as stored:
        assert stored["mask_head.probs"].dtype == np.float16
        assert stored["detections.boxes"].dtype == np.float32
        assert "rpn.logits" not in stored and "image.original" not in stored
    (frame,) = read_frames(tmp_path, 0)
    assert (frame.step, frame.judgements) == (16, tuple(judged))
    assert frame.trace["rpn.scores"] == np.float32(np.float16(1 / 3))
    np.testing.assert_array_equal(frame.trace["detections.boxes"], trace["detections.boxes"])
    assert frame.trace.shape("molding.image") == (64, 64, 3), "by the function that made the network input"


def test_the_recorder_takes_the_weights_of_each_step_of_every_image(tmp_path: Path, shots):
    model = Model()
    film = recorder(tmp_path, shots, model)
    for epoch in (0, 1):
        run_epoch(film, epoch)
    assert read_index(tmp_path) == Index(("0", "/a.png"), (("heads", 5), ("all", 10)), 5, ("RPN", "mask"))
    with_truth, without = (read_frames(tmp_path, number) for number in (0, 1))
    assert [frame.step for frame in with_truth] == [0, 1, 2, 4, 5, 8, 10]
    assert [float(frame.trace["rpn.scores"][0]) for frame in without[:2]] == [2 / 8, 4 / 8]
    assert with_truth[0].judgements == (Judgement(0, 2, "found", ""),)
    assert without[0].judgements == () and "truth.boxes" not in without[0].trace
    assert not list(tmp_path.rglob(".*.part"))


def test_a_run_that_goes_on_adds_to_the_film_and_begins_none(tmp_path: Path, shots):
    run_epoch(recorder(tmp_path, shots, Model()), 0, last=3)
    run_epoch(recorder(tmp_path, shots, Model()), 0, first=2)  # from the checkpoint after two steps
    frames = read_frames(tmp_path, 0)
    assert [frame.step for frame in frames] == [0, 1, 2, 4, 5]


def test_a_run_that_goes_on_films_the_images_of_its_film(tmp_path: Path):
    assert images_of_run(tmp_path, ["3"], resume=True) == ["3"], "there is no film yet"
    write_index(tmp_path, INDEX)
    assert images_of_run(tmp_path, [], resume=True) == ("0", "/a.png")
    assert images_of_run(tmp_path, ["0", "/a.png"], resume=True) == ("0", "/a.png")
    assert images_of_run(tmp_path, ["1"], resume=False) == ["1"]
    with pytest.raises(ValueError, match="leave --film away"):
        images_of_run(tmp_path, ["1"], resume=True)


def test_another_file_under_the_name_of_the_index_is_an_error(tmp_path: Path):
    for content in (
        "",
        "[]",
        json.dumps({"format": "else", "version": 1}),
        json.dumps({"format": "maskrcnn-film"}),
    ):
        (tmp_path / "film.json").write_text(content)
        with pytest.raises(ValueError, match=r"film\.json: .*is it the film of a run"):
            read_index(tmp_path)


def test_images_are_numbers_of_validation_or_files_with_the_truth_that_a_data_set_has(tmp_path: Path):
    for name in ("a.png", "b.png"):
        Image.fromarray(np.full((8, 8, 3), 50, np.uint8)).save(tmp_path / name)
    readers = [Shapes(2, seed=1, size=64), Files(tmp_path / "a.png")]
    number, known, unknown = find_shots(["1", str(tmp_path / "a.png"), str(tmp_path / "b.png")], readers, 3)
    np.testing.assert_array_equal(number.image, readers[0][1].image)
    assert number.truth is not None and known.truth is not None and len(known.truth) == 1
    assert unknown.truth is None and unknown.image.shape == (8, 8, 3)
    with pytest.raises(ValueError, match="--film 2: wanted a number of 0 to 1"):
        find_shots(["2"], readers, 3)
    with pytest.raises(ValueError, match=r"none\.png"):
        find_shots([str(tmp_path / "none.png")], readers, 3)


def test_an_image_that_is_asked_for_twice_is_filmed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert canonical(["1", "a.png", "1", str(tmp_path / "a.png")]) == ["1", str(tmp_path / "a.png")]


def test_in_python_an_image_may_be_a_number_a_name_or_several():
    films = [TrainOptions.of({"film": given}).film for given in (3, "a.png", [3, Path("a.png")], ())]
    assert films == [("3",), ("a.png",), ("3", "a.png"), ()]


def test_shares_kept_are_those_of_objects_that_came_further():
    judged = [Judgement(row, kept, "", "") for row, kept in enumerate([0, 1, 1, 3])]
    assert shares_kept(judged, ("a", "b", "c")) == {"a": 0.75, "b": 0.25, "c": 0.25}
    assert shares_kept([], ("a", "b", "c")) == {}
