"""Pages without scripts on a telephone, in the dark: no sideways scrolling, and the dark ground."""

import io

import numpy as np
import pytest
from PIL import Image

from benchmarks.weight_faults import healthy_weights
from maskrcnn_core.config import tiny
from maskrcnn_core.config.files import to_dict
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.evaluation.metrics.objects import objects_of_sample
from maskrcnn_core.evaluation.report.page import page as report_page
from maskrcnn_core.evaluation.report.walks import Walk
from maskrcnn_core.evaluation.run import Evaluation

LONG = "a_folder_with_a_long_name/" * 8 + "image.png"
WALK = Walk(f"maskrcnn walk {LONG} --output walk_1.html --weights shapes", "walk_1.html")


@pytest.fixture(scope="module")
def evaluation_page():
    """Give a report with worst cases of both kinds."""
    evaluation = Evaluation(Shapes.class_names)
    truth, other = Shapes(2, seed=3)
    found = objects_of_sample(other)
    found.scores[:] = 0.9
    evaluation.add(LONG, objects_of_sample(truth), found, truth.image)
    return report_page(evaluation.report({"weights": LONG}), {LONG: WALK})


@pytest.fixture(scope="module")
def explanation_page():
    """Give the page of an image with its objects and what was found."""
    from maskrcnn_core import load_model
    from maskrcnn_inspect.analysis.candidates.explanation import Explainer
    from maskrcnn_inspect.views.why.explanation_page import image_page

    sample = Shapes(1, seed=33)[0]
    explained = Explainer(load_model("shapes"), Shapes.class_names).explain(sample)
    return image_page(explained, sample.image, {"source": LONG}, WALK)


@pytest.fixture(scope="module")
def weights_page(tmp_path_factory):
    """Give the page of a file with a fault."""
    import h5py

    from maskrcnn_core.weights.formats.native import write_weights
    from maskrcnn_inspect.analysis.weights.checks import check_file
    from maskrcnn_inspect.views.weights.report import snapshot

    path, config = tmp_path_factory.mktemp("weights") / "a.h5", tiny(("background", "a"), width=8)
    arrays = healthy_weights(config)
    arrays["fpn.p2.kernel"][:] = np.nan
    with h5py.File(path, "w") as file:
        write_weights(file, arrays, to_dict(config), {})
    return snapshot(check_file(path), spectra=False)


@pytest.mark.parametrize("name", ["evaluation_page", "explanation_page", "weights_page"])
def test_a_page_fits_400_px_and_follows_the_dark(name, request, browser, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(request.getfixturevalue(name), encoding="utf-8")
    with browser.new_context(viewport={"width": 400, "height": 800}, color_scheme="dark") as context:
        page = context.new_page()
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == 400
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(20, 24, 29)"


def test_the_figures_on_weights_stand_on_the_ground_of_the_page(weights_page, browser, tmp_path):
    """A figure for a dark page is light ink on nothing; on a ground of its own it would be a white slab."""
    file = tmp_path / "page.html"
    file.write_text(weights_page, encoding="utf-8")
    for scheme, other, ground in (("dark", "light", (20, 24, 29)), ("light", "dark", (255, 255, 255))):
        with browser.new_context(color_scheme=scheme) as context:
            page = context.new_page()
            page.goto(file.as_uri())
            assert page.locator(f".mi-on-{other}:visible").count() == 0
            figures = page.locator(f".mi-on-{scheme}:visible")
            assert figures.count() >= 2
            pixels = np.asarray(Image.open(io.BytesIO(figures.first.screenshot())).convert("RGB"), int)
            assert (pixels[1, 1] == ground).all()
            assert (np.abs(pixels - ground).max(axis=2) > 120).any(), "ink"
