import json

import numpy as np
import pytest

from maskrcnn_core.data.formats.coco import Coco
from maskrcnn_core.data.formats.label_map import LabelMap
from maskrcnn_core.data.formats.mask_folder import MaskFolder
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.registry import (
    REGISTERED,
    formats,
    open_dataset,
    register,
    split_options,
)
from maskrcnn_core.data.reading.sample import Sample
from tests.beside import FILES


class Squares(Reader):
    """A reader of one's own, in the two methods that it needs."""

    class_names = ("background", "square")

    def __init__(
        self, count: int = 2, side: float = 3.0, noisy: bool = False, names: tuple[str, ...] = ()
    ) -> None:
        self.arguments = count, side, noisy, names

    def __len__(self) -> int:
        return self.arguments[0]

    def read(self, index: int):
        masks = np.zeros((1, 8, 8), bool)
        masks[0, :3, :3] = True
        return Sample(np.zeros((8, 8, 3), np.uint8), np.array([1], np.int32), masks), []


@pytest.fixture(autouse=True)
def forget(monkeypatch):
    """Leave the table of formats as it was."""
    kept = dict(REGISTERED)
    yield
    REGISTERED.clear()
    REGISTERED.update(kept)


@pytest.mark.parametrize("name", formats())
def test_every_format_opens_or_says_what_it_wants(name, tmp_path):
    if name == "shapes":
        assert len(open_dataset("shapes:?count=3")) == 3
    else:
        with pytest.raises(ValueError, match=r"wanted|received"):
            open_dataset(f"{name}:{tmp_path}")
        with pytest.raises(ValueError, match=f"wanted path for {name}"):
            open_dataset(f"{name}:")


def test_format_and_path_give_the_reader(coco):
    assert isinstance(open_dataset(f"coco:{coco}"), Coco)
    assert isinstance(open_dataset(f"label_map:{FILES}/nuclei"), LabelMap)


def test_nuclei_are_mask_folders_of_nuclei():
    reader = open_dataset(f"nuclei:{FILES}/nuclei_mask_folders")
    assert isinstance(reader, MaskFolder)
    assert reader.class_names == ("background", "nucleus")
    named = open_dataset(f"nuclei:{FILES}/nuclei_mask_folders?class_name=cell")
    assert named.class_names == ("background", "cell")


def test_options_in_text_become_what_the_reader_wants():
    register("squares")(Squares)
    reader = open_dataset("squares:5?side=2.5&noisy=yes&names=a,b%20c,d")
    assert reader.arguments == (5, 2.5, True, ("a", "b c", "d"))
    assert open_dataset("squares:").arguments == (2, 3.0, False, ())


def test_options_in_code_go_before_those_in_text():
    register("squares")(Squares)
    assert open_dataset("squares:?side=2.5", side=7.0, count=1).arguments[:2] == (1, 7.0)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("squares:x", "wanted int for count, received 'x'"),
        ("squares:?noisy=perhaps", "wanted true or false for noisy"),
        ("squares:?sid=3", "unknown option 'sid' of squares: did you mean side"),
        ("squares:?side", "wanted option=value"),
        ("squars:", "unknown format 'squars': did you mean squares"),
        ("squares", "wanted FORMAT:PATH"),
        (":x", "wanted FORMAT:PATH"),
        ("no.such.module:Thing", "unknown format"),
        ("json:dumps", "wanted a subclass"),
        ("json:JSONDecodr", "did you mean JSONDecoder"),
    ],
)
def test_wrong_use_is_said_with_the_nearest(spec, said):
    register("squares")(Squares)
    with pytest.raises(ValueError, match=said):
        open_dataset(spec)


def test_reader_is_imported_from_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "my_squares_module.py").write_text(
        "from maskrcnn_core.data.formats.shapes import Shapes\nclass Mine(Shapes):\n    pass\n"
    )
    monkeypatch.chdir(tmp_path)
    reader = open_dataset("my_squares_module:Mine?count=4")
    assert (type(reader).__name__, len(reader)) == ("Mine", 4)


def test_module_that_lacks_another_says_which(tmp_path, monkeypatch):
    (tmp_path / "my_broken_module.py").write_text("import no_such_module_at_all\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="no_such_module_at_all"):
        open_dataset("my_broken_module:Mine")


def test_name_may_be_defined_anew_but_not_a_format():
    register("squares")(Squares)
    register("squares")(Squares)
    for name in ("coco", "a b", "", "a:b"):
        with pytest.raises(ValueError, match="wanted a new name"):
            register(name)
    with pytest.raises(ValueError, match="wanted a subclass"):
        register("other")(dict)


def test_path_with_a_question_mark_that_exists_has_no_options(tmp_path):
    path = tmp_path / "what?a=b"
    path.write_text(json.dumps([]))
    assert split_options(str(path)) == (str(path), {})
    assert split_options("a?b=c&d=e,f") == ("a", {"b": "c", "d": "e,f"})


def test_a_path_among_the_options_is_meant_as_it_stands(tmp_path):
    folder = tmp_path / "a%20b+c"
    folder.mkdir()
    path, options = split_options(f"x.json?images={folder}&class_name=a%20b+c")
    assert (path, options) == ("x.json", {"images": str(folder), "class_name": "a b c"})
