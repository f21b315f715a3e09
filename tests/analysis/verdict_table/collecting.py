"""What one collector makes of records by itself."""

from collections.abc import Iterable
from typing import Any


def collected(collector: Any, records: Iterable[dict[str, Any]]) -> Any:
    """Return ``collector`` after it was given each of ``records``."""
    for record in records:
        collector.add(record)
    return collector
