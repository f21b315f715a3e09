"""From what a person names, weights, an image and perhaps its ground truth, to a session: for notebooks and
commands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from maskrcnn_core.data.reading.images import SourceImage, load_image
from maskrcnn_core.data.reading.sample import Sample

from .samples import find_sample, sample_image, sample_truth
from .session import Session

SAMPLE = "sample:"  # before the name of a sample, where an image is named


def open_session(
    weights: str,
    image: str | Path | SourceImage | None = None,
    truth: Sequence[str] = (),
    config_file: str | None = None,
) -> Session:
    """Trace ``image`` through the model of ``weights``, and look at everything.

    image: a path, or what ``load_image`` made of one; ``sample:NAME`` one that ships, and None the one that stands for
    the weights, both with their ground truth.
    truth: annotations of the image, ``FORMAT:PATH`` or files of COCO, LabelMe or VIA: targets and losses are
    recorded too. config_file: settings on top of the weights' own.
    Raises: ValueError for what is no image, no weights, no ground truth of that image, or ground truth of other
    classes.
    """
    from maskrcnn_core.evaluation.dataset import map_classes  # TensorFlow is needed from here on alone
    from maskrcnn_core.weights.loading import load_model, read_config

    from .analysis.candidates.given_truth import find_truth

    config = read_config(weights, config_file)  # before the model: a wrong image should not cost its loading
    channels = config.molding.channels
    if image is None or str(image).startswith(SAMPLE):
        sample = sample_truth(weights) if image is None else find_sample(str(image)[len(SAMPLE) :]).read()
        shown = sample_image(weights) if sample is None else _pixels_of(sample)
        return Session.run(load_model(weights, config), shown, sample)
    loaded, sample = _with_channels(image, channels), None
    if truth:
        sample, names = find_truth(Path(loaded.source), list(truth), channels)
        ids = map_classes(names, config.class_names).to_model[sample.class_ids]
        sample = replace(sample, class_ids=ids)
    return Session.run(load_model(weights, config), loaded, sample)


def with_truth(session: Session) -> Session:
    """Return ``session`` if its image has ground truth, else the sample of ``shapes``: for views of targets and
    losses.
    """
    return session if session.truth is not None else open_session("shapes")


def look_at_sample(session: Session, name: str) -> None:
    """Look at the sample ``name`` with the weights that it is for; the model at hand stays where they are its own.

    Raises: ValueError for a sample that does not ship.
    """
    from maskrcnn_core.weights.loading import load_model

    chosen = find_sample(name)
    own = Path(str(session.base.attributes.get("weights", ""))).name == chosen.weights
    sample = chosen.read()
    session.look_at(
        _pixels_of(sample), sample, None if own and session.has_model else load_model(chosen.weights)
    )


def _pixels_of(sample: Sample) -> SourceImage:
    return SourceImage(sample.image, sample.source)


def _with_channels(image: str | Path | SourceImage, channels: int) -> SourceImage:
    """Return the image, decoded once: again only where the model wants other channels than were decoded.

    A frame of a video is no file that could be decoded again; its colours are made grey.
    """
    if not isinstance(image, SourceImage) or image.pixels.shape[2] == channels:
        return load_image(image, channels)
    again = image.source if Path(image.source).is_file() else image.pixels
    return replace(load_image(again, channels), source=image.source)
