"""ONNX Runtime for browsers: its programs (WebAssembly), and where they come from.

Outputs: a program, compressed by gzip, of the very version whose JavaScript is in ``built/live.js`` and
``built/live_webgpu.js``: one that computes in WASM alone, one that has WebGPU beside it and is twice as large. A wheel
that was built beside Node's packages carries both, so that pages are written without a network; a clone takes them from
there; otherwise each is fetched once into the cache and held against its hash.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from maskrcnn_core.files.download import fetch
from maskrcnn_core.files.registry import Download

VERSION = "1.30.0"  # of onnxruntime-web, as in canvas/js/package.json
_EXPLORER = Path(__file__).parent.parent
_DIST = _EXPLORER.parent / "canvas" / "js" / "node_modules" / "onnxruntime-web" / "dist"


@dataclass(frozen=True)
class Program:
    """One of ONNX Runtime's programs. file: in its package. variable: names another address of it."""

    name: str
    file: str
    sha256: str
    variable: str

    @property
    def shipped(self) -> Path:
        """Where a wheel carries it."""
        return _EXPLORER / "built" / f"{self.file}.gz"

    @property
    def installed(self) -> Path:
        """Where Node's packages have it."""
        return _DIST / self.file

    @property
    def download(self) -> Download:
        """Where it is fetched from."""
        return Download(
            name=f"onnxruntime-web-{VERSION}{self.name}.wasm",
            url=f"https://cdn.jsdelivr.net/npm/onnxruntime-web@{VERSION}/dist/{self.file}",
            variable=self.variable,
            check=self.check,
            pinned=f"sha256:{self.sha256}",
        )

    def check(self, path: Path) -> None:
        """Raise ValueError for another program than the one that belongs to our JavaScript."""
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != self.sha256:
            raise ValueError(
                f"wanted {self.file} of ONNX Runtime {VERSION} for browsers, SHA-256 {self.sha256}, received {found}"
            )


WASM = Program(
    name="",
    file="ort-wasm-simd-threaded.wasm",
    sha256="3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
    variable="MASKRCNN_ORT_WASM",
)
WEBGPU = Program(
    name="-webgpu",
    file="ort-wasm-simd-threaded.asyncify.wasm",
    sha256="39f9f0894d478800487ed9f7dbe92618498db320cf55c8e3d89adff8dce658da",
    variable="MASKRCNN_ORT_WEBGPU",
)


def runtime(program: Program) -> bytes:
    """Return ``program``, compressed by gzip.

    Raises: DownloadError, a ValueError, where it neither ships nor lies beside nor can be fetched.
    """
    if program.shipped.is_file():
        return program.shipped.read_bytes()
    if program.installed.is_file():
        program.check(program.installed)
        return gzip.compress(program.installed.read_bytes(), 9, mtime=0)
    return gzip.compress(fetch(program.download).read_bytes(), 9, mtime=0)
