"""Models by name: where they come from, that they are the right ones, and which of them is the best at hand."""

import hashlib
import pickle
from functools import partial

import pytest

from maskrcnn_core import cli
from maskrcnn_core.commands import download as command
from maskrcnn_core.files.cache import cache_folder
from maskrcnn_core.files.download import fetch
from maskrcnn_core.files.registry import Download
from maskrcnn_core.files.transfer import DownloadError
from maskrcnn_core.weights import catalog
from maskrcnn_core.weights.catalog import (
    MODELS,
    PUBLISHED,
    SHIPPED,
    best_cached,
    check_published,
    fetch_model,
)
from maskrcnn_core.weights.loading import located

# ruff: noqa: F811  # fixtures by their names
from tests.weights.test_download import Server, cache, server, weights  # noqa: F401  # fixtures

HASHES = {  # as in the names of the files
    "torchvision-v1": ("bf2d0c1e", "download.pytorch.org/models/"),
    "torchvision-v2": ("73cbd019", "download.pytorch.org/models/"),
    "detectron2-r50-3x": ("f10217", "dl.fbaipublicfiles.com/detectron2/"),
    "detectron2-r101-3x": ("a3ec72", "dl.fbaipublicfiles.com/detectron2/"),
}


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main([str(a) for a in arguments])
    return stop.value.code


def of(content: bytes, algorithm: str = "sha256") -> Download:
    """Describe a file that is published with the hash of ``content``."""
    beginning = hashlib.new(algorithm, content).hexdigest()[:8]
    return Download(
        "mine.h5", "", "MASKRCNN_TEST_URL", partial(check_published, algorithm, beginning), len(content)
    )


def get(server: Server, download: Download):
    return fetch(download, server.url, patience=0.001)


@pytest.mark.parametrize("name", HASHES)
def test_each_file_is_held_against_the_hash_that_its_name_carries(name):
    beginning, place = HASHES[name]
    download = PUBLISHED[name].download
    assert download.url.startswith(f"https://{place}")
    assert download.name == download.url.rpartition("/")[2]
    assert download.check.args == ("md5" if name.startswith("detectron2") else "sha256", beginning)


def test_the_command_offers_every_published_model():
    assert sorted(command.PUBLISHED) == sorted(PUBLISHED)
    assert sorted(SHIPPED) == ["nuclei", "shapes"]


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_the_right_file_is_taken_and_a_wrong_hash_is_deleted(server, weights, cache, algorithm):
    assert get(server, of(weights, algorithm)).read_bytes() == weights
    (cache / "mine.h5").unlink()
    (cache / "mine.h5.json").unlink()
    server.behaviour.content = weights[:-1] + bytes([weights[-1] ^ 1])
    with pytest.raises(DownloadError, match=r"begins with .*received .*deleted, fetch it again"):
        get(server, of(weights, algorithm))
    assert not (cache / "mine.h5").exists()


def test_a_broken_download_goes_on_where_it_stopped_and_is_checked_whole(server, weights):
    server.behaviour.drop_after = [100_000, 50_000]
    assert get(server, of(weights)).read_bytes() == weights
    assert server.behaviour.requests[0] == "" and len(server.behaviour.requests) == 3
    assert all(asked.startswith("bytes=") for asked in server.behaviour.requests[1:])


def test_a_short_file_is_another_file(server, weights):
    server.behaviour.content = weights[:1000]
    with pytest.raises(DownloadError):
        fetch(of(weights), server.url, patience=0.001)


def test_a_file_of_ones_own_has_to_open_here_and_need_not_be_the_published_one(
    weights,
    cache,
    tmp_path,
    monkeypatch,
):
    own = tmp_path / "own.h5"
    own.write_bytes(weights)
    assert fetch_model("torchvision-v2", path=own).read_bytes() == weights
    monkeypatch.setenv("MASKRCNN_DETECTRON2_R50_3X_URL", str(own))
    with located("detectron2-r50-3x") as path:
        assert path == cache / "model_final_f10217.pkl"
    (tmp_path / "other.pkl").write_bytes(pickle.dumps({"model": {}}))
    with pytest.raises(DownloadError, match=r"this is not maskrcnn_resnet50_fpn_coco-bf2d0c1e\.pth"):
        fetch_model("torchvision-v1", path=tmp_path / "other.pkl")


def test_an_unknown_name_is_told_the_nearest(cache):
    with pytest.raises(ValueError, match="did you mean torchvision-v"):
        fetch_model("torchvision-v3")
    with pytest.raises(ValueError, match="torchvision-v2"), located("torchvision"):
        pass


def test_the_best_model_at_hand_comes_first(cache):
    assert best_cached() is None
    cache.mkdir()
    order = ["coco", "torchvision-v1", "detectron2-r50-3x", "detectron2-r101-3x", "torchvision-v2"]
    for name in order:
        (cache_folder() / PUBLISHED[name].download.name).touch()
        assert best_cached() == name
    figures = [model.mask_ap or 0 for model in PUBLISHED.values()]
    assert figures == sorted(figures, reverse=True)


def test_the_list_says_what_ships_and_what_is_in_the_cache(cache, capsys):
    cache.mkdir()
    (cache / PUBLISHED["torchvision-v1"].download.name).touch()
    assert run("models") == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()[1:]}
    assert set(lines) == set(MODELS)
    assert "ships" in lines["nuclei"] and "cache" in lines["torchvision-v1"]
    assert "to fetch" in lines["torchvision-v2"] and "41.8" in lines["torchvision-v2"]
    assert "186 MB" in lines["torchvision-v2"] and "BSD-3-Clause" in lines["torchvision-v2"]


def test_sizes_in_words_are_those_of_the_files():
    for model in PUBLISHED.values():
        if model.download.size:
            assert model.megabytes == round(model.download.size / 1e6), model.name
    assert catalog.COCO is PUBLISHED["coco"].download
