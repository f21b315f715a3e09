"""COCO's images and annotations, from a server of our own that misbehaves."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from maskrcnn_core.commands.download import download
from maskrcnn_core.data import coco_download
from maskrcnn_core.data.coco_download import SIZES, VARIABLE, Unpacked, check_zip, download_coco
from maskrcnn_core.data.reading.registry import open_dataset
from maskrcnn_core.files.transfer import DownloadError

IMAGES, ANNOTATIONS = "/zips/val2017.zip", "/annotations/annotations_trainval2017.zip"


def zip_of(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def jpeg(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "JPEG")
    return content.getvalue()


def instances(names: list[str]) -> bytes:
    images = [{"id": i, "file_name": name, "height": 60, "width": 80} for i, name in enumerate(names, 1)]
    square = {"segmentation": [[10, 10, 30, 10, 30, 30, 10, 30]], "bbox": [10, 10, 20, 20], "area": 400}
    annotations = [{"id": i, "image_id": i, "category_id": 7, "iscrowd": 0, **square} for i in (1, 2)]
    categories = [{"id": 7, "name": "square"}]
    return json.dumps({"images": images, "annotations": annotations, "categories": categories}).encode()


NAMES = [f"{i:012d}.jpg" for i in (139, 285, 632)]


@dataclass
class Site:
    """What the server has, how it goes wrong, and what it was asked."""

    files: dict[str, bytes]
    drop_after: list[int] = field(default_factory=list)  # bytes of each answer before it breaks off
    requests: list[tuple[str, str]] = field(default_factory=list)  # place, Range


class Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        self.site.requests.append((self.path, asked))
        if self.path not in self.site.files:
            self.send_error(404)
            return
        content = self.site.files[self.path]
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("ETag", '"one"')
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        end = start + self.site.drop_after.pop(0) if self.site.drop_after else len(content)
        self.wfile.write(content[start:end])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    files = {
        IMAGES: zip_of({f"val2017/{name}": jpeg(i) for i, name in enumerate(NAMES)}, zipfile.ZIP_STORED),
        ANNOTATIONS: zip_of(
            {
                "annotations/instances_val2017.json": instances(NAMES),
                "annotations/instances_train2017.json": instances(NAMES),
                "annotations/captions_val2017.json": b"{}",
            }
        ),
    }
    files["/zips/train2017.zip"] = zip_of({f"train2017/{name}": jpeg(9) for name in NAMES})
    site = Site(files)
    handler = type("OwnHandler", (Handler,), {"site": site})
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        monkeypatch.setenv(VARIABLE, f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        server.shutdown()
        thread.join()


@pytest.fixture
def get(tmp_path: Path) -> Callable[..., Unpacked]:
    return lambda split="val2017": download_coco(split, tmp_path / "coco", patience=0.001)


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


# --- the good way -------------------------------------------------------------------------------------------


def test_what_is_unpacked_is_a_data_set(site: Site, get: Callable[..., Unpacked], tmp_path: Path):
    unpacked = get()
    assert (unpacked.images, unpacked.dataset) == (3, f"coco:{tmp_path / 'coco'}")
    assert files_below(tmp_path / "coco") == {
        "annotations/instances_val2017.json",
        "val2017/.unpacked.json",
        *(f"val2017/{name}" for name in NAMES),
    }
    reader = open_dataset(unpacked.dataset)
    assert [len(reader), reader.class_names] == [3, ("background", "square")]
    assert [len(sample) for sample in reader] == [1, 1, 0]
    np.testing.assert_array_equal(reader[0].boxes, [[10, 10, 30, 30]])
    assert (tmp_path / "coco" / "val2017" / NAMES[0]).read_bytes() == jpeg(0)


def test_nothing_is_fetched_or_unpacked_twice(site: Site, get: Callable[..., Unpacked], tmp_path: Path):
    get()
    assert [place for place, _ in site.requests] == [ANNOTATIONS, IMAGES]
    written = (tmp_path / "coco" / "val2017" / NAMES[0]).stat().st_mtime_ns
    site.files.clear()
    assert get().images == 3
    assert (tmp_path / "coco" / "val2017" / NAMES[0]).stat().st_mtime_ns == written
    assert len(site.requests) == 2
    assert not (tmp_path / "cache" / "val2017.zip").exists(), "its images are on the disk already"


def test_both_splits_lie_side_by_side_and_share_the_annotations(site: Site, get: Callable[..., Unpacked]):
    get("train2017")
    unpacked = get("val2017")
    assert unpacked.dataset.endswith("?split=val2017")
    assert [len(open_dataset(one.dataset)) for one in (unpacked, get("train2017"))] == [3, 3]
    assert [place for place, _ in site.requests].count(ANNOTATIONS) == 1


def test_connections_that_drop_are_gone_on_with(
    site: Site, get: Callable[..., Unpacked], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("maskrcnn_core.files.transfer.PIECE", 512)
    site.drop_after += [200, 100, 10**6, 4000, 3000]
    assert get().images == 3
    assert [asked for place, asked in site.requests if place == IMAGES][-1].startswith("bytes=")
    assert [place for place, _ in site.requests] == [ANNOTATIONS] * 3 + [IMAGES] * 3


def test_a_folder_with_the_zips_will_do(
    site: Site, get: Callable[..., Unpacked], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for place in (IMAGES, ANNOTATIONS):
        path = tmp_path / "mirror" / place[1:]
        path.parent.mkdir(parents=True)
        path.write_bytes(site.files[place])
    monkeypatch.setenv(VARIABLE, str(tmp_path / "mirror"))
    assert get().images == 3
    assert site.requests == []
    assert (tmp_path / "mirror" / IMAGES[1:]).is_file()


def test_zips_put_into_the_cache_by_hand_will_do(
    site: Site, get: Callable[..., Unpacked], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv(VARIABLE)
    (tmp_path / "cache").mkdir()
    for place in (IMAGES, ANNOTATIONS):
        (tmp_path / "cache" / Path(place).name).write_bytes(site.files[place])
    assert get().images == 3


# --- wrong content ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../outside.jpg",
        "val2017/../../outside.jpg",
        "/tmp/outside.jpg",
        "val2017/sub/deeper.jpg",
        "val2017\\..\\outside.jpg",
        "C:/outside.jpg",
        "val2017/.hidden.jpg",
        "val2017/program.exe",
        "train2017/other.jpg",
    ],
)
def test_names_that_lead_elsewhere_are_refused(
    site: Site, get: Callable[..., Unpacked], tmp_path: Path, name: str
):
    site.files[IMAGES] = zip_of({f"val2017/{NAMES[0]}": jpeg(0), name: b"harm"})
    with pytest.raises(DownloadError, match="does not belong there; nothing was unpacked; it was deleted"):
        get()
    assert files_below(tmp_path / "coco") == {"annotations/instances_val2017.json"}
    assert not list(tmp_path.rglob("*outside*"))
    assert not (tmp_path / "cache" / "val2017.zip").exists()


def test_other_bytes_are_refused(site: Site, get: Callable[..., Unpacked]):
    site.files[IMAGES] = b"\x00" * 5000
    with pytest.raises(DownloadError, match=r"this is not val2017\.zip: wanted a zip"):
        get()


def test_a_damaged_image_costs_the_zip_and_leaves_no_half_folder(
    site: Site, get: Callable[..., Unpacked], tmp_path: Path
):
    whole = site.files[IMAGES]
    middle = whole.index(jpeg(1)) + 100
    site.files[IMAGES] = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    with pytest.raises(DownloadError, match=r"this zip is damaged .*; it was deleted, fetch it again"):
        get()
    assert files_below(tmp_path / "coco") == {"annotations/instances_val2017.json"}
    assert not (tmp_path / "cache" / "val2017.zip").exists()


def test_a_changed_file_at_the_same_address_is_refused(
    site: Site, get: Callable[..., Unpacked], tmp_path: Path
):
    unpacked = get()
    (unpacked.folder / "val2017").rename(tmp_path / "elsewhere")
    site.files[IMAGES] = zip_of({f"val2017/{NAMES[0]}": jpeg(5)})
    with pytest.raises(DownloadError, match="not the one of the first time"):
        get()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zip_of({}), "an empty one"),
        (zip_of({"val2017/a.jpg": b"\x00" * 10**6}), "claims to unpack to 1000000 bytes"),
        (zip_of({"val2017/a.jpg": b"a"}, zipfile.ZIP_BZIP2), "packed oddly"),
    ],
)
def test_what_is_odd_about_a_zip_is_said(tmp_path: Path, content: bytes, words: str):
    (tmp_path / "odd.zip").write_bytes(content)
    with pytest.raises(ValueError, match=words):
        check_zip(lambda name: name.startswith("val2017/"), tmp_path / "odd.zip")


def test_annotations_without_the_split_are_refused(site: Site, get: Callable[..., Unpacked]):
    site.files[ANNOTATIONS] = zip_of({"annotations/captions_val2017.json": b"{}"})
    with pytest.raises(
        DownloadError, match=r"wanted annotations/instances_val2017\.json, which it does not hold"
    ):
        get()


# --- folders and networks -----------------------------------------------------------------------------------


def test_a_folder_with_some_of_the_images_is_not_touched(
    site: Site, get: Callable[..., Unpacked], tmp_path: Path
):
    folder = get().folder / "val2017"
    (folder / NAMES[0]).unlink()
    with pytest.raises(DownloadError, match="wanted 3 images, found 2; move the folder away"):
        get()
    (folder / coco_download.UNPACKED).unlink()
    with pytest.raises(DownloadError, match="wanted 5000 images, found 2"):
        get()


def test_what_a_killed_run_left_is_cleared_away(site: Site, get: Callable[..., Unpacked], tmp_path: Path):
    left = tmp_path / "coco" / ".val2017.part"
    left.mkdir(parents=True)
    (left / NAMES[0]).write_bytes(b"half")
    assert get().images == 3
    assert not left.exists()


def test_too_little_room_is_said_before_anything_is_unpacked(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    site.files[IMAGES] = zip_of({f"val2017/{NAMES[0]}": b"a" * 1001})
    zipped = coco_download._fetched("zips/val2017.zip", lambda _: True, 0.001)
    usage = coco_download.shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(coco_download.shutil, "disk_usage", lambda _: usage)
    with (
        zipfile.ZipFile(zipped) as archive,
        pytest.raises(DownloadError, match="1001 bytes are needed to unpack, 1000 are free; make room"),
    ):
        coco_download._unpack_folder(archive, tmp_path / "val2017")
    assert not list(tmp_path.glob("*val2017*"))


def test_offline_is_said_with_what_to_do(
    get: Callable[..., Unpacked], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(VARIABLE, "http://127.0.0.1:9")
    with pytest.raises(
        DownloadError, match=f"cannot be reached.*put annotations_.* into .*cache.*or set {VARIABLE}"
    ):
        get()


def test_the_published_places_have_the_published_sizes():
    assert {place.rpartition("/")[2]: size for place, size in SIZES.items()} == {
        "val2017.zip": 815_585_330,
        "train2017.zip": 19_336_861_798,
        "annotations_trainval2017.zip": 252_907_541,
    }


# --- the command --------------------------------------------------------------------------------------------


def test_the_command_says_how_to_use_what_it_fetched(site: Site, tmp_path: Path):
    result = CliRunner().invoke(download, ["coco-val2017", "--output", str(tmp_path / "mine")])
    assert result.output == f"3 images of val2017: maskrcnn train coco:{tmp_path / 'mine'}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["coco-val2017", "--file", "x.zip"], "set MASKRCNN_COCO_DATA_URL"),
        (["coco", "--output", "x"], "--output is for coco-val2017"),
    ],
)
def test_options_that_do_not_belong_together_are_refused(arguments: list[str], words: str):
    result = CliRunner().invoke(download, arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
