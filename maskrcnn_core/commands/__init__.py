"""The commands of ``maskrcnn``, one file each; ``cli`` lists them."""
