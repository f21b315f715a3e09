"""Weights: names, the two layouts, what loading reports, models from files."""

import hashlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from maskrcnn_core.config import classic
from maskrcnn_core.data.formats.coco_names import coco_class_names
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.weights import (
    WeightsMismatch,
    load_model,
    load_weights,
    open_weights,
    read_config,
    save_weights,
)
from maskrcnn_core.weights.formats import native
from maskrcnn_core.weights.names import flat_name, named_variables
from maskrcnn_core.weights.report import compare, fits
from maskrcnn_core.weights.stored import StoredArray


@pytest.fixture(scope="module")
def saved(small: MaskRCNN, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the small model's weights."""
    path = tmp_path_factory.mktemp("weights") / "small.h5"
    save_weights(small, path, {"command": "by hand", "seed": 7, "result": {"mask AP": 0.5}})
    return path


@pytest.fixture
def other(small: MaskRCNN) -> MaskRCNN:
    """A model of the same kind with other weights."""
    keras.utils.set_random_seed(8)
    return MaskRCNN(small.config)


def values(model: MaskRCNN) -> dict[str, np.ndarray]:
    return {name: np.asarray(variable).copy() for name, variable in named_variables(model).items()}


def assert_equal(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> None:
    assert list(one) == list(two)
    for name in one:
        np.testing.assert_array_equal(one[name], two[name], err_msg=name)


# --- names --------------------------------------------------------------------------------------------------


def test_every_variable_has_a_name_of_its_own(small: MaskRCNN):
    names = list(named_variables(small))
    assert len(names) == len(set(names)) == len(small.variables)
    assert names[0] == "backbone.conv1.kernel"
    assert {
        "backbone.bn_conv1.moving_mean",
        "backbone.res5a_branch2b.bias",
        "fpn.c5p5.kernel",
        "fpn.p2.bias",
        "rpn.conv_shared.kernel",
        "rpn.class_raw.kernel",
        "rpn.bbox_pred.bias",
        "box_head.class_conv1.kernel",
        "box_head.class_logits.bias",
        "box_head.bbox_fc.kernel",
        "mask_head.mask_conv4.kernel",
        "mask_head.mask_deconv.kernel",
        "mask_head.mask.bias",
    } <= set(names)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("conv1/conv1/kernel:0", "backbone.conv1.kernel"),
        ("bn_conv1/bn_conv1/moving_variance:0", "backbone.bn_conv1.moving_variance"),
        ("res4w_branch2c/res4w_branch2c/bias:0", "backbone.res4w_branch2c.bias"),
        ("bn2a_branch1/bn2a_branch1/gamma:0", "backbone.bn2a_branch1.gamma"),
        ("fpn_c5p5/fpn_c5p5/kernel:0", "fpn.c5p5.kernel"),
        ("fpn_p2/fpn_p2/kernel:0", "fpn.p2.kernel"),
        ("rpn_model/rpn_class_raw/kernel:0", "rpn.class_raw.kernel"),
        ("rpn_model/rpn_class_raw/rpn_class_raw/kernel", "rpn.class_raw.kernel"),
        ("mrcnn_class_conv1/mrcnn_class_conv1/kernel:0", "box_head.class_conv1.kernel"),
        ("mrcnn_class_bn2/mrcnn_class_bn2/beta:0", "box_head.class_bn2.beta"),
        ("mrcnn_bbox_fc/mrcnn_bbox_fc/kernel:0", "box_head.bbox_fc.kernel"),
        ("mrcnn_mask_conv4/conv2d_7/kernel:0", "mask_head.mask_conv4.kernel"),
        ("mrcnn_mask_deconv/mrcnn_mask_deconv/kernel:0", "mask_head.mask_deconv.kernel"),
        ("mrcnn_mask/kernel", "mask_head.mask.kernel"),
        ("conv1/conv1_1/kernel:0", "backbone.conv1.kernel"),
        ("my_layer/my_layer/kernel:0", "my_layer.kernel"),
    ],
)
def test_classic_names_become_flat_names(path: str, name: str):
    assert flat_name(path.split("/")) == name


