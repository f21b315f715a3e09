// Preprocessing: an image of any size becomes the network's input, as stages/molding.py makes it. Proven equal on all
// samples: a grey level at most.

/** @import { Layout, Manifest, Molding, Picture, Size, Tensor } from "./types.d.ts" */

const CHANNELS = 3;

/**
 * Make the tensors of an image that the network begins with, and the image of the network input that a person sees.
 * @type {(picture: Picture, manifest: Manifest) => { layout: Layout, tensors: Record<string, Tensor> }}
 */
export function mold(picture, { molding }) {
  const layout = layoutOf(picture.size, molding);
  const placed = placedIn(picture, layout, molding);
  const [top, left] = layout.offset;
  const [height, width] = layout.content;
  const shape = [...layout.shape, CHANNELS];
  const tensors = {
    "image.original": { shape: [...picture.size, CHANNELS], values: picture.rgb },
    "molding.image": { shape, values: normalised(placed, molding) },
    "molding.window": { shape: [4], values: Float32Array.of(top, left, top + height, left + width) },
    "molding.scale": { shape: [], values: Float32Array.of(layout.scale) },
    "reading.input": { shape, values: molding.channel_order === "rgb" ? placed : swapped(placed) },
  };
  return { layout, tensors };
}

/** @type {(picture: Picture, layout: Layout, molding: Molding) => Uint8Array} grey levels, 0 around the image */
function placedIn({ size, rgb }, { content, shape, offset }, { channel_order }) {
  const colours = channel_order === "rgb" ? rgb : swapped(rgb);
  const resized = resize(colours, size, content);
  const placed = new Uint8Array(shape[0] * shape[1] * CHANNELS);
  const row = content[1] * CHANNELS;
  for (let y = 0; y < content[0]; y++) {
    placed.set(resized.subarray(y * row, (y + 1) * row), ((y + offset[0]) * shape[1] + offset[1]) * CHANNELS);
  }
  return placed;
}

/** @type {(levels: Uint8Array) => Uint8Array} red and blue changed over */
function swapped(levels) {
  const other = Uint8Array.from(levels);
  for (let i = 0; i < levels.length; i += CHANNELS) [other[i], other[i + 2]] = [levels[i + 2], levels[i]];
  return other;
}

/** @type {(levels: Uint8Array, molding: Molding) => Float32Array} (level / full_scale - mean) / std */
function normalised(levels, { mean, std, full_scale }) {
  const values = new Float32Array(levels.length);
  const divided = std.some((one) => one !== 1);
  for (let i = 0; i < levels.length; i++) {
    const channel = i % CHANNELS;
    const level = full_scale === 1 ? levels[i] : Math.fround(levels[i] / Math.fround(full_scale));
    const centred = Math.fround(level - Math.fround(mean[channel]));
    values[i] = divided ? centred / Math.fround(std[channel] ?? std[0]) : centred;
  }
  return values;
}

/**
 * Resize grey levels (y, x, rgb): bilinear, half-pixel centres, 0 outside, no level below or above all that went in,
 * cut off to whole levels. This is scikit-image's, under which the weights were trained.
 * @type {(levels: Uint8Array, from: Size, to: Size) => Uint8Array}
 */
export function resize(levels, from, to) {
  if (from[0] === to[0] && from[1] === to[1]) return levels;
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
  return Uint8Array.from(made, (level) => Math.min(Math.max(level, floor), most));
}

/** @type {(levels: Uint8Array) => [number, number]} */
function limitsOf(levels) {
  let [least, most] = [255, 0];
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

import { layoutOf } from "./layout.js";
