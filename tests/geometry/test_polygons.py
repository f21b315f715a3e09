import numpy as np
import pytest
from pycocotools import mask as coco_mask
from skimage.draw import polygon as skimage_polygon

from maskrcnn_core.geometry import polygons
from maskrcnn_core.geometry.polygons import (
    clip_ring,
    draw,
    ellipse,
    reach_outside,
    rectangle,
    ring_from_flat,
    ring_from_points,
)

NEAR = 0.75  # px: a pixel whose middle is this near to the outline may be decided either way


def near_outline(ring: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Give the pixels whose middle lies within NEAR of a side of the ring."""
    middle = np.stack(np.meshgrid(np.arange(size[1]) + 0.5, np.arange(size[0]) + 0.5), axis=-1)[:, :, None]
    start, side = ring, np.roll(ring, -1, axis=0) - ring
    share = np.clip(((middle - start) * side).sum(-1) / np.maximum((side**2).sum(-1), 1e-9), 0, 1)
    return (np.linalg.norm(middle - start - share[..., None] * side, axis=-1) <= NEAR).any(-1)


def test_coordinates_are_edges():
    mask = draw([rectangle(1, 2, 4, 5)], (6, 7))
    assert np.argwhere(mask).tolist() == [[y, x] for y in (2, 3, 4) for x in (1, 2, 3)]


def test_rectangle_takes_corners_in_any_order():
    assert (draw([rectangle(4, 5, 1, 2)], (6, 7)) == draw([rectangle(1, 2, 4, 5)], (6, 7))).all()


def test_triangle_by_hand():
    mask = draw([np.array([[0, 0], [4, 4], [0, 4]], float)], (4, 4))
    inside_certainly = np.tril(np.ones((4, 4), bool), -1)
    assert (mask & inside_certainly == inside_certainly).all()
    assert not (mask & np.triu(np.ones((4, 4), bool), 1)).any()


def test_parts_of_an_object_are_united():
    left, right = rectangle(0, 0, 2, 2), rectangle(1, 1, 5, 4)
    both = draw([left, right], (6, 6))
    assert (both == (draw([left], (6, 6)) | draw([right], (6, 6)))).all()


def test_no_rings_give_an_empty_mask():
    assert draw([], (3, 4)).shape == (3, 4)
    assert not draw([], (3, 4)).any()


def test_agrees_with_skimage_but_for_a_pixel_at_the_outline():
    rng = np.random.default_rng(5)
    for _ in range(30):
        angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 12)))
        radius = rng.uniform(10, 35, len(angle))
        ring = np.stack([40 + radius * np.cos(angle), 45 + radius * np.sin(angle)], axis=-1)
        ours = draw([ring], (90, 80))
        theirs = np.zeros((90, 80), bool)
        # skimage puts pixel centres on whole numbers, we put edges there
        theirs[skimage_polygon(ring[:, 1] - 0.5, ring[:, 0] - 0.5, (90, 80))] = True
        assert not ((ours ^ theirs) & ~near_outline(ring, (90, 80))).any()
        assert abs(int(ours.sum()) - int(theirs.sum())) <= 0.15 * theirs.sum() + 20


def test_what_leaves_the_frame_is_clipped():
    mask = draw([rectangle(-3, -3, 2, 100)], (4, 5))
    assert np.argwhere(mask.any(axis=0)).ravel().tolist() == [0, 1]
    assert mask[:, :2].all()


@pytest.mark.parametrize("far", [1e3, 1e5, 1e7])
def test_far_coordinates_are_clipped_before_they_are_drawn(far):
    ring = np.array([[-far, -far], [far, -far], [far, far], [-far, far]])
    assert draw([ring], (30, 40)).all()
    assert np.abs(clip_ring(ring, (30, 40))).max() <= 41


@pytest.mark.parametrize(("reach", "clipped"), [(80.0, False), (80.001, True)])
def test_far_is_more_than_four_sides_of_the_frame(reach: float, clipped: bool, monkeypatch):
    rings = []
    monkeypatch.setattr(polygons, "clip_ring", lambda ring, size: (rings.append(ring), ring)[1])
    draw([rectangle(0, 0, 20 + reach, 5)], (10, 20))
    assert bool(rings) == clipped


def test_clipping_a_far_ring_changes_no_pixel():
    rng = np.random.default_rng(2)
    for _ in range(50):
        ring = rng.uniform(-400, 500, (rng.integers(3, 8), 2))
        clipped = clip_ring(ring, (60, 50))
        whole = coco_mask.decode(coco_mask.frPyObjects([ring.ravel().tolist()], 60, 50))[..., 0].astype(bool)
        ours = draw([clipped], (60, 50)) if len(clipped) >= 3 else np.zeros((60, 50), bool)
        # pycocotools walks whole numbers of a fifth of a pixel from the other end: corners may move by one of them
        assert not ((ours ^ whole) & ~near_outline(ring, (60, 50))).any()


def test_ring_wholly_outside_gives_nothing():
    assert not draw([rectangle(1e6, 1e6, 2e6, 2e6)], (30, 40)).any()
    assert len(clip_ring(rectangle(1e6, 1e6, 2e6, 2e6), (30, 40))) == 0


def test_endless_outline_is_refused():
    zigzag = np.tile([[0.0, 0.0], [1000.0, 1000.0]], (20_000, 1))
    with pytest.raises(ValueError, match="outline of at most"):
        draw([zigzag], (1000, 1000))


def test_outlines_of_ten_million_px_are_drawn_and_no_longer_ones(monkeypatch):
    def stop(*_):
        raise InterruptedError("it is drawn")  # which would take a gigabyte

    monkeypatch.setattr(polygons.coco_mask, "frPyObjects", stop)
    there_and_back = np.tile([[0.0, 0.0], [1000.0, 0.0]], (5_000, 1))  # 5,000 times 2,000 px
    with pytest.raises(InterruptedError):
        draw([there_and_back], (1000, 1000))
    longer = np.append(there_and_back, [[0.0, 0.0], [1.0, 0.0]], axis=0)
    with pytest.raises(ValueError, match="at most 10000000 px, received one of 10000002 px"):
        draw([longer], (1000, 1000))


def test_small_circle_by_hand():
    corner = [[0, 1, 1], [1, 1, 1], [1, 1, 1]]  # pixels whose middle lies within 3 px of the centre
    upper = np.hstack([corner, np.fliplr(corner)])
    assert (
        draw([ellipse(3, 3, 3, 3)], (6, 6)).tolist() == (np.vstack([upper, np.flipud(upper)]) == 1).tolist()
    )


@pytest.mark.parametrize("radius", [20.0, 200.0])
def test_circle_has_its_area(radius):
    mask = draw([ellipse(250, 250, radius, radius)], (500, 500))
    assert mask.sum() == pytest.approx(np.pi * radius**2, rel=0.01)


def test_ellipse_turns_from_x_towards_y():
    mask = draw([ellipse(50, 50, 40, 5, np.pi / 4)], (100, 100))
    assert mask[70, 70]
    assert not mask[70, 30]


def test_reach_outside_is_the_farthest_point():
    assert reach_outside(rectangle(-2, 1, 12, 5), (10, 10)) == 2
    assert reach_outside(rectangle(0, 0, 10, 10), (10, 10)) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        3,
        "ab",
        [1, 2],
        [[1]],
        [[1, 2, 3]],
        [["a", "b"]],
        [[True, 1]],
        [[float("nan"), 1]],
        [[1e300, 1]],
        [[10**400, 1]],
    ],
)
def test_points_of_the_wrong_kind_are_refused(wrong):
    with pytest.raises(ValueError, match="wanted"):
        ring_from_points(wrong)


@pytest.mark.parametrize(
    "wrong", [None, 3, "ab", {}, [1, 2, 3], [1, None], [[1, 2]], [float("inf"), 1], np.array([1, np.nan])]
)
def test_flat_polygons_of_the_wrong_kind_are_refused(wrong):
    with pytest.raises(ValueError, match="wanted"):
        ring_from_flat(wrong)
