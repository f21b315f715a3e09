"""The terminal: text that a terminal cannot obey, progress bars and lines, one screen for output and one for errors."""
