"""What an export says of itself is what an engine works with."""

from types import SimpleNamespace

import numpy as np
import pytest

from maskrcnn_core.config import classic, tiny, torchvision_v1
from maskrcnn_core.exporting.describing import describe, described, preprocessing
from maskrcnn_core.weights.image_statistics import ImageStatistics

STATISTICS = ImageStatistics(np.ones(3, np.float32), np.eye(3, dtype=np.float32), np.asarray(4, np.float32))


def test_what_is_said_is_understood():
    config = tiny(("background", "Zelle \U0001f9ec")).replace(**{"detections.min_score": 0.25})
    model = SimpleNamespace(config=config, image_statistics=STATISTICS, provenance={"weights": "nuclei"})
    texts = describe(model, "network", "ab" * 32)
    said = described(texts)
    assert (said.part, said.config, said.weights) == ("network", config, "ab" * 32)
    np.testing.assert_array_equal(said.image_statistics.covariance, STATISTICS.covariance)
    assert texts["licence"] == "Apache-2.0"


def test_an_export_of_another_program_is_refused():
    with pytest.raises(ValueError, match="wanted an export of `maskrcnn export`"):
        described({"producer": "somebody"})


@pytest.mark.parametrize("missing", ["config", "part", "weights_sha256"])
def test_a_text_that_is_missing_is_said(missing: str):
    model = SimpleNamespace(config=tiny(), image_statistics=None, provenance={})
    texts = describe(model, "network", "")
    del texts[missing]
    with pytest.raises(ValueError, match="export again"):
        described(texts)


def test_preprocessing_is_told_in_words():
    words = preprocessing(classic().molding, "detector")
    assert "inside the graph" in words and "1024 x 1024" in words and "minus 123.7, 116.8, 103.9" in words
    words = preprocessing(torchvision_v1().molding, "network")
    assert "before the graph" in words and "divided by 255" in words and "multiples of 32" in words
