"""Wrapped: another reader's samples, all or some, with something done to each."""

from __future__ import annotations

from .reader import Finding, Reader


class Wrapped(Reader):
    """All samples of another reader as they are: a subclass says what is different.

    ``category_ids`` and ``image_ids``, which not every reader has, are those of the other where it has them.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.class_names, self.root = reader.class_names, getattr(reader, "root", None)
        self.may_lack_classes, self.repeats_files = reader.may_lack_classes, reader.repeats_files
        for name in ("category_ids", "image_ids"):
            if hasattr(reader, name):
                setattr(self, name, getattr(reader, name))

    def __len__(self) -> int:
        return len(self.reader)

    def source(self, index: int) -> str:
        """Return the whole set's name of the image."""
        return self.reader.source(index)

    @property
    def findings(self) -> list[Finding]:
        """Return the whole set's."""
        return self.reader.findings
