"""Analysis: numbers only. Each module takes arrays, traces or files and returns what was measured; nothing draws."""
