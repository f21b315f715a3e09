"""What several commands ask for in the same words."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ..terminal.former_names import refuse_strategy
from ..terminal.inert import say

if TYPE_CHECKING:
    from ..files.transfer import OfflineError
    from ..inference.cluster.places import Cluster

_WEIGHTS = click.option(
    "--weights",
    metavar="W",
    help="A name (see `maskrcnn models`) or a file: this project's, PyTorch users', or the classic h5.  "
    "[default: the best COCO model in the cache]",
)
_CONFIG = click.option(
    "--config",
    "config_file",
    metavar="C.json",
    help="Settings on top of the weights' own: this project's JSON or the classic one.",
)


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--weights`` and ``--config`` to a command."""
    return _WEIGHTS(_CONFIG(command))


def chosen_weights(given: str | None) -> str:
    """Return the weights for an image of the user's own: those ``given``, else the best COCO model in the cache.

    With none there, on a terminal, the first of those that could be fetched is offered.
    Raises: UsageError that says which could be fetched.
    """
    from ..weights.catalog import PUBLISHED, best_cached, fetch_model

    if given:
        return given
    best = best_cached()
    if best is not None:
        say(f"weights: {best}, the best COCO model in the cache", err=True)
        return best
    could = ", ".join(f"{model.name} ({model.megabytes} MB)" for model in PUBLISHED.values())
    first = next(iter(PUBLISHED))
    if sys.stdin.isatty() and sys.stderr.isatty():
        say(f"no --weights, and no COCO model in the cache; to be fetched: {could}", err=True)
        if click.confirm(f"Fetch {first} now?", err=True):
            fetch_model(first)
            return first
    raise click.UsageError(
        f"wanted --weights: no COCO model is in the cache; to be fetched with `maskrcnn download NAME`: {could}. "
        "Here already: --weights nuclei (micrographs), --weights shapes, or a file"
    )


def _device(context: click.Context, parameter: click.Parameter, given: Any) -> None:
    """Note the device that one of the options names; the other says nothing. Raises: BadParameter for no device."""
    from ..runtime.devices import CPU, FORMER, device_named, want

    chosen: list[str] = context.meta.setdefault(f"{__name__}.device", [])
    try:
        chosen += [] if given in (None, False) else [CPU if parameter.name == CPU else device_named(given)]
    except ValueError as error:
        raise click.BadParameter(f"{error}; --gpu alone means all", context, parameter) from None
    if str(given).lower() in FORMER and parameter.name != CPU:
        now = "--cpu" if chosen[-1] == CPU else "--gpu 0, the first GPU and no other"
        say(f"note: --gpu {given} means {now}; --gpu all takes every GPU", err=True)
    if len(chosen) > 1:
        raise click.UsageError("wanted --gpu or --cpu, received both")
    want(chosen[-1] if chosen else None)


_GPU = click.option(
    "--gpu",
    metavar="N|all",
    is_flag=False,
    flag_value="all",
    expose_value=False,
    callback=_device,
    help="Compute on GPU N, counted from 0, or on all, and on nothing else.  [default: what is there]",
)
_CPU = click.option(
    "--cpu", is_flag=True, expose_value=False, callback=_device, help="Compute on the CPU and on no GPU."
)


def device_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--gpu`` and ``--cpu`` to a command that runs a model; they are obeyed when TensorFlow is loaded."""
    return _GPU(_CPU(command))


_CLUSTER = (
    click.option(
        "--workers",
        type=click.IntRange(min=1),
        metavar="N",
        help="Share the images among N processes of this machine.  [default: one process]",
    ),
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="Share them among the workers of a Dask scheduler, such as 127.0.0.1:8786 or tls://node7:8786.",
    ),
    click.option(
        "--tls",
        metavar="CA,CERT,KEY",
        help="The scheduler's TLS files, or a folder with ca.pem, cert.pem, key.pem; beyond this machine a must.",
    ),
    click.option(
        "--time-limit",
        type=click.FloatRange(min=1),
        metavar="S",
        help="With them: a worker that takes longer than S seconds for an image is started anew; an image at which "
        "this happens again, also alone, is left out.  [default: 600]",
    ),
    click.option("--strategy", hidden=True),
)


def cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a cluster; the command gets what they mean as ``cluster``."""

    @functools.wraps(command)
    def with_cluster(*arguments: Any, **options: Any) -> Any:
        return command(*arguments, cluster=take_cluster(options), **options)

    for option in reversed(_CLUSTER):
        with_cluster = option(with_cluster)
    return with_cluster


def take_cluster(options: dict[str, Any]) -> Cluster | None:
    """Return the cluster that a command's ``options`` mean, None for one process, and take their words out.

    Raises: UsageError, ValueError.
    """
    from ..inference.cluster.places import cluster_of

    refuse_strategy(options.pop("strategy"))
    return cluster_of(*(options.pop(name) for name in ("workers", "scheduler", "tls", "time_limit")))


def weights_instead(error: OfflineError, given: str) -> str:
    """Return weights that are here, where those ``given`` could not be fetched and a person at a terminal takes them.

    Raises: the error, saying which are here, without a terminal or where none is taken.
    """
    from ..files.transfer import OfflineError as Offline
    from ..weights.catalog import MODELS, SHIPPED, best_cached

    best = best_cached()
    here = [name for name in (best, *SHIPPED) if name and name != given]
    said = ", ".join(f"--weights {name} ({MODELS[name].finds})" for name in here)
    if sys.stdin.isatty() and sys.stderr.isatty():
        say(f"{error}\nHere already: {said}", err=True)
        if click.confirm(f"Go on with {here[0]}?", err=True):
            return here[0]
    raise Offline(f"{error}. Here already: {said}") from error


engine_option = click.option(
    "--engine",
    type=click.Choice(["tensorflow", "onnxruntime", "openvino"]),
    default="tensorflow",
    show_default=True,
    help="What runs the network; the others work from a certified export, made once and kept, without TensorFlow.",
)

overwrite_option = click.option(
    "--overwrite",
    is_flag=True,
    help="Replace what an earlier run of this command left in DIR, and nothing else.",
)

depth_option = click.option(
    "--depth",
    type=click.IntRange(1, 32),
    metavar="BITS",
    help="Bits in use of images of more than 8, and of floats: 2**BITS - 1 is white.  [default: by the file's tags, "
    "else all]",
)


def require_one_process(engine: str, cluster: Cluster | None) -> None:
    """Raise a usage error where an engine is asked to share out images, which TensorFlow alone does."""
    if engine != "tensorflow" and cluster is not None:
        raise click.UsageError(
            f"wanted --engine tensorflow with --workers or --scheduler, received {engine}: it takes one process"
        )
