"""Figures, page and widget of a checkpoint. Numbers are tested in tests/analysis; here, that they are shown."""

import dataclasses
import html
import os
import re
import sys
from pathlib import Path

import h5py
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from benchmarks.weight_faults import healthy_weights
from maskrcnn_core.config import tiny
from maskrcnn_core.config.files import to_dict
from maskrcnn_core.weights.formats.native import write_weights
from maskrcnn_inspect.analysis.weights.checks import check_arrays, check_file
from maskrcnn_inspect.analysis.weights.difference import compare_arrays
from maskrcnn_inspect.views.weights import depth as weight_depth
from maskrcnn_inspect.views.weights import layer as weight_layer
from maskrcnn_inspect.views.weights import overview as weight_overview
from maskrcnn_inspect.views.weights import report as weights

pytestmark = pytest.mark.slow
NASTY = "<img src=x onerror=alert(1)>$\\frac$[red]"


def write(path, arrays, config):
    with h5py.File(path, "w") as file:
        write_weights(file, arrays, to_dict(config), {})
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Give a healthy file and a faulty one."""
    folder = tmp_path_factory.mktemp("weights")
    config = tiny(("background", "a", "b", "c"), width=8)
    arrays = healthy_weights(config)
    healthy = write(folder / "healthy.h5", arrays, config)
    faulty = {name: array.copy() for name, array in arrays.items()}
    faulty["fpn.p2.kernel"][0, 0, 0, :5] = np.nan
    faulty["rpn.conv_shared.kernel"][:] = 0
    faulty["mask_head.mask_conv2.kernel"] *= 1e-3
    faulty[f"{NASTY}.kernel"] = np.full((20, 3), np.nan, np.float32)
    return healthy, write(folder / "faulty.h5", faulty, config)


@pytest.fixture(scope="module")
def report(files):
    return check_file(files[1], spectra=True)


def texts(figure):
    figure.canvas.draw()
    return [text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))]


def drawn(figure):
    """Return the image that a notebook shows."""
    return figure._repr_png_()


def test_overview_has_a_row_a_layer_and_a_symbol_a_finding(report):
    found = texts(weights.figure(report))
    assert {"fpn.p2", "rpn.conv_shared", "non-finite", "zero or constant"} <= set(found)
    assert found.count("✖") == len(
        {(e.rule, e.layer) for e in report.findings if e.severity == "error" and e.layer}
    )
    assert found.count("▲") == len({(e.rule, e.layer) for e in report.findings if e.severity == "warning"})


def test_overview_joins_quiet_layers_of_a_large_network(report):
    rows = weight_overview.rows_of(report, many=10)
    assert [layer for row in rows for layer in row.layers] == list(report.layers)
    alone = {row.layers[0] for row in rows if len(row.layers) == 1}
    assert {e.layer for e in report.findings if e.severity != "info" and e.layer} <= alone
    assert len(rows) < len(report.layers)
    assert drawn(weight_overview.figure(report, many=10))


def test_a_cell_is_empty_where_the_rule_cannot_judge(report):
    assert weight_overview.cell(report, ["fpn.p3"], "gamma_collapsed") == (None, 0)
    assert weight_overview.cell(report, ["fpn.p3"], "non_finite") == ("sound", 0)
    assert weight_overview.cell(report, ["fpn.p2", "fpn.p3"], "non_finite") == ("error", 1)


def test_load_report_says_what_is_missing(report, files):
    assert "16 of 16" in " ".join(texts(weight_overview.loaded(report)))
    with h5py.File(files[0].with_name("part.h5"), "w") as part, h5py.File(files[0]) as whole:
        whole.copy("weights", part)
        part.attrs.update(whole.attrs)
        del part["weights/fpn.p2.kernel"], part["weights/fpn.p2.bias"]
    partial = check_file(files[0].with_name("part.h5"))
    assert "14 of 16   2 missing" in " ".join(texts(weight_overview.loaded(partial)))


@pytest.mark.parametrize(
    "layer", ["fpn.p2", "rpn.conv_shared", "backbone.bn_conv1", "mask_head.mask_deconv", NASTY]
)
def test_every_layer_can_be_drawn(files, layer):
    for figure in weights.layer_figures(files[1], layer, against=files[0]):
        assert drawn(figure)


def test_a_histogram_says_what_it_holds(files):
    arrays = weights.read_layer(files[1], "fpn.p2")
    found = texts(weight_layer.figure("fpn.p2", arrays))
    assert f"kernel, 3 x 3 x 32 x 32: all {arrays['kernel'].size:,} values" in found
    assert "✖ 5 not finite" in found


def test_first_filters_are_images_and_broken_ones_are_marked():
    kernel = np.random.default_rng(0).standard_normal((7, 7, 3, 20))
    kernel[0, 0, 0, 3] = np.nan
    figure = weight_layer.filters("backbone.conv1.kernel", kernel)
    images = [image.get_array() for axes in figure.axes for image in axes.images]
    assert len(images) == 20
    assert images[3][0, 0].tolist() == [1.0, 0.0, 1.0]
    assert drawn(weight_layer.filters("conv1.kernel", kernel[:, :, :1]))


@pytest.mark.parametrize("shape", [(40, 12), (12, 40), (64, 64)])
def test_random_spectrum_is_that_of_a_random_kernel(shape):
    kernel = np.random.default_rng(1).standard_normal(shape)
    sigma = np.linalg.svd(kernel, compute_uv=False)
    expected = weight_layer.random_spectrum(shape, sigma)
    np.testing.assert_allclose(expected, sigma, rtol=0.2, atol=0.08 * sigma[0])


def test_depth_and_changes_can_be_drawn(report):
    assert drawn(weight_depth.figure(report))
    arrays = {"fpn.p2.kernel": np.ones((3, 3)), "fpn.p3.kernel": np.full((3, 3), np.nan)}
    after = arrays | {"fpn.p2.kernel": np.arange(9.0).reshape(3, 3)}
    assert drawn(weight_depth.changes(compare_arrays(arrays, after)))
    assert drawn(weight_depth.changes(compare_arrays(arrays, arrays)))
    assert drawn(weight_depth.changes(compare_arrays({}, arrays)))
    assert drawn(weight_depth.figure(check_arrays({})))
    assert drawn(weight_overview.figure(check_arrays({})))


def test_page_is_whole_and_nothing_in_it_is_markup_or_loads_anything(report, files):
    page = weights.snapshot(report, files[0])
    for layer in report.layers:
        assert html.escape(layer) in page
    assert NASTY not in page and "<img src=x" not in page
    assert not re.search(
        r"<script|javascript:|<link|<iframe|\bon\w+=", re.sub(r"onerror=alert\(1\)", "", page)
    )
    assert not re.search(r"""(src|href)\s*=\s*["'](?!data:image/png;base64,|#layer-\d+)""", page)
    assert "default-src 'none'" in page


