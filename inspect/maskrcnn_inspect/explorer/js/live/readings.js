// Readings: what analysis computes from the tensors of a run, under the names of explorer/readings.py.

/** @import { Manifest, Roi, Run, Size, Tensor } from "./types.d.ts" */

const f = Math.fround;
const BOXES = { box_roi: "proposals.boxes", mask_roi: "detections.boxes" };

/**
 * Compute a reading.
 * @type {(name: string, run: Run, manifest: Manifest) => Tensor}
 */
export function reading(name, run, manifest) {
  const [, kind, ...rest] = name.split(".");
  const of = rest.join(".");
  if (kind === "energy") return energy(known(run.tensors, of));
  if (kind === "order") return order(known(run.tensors, of));
  if (kind === "table") return { shape: [256, 3], values: Uint8Array.from(manifest.tables[of]) };
  if (kind === "fate") return fatesOf(run, manifest)[/** @type {Exclude<keyof Fates, "candidates">} */ (of)];
  if (kind === "rows" || kind === "columns") {
    const axis = kind === "rows" ? 0 : 1;
    return of in BOXES
      ? points(/** @type {keyof typeof BOXES} */ (of), axis, run, manifest)
      : field(of, axis, run, manifest);
  }
  throw new Error(`wanted a reading, received ${name}`);
}

/** @type {(map: Tensor) => Tensor} the root mean square over the channels of a map (…, channel) */
function energy({ values, shape }) {
  const channels = shape[shape.length - 1];
  const made = new Float32Array(values.length / channels);
  for (let cell = 0; cell < made.length; cell++) {
    let sum = 0;
    for (let i = cell * channels; i < (cell + 1) * channels; i++) sum += values[i] * values[i];
    made[cell] = Math.sqrt(sum / channels);
  }
  return { shape: shape.slice(0, -1), values: made };
}

/** @type {(map: Tensor) => Tensor} the channels of a map, the strongest first, those that are not finite before all */
function order({ values, shape }) {
  const channels = shape[shape.length - 1];
  const sums = new Float64Array(channels);
  for (let i = 0; i < values.length; i++) sums[i % channels] += values[i] * values[i];
  const strength = (/** @type {number} */ one) => (Number.isFinite(sums[one]) ? sums[one] : Infinity);
  const all = Array.from(sums, (_, i) => i).sort((a, b) => strength(b) - strength(a) || a - b);
  return { shape: [channels], values: Int32Array.from(all) };
}

/** @type {(name: string, axis: number, run: Run, manifest: Manifest) => Tensor} the px that each row or column can see */
function field(name, axis, { tensors }, { receptive }) {
  const side = known(tensors, "molding.image").shape[axis];
  const values = Int32Array.from(receptive[name][side]);
  return { shape: [values.length / 2, 2], values };
}

/**
 * Give where ROIAlign reads, px: as many points a box as that with the most has, NaN behind the others'.
 * @type {(stage: keyof typeof BOXES, axis: number, run: Run, manifest: Manifest) => Tensor}
 */
function points(stage, axis, { tensors }, manifest) {
  const [boxes, levels] = [known(tensors, BOXES[stage]), known(tensors, `${stage}.level`)];
  const roi = manifest.roi[stage];
  const side = known(tensors, "molding.image").shape[axis];
  const lines = Array.from(levels.values, (level, row) => {
    const ends = [boxes.values[4 * row + axis], boxes.values[4 * row + axis + 2]];
    const cells = known(tensors, `fpn.p${level}`).shape[axis];
    const line = { cells, side, stride: 2 ** level, corner: manifest.corner };
    return (roi.sampling === "corners" ? onCorners : inCells)(ends, line, roi);
  });
  const widest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  const values = new Float32Array(lines.length * widest).fill(Number.NaN);
  for (const [row, line] of lines.entries()) values.set(line, row * widest);
  return { shape: [lines.length, widest], values };
}

/** @typedef {{ cells: number, side: number, stride: number, corner: number }} Line */

/** @type {(ends: number[], line: Line, roi: Roi) => Float32Array} */
function onCorners([start, end], { cells, side, corner }, { size }) {
  const longest = cells - 1;
  const whole = f(side - corner);
  const [first, last] = [f(start / whole), f(f(end - corner) / whole)];
  const back = (/** @type {number} */ place) =>
    f(f(f(place * f(side - corner)) / Math.max(longest, 1)) + f(0.5 * corner));
  return placesOf(first, last, longest, size).map(back);
}

/** @type {(ends: number[], line: Line, roi: Roi) => Float32Array} */
function inCells(ends, { cells, stride, corner }, roi) {
  const { aligned } = roi;
  const start = f(ends[0] / stride);
  const exact = f(f(ends[1] - corner) / stride);
  const end = aligned ? exact : f(start + Math.max(f(exact - start), 1));
  const count = countOf(start, end, roi);
  const [side, middle] = [f(end - start), aligned ? 0.5 : 0];
  const first = f(f(f(start + f(f(0.5 * side) / count)) - middle) + 1);
  const last = f(first + f(f(side * (count - 1)) / count));
  const edge = f(cells + 1); // one cell was added around the map
  const places = placesOf(f(first / edge), f(last / edge), cells + 1, count);
  return places.map((place) => f(f(f(place - 1) + middle) * stride));
}

/**
 * Give how many points a box has along an axis, from cell `start` to `end`: as points_a_side of stages/roi_sampling.py.
 * @type {(start: number, end: number, roi: Roi) => number}
 */
function countOf(start, end, { size, samples, aligned }) {
  if (samples) return size * samples;
  const shift = aligned ? 0.5 : 0;
  const each = Math.ceil(f(f(f(end - shift) - f(start - shift)) / size)); // a bin's cells, as detectron2 counts them
  return size * (Number.isFinite(each) ? Math.max(each, 1) : 1);
}

/** @type {(first: number, last: number, longest: number, count: number) => Float32Array} */
function placesOf(first, last, longest, count) {
  if (count === 1) return Float32Array.of(f(f(f(0.5) * f(first + last)) * longest));
  const step = f(f(f(last - first) * longest) / (count - 1));
  return Float32Array.from({ length: count }, (_, i) => f(f(first * longest) + f(i * step)));
}

/** @import { Fates } from "./fates.js" */

import { known } from "./chain.js";
import { fatesOf } from "./fates.js";
