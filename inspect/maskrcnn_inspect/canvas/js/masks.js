// Soft masks: resized as `stages/pasting.py` resizes them, thresholded here, blended as `stages/composing.py` blends.

/** @import { Blend, Area, Colour, LargeMask, MasksLayer, Image } from "./types.d.ts" */

const [INSIDE, EDGE] = [1, 2];

/**
 * Resize weights of a line: bilinear, half-pixel centres, 0 outside; the counterpart of `pasting.stretch`.
 * @type {(source: number, target: number) => { first: Int32Array, before: Float32Array, after: Float32Array }}
 */
function stretch(source, target) {
  const first = new Int32Array(target);
  const [before, after] = [new Float32Array(target), new Float32Array(target)];
  for (let i = 0; i < target; i++) {
    const centre = ((i + 0.5) * source) / target - 0.5;
    const low = Math.floor(centre);
    first[i] = Math.min(Math.max(low, 0), source - 1);
    before[i] = low < 0 ? 0 : 1 - (centre - low);
    after[i] = low + 1 >= source ? 0 : centre - low;
    if (low < 0) [before[i], after[i]] = [after[i], 0]; // half a cell outside: only cell 0 is left
  }
  return { first, before, after };
}

/**
 * Resize one mask of grey levels to the pixels of its box; nowhere below its least level, as `pasting.resize_probs`.
 * @type {(probs: Uint8Array, grid: [number, number], height: number, width: number) => Uint8Array}
 */
function upsample(probs, [rows, columns], height, width) {
  const large = new Uint8Array(height * width);
  const least = probs.reduce((low, level) => Math.min(low, level), 255);
  const [down, across] = [stretch(rows, height), stretch(columns, width)];
  const line = new Float32Array(columns + 1); // the last stays 0, so that `after` may point one too far
  for (let y = 0; y < height; y++) {
    const above = down.first[y] * columns;
    const below = Math.min(down.first[y] + 1, rows - 1) * columns;
    for (let j = 0; j < columns; j++) line[j] = down.before[y] * probs[above + j] + down.after[y] * probs[below + j];
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const j = across.first[x];
      large[at] = Math.max(across.before[x] * line[j] + across.after[x] * line[j + 1] + 0.5, least);
    }
  }
  return large;
}

/**
 * Give the mask of a row at image size; kept, because only the threshold changes from one draw to the next.
 * @type {(layer: MasksLayer, row: number, image: Image) => LargeMask}
 */
function resized(layer, row, image) {
  layer.large ??= new Array(layer.count).fill(null);
  if (layer.large[row]) return layer.large[row];
  const [top, left, bottom, right] = layer.boxes.subarray(4 * row, 4 * row + 4).map(Math.round);
  // A broken box may be larger than any memory; what lies beyond the image's own size is not worth it.
  const limit = 4 * Math.max(image.height, image.width);
  const [height, width] = [bottom - top, right - left];
  const drawable = height > 0 && width > 0 && height <= limit && width <= limit;
  const cells = layer.grid[0] * layer.grid[1];
  const levels = drawable
    ? upsample(layer.probs.subarray(row * cells, (row + 1) * cells), layer.grid, height, width)
    : null;
  const mask = { top, left, height, width, levels, cut: null, threshold: -1 };
  layer.large[row] = mask;
  return mask;
}

/**
 * Mark each pixel of a mask: outside 0, inside 1, at the edge 2.
 * @type {(mask: LargeMask, levels: Uint8Array, level: number) => Uint8Array}
 */
function threshold(mask, levels, level) {
  if (mask.cut && mask.threshold === level) return mask.cut;
  const { height, width } = mask;
  const cut = mask.cut ?? new Uint8Array(height * width);
  for (let i = 0; i < cut.length; i++) cut[i] = levels[i] >= level ? INSIDE : 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!cut[i]) continue;
      const within = x > 0 && y > 0 && x < width - 1 && y < height - 1;
      if (!(within && cut[i - 1] && cut[i + 1] && cut[i - width] && cut[i + width])) cut[i] = EDGE;
    }
  }
  Object.assign(mask, { cut, threshold: level });
  return cut;
}

