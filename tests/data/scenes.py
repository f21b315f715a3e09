"""One scene in every format, written as its program writes it, with masks drawn by hand as the truth.

An object is a list of rectangles (y1, x1, y2, x2), px, corners on the edges of pixels, so that an outline means the
same pixels in whatever way it is drawn. What a format cannot hold is left out of its scene: ``CANNOT``.
"""

import base64
import csv
import io
import itertools
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image

from .written import runs

Rectangle = tuple[int, int, int, int]


@dataclass(frozen=True)
class Thing:
    """An object: its class and the rectangles that it consists of."""

    label: str
    rectangles: tuple[Rectangle, ...]

    def mask(self, size: tuple[int, int]) -> np.ndarray:
        """Draw (y, x) bool."""
        mask = np.zeros(size, bool)
        for y1, x1, y2, x2 in self.rectangles:
            mask[y1:y2, x1:x2] = True
        return mask


@dataclass(frozen=True)
class Shot:
    """An image and its objects, no two of which share a pixel."""

    name: str
    size: tuple[int, int]
    things: tuple[Thing, ...]


def ring(rectangle: Rectangle) -> list[list[int]]:
    """Give the corners (x, y)."""
    y1, x1, y2, x2 = rectangle
    return [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]


def names_of(shots: list[Shot]) -> list[str]:
    return sorted({thing.label for shot in shots for thing in shot.things})


def paint(path: Path, shot: Shot, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, sum(shot.name.encode())])
    Image.fromarray(rng.integers(0, 256, (*shot.size, 3), dtype=np.uint8)).save(path)


def numbered(shot: Shot, start: int = 1) -> np.ndarray:
    """Give the objects' numbers (y, x) from ``start``, 0 elsewhere."""
    numbers = np.zeros(shot.size, np.int64)
    for count, thing in enumerate(shot.things):
        numbers[thing.mask(shot.size)] = start + count
    return numbers


def save_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


# --- json -----------------------------------------------------------------------------------------------------


