"""What a thousand images say: the verdicts of a data set as a table, and what follows from it."""
