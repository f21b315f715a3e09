"""The chooser: what a person picks is what all panels show; what is no image is said."""

from datetime import datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from maskrcnn_inspect.session import Session
from maskrcnn_inspect.views.framework.chooser import Chooser
from maskrcnn_inspect.views.stages.proposals import view as proposals

HOSTILE = "<img src=x onerror=alert(1)>.png"


def picked(content: bytes, name: str) -> tuple[dict, ...]:
    return ({"name": name, "type": "image/png", "size": len(content), "content": memoryview(content),
             "last_modified": datetime(2020, 1, 1)},)  # fmt: skip


def png(height: int, width: int) -> bytes:
    file = BytesIO()
    Image.fromarray(np.full((height, width, 3), 90, np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def session(shapes_session: Session) -> Session:
    return Session(shapes_session.base, shapes_session.model)


def test_a_chosen_file_is_what_every_panel_shows(session: Session):
    panel, chooser = proposals.widget(session), Chooser(session, "shapes")
    chooser.upload.value = picked(png(50, 70), HOSTILE)
    assert session.trace.shape("image.original") == (50, 70, 3)
    assert session.base is session.trace
    assert panel.problem.value == "" and len(session.trace["proposals.boxes"]) == int(
        panel.canvases[2].title.split()[0]
    )
    assert "&lt;img" in chooser.message.value and "<img" not in chooser.message.value


def test_a_file_that_is_no_image_is_said_and_nothing_changes(session: Session):
    chooser, before = Chooser(session, "shapes"), session.trace
    chooser.upload.value = picked(b"abc", "notes.png")
    assert "notes.png: wanted an image" in chooser.message.value and "BytesIO" not in chooser.message.value
    chooser.weights.value = "no_such_weights.h5"
    assert "there is no such file" in chooser.message.value
    assert session.trace is before


def test_the_sample_of_the_weights_is_one_click_away(session: Session):
    chooser = Chooser(session, "shapes")
    chooser.upload.value = picked(png(40, 40), "grey.png")
    chooser.sample.click()
    assert session.trace.shape("image.original") == (128, 128, 3)
    assert chooser.message.value.startswith("<p>sample:")


def test_without_a_model_the_chooser_says_so(session: Session):
    chooser = Chooser(Session(session.base), "shapes")
    chooser.sample.click()
    assert "no model" in chooser.message.value


def test_an_image_unlike_all_that_the_model_learned_from_is_an_alert(session: Session):
    from skimage import data

    chooser = Chooser(session, "shapes")
    assert "alert" not in chooser.message.value, "the sample"
    chooser.weights.value = "nuclei"
    file = BytesIO()
    Image.fromarray(data.astronaut()[:128, :128]).save(file, "PNG")
    chooser.upload.value = picked(file.getvalue(), HOSTILE)
    assert 'role="alert"' in chooser.message.value and "looks unlike" in chooser.message.value
    assert "<img" not in chooser.message.value
