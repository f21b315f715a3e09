// What the front end has to know of a run before it asks for tensors, as explorer/description.py says it of a trace.

/** @import { Description } from "../types.d.ts" */
/** @import { Manifest, Run, Size } from "./types.d.ts" */

/** @type {(run: Run, manifest: Manifest, engine: string) => Description} */
export function describe(run, manifest, engine) {
  const names = [...Object.keys(manifest.tensors)].filter((name) => shapeOf(run, name));
  const readings = readingsOf(run, manifest);
  const input = known(run.tensors, "molding.image").shape;
  return {
    engine,
    live: true,
    unlike: "",
    samples: [], // those of the page, which knows them
    image: run.picture.name,
    weights: manifest.name,
    class_names: manifest.class_names,
    palette: manifest.palette,
    fates: manifest.fates,
    sizes: {
      image: run.picture.size,
      input: [input[0], input[1]],
      window: Array.from(known(run.tensors, "molding.window").values),
      scale: known(run.tensors, "molding.scale").values[0],
    },
    levels: levelsOf([input[0], input[1]], manifest),
    rules: manifest.rules,
    tensors: Object.fromEntries(
      names.map((name) => [name, { shape: shapeOf(run, name) ?? [], unit: manifest.tensors[name].unit }]),
    ),
    readings,
    timed: [], // two stages of a head run as one graph
    fixed: [...names, ...readings].filter((name) => !manifest.changing.some((part) => name.startsWith(part))),
    settings: settingsOf(run, manifest),
    counts: countsOf(run, manifest),
  };
}

/** @type {(run: Run, name: string) => number[] | undefined} */
function shapeOf({ tensors, crops, picture }, name) {
  return name === "pasting.masks" ? [crops.length, ...picture.size] : tensors.get(name)?.shape;
}

/** @type {(run: Run, manifest: Manifest) => string[]} fates are of models in which a proposal stands for one class */
function readingsOf({ tensors }, { readings }) {
  const [candidates, proposals] = ["detections.candidate_class", "proposals.scores"].map(
    (name) => known(tensors, name).shape[0],
  );
  return candidates === proposals ? readings : readings.filter((name) => !name.startsWith("reading.fate."));
}

/** @type {(shape: Size, manifest: Manifest) => Description["levels"]} */
function levelsOf(shape, { anchors }) {
  let first = 0;
  return gridsOf(shape, anchors).map(([rows, columns], place) => {
    const ratios = anchors.ratios.length;
    const stride = anchors.strides[place] * anchors.spacing;
    const level = { level: anchors.levels[place], rows, columns, first, ratios, stride };
    first += rows * columns * ratios;
    return level;
  });
}

/** @type {(run: Run, manifest: Manifest) => Description["settings"]} */
function settingsOf({ tensors, settings }, manifest) {
  const anchors = known(tensors, "anchors.level").values.length;
  return manifest.settings.map(({ name, label, own, min, max, step }) => {
    const most = max ?? Math.min(anchors, manifest.most_kept);
    const value = settings[name];
    return { name, label, own, value, min, max: Math.max(most, value, own), step };
  });
}

/** @type {(run: Run, manifest: Manifest) => Record<string, number>} */
function countsOf(run, manifest) {
  const rows = (/** @type {string} */ name) => known(run.tensors, name).shape[0];
  const objects = known(run.tensors, "detections.candidate_class").values.filter((id) => id > 0).length;
  return {
    anchors: rows("anchors.boxes"),
    "top k, refined": rows("proposals.clipped"),
    proposals: rows("proposals.boxes"),
    [manifest.ranking.every ? "candidates" : "not background"]: objects,
    "score high enough": passing(run, manifest).length,
    detections: rows("detections.boxes"),
    "with a mask": run.crops.filter((_, row) => visible(run, row)).length,
  };
}

import { known } from "./chain.js";
import { passing, visible } from "./fates.js";
import { gridsOf } from "./layout.js";
