"""Rules on the singular values of kernels."""
