"""Cases of training: a step beside its floor, its memory, and the input pipeline beside the step."""

import time
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from operations import MatrixPeak, bare, recorded, total
from rows import Row, ratio_of, time_row, timed

from maskrcnn_core.config import Config, classic
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.input.pipeline import make_batches
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.runtime import memory
from maskrcnn_core.training.loop.gradients import gradients_of
from maskrcnn_core.training.loop.optimizers import make_optimizer
from maskrcnn_core.training.loop.step import make_step
from maskrcnn_core.weights import read_config

IMAGES = 32


def classic_config(architecture: str, side: int, batch: int) -> Config:
    """Return the classic configuration for images of ``side`` px."""
    settings = {"molding.min_dim": side, "molding.max_dim": side, "training.batch_size": batch}
    return classic(Shapes.class_names, architecture).replace(**settings)


def shipped_config(name: str) -> Config:
    """Return the configuration that a shipped model was trained with, for drawn images, without augmentation."""
    config = read_config(name).replace(
        **{"training.augment": (), "training.crop": 0, "molding.mode": "square"}
    )
    return config.replace(class_names=Shapes.class_names)


class Stepper:
    """A model, a batch and the compiled step, as ``fit`` has them."""

    def __init__(self, config: Config) -> None:
        keras.utils.set_random_seed(1)
        self.model = MaskRCNN(config)
        self.stream = make_batches(
            Shapes(IMAGES, 1, size=config.molding.max_dim), config, config.training.batch_size, 0
        )
        self.batches = iter(self.stream)
        self.batch = next(self.batches)
        optimizer = make_optimizer(config.training)
        optimizer.build(self.model.trainable_variables)
        self.variables = self.model.trainable_variables
        strategy = tf.distribute.get_strategy()
        self.compiled = make_step(self.model, optimizer, strategy, self.variables, self.stream.element_spec)

    def step(self) -> float:
        """Do one update of the weights and wait for it."""
        losses, _ = self.compiled(self.batch, tf.constant(False))
        return float(tf.reduce_sum(losses))


def step_beside_floor(config: Config, label: str, repetitions: int, goal: str, small: bool) -> list[Row]:
    """Measure a training step beside the bare operations of its two passes, and the pipeline beside the step."""
    stepper = Stepper(config)
    began = time.perf_counter()
    stepper.step()
    compiled = time.perf_counter() - began
    for _ in range(2):
        stepper.step()
    high = memory.peak()  # before the floor is measured, which has memory of its own
    with recorded() as operations:
        gradients_of(stepper.model, stepper.batch, stepper.variables, 1)
    product = MatrixPeak(1024 if small else 2048)
    works: dict[str, Callable[[], Any]] = {
        "step": stepper.step,
        "bare": bare(operations),
        "peak": product,
        "pipeline": lambda: next(stepper.batches),
    }
    times = timed(works, repetitions)
    batch = config.training.batch_size
    peak = product.speed
    speed = total(operations) / times["step"].median / 1e9
    rate = pipeline_rate(stepper, 2.0 if not small else 0.2)
    need = batch / times["step"].median
    return [
        time_row(
            f"training step, {label}, batch {batch}",
            times["step"],
            "the floor",
            ratio_of(times["step"], times["bare"]),
        ),
        Row(f"operations of that step, {label}, batch {batch}", total(operations) / 1e9, "GFLOP"),
        Row(
            f"speed of the step, {label}, batch {batch}",
            speed,
            "GFLOP/s",
            beside="matrix peak",
            ratio=speed / peak,
            goal=goal,
        ),
        Row(f"compiling that step, {label}, batch {batch}", compiled, "s"),
        Row(
            f"peak memory, training step, {label}, batch {batch}",
            high / 2**30,
            "GiB",
            goal="<= 2.6" if goal else "",
        ),
        Row(
            f"input pipeline, {label}",
            rate,
            "images/s",
            beside="what the step takes",
            ratio=rate / need,
            goal=">= 1.0",
        ),
    ]


def pipeline_rate(stepper: Stepper, seconds: float) -> float:
    """Return images a second of the input pipeline alone, after what it had made in advance."""
    batches = iter(stepper.stream)
    for _ in range(4):
        next(batches)
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        count += int(next(batches).images.shape[0])
    return count / (time.perf_counter() - began)