# --- own files ----------------------------------------------------------------------------------------------


def test_what_was_saved_is_loaded_bit_by_bit(small: MaskRCNN, saved: Path, other: MaskRCNN):
    assert (values(other)["fpn.p2.kernel"] != values(small)["fpn.p2.kernel"]).any()
    report = load_weights(other, saved)
    assert_equal(values(other), values(small))
    assert report.complete
    assert report.loaded == tuple(values(small))
    assert report.still_initial == report.missing == report.unexpected == report.mismatched == ()
    assert f"{len(report.loaded)} of {len(report.loaded)} variables match" in str(report)


def test_load_model_gives_configuration_provenance_and_detections(
    small: MaskRCNN, saved: Path, photo: np.ndarray
):
    loaded = load_model(saved)
    assert loaded.config == small.config == read_config(saved)
    assert dict(loaded.provenance) == {
        "command": "by hand",
        "seed": 7,
        "result": {"mask AP": 0.5},
        "weights": str(saved),
        "layout": "own",
    }
    one, two = small.detect(photo), loaded.detect(photo)
    assert len(one.boxes) > 0
    np.testing.assert_array_equal(one.boxes, two.boxes)
    np.testing.assert_array_equal(one.masks, two.masks)


def test_settings_given_take_the_place_of_the_files(small: MaskRCNN, saved: Path, tmp_path: Path):
    wanted = small.config.replace(**{"detections.min_score": 0.9})
    assert read_config(saved, {"detections": {"min_score": 0.9}}) == wanted
    assert read_config(saved, {"DETECTION_MIN_CONFIDENCE": 0.9}) == wanted
    (tmp_path / "config.json").write_text('{"detections": {"min_score": 0.9}}')
    assert read_config(saved, tmp_path / "config.json") == wanted
    assert read_config(saved, wanted) == wanted


def test_the_file_is_what_the_documentation_says(small: MaskRCNN, saved: Path):
    with h5py.File(saved) as file:
        assert (file.attrs["format"], file.attrs["version"]) == ("maskrcnn-weights", 1)
        assert json.loads(file.attrs["class_names"]) == list(small.config.class_names)
        assert json.loads(file.attrs["config"])["backbone"]["architecture"] == "small"
        assert list(file["weights"]) == list(named_variables(small))
        assert file["weights/fpn.p2.kernel"].dtype == np.float32
        assert file["weights/fpn.p2.kernel"].shape == small.fpn.outputs[0].kernel.shape


def test_half_precision_halves_the_file_and_keeps_four_digits(
    small: MaskRCNN, saved: Path, other: MaskRCNN, tmp_path: Path
):
    path = tmp_path / "half.h5"
    save_weights(small, path, half=True)
    assert path.stat().st_size < 0.55 * saved.stat().st_size
    load_weights(other, path)
    wanted = values(small)
    for name, value in values(other).items():
        np.testing.assert_allclose(value, wanted[name], rtol=5e-4, atol=1e-7, err_msg=name)


def test_half_precision_refuses_what_it_cannot_hold(small: MaskRCNN, tmp_path: Path):
    arrays = {"fpn.p2.bias": np.array([1.0, 65536.0], np.float32)}
    with (
        h5py.File(tmp_path / "half.h5", "w") as file,
        pytest.raises(ValueError, match=r"fpn\.p2\.bias.*65504"),
    ):
        native.write_weights(file, arrays, {"class_names": []}, {}, half=True)


def test_many_class_names_fit_into_a_file(tmp_path: Path):
    names = tuple(f"class with a long name, number {number}" for number in range(5000))
    config = native.to_dict(classic(("background", *names)))
    with h5py.File(tmp_path / "many.h5", "w", libver=("v108", "v110")) as file:
        native.write_weights(file, {"fpn.p2.bias": np.zeros(1)}, config, {})
    assert read_config(tmp_path / "many.h5").class_names[1:] == names


