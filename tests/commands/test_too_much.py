"""Too much of something: images, classes, keys, brackets. One sentence and status 2, soon, and never a traceback."""

import json
import sys
import time

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core import cli
from maskrcnn_core.config.files import load_config
from maskrcnn_core.data.formats.coco import Coco
from maskrcnn_core.data.quality import lint_text
from maskrcnn_core.data.quality.lint import Report
from maskrcnn_core.data.quality.lint_text import print_report
from maskrcnn_core.data.reading.files import read_json
from maskrcnn_core.evaluation.dataset import map_classes
from maskrcnn_core.files.suggestions import repeated
from maskrcnn_core.runtime.memory import Memory, require_memory

MANY = 100_000
SOON = 10.0  # s; what grows with the square of MANY takes minutes


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main([str(a) for a in arguments])
    return stop.value.code


@pytest.fixture
def soon():
    """Fail a test that takes as long as an algorithm of n² steps would."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SOON


class Counted(str):
    """A name that counts how often any is compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)


def test_repeated_names_are_found_without_comparing_all_with_all():
    names = [Counted(f"_{i}") for i in range(2000)] + [Counted("_1"), Counted("_0"), Counted("_1")]
    Counted.compared = 0
    assert repeated(names) == ["_0", "_1"]
    assert Counted.compared < 10 * len(names)


def keys(twice: str) -> str:
    return ",".join(f'"_{i}": 0' for i in range(60_000)) + f',"{twice}": 1'


def test_a_key_given_twice_among_many_is_said_at_once_in_annotations(tmp_path, soon):
    path = tmp_path / "i.json"
    path.write_text(f'{{"info": {{{keys("_7")}}}}}')
    _, findings = read_json(path)
    assert [finding.kind for finding in findings] == ["duplicate-key"]
    assert "'_7'" in findings[0].detail


def test_a_key_given_twice_among_many_is_said_at_once_in_a_configuration(tmp_path, soon):
    (tmp_path / "c.json").write_text(f"{{{keys('_7')}}}")
    with pytest.raises(ValueError, match="each setting once, received _7"):
        load_config(tmp_path / "c.json")


def test_a_hundred_thousand_classes_are_read_at_once(tmp_path, soon):
    categories = [{"id": i, "name": f"class {i}"} for i in range(MANY)] + [{"id": MANY, "name": "class 5"}]
    path = tmp_path / "i.json"
    path.write_text(json.dumps({"images": [], "annotations": [], "categories": categories}))
    reader = Coco(str(path))
    assert len(reader.class_names) == MANY + 1
    assert [finding.kind for finding in reader.findings] == ["duplicate-name"]


def test_a_hundred_thousand_classes_make_a_short_table(capsys, soon):
    from rich.console import Console

    names = ("background", *(f"class {i}" for i in range(MANY)))
    report = Report(names, counts={name: [0, 0, 0] for name in names[1:]})
    report.counts["class 77777"] = [1, 2, 3]
    report.counts["class 88888"] = [0, 0, 1]
    print_report(report, Console(width=100))
    said = capsys.readouterr().out
    assert len(said.splitlines()) < lint_text.MOST_CLASSES + 20
    assert "class 77777" in said and "class 88888" in said
    assert f"and {MANY - lint_text.MOST_CLASSES} more" in said


def test_what_the_table_leaves_out_is_in_its_sums(capsys, monkeypatch):
    from rich.console import Console

    monkeypatch.setattr(lint_text, "MOST_CLASSES", 1)
    report = Report(("background", "a", "b", "c"), counts={"a": [1, 0, 0], "b": [4, 0, 0], "c": [0, 2, 0]})
    print_report(report, Console(width=100))
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    cells = [[word for word in row if word.isdigit()] for row in rows]
    assert ["4", "0", "0", "4"] in cells and ["2", "1", "2", "0", "3"] in cells


def test_a_hundred_thousand_classes_are_matched_at_once(soon):
    known = ["background", *(f"class {i}" for i in range(MANY))]
    matched = map_classes(["background", *reversed(known[1:])], known)
    assert np.array_equal(matched.to_dataset, [0, *range(MANY, 0, -1)])


@pytest.mark.parametrize("option", ["count=100000000000000", "count=1&size=1000000"])
def test_more_shapes_than_anybody_reads_are_refused_at_once(option, capfd, soon):
    assert run("check", f"shapes:?{option}") == 2
    assert "received" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "not enough memory; take"),
        (np._core._exceptions._ArrayMemoryError((10**12,), np.dtype(np.uint8)), "Unable to allocate"),
        (
            type("ResourceExhaustedError", (Exception,), {})(
                "Graph execution error:\n\n OOM when allocating\nmore"
            ),
            "OOM when allocating; take",
        ),
        (RecursionError("maximum recursion depth exceeded"), "nested too deep"),
    ],
)
def test_what_exhausts_the_machine_gives_one_line(error, words, monkeypatch, capfd):
    import click

    @click.command()
    def fails() -> None:
        raise error

    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: fails)
    monkeypatch.delenv("MASKRCNN_DEBUG", raising=False)
    assert run("check") == 2
    said = capfd.readouterr().err
    assert words in said and said.startswith("maskrcnn: ") and len(said.splitlines()) == 1


