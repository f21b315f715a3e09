"""Make goldens of torchvision in ``tests/golden/data``: every tensor of one of its models on a small image.

    python tests/golden/make_torchvision.py tests/golden/data torchvision_v2_r50_128
    python tests/golden/make_torchvision.py tests/golden/data torchvision_r18_128

Needs torch and torchvision, which no test does (``pip install 'maskrcnn-inspect[torch]'``). Weights follow from their
names alone (``make_torchvision_weights.py``), so that only numbers are kept, laid out like those of v1: a large tensor
is held as every ``step``-th entry of its (b, channel, y, x) order.
"""

import importlib.util
import json
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision.models.detection import MaskRCNN, maskrcnn_resnet50_fpn_v2
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.ops import boxes as box_ops

SOURCE, CROP = "torchvision_r50_256", (slice(150, 300), slice(120, 340))  # part of v1's image
SETTINGS = {"num_classes": 5, "min_size": 128, "max_size": 176, "box_detections_per_img": 40}
V2, R18 = "torchvision_v2_r50_128", "torchvision_r18_128"
Factors = dict[str, float]  # ending of a weight's name -> what the recipe's numbers are multiplied by
# a basic block ends with its second norm, which the recipe, made for bottlenecks, would leave as large as the first
FACTORS: dict[str, Factors] = {R18: {".bn2.weight": 0.3}}
# of whose tensors only these are held; its image is that of V2
HELD = {
    R18: {
        *("body/layer2.0.downsample", "body/C2", "body/C3", "body/C4", "body/C5"),
        *("det/labels", "det/scores", "det/boxes"),
    }
}
MODELS = {  # folder -> how the model is made, what that is called, its settings
    V2: (
        lambda: maskrcnn_resnet50_fpn_v2(weights=None, weights_backbone=None, **SETTINGS),
        "torchvision.models.detection.maskrcnn_resnet50_fpn_v2",
        {"weights": None, "weights_backbone": None, **SETTINGS},
    ),
    R18: (
        lambda: MaskRCNN(resnet_fpn_backbone(backbone_name="resnet18", weights=None), **SETTINGS),
        "torchvision.models.detection.MaskRCNN(resnet_fpn_backbone('resnet18', weights=None))",
        SETTINGS,
    ),
}
MOST = 4096  # entries of a tensor that is held in parts
PARTS = ("transform/image", "body/", "fpn/", "box/roi", "box/head", "mask/roi", "mask/head", "mask/logits")

Arrays = dict[str, np.ndarray]
Look = Callable[[Any], dict[str, Any]]  # what of an output is kept, by name


