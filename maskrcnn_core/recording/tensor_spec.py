"""What is said of one named tensor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TensorSpec:
    """One named tensor."""

    name: str
    axes: tuple[str, ...]
    unit: str
    frame: str
    source: str  # where it comes from, in words

    @property
    def stage(self) -> str:
        """Return the stage that makes it."""
        return self.name.split(".")[0]
