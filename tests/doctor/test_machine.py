"""The machine: which processor it is, which convolutions suit it, and that a choice once measured is kept."""

import json
import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pooch
import pytest

from maskrcnn_core.doctor import timing
from maskrcnn_core.files.cache import cache_folder
from maskrcnn_core.runtime import bfloat16, onednn, remembered
from maskrcnn_core.runtime.memory import Memory, memory
from maskrcnn_core.runtime.onednn import MARK, VARIABLE, decide
from maskrcnn_core.runtime.processor import Processor, processor, read_cpuinfo
from maskrcnn_core.runtime.remembered import Measured, recall, remember

NARROW = Processor("Old", "family 6 model 60", frozenset({"avx", "avx2", "fma"}), 2)
WIDE = Processor("New", "family 6 model 143", frozenset({"avx2", "avx512f", "amx_tile"}), 2)
OTHER = Processor("Other", "", frozenset({"asimd"}), 8)
ROOT = Path(__file__).resolve().parents[2]


def measured(on: float, off: float) -> Measured:
    return timing.summary([on] * 12, [off] * 12, "2.21.0")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """Give an empty cache folder, and an environment that says nothing of oneDNN."""
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv(MARK, raising=False)
    return tmp_path / "cache"


# --- the processor -------------------------------------------------------------------------------------------

CPUINFO = """processor\t: 0
cpu family\t: 25
model\t\t: 17
model name\t: AMD EPYC 9B14
stepping\t: 1
flags\t\t: fpu avx2 avx512f

processor\t: 1
model name\t: another
"""


def test_the_first_core_that_linux_lists_is_read(tmp_path):
    (tmp_path / "cpuinfo").write_text(CPUINFO)
    fields = read_cpuinfo(str(tmp_path / "cpuinfo"))
    assert fields["model name"] == "AMD EPYC 9B14"
    assert fields["flags"] == "fpu avx2 avx512f"
    assert read_cpuinfo(str(tmp_path / "missing")) == {}


def test_this_processor_has_a_name_and_cores():
    here = processor()
    assert here.name and here.cores >= 1
    assert here.key.endswith(f"{here.cores} cores")


def test_another_number_of_cores_is_another_machine():
    assert NARROW.key == "Old, family 6 model 60, 2 cores"
    assert NARROW._replace(cores=4).key != NARROW.key
    assert [p.vectors for p in (NARROW, WIDE, OTHER)] == ["AVX2", "AMX", "NEON"]


# --- the decision --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("machine", "kind", "enabled"),
    [
        (NARROW, "inference", False),
        (NARROW, "training", True),
        (WIDE, "inference", True),
        (WIDE, "training", True),
        (OTHER, "inference", True),  # TensorFlow's own default
    ],
)
def test_without_a_measurement_the_usual_is_taken(machine, kind, enabled):
    choice = decide(kind, {}, machine)
    assert (choice.enabled, choice.source) == (enabled, "default")
    assert "usual for" in choice.reason


@pytest.mark.parametrize(("on", "off", "enabled"), [(0.2, 0.1, False), (0.1, 0.2, True), (0.1, 0.1, True)])
def test_what_was_measured_counts_for_its_kind_and_processor_alone(on, off, enabled):
    remember(WIDE.key, "inference", measured(on, off))
    choice = decide("inference", {}, WIDE)
    assert (choice.enabled, choice.source) == (enabled, "measured")
    assert decide("training", {}, WIDE).source == "default"
    assert decide("inference", {}, WIDE._replace(cores=64)).source == "default"


@pytest.mark.parametrize(("word", "enabled"), [("0", False), ("1", True), ("false", False), ("true", True)])
def test_the_users_word_counts_over_all(word, enabled):
    remember(NARROW.key, "inference", measured(1.0, 2.0) if not enabled else measured(2.0, 1.0))
    choice = decide("inference", {VARIABLE: word}, NARROW)
    assert (choice.enabled, choice.source) == (enabled, "environment")


def test_a_switch_that_a_parent_of_ours_set_is_not_the_users_word():
    assert decide("training", {VARIABLE: "0", MARK: "inference"}, NARROW).enabled


