"""PyTorch users' files: opened by name or content, loaded as any other file of weights."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from maskrcnn_core.weights import load_model, load_weights, open_weights
from tests.golden.peers import Peer
from tests.golden.two_peers import SETTINGS, hold_end_to_end


@pytest.fixture(scope="module")
def peer() -> Peer:
    return Peer("detectron2_r50_320", "make_detectron2_weights.py")


@pytest.fixture(scope="module")
def zoo(peer: Peer, tmp_path_factory) -> Path:
    """Make a file as detectron2's model zoo has them."""
    path = tmp_path_factory.mktemp("zoo") / "model_final.pkl"
    path.write_bytes(pickle.dumps({"model": peer.state, "__author__": "made from names"}))
    return path


@pytest.mark.slow
def test_a_file_of_the_model_zoo_is_loaded_and_detects_what_detectron2_does(peer: Peer, zoo: Path):
    model = load_model(zoo, {"molding": {"min_dim": 320, "max_dim": 448}})
    assert model.provenance["layout"] == "detectron2"
    hold_end_to_end(model, peer)


def test_the_configuration_beside_it_is_that_of_the_run(peer: Peer, zoo: Path):
    beside = zoo.with_name("config.yaml")
    beside.write_text((peer.folder / "config.yaml").read_text())
    with open_weights(zoo) as stored:
        assert stored.config is not None
        assert (stored.config.molding.min_dim, stored.config.molding.max_dim) == tuple(SETTINGS.values())
    beside.unlink()


def test_another_model_is_refused_by_its_names(tmp_path):
    path = tmp_path / "linear.safetensors"
    save_file({"fc.weight": np.zeros((2, 2), np.float32)}, path)
    with pytest.raises(
        ValueError, match=r"linear\.safetensors: .*received 1 arrays of other names: fc\.weight"
    ):
        load_model(path)


def test_weights_of_another_depth_say_so(peer: Peer, zoo: Path, small):
    with pytest.raises(ValueError, match="does not fit the model"):
        load_weights(small, zoo)
