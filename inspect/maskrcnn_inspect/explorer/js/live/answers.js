// Questions for tensors of a run and their answers: only what is shown leaves the worker. As explorer/wire.py.

/** @import { Tensor, Want } from "../types.d.ts" */
/** @import { Manifest, Run } from "./types.d.ts" */

/** @type {WeakMap<Run, Map<string, Tensor>>} readings of a run, each computed once */
const computed = new WeakMap();

/** @type {(run: Run, manifest: Manifest, want: Want) => Tensor} */
export function answer(run, manifest, { name, rows, channel }) {
  if (name === "pasting.masks") return masksOf(run.crops, run.picture.size, rows ?? run.crops.map((_, row) => row));
  const whole =
    name.startsWith("reading.") && !run.tensors.has(name) ? readingOf(run, manifest, name) : known(run.tensors, name);
  if (rows) return rowsOf(whole, checked(rows, whole.shape[0] ?? 0, name));
  return channel === undefined
    ? whole
    : channelOf(whole, checked([channel], whole.shape[whole.shape.length - 1], name)[0]);
}

/** @type {(run: Run, manifest: Manifest, name: string) => Tensor} */
function readingOf(run, manifest, name) {
  const kept = computed.get(run) ?? new Map();
  computed.set(run, kept);
  if (!kept.has(name)) kept.set(name, reading(name, run, manifest));
  return kept.get(name);
}

/** @type {(tensor: Tensor, channel: number) => Tensor} */
function channelOf({ values, shape }, channel) {
  const channels = shape[shape.length - 1];
  const taken = values.slice(0, values.length / channels);
  for (let i = 0; i < taken.length; i++) taken[i] = values[i * channels + channel];
  return { values: taken, shape: shape.slice(0, -1) };
}

/** @type {(indices: number[], length: number, name: string) => number[]} */
function checked(indices, length, name) {
  for (const one of indices) {
    if (!(one >= 0 && one < length)) throw new Error(`${name}: wanted 0 to ${length - 1}, received ${one}`);
  }
  return indices;
}

import { rowsOf } from "../page_engine.js";
import { known } from "./chain.js";
import { masksOf } from "./pasting.js";
import { reading } from "./readings.js";
