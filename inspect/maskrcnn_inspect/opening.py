"""From what a person names, weights, a picture and perhaps its truth, to a session: for notebooks and commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from maskrcnn_core.data.reading.images import load_picture

from .samples import sample_picture, sample_truth
from .session import Session


def open_session(
    weights: str,
    picture: str | Path | None = None,
    truth: Sequence[str] = (),
    config_file: str | None = None,
) -> Session:
    """Trace ``picture`` through the model of ``weights``, and look at everything.

    picture: None takes the sample of the weights, with its truth where there is one.
    truth: annotations of the picture, ``FORMAT:PATH`` or files of COCO, LabelMe or VIA: targets and losses are
    recorded too. config_file: settings on top of the weights' own.
    Raises: ValueError for what is no picture, no weights, no truth of that picture, or truth of other classes.
    """
    from maskrcnn_core.evaluation.dataset import map_classes  # TensorFlow is needed from here on alone
    from maskrcnn_core.weights.loading import load_model, read_config

    from .analysis.candidates.given_truth import find_truth

    config = read_config(
        weights, config_file
    )  # before the model: a wrong picture should not cost its loading
    channels = config.molding.channels
    if picture is None:
        sample = sample_truth(weights)
        return _named(Session.run(load_model(weights, config), sample_picture(weights), sample), weights)
    loaded, sample = load_picture(picture, channels), None
    if truth:
        sample, names = find_truth(Path(picture), list(truth), channels)
        ids = map_classes(names, config.class_names).to_model[sample.class_ids]
        sample = replace(sample, class_ids=ids)
    return _named(Session.run(load_model(weights, config), loaded, sample), weights)


def with_truth(session: Session) -> Session:
    """Return ``session`` if its picture has a truth, else the sample of ``shapes``: for views of targets and losses."""
    return session if session.truth is not None else open_session("shapes")


def _named(session: Session, weights: str) -> Session:
    """Note in the trace which weights it ran with, for the pages made of it."""
    session.base.attributes["weights"] = Path(weights).name
    return session