def test_a_failed_save_leaves_the_older_file_whole(
    small: MaskRCNN, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "weights.h5"
    path.write_bytes(saved.read_bytes())
    with pytest.raises(ValueError, match="wanted texts, numbers, lists and dicts as provenance"):
        save_weights(small, path, {"model": small})
    monkeypatch.setattr(native, "_half", _fail)
    with pytest.raises(OSError, match="no space"):
        save_weights(small, path, half=True)
    assert path.read_bytes() == saved.read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def _fail(*_: object) -> None:
    raise OSError("no space left")


def test_groups_of_others_are_left_alone(saved: Path, other: MaskRCNN, tmp_path: Path):
    path = _copy(saved, tmp_path)
    with h5py.File(path, "a") as file:
        file.create_group("optimizer")["momentum"] = np.zeros(3)
    assert load_weights(other, path).complete


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file.attrs.__setitem__("version", 2), "version 1, received .*2.*; a newer release"),
        (lambda file: file.attrs.__delitem__("version"), "version 1, received None"),
        (lambda file: file.attrs.__delitem__("config"), "wanted the attribute config"),
        (lambda file: file.attrs.__setitem__("config", "{"), "wanted JSON as attribute config"),
        (lambda file: file.attrs.__setitem__("config", "[]"), "wanted a JSON object as attribute config"),
        (lambda file: file.attrs.__setitem__("config", '{"molding": {"min_dim": "x"}}'), r"molding\.min_dim"),
        (lambda file: file.attrs.__setitem__("config", 3), "wanted text as attribute config"),
        (lambda file: file.__delitem__("weights"), "wanted a group named weights"),
        (lambda file: file.attrs.__delitem__("format"), "a file that holds weights, attribute class_names"),
    ],
)
def test_a_broken_own_file_is_named_with_the_reason(
    saved: Path, tmp_path: Path, change: Callable[[h5py.File], None], said: str
):
    path = _copy(saved, tmp_path)
    with h5py.File(path, "a") as file:
        change(file)
    with pytest.raises(ValueError, match=said) as caught:
        read_config(path)
    assert str(path) in str(caught.value)


def _copy(saved: Path, folder: Path) -> Path:
    path = folder / "weights.h5"
    path.write_bytes(saved.read_bytes())
    return path


# --- reports ------------------------------------------------------------------------------------------------


def test_another_number_of_classes_is_said_in_words_and_changes_nothing(small: MaskRCNN, saved: Path):
    model = MaskRCNN(small.config.replace(class_names=("background", "cell")))
    before = values(model)
    with pytest.raises(WeightsMismatch, match="the file has 4 classes, the model has 2") as caught:
        load_weights(model, saved)
    assert_equal(values(model), before)
    report = caught.value.report
    assert {m.name for m in report.mismatched} == {
        f"{layer}.{variable}"
        for layer in ("box_head.class_logits", "box_head.bbox_fc", "mask_head.mask")
        for variable in ("kernel", "bias")
    }
    assert 'skip=("box_head.class_logits.*", "box_head.bbox_fc.*", "mask_head.mask.*")' in str(report)
    assert not report.missing and not report.unexpected


def test_skip_loads_the_rest_and_leaves_what_it_names(small: MaskRCNN, saved: Path):
    model = MaskRCNN(small.config.replace(class_names=("background", "cell")))
    before, wanted = values(model), values(small)
    report = load_weights(model, saved, skip=("box_head.*", "mask_head.mask.*"))
    left = {name for name in before if name.startswith(("box_head.", "mask_head.mask."))}
    assert set(report.skipped) == set(report.still_initial) == left
    assert "mask_head.mask_conv1.kernel" in report.loaded
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, (before if name in left else wanted)[name], err_msg=name)


def test_a_skip_that_matches_nothing_names_the_nearest(saved: Path, other: MaskRCNN):
    with pytest.raises(ValueError, match=r"no variable matches 'box_heads\.\*'.*box_head"):
        load_weights(other, saved, skip=("box_heads.*",))


