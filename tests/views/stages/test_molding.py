"""Preprocessing: two frames, the same places."""

import numpy as np
import pytest

from maskrcnn_core.config import Config, Molding, tiny
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.molding import layout
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.stages.molding import formulas as molding_formulas
from maskrcnn_inspect.views.stages.molding import view as molding

NOTHING = Selection()


@pytest.fixture
def wide():
    """Give the trace of 90 x 200 px made to fit 128: 58 rows of them, 35 rows of padding above and below."""
    from maskrcnn_core.stages.molding import mold

    config = tiny(("background", "thing"))
    image = np.random.default_rng(3).integers(0, 256, (90, 200, 3), np.uint8)
    trace = Trace(config=config)
    trace("image.original", image)
    mold(image, config.molding, tap=trace)
    return trace


def layer(scene, name):
    return next(one for one in scene.layers if one.name == name)


def test_places_by_hand(wide):
    laid = molding_formulas.laid_out(wide)
    assert (laid.content, laid.offset) == ((58, 128), (35, 0))
    np.testing.assert_allclose(
        molding_formulas.to_molded(np.array([[45.0, 100.0], [0, 0]]), laid), [[64, 64], [35, 0]]
    )


def test_to_image_inverts_to_molded(wide):
    laid, places = molding_formulas.laid_out(wide), np.array([[0.0, 0], [12.5, 199], [90, 200], [45, 1]])
    np.testing.assert_allclose(
        molding_formulas.to_image(molding_formulas.to_molded(places, laid), laid), places, atol=1e-4
    )


def test_a_place_of_either_frame_is_the_same_place(wide):
    laid = molding_formulas.laid_out(wide)
    of_image, of_molded = (
        molding_formulas.places_of(laid, ("image", 45, 100)),
        molding_formulas.places_of(laid, ("molded", 64, 64)),
    )
    np.testing.assert_allclose(of_image[0], of_molded[0])
    assert len(of_image) == 5
    np.testing.assert_array_equal(of_image[4], [89.5, 199.5])


def test_scenes_show_what_was_recorded(wide):
    original, molded, read = molding.draw(wide, NOTHING)
    np.testing.assert_array_equal(original.image, wide["image.original"])
    mean = np.asarray(wide.config.molding.mean, np.float32)
    np.testing.assert_array_equal(molded.image, np.rint(wide["molding.image"] + mean).astype(np.uint8))
    np.testing.assert_array_equal(layer(read, "input").values, np.moveaxis(wide["molding.image"], -1, 0))
    assert layer(read, "input").values.min() < 0  # nothing is clipped at 0
    np.testing.assert_array_equal(layer(molded, "window").boxes, [[35, 0, 93, 128]])
    assert (original.image[20, 30] == wide["image.original"][20, 30]).all()


def test_the_scale_is_told_as_it_came_about(wide):
    lines = molding_formulas.explain(wide, NOTHING)
    assert "scale = max(1, 128 / 90) = 1.422" in lines[0]
    assert "200 * 1.422 > 128: scale = 128 / 200 = 0.64" in lines[1]
    assert "window fills 45%" in lines[2] and "35 above, 35 below" in lines[3]


def test_a_pixel_is_told_in_both_frames(wide):
    lines = molding_formulas.explain(wide, NOTHING, place=("molded", 64.5, 64.5))
    red, green, blue = wide["image.original"][45, 100]
    assert f"image pixel (45, 100): grey levels {red} {green} {blue}" in lines[-2]
    read = wide["molding.image"][64, 64]
    assert f"= {read[0]:.4g} {read[1]:.4g} {read[2]:.4g}" in lines[-1]
    assert "outside the image: padding" in molding_formulas.explain(wide, NOTHING, place=("molded", 3, 3))[-2]


@pytest.mark.parametrize(
    ("settings", "size", "words"),
    [
        (Molding(mode="none"), (64, 64), "mode none"),
        (Molding(mode="pad64", min_dim=800, min_scale=2.0), (600, 500), "max(max(1, 800 / 500), 2) = 2"),
        (Molding(mode="pad64", min_dim=0), (600, 500), "scale = 1 = 1"),
    ],
)
def test_every_mode_tells_its_scale(settings, size, words):
    trace = Trace(config=Config(molding=settings))
    lines = molding_formulas._scale_lines(trace, layout(size, settings))
    assert words in lines[0]


def test_large_images_are_read_at_every_nth_pixel(changed):
    image = np.random.default_rng(0).normal(size=(400, 300, 3)).astype(np.float32)
    scene = molding.network_input(changed(molding__image=image))
    np.testing.assert_array_equal(layer(scene, "input").values[1], image[::3, ::3, 1])
    assert layer(scene, "input").extent == (0, 0, 402, 300)
    assert "one pixel of 3 x 3" in scene.title


def test_one_channel_needs_no_slider():
    config = tiny(("background", "thing")).replace(**{"molding.mean": (10.0,)})
    trace = Trace(config=config)
    trace("image.original", np.zeros((1, 1, 1), np.uint8))
    trace("molding.image", np.full((128, 128, 1), -10, np.float32))
    trace("molding.window", np.array([0, 0, 128, 128], np.float32))
    trace("molding.scale", np.float32(128))
    shown = molding.draw(trace, NOTHING)
    assert shown[2].frames is None
    [one.canvas() for one in shown]  # one pixel is an image too
    assert any("128 / 1" in line for line in molding_formulas.explain(trace, NOTHING))


def test_nan_of_an_edited_trace_is_black_and_hatched(shapes_session, changed):
    image = shapes_session.base["molding.image"].copy()
    image[5, 6] = np.nan
    _, molded, read = molding.draw(changed(molding__image=image), NOTHING)
    assert (molded.image[5, 6] == 0).all()
    assert np.isnan(layer(read, "input").values[:, 5, 6]).all()


def test_a_click_moves_the_place_in_both_images(own_session):
    panel = molding.widget(own_session)
    assert panel.problem.value == ""
    panel.canvases[1].point = [20.5, 30.5]
    for canvas in panel.canvases[:2]:
        np.testing.assert_allclose(layer(canvas, "places").points[0], [20.5, 30.5])
    assert "image y 20.5, x 30.5" in panel.formula.value
    own_session.select(detection=1)
    assert "detection 1:" in panel.formula.value
    assert panel.canvases[0].selected["detections"] == 1


def test_without_detections_the_places_remain(without):
    trace = without("detections.boxes", "pasting.boxes", "truth.boxes")
    assert [one.name for one in molding.draw(trace, NOTHING)[1].layers] == ["window", "places"]


def test_what_is_missing_is_said(without):
    panel = molding.widget(Session(without("molding.image")))
    assert "molding.image was not recorded" in panel.problem.value
    assert "molding.image was not recorded" in molding.snapshot(Session(without("molding.image")))[-1]


def test_figure_names_frame_and_unit(wide):
    titles = [axes.get_title(loc="left") for axes in molding.figure(wide).axes]
    assert titles == ["original, 200 x 90 image px", "preprocessed, 128 x 128 px, scale 0.640, mode square"]
