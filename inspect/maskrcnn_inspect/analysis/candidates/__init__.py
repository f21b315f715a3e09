"""Candidates: what became of every anchor, proposal and object, and why."""
