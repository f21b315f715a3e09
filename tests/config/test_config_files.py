"""Configurations as files: this project's JSON, the classic one, and what is wrong with others."""

import json
import stat
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from maskrcnn_core.config import Config, classic, tiny
from maskrcnn_core.config.checks import RULES, check, leaves
from maskrcnn_core.config.classic_json import SAME
from maskrcnn_core.config.files import MAX_BYTES, from_dict, load_config, save_config, to_dict

ODD = classic(("background", "Zelle", "核"), "resnet50").replace(
    **{
        "molding.mean": (12.5,),
        "training.mini_mask": (28, 56),
        "training.loss_weights": (1.0, 0.0, 2.0, 1.0, 0.5),
        "anchors.scales": (8.0, 16.0, 32.0, 64.0, 100.5),
    }
)


@pytest.mark.parametrize(
    "config", [Config(), classic(), tiny(), ODD], ids=["default", "classic", "tiny", "odd"]
)
def test_from_dict_inverts_to_dict(config: Config):
    assert from_dict(to_dict(config)) == config
    assert from_dict(json.loads(json.dumps(to_dict(config)))) == config


def test_load_inverts_save(tmp_path: Path):
    path = tmp_path / "new" / "config.json"
    save_config(ODD, path)
    assert load_config(path) == ODD
    assert [file.name for file in path.parent.iterdir()] == ["config.json"]
    assert path.stat().st_mode & stat.S_IRUSR


def test_what_a_file_does_not_name_keeps_its_value():
    changed = load_config({"detections": {"min_score": 0.25}}, tiny())
    assert changed == tiny().replace(**{"detections.min_score": 0.25})
    assert load_config({}) == classic()


def test_notes_are_ignored():
    assert load_config({"_source": {"any": ["thing"]}}) == classic()
    assert load_config({"_env": 1, "BACKBONE": "resnet50"}) == classic(architecture="resnet50")


def test_every_setting_has_a_range():
    without = [
        name
        for name, value in leaves(Config())
        if not isinstance(value, bool) and not any(fnmatchcase(name, pattern) for pattern in RULES)
    ]
    assert without == []
    names = [name for name, _ in leaves(Config())]
    assert [pattern for pattern in RULES if not any(fnmatchcase(name, pattern) for name in names)] == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"detection": {}}, "unknown setting detection: did you mean detections"),
        ({"detections": {"min_scor": 0.5}}, r"detections\.min_scor: did you mean detections\.min_score"),
        ({"detections": 0.5}, "detections: wanted a section of settings, received 0.5"),
        ({"class_names": {"min_score": 1}}, "class_names: wanted a list, received"),
        ({"detections": {"min_score": "0.5"}}, r"detections\.min_score: wanted a number, received '0\.5'"),
        ({"detections": {"min_score": True}}, "wanted a number, received True"),
        ({"detections": {"min_score": None}}, "wanted a number, received None"),
        ({"detections": {"min_score": 1.01}}, r"wanted a number from 0 to 1, received 1\.01"),
        ({"detections": {"min_score": float("nan")}}, "wanted a number, received nan"),
        ({"detections": {"min_score": 10**400}}, r"wanted a number, received 1000.*\.\.\."),
        ({"proposals": {"nms_threshold": -0.1}}, r"proposals\.nms_threshold: wanted a number from 0 to 1"),
        ({"proposals": {"count": 0}}, r"proposals\.count: wanted a number from 1"),
        ({"proposals": {"count": 10.5}}, r"proposals\.count: wanted a whole number, received 10\.5"),
        ({"proposals": {"count": float("inf")}}, "wanted a whole number, received inf"),
        (
            {"molding": {"mode": "squared"}},
            "wanted one of square, pad64, crop, none, corner, received 'squared'",
        ),
        ({"molding": {"mean": []}}, r"molding\.mean: wanted at least one entry"),
        ({"backbone": {"norm_trainable": 1}}, "wanted true or false, received 1"),
        ({"backbone": {"architecture": "vgg"}}, "wanted one of .* resnet152, small, received"),
        ({"anchors": {"scales": [32, 64]}}, "wanted 5, one a level from P2 to P6"),
        ({"anchors": {"strides": [4, 8, 16, 32, 128]}}, r"wanted \(4, 8, 16, 32, 64\)"),
        ({"anchors": {"ratios": [1, -1]}}, "wanted a number above 0"),
        ({"anchors": {"ratios": 1}}, "wanted a list, received 1"),
        ({"rpn": {"delta_std": [0.1, 0.2]}}, r"rpn\.delta_std: wanted a list of 4, received \[0\.1, 0\.2\]"),
        (
            {"training": {"loss_weights": [1, 1, 1, 1, "x"]}},
            r"loss_weights\[4\]: wanted a number, received 'x'",
        ),
        ({"training": {"mini_mask": [56]}}, "wanted a list of 2"),
        ({"training": {"rpn_negative_iou": 0.8}}, r"wanted at most training\.rpn_positive_iou = 0\.7"),
        ({"class_names": ["background"]}, "wanted the background and at least one class"),
        ({"class_names": ["background", "a", "a"]}, "received 'a' more than once"),
        ({"class_names": ["background", " "]}, "names that are not empty"),
        ({"class_names": "background"}, "wanted a list, received 'background'"),
        ({"name": "a/b"}, "wanted a name without /"),
        ({3: 4}, "unknown setting 3"),
    ],
)
def test_a_wrong_setting_says_wanted_and_received(settings: dict, said: str):
    with pytest.raises(ValueError, match=said):
        load_config(settings)


