"""Large images: the same objects as if they had been seen at once, each of them once."""

import itertools
import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from skimage.measure import label, regionprops

from maskrcnn_core.cli import main
from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.evaluation.metrics.objects import objects_of_result, objects_of_sample, overlaps
from maskrcnn_core.inference.tiling import detect_tiled, make_tiles
from maskrcnn_core.stages.composing import Result

NAMES = ("background", "dim", "bright")


class Exact:
    """A model that finds every connected region of a grey level exactly: 100 is dim, 200 is bright."""

    config = tiny(NAMES)

    def __init__(self):
        self.sizes = []

    def detect(self, image, boxed=False):
        grey = image.pixels[..., 0]
        assert image.pixels.dtype == np.uint8
        self.sizes.append(grey.shape)
        regions = [
            (class_id, region)
            for class_id, level in ((1, 100), (2, 200))
            for region in regionprops(label(grey == level))
        ]
        masks = np.zeros((len(regions), *grey.shape), bool)
        for mask, (_, region) in zip(masks, regions, strict=True):
            mask[tuple(region.coords.T)] = True
        boxes = np.array([region.bbox for _, region in regions], np.int32).reshape(-1, 4)
        ids, scores = np.array([c for c, _ in regions], np.int32), np.full(len(regions), 0.9, np.float32)
        return Result(boxes, ids, scores, masks, NAMES)


def field(size, seed, count, radius):
    """Draw discs that do not touch; return image (y, x, rgb) and their number."""
    rng = np.random.default_rng(seed)
    image, taken, drawn = np.zeros((*size, 3), np.uint8), np.zeros(size, bool), 0
    y, x = np.ogrid[: size[0], : size[1]]
    for _ in range(count):
        centre_y, centre_x, side = *rng.integers(0, size), rng.integers(4, radius + 1)
        distance = (y - centre_y) ** 2 + (x - centre_x) ** 2
        if not (taken & (distance <= (side + 2) ** 2)).any():
            inside = distance <= side**2
            image[inside] = 100 * rng.integers(1, 3)
            taken |= inside
            drawn += 1
    return image, drawn


def same_objects(one, other):
    def keys(result):
        rows = zip(result.class_ids, result.boxes, result.masks, strict=True)
        return sorted((int(c), b.tolist(), m.tobytes()) for c, b, m in rows)

    return keys(one) == keys(other)


@pytest.mark.parametrize("size", [(64, 64), (200, 333), (64, 500), (129, 128), (65, 64)])
@pytest.mark.parametrize(("tile", "overlap"), [(64, 1), (64, 16), (65, 32)])
def test_tiles_cover_alike_and_cores_part_the_image(size, tile, overlap):
    parts = make_tiles(size, tile, overlap)
    covered, cores = np.zeros(size, int), np.zeros(size, int)
    y, x = np.mgrid[: size[0], : size[1]] + 0.5
    for box, core in parts:
        assert (box[2:] - box[:2]).tolist() == [min(tile, side) for side in size]
        assert box[:2].min() >= 0 and (box[2:] <= size).all()
        covered[box[0] : box[2], box[1] : box[3]] += 1
        cores += (y >= core[0]) & (y < core[2]) & (x >= core[1]) & (x < core[3])
    assert covered.min() >= 1
    assert (cores == 1).all()


def test_neighbours_share_the_overlap():
    columns = sorted({(int(tile.box[1]), int(tile.box[3])) for tile in make_tiles((64, 1000), 64, 20)})
    assert all(one[1] - other[0] >= 20 for one, other in itertools.pairwise(columns))


def test_an_image_not_larger_than_a_tile_is_detected_at_once():
    model, image = Exact(), field((90, 100), 1, 30, 8)[0]
    tiled, whole = detect_tiled(model, image, 100, 20), model.detect(SimpleNamespace(pixels=image))
    assert model.sizes == [(90, 100)] * 2
    np.testing.assert_array_equal(tiled.masks, whole.masks)
    np.testing.assert_array_equal(tiled.boxes, whole.boxes)


@pytest.mark.parametrize("seed", range(6))
def test_objects_of_a_perfect_model_are_those_of_the_whole_image(seed):
    # discs of up to 21 px with an overlap of 24: each lies whole in a tile
    model, (image, drawn) = Exact(), field((230, 310), seed, 150, 10)
    tiled, whole = detect_tiled(model, image, 96, 24), model.detect(SimpleNamespace(pixels=image))
    assert len(whole) >= drawn
    assert same_objects(tiled, whole)


