"""Models to measure: as large as the classic ones, untrained, and yet with as many detections as are asked for."""

import importlib.util
import json
from pathlib import Path

import numpy as np

from maskrcnn_core.config import Config, classic
from maskrcnn_core.model import MaskRCNN

GOLDENS = Path(__file__).resolve().parents[1] / "tests" / "golden" / "data"
COCO_NAMES = ("background", *(f"class {number}" for number in range(1, 81)))


def crowded_config(
    architecture: str, side: int, detections: int, names: tuple[str, ...] = COCO_NAMES
) -> Config:
    """Return a classic configuration for images of ``side`` px that reports ``detections`` of 1,000 proposals."""
    return classic(
        names, architecture
    ).replace(
        **{
            "molding.min_dim": side,
            "molding.max_dim": side,
            "proposals.nms_threshold": 0.9,  # random boxes overlap more than trained ones; NMS still has its work
            "detections.min_score": 0.0,
            "detections.nms_threshold": 1.0,
            "detections.max_count": detections,
        }
    )


def crowded(config: Config) -> MaskRCNN:
    """Make a model whose random activations neither grow nor vanish, and which takes nothing for background."""
    import keras  # not above the project's own modules: they import TensorFlow with what suits the machine

    keras.utils.set_random_seed(1)
    model = MaskRCNN(config)
    factors = {"/conv1/kernel": 1 / 64, "bbox_pred/kernel": 3, "bbox_fc/kernel": 3, "class_raw/kernel": 3}
    for weight in model.weights:
        if "branch2c/" in weight.path and weight.path.endswith("gamma"):
            weight.assign(np.full(weight.shape, 0.3, np.float32))  # else 33 blocks double the variance each
        for ending, factor in factors.items():
            if weight.path.endswith(ending):
                weight.assign(weight * factor)
    take_nothing_for_background(model)
    return model


def take_nothing_for_background(model: MaskRCNN) -> None:
    """Make every proposal an object of some class."""
    bias = np.zeros(model.config.num_classes, np.float32)
    bias[0] = -50.0
    model.box_head.logits.bias.assign(bias)


def distinct(architecture: str, path: Path) -> None:
    """Write a file as torchvision lays it out, with weights that follow from their names (see the goldens).

    Its scores are far enough apart for engines that sum in different orders to agree about every detection. Blocks that
    ResNet-101 has more add little, as in trained ones: random ones would add up rounding as well.
    """
    from safetensors.numpy import save_file

    spec = importlib.util.spec_from_file_location("recipe", GOLDENS / "make_torchvision_weights.py")
    assert spec is not None and spec.loader is not None
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    manifest = json.loads((GOLDENS / "torchvision_r50_256" / "state_dict_manifest.json").read_text())
    shapes = {name: shape for name, shape, _ in manifest}
    for block in range(6, {"resnet50": 6, "resnet101": 23}[architecture]):
        alike = {name: shape for name, shape in shapes.items() if "layer3.5." in name}
        shapes |= {name.replace("layer3.5.", f"layer3.{block}."): shape for name, shape in alike.items()}
    tensors = recipe.fill(shapes.items())
    for block in range(6, 23):
        tensors |= {n: 0.1 * v for n, v in tensors.items() if n.endswith(f"layer3.{block}.bn3.weight")}
    save_file(tensors, path)


def noise(side: int, seed: int = 0) -> np.ndarray:
    """Return (side, side, rgb) uint8 of coarse noise: edges at every scale."""
    rng = np.random.default_rng(seed)
    blocks = [rng.integers(0, 256, (-(-side // cell), -(-side // cell), 3)) for cell in (8, 64, 128)]
    scaled = [b.repeat(c, 0).repeat(c, 1)[:side, :side] for b, c in zip(blocks, (8, 64, 128), strict=True)]
    return np.mean(scaled, axis=0).astype(np.uint8)
