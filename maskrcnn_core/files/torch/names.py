"""All that a PyTorch user's file may name, and what of ours stands for it: nothing else is ever called.

What torch.save writes for tensors, numpy's arrays, plain containers, and a few classes that lie beside the weights in
files of torchvision's and MMDetection's training scripts, of which only the fields are kept.
"""

from __future__ import annotations

from typing import Any

from .arrays import NAMES as NUMPY_NAMES
from .pickle_machine import Stateful, keys
from .stack import Maker
from .tensors import ELEMENTS, Element, Storage, Tensor

STORAGES = {
    "HalfStorage": "float16",
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "BFloat16Storage": "bfloat16",
    "CharStorage": "int8",
    "ShortStorage": "int16",
    "IntStorage": "int32",
    "LongStorage": "int64",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}
TORCH_TYPES = {
    **{name: name for name in ELEMENTS},
    "half": "float16",
    "float": "float32",
    "double": "float64",
}
RECORDS = [
    ("argparse", "Namespace"),
    ("types", "SimpleNamespace"),
    ("mmengine.logging.history_buffer", "HistoryBuffer"),
]


class Record(Stateful):
    """An object of which only the fields are kept."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}

    def set_state(self, state: Any) -> None:
        """Take the fields."""
        if type(state) is not dict:
            raise ValueError("an object has no fields that make sense; the file is damaged")
        self.fields = state


def _tensor(arguments: tuple[Any, ...]) -> Tensor:
    """_rebuild_tensor(storage, offset, shape, strides), and of version 2, with what training needs behind."""
    match arguments:
        case (Storage() as storage, int() as offset, tuple() as shape, tuple() as strides, *_):
            return Tensor(storage, storage.element, offset, shape, strides)
    raise ValueError("wanted a tensor's storage, offset, shape and strides; the file is damaged")


def _tensor_of_type(arguments: tuple[Any, ...]) -> Tensor:
    """_rebuild_tensor_v3: like version 2, of an untyped storage and a type."""
    match arguments:
        case (
            Storage() as storage,
            int() as offset,
            tuple() as shape,
            tuple() as strides,
            _,
            _,
            Element() as kind,
            *_,
        ):
            return Tensor(storage, kind, offset, shape, strides)
    raise ValueError("wanted a tensor's storage, offset, shape, strides and type; the file is damaged")


def _parameter(arguments: tuple[Any, ...]) -> Tensor:
    if not arguments or not isinstance(arguments[0], Tensor):
        raise ValueError("wanted a parameter's tensor; the file is damaged")
    return arguments[0]


def _dict(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    """OrderedDict and dict: nothing, a dictionary, or pairs."""
    match arguments:
        case ():
            return {}
        case (dict() as found,):
            return dict(found)
        case (list() as pairs,) if all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
            return dict(zip(keys(pair[0] for pair in pairs), (pair[1] for pair in pairs), strict=True))
    raise ValueError("wanted keys and values of a dictionary; the file is damaged")


def _values(arguments: tuple[Any, ...]) -> list[Any]:
    """List the values that a container is made of."""
    match arguments:
        case ():
            return []
        case (list() | tuple() | set() | frozenset() as values,):
            return list(values)
    raise ValueError("wanted the values of a list, tuple or set; the file is damaged")


def _device(arguments: tuple[Any, ...]) -> str:
    match arguments:
        case (str() as kind,):
            return kind
        case (str() as kind, int() as index):
            return f"{kind}:{index}"
    raise ValueError("wanted the name of a device; the file is damaged")


def _text(arguments: tuple[Any, ...]) -> str:
    match arguments:
        case (str() as content,):
            return content
    raise ValueError("wanted a version as text; the file is damaged")


def _named(module: str, **makers: Any) -> dict[tuple[str, str], Any]:
    return {(module, name): Maker(f"{module}.{name}", make) for name, make in makers.items()}


_CONTAINERS = {
    "list": _values,
    "tuple": lambda arguments: tuple(_values(arguments)),
    "set": lambda arguments: set(keys(_values(arguments))),
    "frozenset": lambda arguments: frozenset(keys(_values(arguments))),
    "dict": _dict,
}
NAMES: dict[tuple[str, str], Any] = {
    **NUMPY_NAMES,
    **_named(
        "torch._utils",
        _rebuild_tensor=_tensor,
        _rebuild_tensor_v2=_tensor,
        _rebuild_tensor_v3=_tensor_of_type,
        _rebuild_parameter=_parameter,
        _rebuild_parameter_with_state=_parameter,
    ),
    **_named("torch", Size=_CONTAINERS["tuple"], device=_device),
    **_named("torch.torch_version", TorchVersion=_text),
    # schedules of the learning rate keep their milestones in a Counter
    **_named(
        "collections", OrderedDict=_dict, Counter=_dict, defaultdict=lambda arguments: _dict(arguments[1:])
    ),
    **_named("builtins", **_CONTAINERS),
    **_named("__builtin__", **_CONTAINERS),  # Python 2
    **{("torch", name): ELEMENTS[kind] for name, kind in TORCH_TYPES.items()},
    **{("torch", name): ELEMENTS[kind] for name, kind in STORAGES.items()},
    **{
        ("torch.cuda", name): ELEMENTS[kind] for name, kind in STORAGES.items()
    },  # as GPUs wrote them before 1.6
    ("torch", "UntypedStorage"): ELEMENTS["uint8"],
    ("torch.storage", "UntypedStorage"): ELEMENTS["uint8"],
    **{name: Maker(".".join(name), lambda arguments: Record()) for name in RECORDS},
}
