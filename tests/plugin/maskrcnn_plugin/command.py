"""``maskrcnn count``: say how many images a data set holds."""

import click


@click.command()
@click.argument("dataset")
def count(dataset: str) -> None:
    """Count the images of DATASET."""
    from maskrcnn_core.data.reading.registry import open_dataset

    click.echo(f"{len(open_dataset(dataset))} images")
