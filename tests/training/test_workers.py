"""Several processes that train together: they hold the same weights, notice a loss, and go on where they stopped."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from maskrcnn_core.runtime import onednn
from tests.forks import Forks
from tests.training import steps

pytestmark = pytest.mark.slow

SETTINGS = {
    "molding": {"min_dim": 64, "max_dim": 64},
    "backbone": {"width": 4},
    "fpn": {"channels": 16},
    "rpn": {"channels": 16},
    "box_head": {"channels": 32},
    "mask_head": {"channels": 8},
    "training": {
        "steps_per_epoch": 2,
        "roi_samples": 12,
        "batch_size": 2,
        "optimizer": "sgd",
        "learning_rate": 1e-3,
    },
}
TOLERANCE = {"rtol": 1e-3, "atol": 2e-5}  # sums over two machines and over one are rounded in another order
LONGEST = 600.0  # s

# what every worker would import for itself: TensorFlow starts no thread until something runs. Their graphs are compiled
# as they ship: without TensorFlow's passes the last bit of a run that accumulates is not always the same
IMPORTS = f"{steps.IMPORT}; import maskrcnn_core.cli, maskrcnn_core.training.start"
# the command as it is, with the weights of every worker beside its output, and a sudden end where one is asked for
WORKER = """
import os, signal
import numpy as np
os.environ |= variables
from maskrcnn_core.training import start
from maskrcnn_core.training.distribution import strategy as strategies
from maskrcnn_core.training.loop import fit as loop
from maskrcnn_core.weights.names import named_variables

whole, named_losses, steps = loop.fit, loop.named_losses, []

def counted(values):
    steps.append(values)
    if len(steps) == die_at:
        os.kill(os.getpid(), signal.SIGKILL)
    return named_losses(values)

def watched(model, reader, run, strategy, callbacks, resume):
    index = strategy.cluster_resolver.task_id if strategy.cluster_resolver else 0
    if strategies.num_workers(strategy) > 1:  # what one says counts for all
        assert strategies.any_worker(strategy, index == 1) and not strategies.any_worker(strategy, False)
    callbacks = [c for c in callbacks if type(c).__name__ != "Events"]  # they take longer than all the rest
    logs = whole(model, reader, run, strategy, callbacks, resume)
    np.savez(f"{folder}_{index}.npz", **{n: np.asarray(v) for n, v in named_variables(model).items()})
    return logs

loop.named_losses, start.fit = counted, watched
from maskrcnn_core.cli import main
main(command)
"""


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """Give what forks a worker from a process that has TensorFlow."""
    made = Forks(IMPORTS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def train(forks: Forks) -> Callable[..., list[tuple[int, str]]]:
    def run(
        output: Path, workers: int, *, die_at: int = 0, more: tuple[str, ...] = ()
    ) -> list[tuple[int, str]]:
        """Run the command on ``workers`` processes and return status and words of each.

        die_at: step after which the last worker is killed; 0 = none.
        """
        addresses = [f"127.0.0.1:{port}" for port in free_ports(workers)]
        config = output.with_suffix(".json")
        config.write_text(json.dumps(SETTINGS))
        command = ["train", "shapes:?count=8&size=64", "--preset", "tiny", "--config", str(config)]
        command += ["--stages", "all:2", "--cpu", "--skip-check", "--output", str(output), *more]
        if workers > 1:
            command += ["--strategy", "multiworker"]
        programs = []
        for index in range(workers):
            task = {"type": "worker", "index": index}
            cluster = json.dumps({"cluster": {"worker": addresses}, "task": task})
            variables = {"TF_CONFIG": cluster} if workers > 1 else {}
            dies = die_at if index == workers - 1 else 0
            own = f"folder, die_at, command, variables = {str(output)!r}, {dies}, {command!r}, {variables!r}"
            programs.append(f"{own}\n{WORKER}")
        return forks.run(programs, LONGEST)

    return run


def assert_done(results: list[tuple[int, str]]) -> None:
    for status, text in results:
        assert status == 0, text


def assert_same(one: Path, two: Path, **tolerance: float) -> None:
    a, b = np.load(one), np.load(two)
    assert a.files == b.files
    for name in a.files:
        np.testing.assert_allclose(b[name], a[name], **(tolerance or {"rtol": 0, "atol": 0}), err_msg=name)


@pytest.fixture(scope="module")
def unbroken(train, tmp_path_factory) -> Path:
    """Give the output of two workers that were left alone."""
    output = tmp_path_factory.mktemp("workers") / "unbroken"
    # the chief measures meanwhile, for which the other has to wait
    assert_done(train(output, 2, more=("--validate", "shapes:?count=1&size=64")))
    return output


def test_two_workers_hold_the_same_weights_which_are_those_of_one_with_the_same_images(
    unbroken, train, tmp_path
):
    assert_same(Path(f"{unbroken}_0.npz"), Path(f"{unbroken}_1.npz"))
    assert_done(train(tmp_path / "one", 1))
    assert_same(tmp_path / "one_0.npz", Path(f"{unbroken}_0.npz"), **TOLERANCE)
    with h5py.File(unbroken / "checkpoints" / "epoch_00002.h5") as file:
        state = json.loads(file.attrs["training_state"])
    assert {"epoch": 2, "seed": 0, "onednn": onednn.is_on()}.items() <= state.items()
    assert (unbroken / "best.h5").is_file()


def test_a_lost_worker_stops_the_other_with_words_and_both_go_on_as_if_nothing_had_been(
    unbroken, train, tmp_path
):
    output = tmp_path / "broken"
    (status, text), (killed, _) = train(output, 2, die_at=3)
    assert killed == -9
    assert status == 2, text
    assert "a worker was lost" in text and "--init last" in text
    assert "Traceback" not in text
    assert [path.name for path in (output / "checkpoints").iterdir()] == ["epoch_00001.h5"]
    assert_done(train(output, 2, more=("--init", "last")))
    for index in range(2):
        assert_same(Path(f"{unbroken}_{index}.npz"), Path(f"{output}_{index}.npz"), **TOLERANCE)
