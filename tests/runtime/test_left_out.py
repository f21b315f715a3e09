"""TensorFlow starts without matplotlib and SciPy, and Keras draws all the same."""

import subprocess
import sys

import pytest

from maskrcnn_core.runtime.left_out import left_out

DRAWS = """
import sys
from maskrcnn_core.runtime.quiet import import_tensorflow
import_tensorflow()
assert not {"matplotlib", "scipy"} & set(sys.modules), "their import is a third of a second of every start"
import keras, numpy
image = numpy.zeros((1, 8, 8, 3))
keras.visualization.plot_image_gallery(image, value_range=(0, 255), path="gallery.png")
from keras.src.visualization import plot_bounding_box_gallery as boxes
import matplotlib.patches
assert boxes.patches.Patch is matplotlib.patches.Patch
"""


def test_a_start_imports_neither_and_keras_draws_all_the_same(tmp_path):
    done = subprocess.run([sys.executable, "-c", DRAWS], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "gallery.png").read_bytes().startswith(b"\x89PNG")


def test_matplotlib_that_is_there_stays_there():
    import matplotlib

    with left_out():
        assert sys.modules["matplotlib"] is matplotlib


def test_it_can_be_imported_again_where_the_block_fails(monkeypatch):
    import matplotlib

    monkeypatch.delitem(sys.modules, "matplotlib")
    with pytest.raises(KeyError), left_out():
        with pytest.raises(ImportError):
            import matplotlib.pyplot
        raise KeyError
    assert "matplotlib" not in sys.modules
    monkeypatch.undo()
    assert sys.modules["matplotlib"] is matplotlib
