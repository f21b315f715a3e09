"""JupyterLab with the notebooks: of our own, on loopback, without a question about news over the first view.

Inputs: what the notebook reads from the environment. Outputs: a process, and its address.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from maskrcnn_core.files.cache import cache_folder

from .notebooks import copy_notebooks, notebooks_folder

NOTEBOOK = "inspect_model.ipynb"
LOOPBACK = "127.0.0.1"
PATIENCE = 60.0  # s until it answers
ASSETS = Path(__file__).resolve().parents[1] / "assets"


def folder() -> Path:
    """Return the folder of the notebooks: a clone's own, else a copy in the cache, since an installation is no place
    to save in.
    """
    found = notebooks_folder()
    if found.parent.name != "maskrcnn_inspect":
        return found
    copied = cache_folder() / "notebooks"
    copy_notebooks(copied)
    return copied


def command(root: Path) -> list[str]:
    """Return what starts JupyterLab on the folder ``root``, its first notebook open."""
    words = [sys.executable, "-m", "jupyterlab", f"--ServerApp.ip={LOOPBACK}", f"--ServerApp.root_dir={root}"]
    words.append(f"--LabApp.default_url=/lab/tree/{NOTEBOOK}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")
    return words


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return this environment with ``given``, and no other of what the notebook reads; settings of ours are defaults,
    which a user's own override.
    """
    kept = {name: value for name, value in os.environ.items() if name not in READ}
    paths = [str(ASSETS / "jupyter"), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    return {**kept, "JUPYTER_CONFIG_PATH": os.pathsep.join(paths), **given}


READ = ("MASKRCNN_IMAGE", "MASKRCNN_WEIGHTS", "MASKRCNN_TRUTH")


class Lab:
    """A JupyterLab that is started when it is first asked for, and ends with ``close``."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given, self._process, self._address = dict(given), None, ""

    _process: subprocess.Popen[bytes] | None

    def address(self) -> str:
        """Return the address of the notebook, with its token. Raises: OSError where JupyterLab does not start."""
        if self._process is None or self._process.poll() is not None:
            self._start()
        return self._address

    def _start(self) -> None:
        token, port = secrets.token_urlsafe(24), _free_port()
        options = ["--no-browser", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
        self._process = subprocess.Popen(
            [*command(folder()), *options],
            env={**environment(self._given), "JUPYTER_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is ours to hand on: it would ask whether it is meant
        )
        root = f"http://{LOOPBACK}:{port}"
        self._wait_for(f"{root}/api/status?token={token}")
        self._address = f"{root}/lab/tree/{NOTEBOOK}?token={token}"

    def _wait_for(self, known: str) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process is not None and self._process.poll() is None:
            try:
                urllib.request.urlopen(known, timeout=2).close()
                return
            except urllib.error.HTTPError:
                return  # it answers
            except OSError:
                time.sleep(0.2)
        self.close()
        raise OSError("JupyterLab did not start; start it by hand: jupyter lab")

    def close(self) -> None:
        """End JupyterLab and its kernels."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return int(free.getsockname()[1])
