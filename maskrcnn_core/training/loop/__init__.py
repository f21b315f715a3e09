"""The loop: steps and epochs, gradients, schedule, checkpoints."""
