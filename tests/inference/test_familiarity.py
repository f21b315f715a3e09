"""Familiarity: what the model learned from is near, all else is far, and a checkpoint carries what tells them apart."""

import json

import h5py
import numpy as np
import pytest
from PIL import Image

from maskrcnn_core import cli, load_model
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.inference.familiarity import (
    LEAST_IMAGES,
    MARGIN,
    Familiarity,
    distances,
    learned_from,
    pooled,
    remark_on_trace,
    statistics_from,
)
from maskrcnn_core.weights import open_weights, save_weights
from maskrcnn_core.weights.converting import convert
from maskrcnn_core.weights.image_statistics import GROUP, ImageStatistics, add_statistics, statistics_of


@pytest.fixture(scope="module")
def nuclei():
    return load_model("nuclei")


def photograph() -> np.ndarray:
    from skimage import data

    return np.asarray(data.astronaut())[:256, :256]


def test_the_mean_is_that_of_the_cells_in_the_window():
    level = np.arange(4 * 5 * 2, dtype=np.float32).reshape(4, 5, 2)
    window = np.array([4, 8, 16, 20], np.float32)  # network-input px: rows 1 to 3, columns 2 to 4
    np.testing.assert_allclose(pooled(level, window), level[1:4, 2:5].mean(axis=(0, 1)))
    np.testing.assert_allclose(pooled(level, np.array([0, 0, 1, 1])), level[0, 0], err_msg="at least a cell")


def test_the_distance_is_mahalanobis_by_hand():
    statistics = ImageStatistics(np.zeros(2), np.diag([4.0, 1.0]), np.zeros(()))
    found = distances(statistics, np.array([[2.0, 0.0], [0.0, 2.0], [0.0, 0.0]]))
    np.testing.assert_allclose(found, [1, 2, 0], atol=2e-3)  # the ridge is a thousandth


def test_the_threshold_stands_a_margin_beyond_the_farthest_held_out_image():
    rng = np.random.default_rng(0)
    learned, held_out = rng.normal(size=(200, 3)), rng.normal(size=(40, 3))
    statistics = statistics_from(learned, held_out)
    assert float(statistics.threshold) == pytest.approx(
        MARGIN * distances(statistics, held_out).max(), rel=1e-5
    )
    assert (distances(statistics, held_out + 20) > statistics.threshold).all()


def test_fewer_images_than_channels_still_give_a_distance():
    rng = np.random.default_rng(1)
    statistics = statistics_from(rng.normal(size=(20, 64)), rng.normal(size=(5, 64)))
    assert np.isfinite(distances(statistics, rng.normal(size=(3, 64)))).all()


def test_images_that_are_all_alike_give_no_error():
    same = np.ones((30, 4))
    assert distances(statistics_from(same, same), same).max() == 0


def test_a_photograph_is_far_from_micrographs(nuclei):
    judge = Familiarity(nuclei)
    assert "photo.jpg looks unlike what this model learned from" in judge.remark(
        SourceImage(photograph(), "photo.jpg")
    )


def test_a_trace_says_what_the_image_says(nuclei):
    image = photograph()
    trace = nuclei.trace(image)
    features = pooled(trace["backbone.c2"], trace["molding.window"])
    np.testing.assert_allclose(Familiarity(nuclei).features(image), features, rtol=1e-5)
    assert "looks unlike" in remark_on_trace(nuclei.image_statistics, trace)
    assert remark_on_trace(None, trace) == ""


def test_a_model_without_statistics_says_nothing(small, photo):
    assert small.image_statistics is None
    assert Familiarity(small).remark(SourceImage(photo)) == ""


def test_unseen_shapes_are_near():
    judge, unseen = Familiarity(load_model("shapes")), Shapes(count=40, seed=20_000)
    assert [judge.remark(SourceImage(sample.image)) for sample in unseen] == [""] * 40


@pytest.mark.parametrize("ending", [".h5", ".safetensors"])
def test_statistics_go_with_the_weights_into_every_file_of_ours(nuclei, tmp_path, ending):
    out = tmp_path / f"mine{ending}"
    convert("nuclei", out)
    found = load_model(out).image_statistics
    for name, array in nuclei.image_statistics.arrays().items():
        np.testing.assert_array_equal(found.arrays()[name], array)


def test_statistics_are_added_to_a_file_whose_weights_stay(small, tmp_path):
    path = tmp_path / "mine.h5"
    save_weights(small, path)
    with h5py.File(path) as file:
        before = {name: file["weights"][name][()] for name in file["weights"]}
    for threshold in (1.0, 2.0):
        add_statistics(path, ImageStatistics(np.zeros(3), np.eye(3), np.asarray(threshold)))
        with open_weights(path) as stored:
            assert float(stored.image_statistics.threshold) == threshold
    with h5py.File(path) as file:
        assert list(file["weights"]) == list(before)
        assert all((file["weights"][name][()] == array).all() for name, array in before.items())
    assert [each.name for each in tmp_path.iterdir()] == ["mine.h5"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mean": np.zeros((2, 2))}, "wanted image_statistics of mean"),
        ({"covariance": np.full((3, 3), np.nan)}, "received NaN or infinity"),
        ({"covariance": np.eye(2)}, "wanted image_statistics of mean"),
    ],
)
def test_statistics_that_are_not_sound_are_refused(change, message):
    sound = {"mean": np.zeros(3), "covariance": np.eye(3), "threshold": np.asarray(1.0)}
    assert statistics_of(sound) is not None
    assert statistics_of({}) is None
    with pytest.raises(ValueError, match=message):
        statistics_of({**sound, **change})
    with pytest.raises(ValueError, match=GROUP):
        statistics_of({"mean": np.zeros(3)})


def test_training_images_are_learned_and_too_few_are_not(small):
    reader, unseen = Shapes(count=60, seed=3), Shapes(count=20, seed=4)
    for validation in (None, unseen):
        assert learned_from(small, reader, validation).mean.shape == (small.backbone.channels[0],)
    assert learned_from(small, Shapes(count=LEAST_IMAGES - 1, seed=3), unseen) is None


def test_detect_says_so_for_an_image_and_still_detects(tmp_path, capsys):
    Image.fromarray(photograph()).save(tmp_path / "photo.png")
    with pytest.raises(SystemExit) as stop:
        cli.main(
            ["detect", str(tmp_path / "photo.png"), "--output", str(tmp_path / "o"), "--weights", "nuclei"]
        )
    assert stop.value.code == 0
    assert "photo.png looks unlike what this model learned from" in capsys.readouterr().err
    assert isinstance(json.loads((tmp_path / "o" / "detections.json").read_text()), list)
