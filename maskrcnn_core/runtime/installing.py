"""How this project is installed on this machine: the command for a wheel or for a clone, and what is missing."""

from __future__ import annotations

import os
from os.path import isfile, join

DISTRIBUTION = "maskrcnn-inspect"
TENSORFLOW = ("tensorflow", "keras")  # what the extras cpu and gpu bring
# modules that the extra views brings, with those that these bring
VIEWS = ("matplotlib", "ipywidgets", "traitlets", "IPython", "anywidget", "nbformat", "nbclient", "nbconvert",
         "jupyterlab", "jupyter_server", "jupyter_core", "tensorboard", "pyarrow", "scipy", "skimage")  # fmt: skip
# the folder of a clone; where a wheel was installed, that of all packages. A text: to import pathlib takes a tenth of
# the time of `maskrcnn --help`
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
Folder = str | os.PathLike[str]


def pyproject(root: Folder = ROOT) -> str | None:
    """Return the text of a checkout's ``pyproject.toml``; None where a wheel was installed."""
    try:
        with open(join(root, "pyproject.toml"), encoding="utf-8") as file:
            text = file.read()
    except (OSError, ValueError):
        return None
    return text if f'\nname = "{DISTRIBUTION}"\n' in text else None


def is_clone(root: Folder = ROOT) -> bool:
    """Return whether the project runs from a clone, which has ``./run`` and pinned versions, not from a wheel."""
    return isfile(join(root, "run")) and isfile(join(root, "constraints.txt"))


def install_command(extra: str = "", root: Folder = ROOT) -> str:
    """Return the command that installs the project with TensorFlow on this machine.

    extra: cpu or gpu; empty takes gpu where the system shows an NVIDIA GPU.
    """
    import shutil  # not above: `maskrcnn --help` needs no word of this

    extra = extra or ("gpu" if shutil.which("nvidia-smi") else "cpu")
    if is_clone(root):
        return f'pip install -e "{root}[{extra}]" --constraint "{root}/constraints.txt"'
    return f'pip install "{DISTRIBUTION}[{extra}]"'


def install_advice(root: Folder = ROOT) -> str:
    """Return what to do where something of the installation is missing or too old."""
    if is_clone(root):
        return f"install the project again: {install_command(root=root)}, or remove .venv and start ./run"
    return f"install the project again: {install_command(root=root)} --upgrade"


def absent(error: ModuleNotFoundError) -> str:
    """Return one line for a person whose command needs what an extra brings; empty for any other ``error``."""
    module = (error.name or "").partition(".")[0]
    if module in TENSORFLOW:
        return f"this command needs TensorFlow, which is not installed here: {install_command()}"
    if module in VIEWS:
        return f"this command needs {module}, which is not installed here: {install_command('views')}"
    return ""
