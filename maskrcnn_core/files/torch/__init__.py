"""PyTorch users' files of weights, read without PyTorch and without running anything in them.

``opened`` (bytes by offset, checksums) ← ``archive`` (torch.save's zip); ``stream``, ``stack``, ``opcodes``,
``pickle_machine`` (pickle, with a fixed table of names) ← ``tensors``, ``arrays`` (what lies where) ← ``names`` (the
table) ← ``layouts``, ``safetensors_file`` (the formats) ← ``finding`` (the weights among other things) ←
``state_dict`` (what others use).
"""

from .state_dict import StateDict, open_state_dict

__all__ = ["StateDict", "open_state_dict"]