def test_check_refuses_what_code_built():
    with pytest.raises(ValueError, match=r"pasting\.threshold: wanted a number from 0 to 1, received 2"):
        check(tiny().replace(**{"pasting.threshold": 2.0}))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "wanted JSON, received"),
        (b"{", "wanted JSON, received .* at line 1"),
        (b'{"name": "a" "b"}', "line 1 column 14"),
        (b"[1, 2]", r"wanted a JSON object .*, received \[1, 2\]"),
        (b"\x89PNG\r\n\x1a\n\xff", "wanted JSON in UTF-8"),
        (b"[" * 200_000, "wanted JSON"),
        (b'{"box_corner": NaN}', "wanted numbers, received NaN"),
        (b'{"box_corner": 1, "box_corner": 0}', "received box_corner more than once"),
        (b'{"box_corner": ' + b"1" * 5000 + b"}", "config.json: "),
        (b" " * (MAX_BYTES + 1), f"at most {MAX_BYTES} bytes"),
    ],
)
def test_a_broken_file_is_named_with_the_reason(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=said) as caught:
        load_config(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path):
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(ValueError, match="there is no such file"):
            load_config(path)


def test_a_byte_order_mark_is_accepted(tmp_path: Path):
    path = tmp_path / "config.json"
    path.write_bytes(b"\xef\xbb\xbf" + b'{"box_corner": 0}')
    assert load_config(path).box_corner == 0.0


# --- classic ------------------------------------------------------------------------------------------------


def test_classic_defaults_are_those_of_the_preset():
    defaults = {
        "BACKBONE": "resnet101",
        "BACKBONE_STRIDES": [4, 8, 16, 32, 64],
        "BBOX_STD_DEV": [0.1, 0.1, 0.2, 0.2],
        "DETECTION_MAX_INSTANCES": 100,
        "DETECTION_MIN_CONFIDENCE": 0.7,
        "DETECTION_NMS_THRESHOLD": 0.3,
        "FPN_CLASSIF_FC_LAYERS_SIZE": 1024,
        "GPU_COUNT": 1,
        "GRADIENT_CLIP_NORM": 5.0,
        "IMAGES_PER_GPU": 2,
        "IMAGE_CHANNEL_COUNT": 3,
        "IMAGE_MAX_DIM": 1024,
        "IMAGE_META_SIZE": 14,
        "IMAGE_MIN_DIM": 800,
        "IMAGE_MIN_SCALE": 0,
        "IMAGE_RESIZE_MODE": "square",
        "IMAGE_SHAPE": [1024, 1024, 3],
        "LEARNING_MOMENTUM": 0.9,
        "LEARNING_RATE": 0.001,
        "MASK_POOL_SIZE": 14,
        "MASK_SHAPE": [28, 28],
        "MAX_GT_INSTANCES": 100,
        "MEAN_PIXEL": [123.7, 116.8, 103.9],
        "NAME": "any",
        "NUM_CLASSES": 2,
        "POOL_SIZE": 7,
        "POST_NMS_ROIS_INFERENCE": 1000,
        "POST_NMS_ROIS_TRAINING": 2000,
        "PRE_NMS_LIMIT": 6000,
        "ROI_POSITIVE_RATIO": 0.33,
        "RPN_ANCHOR_RATIOS": [0.5, 1, 2],
        "RPN_ANCHOR_SCALES": [32, 64, 128, 256, 512],
        "RPN_ANCHOR_STRIDE": 1,
        "RPN_BBOX_STD_DEV": [0.1, 0.1, 0.2, 0.2],
        "RPN_NMS_THRESHOLD": 0.7,
        "RPN_TRAIN_ANCHORS_PER_IMAGE": 256,
        "STEPS_PER_EPOCH": 1000,
        "TOP_DOWN_PYRAMID_SIZE": 256,
        "TRAIN_BN": False,
        "TRAIN_ROIS_PER_IMAGE": 200,
        "USE_RPN_ROIS": True,
        "VALIDATION_STEPS": 50,
        "WEIGHT_DECAY": 0.0001,
    }
    assert load_config(defaults) == classic()
    assert set(SAME) - set(defaults) == {"BATCH_SIZE"}  # their product, not a default of its own


