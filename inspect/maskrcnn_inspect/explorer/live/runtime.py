"""ONNX Runtime for browsers: its program (WebAssembly), and where it comes from.

Outputs: the program, compressed by gzip, of the very version whose JavaScript is in ``built/live.js``. A wheel that was
built beside Node's packages carries it, so that pages are written without a network; a clone takes it from there;
otherwise it is fetched once into the cache and held against its hash.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from maskrcnn_core.files.download import Download, fetch

VERSION = "1.30.0"  # of onnxruntime-web, as in canvas/js/package.json
NAME = "ort-wasm-simd-threaded.wasm"
SHA256 = "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2"
_EXPLORER = Path(__file__).parent.parent
SHIPPED = _EXPLORER / "built" / f"{NAME}.gz"
INSTALLED = _EXPLORER.parent / "canvas" / "js" / "node_modules" / "onnxruntime-web" / "dist" / NAME


def _check(path: Path) -> None:
    """Raise ValueError for another program than the one that belongs to our JavaScript."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256:
        raise ValueError(f"wanted ONNX Runtime {VERSION} for browsers, SHA-256 {SHA256}, received {found}")


DOWNLOAD = Download(
    name=f"onnxruntime-web-{VERSION}.wasm",
    url=f"https://cdn.jsdelivr.net/npm/onnxruntime-web@{VERSION}/dist/{NAME}",
    variable="MASKRCNN_ORT_WASM",
    check=_check,
    pinned=f"sha256:{SHA256}",
)


def runtime() -> bytes:
    """Return the program, compressed by gzip.

    Raises: DownloadError, a ValueError, where it neither ships nor lies beside nor can be fetched.
    """
    if SHIPPED.is_file():
        return SHIPPED.read_bytes()
    if INSTALLED.is_file():
        _check(INSTALLED)
        return gzip.compress(INSTALLED.read_bytes(), 9, mtime=0)
    return gzip.compress(fetch(DOWNLOAD).read_bytes(), 9, mtime=0)
