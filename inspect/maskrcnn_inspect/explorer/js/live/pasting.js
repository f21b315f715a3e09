// Pasting: detections and their small masks back onto the image, as stages/pasting.py does. Proven equal on all samples,
// pixel by pixel: each step is rounded to float32, as NumPy counts.

/** @import { Box, Crop, Manifest, Picture, Size, Tensor } from "./types.d.ts" */

const f = Math.fround;

/**
 * Give the detections' boxes (d, yxyx) in image px, in whole ones by rule box, and a mask of each.
 * @type {(parts: { boxes: Tensor, probs: Tensor, window: Tensor, size: Size, threshold: number, manifest: Manifest }) => { boxes: Tensor, crops: Crop[] }}
 */
export function paste({ boxes, probs, window, size, threshold, manifest }) {
  const real = stretched(boxes.values, window.values, size, manifest.corner);
  const placed = manifest.pasting === "box" ? Int32Array.from(real, even) : real;
  const put = { box: inBox, padded: inGrownBox, grid: atCentres }[manifest.pasting];
  const [count, height, width] = probs.shape;
  const crops = Array.from({ length: count }, (_, row) => {
    const grid = probs.values.subarray(row * height * width, (row + 1) * height * width);
    const box = /** @type {Box} */ (Array.from(placed.subarray(4 * row, 4 * row + 4)));
    return put({ grid, cells: [height, width], box, size, threshold: f(threshold) });
  });
  return { boxes: { values: placed, shape: boxes.shape }, crops };
}

/** One mask: its grid of probabilities, and the box and the image it belongs to. */
/** @typedef {{ grid: Tensor["values"], cells: Size, box: Box, size: Size, threshold: number }} Mask */

/**
 * Stretch boxes from the window onto the image, and cut them there.
 * @type {(boxes: ArrayLike<number>, window: ArrayLike<number>, size: Size, corner: number) => Float32Array}
 */
export function stretched(boxes, window, size, corner) {
  const stretch = [0, 1].map((axis) => {
    const extent = Math.max(f(f(window[axis + 2] - window[axis]) - corner), f(1e-6));
    return f((size[axis] - corner) / extent);
  });
  return Float32Array.from(boxes, (value, i) => {
    const [axis, edge] = [i % 2, i % 4 < 2 ? 0 : corner];
    const place = f(f(f(f(value - edge) - window[axis]) * stretch[axis]) + edge);
    return Math.min(Math.max(Number.isNaN(place) ? 0 : place, 0), size[axis]);
  });
}

const NOTHING = { box: /** @type {Box} */ ([0, 0, 0, 0]), bits: new Uint8Array(0) };

/** @type {(mask: Mask) => Crop} rule box: the grid is stretched over the box, in whole px (classic) */
function inBox({ grid, cells, box, threshold }) {
  const [top, left, bottom, right] = box;
  if (bottom <= top || right <= left) return NOTHING;
  const lines = [stretch(cells[0], bottom - top), stretch(cells[1], right - left)];
  const least = Math.min(...grid); // beyond the outermost centres nothing falls below it
  return { box, bits: reached(grid, cells[1], lines, threshold, least) };
}

/**
 * Rule padded: a cell of 0 is put around the grid, the box grows with it and is cut to whole px, its last one counts
 * (torchvision).
 * @type {(mask: Mask) => Crop}
 */
function inGrownBox({ grid, cells: [height, width], box, size, threshold }) {
  const around = new Float32Array((height + 2) * (width + 2));
  for (let y = 0; y < height; y++) {
    around.set(grid.subarray(y * width, (y + 1) * width), (y + 1) * (width + 2) + 1);
  }
  const growth = f((height + 2) / height); // of both sides
  const [rows, columns] = [height, width].map((cells, axis) => {
    const [start, end] = grown(box[axis], box[axis + 2], growth);
    const first = Math.max(start, 0);
    const last = Math.max(Math.min(end, size[axis]), first);
    return { first, last, taps: borderedLine(cells + 2, end - start).slice(first - start, last - start) };
  });
  return cropOf(around, width + 2, rows, columns, threshold);
}

/** @type {(start: number, end: number, growth: number) => Size} first px, and the one after the last */
function grown(start, end, growth) {
  const half = f(f(f(end - start) * 0.5) * growth);
  const middle = f(f(end + start) * 0.5);
  return [Math.trunc(f(middle - half)), Math.trunc(f(middle + half)) + 1];
}

/**
 * Rule grid: every pixel's centre asks the grid where it lies in the real box, 0 outside; a pixel around the box is asked
 * as well (detectron2, MMDetection).
 * @type {(mask: Mask) => Crop}
 */
