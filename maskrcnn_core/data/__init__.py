"""Images with ground truth: ``sample`` says what a reader returns; one module a format reads it."""
