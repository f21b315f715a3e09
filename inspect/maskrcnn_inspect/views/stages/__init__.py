"""Views of the stages, in the order of the pipeline."""
