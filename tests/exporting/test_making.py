"""The whole detector in ONNX, for a model whose ROIAlign is adaptive. Classic ones: tests/commands/test_export.py."""

from pathlib import Path

import numpy as np
import skimage.data

from maskrcnn_core.exporting.making import Wanted, certified, make_onnx
from maskrcnn_core.exporting.runner import OnnxRuntime
from tests.model_fixtures import thin_preset


def test_a_detector_of_detectron2_computes_in_onnx_what_it_does_here(tmp_path: Path):
    model, wanted = thin_preset("detectron2"), Wanted(keep=("box_roi.*", "mask_roi.*"))
    path = tmp_path / "detector.onnx"
    path.write_bytes(make_onnx(model, wanted, "of no file").SerializeToString())
    image = np.ascontiguousarray(skimage.data.astronaut()[::6, ::6])
    found = certified(OnnxRuntime(path), model, wanted, [image])
    assert {"box_roi.pooled", "mask_roi.pooled", "pasting.masks"} <= {each.name for each in found}
    for each in found:
        assert each.rows > 20 and each.apart == 0 and each.largest < 1e-5, each
