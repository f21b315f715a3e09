// Where an image lands in its network input, and the anchors of that input: stages/molding.py and stages/anchors.py.

/** @import { Anchors, Layout, Molding, Size, Tensor } from "./types.d.ts" */

const STRIDE = 64; // px: sides in mode pad64 are multiples of the coarsest stride

/**
 * Round half to even, as Python does.
 * @type {(value: number) => number}
 */
export function even(value) {
  const low = Math.floor(value);
  const share = value - low;
  if (share !== 0.5) return share < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/** @type {(size: Size, molding: Molding) => Layout} */
export function layoutOf(size, molding) {
  if (molding.mode !== "corner") return centredLayout(size, molding);
  const { scale, content } = fitted(size, molding);
  const [height, width] = content.map((length) => padded(length, molding.multiple));
  return { scale, content, shape: [height, width], offset: [0, 0] };
}

/** @type {(size: Size, molding: Molding) => Layout} modes square and pad64 */
function centredLayout([height, width], { mode, min_dim, max_dim, min_scale }) {
  let scale = min_dim ? Math.max(1, min_dim / Math.min(height, width)) : 1;
  scale = Math.max(scale, min_scale);
  const longest = Math.max(height, width);
  if (mode === "square" && even(longest * scale) > max_dim) scale = max_dim / longest;
  /** @type {Size} */
  const content = [Math.max(1, even(height * scale)), Math.max(1, even(width * scale))];
  /** @type {Size} */
  const shape = mode === "square" ? [max_dim, max_dim] : [padded(content[0], STRIDE), padded(content[1], STRIDE)];
  /** @type {Size} */
  const offset = [Math.floor((shape[0] - content[0]) / 2), Math.floor((shape[1] - content[1]) / 2)];
  return { scale, content, shape, offset };
}

/** @type {(length: number, step: number) => number} */
const padded = (length, step) => Math.ceil(length / step) * step;

/** @type {(shape: Size, anchors: Anchors) => Size[]} rows and columns of anchor centres a level */
export function gridsOf(shape, { strides, spacing }) {
  const along = (/** @type {number} */ length, /** @type {number} */ stride) =>
    Math.ceil(Math.ceil(length / stride) / spacing);
  return strides.map((stride) => [along(shape[0], stride), along(shape[1], stride)]);
}

/**
 * Give all anchors of a network input: boxes, level, ratio; the order is level, y, x, ratio.
 * @type {(shape: Size, anchors: Anchors) => { boxes: Tensor, level: Tensor, ratio: Tensor }}
 */
export function anchorsOf(shape, anchors) {
  const { levels, halves, ratios, strides, spacing, offset, stride_of_grid } = anchors;
  const grids = gridsOf(shape, anchors);
  const count = grids.reduce((sum, [rows, columns]) => sum + rows * columns * ratios.length, 0);
  const [boxes, level, ratio] = [new Float32Array(4 * count), new Int32Array(count), new Float32Array(count)];
  let at = 0;
  for (const [place, [rows, columns]] of grids.entries()) {
    const step = strides[place] * spacing;
    const [down, across] = stride_of_grid
      ? [Math.floor(shape[0] / rows), Math.floor(shape[1] / columns)]
      : [step, step];
    for (let cell = 0; cell < rows * columns; cell++) {
      const y = (Math.floor(cell / columns) + offset) * down;
      const x = ((cell % columns) + offset) * across;
      for (const [kind, [h, w]] of halves[place].entries()) {
        boxes.set([y - h, x - w, y + h, x + w], 4 * at);
        level[at] = levels[place];
        ratio[at++] = ratios[kind];
      }
    }
  }
  const line = (/** @type {Tensor["values"]} */ values) => ({ values, shape: [count] });
  return { boxes: { values: boxes, shape: [count, 4] }, level: line(level), ratio: line(ratio) };
}

import { fitted } from "./resizing.js";
