"""Trace files: what was saved is loaded; what is no trace is refused; TensorFlow is not needed."""

import subprocess
import sys

import h5py
import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.files.h5_sums import checksum
from maskrcnn_core.recording.trace import Trace


@pytest.fixture
def trace() -> Trace:
    made = Trace(config=tiny(("background", "<b>cat</b>")))
    made("anchors.boxes", np.arange(8, dtype=np.float32).reshape(2, 4))
    made("rpn.scores", np.array([0.5, np.nan], np.float32))
    made("pasting.masks", np.zeros((3, 5, 4), bool))
    made("pasting.boxes", np.zeros((3, 4), np.int32))
    made("molding.scale", np.float32(2))
    made("detections.scores", np.zeros(3, np.float32))
    made.attributes["image"] = "photo.jpg"
    return made


@pytest.mark.parametrize(("chunks", "sound"), [(344, True), (345, False)])
def test_masks_may_be_packed_as_well_as_deflate_can(trace, tmp_path, chunks, sound):
    # three masks, of which one chunk of 32 kB is stored: 1032 to 1 is read, 1035 to 1 is not
    trace.save(tmp_path / "t.h5")
    with h5py.File(tmp_path / "t.h5", "r+") as file:
        del file["pasting/masks"]
        masks = file.create_dataset("pasting/masks", (3, chunks * 128, 256), bool, chunks=(1, 128, 256))
        masks[0, :128] = True
    if sound:
        with Trace.load(tmp_path / "t.h5") as loaded:
            assert loaded.shape("pasting.masks") == (3, chunks * 128, 256)
    else:
        with pytest.raises(
            ValueError, match=rf"pasting\.masks: claims {3 * chunks * 2**15} bytes and stores {2**15}"
        ):
            Trace.load(tmp_path / "t.h5")


def test_what_was_saved_is_loaded_bit_by_bit(trace, tmp_path):
    trace.save(tmp_path / "t.h5")
    with Trace.load(tmp_path / "t.h5") as loaded:
        assert list(loaded) == list(trace)
        assert loaded.config == trace.config
        assert loaded.attributes == {"image": "photo.jpg"}
        for name, value in trace.items():
            np.testing.assert_array_equal(loaded[name], value)
            assert loaded[name].dtype == value.dtype


def test_datasets_say_axes_unit_and_frame(trace, tmp_path):
    trace.save(tmp_path / "t.h5")
    with h5py.File(tmp_path / "t.h5") as file:
        told = dict(file["anchors/boxes"].attrs)
        assert told.pop("crc32") == checksum(trace["anchors.boxes"])
        assert told == {"axes": "A yxyx", "unit": "px", "frame": "molded"}


def test_a_failed_save_leaves_the_older_file_whole(trace, tmp_path):
    trace.save(tmp_path / "t.h5")
    before = (tmp_path / "t.h5").read_bytes()
    trace.update({"rpn.deltas": np.full((2, 4), object())})
    with pytest.raises(TypeError):
        trace.save(tmp_path / "t.h5")
    assert (tmp_path / "t.h5").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["t.h5"]


def test_a_file_cut_short_is_refused_in_words(trace, tmp_path):
    trace.save(tmp_path / "t.h5")
    content = (tmp_path / "t.h5").read_bytes()
    (tmp_path / "t.h5").write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="truncated or damaged"):
        Trace.load(tmp_path / "t.h5")


def spoil(path, change):
    with h5py.File(path, "r+") as file:
        change(file)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.attrs.__setitem__("format", "other"), "another kind"),
        (lambda f: f.attrs.__setitem__("version", 99), "version 1, received"),
        (lambda f: f.create_dataset("anchors/speed", data=[1.0]), "is no tensor"),
        (lambda f: f.create_dataset("loose", data=[1.0]), "groups of tensors"),
        (lambda f: f["rpn"].__setitem__("logits", h5py.ExternalLink("/etc/passwd", "/x")), "another file"),
        (
            lambda f: f["rpn"].create_dataset("deltas", shape=(10**9, 4), dtype="f4", chunks=(4096, 4)),
            "claims",
        ),
        (lambda f: f["rpn"].create_dataset("logits", data=[b"text"]), "wanted"),
        (lambda f: f["rpn"].create_dataset("deltas", data=np.zeros((2, 2, 2))), "wanted axes"),
    ],
)
def test_hostile_and_foreign_files_are_refused_in_words(trace, tmp_path, change, words):
    trace.save(tmp_path / "t.h5")
    spoil(tmp_path / "t.h5", change)
    with pytest.raises(ValueError, match=words):
        Trace.load(tmp_path / "t.h5")


def test_opening_a_trace_needs_no_tensorflow(trace, tmp_path):
    trace.save(tmp_path / "t.h5")
    code = (
        "import sys; from maskrcnn_core import Trace; "
        f"t = Trace.load({str(tmp_path / 't.h5')!r}); t['anchors.boxes']; sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_closed_trace_says_so(trace, tmp_path):
    trace.save(tmp_path / "t.h5")
    loaded = Trace.load(tmp_path / "t.h5")
    loaded.close()
    with pytest.raises(ValueError, match="record the trace again"):
        loaded["rpn.scores"]