def test_any_other_error_of_the_program_is_still_shown_whole(monkeypatch):
    import click

    @click.command()
    def fails() -> None:
        raise KeyError("losses")

    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: fails)
    with pytest.raises(KeyError):
        cli.main(["check"])


@pytest.mark.parametrize(
    "command",
    [
        ("check", "coco:DEEP"),
        ("check", "via:DEEP"),
        ("check", "shapes:?count=1", "--preset", "tiny", "--config", "DEEP"),
        ("evaluate", "--results", "DEEP", "--truth", "DEEP"),
        ("inspect-weights", "shapes", "--thresholds", "DEEP"),
        ("explain", "IMAGE", "--truth", "DEEP", "--weights", "nuclei"),
        ("detect", "IMAGE", "--output", "out", "--config", "DEEP", "--weights", "nuclei"),
    ],
)
@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_brackets_without_end_give_one_message(command, bracket, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deep.json").write_text(bracket * 100_000)
    Image.new("RGB", (64, 64)).save(tmp_path / "a.png")
    assert run(*(word.replace("DEEP", "deep.json").replace("IMAGE", "a.png") for word in command)) == 2
    said = capfd.readouterr().err
    assert "Traceback" not in said and "nested" in said


# --- memory --------------------------------------------------------------------------------------------------


def test_masks_are_refused_by_their_number_and_the_boxes_before_they_are_made(monkeypatch):
    from maskrcnn_core.runtime import memory
    from maskrcnn_core.stages.pasting import blank_masks, require_masks

    monkeypatch.setattr(memory, "memory", lambda: Memory(10**9, 10**9))
    whole, small = np.array([[0, 0, 10_000, 10_000]]), np.array([[5, 5, 25, 25]])
    require_masks(whole.repeat(10, axis=0), (10_000, 10_000))
    require_masks(small.repeat(1000, axis=0), (10_000, 10_000))  # 20 rows of two pages each: 0.2 GB of 100
    with pytest.raises(
        MemoryError, match=r"1.1 GB for 11 masks of an image of 10000 x 10000 px.*--min-score"
    ):
        require_masks(whole.repeat(11, axis=0), (10_000, 10_000))
    with pytest.raises(MemoryError, match=r"wanted addresses for .* 1000000 of an image.*--min-score"):
        blank_masks(10**6, (10**6, 10**6))
    require_memory(10**10, "an image", "another", Memory(0, 0))  # a system that does not tell


def test_an_image_that_is_too_large_for_the_network_is_refused_before_it_is_preprocessed(monkeypatch):
    from maskrcnn_core.config import Config
    from maskrcnn_core.data.reading.images import SourceImage
    from maskrcnn_core.pipeline import whole
    from maskrcnn_core.recording.trace import passthrough
    from maskrcnn_core.runtime import memory

    monkeypatch.setattr(memory, "memory", lambda: Memory(8 * 10**8, 8 * 10**8))
    monkeypatch.setattr(whole, "mold", lambda *_, **__: pytest.fail("preprocessed in vain"))
    image = SourceImage(np.zeros((3000, 2000, 3), np.uint8))
    config = Config().replace(**{"molding.mode": "pad64", "molding.min_dim": 0, "molding.min_scale": 1.0})
    with pytest.raises(MemoryError, match=r"wanted .* for the network on an image of 3008 x 2048 px.*--tile"):
        whole.run_image(pytest.fail, image, passthrough, config, {})


@pytest.mark.parametrize(
    ("refused", "advice"), [("an image", "--tile"), ("network", "--tile"), ("masks", "--min-score")]
)
def test_an_image_that_needs_too_much_ends_in_a_sentence_and_leaves_no_list(
    refused, advice, tmp_path, monkeypatch, capfd
):
    from maskrcnn_core.data.formats.shapes import Shapes
    from maskrcnn_core.pipeline import whole
    from maskrcnn_core.stages import pasting
    from maskrcnn_core.weights import load_model

    def checked(needed: int, what: str, remedy: str) -> None:
        room = (
            needed - 1 if refused in what and (refused != "an image" or what.startswith(refused)) else needed
        )
        require_memory(needed, what, remedy, Memory(10**9, room))

    sample = next(s for s in (Shapes(9)[i] for i in range(9)) if len(s) > 1)
    Image.fromarray(sample.image).save(tmp_path / "a.png")
    with monkeypatch.context() as patch:
        for module in (whole, pasting):
            patch.setattr(module, "require_memory", checked)
        words = ("detect", tmp_path / "a.png", "--output", tmp_path / "out", "--weights", "shapes")
        assert run(*words) == 2
        said = capfd.readouterr().err
        assert "not enough memory: wanted" in said and advice in said and "Traceback" not in said
        assert {path.name for path in (tmp_path / "out").iterdir()} == {"run.json", "detect.jsonl"}
        with pytest.raises(MemoryError, match=advice):
            load_model("shapes").detect(sample.image)
    assert run(*words) == 0  # a refused run leaves nothing that would have to be overwritten


@pytest.mark.skipif(sys.platform == "win32", reason="limits of addresses are Unix's")
def test_a_limit_of_addresses_counts(monkeypatch):
    import resource

    from maskrcnn_core.runtime.memory import memory

    used = memory()
    monkeypatch.setattr(resource, "getrlimit", lambda _: (2**20, 2**20))  # less than is used
    assert used.available > 0
    assert memory().available == 0
