// Resizing: which size an image gets, and which grey levels, in the words of four libraries: stages/resizing.py. Proven
// equal to a grey level; Pillow's and OpenCV's are whole numbers, and equal.

/** @import { Molding, Size } from "./types.d.ts" */

/** @typedef {Uint8Array | Float32Array} Levels (y, x, channel) */

const CHANNELS = 3;
const PILLOW_BITS = 22; // of Pillow's weights behind the point
const OPENCV_STEPS = 2048; // OpenCV's weights of bytes are whole multiples of 1 / 2048
const f = Math.fround;

/**
 * Give scale and px of an image whose short side gets min_dim, its long one at most max_dim; min_dim 0 leaves it as it is.
 * @type {(size: Size, molding: Molding) => { scale: number, content: Size }}
 */
export function fitted(size, molding) {
  if (!molding.min_dim) return { scale: 1, content: size };
  const { scale, sides } = (molding.resizer === "pillow" ? inTwoSteps : atOnce)(size, molding);
  const half = molding.resizer === "torch" ? 0 : 0.5; // torchvision cuts sides off, others round them half up
  const [height, width] = sides.map((side) => Math.max(1, Math.floor(side + half)));
  return { scale, content: [height, width] };
}

/** @type {(size: Size, molding: Molding) => { scale: number, sides: number[] }} */
function atOnce(size, { min_dim, max_dim }) {
  const scale = Math.min(max_dim / Math.max(...size), min_dim / Math.min(...size));
  return { scale, sides: size.map((side) => side * scale) };
}

/** @type {(size: Size, molding: Molding) => { scale: number, sides: number[] }} detectron2's, which rounds otherwise */
function inTwoSteps(size, { min_dim, max_dim }) {
  const short = Math.min(...size);
  const scale = min_dim / short;
  const sides = size.map((side) => (side === short ? min_dim : scale * side));
  const long = Math.max(...sides);
  if (long <= max_dim) return { scale, sides };
  const smaller = max_dim / long;
  return { scale: scale * smaller, sides: sides.map((side) => side * smaller) };
}

/**
 * Resize levels by the rule of `resizer`; what comes out is of the kind that went in.
 * @template {Levels} T
 * @param {T} levels
 * @param {Size} from
 * @param {Size} to
 * @param {Molding["resizer"]} resizer
 */
export function resize(levels, from, to, resizer) {
  if (from[0] === to[0] && from[1] === to[1]) return levels;
  const rule = { skimage: bySkimage, torch: byTorch, pillow: byPillow, opencv: byOpencv }[resizer];
  const made = rule(levels, from, to);
  return new /** @type {new (made: ArrayLike<number>) => T} */ (levels.constructor)(made); // bytes: cut off to whole levels
}

/**
 * Bilinear, half-pixel centres, 0 outside, no level below or above all that went in: scikit-image's, under which the
 * classic weights were trained.
 * @type {(levels: Levels, from: Size, to: Size) => Float64Array}
 */
function bySkimage(levels, from, to) {
  const [rows, columns] = [taps(from[0], to[0]), taps(from[1], to[1])];
  const [least, most] = limitsOf(levels);
  const made = new Float64Array(to[0] * to[1] * CHANNELS);
  let lowest = Infinity;
  let at = 0;
  for (let y = 0; y < to[0]; y++) {
    for (let x = 0; x < to[1]; x++) {
      for (let channel = 0; channel < CHANNELS; channel++) {
        let sum = 0;
        for (const [row, down] of rows[y]) {
          for (const [column, across] of columns[x]) {
            sum += levels[(row * from[1] + column) * CHANNELS + channel] * down * across;
          }
        }
        made[at++] = sum;
        if (sum < lowest) lowest = sum;
      }
    }
  }
  const floor = least > 0 && lowest <= 0 ? 0 : least; // 0 outside may be the least that came out
  return made.map((level) => Math.min(Math.max(level, floor), most));
}

/** @type {(levels: Levels) => [number, number]} */
function limitsOf(levels) {
  let [least, most] = [Infinity, -Infinity];
  for (const level of levels) {
    if (level < least) least = level;
    if (level > most) most = level;
  }
  return [least, most];
}

/** @type {(from: number, to: number) => [index: number, weight: number][][]} what each pixel of a line is made of */
function taps(from, to) {
  return Array.from({ length: to }, (_, i) => {
    const place = (i + 0.5) * (from / to) - 0.5;
    const low = Math.floor(place);
    /** @type {[number, number][]} */
    const both = [
      [low, 1 - (place - low)],
      [low + 1, place - low],
    ];
    return both.filter(([index]) => index >= 0 && index < from);
  });
}

/**
 * Bilinear, half-pixel centres, the border's value outside: torchvision's; columns first, then rows.
 * @type {(levels: Levels, from: Size, to: Size) => Float64Array}
 */
function byTorch(levels, from, to) {
  const [rows, columns] = [line(from[0], to[0]), line(from[1], to[1])];
  const width = to[1] * CHANNELS;
  const wide = new Float64Array(from[0] * width);
  let at = 0;
  for (let y = 0; y < from[0]; y++) {
    for (const { low, high, share } of columns) {
      const [left, right] = [low, high].map((column) => (y * from[1] + column) * CHANNELS);
      for (let channel = 0; channel < CHANNELS; channel++) {
        wide[at++] = levels[left + channel] * (1 - share) + levels[right + channel] * share;
      }
    }
  }
  const made = new Float64Array(to[0] * width);
  for (const [y, { low, high, share }] of rows.entries()) {
    for (let i = 0; i < width; i++) {
      made[y * width + i] = wide[low * width + i] * (1 - share) + wide[high * width + i] * share;
    }
  }
  return made;
}