def test_kinds_are_remembered_side_by_side(cache):
    remember(NARROW.key, "inference", measured(2.0, 1.0))
    remember(NARROW.key, "training", measured(1.0, 2.0))
    remember(WIDE.key, "inference", measured(1.0, 2.0))
    assert recall(NARROW.key, "inference") == measured(2.0, 1.0)
    assert recall(NARROW.key, "training") == measured(1.0, 2.0)
    assert recall(WIDE.key, "inference") == measured(1.0, 2.0)
    assert [path.name for path in cache.iterdir()] == [remembered.FILE]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 30_000,
        '{"KEY": 3}',
        '{"KEY": {"inference": []}}',
        '{"KEY": {"inference": {"on": "x"}}}',
        '{"KEY": {"inference": {"on": 0, "off": 1, "on_range": [0, 1], "off_range": [1, 1], '
        '"repetitions": 3, "tensorflow": "2"}}}',
        '{"KEY": {"inference": {"on": NaN, "off": 1, "on_range": [0, 1], "off_range": [1, 1], '
        '"repetitions": 3, "tensorflow": "2"}}}',
    ],
)
def test_a_damaged_memory_is_an_empty_one_and_is_mended(cache, text):
    cache.mkdir()
    (cache / remembered.FILE).write_text(text.replace("KEY", NARROW.key))
    assert recall(NARROW.key, "inference") is None
    remember(NARROW.key, "inference", measured(2.0, 1.0))
    assert recall(NARROW.key, "inference") == measured(2.0, 1.0)


def test_the_cache_is_where_pooch_keeps_one(monkeypatch, cache):
    assert cache_folder() == cache
    monkeypatch.delenv("MASKRCNN_CACHE")
    assert cache_folder() == Path(pooch.os_cache("maskrcnn"))


# --- applied -------------------------------------------------------------------------------------------------


def in_a_new_process(program: str, **environment: str) -> str:
    """Run ``program`` in a Python that knows the project and return what it prints."""
    kept = {k: v for k, v in os.environ.items() if k not in (VARIABLE, MARK)}
    path = os.pathsep.join([str(ROOT), str(ROOT / "inspect")])
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**kept, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


SHOW = f"import os; print(os.environ.get('{VARIABLE}'))"
MODEL = f"import maskrcnn_core.model; {SHOW}"


def test_importing_the_package_sets_nothing_and_reads_no_cache():
    remember(processor().key, "inference", measured(2.0, 1.0))
    program = (
        "import builtins, os, sys; before = dict(os.environ); opened = []; kept = builtins.open\n"
        "sys.addaudithook(lambda event, given: opened.append(given[0]) if event == 'open' else None)\n"
        "import maskrcnn_core, maskrcnn_inspect\n"
        "assert dict(os.environ) == before; print([f for f in opened if not str(f).endswith(('.py', '.pyc'))])"
    )
    assert in_a_new_process(program) == "[]"


def test_making_a_model_sets_the_switch_and_leaves_the_users_alone():
    remember(processor().key, "inference", measured(2.0, 1.0))
    assert in_a_new_process(MODEL) == "0"
    assert in_a_new_process(MODEL, **{VARIABLE: "1"}) == "1"
    remember(processor().key, "inference", measured(1.0, 2.0))
    assert in_a_new_process(MODEL) == "1"


def test_training_changes_the_switch_before_tensorflow_is_there():
    remember(processor().key, "inference", measured(2.0, 1.0))
    remember(processor().key, "training", measured(1.0, 2.0))
    program = f"from maskrcnn_core.runtime.onednn import apply; apply('training'); {SHOW}"
    assert in_a_new_process(program) == "1"


def test_what_goes_on_keeps_the_switch_of_its_beginning_whatever_was_measured_since():
    program = (
        "from maskrcnn_core.runtime.onednn import apply, as_before, is_on; as_before(False); apply('training'); "
        f"assert not is_on(); {SHOW}"
    )
    assert in_a_new_process(program) == "0"
    assert (
        in_a_new_process(program.replace("assert not is_on(); ", ""), **{VARIABLE: "1"}) == "1"
    )  # the user's word


