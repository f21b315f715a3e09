"""Small inputs under the names that the examples use: images, annotations in every format, weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from maskrcnn_core.doctor.timing import tensorflow_version
from maskrcnn_core.geometry.rle import as_text, encode_masks
from maskrcnn_core.runtime import bfloat16
from maskrcnn_core.runtime.processor import processor
from maskrcnn_core.runtime.remembered import FILE, Measured
from tests.commands.terminal import ROOT
from tests.data import clips

SIDE, BOX = 96, (30, 20, 70, 60)  # px, yxyx: a bright disc's place on a dark image
NAME = "nucleus"  # the class of the default weights


def write_all(folder: Path) -> Path:
    """Write every input of the examples into ``folder`` and return it."""
    images(folder)
    clips.write(folder / "clip.mp4", 13)
    weights(folder)
    annotations(folder)
    masks(folder)
    for name in ("mine.json", "config.json"):
        (folder / name).write_text("{}")
    remembered(folder / "cache")
    return folder


def remembered(cache: Path) -> None:
    """Write what a measurement of bfloat16 leaves: to measure takes half a minute, and `doctor --measure` does."""
    seconds = Measured(0.1, 0.1, (0.1, 0.1), (0.1, 0.1), 12, tensorflow_version(), 6, 6, 1.0)
    put(cache / FILE, {processor().key: {bfloat16.KIND: seconds._asdict()}})


def images(folder: Path) -> None:
    """Write images, alone and in folders."""
    for name in ("photo.jpg", "holiday/a.png", "more/b.png", "cells/c.png", "images/photo.jpg",
                 "balloon/train/photo.jpg", "oid/train/photo.jpg", "coco/photo.jpg"):  # fmt: skip
        save(folder / name, disc())
    for name in ("annotations", "."):
        save(folder / name / "photo.jpg", disc())
    save(folder / "slide.tif", np.pad(disc(), ((0, 500), (0, 500), (0, 0))))


def disc() -> np.ndarray:
    """Return an image (y, x, rgb) uint8 of one bright disc."""
    return np.where(inside()[..., None], np.uint8(220), np.uint8(20)).repeat(3, axis=2)


def inside() -> np.ndarray:
    """Return the disc's mask (y, x) bool."""
    y1, x1, y2, x2 = BOX
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    return np.asarray(np.hypot(y - (y1 + y2) / 2, x - (x1 + x2) / 2) < (y2 - y1) / 2)


def save(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def weights(folder: Path) -> None:
    """Copy shipped weights to the places of one's own."""
    assets = ROOT / "maskrcnn_core/assets"
    places = {
        "nuclei.h5": (
            "runs/mine/best.h5",
            "runs/nuclei/best.h5",
            "runs/nuclei_more/best.h5",
            "Downloads/mask_rcnn_coco.h5",
        ),
        "shapes.h5": ("runs/shapes/best.h5", "mask_rcnn_coco.h5", "epoch_10.h5", "epoch_20.h5"),
    }
    for source, targets in places.items():
        for target in targets:
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(assets / source, folder / target)


def annotations(folder: Path) -> None:
    """Write the disc as COCO, LabelMe and VIA have it, and as results of a program."""
    y1, x1, y2, x2 = BOX
    corners = [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]
    bbox = [x1, y1, x2 - x1, y2 - y1]
    image = {"id": 1, "file_name": "photo.jpg", "height": SIDE, "width": SIDE}
    object_ = {"id": 1, "image_id": 1, "category_id": 1, "bbox": bbox, "area": 1600, "iscrowd": 0,
               "segmentation": [[v for corner in corners for v in corner]]}  # fmt: skip
    coco = {"images": [image], "annotations": [object_], "categories": [{"id": 1, "name": NAME}]}
    for name in ("instances.json", "train.json", "val.json", "instances_val2017.json",
                 "annotations/instances_val2017.json", "annotations/instances_train.json"):  # fmt: skip
        put(folder / name, coco)
    code = as_text(encode_masks(inside()[None])[0])
    put(
        folder / "results.json",
        [{"image_id": 1, "category_id": 1, "bbox": bbox, "score": 0.9, "segmentation": code}],
    )
    labelme = {"imagePath": "photo.jpg", "imageHeight": SIDE, "imageWidth": SIDE, "imageData": None,
               "shapes": [{"label": NAME, "points": corners, "shape_type": "polygon"}]}  # fmt: skip
    put(folder / "photo.json", labelme)
    put(folder / "images/photo.json", labelme)
    ring = {
        "name": "polygon",
        "all_points_x": [x for x, _ in corners],
        "all_points_y": [y for _, y in corners],
    }
    region = {"shape_attributes": ring, "region_attributes": {}}
    via = {"photo.jpg1": {"filename": "photo.jpg", "size": 1, "regions": [region], "file_attributes": {}}}
    put(folder / "balloon/train/via_region_data.json", via)


def put(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def masks(folder: Path) -> None:
    """Write the disc as masks in files: nuclei, label maps, Open Images."""
    mask = inside().astype(np.uint8)
    save(folder / "stage1_train/one/images/one.png", disc())
    save(folder / "stage1_train/one/masks/1.png", mask * 255)
    for name in ("a", "b"):
        save(folder / f"nuclei/images/{name}.png", disc())
        save(folder / f"nuclei/labels/{name}.png", mask)
    split = folder / "maskrcnn_core/assets/nuclei_validation.txt"
    split.parent.mkdir(parents=True)
    split.write_text("b\n")
    shutil.copy(ROOT / "maskrcnn_core/assets/nuclei_config.json", split.parent)
    (folder / "oid/class-descriptions.csv").write_text("LabelName,DisplayName\n/m/05zsy,Pumpkin\n")
    save(folder / "oid/train-masks/photo_m05zsy_1.png", mask * 255)
    table = "MaskPath,ImageID,LabelName,BoxID\nphoto_m05zsy_1.png,photo,/m/05zsy,1\n"
    (folder / "oid/train-annotations-object-segmentation.csv").write_text(table)
