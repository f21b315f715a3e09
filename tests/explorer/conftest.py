"""The sample of the shapes model, live and as a saved trace, for all tests of the Explorer."""

import pytest

from maskrcnn_inspect.explorer import KernelEngine, TraceEngine
from maskrcnn_inspect.explorer.readings import Run
from maskrcnn_inspect.samples import sample_image, sample_truth
from maskrcnn_inspect.session import Session


@pytest.fixture(scope="session")
def shapes_session(shapes_model) -> Session:
    """Give a live session. Read-only: a test that changes anything makes its own on model and trace."""
    return Session.run(shapes_model, sample_image("shapes"), sample_truth("shapes"))


@pytest.fixture(scope="session")
def kernel(shapes_session) -> KernelEngine:
    return KernelEngine(shapes_session)


@pytest.fixture(scope="session")
def recorded(shapes_session, tmp_path_factory) -> TraceEngine:
    """Give the engine of the same run, saved and opened again."""
    path = tmp_path_factory.mktemp("explorer") / "trace.h5"
    shapes_session.base.save(path)
    return TraceEngine(Session.load(path).base)


@pytest.fixture(scope="session")
def run(kernel) -> Run:
    return Run(kernel.run())
