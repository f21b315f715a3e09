"""A batch as a step of training gets it. Among them defects of the classic notebooks, each named."""

import numpy as np
import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_inspect.analysis.training.batch import positive_share, training_batch


@pytest.fixture(scope="module")
def model(shapes_model):
    return shapes_model


@pytest.fixture(scope="module")
def batch(model):
    return training_batch(Shapes(count=16, seed=2), model, 0)


def test_a_batch_has_the_size_and_the_targets_of_training(batch, model):
    settings = model.config.training
    assert len(batch) == settings.batch_size == 8
    for image in batch:
        positive = image.roi_class_ids > 0
        assert 0 < positive.sum() <= settings.roi_samples * settings.roi_positive_share
        assert (image.labels != 0).sum() <= settings.rpn_samples
        assert (image.labels == 1).sum() >= len(image.sample)  # every ground-truth object has its best anchor
        assert image.roi_masks.shape[1:] == (28, 28)
        assert (image.roi_gt_index[positive] < len(image.sample)).all()
        assert not image.roi_masks[~positive].any()


def test_the_share_of_positive_rois_is_counted_over_the_batch(batch):
    positive, total = positive_share(batch)
    assert total == sum(len(image.roi_class_ids) for image in batch)
    assert positive / total == pytest.approx(
        np.average([p.positive_share for p in batch], weights=[len(p.roi_class_ids) for p in batch])
    )
    assert positive_share([]) == (0, 0)


def test_the_seed_decides_the_batch(batch, model):
    """Classic defect 12: samples were unseeded."""
    again = training_batch(Shapes(count=16, seed=2), model, 0)
    assert [p.source for p in again] == [p.source for p in batch]
    assert all(np.array_equal(a.roi_boxes, b.roi_boxes) for a, b in zip(again, batch, strict=True))
    assert [p.source for p in training_batch(Shapes(count=16, seed=2), model, 1)] != [p.source for p in batch]


def test_a_batch_holds_different_images_each_with_its_own_source(batch):
    """Classic defect 15: a generator that ignored its index trained on image 0 for ever."""
    assert len({p.source for p in batch}) == len(batch)
    for image in batch:
        own = Shapes(count=16, seed=2)[int(image.source.split("-")[-1])]
        assert sorted(image.sample.class_ids) == sorted(own.class_ids)
        shown, given = image.sample.image, own.image
        assert np.array_equal(shown, given) or np.array_equal(shown, given[:, ::-1])  # flip_lr


class Empty(Reader):
    """Images without objects."""

    class_names = ("background", "square")

    def __len__(self) -> int:
        return 3

    def source(self, index: int) -> str:
        return f"empty {index}"

    def read(self, index: int):
        image = np.full((128, 128, 3), 40 * index, np.uint8)
        return Sample(
            image, np.zeros(0, np.int32), np.zeros((0, 128, 128), bool), source=f"empty {index}"
        ), []


def test_images_without_objects_are_trained_on(model):
    """Classic defects 9 and 14: an image without positive ROI crashed the walk, and was dropped from training."""
    images = training_batch(Empty(), model, 0)
    assert {p.source for p in images} == {"empty 0", "empty 1", "empty 2"}
    for image in images:
        assert len(image.sample) == 0
        assert not (image.labels == 1).any() and (image.labels == -1).any()
        assert len(image.roi_class_ids) > 0 and not image.roi_class_ids.any()
        assert image.positive_share == 0.0
    assert positive_share(images)[0] == 0


def test_chosen_samples_alone_are_stored(model):
    images = training_batch(Shapes(count=1_000_000, seed=2), model, 0, indices=[999_999, 7])
    assert {p.source for p in images} == {"shapes-2-999999", "shapes-2-7"}


def test_a_batch_is_cropped_as_training_crops(model):
    before = model.config
    try:
        model.config = before.replace(**{"molding.mode": "pad64", "training.crop": 64})
        images = training_batch(Shapes(count=3, seed=2), model, 0)
    finally:
        model.config = before
    assert {p.sample.image.shape for p in images} == {(64, 64, 3)}


def test_mini_masks_come_back_into_their_boxes(model):
    whole = training_batch(Shapes(count=2, seed=2), model, 0)
    before = model.config
    try:
        model.config = before.replace(**{"training.mini_mask": (28, 28)})
        small = training_batch(Shapes(count=2, seed=2), model, 0)
    finally:
        model.config = before
    for one, other in zip(whole, small, strict=True):
        shared = np.count_nonzero(one.sample.masks & other.sample.masks)
        assert shared / np.count_nonzero(one.sample.masks | other.sample.masks) > 0.9
