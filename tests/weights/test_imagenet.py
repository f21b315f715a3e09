"""ImageNet weights in the backbone: the same function as Keras' own model, and clear words where that cannot be."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Config, classic, tiny
from maskrcnn_core.files.transfer import DownloadError
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.stages.backbone import Backbone
from maskrcnn_core.training.initial import initialise
from maskrcnn_core.weights import imagenet
from maskrcnn_core.weights.imagenet import HEADS, PUBLISHED, VARIABLE, backbone_layer, load_imagenet
from maskrcnn_core.weights.names import STAGES, named_variables
from maskrcnn_core.weights.report import WeightsMismatch

SLIM = {"fpn.channels": 8, "rpn.channels": 8, "box_head.channels": 8, "mask_head.channels": 8}


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture(scope="module")
def slim() -> MaskRCNN:
    """ResNet-50 with heads of a few channels."""
    keras.utils.set_random_seed(3)
    return MaskRCNN(classic(architecture="resnet50").replace(**SLIM))


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Keras' ResNet-50 with random weights and statistics, and its file in the legacy layout."""
    keras.utils.set_random_seed(4)
    model = keras.applications.ResNet50(weights=None, include_top=False)
    random = np.random.default_rng(5)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            # some variances are 0: channels on which the epsilons differ most, by a factor of ten
            variance = np.maximum(random.uniform(-0.1, 2, layer.gamma.shape), 0)
            layer.gamma.assign(random.uniform(0.2, 0.6, layer.gamma.shape) * np.sqrt(variance + 1e-5))
            layer.beta.assign(random.normal(0, 0.2, layer.beta.shape))
            layer.moving_mean.assign(random.normal(0, 0.2, layer.moving_mean.shape))
            layer.moving_variance.assign(variance)
    path = tmp_path_factory.mktemp("keras") / "resnet50.h5"
    write_as_published(model, path)
    return SimpleNamespace(model=model, path=path)


