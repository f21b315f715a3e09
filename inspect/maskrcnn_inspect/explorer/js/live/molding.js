// Preprocessing: an image of any size becomes the network's input, as stages/molding.py makes it. Proven equal on all
// samples: a grey level at most.

/** @import { Layout, Manifest, Molding, Picture, Tensor } from "./types.d.ts" */
/** @import { Levels } from "./resizing.js" */

const CHANNELS = 3;
const f = Math.fround;

/**
 * Make the tensors of an image that the network begins with, and the image of the network input that a person sees.
 * @type {(picture: Picture, manifest: Manifest) => { layout: Layout, tensors: Record<string, Tensor> }}
 */
export function mold(picture, { molding }) {
  const layout = layoutOf(picture.size, molding);
  const image = (molding.mode === "corner" ? padded : centred)(picture, layout, molding);
  const [top, left] = layout.offset;
  const [height, width] = layout.content;
  const shape = [...layout.shape, CHANNELS];
  const tensors = {
    "image.original": { shape: [...picture.size, CHANNELS], values: picture.rgb },
    "molding.image": { shape, values: image },
    "molding.window": { shape: [4], values: Float32Array.of(top, left, top + height, left + width) },
    "molding.scale": { shape: [], values: Float32Array.of(layout.scale) },
    "reading.input": { shape, values: greyLevels(image, molding) },
  };
  return { layout, tensors };
}

/** @type {(picture: Picture, layout: Layout, molding: Molding) => Float32Array} classic: padding is minus the mean */
function centred({ size, rgb }, layout, molding) {
  const resized = resize(ordered(rgb, molding), size, layout.content, molding.resizer);
  return normalised(placed(resized, layout), molding);
}

/**
 * Mode corner: padding is 0. The resizer torch stretches what the mean was subtracted from, the others whole grey levels.
 * @type {(picture: Picture, layout: Layout, molding: Molding) => Float32Array}
 */
function padded({ size, rgb }, layout, molding) {
  const { resizer } = molding;
  const colours = ordered(rgb, molding);
  const content =
    resizer === "torch"
      ? resize(normalised(colours, molding), size, layout.content, resizer)
      : normalised(resize(colours, size, layout.content, resizer), molding);
  return placed(content, layout);
}

/**
 * Put levels where the image lies in its network input, 0 around them.
 * @template {Levels} T
 * @param {T} levels
 * @param {Layout} layout
 */
function placed(levels, { content, shape, offset }) {
  const whole = new /** @type {new (length: number) => T} */ (levels.constructor)(shape[0] * shape[1] * CHANNELS);
  const row = content[1] * CHANNELS;
  for (let y = 0; y < content[0]; y++) {
    whole.set(levels.subarray(y * row, (y + 1) * row), ((y + offset[0]) * shape[1] + offset[1]) * CHANNELS);
  }
  return whole;
}

/** @type {(levels: Uint8Array, molding: Molding) => Uint8Array} in the order of channels that the network wants */
function ordered(levels, { channel_order }) {
  if (channel_order === "rgb") return levels;
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
    const level = full_scale === 1 ? levels[i] : f(levels[i] / f(full_scale));
    const centred = f(level - f(mean[channel]));
    values[i] = divided ? centred / f(std[channel] ?? std[0]) : centred;
  }
  return values;
}

/** @type {(image: Float32Array, molding: Molding) => Uint8Array} what a person sees (y, x, rgb): normalising undone */
function greyLevels(image, molding) {
  const { mean, std, full_scale } = molding;
  const levels = new Uint8Array(image.length);
  for (let i = 0; i < image.length; i++) {
    const channel = i % CHANNELS;
    const level = f(f(f(image[i] * f(std[channel] ?? std[0])) + f(mean[channel])) * f(full_scale));
    levels[i] = Math.min(Math.max(even(level), 0), 255);
  }
  return ordered(levels, molding);
}

import { even, layoutOf } from "./layout.js";
import { resize } from "./resizing.js";
