"""Exports in the cache: found by the weights' hash, and used only where they are what was certified."""

import json
import os
import time
from pathlib import Path

import pytest

from maskrcnn_core.config import classic
from maskrcnn_core.exporting.certify import Difference
from maskrcnn_core.exporting.stored import RUNTIME, find_export, fixed_part, keep_export
from maskrcnn_core.files import hashes

WEIGHTS, CONFIG = "ab" * 32, classic()
OUTPUTS = ("detections.boxes", "detections.scores")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def kept() -> Path:
    return keep_export(
        b"a graph", WEIGHTS, CONFIG, OUTPUTS, "onnxruntime", [Difference("rpn.scores", 1e-6, 3, 0)]
    )


def test_what_was_kept_is_found(kept: Path):
    assert find_export(WEIGHTS, CONFIG, OUTPUTS[:1], "onnxruntime") == kept
    assert (
        find_export(WEIGHTS, CONFIG, OUTPUTS[:1], "openvino") is None
    )  # it was not held against TensorFlow there
    assert kept.read_bytes() == b"a graph"


def test_settings_that_are_inputs_may_be_others(kept: Path):
    changed = CONFIG.replace(
        **{"detections.min_score": 0.05, "pasting.threshold": 0.4, "molding.max_dim": 512}
    )
    assert find_export(WEIGHTS, changed, OUTPUTS, "onnxruntime") == kept


@pytest.mark.parametrize(
    ("weights", "settings", "outputs"),
    [
        ("cd" * 32, {}, OUTPUTS),
        (WEIGHTS, {"box_roi.sampling": "cells"}, OUTPUTS),
        (WEIGHTS, {}, (*OUTPUTS, "fpn.p2")),
    ],
)
def test_an_export_of_other_weights_settings_or_outputs_is_not_found(weights, settings, outputs, kept: Path):
    assert find_export(weights, CONFIG.replace(**settings), outputs, "onnxruntime") is None


def test_a_file_that_was_exchanged_is_not_used(kept: Path):
    kept.write_bytes(b"another graph")
    assert find_export(WEIGHTS, CONFIG, OUTPUTS, "onnxruntime") is None


def test_a_file_exchanged_for_one_of_the_same_size_and_time_is_not_used(kept: Path, monkeypatch):
    monkeypatch.setattr(hashes, "LEAST", 0)
    monkeypatch.setattr(hashes, "time_ns", lambda: time.time_ns() + 3 * 10**9)
    assert find_export(WEIGHTS, CONFIG, OUTPUTS, "onnxruntime") == kept  # its hash is remembered now
    before = kept.stat()
    time.sleep(0.02)  # more than a tick of the clock of file systems
    kept.write_bytes(b"b graph")
    os.utime(kept, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert find_export(WEIGHTS, CONFIG, OUTPUTS, "onnxruntime") is None


@pytest.mark.parametrize(
    "content",
    ["", "[]", "[" * 100_000, '{"format": "maskrcnn-certified"}', "\udc80", "null", '{"outputs": [1]}'],
)
def test_a_certificate_that_is_none_is_passed_over(content: str, kept: Path):
    kept.with_suffix(".onnxruntime.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert find_export(WEIGHTS, CONFIG, OUTPUTS, "onnxruntime") is None


def test_a_certificate_with_a_configuration_that_is_none_is_passed_over(kept: Path):
    certificate = kept.with_suffix(".onnxruntime.json")
    content = json.loads(certificate.read_text()) | {"config": {"no_such": {"field": 1}}}
    certificate.write_text(json.dumps(content))
    assert find_export(WEIGHTS, CONFIG, OUTPUTS, "onnxruntime") is None


def test_the_inputs_are_the_settings_that_a_compiled_network_takes():
    from maskrcnn_core.pipeline.specs import RUNTIME as COMPILED

    assert set(RUNTIME) == set(COMPILED)
    assert fixed_part(CONFIG) == fixed_part(CONFIG.replace(**{"proposals.top_k": 7}))
