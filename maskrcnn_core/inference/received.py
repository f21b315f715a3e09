"""What a worker of another process sent: held against what an answer of detect is, before anything is made of it.

Inputs: answers as JSON gave them. Outputs: nothing, or a ValueError. A worker may have another version of the package,
or its connection may be anybody's.
"""

from __future__ import annotations

import math
from typing import Any

from ..geometry.rle import require_runs
from .overlap import ERROR, Answer

RESULT = {"image_id", "category_id", "bbox", "score", "segmentation"}
AREA = (str, str, int, int, str)  # name, class, instances, pixels, share
FEATURES = {"tensor", "features", "channels", "rank", "boxes", "class_ids", "class_names", "scores"}


def require_detections(answer: Answer, name: str) -> None:
    """Raise ValueError unless ``answer`` is one that detect gives of the image ``name``, or says why there is none."""
    if set(answer) == {ERROR} and isinstance(answer[ERROR], str):
        return
    try:
        sound = _are_results(answer["results"], name) and _are_areas(answer["areas"], name)
        sound &= all(isinstance(answer[key], str | None) for key in ("unlike", "remark"))
        sound &= isinstance(answer["brightest"], int | float | None)
        sound &= _are_features(answer.get("features"), len(answer["results"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        sound = False
    if not sound:
        raise ValueError(
            f"wanted the objects on {name} from a worker, received something else: {_short(answer)}"
        )


def _are_results(results: Any, name: str) -> bool:
    return isinstance(results, list) and all(_is_result(result, name) for result in results)


def _is_result(result: dict[str, Any], name: str) -> bool:
    """Tell whether ``result`` is an object of the image ``name``, with runs that fill its size. Raises as JSON may."""
    require_runs(result["segmentation"])
    numbers = [*result["bbox"], result["score"]]
    return (
        set(result) == RESULT
        and result["image_id"] == name
        and type(result["category_id"]) is int
        and result["category_id"] > 0
        and len(numbers) == 5
        and all(math.isfinite(number) for number in numbers)
        and 0 <= result["score"] <= 1
    )


def _are_areas(areas: Any, name: str) -> bool:
    return isinstance(areas, list) and all(
        tuple(map(type, row)) == AREA and row[0] == name and min(row[2:4]) >= 0 for row in areas
    )


def _are_features(features: Any, count: int) -> bool:
    """Tell whether ``features`` is nothing, or what ``features.rows_of`` gives of ``count`` instances."""
    if features is None:
        return True
    rows = [features[key] for key in ("rank", "boxes", "class_ids", "class_names", "scores")]
    return set(features) == FEATURES and all(len(row) == count for row in rows)


def _short(answer: Answer) -> str:
    return str(answer)[:200]