def test_nothing_is_set_once_tensorflow_is_there(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", object())
    onednn.apply("inference")
    assert VARIABLE not in os.environ


def test_importing_the_package_costs_little():
    """Counted in modules, since time depends on what else the machine does."""
    program = (
        "import sys; before = set(sys.modules); import maskrcnn_core; print(*(set(sys.modules) - before))"
    )
    loaded = {name.partition(".")[0] for name in in_a_new_process(program).split()}
    assert not loaded & {"numpy", "tensorflow", "keras", "h5py", "platformdirs", "subprocess", "dataclasses"}


# --- measured ------------------------------------------------------------------------------------------------


def test_two_works_take_turns():
    order: list[str] = []

    def work(name: str, seconds: float):
        return lambda: order.append(name) or seconds

    assert timing.in_turns([work("on", 1.0), work("off", 2.0)], 3) == [[1.0] * 3, [2.0] * 3]
    assert order == ["on", "off", "off", "on", "on", "off"]  # none is always the second


def test_the_median_and_the_range_are_kept():
    result = timing.summary([3.0, 1.0, 9.0], [5.0, 5.0, 2.0], "2.21.0")
    assert (result.on, result.off) == (3.0, 5.0)
    assert (result.on_range, result.off_range) == ((1.0, 9.0), (2.0, 5.0))
    # 3 against 5, 1 against 5, 9 against 2
    assert (result.on_won, result.off_won, result.ratio) == (2, 1, 0.6)
    assert not result.clear


# simulated machines: by how much other work slows a repetition at most
QUIET, BUSY = 0.02, 0.25


def simulated(on: float, off: float, spread: float, seed: int) -> Measured:
    """Return what 12 pairs of ``on`` and ``off`` seconds give where other work slows all by up to ``spread``."""
    rng = random.Random(seed)
    slowed = [1 + spread * rng.random() for _ in range(12)]  # what slows both of a pair

    def seconds(typical: float) -> list[float]:
        return [typical * slow * (1 + spread * rng.random()) for slow in slowed]

    return timing.summary(seconds(on), seconds(off), "2.21.0")


@pytest.mark.parametrize(("on", "off", "enabled"), [(1.0, 1.6, True), (1.6, 1.0, False)])
@pytest.mark.parametrize("spread", [QUIET, BUSY])
def test_a_clear_difference_is_seen_on_a_busy_machine_too(on, off, enabled, spread):
    for seed in range(20):
        result = simulated(on, off, spread, seed)
        assert result.clear
        assert result.enabled is enabled


def test_noise_is_taken_for_a_difference_in_one_of_a_hundred_measurements_at_most():
    clear = [simulated(1.0, 1.0, BUSY, seed).clear for seed in range(1000)]
    assert sum(clear) <= 20  # 6 are expected, and 20 come by chance once in 100,000


def test_what_a_busy_machine_gave_once_leaves_the_default():
    """Seconds within what was seen: oneDNN really was 1.2 times the faster, and by medians it would be off."""
    on = [0.88, 0.90, 0.91, 0.93, 0.94, 0.95, 0.97, 0.99, 1.01, 0.92, 0.96, 0.94]
    off = [1.32, 0.58, 1.21, 0.60, 0.62, 1.10, 0.66, 0.71, 1.25, 0.69, 0.70, 0.72]
    result = timing.summary(on, off, "2.21.0")
    assert result.off < result.on
    assert not result.clear and result.enabled
    assert result.chance == pytest.approx(2 * (1 + 12 + 66 + 220 + 495) / 2**12)  # 8 of 12, by hand


def test_the_chance_of_one_sided_pairs_is_exact():
    assert measured(1.0, 2.0).chance == 2 / 2**12
    assert measured(1.0, 1.0).chance == 1.0  # no pair was won
    one_lost = timing.summary([1.0] * 11 + [3.0], [2.0] * 12, "2")
    assert one_lost.chance == 2 * 13 / 2**12 and one_lost.clear
    two_lost = timing.summary([1.0] * 10 + [3.0] * 2, [2.0] * 12, "2")
    assert two_lost.chance > 0.03 and not two_lost.clear


def test_a_difference_too_small_to_matter_changes_no_last_bits():
    assert measured(1.03, 1.0).chance < 0.001
    assert not measured(1.03, 1.0).clear and measured(1.03, 1.0).enabled
    assert not measured(1.06, 1.0).enabled


def test_an_unclear_measurement_is_said_and_remembered_and_leaves_tensorflows_default():
    remember(NARROW.key, "inference", simulated(1.0, 1.0, BUSY, 1))
    choice = decide("inference", {}, NARROW)
    assert (choice.enabled, choice.source) == (True, "measured")
    assert "of 12 pairs, which is not clear: TensorFlow's default stays" in choice.reason
    assert "ms with it" in choice.reason
    remember(NARROW.key, "inference", measured(2.0, 1.0))
    assert "faster without in 12 of 12 pairs" in decide("inference", {}, NARROW).reason


def test_what_was_measured_the_old_way_is_measured_again(cache):
    cache.mkdir()
    old = measured(2.0, 1.0)._asdict()
    for name in ("on_won", "off_won", "ratio"):
        old.pop(name)
    (cache / remembered.FILE).write_text(json.dumps({NARROW.key: {"training": old}}))
    assert recall(NARROW.key, "training") is None
    assert decide("training", {}, NARROW).source == "default"


def test_what_is_forgotten_is_as_if_never_measured(cache):
    assert remembered.forget() is None
    path = remember(WIDE.key, "training", measured(2.0, 1.0))
    (cache / "weights.h5").write_text("a download")
    assert remembered.forget() == path
    assert recall(WIDE.key, "training") is None
    assert [file.name for file in cache.iterdir()] == ["weights.h5"]


# a stand-in for the real work, which takes half a minute: slow with oneDNN, fast without
STAND_IN = f"""
import os, sys
print("ready", flush=True)
for _ in sys.stdin:
    print(3.0 if os.environ["{VARIABLE}"] == "1" else 1.0, flush=True)
"""


def test_each_process_has_its_own_switch():
    command = [sys.executable, "-c", STAND_IN]
    with timing.worker(command, True) as on, timing.worker(command, False) as off:
        on.await_ready()
        off.await_ready()
        assert timing.in_turns([on.seconds, off.seconds], 2) == [[3.0, 3.0], [1.0, 1.0]]
    assert on.process.returncode is not None and off.process.returncode is not None


def test_a_process_that_ends_early_is_said():
    dead = timing.worker([sys.executable, "-c", "pass"], True)
    with dead as process, pytest.raises(ValueError, match="wanted a process that runs TensorFlow"):
        process.await_ready()


@pytest.mark.parametrize("begins", ["", "print('ready', flush=True); "])
def test_a_measurement_ends_at_its_limit_and_its_processes_too(monkeypatch, begins):
    started: list[subprocess.Popen[str]] = []

    class Noted(subprocess.Popen):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            started.append(self)

    slow = [
        sys.executable,
        "-S",
        "-c",
        f"import time; {begins}time.sleep(60)",
    ]  # compiles, or computes, for ever
    monkeypatch.setattr(timing, "_command", lambda work: slow)
    monkeypatch.setattr(subprocess, "Popen", Noted)
    began = time.monotonic()
    with pytest.raises(TimeoutError, match=r"wanted 8 pairs within 0\.5 s, received 0: this machine is busy"):
        timing.measure("training", limit=0.5)
    assert time.monotonic() - began < 20
    assert len(started) == 2 and None not in [one.returncode for one in started]


@pytest.mark.parametrize(("pairs", "half"), [(9, 0), (8, 1), (7, 1)])
def test_what_was_measured_until_the_limit_counts_where_it_can_tell(monkeypatch, pairs, half):
    @contextmanager
    def stopped(command: list[str], enabled: bool):
        left = iter([1.0 if enabled else 2.0] * (pairs + half * enabled))

        def seconds() -> float:
            for one in left:
                return one
            raise timing.EndedError

        yield SimpleNamespace(
            await_ready=lambda: None, seconds=seconds, process=SimpleNamespace(kill=lambda: None)
        )

    monkeypatch.setattr(timing, "worker", stopped)
    if pairs < timing.LEAST:
        with pytest.raises(TimeoutError, match="received 7"):
            timing.measure("training", limit=0)
        return
    result = timing.measure("training", limit=0)
    assert (result.repetitions, result.on_won, result.clear) == (pairs, pairs, True)


def test_of_fewer_pairs_than_the_least_none_could_tell():
    assert timing.summary([1.0] * timing.LEAST, [2.0] * timing.LEAST, "2").clear
    assert not timing.summary([1.0] * (timing.LEAST - 1), [2.0] * (timing.LEAST - 1), "2").clear


@pytest.fixture
def measuring(monkeypatch) -> list[str]:
    """Give the kinds that were measured, without doing it, in a process that seems to have no TensorFlow yet."""
    kinds: list[str] = []
    monkeypatch.setattr(timing, "measure", lambda kind: kinds.append(kind) or measured(1.0, 2.0))
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    return kinds


def test_a_long_training_measures_once(measuring):
    said: list[str] = []
    timing.measure_before(timing.LONG, said.append)
    timing.measure_before(timing.LONG, said.append)
    assert measuring == ["training"]
    assert len(said) == 1


@pytest.mark.parametrize("why", ["short", "users word", "tensorflow is there"])
def test_nothing_is_measured_unasked(measuring, monkeypatch, why):
    if why == "users word":
        monkeypatch.setenv(VARIABLE, "1")
    if why == "tensorflow is there":
        monkeypatch.setitem(sys.modules, "tensorflow", object())
    timing.measure_before(timing.LONG - (why == "short"), pytest.fail)
    assert measuring == []


def test_a_measurement_that_fails_stops_no_training(measuring, monkeypatch):
    def fails(kind: str):
        raise OSError("the disk is full")

    monkeypatch.setattr(timing, "measure", fails)
    said: list[str] = []
    timing.measure_before(timing.LONG, said.append)
    assert said[-1] == "not measured: the disk is full"


@pytest.mark.parametrize("kind", [*onednn.KINDS, bfloat16.KIND])
def test_the_work_that_is_timed_runs(kind):
    from maskrcnn_core.doctor.workload import make_work

    work = make_work(kind, side=64)
    first = work()
    assert first == pytest.approx(work(), rel=1e-3)
    assert first != 0.0


def test_bfloat16_is_timed_against_float32_under_the_switch_of_training(monkeypatch):
    monkeypatch.setenv(VARIABLE, "0")
    assert timing._pair(bfloat16.KIND) == [(bfloat16.KIND, False), ("training", False)]
    assert timing._pair("inference") == [("inference", True), ("inference", False)]


def test_bfloat16_is_remarked_on_where_it_is_slower_by_measurement_or_by_the_processor(cache):
    wide = NARROW._replace(flags=NARROW.flags | {"sse2", bfloat16.HELPS})
    narrow = NARROW._replace(flags=NARROW.flags | {"sse2"})
    assert bfloat16.remark(wide) == "" == bfloat16.remark(narrow._replace(flags=frozenset()))
    assert "take training.precision=float32" in bfloat16.remark(narrow)
    remember(narrow.key, bfloat16.KIND, measured(1.56, 1.0))
    assert "1560 ms a step, 1000 ms in float32, float32 faster in 12 of 12" in bfloat16.remark(narrow)
    remember(narrow.key, bfloat16.KIND, measured(1.0, 2.0))
    assert bfloat16.remark(narrow) == ""


# --- memory --------------------------------------------------------------------------------------------------


def test_memory_is_the_machines_or_the_containers(tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:       4096 kB\nMemFree: 1 kB\nMemAvailable:    2048 kB\n")
    assert memory(str(meminfo), str(tmp_path)) == Memory(4096 * 1024, 2048 * 1024)
    (tmp_path / "memory.max").write_text("1048576\n")
    (tmp_path / "memory.current").write_text("48576\n")
    assert memory(str(meminfo), str(tmp_path)) == Memory(1048576, 1000000)
    (tmp_path / "memory.max").write_text("max\n")
    assert memory(str(meminfo), str(tmp_path)).total == 4096 * 1024
    assert memory(str(tmp_path / "missing"), str(tmp_path)) == Memory(0, 0)


def test_what_is_remembered_is_readable_json(cache):
    path = remember(NARROW.key, "inference", measured(2.0, 1.0))
    assert json.loads(path.read_text())[NARROW.key]["inference"]["on"] == 2.0
