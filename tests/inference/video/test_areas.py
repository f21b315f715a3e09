"""Areas over time: the table of a run as curves, worked out by hand."""

import csv

import numpy as np
from PIL import Image

from maskrcnn_core.inference.outputs import Area
from maskrcnn_core.inference.video.areas import HEADER, curves, plot, rows_of


def write_table(path, shares):
    """Write a table of a frame every half second; shares: of each frame, by class."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for frame, of_classes in enumerate(shares):
            areas = [Area(name, 1, 10, share) for name, share in of_classes.items()]
            writer.writerows(rows_of(frame, frame / 2, [*areas, Area("background", 0, 90, 0.9)]))
    return path


def test_a_class_counts_as_0_in_frames_without_it(tmp_path):
    table = write_table(tmp_path / "a.csv", [{"cat": 0.1, "dog": 0.5}, {}, {"cat": 0.3}])
    seconds, shares = curves(table)
    np.testing.assert_allclose(seconds, [0, 0.5, 1])
    np.testing.assert_allclose(shares["cat"], [0.1, 0, 0.3])
    np.testing.assert_allclose(shares["dog"], [0.5, 0, 0])
    assert list(shares) == ["cat", "dog"]


def test_more_frames_than_a_plot_has_points_are_averaged(tmp_path):
    table = write_table(tmp_path / "a.csv", [{"cat": share} for share in (0.1, 0.3, 0.5, 0.9)])
    seconds, shares = curves(table, points=2)
    np.testing.assert_allclose(seconds, [0.25, 1.25])
    np.testing.assert_allclose(shares["cat"], [0.2, 0.7])


def test_a_plot_is_drawn_of_many_classes_and_of_none(tmp_path):
    for name, shares in {
        "many": [{f"class{k:02d}": k / 100 for k in range(20)}] * 3,
        "none": [{}] * 2,
    }.items():
        plot(write_table(tmp_path / f"{name}.csv", shares), tmp_path / f"{name}.png", "$a_{b}")
        with Image.open(tmp_path / f"{name}.png") as image:
            assert image.format == "PNG"
