"""What if: a tensor is edited, or another model takes the image, and the results are compared."""
