// The probe: an image that stands in the model's file with what TensorFlow found in it. A GPU whose driver computes
// otherwise is found out before anything of it is shown.

/** @import { Manifest, Picture, Run } from "./types.d.ts" */

// what the tests hold all engines against: boxes in network-input px
const PIXEL = 0.01;
const SCORE = 1e-4;

/** @type {(manifest: Manifest, data: Uint8Array) => Picture | null} */
export function probeOf({ probe }, data) {
  if (!probe) return null;
  return { size: probe.size, rgb: data.slice(probe.offset, probe.offset + probe.length), name: "probe" };
}

/**
 * Say how a run of the probe differs from what was found in it, "" if it does not.
 * @type {(manifest: Manifest, run: Run) => string}
 */
export function differenceOf({ probe }, { tensors }) {
  if (!probe) throw new Error("wanted a model's file with a probe");
  const values = (/** @type {string} */ name) => Array.from(known(tensors, `detections.${name}`).values);
  const classes = values("class_ids");
  if (classes.length !== probe.class_ids.length) {
    return `objects found in a test image: ${classes.length}, by TensorFlow ${probe.class_ids.length}`;
  }
  if (classes.some((id, row) => id !== probe.class_ids[row])) return "it finds other classes in a test image";
  const boxes = furthest(values("boxes"), probe.boxes);
  if (!(boxes <= PIXEL)) return `boxes of a test image differ by ${boxes.toPrecision(2)} px`; // NaN, too
  const scores = furthest(values("scores"), probe.scores);
  return scores <= SCORE ? "" : `scores of a test image differ by ${scores.toPrecision(2)}`;
}

/** @type {(made: number[], wanted: number[]) => number} */
const furthest = (made, wanted) => made.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);

import { known } from "./chain.js";
