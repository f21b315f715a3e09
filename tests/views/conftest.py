"""One image of the shapes model, traced once with its ground truth, for all tests of views."""

from collections.abc import Callable, Iterator

import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.samples import UNSEEN_SEED
from maskrcnn_inspect.session import Session
from tests.forks import Forks

# all that draws a saved trace
IMPORTS = """
import sys
from maskrcnn_inspect import views
from maskrcnn_inspect.canvas import page
from maskrcnn_inspect.session import Session
views.all_views()
"""


@pytest.fixture(scope="session")
def shapes_session(shapes_model) -> Session:
    """Give a live session with ground truth. Read-only: a test that changes anything makes its own on model and
    trace."""
    sample = Shapes(count=10, seed=UNSEEN_SEED)[3]
    return Session.run(shapes_model, sample.image, sample)


@pytest.fixture
def own_session(shapes_session) -> Session:
    """Give a session of one's own on the same model and trace."""
    return Session(shapes_session.base, shapes_session.model, shapes_session.truth)


@pytest.fixture
def without(shapes_session):
    """Give a maker of the same trace that lacks the tensors named."""

    def make(*names: str) -> Trace:
        trace = Trace(config=shapes_session.base.config)
        trace.update({name: value for name, value in shapes_session.base.items() if name not in names})
        return trace

    return make


@pytest.fixture
def changed(shapes_session):
    """Give a maker of the same trace with tensors put in the place of the recorded ones."""

    def make(**tensors) -> Trace:
        trace = Trace(config=shapes_session.base.config)
        trace.update({**shapes_session.base, **{name.replace("__", "."): t for name, t in tensors.items()}})
        return trace

    return make


@pytest.fixture(scope="session")
def no_detections(shapes_session) -> Trace:
    """Give the trace of the same image on which nothing is reported."""
    return shapes_session.model.replay(shapes_session.base, **{"detections.min_score": 1.0})


@pytest.fixture(scope="session")
def no_proposals(shapes_session) -> Trace:
    """Give the trace of the same image on which no anchor has a score, so that no stage after it has a row."""
    return shapes_session.model.replay(shapes_session.base, {"rpn.scores": float("nan")})


@pytest.fixture(scope="session")
def without_tensorflow(shapes_session, tmp_path_factory) -> Iterator[Callable[[str], None]]:
    """Give a function that runs a program, in which ``s`` is a session of the saved trace, in a process of its own.

    It fails where the program does, and where the program, or a view, has imported TensorFlow.
    """
    path = tmp_path_factory.mktemp("saved") / "trace.h5"
    shapes_session.base.save(path)
    forks = Forks(IMPORTS)

    def run(program: str) -> None:
        begin, end = f"s = Session.load({str(path)!r})", "assert 'tensorflow' not in sys.modules"
        ((status, said),) = forks.run(["\n".join([begin, program, end])])
        assert status == 0, said

    yield run
    forks.close()
