"""Feature vectors: a row an instance, of the proposal that it came from, in a file that is whole or not there."""

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core import cli
from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.inference.features import KEYS, is_features, rows_of, write_features
from maskrcnn_core.inference.tiling import detect_tiled, detect_tiled_features, make_tiles
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.recording.detail import last_hidden


@pytest.fixture
def folder(tmp_path):
    """Give a folder of two images with objects and one without."""
    images = tmp_path / "images"
    images.mkdir()
    for index in range(2):
        Image.fromarray(Shapes(4, seed=3, size=128)[index].image).save(images / f"{'ab'[index]}.png")
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save(images / "c.png")
    return images


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main([str(a) for a in arguments])
    return stop.value.code


def read(path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as content:
        return dict(content)


def test_vectors_are_those_from_which_classes_were_told(shapes_model, folder, tmp_path):
    out = tmp_path / "vectors.npz"
    command = ("detect", folder, "--output", tmp_path / "found", "--weights", "shapes", "--features", out)
    assert run(*command, "--min-score", 0.2) == 0
    found = read(out)
    assert set(found) == set(KEYS)
    assert found["images"].tolist() == ["a", "b", "c"]
    assert found["files"].tolist() == [str(folder / f"{name}.png") for name in "abc"]
    assert found["tensor"] == "box_head.fc2" == last_hidden(shapes_model.config)
    lengths = {len(found[key]) for key in KEYS[:7]}
    assert len(lengths) == 1 and lengths != {0}
    kernel, bias = (np.asarray(weight) for weight in shapes_model.box_head.logits.weights)
    sound, config = shapes_model.config, shapes_model.config.replace(**{"detections.min_score": 0.2})
    shapes_model.config = config
    try:
        results = {name: shapes_model.detect(folder / f"{name}.png") for name in "abc"}
    finally:
        shapes_model.config = sound
    for name, result in results.items():
        rows = found["image"] == name
        np.testing.assert_array_equal(found["boxes"][rows], result.boxes)
        np.testing.assert_array_equal(found["class_ids"][rows], result.class_ids)
        np.testing.assert_array_equal(found["scores"][rows], result.scores)
        assert found["rank"][rows].tolist() == list(result.ranks)
        assert found["class_names"][rows].tolist() == result.labels
        logits = found["features"][rows] @ kernel + bias
        probs = np.exp(logits - logits.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(
            probs[np.arange(len(result)), result.class_ids], result.scores, rtol=1e-4, atol=1e-5
        )


def test_detections_are_those_without_vectors(small, photo):
    result, vectors = small.detect_features(photo)
    plain = small.detect(photo)
    for field in ("boxes", "class_ids", "scores", "masks"):
        np.testing.assert_array_equal(getattr(result, field), getattr(plain, field))
    assert vectors.shape == (len(plain), small.config.box_head.channels)
    assert len(np.unique(vectors, axis=0)) > 1


@pytest.mark.parametrize("size", [(1, 1), (40, 50)])
def test_no_detection_gives_no_row_and_the_image_is_named(size, tmp_path):
    model = MaskRCNN(tiny(size=64, width=2).replace(**{"detections.min_score": 1.1}))
    result, vectors = model.detect_features(np.zeros((*size, 3), np.uint8))
    assert vectors.shape == (0, 32)
    write_features(tmp_path / "f.npz", [("a", tmp_path / "a.png", rows_of(result, vectors, "box_head.fc2"))])
    found = read(tmp_path / "f.npz")
    assert found["features"].shape == (0, 32)
    assert found["boxes"].shape == (0, 4)
    assert found["images"].tolist() == ["a"]
    assert found["image"].shape == found["class_names"].shape == (0,)


def test_vectors_survive_the_way_between_workers(small, photo, tmp_path):
    import json

    result, vectors = small.detect_features(photo)
    sent = json.loads(json.dumps(rows_of(result, vectors, "box_head.fc2")))
    write_features(tmp_path / "f.npz", [("a", tmp_path / "a.png", sent)] * 2)
    found = read(tmp_path / "f.npz")
    np.testing.assert_array_equal(found["features"], np.concatenate([vectors, vectors]))
    np.testing.assert_array_equal(found["scores"][: len(result)], result.scores)
    np.testing.assert_array_equal(found["boxes"][: len(result)], result.boxes)


def test_a_file_of_somebody_else_stays(folder, tmp_path, capfd):
    out = tmp_path / "vectors.npz"
    np.savez(out, mine=np.ones(3))
    before = out.read_bytes()
    command = ("detect", folder, "--output", tmp_path / "found", "--weights", "shapes", "--features", out)
    assert run(*command) == 2
    assert "nothing that this command writes" in capfd.readouterr().err
    assert out.read_bytes() == before
    for content in (b"", b"PK\x03\x04 cut short", b"\x93NUMPY"):
        out.write_bytes(content)
        assert not is_features(out)
    np.save(tmp_path / "plain.npy", np.ones(3))
    assert not is_features(tmp_path / "plain.npy")


def test_a_failure_leaves_the_older_file_whole(small, photo, tmp_path, monkeypatch):
    result, vectors = small.detect_features(photo)
    rows = [("a", tmp_path / "a.png", rows_of(result, vectors, "box_head.fc2"))]
    write_features(tmp_path / "f.npz", rows)
    assert is_features(tmp_path / "f.npz")
    before = (tmp_path / "f.npz").read_bytes()

    def fail(file, **_):
        file.write(b"half of it")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="disk full"):
        write_features(tmp_path / "f.npz", rows)
    assert (tmp_path / "f.npz").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["f.npz"]


def test_an_object_of_a_tile_has_the_vector_that_it_has_there(shapes_model):
    image = np.concatenate([Shapes(4, seed=3, size=128)[index].image for index in range(2)], axis=1)
    result, vectors = detect_tiled_features(shapes_model, image, 128, 32)
    plain = detect_tiled(shapes_model, image, 128, 32)
    np.testing.assert_array_equal(result.boxes, plain.boxes)
    np.testing.assert_array_equal(result.masks, plain.masks)
    tiles = [part.box.astype(int) for part in make_tiles(image.shape[:2], 128, 32)]
    seen = [shapes_model.detect_features(image[y1:y2, x1:x2])[1] for y1, x1, y2, x2 in tiles]
    assert len(vectors) == len(result) > 2
    of_tiles = {row.tobytes() for rows in seen for row in rows}
    assert len(of_tiles) >= len(result)
    assert all(vector.tobytes() in of_tiles for vector in vectors)
    assert len({vector.tobytes() for vector in vectors}) == len(vectors)
    small, whole = image[:, :128], shapes_model.detect_features(image[:, :128])
    np.testing.assert_array_equal(detect_tiled_features(shapes_model, small, 128, 32)[1], whole[1])
    nothing = detect_tiled_features(shapes_model, np.zeros((40, 200, 3), np.uint8), 128, 32)
    assert len(nothing[0]) == 0 and nothing[1].shape == (0, shapes_model.config.box_head.channels)


def test_the_command_writes_the_vectors_of_tiles(folder, tmp_path):
    out = tmp_path / "vectors.npz"
    command = ("detect", folder, "--output", tmp_path / "found", "--weights", "shapes", "--features", out)
    assert run(*command, "--tile", 96, "--tile-overlap", 48) == 0
    found = read(out)
    assert len(found["features"]) == len(found["boxes"]) > 0
    assert np.isfinite(found["features"]).all()
