"""The Explorer: the whole network on one screen, live on one image.

1. ``engines``      what runs: the model in this process, or a saved trace; one contract for all
2. ``readings``     what analysis computes from the tensors of a run, asked for by name as tensors are
3. ``description``  what a front end has to know before it asks for a tensor
4. ``wire``         a question for tensors and its answer, as JSON and bytes
5. ``why``          why nothing was found where a person has drawn a box
6. ``widget``       all that in a notebook: ``explore(session)``
7. ``page``         the same screen as one file, with a trace in it

The front end is in ``js/`` and knows names of tensors, not engines.
"""

from .engines import Engine, KernelEngine, TraceEngine
from .page import explorer_page, write_explorer
from .widget import Explorer, explore

__all__ = [
    "Engine",
    "Explorer",
    "KernelEngine",
    "TraceEngine",
    "explore",
    "explorer_page",
    "write_explorer",
]
