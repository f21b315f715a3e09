"""Targets and losses: what the network should have said, and how wrong it was."""
