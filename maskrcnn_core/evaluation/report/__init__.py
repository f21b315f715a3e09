"""The report of an evaluation: at a terminal, as a page, as charts."""