@pytest.mark.parametrize("seed", range(6))
def test_objects_larger_than_the_overlap_are_joined(seed):
    model, (image, _) = Exact(), field((230, 310), seed, 60, 40)
    tiled, whole = detect_tiled(model, image, 96, 12), model.detect(SimpleNamespace(pixels=image))
    np.testing.assert_array_equal(tiled.masks.any(axis=0), whole.masks.any(axis=0))
    assert len(tiled) == len(whole)
    assert same_objects(tiled, whole)


def test_an_object_through_all_tiles_is_one():
    image = np.zeros((60, 400, 3), np.uint8)
    image[20:40] = 200
    result = detect_tiled(Exact(), image, 64, 16)
    assert result.boxes.tolist() == [[20, 0, 40, 400]]
    assert result.masks.sum() == 20 * 400


def test_an_image_without_objects_gives_an_empty_result():
    result = detect_tiled(Exact(), np.zeros((100, 150, 3), np.uint8), 64, 16)
    assert len(result) == 0
    assert (result.boxes.shape, result.masks.shape) == ((0, 4), (0, 100, 150))


@pytest.mark.parametrize(("tile", "overlap"), [(64, 0), (64, 33), (64, -1), (1, 1)])
def test_tiles_that_cannot_overlap_are_refused(tile, overlap):
    with pytest.raises(ValueError, match="wanted tiles that overlap"):
        detect_tiled(Exact(), np.zeros((100, 100, 3), np.uint8), tile, overlap)


@pytest.fixture(scope="module")
def shapes(shapes_model):
    return shapes_model


def test_of_one_tile_the_shipped_model_answers_as_always(shapes):
    image = Shapes(count=10, seed=20_000)[3].image
    tiled, whole = detect_tiled(shapes, image, 128, 32), shapes.detect(image)
    for name in ("boxes", "class_ids", "scores", "masks"):
        np.testing.assert_array_equal(getattr(tiled, name), getattr(whole, name))
    assert tiled.ranks == whole.ranks


def test_shapes_of_four_images_side_by_side_are_found_once(shapes):
    samples = [Shapes(count=40, seed=20_000)[i] for i in (3, 4, 5, 6)]
    image = np.concatenate([np.concatenate([s.image for s in samples[i : i + 2]], axis=1) for i in (0, 2)])
    truths = []
    for number, sample in enumerate(samples):
        y, x = divmod(number, 2)
        masks = np.zeros((len(sample), 256, 256), bool)
        masks[:, 128 * y : 128 * (y + 1), 128 * x : 128 * (x + 1)] = sample.masks
        truths.append(objects_of_sample(type(sample)(image, sample.class_ids, masks)))
    found = objects_of_result(detect_tiled(shapes, image, 128, 64))
    hits = [
        (overlaps(found, truth) >= 0.5) & (found.class_ids[:, None] == truth.class_ids) for truth in truths
    ]
    times = np.concatenate([hit.sum(axis=0) for hit in hits])
    assert times.max() == 1  # nothing twice
    assert times.mean() >= 0.9


def test_a_square_across_the_seam_is_one_square(shapes):
    image = np.full((128, 224, 3), (40, 60, 150), np.uint8)  # tiles of columns 0 to 127 and 96 to 223
    image[40:80, 90:130] = (230, 200, 60)
    result = detect_tiled(shapes, image, 128, 32)
    assert result.labels == ["square"]
    truth = np.zeros((128, 224), bool)
    truth[40:80, 90:130] = True
    assert (result.masks[0] & truth).sum() / (result.masks[0] | truth).sum() >= 0.85


def test_the_command_detects_by_tiles(tmp_path, capsys):
    image = np.full((128, 224, 3), (40, 60, 150), np.uint8)
    image[40:80, 90:130] = (230, 200, 60)
    Image.fromarray(image).save(tmp_path / "wide.png")
    arguments = [
        "detect",
        str(tmp_path / "wide.png"),
        "--output",
        str(tmp_path / "out"),
        "--weights",
        "shapes",
    ]
    with pytest.raises(SystemExit, match="0"):
        main([*arguments, "--tile", "128"])
    assert len(json.loads((tmp_path / "out" / "detections.json").read_text())) == 1
    for wrong in (["--tile-overlap", "8"], ["--tile", "64", "--tile-overlap", "40"], ["--tile", "1"]):
        with pytest.raises(SystemExit, match="2"):
            main([*arguments, *wrong])
    assert "Traceback" not in capsys.readouterr().err
