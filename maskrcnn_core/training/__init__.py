"""Training: what the network should have said (targets), how wrong it was (losses), and the loop that mends it."""