/**
 * Blend one mask into RGBA bytes, its edge in full colour. Shares of 256 make this integer arithmetic.
 * @type {(target: Uint8Array, image: Image, mask: LargeMask, cut: Uint8Array, colour: Colour, opacity: number) => void}
 */
function blend(target, image, mask, cut, colour, opacity) {
  const share = Math.round(opacity * 256);
  const [red, green, blue] = colour.map((level) => level * share + 128);
  const [firstY, lastY] = [Math.max(0, -mask.top), Math.min(mask.height, image.height - mask.top)];
  const [firstX, lastX] = [Math.max(0, -mask.left), Math.min(mask.width, image.width - mask.left)];
  for (let y = firstY; y < lastY; y++) {
    let at = 4 * ((y + mask.top) * image.width + firstX + mask.left);
    for (let x = firstX, i = y * mask.width + firstX; x < lastX; x++, i++, at += 4) {
      const kind = cut[i];
      if (kind === 0) continue;
      if (kind === EDGE && share > 0) {
        [target[at], target[at + 1], target[at + 2]] = colour;
      } else {
        target[at] = (target[at] * (256 - share) + red) >> 8;
        target[at + 1] = (target[at + 1] * (256 - share) + green) >> 8;
        target[at + 2] = (target[at + 2] * (256 - share) + blue) >> 8;
      }
      target[at + 3] = 255;
    }
  }
}

/**
 * Keep a copy of the image to blend masks into, and put back only what the last masks covered.
 * @type {(image: Image) => Blend}
 */
export function makeBlender(image) {
  const pixels = new ImageData(new Uint8ClampedArray(image.rgba), image.width, image.height);
  const bytes = new Uint8Array(pixels.data.buffer); // not clamped: faster, and blending cannot overflow
  /** @type {Area | null} */
  let dirty = null;
  return (layers, settings, colourOf) => {
    const before = dirty;
    if (dirty) putBack(bytes, image, dirty);
    dirty = null;
    const level = Math.floor(settings.mask_threshold * 255 + 0.5);
    for (const layer of layers) {
      // the best on top
      for (const row of [...layer.rows].reverse()) {
        const mask = resized(layer, row, image);
        if (!mask.levels) continue;
        const cut = threshold(mask, mask.levels, level);
        blend(bytes, image, mask, cut, colourOf(layer.colours[row]), settings.opacity);
        dirty = union(dirty, mask, image);
      }
    }
    const changed = before && dirty ? joined(before, dirty) : before || dirty;
    if (changed) {
      const { top, left, bottom, right } = changed;
      image.context.putImageData(pixels, 0, 0, left, top, right - left, bottom - top);
    }
  };
}

/** @type {(bytes: Uint8Array, image: Image, area: Area) => void} */
function putBack(bytes, image, { top, left, bottom, right }) {
  for (let y = top; y < bottom; y++) {
    const [start, end] = [4 * (y * image.width + left), 4 * (y * image.width + right)];
    bytes.set(image.rgba.subarray(start, end), start);
  }
}

/** @type {(area: Area | null, mask: LargeMask, image: Image) => Area | null} */
function union(area, mask, image) {
  const own = {
    top: Math.max(0, mask.top),
    left: Math.max(0, mask.left),
    bottom: Math.min(image.height, mask.top + mask.height),
    right: Math.min(image.width, mask.left + mask.width),
  };
  if (own.bottom <= own.top || own.right <= own.left) return area;
  return area ? joined(area, own) : own;
}

/** @type {(a: Area, b: Area) => Area} */
function joined(a, b) {
  const [top, left] = [Math.min(a.top, b.top), Math.min(a.left, b.left)];
  return { top, left, bottom: Math.max(a.bottom, b.bottom), right: Math.max(a.right, b.right) };
}
