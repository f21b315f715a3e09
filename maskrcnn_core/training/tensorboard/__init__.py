"""What a run writes for TensorBoard, and TensorBoard itself."""
