"""ResNets (He et al. 2016, table 1): how deep each is, of which blocks, and what these are called.

``resnet18`` and ``resnet34`` are made of basic blocks (two 3x3 convolutions), the deeper ones of bottlenecks (1x1, 3x3,
1x1). The blocks of a stage are a, b, c … in the names of weights, as in the classic code.
"""

from __future__ import annotations

from string import ascii_lowercase as LETTERS  # noqa: N812  # a constant

# blocks of C2 to C5
RESNET_BLOCKS = {
    "resnet18": (2, 2, 2, 2),
    "resnet34": (3, 4, 6, 3),
    "resnet50": (3, 4, 6, 3),
    "resnet101": (3, 4, 23, 3),
    "resnet152": (3, 8, 36, 3),
}
BASIC_RESNETS = ("resnet18", "resnet34")
SMALL_BLOCKS = (1, 1, 1, 1)  # of the backbone "small"
ARCHITECTURES = (*RESNET_BLOCKS, "small")


def block_letters(index: int) -> str:
    """Return what block ``index``, from 0, of a stage is called: a … z, aa, ab … (ResNet-152 has one of 36 blocks).

    Law: ``block_index(block_letters(i)) == i``.
    """
    more, last = divmod(index, len(LETTERS))
    return (block_letters(more - 1) if more else "") + LETTERS[last]


def block_index(letters: str) -> int:
    """Return which block of its stage, from 0, is called ``letters``."""
    index = 0
    for letter in letters:
        index = index * len(LETTERS) + LETTERS.index(letter) + 1
    return index - 1


def resnet_of(blocks: int, basic: bool) -> str | None:
    """Return the ResNet whose stage 4 has ``blocks`` blocks, basic ones or bottlenecks; None where there is none."""
    for name, counts in RESNET_BLOCKS.items():
        if (counts[2], name in BASIC_RESNETS) == (blocks, basic):
            return name
    return None
