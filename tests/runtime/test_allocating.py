"""Inference takes the memory of tensors from the system, training TensorFlow's way, and a user's word stands."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from maskrcnn_core.runtime import allocating
from maskrcnn_core.weights import loading

CHOOSE = """
import json, os, sys
from maskrcnn_core.runtime import allocating
for kind in sys.argv[1:]:
    allocating.apply(kind)
print(json.dumps({name: os.environ.get(name) for name in (allocating.VARIABLE, allocating.MARK)}))
"""
MALLOC = """
from maskrcnn_core.runtime import allocating, memory
import ctypes, resource
allocating.apply("inference")
malloc, free = (getattr(ctypes.CDLL(None), name) for name in ("malloc", "free"))
malloc.restype, malloc.argtypes, free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="glibc is Linux' own")


def chosen(*kinds, **environment):
    """Return the variable and its mark after ``apply`` of ``kinds`` in a process without TensorFlow."""
    names = (allocating.VARIABLE, allocating.MARK, *allocating.SAID)
    clean = {name: value for name, value in os.environ.items() if name not in names}
    words = [sys.executable, "-c", CHOOSE, *kinds]
    done = subprocess.run(words, env=clean | environment, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return found[allocating.VARIABLE], found[allocating.MARK]


def run_beside_malloc(script):
    """Run a script that has ``malloc`` and ``free`` as they are after ``apply``; what it asserts has to hold."""
    clean = {name: value for name, value in os.environ.items() if name not in allocating.SAID}
    subprocess.run([sys.executable, "-c", MALLOC + script], env=clean, check=True)


@linux
def test_inference_takes_memory_from_the_system_and_training_does_not():
    assert chosen("inference") == ("1", "inference")
    assert chosen("training") == (None, None)


@linux
def test_a_training_that_a_detection_started_chooses_anew():
    assert chosen("inference", "training") == (None, None)


@pytest.mark.parametrize("word", ["0", "1"])
def test_a_users_word_stands(word):
    assert chosen("inference", "training", **{allocating.VARIABLE: word}) == (word, None)


def test_once_tensorflow_is_there_nothing_is_chosen(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", object())
    monkeypatch.delenv(allocating.VARIABLE, raising=False)
    monkeypatch.delenv(allocating.MARK, raising=False)
    allocating.apply("inference")
    assert allocating.VARIABLE not in os.environ


@linux
def test_large_blocks_go_back_to_the_system_at_once():
    script = """
size = 2 * allocating.LARGE
# glibc's own rule would raise its limit with each block that is freed, and then keep blocks of that size
for _ in range(3):
    free(malloc(size))
before = memory.resident()
blocks = [malloc(size) for _ in range(10)]
for block in blocks:
    ctypes.memset(block, 1, size)
assert memory.resident() - before > 9 * size
last = blocks.pop()  # what is above them is in use
for block in blocks:
    free(block)
assert memory.resident() - before < 2 * size
"""
    run_beside_malloc(script)


@linux
def test_what_a_run_on_a_small_image_frees_is_kept_for_the_next():
    script = """
size = 12 * allocating.LARGE

def pages_handed_out():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = malloc(size)
    ctypes.memset(block, 1, size)
    free(block)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

before = memory.resident()
allocating.suit(allocating.SMALL)
pages_handed_out()
assert memory.resident() - before > 0.9 * size and pages_handed_out() < 100
allocating.suit(allocating.SMALL + 1)
free(malloc(2**20))  # what is kept goes with the next that is freed
assert memory.resident() - before < 0.1 * size and pages_handed_out() > size / 2**16 - 100
"""
    run_beside_malloc(script)


def test_what_is_kept_goes_back_every_so_many_runs_on_small_images(monkeypatch):
    given = []
    monkeypatch.setattr(allocating, "_told", dict(allocating.KEEPING))
    monkeypatch.setattr(allocating, "_kept", [0])
    monkeypatch.setattr(allocating, "_tell", allocating._told.update)
    monkeypatch.setattr(allocating, "give_back", lambda: given.append(allocating._kept[0]))
    for pixels in [1] * (2 * allocating.OFTEN) + [allocating.SMALL + 1] * allocating.OFTEN:
        allocating.suit(pixels)
    assert given == [allocating.OFTEN, 2 * allocating.OFTEN]


def test_the_size_of_an_image_changes_nothing_where_glibc_was_told_nothing(monkeypatch):
    monkeypatch.setattr(allocating, "_told", {})
    monkeypatch.setattr(allocating, "_tell", lambda options: pytest.fail(f"told {options}"))
    allocating.suit(1)
    allocating.suit(allocating.SMALL + 1)


def test_no_frame_that_importing_tensorflow_was_called_from_holds_the_weights(monkeypatch):
    """Errors that the import meets are kept by the libraries, and with them the frames below."""
    frames = []

    def imported():
        frame = sys._getframe(1)
        while frame is not None:
            frames.append(frame)
            frame = frame.f_back

    monkeypatch.setattr(loading, "import_tensorflow", imported)
    loading.load_model("shapes")
    assert frames[0].f_code.co_name == "load_model"
    held = [value for value in frames[0].f_locals.values() if isinstance(value, dict)]
    assert not any(isinstance(one, np.ndarray) for value in held for one in value.values())
