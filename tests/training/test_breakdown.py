"""Where losses come from: shares and means worked by hand on four anchors and four ROIs."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.stages.anchor_targets import AnchorTargets
from maskrcnn_core.stages.losses import LOSSES, Loss
from maskrcnn_core.stages.roi_targets import RoiTargets
from maskrcnn_core.training.loop.breakdown import break_down, mean_losses
from maskrcnn_core.training.loop.objective import Objective

NAMES = ("background", "cell", "rod", "never seen")


def loss(*parts: float, shape: tuple[int, ...] = ()) -> Loss:
    """Return a loss whose rows have these shares, each spread evenly over ``shape``."""
    size = int(np.prod(shape))
    spread = np.broadcast_to(np.reshape(parts, (-1, *[1] * len(shape))), (len(parts), *shape)) / size
    return Loss(tf.constant(sum(parts)), tf.constant(spread.astype(np.float32)))


@pytest.fixture(scope="module")
def objective() -> Objective:
    """Four anchors on P2, P2, P3, P6 of which one is not sampled; ROIs of background, cell, cell and rod."""
    empty = tf.zeros([0])
    anchors = AnchorTargets(tf.constant([1, -1, -1, 0]), empty, empty, empty)
    rois = RoiTargets(empty, tf.constant([0, 1, 1, 2]), empty, empty, empty, empty)
    losses = (
        loss(0.3, 0.1, 0.2, 0.0),
        loss(0.5, 0.0, 0.0, 0.0, shape=(4,)),
        loss(0.4, 0.1, 0.1, 0.6),
        loss(0.0, 0.3, 0.3, 0.9, shape=(4,)),
        loss(0.0, 0.2, 0.4, 0.3, shape=(2, 2)),
    )
    return Objective(anchors, rois, tf.constant([2, 2, 4, 4]), losses)


def test_means_of_classes_and_levels_are_those_worked_by_hand(objective):
    tags = mean_losses([break_down(objective, tf.constant([2, 2, 3, 6]), len(NAMES))], NAMES)
    wanted = {
        "losses_by_level/rpn_objectness/p2": 0.4 / (2 / 3),  # two of three sampled anchors
        "losses_by_level/rpn_objectness/p3": 0.2 / (1 / 3),
        "losses_by_level/rpn_delta/p2": 0.5,  # the only one on an object
        "losses_by_level/class/p2": 0.5 / 0.5,
        "losses_by_level/class/p4": 0.7 / 0.5,
        "losses_by_level/box_delta/p2": 0.3 / (1 / 3),
        "losses_by_level/box_delta/p4": 1.2 / (2 / 3),
        "losses_by_level/mask/p2": 0.2 / (1 / 3),
        "losses_by_level/mask/p4": 0.7 / (2 / 3),
        "losses_by_class/class/background": 0.4 / 0.25,
        "losses_by_class/class/cell": 0.2 / 0.5,
        "losses_by_class/class/rod": 0.6 / 0.25,
        "losses_by_class/box_delta/cell": 0.6 / (2 / 3),
        "losses_by_class/box_delta/rod": 0.9 / (1 / 3),
        "losses_by_class/mask/cell": 0.6 / (2 / 3),
        "losses_by_class/mask/rod": 0.3 / (1 / 3),
    }
    assert tags == pytest.approx(wanted, rel=1e-6), "nothing of P6, which was not sampled"


def test_shares_sum_to_the_losses_and_fractions_to_one(objective):
    parts = break_down(objective, tf.constant([2, 2, 3, 6]), len(NAMES))
    scalars = [float(one.scalar) for one in objective.losses]
    np.testing.assert_allclose(parts.by_level[..., 0].numpy().sum(axis=1), scalars, rtol=1e-6)
    np.testing.assert_allclose(parts.by_class[..., 0].numpy().sum(axis=1), scalars[2:], rtol=1e-6)
    np.testing.assert_allclose(parts.by_level[..., 1].numpy().sum(axis=1), 1.0, rtol=1e-6)


def test_images_count_by_what_was_sampled_of_a_class_in_them(objective):
    """A second image of background alone: the mean of background is over the ROIs of both."""
    nothing = objective._replace(
        rois=objective.rois._replace(class_ids=tf.zeros([4], tf.int32)),
        losses=(*objective.losses[:2], loss(0.1, 0.1, 0.1, 0.1), *(loss(0, 0, 0, 0, shape=(4,)),) * 2),
    )
    both = [break_down(one, tf.constant([2, 2, 3, 6]), len(NAMES)) for one in (objective, nothing)]
    tags = mean_losses(both, NAMES)
    assert tags["losses_by_class/class/background"] == pytest.approx((0.4 + 0.4) / (0.25 + 1.0))
    assert tags["losses_by_class/class/rod"] == pytest.approx(0.6 / 0.25)
    assert len(LOSSES) == len(both[0].by_level)
