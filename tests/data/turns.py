"""The eight positions of an image, under the words in which copies are told."""

import numpy as np

TURNED = {
    "": lambda image: image,
    "mirrored": lambda image: image[:, ::-1],
    "mirrored top to bottom": lambda image: image[::-1],
    "turned by 180°": lambda image: np.rot90(image, 2),
    "turned by 90°": lambda image: np.rot90(image, -1),
    "turned by 270°": lambda image: np.rot90(image, -3),
    "mirrored and turned by 90°": lambda image: np.rot90(image[:, ::-1], -1),
    "mirrored and turned by 270°": lambda image: np.rot90(image[:, ::-1], -3),
}
