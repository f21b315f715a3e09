"""The view of what anchors and ROIs are trained towards. ``view`` draws; ``scenes`` serves it."""