/**
 * Give for each of `target` pixels the two of `source` it lies between and the share of the second one. Places are
 * float32, as PyTorch counts: their rounding decides the last digits of a level.
 * @type {(source: number, target: number) => { low: number, high: number, share: number }[]}
 */
export function line(source, target) {
  const step = f(source / target);
  return Array.from({ length: target }, (_, i) => {
    const place = Math.max(f(f(step * f(i + 0.5)) - 0.5), 0);
    const low = Math.min(Math.floor(place), source - 1);
    return { low, high: Math.min(low + 1, source - 1), share: place - low };
  });
}

/**
 * Bilinear over all that lies under a pixel, columns first, then rows, whole levels after each: Pillow's.
 * @type {(levels: Levels, from: Size, to: Size) => Levels}
 */
function byPillow(levels, from, to) {
  const wide = alongAxis(levels, from[0], covers(from[1], to[1]), CHANNELS);
  return alongAxis(wide, 1, covers(from[0], to[0]), to[1] * CHANNELS);
}

/** What one pixel of a line covers: the first pixel, and the weights from there on, in 1 / 2 ** PILLOW_BITS. */
/** @typedef {{ first: number, weights: Int32Array }} Cover */

/**
 * Resize the middle axis of levels (before, along, inside); `inside` is its length there.
 * @type {(levels: Levels, before: number, line: { source: number, covers: Cover[] }, inside: number) => Uint8Array}
 */
function alongAxis(levels, before, { source, covers: line }, inside) {
  const made = new Uint8Array(before * line.length * inside);
  let at = 0;
  for (let row = 0; row < before; row++) {
    for (const { first, weights } of line) {
      const start = (row * source + first) * inside;
      for (let i = 0; i < inside; i++) {
        let sum = 1 << (PILLOW_BITS - 1); // half a level
        for (let k = 0; k < weights.length; k++) sum += levels[start + k * inside + i] * weights[k];
        made[at++] = sum >> PILLOW_BITS;
      }
    }
  }
  return made;
}

/** @type {(source: number, target: number) => { source: number, covers: Cover[] }} hats as wide as a pixel, at least one */
function covers(source, target) {
  const scale = source / target;
  const support = Math.max(scale, 1);
  const found = Array.from({ length: target }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const last = Math.min(Math.trunc(centre + support + 0.5), source);
    const hats = Array.from({ length: last - first }, (__, k) =>
      Math.max(1 - Math.abs((k + first - centre + 0.5) * (1 / support)), 0),
    );
    const sum = hats.reduce((a, b) => a + b, 0);
    return { first, weights: Int32Array.from(hats, (hat) => (hat / sum) * 2 ** PILLOW_BITS + 0.5) };
  });
  return { source, covers: found };
}

/**
 * Bilinear with weights in steps of 1 / 2048, columns first, rounded at the end: OpenCV's of bytes. Half the size exactly
 * is the mean of four pixels there.
 * @type {(levels: Levels, from: Size, to: Size) => Levels}
 */
function byOpencv(levels, from, to) {
  if (from[0] === 2 * to[0] && from[1] === 2 * to[1]) return halved(levels, to);
  const width = to[1] * CHANNELS;
  const wide = new Int32Array(from[0] * width);
  const columns = stepped(from[1], to[1], true);
  let at = 0;
  for (let y = 0; y < from[0]; y++) {
    for (const { low, high, weights } of columns) {
      const [left, right] = [low, high].map((column) => (y * from[1] + column) * CHANNELS);
      for (let channel = 0; channel < CHANNELS; channel++) {
        wide[at++] = (levels[left + channel] * weights[0] + levels[right + channel] * weights[1]) >> 4;
      }
    }
  }
  const made = new Uint8Array(to[0] * width);
  for (const [y, { low, high, weights }] of stepped(from[0], to[0], false).entries()) {
    for (let i = 0; i < width; i++) {
      const above = (wide[low * width + i] * weights[0]) >> 16;
      const below = (wide[high * width + i] * weights[1]) >> 16;
      made[y * width + i] = (above + below + 2) >> 2;
    }
  }
  return made;
}

/** @type {(levels: Levels, to: Size) => Uint8Array} */
function halved(levels, to) {
  const width = to[1] * CHANNELS;
  return Uint8Array.from({ length: to[0] * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const above = 4 * y * width + 2 * x - (x % CHANNELS); // rows are twice as long; x counts channels, too
    const below = above + 2 * width;
    return (levels[above] + levels[above + CHANNELS] + levels[below] + levels[below + CHANNELS] + 2) >> 2;
  });
}

/**
 * Give for each of `target` pixels the two of `source` it lies between, and the weights of both in 1 / 2048. Beyond the
 * outermost centres a pixel counts `once`, or twice with both weights: they are cut off one by one.
 * @type {(source: number, target: number, once: boolean) => { low: number, high: number, weights: [number, number] }[]}
 */
function stepped(source, target, once) {
  const step = 1 / (target / source);
  const inside = (/** @type {number} */ cell) => Math.min(Math.max(cell, 0), source - 1);
  return Array.from({ length: target }, (_, i) => {
    const place = f((i + 0.5) * step - 0.5);
    const low = Math.floor(place);
    const share = once && (low < 0 || low >= source - 1) ? 0 : f(place - low);
    const weights = /** @type {[number, number]} */ ([f(1 - share), share].map((part) => even(part * OPENCV_STEPS)));
    return { low: inside(low), high: inside(low + 1), weights };
  });
}

import { even } from "./layout.js";
