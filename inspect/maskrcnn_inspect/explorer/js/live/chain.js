// The chain of parts: runs what a change touches, and nothing before it. What a part computes is the exported graph's.

/** @import { Values, Manifest, PartEntry, Picture, Run, Tensor } from "./types.d.ts" */

/** Runs the graph of a part: what it reads by name, tensors and settings, to what it makes. */
/** @typedef {(part: PartEntry, given: Record<string, Tensor>) => Promise<Record<string, Tensor>>} RunPart */

/** Hears which part comes next; what it throws ends the run. */
/** @typedef {(part: string) => Promise<void>} Before */

const PASTING = "pasting.threshold";

/** A run that nobody waits for any longer. */
export class Cancelled extends Error {}

/**
 * Run an image from its pixels on.
 * @type {(manifest: Manifest, picture: Picture, runPart: RunPart, before: Before) => Promise<Run>}
 */
export async function runPicture(manifest, picture, runPart, before) {
  await before("image");
  const start = performance.now();
  const { layout, tensors } = mold(picture, manifest);
  const anchors = anchorsOf(layout.shape, manifest.anchors);
  /** @type {Values} */
  const known = new Map(Object.entries(tensors));
  for (const [name, tensor] of Object.entries(anchors)) known.set(`anchors.${name}`, tensor);
  const settings = Object.fromEntries(manifest.settings.map((one) => [one.name, one.own]));
  const run = { picture, settings, tensors: known, crops: [], milliseconds: { image: performance.now() - start } };
  return through(manifest, run, manifest.parts, { runPart, before, former: [] });
}

/**
 * Run again with other settings, from the first part that takes one of them. `former` are runs of the same image, the
 * last of them the one at hand; they stay as they are.
 * @type {(manifest: Manifest, former: Run[], settings: Record<string, number>, runPart: RunPart, before: Before) => Promise<Run>}
 */
export async function runAgain(manifest, former, settings, runPart, before) {
  const run = former[former.length - 1];
  const changed = Object.keys(settings).filter((name) => settings[name] !== run.settings[name]);
  if (!changed.length) return run;
  const first = manifest.parts.findIndex((part) => part.settings.some((name) => changed.includes(name)));
  const parts = first < 0 ? [] : manifest.parts.slice(first);
  const next = { ...run, settings, tensors: new Map(run.tensors), milliseconds: {} };
  return through(manifest, next, parts, { runPart, before, former });
}

/** @type {(manifest: Manifest, run: Run, parts: PartEntry[], ways: { runPart: RunPart, before: Before, former: Run[] }) => Promise<Run>} */
async function through(manifest, run, parts, { runPart, before, former }) {
  for (const part of parts) {
    await before(part.name);
    const start = performance.now();
    const made = await runRows(part, givenTo(part, run), run, former, runPart);
    for (const [name, tensor] of Object.entries(made)) run.tensors.set(name, tensor);
    run.milliseconds[part.name] = performance.now() - start;
  }
  await before("pasting");
  return pasted(manifest, run);
}

/** @type {(part: PartEntry, run: Run) => Record<string, Tensor>} */
function givenTo(part, { tensors, settings }) {
  const given = Object.fromEntries(part.reads.map((name) => [name, known(tensors, name)]));
  for (const name of part.settings) {
    const whole = !/threshold|score/.test(name);
    given[name] = { shape: [], values: whole ? Int32Array.of(settings[name]) : Float32Array.of(settings[name]) };
  }
  return given;
}

/** @type {(manifest: Manifest, run: Run) => Run} */
function pasted(manifest, run) {
  const start = performance.now();
  const { tensors, picture, settings } = run;
  const { boxes, crops } = paste({
    boxes: known(tensors, "detections.boxes"),
    probs: known(tensors, "mask_head.probs"),
    window: known(tensors, "molding.window"),
    size: picture.size,
    threshold: settings[PASTING],
    manifest,
  });
  tensors.set("pasting.boxes", boxes);
  tensors.set("composing.picture", compose(picture, crops, manifest));
  run.milliseconds.pasting = performance.now() - start;
  return { ...run, crops };
}

/** @type {(tensors: Values, name: string) => Tensor} */
export function known(tensors, name) {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`this run does not hold ${name}`);
  return tensor;
}

import { anchorsOf } from "./layout.js";
import { mold } from "./molding.js";
import { compose, paste } from "./pasting.js";
import { runRows } from "./reuse.js";
