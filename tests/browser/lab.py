"""A real JupyterLab with a real browser, in private folders: open a notebook, run it, look at what a person sees."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from maskrcnn_inspect.commands.lab import ASSETS

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
ARTIFACTS = ROOT / "test-artifacts"
ERROR = '[data-mime-type="application/vnd.jupyter.error"]'
TOKEN = "for-this-test-alone"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}


def environment(home: Path) -> dict[str, str]:
    """Give an environment in which Jupyter, IPython and matplotlib write nowhere but ``home``."""
    config = home / "config" / "labconfig"
    config.mkdir(parents=True)
    (config / "default_setting_overrides.json").write_text(json.dumps({**SETTINGS, **quiet()}))
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR")
    names = dict(zip(folders, ("config", "data", "runtime", "ipython", "matplotlib"), strict=True))
    paths = os.pathsep.join((str(ROOT), str(ROOT / "inspect")))
    return {**os.environ, **{name: str(home / folder) for name, folder in names.items()}, "PYTHONPATH": paths}


@contextmanager
def jupyterlab(notebook: Path, home: Path) -> Iterator[str]:
    """Serve a copy of ``notebook`` on loopback and give its address."""
    shutil.copy(notebook, home / notebook.name)
    with lab_of(home) as address_of:
        yield address_of(notebook.name)


@contextmanager
def lab_of(home: Path) -> Iterator[Callable[[str], str]]:
    """Serve all that is in ``home`` on loopback and give a function from the name of a notebook to its address."""
    command = [
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--port-retries=0",
        "--ServerApp.ip=127.0.0.1",
    ]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={home}"]
    with served(command, home, f"/api/status?token={TOKEN}") as address:
        yield lambda name: f"{address}/lab/tree/{name}?reset&token={TOKEN}"


@contextmanager
def voila(notebook: Path, home: Path) -> Iterator[str]:
    """Serve ``notebook`` on loopback as a page without code and give its address."""
    shutil.copy(notebook, home / notebook.name)
    command = ["-m", "voila", str(home / notebook.name), "--no-browser", "--Voila.ip=127.0.0.1"]
    with served(command, home, "/voila/static/favicons/favicon-busy-1.ico") as address:
        yield address


@contextmanager
def served(command: list[str], home: Path, known: str) -> Iterator[str]:
    """Start a server by ``command`` on a free port and give its address once it answers for the path ``known``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(home / "server.log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, *command, f"--port={port}"], env=environment(home), stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}{known}", timeout=2).close()
                break
            except urllib.error.HTTPError:
                break  # it answers
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def run_all(page: Any, address: str, seconds: int = 300) -> None:
    """Open the notebook, run all its cells and wait until the last is done, or one has failed."""
    page.goto(address)
    status = page.locator("#jp-main-statusbar")
    status.get_by_text(re.compile(r"Python 3.*\| Idle")).wait_for(timeout=seconds * 1000)
    page.locator('.lm-MenuBar-itemLabel:text-is("Run")').click()
    page.locator('.lm-Menu-itemLabel:text-is("Run All Cells")').click()
    prompts = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]"
    page.wait_for_function(
        f"() => document.querySelector(`{ERROR}`) || {prompts}.every(p => /\\[\\d+\\]/.test(p.textContent))",
        timeout=seconds * 1000,
    )


def errors(page: Any) -> list[str]:
    """Return the text of every output that is an error."""
    return page.locator(ERROR).all_inner_texts()


def end_kernels(address: str) -> None:
    """End all kernels of the JupyterLab in which the notebook at ``address`` is: each holds a TensorFlow."""
    kernels = f"{address.partition('/lab/')[0]}/api/kernels"
    head = {"Authorization": f"token {TOKEN}"}
    with urllib.request.urlopen(urllib.request.Request(kernels, headers=head), timeout=30) as answer:
        running = json.load(answer)
    for one in running:
        ending = urllib.request.Request(f"{kernels}/{one['id']}", headers=head, method="DELETE")
        urllib.request.urlopen(ending, timeout=30).close()


def quiet() -> dict[str, Any]:
    """Return the settings that the walk gives JupyterLab: what is tested is what people get."""
    settings: dict[str, Any] = json.loads(
        (ASSETS / "jupyter" / "labconfig" / "default_setting_overrides.json").read_text()
    )
    return settings
