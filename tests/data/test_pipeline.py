"""The pipeline: every place of the stream follows from the seed, however it is made."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Config, tiny
from maskrcnn_core.data.input.batch import Batch
from maskrcnn_core.data.input.pipeline import index_at, make_batches
from maskrcnn_core.data.input.records import Records, open_records
from maskrcnn_core.data.reading.reader import Finding, Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.stages.molding import layout, mold, mold_masks

COUNT = 7
EVERYTHING = ("flip_lr", "flip_ud", "rot90", "scale", "crop", "color", "hue", "tint", "invert")
DRAWN = (
    "flip_lr",
    "crop",
    "color",
)  # of places, sizes and colours: enough to see which numbers a place draws


class Drawn(Reader):
    """Seven images of different sizes with 0 to 6 ground-truth objects; the first ground truth of each is a crowd."""

    class_names = ("background", "a", "b")

    def __init__(self, channels: int = 3, same_size: bool = False) -> None:
        self.channels, self.same_size = channels, same_size

    def __len__(self) -> int:
        return COUNT

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        rng = np.random.default_rng(index)
        size = (40, 52) if self.same_size else (30 + 5 * index, 50 - 3 * index)
        masks = np.zeros((index, *size), bool)
        for mask in masks:
            y, x = rng.integers(0, 20, 2)
            mask[y : y + 9, x : x + 9] = True
        image = rng.integers(0, 256, (*size, self.channels)).astype(np.uint8)
        crowd = np.arange(index) == 0
        return Sample(image, rng.integers(1, 3, index).astype(np.int32), masks, crowd), []


def config_of(**settings: object) -> Config:
    return tiny(Drawn.class_names, size=64).replace(**settings)


@pytest.fixture(scope="module")
def records(tmp_path_factory) -> Records:
    return open_records(Drawn(), tmp_path_factory.mktemp("cache"))


def taken(stream: tf.data.Dataset, count: int) -> list[Batch]:
    return [Batch(*(part.numpy() for part in batch)) for batch in stream.take(count)]


def images(batches: list[Batch]) -> list[Batch]:
    """Take batches apart, without the padding of ground-truth objects."""
    return [
        Batch(image, *(part[real] for part in (boxes, class_ids, crowd, masks)), window, seed)
        for batch in batches
        for image, boxes, class_ids, crowd, masks, window, seed in zip(*batch, strict=True)
        for real in [class_ids > 0]
    ]


def assert_equal(a: list[Batch], b: list[Batch]) -> None:
    assert len(a) == len(b)
    for one, other in zip(images(a), images(b), strict=True):
        for name, part in one._asdict().items():
            np.testing.assert_array_equal(part, getattr(other, name), err_msg=name)


# --- order --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [(), EVERYTHING], ids=["plain", "augmented"])
def test_the_stream_is_the_same_whatever_runs_in_parallel(names: tuple[str, ...], records: Records):
    stream, threads = make_batches(records, config_of(**{"training.augment": names}), 2, 3), []
    for count in (1, 8):
        options = tf.data.Options()
        options.threading.private_threadpool_size = count
        options.threading.max_intra_op_parallelism = count
        threads.append(taken(stream.with_options(options), 9))
    assert_equal(*threads)


@pytest.fixture(scope="module")
def unbroken(records: Records) -> list[Batch]:
    return taken(make_batches(records, config_of(**{"training.augment": DRAWN}), 1, 3), 20)


@pytest.mark.slow
@pytest.mark.parametrize("start", [1, 6, 7, 16])
def test_a_restart_goes_on_exactly(start: int, unbroken: list[Batch], records: Records):
    config = config_of(**{"training.augment": DRAWN})
    assert_equal(taken(make_batches(records, config, 1, 3, start), 20 - start), unbroken[start:])


def test_every_epoch_shows_every_sample_once_in_an_order_of_its_own(records: Records):
    batches = images(taken(make_batches(records, config_of(), COUNT, 5), 4))
    places = [int(one.seeds[1]) for one in batches]
    assert places == list(range(4 * COUNT))
    assert {int(one.seeds[0]) for one in batches} == {5}
    truths = np.array([len(one.class_ids) for one in batches]).reshape(4, COUNT)  # sample i has i of them
    assert (np.sort(truths, axis=1) == np.arange(COUNT)).all()
    assert all((one != other).any() for one, other in pairwise(truths))
    assert truths.ravel().tolist() == [index_at(records, place, 5) for place in places]


def test_another_seed_gives_another_order(records: Records):
    orders = [[index_at(records, place, seed) for place in range(COUNT)] for seed in (1, 2, 3)]
    assert orders[0] != orders[1] != orders[2] != orders[0]


def test_validation_keeps_the_order_of_the_reader_and_the_images_as_they_are(records: Records):
    config, reader = config_of(**{"training.augment": EVERYTHING}), Drawn()
    batches = images(taken(make_batches(records, config, 1, 3, training=False), 2 * COUNT))
    for place, one in enumerate(batches):
        sample = reader[place % COUNT]
        np.testing.assert_array_equal(one.images, mold(sample.image, config.molding).image)
        np.testing.assert_array_equal(
            one.masks, mold_masks(sample.masks, layout(sample.image.shape[:2], config.molding))
        )
        assert index_at(records, place, 3, training=False) == place % COUNT


@pytest.fixture(scope="module")
def of_one(records: Records) -> list[Batch]:
    """Give the batches of two images that one worker gets, from the fifth on."""
    return taken(make_batches(records, config_of(**{"training.augment": DRAWN}), 2, 3, start=4), 12)


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "replicas"), [(2, 1), (3, 1), (2, 2)])
def test_batches_of_all_workers_are_those_of_one(
    workers: int, replicas: int, records: Records, of_one: list[Batch]
):
    config, rows = config_of(**{"training.augment": DRAWN}), 2
    shards = [
        taken(make_batches(records, config, rows, 3, start=4, shard=(i, workers)), replicas * 3)
        for i in range(workers)
    ]
    found = [batch for step in zip(*shards, strict=True) for batch in step]
    assert_equal(found, of_one[: workers * replicas * 3])


def test_nothing_in_the_stream_calls_python(records: Records):
    stream = make_batches(
        records, config_of(**{"training.augment": EVERYTHING, "training.mini_mask": (28, 28)}), 2, 0
    )
    graph = tf.raw_ops.DatasetToGraphV2(input_dataset=stream._variant_tensor).numpy()
    parsed = tf.compat.v1.GraphDef.FromString(graph)
    functions = [node for function in parsed.library.function for node in function.node_def]
    assert len(functions) > 100
    assert [node.op for node in [*parsed.node, *functions] if "PyFunc" in node.op] == []


# --- content ------------------------------------------------------------------------------------------------


def test_truths_are_padded_with_class_zero_and_shapes_are_known_before_the_first_batch(records: Records):
    stream = make_batches(records, config_of(), COUNT, 0, training=False)
    assert [spec.shape[1:].as_list() for spec in stream.element_spec] == [
        [64, 64, 3],
        [None, 4],
        [None],
        [None],
        [None, 64, 64],
        [4],
        [2],
    ]
    (batch,) = taken(stream, 1)
    kinds = ["float32", "float32", "int32", "bool", "bool", "float32", "int32"]
    assert [part.dtype.name for part in batch] == kinds
    assert batch.class_ids.shape == (COUNT, COUNT - 1)
    np.testing.assert_array_equal((batch.class_ids > 0).sum(axis=1), np.arange(COUNT))
    assert not batch.masks[batch.class_ids == 0].any() and not batch.boxes[batch.class_ids == 0].any()
    np.testing.assert_array_equal(batch.is_crowd[1:, 0], np.ones(COUNT - 1, bool))
    assert not batch.is_crowd[:, 1:].any()


def test_images_without_objects_make_a_batch_without_truths(records: Records):
    batch = taken(make_batches(records, config_of(), 1, 0, training=False), 1)[0]
    assert batch.class_ids.shape == (1, 0) and batch.masks.shape == (1, 0, 64, 64)
    assert batch.images.shape == (1, 64, 64, 3)


def test_at_most_max_truths_are_drawn_anew_each_epoch(records: Records):
    stream = make_batches(records, config_of(**{"training.max_truths": 3}), 1, 0)
    batches = [
        one for one in images(taken(stream, 12 * COUNT)) if index_at(records, int(one.seeds[1]), 0) == 6
    ]
    assert {len(one.class_ids) for one in batches} == {3}
    assert len({one.boxes.tobytes() for one in batches}) > 3


@pytest.mark.parametrize(
    ("given", "mean"), [(1, (9.0,)), (5, (1.0, 2.0, 3.0, 4.0, 5.0)), (1, (9.0,) * 3), (3, (9.0,))]
)
def test_images_get_the_channels_of_the_configuration(given: int, mean: tuple[float, ...], tmp_path: Path):
    config = config_of(**{"molding.mean": mean, "training.augment": ("color", "flip_lr")})
    batch = taken(make_batches(Drawn(channels=given), config, 3, 0, cache=tmp_path), 1)[0]
    assert batch.images.shape == (3, 64, 64, len(mean))
    if (given, len(mean)) == (1, 3):
        np.testing.assert_array_equal(batch.images[..., 0], batch.images[..., 2])


def test_rgb_becomes_the_grey_of_pillow(tmp_path: Path):
    from PIL import Image

    reader, config = Drawn(), config_of(**{"molding.mean": (0.0,), "molding.mode": "none"})
    batch = taken(make_batches(reader, config, 1, 0, cache=tmp_path, training=False), 1)[0]
    np.testing.assert_array_equal(
        batch.images[0, ..., 0], np.asarray(Image.fromarray(reader[0].image).convert("L"))
    )


def test_channels_that_cannot_be_had_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match=r"wanted images of 3 channels.*received 5 in sample 0"):
        make_batches(Drawn(channels=5), config_of(), 1, 0, cache=tmp_path)


def test_mini_masks_take_the_place_of_masks(records: Records):
    stream = make_batches(records, config_of(**{"training.mini_mask": (14, 28)}), 2, 0)
    for one in images(taken(stream, COUNT)):
        assert one.masks.shape[1:] == (14, 28)
        assert one.masks.any(axis=(1, 2)).all()
        np.testing.assert_array_equal(one.boxes, np.rint(one.boxes))


def test_crop_mode_gives_squares_from_images_of_any_size(records: Records):
    config = config_of(**{"molding.mode": "crop", "molding.min_dim": 32})
    batch = taken(make_batches(records, config, COUNT, 0), 1)[0]
    assert batch.images.shape == (COUNT, 32, 32, 3)
    assert (batch.boxes >= 0).all() and (batch.boxes <= 32).all()


def test_modes_with_sizes_of_their_own_need_batches_of_one_or_images_of_one_size(
    records: Records, tmp_path: Path
):
    config = config_of(**{"molding.mode": "pad64", "molding.min_dim": 70})
    with pytest.raises(ValueError, match="wanted a batch size of 1"):
        make_batches(records, config, 2, 0)
    shapes = {one.images.shape for one in taken(make_batches(records, config, 1, 0), COUNT)}
    assert len(shapes) > 1 and all(y % 64 == x % 64 == 0 for _, y, x, _ in shapes)
    same = open_records(Drawn(same_size=True), tmp_path)
    assert taken(make_batches(same, config, 3, 0), 1)[0].images.shape == (3, 128, 128, 3)
    none = config_of(**{"molding.mode": "none"})
    assert taken(make_batches(same, none, 3, 0), 1)[0].images.shape == (3, 40, 52, 3)
    with pytest.raises(ValueError, match="wanted a batch size of 1"):
        make_batches(same, none.replace(**{"training.augment": ("rot90",)}), 3, 0)


def test_an_unknown_transform_is_refused_before_the_first_batch(records: Records):
    with pytest.raises(ValueError, match="did you mean color"):
        make_batches(records, config_of(**{"training.augment": ("colour",)}), 1, 0)
