"""The whole of training at once: a model that sees four images again and again has to know them by heart."""

import dataclasses

import keras
import pytest
import tensorflow as tf

from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.evaluation.metrics.coco_ap import CocoAp
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.training.loop.fit import Run, fit
from maskrcnn_core.training.loop.layers import Stage
from tests.training.steps import without_passes


@pytest.mark.slow
def test_four_images_seen_often_enough_are_known_by_heart(tmp_path):
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(0)
    config, reader = tiny(Shapes.class_names, size=64, width=8), Shapes(4, seed=1, size=64)
    training = dataclasses.replace(
        config.training,
        learning_rate=3e-3,
        batch_size=4,
        steps_per_epoch=250,
        roi_samples=32,
        warm_up_steps=20,
        weight_decay=0.0,
    )
    model = MaskRCNN(dataclasses.replace(config, training=training))
    with without_passes():
        fit(model, reader, Run(tmp_path, (Stage("all", 1),)))
    average = CocoAp(reader.class_names)
    for index in range(len(reader)):
        average.add(reader[index], model.detect(reader[index].image))
    assert average.figures("segm")["AP"] >= 0.95
    assert average.figures("bbox")["AP"] >= 0.95
