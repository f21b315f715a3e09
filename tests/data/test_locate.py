"""Which image an annotation means: names as exports write them, and never one file for two in silence."""

import json
import os
from pathlib import Path

import pytest

from maskrcnn_core.data.reading.files import image_folder, locate
from maskrcnn_core.data.reading.registry import open_dataset

FILES = (
    "ä.png",
    "IMG.JPG",
    "p.png",
    "a/p.png",
    "b/p.png",
    "my image.png",
    "50%.png",
    "up/x.png",
    "3f2a9c1d-q.png",
    "r.png",
)


@pytest.fixture
def root(tmp_path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "file", "said"),
    [
        ("p.png", "p.png", False),
        ("a/p.png", "a/p.png", False),
        ("a\\p.png", "a/p.png", False),
        ("50%.png", "50%.png", False),
        ("my%20image.png", "my image.png", True),
        ("C:\\data\\a\\p.png", "a/p.png", True),
        ("C:\\data\\c\\p.png", "p.png", True),
        ("/home/me/b/p.png", "b/p.png", True),
        ("file:///home/me/my%20image.png", "my image.png", True),
        ("/data/local-files/?d=a/p.png", "a/p.png", True),
        ("/data/local-files/?d=my%20image.png", "my image.png", True),
        ("https://host/data/b/p.png?token=1", "b/p.png", True),
        ("s3://bucket/b/p.png", "b/p.png", True),
        ("/data/upload/7/3f2a9c1d-q.png", "3f2a9c1d-q.png", True),
        ("/data/upload/7/3f2a9c1d-r.png", "r.png", True),
        ("../p.png", "p.png", True),
        ("a\u0308.png", "ä.png", True),
        ("img.jpg", "IMG.JPG", True),
        (" p.png ", "p.png", True),
        ("c/p.png", None, True),
        ("gone.png", None, True),
        ("/etc/passwd", None, True),
        ("../../a/../p.png", "p.png", True),
        ("?d=../../etc/passwd", None, True),
        ("", None, True),
        (7, None, True),
    ],
)
def test_each_spelling_leads_to_its_file_or_to_none(root, name, file, said):
    path, found = locate(root, name, "a.json")
    assert (path and path.relative_to(root).as_posix()) == file
    assert bool(found) == said
    assert all(one.severity == ("warning" if file else "error") for one in found)


def test_a_prefix_is_mapped_to_a_folder(root):
    folder, prefix = image_folder(f"C:\\data={root}")
    assert (folder, prefix) == (root, "C:\\data")
    path, found = locate(folder, "C:\\data\\b\\p.png", "a.json", prefix=prefix)
    assert (path, found) == (root / "b/p.png", [])
    assert image_folder(str(root)) == (root, "")
    with pytest.raises(ValueError, match="wanted a folder of images"):
        image_folder("C:\\data=/no/such")


def two_in_coco(folder: Path, names: tuple[str, str]) -> str:
    images = [{"id": k, "file_name": name} for k, name in enumerate(names)]
    (folder / "i.json").write_text(json.dumps({"images": images, "annotations": [], "categories": []}))
    return f"coco:{folder / 'i.json'}"


def two_in_via(folder: Path, names: tuple[str, str]) -> str:
    entries = {str(k): {"filename": name, "regions": []} for k, name in enumerate(names)}
    (folder / "i.json").write_text(json.dumps(entries))
    return f"via:{folder / 'i.json'}"


def two_in_labelme(folder: Path, names: tuple[str, str]) -> str:
    for k, name in enumerate(names):
        (folder / f"{k}.json").write_text(json.dumps({"imagePath": name, "shapes": []}))
    return f"labelme:{folder}"


@pytest.mark.parametrize("write", [two_in_coco, two_in_via, two_in_labelme])
def test_two_entries_fall_on_one_file_in_no_format(write, tmp_path, paint):
    paint(tmp_path / "p.png")
    reader = open_dataset(write(tmp_path, ("C:\\data\\a\\p.png", "C:\\data\\b\\p.png")))
    assert len(reader) == 0
    assert [one.kind for one in reader.findings if one.severity == "error"] == ["shared-image"]
    paint(tmp_path / "a/p.png")
    paint(tmp_path / "b/p.png")
    reader = open_dataset(write(tmp_path, ("C:\\data\\a\\p.png", "C:\\data\\b\\p.png")))
    assert [os.path.relpath(reader.source(index), tmp_path) for index in range(2)] == ["a/p.png", "b/p.png"]
    mapped = open_dataset(
        write(tmp_path, ("C:\\data\\a\\p.png", "C:\\data\\b\\p.png")) + f"?images=C:\\data={tmp_path}"
    )
    assert (len(mapped), mapped.findings) == (2, [])
