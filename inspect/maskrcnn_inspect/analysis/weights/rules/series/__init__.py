"""Rules on what changes between saves."""
