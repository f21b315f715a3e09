// Resizing: which size an image gets, and which grey levels, in the words of two libraries: stages/resizing.py. Proven
// equal to a grey level.

/** @import { Molding, Size } from "./types.d.ts" */

/** @typedef {Uint8Array | Float32Array} Levels (y, x, channel) */

const CHANNELS = 3;
const f = Math.fround;

/**
 * Give scale and px of an image whose short side gets min_dim, its long one at most max_dim; min_dim 0 leaves it as it is.
 * @type {(size: Size, molding: Molding) => { scale: number, content: Size }}
 */
export function fitted(size, { min_dim, max_dim, resizer }) {
  if (!min_dim) return { scale: 1, content: size };
  const scale = Math.min(max_dim / Math.max(...size), min_dim / Math.min(...size));
  const half = resizer === "torch" ? 0 : 0.5; // torchvision cuts sides off, others round them half up
  const [height, width] = size.map((side) => Math.max(1, Math.floor(side * scale + half)));
  return { scale, content: [height, width] };
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
  const made = { skimage: bySkimage, torch: byTorch }[resizer](levels, from, to);
  return new /** @type {new (made: Float64Array) => T} */ (levels.constructor)(made); // bytes: cut off to whole levels
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
