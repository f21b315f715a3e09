"""Small data sets that tests write: every format as its program writes it, with objects of odd outlines.

Everything follows from a seed, so that counts can be written out in the tests.
"""

import io
import json
from pathlib import Path

import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask

SIZE = (90, 120)  # px (y, x) of every image here


def star(rng: np.random.Generator, points: int = 9) -> np.ndarray:
    """Draw a ring (p, xy) of uneven radius inside the image, to a quarter of a pixel."""
    radius = rng.uniform(8, 24)
    centre = rng.uniform(radius + 1, np.array(SIZE[::-1]) - radius - 1)
    angle = np.sort(rng.uniform(0, 2 * np.pi, points))
    reach = radius * rng.uniform(0.4, 1, points)
    ring = centre + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return np.round(ring * 4) / 4


def write_image(path: Path, rng: np.random.Generator) -> None:
    """Write an image of random pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rng.integers(0, 256, (*SIZE, 3), dtype=np.uint8)).save(path)


# --- VIA and LabelMe ------------------------------------------------------------------------------------------

LEAVES = {"bacteria": 6, "brown_spot": 9, "leaf_smut": 3}  # regions of each class in `write_leaves`


def write_leaves(folder: Path) -> Path:
    """Write VIA 1: 6 images of 3 polygons each; in two more, one region has an empty class or none."""
    rng, entries = np.random.default_rng(1), {}
    names = [name for name, count in LEAVES.items() for _ in range(count)]
    rng.shuffle(names)
    for index in range(6):
        attributes = [{"class_id": name} for name in names[3 * index : 3 * index + 3]]
        attributes += {4: [{"class_id": ""}], 5: [{}]}.get(index, [])
        entries[f"leaf{index}.png99"] = _via_entry(f"leaf{index}.png", attributes, rng)
        write_image(folder / f"leaf{index}.png", rng)
    (folder / "via_region_data.json").write_text(json.dumps(entries))
    return folder


def _via_entry(name: str, attributes: list[dict], rng: np.random.Generator) -> dict:
    regions = {}
    for number, one in enumerate(attributes):
        x, y = star(rng).T.tolist()
        shape = {"name": "polygon", "all_points_x": x, "all_points_y": y}
        regions[str(number)] = {"shape_attributes": shape, "region_attributes": one}
    return {"filename": name, "size": 99, "regions": regions, "file_attributes": {}}


FRUITS = {"date": 7, "fig": 4, "hazelnut": 5}  # shapes of each label in `write_fruits`


def write_fruits(folder: Path) -> Path:
    """Write LabelMe's json beside 4 images of 4 polygons each."""
    rng = np.random.default_rng(2)
    labels = [label for label, count in FRUITS.items() for _ in range(count)]
    rng.shuffle(labels)
    for index in range(4):
        write_image(folder / f"{index}.png", rng)
        shapes = [
            {"label": label, "points": star(rng).tolist(), "shape_type": "polygon"}
            for label in labels[4 * index : 4 * index + 4]
        ]
        content = {
            "imagePath": f"{index}.png",
            "imageHeight": SIZE[0],
            "imageWidth": SIZE[1],
            "shapes": shapes,
        }
        (folder / f"{index}.json").write_text(json.dumps(content | {"imageData": None}))
    return folder


# --- COCO -----------------------------------------------------------------------------------------------------

CATEGORIES = {1: "person", 13: "stop sign", 18: "dog"}


def write_coco(folder: Path) -> Path:
    """Write COCO's layout: 4 images, one of them without objects.

    The others have 3 objects each and one crowd: a polygon, two polygons of one object, a compressed mask, and as crowd
    a mask as plain run lengths.
    """
    rng, images, annotations = np.random.default_rng(3), [], []
    for image_id in (7, 9, 12, 40):
        write_image(folder / "train2017" / f"{image_id}.png", rng)
        images.append({"id": image_id, "file_name": f"{image_id}.png", "height": SIZE[0], "width": SIZE[1]})
        if image_id == 12:
            continue
        mask = _mask(rng)
        packed = {"size": list(SIZE), "counts": coco_mask.encode(np.asfortranarray(mask))["counts"].decode()}
        shapes = [
            _polygon(rng, 1),
            _polygon(rng, 2),
            packed,
            {"size": list(SIZE), "counts": runs(_mask(rng))},
        ]
        for number, shape in enumerate(shapes):
            one = {"id": len(annotations) + 1, "image_id": image_id, "segmentation": shape}
            category = list(CATEGORIES)[(number + image_id) % 3]
            annotations.append(one | {"category_id": category, "iscrowd": int(number == 3)})
    categories = [{"id": key, "name": name} for key, name in CATEGORIES.items()]
    (folder / "annotations").mkdir()
    content = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "annotations" / "instances_train2017.json").write_text(json.dumps(content))
    return folder


