import json

import pytest
from click.testing import CliRunner

from maskrcnn_core.commands.check import check
from maskrcnn_core.data.quality.lint import check as lint
from maskrcnn_core.data.quality.lint import refused
from maskrcnn_core.data.reading.registry import open_dataset


def run(*arguments: str):
    return CliRunner().invoke(check, arguments)


def test_clean_data_end_with_0():
    result = run("shapes:?count=3")
    assert result.exit_code == 0
    assert "Everything can be used" in result.output


def test_unusable_data_end_with_1_and_name_the_file(leaves):
    result = run(f"via:{leaves}")
    assert result.exit_code == 1
    assert "leaf4.png: region 3" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["cocoa:x"],
        ["coco:/no/such/folder"],
        ["shapes:?cuont=3"],
        ["shapes:", "--config", "/no.json"],
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.output
    assert "Traceback" not in result.output


def test_json_holds_all(tmp_path):
    assert run("shapes:?count=3", "--json", str(tmp_path / "out.json")).exit_code == 0
    content = json.loads((tmp_path / "out.json").read_text())
    assert content["images"]["all"] == 3
    assert set(content["by_class"]) == {"square", "circle", "triangle"}
    assert content["anchors"] is None


def test_configuration_judges_the_anchors(tmp_path):
    (tmp_path / "c.json").write_text('{"anchors": {"scales": [512, 512, 512, 512, 512]}}')
    result = run("shapes:?count=3", "--config", str(tmp_path / "c.json"))
    assert result.exit_code == 0
    assert "Anchors of the configuration reach" in result.output
    assert "anchors.scales" in result.output


def test_preset_judges_the_anchors():
    assert "reach" not in run("shapes:?count=3").output
    assert "Anchors of the configuration reach" in run("shapes:?count=3", "--preset", "tiny").output


def test_json_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    result = run("shapes:?count=1", "--json", str(tmp_path / "file/out.json"))
    assert result.exit_code == 2
    assert "cannot write into" in result.output


def test_help_has_examples():
    result = run("--help")
    assert result.exit_code == 0
    assert "maskrcnn check coco:" in result.output


def test_what_cannot_be_learnt_is_refused_without_the_check_too(coco):
    path = next(coco.rglob("*.json"))
    annotations = json.loads(path.read_text())
    for one in annotations["annotations"]:
        one["iscrowd"] = 1
    path.write_text(json.dumps(annotations))
    reader = open_dataset(f"coco:{path}")
    assert refused(reader) == lint(reader).refusals != ()
    seen: list[int] = []
    assert refused(open_dataset("shapes:?count=50"), seen.append) == ()
    assert seen == [1]  # reads no more than it has to
