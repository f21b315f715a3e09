"""A data format: ``grey:SIDE`` is one grey image of that side with a square in its middle."""

import numpy as np

from maskrcnn_core.data.reading.reader import Finding, Reader
from maskrcnn_core.data.reading.sample import Sample


class Grey(Reader):
    """One image with one object."""

    class_names = ("background", "square")

    def __init__(self, side: int = 64) -> None:
        self.side = side

    def __len__(self) -> int:
        return 1

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Return the image."""
        quarter = self.side // 4
        mask = np.zeros((1, self.side, self.side), bool)
        mask[:, quarter:-quarter, quarter:-quarter] = True
        image = np.where(mask[0, :, :, None], 200, 90).astype(np.uint8).repeat(3, axis=2)
        return Sample(image, np.array([1], np.int32), mask), []
