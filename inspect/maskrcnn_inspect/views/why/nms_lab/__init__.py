"""The NMS lab. ``view`` draws; ``scenes`` serves it."""