def test_the_page_does_not_say_nothing_found_where_there_are_hints(report):
    hints = tuple(each for each in report.findings if each.severity == "info")
    assert hints
    only_hints = weights.snapshot(dataclasses.replace(report, findings=hints), spectra=False)
    assert "Nothing found." not in only_hints
    assert "No errors and no warnings." in only_hints and f"Hints: {len(hints)}" in only_hints
    assert "Nothing found." in weights.snapshot(dataclasses.replace(report, findings=()), spectra=False)


def test_cells_of_the_page_lead_to_their_layers(report, files):
    page = weights.snapshot(report)
    targets = set(re.findall(r'href="#(layer-\d+)"', page))
    assert targets == {f"layer-{number}" for number in range(len(report.layers))}
    assert all(page.count(f'<section id="{target}">') == 1 for target in targets)


def test_page_reports_its_progress(report):
    steps = []
    weights.snapshot(report, spectra=False, progress=lambda layer, done, total: steps.append((done, total)))
    assert steps[-1] == (len(report.layers), len(report.layers))


def test_widget_starts_at_the_worst_finding_and_steps_in_network_order(files):
    widget = weights.widget(files[1], files[0], spectra=False)
    assert widget.layer == "fpn.p2"
    assert "✖" in dict((value, label) for label, value in widget.choice.options)["fpn.p2"]
    widget.step(1)
    assert widget.layer == "rpn.conv_shared"
    widget.step(-1)
    assert widget.layer == "fpn.p2"
    widget.layer = NASTY  # the last
    widget.step(1)
    assert widget.layer == next(layer for layer in widget.report.layers if widget.report.of_layer(layer))


def test_choosing_a_rule_leaves_its_layers(files):
    widget = weights.widget(files[1], spectra=False)
    widget.rule.value = "all_zero"
    assert [layer for _, layer in widget.choice.options] == ["rpn.conv_shared"]
    assert widget.layer == "rpn.conv_shared" and "zero or constant" in widget.words.value
    widget.layer = "fpn.p3"
    assert widget.layer == "fpn.p3" and len(widget.choice.options) == len(widget.report.layers)


def test_choosing_a_layer_shows_its_panels_and_escapes_its_name(files):
    widget = weights.widget(files[1], spectra=False)
    before = widget.images.children[0].value
    widget.layer = NASTY
    assert widget.images.children[0].value != before
    assert "<img" not in widget.words.value and html.escape("<img src=x") in widget.words.value


def test_a_healthy_file_has_a_widget_too(files):
    assert weights.widget(files[0], spectra=False).layer


def test_an_unknown_layer_is_refused(files):
    with pytest.raises(ValueError, match="wanted a layer"):
        weights.read_layer(files[0], "fpn.p9")


@pytest.mark.slow
def test_notebook_runs_from_top_to_bottom(files, monkeypatch):
    path = Path(__file__).resolve().parents[3] / "notebooks" / "inspect_weights.ipynb"
    monkeypatch.setenv("MASKRCNN_WEIGHTS", str(files[1]))
    monkeypatch.setenv("MASKRCNN_WEIGHTS_BEFORE", str(files[0]))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    notebook = nbformat.read(path, 4)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]
    kinds = [kind for output in shown for kind in output["data"]]
    assert kinds.count("image/png") == 6
    assert kinds.count("application/vnd.jupyter.widget-view+json") == 1
