"""COCO's 80 object classes: the names that a class_id of the published weights stands for, and COCO's own numbers.

A network numbers its classes 1 to 80; COCO numbers its categories 1 to 90 and left ten out when the paper's 91 were cut
to the 80 that are annotated. Results that go back to COCO need its numbers.
Source: Lin et al. 2014; the categories of ``instances_val2017.json``, in the order of their ids.
"""

from __future__ import annotations

# (category id, name), in the order of class_id 1 to 80
COCO_CLASSES: tuple[tuple[int, str], ...] = (
    (1, "person"),
    (2, "bicycle"),
    (3, "car"),
    (4, "motorcycle"),
    (5, "airplane"),
    (6, "bus"),
    (7, "train"),
    (8, "truck"),
    (9, "boat"),
    (10, "traffic light"),
    (11, "fire hydrant"),
    (13, "stop sign"),
    (14, "parking meter"),
    (15, "bench"),
    (16, "bird"),
    (17, "cat"),
    (18, "dog"),
    (19, "horse"),
    (20, "sheep"),
    (21, "cow"),
    (22, "elephant"),
    (23, "bear"),
    (24, "zebra"),
    (25, "giraffe"),
    (27, "backpack"),
    (28, "umbrella"),
    (31, "handbag"),
    (32, "tie"),
    (33, "suitcase"),
    (34, "frisbee"),
    (35, "skis"),
    (36, "snowboard"),
    (37, "sports ball"),
    (38, "kite"),
    (39, "baseball bat"),
    (40, "baseball glove"),
    (41, "skateboard"),
    (42, "surfboard"),
    (43, "tennis racket"),
    (44, "bottle"),
    (46, "wine glass"),
    (47, "cup"),
    (48, "fork"),
    (49, "knife"),
    (50, "spoon"),
    (51, "bowl"),
    (52, "banana"),
    (53, "apple"),
    (54, "sandwich"),
    (55, "orange"),
    (56, "broccoli"),
    (57, "carrot"),
    (58, "hot dog"),
    (59, "pizza"),
    (60, "donut"),
    (61, "cake"),
    (62, "chair"),
    (63, "couch"),
    (64, "potted plant"),
    (65, "bed"),
    (67, "dining table"),
    (70, "toilet"),
    (72, "tv"),
    (73, "laptop"),
    (74, "mouse"),
    (75, "remote"),
    (76, "keyboard"),
    (77, "cell phone"),
    (78, "microwave"),
    (79, "oven"),
    (80, "toaster"),
    (81, "sink"),
    (82, "refrigerator"),
    (84, "book"),
    (85, "clock"),
    (86, "vase"),
    (87, "scissors"),
    (88, "teddy bear"),
    (89, "hair drier"),
    (90, "toothbrush"),
)

_CLASS_OF = {category: class_id for class_id, (category, _) in enumerate(COCO_CLASSES, start=1)}


def coco_class_names() -> tuple[str, ...]:
    """Return the 81 names by class_id, the background first."""
    return ("background", *(name for _, name in COCO_CLASSES))


def category_of(class_id: int) -> int:
    """Return COCO's category id of a ``class_id`` from 1 to 80. Raises: ValueError for another."""
    if not 1 <= class_id <= len(COCO_CLASSES):
        raise ValueError(f"wanted a class_id from 1 to {len(COCO_CLASSES)}, received {class_id}")
    return COCO_CLASSES[class_id - 1][0]


def class_of(category: int) -> int:
    """Return the class_id of COCO's ``category`` id. Raises: ValueError for one of the ids that COCO left out."""
    if category not in _CLASS_OF:
        raise ValueError(
            f"wanted a category id of COCO's 80 classes, from 1 to 90 with gaps, received {category}"
        )
    return _CLASS_OF[category]