def test_missing_and_unexpected_are_errors_unless_skipped(saved: Path, other: MaskRCNN, tmp_path: Path):
    path = _copy(saved, tmp_path)
    with h5py.File(path, "a") as file:
        del file["weights/fpn.p3.bias"]
        file["weights/extra.layer.kernel"] = np.zeros(2)
    before = values(other)
    with pytest.raises(WeightsMismatch) as caught:
        load_weights(other, path)
    assert_equal(values(other), before)
    report = caught.value.report
    assert (report.missing, report.unexpected) == (("fpn.p3.bias",), ("extra.layer.kernel",))
    assert "missing in the file (1):\n    fpn.p3" in str(report)
    assert load_weights(other, path, skip=("extra.*", "fpn.p3.bias")).still_initial == ("fpn.p3.bias",)


def test_a_damaged_last_array_changes_nothing(saved: Path, other: MaskRCNN, tmp_path: Path):
    path = _copy(saved, tmp_path)
    with h5py.File(path, "a") as file:
        last = list(file["weights"])[-1]
        content = file["weights"][last][()]
        del file["weights"][last]
        dataset = file["weights"].create_dataset(last, data=content, chunks=content.shape, fletcher32=True)
        place = dataset.id.get_chunk_info(0).byte_offset
    with path.open("r+b") as raw:
        raw.seek(place)
        raw.write(b"\xff\xff")
    before = values(other)
    with pytest.raises(ValueError, match=f"{last}: the array is damaged"):
        load_weights(other, path)
    assert_equal(values(other), before)


def test_resnet50_into_resnet101_names_the_layers():
    fifty = {f"backbone.res4{block}_branch2a.kernel": (1, 1, 4, 4) for block in "abcdef"}
    more = {f"backbone.res4{block}_branch2a.kernel": (1, 1, 4, 4) for block in "abcdefghijklmnopqrstuvw"}
    report = compare(fifty, more)
    assert not report.complete
    assert "the file has resnet50, the model has resnet101" in str(report)
    assert "backbone.res4g_branch2a" in str(report) and "… and 5 more" in str(report)
    assert not compare(more, fifty).complete
    basic = fifty | {name.replace("2a.", "2b."): shape for name, shape in fifty.items()}
    assert "the file has resnet34, the model has resnet101" in str(compare(basic, more))


def test_long_reports_stay_readable():
    shapes = {f"stage.layer{number}.kernel": (1,) for number in range(1000)}
    text = str(compare({}, shapes))
    assert "missing in the file (1000)" in text and "… and 988 more" in text
    assert len(text.splitlines()) == 15


@pytest.mark.parametrize(
    ("in_file", "in_model", "fit"),
    [
        ((1, 1, 8, 4), (8, 4), True),
        ((8, 4), (8, 4), True),
        ((), (), True),
        ((4, 8), (8, 4), False),
        ((8, 4), (1, 1, 8, 4), False),
        ((2, 1, 8, 4), (8, 4), False),
        ((1, 1, 32), (8, 4), False),
    ],
)
def test_only_a_1x1_convolution_fits_a_matrix(in_file: tuple, in_model: tuple, fit: bool):
    assert fits(in_file, in_model) is fit


# --- models -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "near"), [("shape", "shapes"), ("cocoa", "coco"), ("none.h5", "shapes")])
def test_an_unknown_name_names_the_nearest(name: str, near: str):
    with pytest.raises(ValueError, match=f"{name}: there is no such file; unknown weights.*{near}"):
        load_model(name)


