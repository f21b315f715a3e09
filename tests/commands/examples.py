"""The examples of the help texts, the README and the site, taken from there, so that a new one is found by itself."""

from __future__ import annotations

import re

from maskrcnn_core.cli import GROUP, maskrcnn
from maskrcnn_core.runtime.plugins import own
from tests.commands.terminal import ROOT

REMARK = re.compile(r"\s{3,}[(#].*$")  # behind a line: what it is for


def examples() -> list[str]:
    """Return every example once, as written but for its remark: of the help texts, then of the README and the site."""
    texts = [maskrcnn.help or ""]
    for entry in own(GROUP).values():
        command = entry.load()
        texts.append(f"{command.help}\n{command.epilog or ''}")
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    written = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    blocks = re.findall(r"```sh\n(.*?)```", written, re.DOTALL)
    lines = [line for text in texts for line in text.splitlines()]
    for block in blocks:
        lines += re.sub(r" \\\n\s*", " ", block).splitlines()
    found = [REMARK.sub("", line).strip() for line in lines]
    return list(dict.fromkeys(line for line in found if re.match(r"(\.venv/bin/)?maskrcnn [a-z]", line)))
