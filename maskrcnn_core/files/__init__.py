"""Files as they are on disk: written whole or not at all, and read with care."""
