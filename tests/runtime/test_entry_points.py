"""What packages offer, read from their ``entry_points.txt``: the same as ``importlib.metadata`` tells."""

import importlib
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from maskrcnn_core.runtime.entry_points import EntryPoint, installed, of_checkout, parsed
from maskrcnn_core.runtime.installing import pyproject
from maskrcnn_core.runtime.plugins import summary


def test_all_that_is_installed_here_is_read_as_the_library_reads_it():
    ours = {
        (group, *entry)
        for _, groups in installed("")
        for group, entries in groups.items()
        for entry in entries
    }
    packages = {package.metadata["Name"]: package for package in reversed(list(metadata.distributions()))}
    theirs = {(e.group, e.name, e.value) for package in packages.values() for e in package.entry_points}
    assert ours == theirs and len(ours) > 100


def test_a_list_by_hand():
    text = "[other]\na = b\n[mine.commands]\n# a remark = nothing\n one = pack.age:thing.part [extra]\n\ntwo=pack\n"
    assert parsed(text, "mine.") == {
        "mine.commands": [EntryPoint("one", "pack.age:thing.part [extra]"), EntryPoint("two", "pack")]
    }
    assert [entry.module for entry in parsed(text)["mine.commands"]] == ["pack.age", "pack"]


def test_an_entry_point_is_an_attribute_or_a_module():
    assert EntryPoint("join", "os:path.join [extra]").load() is __import__("os").path.join
    assert EntryPoint("sys", "sys").load() is sys
    with pytest.raises(AttributeError, match="nothing"):
        EntryPoint("none", "sys:nothing").load()


def test_of_a_package_that_stands_twice_the_first_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for folder, version in (("first", "2.0"), ("second", "1.0")):
        package = tmp_path / folder / f"Their.package-{version}.dist-info"
        package.mkdir(parents=True)
        (package / "entry_points.txt").write_text(f"[mine.commands]\n{folder} = {folder}\n")
    archive = tmp_path / "archive.zip"
    archive.write_bytes(b"PK")
    places = [str(tmp_path / name) for name in ("absent", "archive.zip", "first", "second")]
    monkeypatch.setattr(sys, "path", places)
    assert list(installed("mine.")) == [("their_package", {"mine.commands": [EntryPoint("first", "first")]})]
    assert list(installed("yours.")) == []


def test_a_list_that_is_no_text_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = tmp_path / "theirs-1.dist-info"
    package.mkdir()
    (package / "entry_points.txt").write_bytes(b"\xff\xfe[mine.commands]\n\x00 = \xff\nwhole = theirs\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    [(_, groups)] = installed("mine.")
    assert EntryPoint("whole", "theirs") in groups.get("mine.commands", []) or not groups


def test_a_checkout_is_read_as_toml_is():
    text = pyproject()
    assert text
    tables = tomllib.loads(text)["project"]["entry-points"]
    groups = of_checkout(text, "maskrcnn.")
    assert {name: {e.name: e.value for e in entries} for name, entries in groups.items()} == tables
    assert [[e.name for e in entries] for entries in groups.values()] == [
        list(table) for table in tables.values()
    ]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ('"""``one``: Words\nmore.\n\nRest."""\nx = "no"\n', "Words more."),
        ("#!/usr/bin/env python\n# remark\n\n'''plain \"words\".'''\n", 'Plain "words".'),
        ('\ufeffr"""A \\path."""\n', "A \\path."),
        ('"a \\" quote."\n', 'A " quote.'),
        ('import os\n"""late"""\n', ""),
        ('f"""made"""\n', ""),
        ('"never closed\n', ""),
        ('"""\\x"""', ""),
        ("", ""),
    ],
)
def test_a_summary_is_of_the_first_statement(
    source: str, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "theirs_of_a_summary.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    assert summary(EntryPoint("one", "theirs_of_a_summary:thing")) == wanted
