"""The three ways in which a pickle lies in a file: in a zip archive, before bare storages, and alone.

What leaves is the pickle's value, with tensors that know where their bytes lie.
"""

from __future__ import annotations

from typing import Any

from .archive import Archive
from .arrays import as_text
from .names import NAMES
from .opened import OpenedFile, Place
from .pickle_machine import PickleMachine
from .tensors import Element, Storage

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C  # what torch.save pickled first before version 1.6
LEGACY_PROTOCOL = 1001
MAX_RECORD_BYTES = 64  # of a member that holds one word


def read_zip(file: OpenedFile) -> Any:
    """Return the value in an archive of torch.save. Raises: ValueError for other archives, and for damage."""
    archive = Archive(file)
    roots = [name.removesuffix("data.pkl") for name in archive.members if _is_pickle(name)]
    if len(roots) != 1:
        raise ValueError(
            f"wanted a zip archive of torch.save, with one data.pkl, received one with {len(roots)} of them and "
            f"{len(archive.members)} members"
        )
    root = roots[0]
    if root + "constants.pkl" in archive.members:
        raise ValueError(
            "wanted a state dict, received a TorchScript model; in PyTorch, load it with torch.jit.load and save its "
            "state_dict()"
        )
    _check_byte_order(file, archive, root + "byteorder")

    def load(key: Any) -> Storage:
        storage = _storage(key)
        storage.settle(archive.place(f"{root}data/{storage.key}"))
        return storage

    place = archive.place(root + "data.pkl")
    file.verify(place)
    value, end = PickleMachine(NAMES, load).run(file, place.start, place.start + place.size)
    if end != place.start + place.size:
        raise ValueError("data.pkl holds more than one value; the file is damaged")
    return value


def read_pickle(file: OpenedFile) -> Any:
    """Return the value of a file that begins with a pickle: torch.save's before 1.6, or a model zoo's."""
    value, end = PickleMachine(NAMES, _no_storage).run(file, 0, file.size)
    if isinstance(value, int) and value == LEGACY_MAGIC:
        return _legacy(file, end)
    if end != file.size:
        raise ValueError(
            f"wanted one pickle, received {file.size - end} bytes more behind it; the file is damaged"
        )
    return value


def _legacy(file: OpenedFile, start: int) -> Any:
    """Four more pickles follow the magic number: protocol, system, value, storage keys; then the storages."""
    protocol, start = PickleMachine(NAMES, _no_storage).run(file, start, file.size)
    if protocol != LEGACY_PROTOCOL:
        raise ValueError(
            f"wanted torch.save's format {LEGACY_PROTOCOL}, received another; save it with a newer PyTorch"
        )
    system, start = PickleMachine(NAMES, _no_storage).run(file, start, file.size)
    if not isinstance(system, dict) or system.get("little_endian", system.get(b"little_endian")) is not True:
        raise ValueError(BIG_ENDIAN)
    storages: dict[str, Storage] = {}

    def load(key: Any) -> Storage:
        storage = _storage(key)
        known = storages.setdefault(storage.key, storage)
        if (known.element, known.count) != (storage.element, storage.count):
            raise ValueError(f"storage {storage.key!r} is described in two ways; the file is damaged")
        return known

    value, start = PickleMachine(NAMES, load).run(file, start, file.size)
    keys, start = PickleMachine(NAMES, _no_storage).run(file, start, file.size)
    _settle(file, storages, keys, start)
    return value


def _settle(file: OpenedFile, storages: dict[str, Storage], keys: Any, start: int) -> None:
    """Tell each storage where it lies: a count of 8 bytes before its elements, in the order of ``keys``."""
    names = [as_text(key) for key in keys] if isinstance(keys, list) else []
    if sorted(name or "" for name in names) != sorted(storages):
        raise ValueError("the list of storages is not that of the tensors; the file is damaged")
    for storage in (storages[name] for name in names if name is not None):
        count = int.from_bytes(file.bytes_at(start, 8).tobytes(), "little")
        place = Place(start + 8, count * storage.element.stored.itemsize)
        storage.settle(place)
        start = place.start + place.size
        if start > file.size:
            raise ValueError(f"storage {storage.key!r} ends at {start}, the file at {file.size}: it is cut")
    if start != file.size:
        raise ValueError(f"{file.size - start} bytes follow the last storage; the file is damaged")


BIG_ENDIAN = (
    "wanted numbers in little-endian order, received another (big-endian, from another kind of machine); load and "
    "save the file with PyTorch on a usual one"
)


def _check_byte_order(file: OpenedFile, archive: Archive, name: str) -> None:
    """Refuse an archive of another byte order; those of before PyTorch 2.1 do not say, and are little-endian."""
    if name not in archive.members:
        return
    place = archive.place(name)
    if place.size > MAX_RECORD_BYTES or file.read(place).tobytes().strip() != b"little":
        raise ValueError(BIG_ENDIAN)


def _is_pickle(name: str) -> bool:
    return name.endswith("/data.pkl") and name.count("/") == 1


def _storage(key: Any) -> Storage:
    """Read a persistent id: ("storage", type, key, device, count), in legacy files with a view, None, behind it."""
    match key:
        case ("module" | b"module", *_):
            raise ValueError("received a pickled module; in PyTorch, save model.state_dict() instead")
        case (
            "storage" | b"storage",
            Element() as element,
            str() | bytes() as name,
            _,
            int() as count,
            *view,
        ):
            if count < 0 or view not in ([], [None]):
                raise ValueError(
                    "a storage has a size or a view that is not read; save the file with a newer PyTorch"
                )
            return Storage(as_text(name) or "", element, count)
    raise ValueError("a tensor's storage is described in no known way; the file is damaged")


def _no_storage(key: Any) -> Storage:
    raise ValueError("a storage is wanted where none can be: the file is damaged, or not of torch.save")
