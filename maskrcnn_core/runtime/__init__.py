"""What runs the model: the processor, its memory, oneDNN, and how graphs are compiled."""
