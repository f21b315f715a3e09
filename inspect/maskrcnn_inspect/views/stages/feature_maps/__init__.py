"""The view of one stage: feature maps. ``view`` draws; ``channel_sheet``, ``charts``, ``maps`` serve it."""
