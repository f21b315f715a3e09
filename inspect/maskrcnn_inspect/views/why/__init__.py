"""Views that answer why: lineage, NMS lab, what-if, attribution, oracles, two models."""
