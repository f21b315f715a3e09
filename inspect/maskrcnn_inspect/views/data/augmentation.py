"""Augmentation: one sample, seen otherwise, as training would see it.

Look for: boxes that do not follow their masks; objects cut to slivers; colours that no camera would give.

Shapes: y, x px of the original or of the network input.
"""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets
from matplotlib.figure import Figure

from maskrcnn_core.config import Config
from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample

from ...analysis.data.augmented import Augmented, augmented, transform_names
from ...canvas.standalone import Part
from ...palette import instance_colour
from ..framework.data_panel import WORDS, DataPanel, slider
from ..framework.drawing import draw_boxes, outline, panels, show_image
from ..framework.sample_scene import frame_of, sample_scene
from ..framework.scene import Shown, View, still_once
from ..framework.slider import Slider

SEEDS = 999


def figure(sample: Sample, config: Config, seeds: Sequence[int] = (1, 2, 3, 4)) -> Figure:
    """Draw a row a transform, its draws by ``seeds``, with the masks and boxes that came along. Network-input px."""
    names = transform_names()
    drawn, axes = panels(len(names) * len(seeds), columns=len(seeds), size=2.3)
    draws = [(name, seed) for name in names for seed in seeds]
    for one, (name, seed) in zip(axes, draws, strict=True):
        seen = in_training(sample, [name], seed, config)
        show_image(one, SourceImage(seen.sample.image).for_display(), f"{name}, seed {seed}")
        colours = [instance_colour(int(row)) for row in seen.rows]
        for mask, colour in zip(seen.sample.masks, colours, strict=True):
            outline(one, mask, colour)
        draw_boxes(one, seen.sample.boxes, colours, width=0.8)
    return drawn


def draw(
    reader: Reader,
    config: Config,
    index: int = 0,
    names: Sequence[str] = ("flip_lr",),
    seed: int = 1,
    strength: float = 1.0,
) -> list[Shown]:
    """Return the sample as it is, and as this draw makes it."""
    sample = reader[index]
    before = f"Sample {index}, {frame_of(sample)}, image px"
    seen = in_training(sample, names, seed, config, strength)
    after = f"{' + '.join(names) or 'molded alone'}, seed {seed}: {frame_of(seen.sample)}, network-input px"
    return [
        sample_scene(sample, reader.class_names, before, "The same number is the same object on both sides."),
        sample_scene(
            seen.sample, reader.class_names, after, "Do masks and boxes move with the image?", seen.rows
        ),
    ]


def explain(
    reader: Reader,
    config: Config,
    index: int = 0,
    names: Sequence[str] = ("flip_lr",),
    seed: int = 1,
    strength: float = 1.0,
) -> list[str]:
    """Tell the law and how it is kept, and what was lost."""
    sample = reader[index]
    seen = in_training(sample, names, seed, config, strength)
    lost = len(sample) - len(seen.rows)
    lines = [
        "law: a box is that of its mask; a box keeps fractions of a pixel, which a mask cannot",
        f"largest difference of any side here: {seen.box_error:.2f} px, allowed: below 1",
    ]
    return [*lines, f"objects of which nothing is left in the frame: {lost}"] if lost else lines


def in_training(
    sample: Sample, names: Sequence[str], seed: int, config: Config, strength: float = 1.0
) -> Augmented:
    """Return the draw in the frame of training: a random square where ``training.crop`` says so."""
    from maskrcnn_core.training.loop.fit import training_view  # needs TensorFlow

    return augmented(sample, names, seed, training_view(config), strength)


VIEW = View(
    "Augmentation: the same object, seen otherwise",
    "Look for boxes that do not follow their masks, for objects cut to slivers, for colours that no camera would give.",
    draw,
    explain,
)


def widget(reader: Reader, config: Config) -> DataPanel:
    """Return the live view: sample, transforms in their order, seed and strength."""
    names = transform_names()
    chosen = tuple(name for name in names if name in config.training.augment) or names[:1]
    choices = {
        "index": slider("sample", len(reader) - 1),
        "names": ipywidgets.SelectMultiple(
            options=names, value=chosen, rows=len(names), description="transforms", style=WORDS
        ),
        "seed": slider("seed", SEEDS, 1),
        "strength": Slider(1.0, min=0.0, max=3.0, step=0.1, description="strength", continuous=False),
    }
    return DataPanel(VIEW, (reader, config), choices)


def snapshot(reader: Reader, config: Config, **choices: object) -> list[Part]:
    """Return the parts of a page without a kernel: one draw."""
    return still_once(VIEW, (reader, config), **choices)