def main(data: Path, name: str) -> None:
    """Write the golden ``name`` into ``data``."""
    make, said, settings = MODELS[name]
    folder = data / name
    folder.mkdir(exist_ok=True)
    image = np.asarray(Image.open(data / SOURCE / "image.png"))[CROP]
    if name not in HELD:
        Image.fromarray(image).save(folder / "image.png")
    factors = FACTORS.get(name, {})
    model = filled(make().eval(), data / "make_torchvision_weights.py", factors)
    tensors = recorded(model, image)
    held = HELD.get(name, tensors.keys())
    arrays, described = thinned({key: tensor for key, tensor in tensors.items() if key in held})
    np.savez_compressed(folder / "tensors.npz", **arrays)
    state = model.state_dict().items()
    manifest = [[name, list(v.shape), str(v.dtype).removeprefix("torch.")] for name, v in state]
    (folder / "state_dict_manifest.json").write_text(json.dumps(manifest) + "\n")
    config = {
        "model": said,
        "kwargs": settings,
        "versions": {"torch": torch.__version__, "torchvision": torchvision.__version__},
        "factors": factors,
        "image": f"{SOURCE}/image.png, rows {CROP[0].start}:{CROP[0].stop}, columns {CROP[1].start}:{CROP[1].stop}",
        "tensors": described,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def filled(model: Any, recipe: Path, factors: Factors) -> Any:
    """Return the model with the weights of ``recipe``, those of some endings multiplied."""
    spec = importlib.util.spec_from_file_location(recipe.stem, recipe)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    shapes = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    arrays = module.fill(shapes.items())
    for ending, factor in factors.items():
        arrays |= {
            n: (array * factor).astype(array.dtype) for n, array in arrays.items() if n.endswith(ending)
        }
    model.load_state_dict({n: torch.from_numpy(array) for n, array in arrays.items()})
    return model


def recorded(model: Any, image: np.ndarray) -> Arrays:
    """Return every tensor of ``image`` (y, x, rgb) uint8, by the names that the golden of v1 has."""
    found: dict[str, Any] = {}
    rpn, heads, fpn = model.rpn, model.roi_heads, model.backbone.fpn
    of_layers: dict[Any, Look] = {
        model.transform: lambda o: {
            "transform/image": o[0].tensors,
            "transform/image_sizes": o[0].image_sizes,
        },
        model.backbone.body.maxpool: lambda o: {"body/stem_maxpool": o},
        # their ReLU writes over its input
        model.backbone.body.layer2[0].bn1: lambda o: {"body/layer2.0.bn1": o.clone()},
        model.backbone.body.layer2[0].downsample: lambda o: {"body/layer2.0.downsample": o.clone()},
        model.backbone.body.layer2[0]: lambda o: {"body/layer2.0": o},
        model.backbone.body: lambda o: {f"body/C{n}": v for n, v in enumerate(o.values(), start=2)},
        **{
            lateral: lambda o, n=n: {f"fpn/inner_{n}_lateral": o}
            for n, lateral in enumerate(fpn.inner_blocks)
        },
        model.backbone: lambda o: {f"fpn/{name}": v for name, v in o.items()},
        rpn.anchor_generator: lambda o: {"rpn/anchors": o[0]},
        rpn.head: lambda o: {
            f"rpn/{name}_{n}": v
            for name, levels in zip(("objectness", "deltas"), o, strict=True)
            for n, v in enumerate(levels)
        },
        heads.box_roi_pool: lambda o: {"box/roi_features": o},
        heads.box_head: lambda o: {"box/head": o},
        heads.box_predictor: lambda o: {
            "box/class_logits": o[0],
            "box/scores_softmax": o[0].softmax(-1),
            "box/box_regression": o[1],
        },
        heads.mask_roi_pool: lambda o: {"mask/roi_features": o},
        heads.mask_head: lambda o: {"mask/head": o},
        heads.mask_predictor: lambda o: {"mask/logits": o},
        heads: lambda o: {"det/boxes_pre": o[0][0]["boxes"], "mask/probs_selected": o[0][0]["masks"]},
    }
    for layer, look in of_layers.items():
        layer.register_forward_hook(lambda _, __, output, look=look: found.update(look(output)))
    watch(rpn, "_get_top_n_idx", found, lambda o: {"rpn/topk_idx": o[0]})
    watch(rpn.box_coder, "decode", found, lambda o: {"rpn/proposals_decoded": o[:, 0]})
    watch(
        rpn, "filter_proposals", found, lambda o: {"rpn/proposals": o[0][0], "rpn/proposal_scores": o[1][0]}
    )
    watch(box_ops, "batched_nms", found, lambda o: {"det/nms_keep": o}, ("boxes", "scores", "idxs"))
    with torch.no_grad():
        (out,) = model([torch.from_numpy(image.copy()).permute(2, 0, 1).float() / 255])
        for stage, boxes in (("box", found["rpn/proposals"]), ("mask", found["det/boxes_pre"])):
            found[f"{stage}/levels"] = heads.box_roi_pool.map_levels([boxes])
    found |= {f"det/{name}": out[name] for name in ("labels", "scores", "boxes")}
    found["det/masks_packed"] = np.packbits(out["masks"][:, 0].numpy() >= 0.5, axis=-1)
    return {name: np.asarray(value) for name, value in found.items()}


def watch(owner: Any, function: str, found: dict[str, Any], look: Look, inputs: tuple[str, ...] = ()) -> None:
    """Have what a ``function`` of ``owner`` returns kept, the last time that it runs; with its first ``inputs``."""
    original = getattr(owner, function)

    def run(*arguments: Any, **settings: Any) -> Any:
        output = original(*arguments, **settings)
        found.update(look(output))
        found.update({f"det/nms_{name}": value for name, value in zip(inputs, arguments, strict=False)})
        return output

    setattr(owner, function, run)


def thinned(tensors: Arrays) -> tuple[Arrays, dict[str, Any]]:
    """Return what is kept of ``tensors``, and what each was."""
    arrays, described = dict[str, np.ndarray](), dict[str, Any]()
    for name, tensor in tensors.items():
        step = prime_from(-(-tensor.size // MOST)) if name.startswith(PARTS) else 1
        arrays[name] = tensor.ravel()[::step] if step > 1 else tensor
        described[name] = {"shape": list(tensor.shape), "dtype": str(tensor.dtype), "step": step}
    return arrays, described


def prime_from(least: int) -> int:
    """Return the smallest prime from ``least`` on, 1 for 1: no axis repeats with it."""
    return next(n for n in count(least) if all(n % d for d in range(2, int(n**0.5) + 1)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
