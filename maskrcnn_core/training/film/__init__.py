"""Training as a film: traces of chosen images at steps that lie further and further apart."""
