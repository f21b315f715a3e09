"""The numbers kept in the repository: those of the full ones, and few enough for a clone."""

from pathlib import Path

import numpy as np

from tests.golden.reading import FUNCTIONS, MODEL, load
from tests.golden.thin import COPIED, thin_functions, thin_model, thinned

LIMIT = 15_000_000  # bytes


def test_a_clone_stays_small(goldens: Path):
    assert sum(path.stat().st_size for path in goldens.rglob("*") if path.is_file()) <= LIMIT


def test_what_is_kept_of_a_tensor_by_hand():
    tensor = np.arange(8, dtype=np.float32).reshape(1, 2, 4)
    kept = thinned(tensor, (1, 1, 2))
    assert kept["shape"].tolist() == [1, 2, 4]
    assert kept["sub"].tolist() == [[[0, 2], [4, 6]]]
    assert kept["stats"][[0, 1, 3, 4]].tolist() == [28, 3.5, 0, 7]
    assert kept["chan_mean"].tolist() == [2, 3, 4, 5]
    assert kept["pos_mean"].tolist() == [[1.5, 5.5]]


def test_what_is_kept_is_what_others_computed(shared: Path, goldens: Path):
    full = shared / "goldens"
    for name in COPIED:
        assert (goldens / name).read_bytes() == (full / name).read_bytes(), name
    for name, thin in (
        (f"{MODEL}/golden.npz", thin_model),
        (f"{FUNCTIONS}/golden_utils.npz", thin_functions),
    ):
        kept, wanted = load(goldens / name), thin(load(full / name))
        assert kept.keys() == wanted.keys()
        for key, array in kept.items():
            assert array.dtype == wanted[key].dtype
            np.testing.assert_array_equal(array, wanted[key], err_msg=key)
