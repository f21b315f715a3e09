// From tensors to what the canvas draws: images, boxes, heat maps, points, grids, masks. Pure.

/** @import { BoxesState, GridState, HeatState, ImageState, MasksState, PointsState, Yxyx } from "../../canvas/js/types.d.ts" */
/** @import { Tensor } from "./types.d.ts" */

/** @typedef {Partial<BoxesState> & { name: string, of: string, boxes: Float32Array, stepBoxes?: Float32Array[] }} BoxesParts */

/** @type {WeakMap<Tensor, ImageState>} */
const images = new WeakMap();

/**
 * Give the image of a tensor (y, x, rgb) uint8; the same object each time, so that the canvas decodes it once.
 * @type {(tensor: Tensor) => ImageState}
 */
export function imageOf(tensor) {
  const known = images.get(tensor);
  if (known) return known;
  const [height, width, channels] = tensor.shape;
  const bytes = new Uint8ClampedArray(4 * height * width);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) bytes[4 * i + c] = tensor.values[channels * i + (channels >= 3 ? c : 0)];
    bytes[4 * i + 3] = 255;
  }
  /** @type {ImageState} */
  const image = { height, width, encoding: "rgba", bytes };
  images.set(tensor, image);
  return image;
}

/** @type {Map<string, ImageState>} */
const blanks = new Map();
/** @type {(height: number, width: number) => ImageState} */
export function blank(height, width) {
  const key = `${height} ${width}`;
  const image = blanks.get(key) ?? { height, width };
  blanks.set(key, image);
  return image;
}

/** @type {(count: number) => Int32Array} */
const upTo = (count) => Int32Array.from({ length: count }, (_, i) => i);

/**
 * Boxes (row, yxyx). Without more they are neutral, numbered 0, 1, 2 …; `stepBoxes` are further positions of each.
 * @type {(parts: BoxesParts) => BoxesState}
 */
export function boxes({ boxes: first, stepBoxes = [], ...more }) {
  const count = first.length / 4;
  const all = new Float32Array(first.length * (stepBoxes.length + 1));
  for (const [step, one] of [first, ...stepBoxes].entries()) all.set(one, step * first.length);
  return {
    kind: "boxes",
    count,
    index: upTo(count),
    colours: new Int32Array(count).fill(-1),
    labels: [],
    lineage: {},
    frames: [],
    filtered: false,
    steps: [],
    dotted: new Uint8Array(count),
    numbered: false,
    ...more,
    boxes: all,
  };
}

/** @type {(count: number) => Uint8Array} */
export const dots = (count) => new Uint8Array(count).fill(1);

/**
 * A heat map (y, x) over `extent` (yxyx px of the image); `symmetric` puts 0 in the middle of the table.
 * @type {(name: string, tensor: Tensor, extent: Yxyx, table: Tensor, more?: { symmetric?: boolean, limits?: [number, number], of?: string, unit?: string }) => HeatState}
 */
export function heat(name, { values, shape }, extent, table, more = {}) {
  const [rows, columns] = shape;
  return {
    kind: "heat",
    name,
    of: more.of ?? "",
    values: Float32Array.from(values),
    grid: [rows, columns],
    maps: 1,
    framed: false,
    extent,
    table: /** @type {Uint8Array} */ (table.values),
    limits: more.limits ?? limitsOf(values, more.symmetric),
    unit: more.unit ?? "activation",
  };
}

/**
 * Give the least and greatest finite value; a flat map gets a range of 1.
 * @type {(values: ArrayLike<number>, symmetric?: boolean) => [number, number]}
 */
export function limitsOf(values, symmetric = false) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (low > high) [low, high] = [0, 1];
  if (symmetric) [low, high] = [-Math.max(Math.abs(low), Math.abs(high)), Math.max(Math.abs(low), Math.abs(high))];
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

/** @type {(name: string, rows: number, columns: number, extent: Yxyx, of?: string) => GridState} */
export const grid = (name, rows, columns, extent, of = "") => ({
  kind: "grid",
  name,
  of,
  grid: [rows, columns],
  extent,
});

/**
 * Points (row, yx); `colour` is the rank of their colour.
 * @type {(name: string, places: number[], colour: number, of?: string) => PointsState}
 */
export function points(name, places, colour, of = "points") {
  const count = places.length / 2;
  return {
    kind: "points",
    name,
    of,
    count,
    index: upTo(count),
    colours: new Int32Array(count).fill(colour),
    labels: [],
    lineage: {},
    frames: [],
    filtered: false,
    points: Float32Array.from(places),
    weights: new Float32Array(count).fill(0.02), // small: there may be hundreds,
    weighted: false,
  };
}

/**
 * Soft masks (row, y, x) over boxes (row, yxyx), in the colour of their row.
 * @type {(name: string, probs: Tensor, where: ArrayLike<number>, index: number[]) => MasksState}
 */
export function masks(name, { values, shape }, where, index) {
  return {
    kind: "masks",
    name,
    of: "detections",
    count: index.length,
    index: Int32Array.from(index),
    colours: Int32Array.from(index),
    labels: [],
    lineage: {},
    frames: [],
    filtered: false,
    boxes: Float32Array.from(where),
    probs: Uint8Array.from(values, (p) => Math.floor(255 * (Number.isNaN(p) ? 0 : p) + 0.5)),
    grid: [shape[1], shape[2]],
  };
}
