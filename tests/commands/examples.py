"""The examples of the help texts and the README, taken from there, so that a new one is found by itself."""

from __future__ import annotations

import re
from importlib import import_module

from maskrcnn_core.cli import COMMANDS, maskrcnn
from tests.commands.terminal import ROOT

REMARK = re.compile(r"\s{3,}[(#].*$")  # behind a line: what it is for


def examples() -> list[str]:
    """Return every example once, as written but for its remark: of the help texts, then of the README."""
    texts = [maskrcnn.help or ""]
    for name, module in COMMANDS.items():
        command = getattr(import_module(module), name.replace("-", "_"))
        texts.append(f"{command.help}\n{command.epilog or ''}")
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for text in texts for line in text.splitlines()]
    for block in blocks:
        lines += re.sub(r" \\\n\s*", " ", block).splitlines()
    found = [REMARK.sub("", line).strip() for line in lines]
    return list(dict.fromkeys(line for line in found if re.match(r"(\.venv/bin/)?maskrcnn [a-z]", line)))