def write_as_published(model: keras.Model, path: Path) -> None:
    """Write weights as Keras 2 did: a group a layer, names with ``:0``, layers without weights listed as well."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        for layer in model.layers:
            names = [f"{layer.name}/{weight.name}:0" for weight in layer.weights]
            group = file.create_group(layer.name)
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, weight in zip(names, layer.weights, strict=True):
                group[name] = np.asarray(weight)


def values_of(model: MaskRCNN) -> dict[str, np.ndarray]:
    return {name: variable.numpy().copy() for name, variable in named_variables(model).items()}


# --- the same function --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_c5_is_that_of_keras(slim: MaskRCNN, classifier: SimpleNamespace):
    load_imagenet(slim, classifier.path)
    rgb = np.random.default_rng(0).uniform(-120, 120, (1, 66, 97, 3)).astype(np.float32)  # C1 has 33 x 49
    theirs = np.asarray(classifier.model(rgb[..., ::-1], training=False))
    ours = np.asarray(slim.backbone(tf.constant(rgb)).c5)
    assert ours.shape == theirs.shape == (1, 3, 4, 2048)
    assert np.abs(theirs).max() > 0.1
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * np.abs(theirs).max())


def test_even_sizes_differ_by_the_place_of_the_pool_alone(slim: MaskRCNN, classifier: SimpleNamespace):
    load_imagenet(slim, classifier.path)
    bgr = np.random.default_rng(0).uniform(-120, 120, (1, 64, 64, 3)).astype(np.float32)  # C1 has 32 x 32
    c1 = keras.Model(classifier.model.input, classifier.model.get_layer("conv1_relu").output)(bgr)
    pooled = tf.nn.max_pool2d(c1, ksize=3, strides=2, padding="SAME")
    first = next(i for i, layer in enumerate(classifier.model.layers) if layer.name == "pool1_pool")
    rest = keras.Model(classifier.model.layers[first].output, classifier.model.output)
    ours = np.asarray(slim.backbone(tf.constant(bgr[..., ::-1].copy())).c5)
    theirs = np.asarray(rest(pooled))
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * np.abs(theirs).max())
    assert np.abs(ours - np.asarray(classifier.model(bgr))).max() > 0.01 * np.abs(theirs).max()


@pytest.mark.slow
def test_a_file_that_keras_3_saves_loads_as_well(
    slim: MaskRCNN, classifier: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    classifier.model.save(tmp_path / "whole.h5")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "whole.h5"))
    load_imagenet(slim, classifier.path)
    before = values_of(slim)
    assert load_imagenet(slim).complete
    for name, value in values_of(slim).items():
        np.testing.assert_array_equal(before[name], value, err_msg=name)


@pytest.mark.parametrize(
    ("keras_name", "ours"),
    [
        ("conv1_conv", "backbone.conv1"),
        ("conv1_bn", "backbone.bn_conv1"),
        ("conv2_block1_0_conv", "backbone.res2a_branch1"),
        ("conv2_block1_1_conv", "backbone.res2a_branch2a"),
        ("conv3_block4_2_bn", "backbone.bn3d_branch2b"),
        ("conv4_block23_3_conv", "backbone.res4w_branch2c"),
        ("conv4_block36_3_conv", "backbone.res4aj_branch2c"),
        ("post_bn", "post_bn"),
    ],
)
def test_layers_by_their_place_in_the_network(keras_name: str, ours: str):
    assert backbone_layer(keras_name) == ours


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["resnet50", "resnet101"])
def test_every_weight_of_the_backbone_has_a_twin(architecture: str):
    counts = {"resnet50": (3, 4, 6, 3), "resnet101": (3, 4, 23, 3)}[architecture]
    layers = {"conv1_conv", "conv1_bn"}
    for stage, blocks in enumerate(counts, start=2):
        for block in range(1, blocks + 1):
            for branch in range(0 if block == 1 else 1, 4):
                layers |= {f"conv{stage}_block{block}_{branch}_{kind}" for kind in ("conv", "bn")}
    backbone = Backbone(replace(Config().backbone, architecture=architecture))
    backbone(tf.zeros([1, 64, 64, 3]))
    ours = {f"backbone.{variable.path.split('/')[-2]}" for variable in backbone.variables}
    assert {backbone_layer(layer) for layer in layers} == ours


# --- the report ---------------------------------------------------------------------------------------------


def test_heads_stay_as_they_were_and_the_report_says_so(slim: MaskRCNN, classifier: SimpleNamespace):
    before = values_of(slim)
    report = load_imagenet(slim, classifier.path)
    after = values_of(slim)
    assert report.complete and report.layout == "keras"
    assert {name.split(".")[0] for name in report.loaded} == {"backbone"}
    assert len(report.loaded) == sum(name.startswith("backbone.") for name in after) == 318
    assert {name.split(".")[0] for name in report.skipped} == set(STAGES) - {"backbone"}
    assert report.skipped == report.still_initial
    for name in report.skipped:
        np.testing.assert_array_equal(before[name], after[name], err_msg=name)
    with h5py.File(classifier.path) as file:
        np.testing.assert_array_equal(
            after["backbone.conv1.kernel"], file["conv1_conv/conv1_conv/kernel:0"][()][:, :, ::-1]
        )
        variance = file["conv1_bn/conv1_bn/moving_variance:0"][()]
    np.testing.assert_array_equal(after["backbone.bn_conv1.moving_variance"], variance)


def test_a_run_says_what_was_left_at_random(
    slim: MaskRCNN, classifier: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(VARIABLE, str(classifier.path))
    said = initialise(slim, "imagenet")
    assert said.startswith("starting from imagenet: 318 of ")
    assert "left at their random values: box_head.bbox_fc, box_head.class_bn1" in said
    assert HEADS == ("fpn.*", "rpn.*", "box_head.*", "mask_head.*")


# --- clear words --------------------------------------------------------------------------------------------


def test_the_small_backbone_has_no_such_weights():
    with pytest.raises(
        ValueError, match=r"for the backbones resnet50, resnet101, received small: start.*=resnet50"
    ):
        load_imagenet(SimpleNamespace(config=tiny()))


def test_other_numbers_of_channels_are_refused():
    config = classic(architecture="resnet50").replace(**{"molding.mean": (100.0,)})
    with pytest.raises(ValueError, match=r"want 3 channels, received 1: give molding\.mean three values"):
        load_imagenet(SimpleNamespace(config=config))


def test_a_file_of_another_network_changes_nothing(
    slim: MaskRCNN, classifier: SimpleNamespace, tmp_path: Path
):
    with h5py.File(classifier.path) as source, h5py.File(tmp_path / "other.h5", "w") as file:
        file.attrs["layer_names"] = [b"conv1_conv"]
        source.copy("conv1_conv", file)
    before = values_of(slim)
    with pytest.raises(WeightsMismatch, match=r"missing in the file \(\d+\)"):
        load_imagenet(slim, tmp_path / "other.h5")
    for name, value in values_of(slim).items():
        np.testing.assert_array_equal(before[name], value)


# --- fetching -----------------------------------------------------------------------------------------------


@pytest.fixture
def serve() -> Callable[[bytes], str]:
    """Give a function that serves bytes under every name and returns the folder's address."""
    servers = []

    def start(content: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/resnet/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def as_published(monkeypatch: pytest.MonkeyPatch, url: str, content: bytes) -> None:
    """Let ``content`` be what is published at ``url``."""
    monkeypatch.setattr(imagenet, "FOLDER", url)
    monkeypatch.setitem(PUBLISHED, "resnet50", (hashlib.md5(content).hexdigest(), len(content)))


@pytest.fixture
def stem(tmp_path: Path) -> bytes:
    with h5py.File(tmp_path / "stem.h5", "w") as file:
        file.attrs["layer_names"] = [b"conv1_conv"]
        file.create_group("conv1_conv").attrs["weight_names"] = [b"conv1_conv/kernel:0"]
        file["conv1_conv/conv1_conv/kernel:0"] = np.ones((7, 7, 3, 64), np.float32)
    return (tmp_path / "stem.h5").read_bytes()


def test_the_published_file_is_fetched_and_held_against_its_md5(
    serve: Callable[[bytes], str], stem: bytes, monkeypatch: pytest.MonkeyPatch
):
    as_published(monkeypatch, serve(stem), stem)
    path = imagenet.fetch_imagenet("resnet50")
    assert path.name == "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    assert path.read_bytes() == stem


def test_other_bytes_at_the_published_address_are_refused(
    serve: Callable[[bytes], str], stem: bytes, monkeypatch: pytest.MonkeyPatch
):
    as_published(monkeypatch, serve(stem[:-1] + b"\x01"), stem)
    with pytest.raises(DownloadError, match=r"wanted the file with MD5 [0-9a-f]{32}, received .* deleted"):
        imagenet.fetch_imagenet("resnet50")


def test_another_address_may_hold_weights_of_ones_own(
    serve: Callable[[bytes], str], stem: bytes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(VARIABLE, serve(stem))
    assert imagenet.fetch_imagenet("resnet101").name.startswith("resnet101_")


def test_offline_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(imagenet, "FOLDER", "http://127.0.0.1:9/")
    with pytest.raises(DownloadError, match=f"127.0.0.1:9 cannot be reached.*set {VARIABLE} to its path"):
        imagenet.fetch_imagenet("resnet50", patience=0.001)


@pytest.mark.slow
def test_the_addresses_and_hashes_are_those_of_keras():
    from keras.src.applications import resnet

    assert imagenet.FOLDER == resnet.BASE_WEIGHTS_PATH
    for architecture, (md5, _) in PUBLISHED.items():
        assert md5 == resnet.WEIGHTS_HASHES[architecture][1]
