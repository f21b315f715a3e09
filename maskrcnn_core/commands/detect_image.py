"""What ``maskrcnn detect`` does with each image: read it, find its objects, write what is drawn.

Inputs: a recipe, and an image's path with the name that its files get. Outputs: the image's files; an answer for the
journal, in values as JSON has them. Workers of a cluster do the same: the recipe is all that they are told.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

MADE_BY = ("weights", "config_file", "min_score", "tile", "tile_overlap", "depth", "engine")  # options
DRAWN = ("splashes", "cutouts")
PNG_EFFORT = 3  # of 9: a photograph of 1 MP takes 0.1 s instead of 0.4 with 6, and is a tenth larger


def make_detection(recipe: dict[str, Any]) -> Detection:
    """Return what a worker does; see ``recipe_of``."""
    return Detection(Path(recipe["folder"]), recipe)


def recipe_of(folder: Path, options: dict[str, Any], abroad: bool) -> dict[str, Any]:
    """Return what ``make_detection`` needs: the options that change what is found or drawn.

    abroad: for processes with working folders of their own.
    """
    from ..inference.cluster.worker import seen_by_all

    recipe = {**{key: options[key] for key in (*MADE_BY, *DRAWN)}, "features": bool(options["features"])}
    if not abroad:
        return {**recipe, "folder": str(folder)}
    files = seen_by_all(options["weights"], options["config_file"])
    return {**recipe, **files, "folder": str(folder.resolve())}


class Detection:
    """What is done with each image: read, detect, write."""

    def __init__(self, folder: Path, options: dict[str, Any]) -> None:
        """Load the model of ``options`` into its engine; write into ``folder``."""
        from ..data.formats.coco_names import category_of, coco_class_names
        from ..inference.anchor_scales import AnchorProbe
        from ..inference.engines.opening import open_model

        self.folder, self.options = folder, options
        self.model = open_model(options["weights"], options["config_file"], options["engine"])
        is_coco = self.model.config.class_names == coco_class_names()
        self.categories = [category_of(i) for i in range(1, 81)] if is_coco else None
        self.probe = AnchorProbe(self.model)
        if options["min_score"] is not None:
            wanted = {"detections.min_score": options["min_score"]}
            self.model.config = self.model.config.replace(**wanted)

    def load(self, item: tuple[str, str]) -> Any:
        """Read an image: its path, and the name that its files get."""
        from ..data.reading.images import load_image

        return load_image(item[0], self.model.config.molding.channels, self.options["depth"])

    def work(self, item: tuple[str, str], loaded: Any) -> Any:
        """Find its objects, with ``--features`` each with its vector; say where it is unlike what was learned from."""
        return self.whole(loaded) if self.options["tile"] is None else self.in_tiles(loaded)

    def whole(self, loaded: Any) -> Any:
        """Run the network once; what else is told of the image is read from that run."""
        from ..inference.familiarity import READS, remark_on_trace
        from ..recording.detail import vectors_of, vectors_read

        model, features = self.model, self.options["features"]
        names = [
            *(vectors_read(model.config) if features else ()),
            *(READS if model.image_statistics else ()),
            *self.probe.reads,
        ]
        result, kept = model.detect_keeping(loaded, names, boxed=True)
        vectors = vectors_of(kept, model.config, result.ranks) if features else None
        said = remark_on_trace(model.image_statistics, kept), self.probe.remark(loaded, kept)
        return result, vectors, "; ".join(filter(None, said))

    def in_tiles(self, loaded: Any) -> Any:
        """Run the network on each tile; the one in the middle stands for the image."""
        from ..data.reading.images import SourceImage
        from ..inference.familiarity import remark_on
        from ..inference.tiling import detect_tiled, detect_tiled_features

        side, overlap, pixels = self.options["tile"], self.options["tile_overlap"], loaded.pixels
        top, left = (max(0, (length - side) // 2) for length in pixels.shape[:2])
        middle = SourceImage(pixels[top : top + side, left : left + side], loaded.source)
        unlike = "; ".join(filter(None, (remark_on(self.model, middle), self.probe.look_at(middle))))
        if not self.options["features"]:
            return detect_tiled(self.model, loaded, side, overlap, boxed=True), None, unlike
        return *detect_tiled_features(self.model, loaded, side, overlap, boxed=True), unlike

    def finish(self, item: tuple[str, str], loaded: Any, worked: Any) -> dict[str, Any]:
        """Write what is drawn; return the rows of the two lists."""
        from ..inference.features import rows_of
        from ..inference.outputs import areas, coco_results
        from ..recording.detail import last_hidden

        name, (result, vectors, unlike) = item[1], worked
        write_images(loaded.for_display(), result, self.folder, name, self.options)
        rows = [(name, a.class_name, a.instances, a.pixels, f"{a.share:.6f}") for a in areas(result)]
        answer = {
            "results": coco_results(result, name, self.categories),
            "areas": rows,
            "unlike": unlike,
            "brightest": loaded.brightest,
            "remark": loaded.remark,
        }
        tensor = last_hidden(self.model.config)
        return answer if vectors is None else {**answer, "features": rows_of(result, vectors, tensor)}


def write_images(image: np.ndarray, result: Any, folder: Path, name: str, options: dict[str, Any]) -> None:
    """Write the overlay of one image and, as asked for, its splash and cut-outs."""
    from PIL import Image

    from ..files.atomic import replacing
    from ..inference.outputs import CUTOUT, OVERLAY, SPLASH, cutout, overlay, splash

    def write(pixels: np.ndarray, ending: str) -> None:
        with replacing(folder / f"{name}{ending}") as part:
            Image.fromarray(pixels).save(part, format="PNG", compress_level=PNG_EFFORT)

    write(overlay(image, result), OVERLAY)
    if options["splashes"]:
        write(splash(image, result.masks), SPLASH)
    if options["cutouts"]:
        for rank, mask, box in zip(result.ranks, result.masks, result.boxes, strict=True):
            write(cutout(image, mask, box), CUTOUT.format(f"{rank:03d}"))
