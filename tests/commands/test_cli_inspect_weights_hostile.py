"""`maskrcnn inspect-weights` on files that are broken or mean harm: one message, little memory, nothing else opened."""

import os
import resource
import subprocess
import sys

import h5py
import numpy as np
import pytest

from benchmarks.weight_faults import healthy_weights
from maskrcnn_core.config import tiny
from maskrcnn_core.config.files import to_dict
from maskrcnn_core.weights.formats.native import write_weights

CONFIG = tiny(("background", "a", "b", "c"), width=8)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Give a file that can be read."""
    path = tmp_path_factory.mktemp("weights") / "sound.h5"
    with h5py.File(path, "w") as file:
        write_weights(file, healthy_weights(CONFIG), to_dict(CONFIG), {})
    return path


def truncated(path, sound, outside):
    path.write_bytes(sound.read_bytes()[:50_000])


def empty(path, sound, outside):
    path.write_bytes(b"")


def renamed_image(path, sound, outside):
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)


def foreign(path, sound, outside):
    """Write what Keras 3 saves as .weights.h5."""
    with h5py.File(path, "w") as file:
        file["layers/conv2d/vars/0"] = np.zeros((3, 3, 3, 8))


def external_link(path, sound, outside):
    path.write_bytes(sound.read_bytes())
    with h5py.File(path, "r+") as file:
        del file["weights/fpn.p2.kernel"]
        file["weights/fpn.p2.kernel"] = h5py.ExternalLink(str(outside), "/x")


def external_storage(path, sound, outside):
    path.write_bytes(sound.read_bytes())
    with h5py.File(path, "r+") as file:
        del file["weights/fpn.p2.bias"]
        file["weights"].create_dataset("fpn.p2.bias", (32,), "f4", external=[(str(outside), 0, 128)])


def virtual(path, sound, outside):
    path.write_bytes(sound.read_bytes())
    with h5py.File(path, "r+") as file:
        del file["weights/fpn.p2.bias"]
        layout = h5py.VirtualLayout((32,), "f4")
        layout[:] = h5py.VirtualSource(str(outside), "x", (32,))
        file["weights"].create_virtual_dataset("fpn.p2.bias", layout)


def cycle(path, sound, outside):
    path.write_bytes(sound.read_bytes())
    with h5py.File(path, "r+") as file:
        del file["weights/fpn.p2.kernel"]
        file["weights/fpn.p2.kernel"] = file["weights"]


def giant(path, sound, outside):
    path.write_bytes(sound.read_bytes())
    with h5py.File(path, "r+") as file:
        del file["weights/fpn.p2.kernel"]
        file["weights"].create_dataset("fpn.p2.kernel", (1 << 20, 1 << 20), "f4", chunks=(64, 64))


def packed(path, sound, outside):
    """Write 1 GB of zeros in a megabyte."""
    path.write_bytes(sound.read_bytes())
    with h5py.File(path, "r+") as file:
        del file["weights/fpn.p2.kernel"]
        made = file["weights"].create_dataset(
            "fpn.p2.kernel", (16, 1 << 24), "f4", chunks=(1, 1 << 20), compression="gzip"
        )
        for row in range(16):
            made[row] = 0


def many_names_of_one(path, sound, outside):
    path.write_bytes(sound.read_bytes())
    with h5py.File(path, "r+") as file:
        big = file["weights"].create_dataset("big.kernel", data=np.random.default_rng(0).random((1000, 1000)))
        for number in range(200):
            file[f"weights/copy{number}.kernel"] = big


def text_instead_of_numbers(path, sound, outside):
    path.write_bytes(sound.read_bytes())
    with h5py.File(path, "r+") as file:
        del file["weights/fpn.p2.kernel"]
        file["weights/fpn.p2.kernel"] = ["no", "numbers"]


HARM = [
    truncated, empty, renamed_image, foreign, external_link, external_storage, virtual, cycle, giant, packed,
    many_names_of_one, text_instead_of_numbers,
]  # fmt: skip


@pytest.mark.parametrize("make", HARM, ids=lambda make: make.__name__)
def test_a_file_that_cannot_be_read_gives_2_one_message_and_opens_nothing_else(make, sound, tmp_path):
    outside, path = tmp_path / "outside.h5", tmp_path / f"{make.__name__}.h5"
    with h5py.File(outside, "w") as file:
        file["x"] = np.ones(32, np.float32)
    make(path, sound, outside)
    outside.unlink()
    os.mkfifo(outside)  # whoever opens it waits for ever
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from maskrcnn_core import cli; cli.main(['inspect-weights', {str(path)!r}])",
        ],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (2**30, 2**30)),
        timeout=120,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert path.name in done.stderr and "Traceback" not in done.stderr and done.stdout == ""
