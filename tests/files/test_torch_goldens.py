"""Files that PyTorch itself wrote, and what it reads in them."""

from pathlib import Path

import numpy as np
import pytest

from maskrcnn_core.files.torch import open_state_dict

GOLDENS = Path(__file__).resolve().parents[1] / "golden" / "data" / "torch_files"
WHOLE = [
    "state_dict_zip.pth",
    "state_dict_legacy.pth",
    "checkpoint_detectron2.pth",
    "checkpoint_mmdet_dataparallel.pth",
    "model_zoo.pkl",
    "python2_names.pkl",
    "state_dict.safetensors",
]


@pytest.fixture(scope="module")
def expected() -> dict[str, np.ndarray]:
    with np.load(GOLDENS / "expected.npz") as stored:
        return dict(stored)


def check(path: Path, expected: dict[str, np.ndarray]) -> None:
    with open_state_dict(path) as weights:
        assert set(weights.names) == set(expected)
        for name, wanted in expected.items():
            array = weights.read(name)
            assert (array.shape, array.dtype) == weights.names[name] == (wanted.shape, wanted.dtype)
            assert array.flags.c_contiguous and array.flags.writeable and array.dtype.isnative
            np.testing.assert_array_equal(array, wanted)


@pytest.mark.parametrize("name", WHOLE)
def test_arrays_are_those_that_torch_saved(name: str, expected: dict[str, np.ndarray]):
    check(GOLDENS / name, expected)


def test_parameters_are_tensors(expected: dict[str, np.ndarray]):
    floating = {name: array for name, array in expected.items() if array.dtype.kind == "f"}
    check(GOLDENS / "parameters.pth", floating)


@pytest.mark.parametrize("name", WHOLE)
def test_the_content_tells_the_format(name: str, expected: dict[str, np.ndarray], tmp_path: Path):
    renamed = tmp_path / "weights.h5"
    renamed.write_bytes((GOLDENS / name).read_bytes())
    check(renamed, expected)


def test_what_lies_beside_the_weights_is_told():
    with open_state_dict(GOLDENS / "checkpoint_mmdet_dataparallel.pth") as weights:
        assert weights.place == "state_dict"
        assert weights.metadata["meta"]["CLASSES"] == ("cat", "dog")
    with open_state_dict(GOLDENS / "checkpoint_detectron2.pth") as weights:
        assert weights.place == "model"
        assert weights.metadata["iteration"] == 4999
        assert weights.skipped == ("optimizer",)
    with open_state_dict(GOLDENS / "state_dict_zip.pth") as weights:
        assert (weights.place, weights.metadata, weights.skipped) == ("", {}, ())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hostile_code.pth", "received 'posix.system', which is neither imported nor run"),
        ("hostile_code.pkl", "received 'posix.system', which is neither imported nor run"),
        ("whole_module.pth", r"received 'torch.nn.modules.linear.Linear'.*save\(model.state_dict\(\)"),
        ("cut.pth", "the file is cut"),
        ("README.md", "wanted a PyTorch checkpoint"),
        ("expected.npz", "wanted a zip archive of torch.save"),
    ],
)
def test_other_files_are_refused_in_words_and_nothing_runs(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    pwned = Path("/tmp/pwned_by_pickle")  # what the hostile ones would make
    before = pwned.exists()
    with pytest.raises(ValueError, match=said) as raised:
        open_state_dict(GOLDENS / name)
    assert name in str(raised.value)
    assert pwned.exists() == before
    assert list(tmp_path.iterdir()) == []