def test_reading_a_configuration_needs_no_tensorflow(saved: Path):
    program = (
        "import sys; from maskrcnn_core.weights import read_config; read_config(sys.argv[1]); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program, str(saved)], check=True)


# --- the classic layout -------------------------------------------------------------------------------------

# the shapes that tell a model's configuration, at a width of their own
TELLING = {
    "conv1/kernel:0": (7, 7, 3, 64),
    "res4f_branch2a/kernel:0": (1, 1, 2, 2),
    "fpn_p2/bias:0": (128,),
    "rpn_conv_shared/bias:0": (96,),
    "rpn_class_raw/bias:0": (6,),
    "mrcnn_class_conv1/kernel:0": (5, 5, 128, 32),
    "mrcnn_class_conv1/bias:0": (32,),
    "mrcnn_class_logits/bias:0": (81,),
    "mrcnn_mask_conv1/bias:0": (48,),
}


def classic_file(path: Path, shapes: dict[str, tuple[int, ...]], variant: str = "plain") -> Path:
    """Write arrays as one of Keras' releases would have."""
    with h5py.File(path, "w") as file:
        root = file.create_group("model_weights") if variant == "model_weights" else file
        layers: dict[str, list[str]] = {"input_image": [], "ROI": []}
        for weight in shapes:
            layer = "rpn_model" if weight.startswith("rpn_") else weight.split("/")[0]
            layers.setdefault(layer, []).append(weight)
        for layer, weights in layers.items():
            group = root.create_group(layer)
            stored = [_twice(weight) if variant == "twice" else weight for weight in weights]
            _list(group, "weight_names", stored, variant)
            for name, weight in zip(stored, weights, strict=True):
                group[name] = np.full(shapes[weight], len(weight), np.float32)
        anchors = root.create_group("anchors")
        _list(anchors, "weight_names", ["Variable:0"], variant)
        anchors["Variable:0"] = np.zeros((2, 4), np.float32)
        _list(root, "layer_names", [*layers, "anchors"], variant)
    return path


def _twice(weight: str) -> str:
    """Name a layer twice and drop the output's number, as Keras 3 does for nested models."""
    layer, variable = weight.split("/")
    return f"{layer}/{layer}/{variable.removesuffix(':0')}"


def _list(group: h5py.Group, attribute: str, names: list[str], variant: str) -> None:
    if not names:
        group.attrs[attribute] = np.zeros((0,))  # what Keras writes for none
    elif variant == "chunks":
        for number, name in enumerate(names):
            group.attrs[f"{attribute}{number}"] = [name.encode()]
    elif variant == "str":
        group.attrs[attribute] = names
    else:
        group.attrs[attribute] = np.array([name.encode() for name in names])


@pytest.mark.parametrize("variant", ["plain", "model_weights", "twice", "chunks", "str"])
def test_every_variant_of_the_classic_layout_is_read(tmp_path: Path, variant: str):
    with open_weights(classic_file(tmp_path / "w.h5", TELLING, variant)) as stored:
        assert stored.layout == "classic"
        found = {name: array.shape for name, array in stored.arrays.items()}
        assert found == {flat_name(weight.split("/")): shape for weight, shape in TELLING.items()}
        np.testing.assert_array_equal(stored.arrays["rpn.class_raw.bias"].read(), np.full(6, 20, np.float32))


def test_a_classic_file_tells_its_configuration(tmp_path: Path):
    config = read_config(classic_file(tmp_path / "w.h5", TELLING))
    assert config.class_names == ("background", *(f"class_{number}" for number in range(1, 81)))
    assert config == classic(config.class_names, "resnet50").replace(
        **{
            "fpn.channels": 128,
            "rpn.channels": 96,
            "box_roi.size": 5,
            "box_head.channels": 32,
            "mask_head.channels": 48,
        }
    )
    deep = {"res4w_branch2a/kernel:0": (1, 1, 2, 2)}
    assert read_config(classic_file(tmp_path / "w.h5", TELLING | deep)).backbone.architecture == "resnet101"


def test_what_a_classic_file_does_not_tell_is_said_once(tmp_path: Path, capfd):
    path = classic_file(tmp_path / "w.h5", TELLING)
    read_config(path, {"RPN_ANCHOR_SCALES": [8, 16, 32, 64, 128]})
    assert capfd.readouterr().err == ""
    for _ in range(2):
        read_config(path)
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(
        f"{path}: a classic file holds no configuration; assumed are anchors of 32, 64, 128, 256, "
    )
    assert "images of 800 to 1024 px (square)" in line
    assert "class_1, class_2, class_3 … class_80" in line
    assert "--config C.json" in line


def test_coco_weights_have_cocos_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MASKRCNN_COCO_URL", str(classic_file(tmp_path / "w.h5", TELLING)))
    assert read_config("coco").class_names == coco_class_names()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"conv1/kernel:0": (7, 7, 1, 64)}, r"1 input channels and 3 anchors a cell; give a configuration"),
        ({"rpn_class_raw/bias:0": (10,)}, "3 input channels and 5 anchors a cell"),
        (
            {"mrcnn_class_logits/bias:0": (81, 1)},
            r"class_logits\.bias: wanted 1 axes, received shape \(81, 1\)",
        ),
        ({"fpn_p2/bias:0": None}, r"wanted the weight fpn\.p2\.bias, .* not in the file"),
        ({"res4f_branch2a/kernel:0": None}, r"stage 4 has 2, 6, 6, 23 or 36 blocks, received no such stage"),
    ],
)
def test_what_a_classic_file_does_not_tell_is_asked_for(tmp_path: Path, change: dict, said: str):
    shapes = {weight: shape for weight, shape in (TELLING | change).items() if shape is not None}
    path = classic_file(tmp_path / "w.h5", shapes)
    with pytest.raises(ValueError, match=said):
        read_config(path)
    assert read_config(path, {"BACKBONE": "resnet50"}).backbone.architecture == "resnet50"