function atCentres({ grid, cells, box, size, threshold }) {
  if (box[2] <= box[0] || box[3] <= box[1]) return NOTHING;
  const [rows, columns] = cells.map((source, axis) => {
    const [start, end] = [box[axis], box[axis + 2]];
    const first = Math.max(Math.floor(start) - 1, 0);
    const last = Math.min(Math.ceil(end) + 1, size[axis]);
    const taps = Array.from({ length: last - first }, (_, i) => centreTaps(first + i, start, end, source));
    return { first, last, taps };
  });
  return cropOf(grid, cells[1], rows, columns, threshold);
}

/** @type {(pixel: number, start: number, end: number, source: number) => Taps} */
function centreTaps(pixel, start, end, source) {
  const place = f(f(f(f(f(pixel + 0.5) - start) / f(end - start)) * 2) - 1); // from -1 to 1
  return tapsAt(f(f(f(f(place + 1) * source) - 1) / 2), source, f);
}

/** The pixels from `first` until before `last` along an axis, and what each of them reads. */
/** @typedef {{ first: number, last: number, taps: Taps[] }} Line */

/** @type {(grid: Tensor["values"], width: number, rows: Line, columns: Line, threshold: number) => Crop} */
function cropOf(grid, width, rows, columns, threshold) {
  return {
    box: [rows.first, columns.first, rows.last, columns.last],
    bits: reached(grid, width, [rows.taps, columns.taps], threshold),
  };
}

/** What one pixel of a line reads: cells and weights. */
/** @typedef {[cell: number, weight: number][]} Taps */

/** @type {(source: number, target: number) => Taps[]} bilinear, half-pixel centres, 0 outside */
function stretch(source, target) {
  return Array.from({ length: target }, (_, i) => tapsAt((i + 0.5) * (source / target) - 0.5, source));
}

/**
 * Give the two cells around a place. `rounded` acts on the way to a cell, which NumPy has in float32 by the rule grid alone.
 * @type {(place: number, source: number, rounded?: (way: number) => number) => Taps}
 */
function tapsAt(place, source, rounded = Number) {
  const low = Math.floor(place);
  /** @type {Taps} */
  const both = [low, low + 1].map((cell) => [cell, f(1 - Math.abs(rounded(place - cell)))]);
  return both.filter(([cell, weight]) => cell >= 0 && cell < source && weight > 0);
}

/** @type {(source: number, target: number) => Taps[]} bilinear, half-pixel centres, the border's value outside */
function borderedLine(source, target) {
  return line(source, target).map(({ low, high, share }) => {
    if (low === high) return [[low, f(f(1 - share) + share)]];
    /** @type {Taps} */
    const both = [
      [low, f(1 - share)],
      [high, share],
    ];
    return both.filter(([, weight]) => weight > 0);
  });
}

/** @type {(grid: Tensor["values"], width: number, lines: Taps[][], threshold: number, least?: number) => Uint8Array} */
function reached(grid, width, [rows, columns], threshold, least = Math.min(0, ...grid)) {
  const bits = new Uint8Array(rows.length * columns.length);
  const line = new Float32Array(width);
  let at = 0;
  for (const row of rows) {
    line.fill(0);
    for (const [cell, weight] of row) {
      for (let x = 0; x < width; x++) line[x] = f(line[x] + f(weight * grid[cell * width + x]));
    }
    for (const column of columns) {
      let sum = 0;
      for (const [cell, weight] of column) sum = f(sum + f(line[cell] * weight));
      bits[at++] = Math.max(sum, least) >= threshold ? 1 : 0;
    }
  }
  return bits;
}

/** @type {(crops: Crop[], size: Size, rows: number[]) => Tensor} whole masks (d, y, x) of some rows */
export function masksOf(crops, size, rows) {
  const [height, width] = size;
  const values = new Uint8Array(rows.length * height * width);
  for (const [place, row] of rows.entries()) {
    eachOf(crops[row], (y, x, bit) => {
      values[(place * height + y) * width + x] = bit;
    });
  }
  return { values, shape: [rows.length, height, width] };
}

/** @type {(crop: Crop, act: (y: number, x: number, bit: number) => void) => void} */
function eachOf({ box: [top, left, bottom, right], bits }, act) {
  let at = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) act(y, x, bits[at++]);
}

/**
 * Blend every instance's colour over the image, the best on top, as stages/composing.py does.
 * @type {(picture: Picture, crops: Crop[], manifest: Manifest) => Tensor}
 */
export function compose({ rgb, size }, crops, { palette, alpha }) {
  const composed = new Float32Array(rgb);
  for (let row = crops.length - 1; row >= 0; row--) {
    const colour = palette[row % palette.length].map((level) => f(f(alpha) * level));
    eachOf(crops[row], (y, x, bit) => {
      if (!bit) return;
      const at = 3 * (y * size[1] + x);
      for (let i = 0; i < 3; i++) composed[at + i] = f(f(f(1 - alpha) * composed[at + i]) + colour[i]);
    });
  }
  const values = new Uint8Array(composed.length);
  for (let i = 0; i < values.length; i++) values[i] = even(composed[i]);
  return { values, shape: [...size, 3] };
}

import { even } from "./layout.js";
import { line } from "./resizing.js";