@pytest.mark.parametrize(
    ("settings", "changed"),
    [
        ({"RPN_ANCHOR_STRIDE": 2}, {"anchors.spacing": 2}),
        ({"IMAGE_RESIZE_MODE": "pad64"}, {"molding.mode": "pad64"}),
        ({"IMAGE_MIN_DIM": None, "IMAGE_MIN_SCALE": None}, {"molding.min_dim": 0, "molding.min_scale": 0.0}),
        ({"DETECTION_MIN_CONFIDENCE": None}, {"detections.min_score": 0.0}),
        ({"IMAGE_CHANNEL_COUNT": 1, "MEAN_PIXEL": 43.5}, {"molding.mean": (43.5,)}),
        ({"MEAN_PIXEL": [1, 2, 3, 4]}, {"molding.mean": (1.0, 2.0, 3.0, 4.0)}),
        ({"TRAIN_BN": None}, {"backbone.norm_trainable": True}),
        ({"USE_MINI_MASK": False, "MINI_MASK_SHAPE": [56, 56]}, {"training.mini_mask": None}),
        ({"USE_MINI_MASK": True}, {"training.mini_mask": (56, 56)}),
        ({"MINI_MASK_SHAPE": [28, 28]}, {"training.mini_mask": (28, 28)}),
        ({"IMAGES_PER_GPU": 2, "GPU_COUNT": 4}, {"training.batch_size": 8}),
        ({"BATCH_SIZE": 3, "IMAGES_PER_GPU": 2, "GPU_COUNT": 4}, {"training.batch_size": 3}),
        ({"LOSS_WEIGHTS": {"mrcnn_mask_loss": 2}}, {"training.loss_weights": (1.0, 1.0, 1.0, 1.0, 2.0)}),
        ({"NUM_CLASSES": 3}, {"class_names": ("background", "class_1", "class_2")}),
        ({"CLASS_NAMES": ["BG", "cat", "dog"]}, {"class_names": ("BG", "cat", "dog")}),
        ({"CLASS_NAMES": ["cat", "dog"], "NUM_CLASSES": 3}, {"class_names": ("background", "cat", "dog")}),
    ],
)
def test_a_classic_key_changes_its_setting_and_no_other(settings: dict, changed: dict):
    assert load_config(settings) == classic().replace(**changed)


def test_num_classes_keeps_names_that_are_known():
    base = classic(("background", "cat", "dog"))
    assert load_config({"NUM_CLASSES": 3}, base).class_names == base.class_names
    assert load_config({"NUM_CLASSES": 4}, base).class_names[1] == "class_1"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"BACKBON": "resnet50"}, "unknown classic setting BACKBON: did you mean BACKBONE"),
        ({"BACKBONE": "resnet20"}, r"BACKBONE \(backbone\.architecture\): wanted one of resnet18, resnet34"),
        ({"BACKBONE": None}, "BACKBONE .*: wanted text, received None"),
        ({"USE_RPN_ROIS": False}, "USE_RPN_ROIS: wanted true, received False"),
        ({"TRAIN_BN": True}, "TRAIN_BN: wanted false .* or null"),
        ({"COMPUTE_BACKBONE_SHAPE": "<function>"}, "COMPUTE_BACKBONE_SHAPE: wanted null"),
        ({"MASK_SHAPE": [56, 56]}, r"MASK_SHAPE: wanted \[28, 28\], twice MASK_POOL_SIZE"),
        ({"IMAGE_CHANNEL_COUNT": 4}, "MEAN_PIXEL: wanted as many entries as IMAGE_CHANNEL_COUNT = 4"),
        ({"LOSS_WEIGHTS": {"mask_loss": 1}}, "unknown loss 'mask_loss'.*mrcnn_mask_loss"),
        ({"LOSS_WEIGHTS": [1, 1]}, "LOSS_WEIGHTS: wanted {name: weight}"),
        ({"NUM_CLASSES": 1}, "NUM_CLASSES: wanted at least 2"),
        ({"CLASS_NAMES": []}, "NUM_CLASSES: wanted at least 2"),
        ({"CLASS_NAMES": ["cat"], "NUM_CLASSES": 5}, "CLASS_NAMES: wanted 4 names .* received 1"),
        (
            {"RPN_NMS_THRESHOLD": 7},
            r"RPN_NMS_THRESHOLD \(proposals\.nms_threshold\): wanted a number from 0 to 1",
        ),
        ({"PRE_NMS_LIMIT": "many"}, "PRE_NMS_LIMIT .*: wanted a whole number, received 'many'"),
        ({"USE_MINI_MASK": "no"}, "USE_MINI_MASK: wanted true or false"),
    ],
)
def test_a_wrong_classic_setting_is_named_as_the_user_wrote_it(settings: dict, said: str):
    with pytest.raises(ValueError, match=said):
        load_config(settings)


def test_the_goldens_configuration_is_read(goldens: Path):
    config = load_config(goldens / "matterport_r50_256" / "config.json")
    assert config == classic(("background", "class_1", "class_2", "class_3"), "resnet50").replace(
        **{
            "molding.min_dim": 256,
            "molding.max_dim": 256,
            "detections.min_score": 0.3,
            "training.mini_mask": (56, 56),
            "training.batch_size": 1,
            "training.validation_steps": 10,
        }
    )