def write_coco(folder: Path, shots: list[Shot]) -> str:
    names, images, annotations = names_of(shots), [], []
    for number, shot in enumerate(shots, start=1):
        paint(folder / "images" / shot.name, shot)
        images.append({"id": number, "file_name": shot.name, "height": shot.size[0], "width": shot.size[1]})
        for thing in shot.things:
            parts = [[value for point in ring(one) for value in point] for one in thing.rectangles]
            one = {"id": len(annotations) + 1, "image_id": number, "segmentation": parts, "iscrowd": 0}
            annotations.append(one | {"category_id": names.index(thing.label) + 1})
    categories = [{"id": number, "name": name} for number, name in enumerate(names, start=1)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    save_json(folder / "instances.json", content)
    return f"coco:{folder / 'instances.json'}?images={folder / 'images'}"


def write_coco_runs(folder: Path, shots: list[Shot]) -> str:
    spec = write_coco(folder, shots)
    content = json.loads((folder / "instances.json").read_text())
    things = [(shot, thing) for shot in shots for thing in shot.things]
    for one, (shot, thing) in zip(content["annotations"], things, strict=True):
        one["segmentation"] = {"size": list(shot.size), "counts": runs(thing.mask(shot.size))}
    save_json(folder / "instances.json", content)
    return spec


def write_labelme(folder: Path, shots: list[Shot]) -> str:
    for shot in shots:
        paint(folder / shot.name, shot)
        shapes = [
            {"label": thing.label, "points": ring(one), "shape_type": "polygon", "group_id": number}
            for number, thing in enumerate(shot.things)
            for one in thing.rectangles
        ]
        content = {"imagePath": shot.name, "imageHeight": shot.size[0], "imageWidth": shot.size[1]}
        save_json((folder / shot.name).with_suffix(".json"), content | {"imageData": None, "shapes": shapes})
    return f"labelme:{folder}"


def _via_regions(shot: Shot) -> list[dict]:
    regions = []
    for thing in shot.things:
        x, y = zip(*ring(thing.rectangles[0]), strict=True)
        shape = {"name": "polygon", "all_points_x": x, "all_points_y": y}
        regions.append({"shape_attributes": shape, "region_attributes": {"class": thing.label}})
    return regions


def write_via(folder: Path, shots: list[Shot]) -> str:
    for shot in shots:
        paint(folder / shot.name, shot)
    entries = {shot.name: {"filename": shot.name, "size": 9, "regions": _via_regions(shot)} for shot in shots}
    save_json(folder / "via.json", {"_via_settings": {}, "_via_img_metadata": entries})
    return f"via:{folder / 'via.json'}"


def write_via_csv(folder: Path, shots: list[Shot]) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    head = (
        "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes"
    )
    with (folder / "via.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head.split(","))
        for shot in shots:
            paint(folder / shot.name, shot)
            regions = _via_regions(shot)
            for number, one in enumerate(regions or [{"shape_attributes": {}, "region_attributes": {}}]):
                texts = [json.dumps(one[name]) for name in ("shape_attributes", "region_attributes")]
                writer.writerow([shot.name, 9, "{}", len(regions), number, *texts])
    return f"via:{folder / 'via.csv'}"


def write_via3(folder: Path, shots: list[Shot]) -> str:
    files, views, metadata, names = {}, {}, {}, names_of(shots)
    for number, shot in enumerate(shots, start=1):
        paint(folder / shot.name, shot)
        files[str(number)] = {"fid": str(number), "fname": shot.name, "type": 2, "loc": 1, "src": shot.name}
        views[str(number)] = {"fid_list": [str(number)]}
        for thing in shot.things:
            y1, x1, y2, x2 = thing.rectangles[0]
            polygon = [7, *(value for point in ring(thing.rectangles[0]) for value in point)]
            xy = polygon if len(metadata) % 2 else [2, x1, y1, x2 - x1, y2 - y1]
            one = {
                "vid": str(number),
                "flg": 0,
                "z": [],
                "xy": xy,
                "av": {"1": str(names.index(thing.label))},
            }
            metadata[f"{number}_{len(metadata)}"] = one
    options = {str(number): name for number, name in enumerate(names)}
    attribute = {"1": {"aname": "class", "anchor_id": "FILE1_Z0_XY1", "type": 3, "options": options}}
    content = {"project": {"data_format_version": "3.1.1"}, "config": {}, "attribute": attribute}
    save_json(folder / "via3.json", content | {"file": files, "view": views, "metadata": metadata})
    return f"via:{folder / 'via3.json'}"


def _in_percent(rectangle: Rectangle, size: tuple[int, int]) -> list[list[float]]:
    return [[100 * x / size[1], 100 * y / size[0]] for x, y in ring(rectangle)]


def _label_studio(folder: Path, shots: list[Shot], value_of: Callable, kind: str) -> str:
    tasks = []
    for number, shot in enumerate(shots, start=1):
        paint(folder / shot.name, shot)
        results = []
        for thing in shot.things:
            size = {"original_height": shot.size[0], "original_width": shot.size[1], "image_rotation": 0}
            value = value_of(thing, shot.size) | {kind: [thing.label]}
            results.append(size | {"type": kind, "value": value, "from_name": "label", "to_name": "image"})
        data = {"image": f"/data/local-files/?d={shot.name}"}
        tasks.append({"id": number, "data": data, "annotations": [{"id": 1, "result": results}]})
    save_json(folder / "tasks.json", tasks)
    return f"label_studio:{folder / 'tasks.json'}"


def write_label_studio(folder: Path, shots: list[Shot]) -> str:
    def value(thing: Thing, size: tuple[int, int]) -> dict:
        return {"points": _in_percent(thing.rectangles[0], size), "closed": True}

    return _label_studio(folder, shots, value, "polygonlabels")


def write_label_studio_brush(folder: Path, shots: list[Shot]) -> str:
    def value(thing: Thing, size: tuple[int, int]) -> dict:
        return {"format": "rle", "rle": brush(thing.mask(size))}

    return _label_studio(folder, shots, value, "brushlabels")


def brush(mask: np.ndarray) -> list[int]:
    """Give the bytes of rle-pack: runs of equal values, and single ones where a run is of one value."""
    values = np.repeat(mask.ravel().astype(int) * 255, 4)
    bits = f"{len(values):032b}{7:05b}" + "".join(f"{size - 1:04b}" for size in (3, 4, 8, 16))
    starts = [0, *(np.flatnonzero(np.diff(values)) + 1), len(values)]
    for start, end in itertools.pairwise(starts):
        while start < end:
            length = min(end - start, 1 << 16)
            which = next(place for place, size in enumerate((3, 4, 8, 16)) if length <= 1 << size)
            single = "0" if length == 1 else "1"
            bits += f"{single}{which:02b}{length - 1:0{(3, 4, 8, 16)[which]}b}{values[start]:08b}"
            start += length
    bits += "0" * (-len(bits) % 8)
    return [int(bits[place : place + 8], 2) for place in range(0, len(bits), 8)]


def write_supervisely(folder: Path, shots: list[Shot]) -> str:
    def geometry(thing: Thing) -> dict:
        points = {"exterior": ring(thing.rectangles[0]), "interior": []}
        return {"geometryType": "polygon", "points": points}

    return _supervisely(folder, shots, geometry)


def write_supervisely_bitmap(folder: Path, shots: list[Shot]) -> str:
    def geometry(thing: Thing) -> dict:
        top, left = (min(one[side] for one in thing.rectangles) for side in (0, 1))
        bottom, right = (max(one[side] for one in thing.rectangles) for side in (2, 3))
        image = Image.fromarray(thing.mask((bottom, right))[top:, left:].astype(np.uint8))
        image.putpalette([0, 0, 0, 255, 255, 255])
        stream = io.BytesIO()
        image.save(stream, "PNG", transparency=0, optimize=0)
        text = base64.b64encode(zlib.compress(stream.getvalue())).decode()
        return {"geometryType": "bitmap", "bitmap": {"data": text, "origin": [left, top]}}

    return _supervisely(folder, shots, geometry)


def _supervisely(folder: Path, shots: list[Shot], geometry: Callable) -> str:
    for shot in shots:
        paint(folder / "one" / "img" / shot.name, shot)
        objects = [
            {"id": k, "classTitle": thing.label, **geometry(thing)} for k, thing in enumerate(shot.things)
        ]
        size = {"height": shot.size[0], "width": shot.size[1]}
        save_json(
            folder / "one" / "ann" / f"{shot.name}.json", {"size": size, "tags": [], "objects": objects}
        )
    save_json(folder / "meta.json", {"classes": [{"title": name} for name in names_of(shots)]})
    return f"supervisely:{folder}"


# --- XML and text ---------------------------------------------------------------------------------------------


def write_cvat(folder: Path, shots: list[Shot]) -> str:
    def shapes(number: int, thing: Thing) -> list[str]:
        points = [";".join(f"{x:.2f},{y:.2f}" for x, y in ring(one)) for one in thing.rectangles]
        group = number + 1 if len(points) > 1 else 0
        label = quoteattr(thing.label)
        return [f'<polygon label={label} points="{text}" z_order="0" group_id="{group}"/>' for text in points]

    return _cvat(folder, shots, shapes)


def write_cvat_mask(folder: Path, shots: list[Shot]) -> str:
    def shapes(number: int, thing: Thing) -> list[str]:
        top, left = (min(one[side] for one in thing.rectangles) for side in (0, 1))
        bottom, right = (max(one[side] for one in thing.rectangles) for side in (2, 3))
        part = thing.mask((bottom, right))[top:, left:]
        lengths = ", ".join(map(str, runs(part.T)))  # row by row
        box = f'left="{left}" top="{top}" width="{right - left}" height="{bottom - top}"'
        return [f'<mask label={quoteattr(thing.label)} rle="{lengths}" {box} z_order="0"/>']

    return _cvat(folder, shots, shapes)


def _cvat(folder: Path, shots: list[Shot], shapes: Callable) -> str:
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<annotations>", "<version>1.1</version>"]
    for number, shot in enumerate(shots):
        paint(folder / "images" / shot.name, shot)
        size = f'width="{shot.size[1]}" height="{shot.size[0]}"'
        lines.append(f'<image id="{number}" name={quoteattr(shot.name)} {size}>')
        lines += [line for count, thing in enumerate(shot.things) for line in shapes(count, thing)]
        lines.append("</image>")
    (folder / "annotations.xml").write_text("\n".join([*lines, "</annotations>"]))
    return f"cvat:{folder}"


def write_yolo(folder: Path, shots: list[Shot]) -> str:
    names = names_of(shots)
    for shot in shots:
        paint(folder / "images" / "train" / shot.name, shot)
        lines = []
        for thing in shot.things:
            shares = [f"{x / shot.size[1]:.6f} {y / shot.size[0]:.6f}" for x, y in ring(thing.rectangles[0])]
            lines.append(f"{names.index(thing.label)} {' '.join(shares)}")
        labels = (folder / "labels" / "train" / shot.name).with_suffix(".txt")
        labels.parent.mkdir(parents=True, exist_ok=True)
        labels.write_text("\n".join(lines))
    listed = "\n".join(f"  {number}: {json.dumps(name)}" for number, name in enumerate(names))
    (folder / "data.yaml").write_text(f"path: .\ntrain: images/train\nval:\nnames:\n{listed}\n")
    return f"yolo:{folder / 'data.yaml'}"


# --- maps of pixels -------------------------------------------------------------------------------------------


def save_map(path: Path, values: np.ndarray, palette: list[int] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(values.astype(np.uint8 if values.max(initial=0) < 256 else np.uint16))
    if palette:
        image.putpalette(palette)
    image.save(path)


VOC_NAMES = {"leaf": "person", "stem": "cat"}  # of a scene, in VOC's and Cityscapes's words
VOC_NUMBERS, CITY_NUMBERS = {"person": 15, "cat": 8}, {"person": 24, "cat": 26}


def write_voc(folder: Path, shots: list[Shot]) -> str:
    for shot in shots:
        paint(folder / "JPEGImages" / shot.name, shot)
        kinds = np.zeros(shot.size, np.int64)
        for thing in shot.things:
            kinds[thing.mask(shot.size)] = VOC_NUMBERS[VOC_NAMES[thing.label]]
        save_map(folder / "SegmentationObject" / shot.name, numbered(shot))
        save_map(folder / "SegmentationClass" / shot.name, kinds)
    return f"voc:{folder}?rename=person:leaf,cat:stem"


def write_voc_colours(folder: Path, shots: list[Shot]) -> str:
    """Write what CVAT calls "segmentation mask 1.1": colours and ``labelmap.txt``."""
    colours = {"leaf": (250, 50, 83), "stem": (51, 221, 255)}
    lines = ["# label:color_rgb:parts:actions", "background:0,0,0::"]
    lines += [f"{name}:{','.join(map(str, colour))}::" for name, colour in colours.items()]
    for shot in shots:
        paint(folder / "JPEGImages" / shot.name, shot)
        objects, kinds = (np.zeros((*shot.size, 3), np.uint8) for _ in range(2))
        for number, thing in enumerate(shot.things):
            mask = thing.mask(shot.size)
            objects[mask] = ((128, 0, 0), (0, 128, 0), (128, 128, 0), (0, 0, 128))[number]  # VOC's 1 to 4
            kinds[mask] = colours[thing.label]
        for place, values in (("SegmentationObject", objects), ("SegmentationClass", kinds)):
            (folder / place).mkdir(exist_ok=True, parents=True)
            Image.fromarray(values).save(folder / place / shot.name)
    (folder / "labelmap.txt").write_text("\n".join(lines))
    return f"voc:{folder}"


def write_panoptic(folder: Path, shots: list[Shot]) -> str:
    names, images, annotations = names_of(shots), [], []
    for number, shot in enumerate(shots, start=1):
        paint(folder / "images" / shot.name, shot)
        images.append({"id": number, "file_name": shot.name, "height": shot.size[0], "width": shot.size[1]})
        ids = np.full(shot.size, 70_000, np.int64)  # the sky
        segments = [{"id": 70_000, "category_id": 99, "iscrowd": 0}]
        for count, thing in enumerate(shot.things):
            ids[thing.mask(shot.size)] = 300 * (count + 1)
            segments.append(
                {"id": 300 * (count + 1), "category_id": names.index(thing.label) + 1, "iscrowd": 0}
            )
        colours = np.stack([ids % 256, ids // 256 % 256, ids // 65536], axis=-1).astype(np.uint8)
        (folder / "panoptic_train").mkdir(exist_ok=True, parents=True)
        Image.fromarray(colours).save(folder / "panoptic_train" / shot.name)
        annotations.append({"image_id": number, "file_name": shot.name, "segments_info": segments})
    categories = [{"id": k, "name": name, "isthing": 1} for k, name in enumerate(names, start=1)]
    categories.append({"id": 99, "name": "sky", "isthing": 0})
    content = {"images": images, "annotations": annotations, "categories": categories}
    save_json(folder / "panoptic_train.json", content)
    return f"coco_panoptic:{folder / 'panoptic_train.json'}?images={folder / 'images'}"


def write_cityscapes(folder: Path, shots: list[Shot]) -> str:
    for shot in shots:
        stem = Path(shot.name).stem
        paint(folder / "leftImg8bit/train/town" / f"{stem}_leftImg8bit.png", shot)
        numbers = np.full(shot.size, 7, np.int64)  # road
        for count, thing in enumerate(shot.things):
            numbers[thing.mask(shot.size)] = 1000 * CITY_NUMBERS[VOC_NAMES[thing.label]] + count
        save_map(folder / "gtFine/train/town" / f"{stem}_gtFine_instanceIds.png", numbers)
    return f"cityscapes:{folder}?rename=person:leaf,car:stem"


def write_label_map(folder: Path, shots: list[Shot]) -> str:
    for shot in shots:
        paint(folder / "images" / shot.name, shot)
        save_map(folder / "labels" / shot.name, numbered(shot))
    return f"label_map:{folder}"


def write_mask_folder(folder: Path, shots: list[Shot]) -> str:
    for shot in shots:
        paint(folder / "images" / shot.name, shot)
        (folder / "masks").mkdir(exist_ok=True)
        for number, thing in enumerate(shot.things):
            stem = Path(shot.name).stem
            save_map(folder / "masks" / f"{stem}_{thing.label}_{number}.png", 255 * thing.mask(shot.size))
    return f"mask_folder:{folder}"


WRITERS: dict[str, Callable[[Path, list[Shot]], str]] = {
    name.removeprefix("write_"): function
    for name, function in list(globals().items())
    if name[:6] == "write_"
}
CANNOT = {  # parts: an object of several; classes: more than one class
    "parts": {"via", "via_csv", "via3", "label_studio", "supervisely", "yolo"},
    "classes": {"label_map"},
}
