"""What libraries that decode images write to the screen, such as libtiff: passed on with the name of the file.

Inputs: lines that were overheard while a file was decoded. Outputs: one line above the progress bar. A data set whose
every file makes a library say the same is told so thrice.
"""

from __future__ import annotations

from collections import Counter

from ...terminal.progress import remark

TIMES = 3  # that the same words are passed on, with other files
SHOWN = 200  # characters
_SAID: Counter[str] = Counter()


def said(line: str) -> str:
    """Return what a library said without the name that Pillow gives a file of which it hands over the bytes."""
    return line.removeprefix("tempfile.tif: ")


def pass_on(heard: list[str], name: str) -> None:
    """Say on one line what was ``heard`` while the file ``name`` was decoded; nothing where nothing was."""
    if not heard:
        return
    words = "; ".join(dict.fromkeys(map(said, heard)))
    _SAID[words] += 1
    if _SAID[words] <= TIMES:
        end = " (more files with the same are not told)" if _SAID[words] == TIMES else ""
        remark(f"{name}: {words[:SHOWN]}{'…' if len(words) > SHOWN else ''}{end}")