def test_a_list_without_its_content_is_refused(tmp_path: Path):
    path = classic_file(tmp_path / "w.h5", TELLING)
    with h5py.File(path, "a") as file:
        del file["conv1/conv1/kernel:0"]
    with pytest.raises(ValueError, match=r"backbone\.conv1\.kernel: wanted an array, received nothing"):
        read_config(path)
    with h5py.File(path, "a") as file:
        del file["conv1"]
    with pytest.raises(ValueError, match="layer 'conv1' is listed, but has no group"):
        read_config(path)


def test_one_weight_twice_is_refused(tmp_path: Path):
    path = classic_file(tmp_path / "w.h5", {"conv1/kernel:0": (2,), "conv1/conv1/kernel:0": (2,)})
    with pytest.raises(ValueError, match=r"backbone\.conv1\.kernel is there twice"):
        read_config(path)


def test_the_golden_weights_are_loaded_bit_by_bit(goldens: Path, tmp_path: Path):
    folder = goldens / "matterport_r50_256"
    manifest = json.loads((folder / "weights_manifest.json").read_text())
    spec = importlib.util.spec_from_file_location("recipe", goldens / "make_matterport_weights.py")
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    recipe.write_h5(manifest, tmp_path / "w.h5")

    model = load_model(tmp_path / "w.h5", folder / "config.json")
    variables = named_variables(model)
    digest = hashlib.sha256()
    for layer in manifest["layers"]:
        for weight in layer["weights"]:
            name = flat_name([layer["group"], *weight["name"].split("/")])
            digest.update(np.asarray(variables.pop(name)).tobytes())
    assert digest.hexdigest() == json.loads((folder / "config.json").read_text())["_weights_data_sha256"]
    assert variables == {}


def test_one_array_under_two_names_fills_two_variables(monkeypatch):
    shared: dict[tuple[int, ...], np.ndarray] = {}
    read = StoredArray.read

    def read_shared(array: StoredArray) -> np.ndarray:
        return shared.setdefault(array.shape, read(array))

    monkeypatch.setattr(StoredArray, "read", read_shared)
    variables = named_variables(load_model("shapes"))
    alike: dict[tuple[int, ...], list[Any]] = {}
    for variable in variables.values():
        alike.setdefault(tuple(variable.shape), []).append(variable)
    one, other = next(group for shape, group in alike.items() if len(group) > 1 and np.prod(shape) > 10_000)[
        :2
    ]
    before = np.array(other)
    one.assign_add(np.ones(one.shape, np.float32))
    np.testing.assert_array_equal(other, before)
    np.testing.assert_array_equal(np.asarray(one), before + 1)
