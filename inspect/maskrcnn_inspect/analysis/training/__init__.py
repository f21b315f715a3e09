"""Training: which anchors and regions learn from what, and where the loss comes from."""
