"""``maskrcnn notebooks``: copy the notebooks and lessons to a folder of yours."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DIR")
@click.pass_context
def notebooks(context: click.Context, folder: str) -> None:
    """Copy the notebooks and lessons to DIR, where you can change them.

    \b
    Examples:
      maskrcnn notebooks walks
      jupyter lab walks/inspect_model.ipynb

    A file in DIR that differs from ours is kept as it is: it may hold your changes. Rename it to get ours again.

    Exit status: 0 = all are there, 1 = some were kept, 2 = wrong use.
    """
    kept = copy_notebooks(Path(folder))
    click.echo(f"The notebooks are in {folder}. Open one: jupyter lab {Path(folder) / 'inspect_model.ipynb'}")
    for path in kept:
        click.echo(f"kept {path}, which differs from ours; rename it to get ours", err=True)
    context.exit(1 if kept else 0)


def copy_notebooks(folder: Path) -> list[Path]:
    """Copy all notebooks to ``folder`` and return the files that were kept because they differ from ours.

    Raises: ValueError where ``folder`` cannot be made or written to.
    """
    from maskrcnn_core.files.atomic import prepare_folder, replacing

    source, kept = notebooks_folder(), list[Path]()
    for notebook in sorted(source.rglob("*.ipynb")):
        if ".ipynb_checkpoints" in notebook.parts:
            continue
        target = folder / notebook.relative_to(source)
        if target.exists():
            if not target.is_file() or target.read_bytes() != notebook.read_bytes():
                kept.append(target)
            continue
        prepare_folder(target.parent)
        with replacing(target) as part:
            part.write_bytes(notebook.read_bytes())
    return kept


def notebooks_folder() -> Path:
    """Return the folder of the notebooks: inside the package where a wheel was installed, else the clone's own."""
    package = Path(__file__).resolve().parents[1]
    shipped, cloned = package / "notebooks", package.parents[1] / "notebooks"
    for folder in (shipped, cloned):
        if (folder / "inspect_model.ipynb").is_file():
            return folder
    raise ValueError(f"wanted the notebooks in {shipped}, received none; install the project again")