def runs(mask: np.ndarray) -> list[int]:
    """Give the lengths of runs of a mask, column by column, that of background first."""
    flat = np.concatenate([[0], mask.T.ravel()])
    return np.diff([0, *np.flatnonzero(np.diff(flat)), mask.size]).tolist()


def _mask(rng: np.random.Generator) -> np.ndarray:
    coarse = rng.random((SIZE[0] // 6, SIZE[1] // 6)) < 0.2
    return coarse.repeat(6, axis=0).repeat(6, axis=1).astype(np.uint8)


def _polygon(rng: np.random.Generator, parts: int) -> list[list[float]]:
    return [star(rng).ravel().tolist() for _ in range(parts)]


# --- odd images ---------------------------------------------------------------------------------------------

READABLE = {  # file of `write_odd_images` -> its size (x, y) px
    "bits.png": (12, 9),
    "grey.png": (12, 9),
    "grey_alpha.png": (12, 9),
    "palette.png": (12, 9),
    "alpha.png": (12, 9),
    "deep.png": (12, 9),
    "deep.tif": (12, 9),
    "whole.tif": (12, 9),
    "pages.tif": (12, 9),
    "cmyk.jpg": (12, 9),
    "animated.gif": (12, 9),
    "named.txt": (12, 9),
    "bad_exif.jpg": (12, 9),
    "pixel.png": (1, 1),
}
REFUSED = ("cut.png", "cut.jpg", "head.jpg", "empty.png", "text.png", "huge.png", "lost.bmp")


def write_odd_images(folder: Path) -> Path:
    """Write images of every kind of pixel, and files that are none: cut short, empty, or claiming 40 gigapixels."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(4)
    photo = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    deep = Image.fromarray(rng.integers(0, 65536, (9, 12), dtype=np.uint16))
    kinds = {
        "bits.png": "1",
        "grey.png": "L",
        "grey_alpha.png": "LA",
        "palette.png": "P",
        "alpha.png": "RGBA",
    }
    for name, mode in (kinds | {"cmyk.jpg": "CMYK"}).items():
        photo.convert(mode).save(folder / name)
    deep.save(folder / "deep.png")
    deep.save(folder / "deep.tif")
    deep.convert("I").save(folder / "whole.tif")
    photo.save(
        folder / "pages.tif", save_all=True, append_images=[photo.transpose(Image.Transpose.ROTATE_180)]
    )
    photo.save(folder / "animated.gif", save_all=True, append_images=[Image.new("RGB", (12, 9))])
    photo.save(folder / "named.txt", "PNG")
    photo.save(folder / "bad_exif.jpg", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    photo.resize((1, 1)).save(folder / "pixel.png")
    _write_refused(folder, rng)
    return folder


def _write_refused(folder: Path, rng: np.random.Generator) -> None:
    photo = Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    as_bytes = {}
    for name in ("PNG", "JPEG", "BMP"):
        stream = io.BytesIO()
        photo.save(stream, name)
        as_bytes[name] = stream.getvalue()
    png, jpeg, bmp = as_bytes.values()
    side = (200_000).to_bytes(4, "big")
    contents = {
        "cut.png": png[: len(png) // 2],
        "cut.jpg": jpeg[: len(jpeg) // 2],
        "head.jpg": jpeg[:4],
        "empty.png": b"",
        "text.png": b"no image",
        "huge.png": png[:16] + side + side + png[24:],
        "lost.bmp": bmp[:40],
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)


TURNS = {  # EXIF orientation -> what a camera that writes it did to the upright image
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def write_orientations(folder: Path, upright: Path) -> Path:
    """Write one photo as nine JPEG files: without EXIF, and stored in each of its eight orientations."""
    folder.mkdir(exist_ok=True)
    with Image.open(upright) as image:
        photo = image.convert("RGB").crop((0, 0, 240, 160))
    photo.save(folder / "0.jpg", quality=95)
    for orientation, turn in TURNS.items():
        stored = photo if turn is None else photo.transpose(turn)
        exif = stored.getexif()
        exif[0x0112] = orientation
        stored.save(folder / f"{orientation}.jpg", quality=95, exif=exif)
    return folder
