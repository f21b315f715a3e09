"""A job without a model, which workers of a cluster find by its name: squares, and whatever else may happen."""

import os
import signal
import time
from pathlib import Path


class Squares:
    """Squares its items.

    recipe: unreadable, raises, kills: items that cannot be read, at which the model raises, and at which the process
    ends; stops: an item at which it stands still, the first time; hangs: items at which it never ends. seconds: of
    work. note: a file that gets a line for each item worked on.
    """

    def __init__(self, recipe):
        self.recipe = recipe

    def load(self, item):
        if item in self.recipe.get("unreadable", ()):
            raise ValueError(f"{item} is cut short")
        return item

    def work(self, item, loaded):
        if "note" in self.recipe:
            with Path(self.recipe["note"]).open("a") as file:
                file.write(f"{item}\n")
        time.sleep(3600 if item in self.recipe.get("hangs", ()) else self.recipe.get("seconds", 0))
        if item in self.recipe.get("raises", ()):
            raise ArithmeticError(f"{item} has no square")
        if item in self.recipe.get("kills", ()):
            os.kill(os.getpid(), signal.SIGKILL)
        if (
            item == self.recipe.get("stops")
            and Path(self.recipe["note"]).read_text().split().count(str(item)) == 1
        ):
            os.kill(os.getpid(), signal.SIGSTOP)
        return loaded * loaded

    def finish(self, item, loaded, worked):
        return {"square": worked, "process": os.getpid()}


def make_squares(recipe):
    return Squares(recipe)
