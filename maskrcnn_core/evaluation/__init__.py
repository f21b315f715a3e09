"""Evaluation: how good a model is, and what kind of mistakes it makes."""
