"""Input of training: decoded samples become records, scenes, augmented and batched network input."""
