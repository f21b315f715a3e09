"""The commands of ``maskrcnn`` that look inside a model."""
