// From what Python sends to what is drawn: typed arrays, rows by index, and the rows that the sliders keep.
// Words as in Python: a row is one box, mask or point; `of` and `index` say which row of which tensor it is.

/** @import { BoxesLayer, BoxesState, Bytes, Context, DecodedRows, Layer, LayerState, MasksState } from "./types.d.ts" */
/** @import { Image, ImageState, RowLayer, RowLayerState, Selection, Settings } from "./types.d.ts" */

/**
 * Copy bytes into a typed array. A message's buffers start anywhere; a Float32Array must start at a multiple of 4.
 * @template T
 * @param {Bytes} view
 * @param {new (buffer: ArrayBuffer) => T} Type
 * @returns {T}
 */
export function typed(view, Type) {
  const bytes =
    view instanceof ArrayBuffer ? new Uint8Array(view) : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return new Type(bytes.slice().buffer);
}

/**
 * Decode the image to RGBA. A blank has no bytes: it is one dark grey, and heat maps on it are opaque.
 * @type {(state: ImageState) => Promise<Image>}
 */
export async function decodeImage(state) {
  const { width, height } = state;
  const surface = makeSurface(width, height);
  const context = contextOf(surface, { willReadFrequently: true });
  if (!state.bytes) {
    context.fillStyle = "#23272e";
    context.fillRect(0, 0, width, height);
  } else if (state.encoding === "rgba") {
    context.putImageData(new ImageData(typed(state.bytes, Uint8ClampedArray), width, height), 0, 0);
  } else {
    // Without these two options a browser may change grey levels that the readout promises to be the image's.
    /** @type {ImageBitmapOptions} */
    const options = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
    const bitmap = await createImageBitmap(new Blob([typed(state.bytes, Uint8Array)], { type: "image/png" }), options);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
  }
  return { width, height, blank: !state.bytes, surface, context, rgba: context.getImageData(0, 0, width, height).data };
}

/**
 * Make a canvas that is not on the page.
 * @type {(width: number, height: number) => HTMLCanvasElement}
 */
export function makeSurface(width, height) {
  const surface = document.createElement("canvas");
  surface.width = Math.max(1, width);
  surface.height = Math.max(1, height);
  return surface;
}

/**
 * Give what draws on a canvas. A browser has none for a canvas beyond its limits.
 * @type {(surface: HTMLCanvasElement, options?: CanvasRenderingContext2DSettings) => Context}
 */
export function contextOf(surface, options) {
  const context = surface.getContext("2d", options);
  if (!context) throw new Error(`the browser cannot draw on ${surface.width} × ${surface.height} px`);
  return context;
}

/**
 * Decode one layer. Rows get `rowOf` (index → row) and `ranking` (rows, best score first).
 * @type {(state: LayerState) => Layer}
 */
export function decodeLayer(state) {
  switch (state.kind) {
    case "heat":
      return { ...state, values: typed(state.values, Float32Array), table: typed(state.table, Uint8Array) };
    case "links":
      return { ...state, of: undefined, pairs: typed(state.pairs, Int32Array) };
    case "grid":
      return { ...state };
    case "points": {
      const [points, weights] = [typed(state.points, Float32Array), typed(state.weights, Float32Array)];
      return { ...state, ...decodeRows(state), points, weights };
    }
    case "masks":
      return { ...state, ...decodeRows(state), ...decodeBoxes(state), probs: typed(state.probs, Uint8Array) };
    case "boxes":
      return { ...state, ...decodeRows(state), ...decodeBoxes(state), dotted: typed(state.dotted, Uint8Array) };
  }
}

/** @type {(state: BoxesState | MasksState) => Pick<BoxesLayer, "boxes" | "now">} */
function decodeBoxes(state) {
  const boxes = typed(state.boxes, Float32Array);
  return { boxes, now: boxes.subarray(0, 4 * state.count) }; // where the boxes are at the slider's position
}

/** @type {(state: RowLayerState) => DecodedRows} */
function decodeRows(state) {
  const index = typed(state.index, Int32Array);
  const scores = state.scores ? typed(state.scores, Float32Array) : null;
  const ranking = Array.from(index.keys());
  if (scores) ranking.sort((a, b) => orderOf(scores[b]) - orderOf(scores[a])); // stable: ties stay in row order
  const rank = new Int32Array(state.count);
  for (const [place, row] of ranking.entries()) rank[row] = place;
  return {
    index,
    scores,
    ranking,
    rank,
    colours: typed(state.colours, Int32Array),
    class_ids: state.class_ids ? typed(state.class_ids, Int32Array) : null,
    class_names: state.class_names ?? [],
    frames: state.frames.map((kept) => typed(kept, Int32Array)),
    lineage: Object.entries(state.lineage).map(([key, view]) => [key, typed(view, Int32Array)]),
    rowOf: new Map(Array.from(index, (one, row) => [one, row])),
    rows: ranking,
  };
}

/**
 * Tell whether a layer is made of rows: boxes, masks or points.
 * @type {(layer: Layer) => layer is RowLayer}
 */
export const hasRows = (layer) => layer.rowOf !== undefined;

/** @type {(score: number) => number} */
const orderOf = (score) => (Number.isNaN(score) ? -Infinity : score);

/**
 * Give the rows that frame, score threshold and largest number leave, best first.
 * @type {(layer: RowLayer, settings: Pick<Settings, "frame" | "min_score" | "max_number">) => number[]}
 */
export function keptRows(layer, settings) {
  const framed = layer.frames.length > 0;
  const rows = framed ? Array.from(layer.frames[Math.min(settings.frame, layer.frames.length - 1)]) : layer.ranking;
  if (framed) rows.sort((a, b) => layer.rank[a] - layer.rank[b]);
  if (!layer.filtered) return rows;
  // The scores are float32, the slider is not: a float32 0.9 is less than 0.9, and 0.9 must keep it.
  const least = Math.fround(settings.min_score);
  const { scores } = layer;
  const good = scores && least > 0 ? rows.filter((row) => scores[row] >= least) : rows;
  return settings.max_number === null ? good : good.slice(0, settings.max_number);
}

/**
 * Move the boxes of a layer to where they are between its steps: exactly on a step at that step's own position.
 * @type {(layer: BoxesLayer, progress: number) => void}
 */
export function moveBoxes(layer, progress) {
  const size = 4 * layer.count;
  const { step, share } = between(layer.steps, progress);
  const from = layer.boxes.subarray(step * size, (step + 1) * size);
  const to = layer.boxes.subarray((step + 1) * size, (step + 2) * size);
  layer.now = from.map((value, i) => (share === 0 ? value : share === 1 ? to[i] : (1 - share) * value + share * to[i]));
}

/**
 * Give the step that a position 0 to 1 has passed, and the share of the way to the next.
 * @type {(steps: string[], progress: number) => { step: number, share: number }}
 */
export function between(steps, progress) {
  const place = Math.round(progress * (steps.length - 1) * 1e6) / 1e6;
  const step = Math.min(Math.floor(place), steps.length - 2);
  return { step, share: place - step };
}

/**
 * Tell whether a box has four finite corners; others cannot be drawn and are counted in the list of layers.
 * @type {(boxes: Float32Array, row: number) => boolean}
 */
export function isFinite4(boxes, row) {
  return Number.isFinite(boxes[4 * row] + boxes[4 * row + 1] + boxes[4 * row + 2] + boxes[4 * row + 3]);
}

/**
 * Say what a row is and came from, as the shared selection.
 * @type {(layer: RowLayer, row: number) => Selection}
 */
export function selectionOf(layer, row) {
  const selection = { [layer.of]: layer.index[row] };
  for (const [key, indices] of layer.lineage) if (indices[row] >= 0) selection[key] = indices[row];
  return selection;
}

/**
 * Give the rows of a layer that a selection means: by its own index, else by the nearest lineage it knows.
 * @type {(layer: Layer, selection: Selection) => number[]}
 */
export function rowsSelected(layer, selection) {
  if (!layer.rowOf) return [];
  if (layer.of in selection) {
    const row = layer.rowOf.get(selection[layer.of]);
    return row === undefined ? [] : [row];
  }
  for (const [key, indices] of layer.lineage) {
    if (!(key in selection)) continue;
    const rows = layer.ranking.filter((row) => indices[row] === selection[key]);
    if (rows.length) return rows;
  }
  return [];
}

/**
 * Number a thing the way its tensor does.
 * @type {(layer: RowLayer, row: number) => string}
 */
export const nameOf = (layer, row) => `${layer.of}[${layer.index[row]}]`;

/**
 * Give the words of a row: its own label, or class and score; label and class cut to `longest` letters.
 * @type {(layer: RowLayer, row: number, digits?: number, longest?: number) => string}
 */
export function labelOf(layer, row, digits = 2, longest = Infinity) {
  /** @type {(text: string) => string} */
  const clipped = (text) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
  if (layer.labels.length) return clipped(layer.labels[row]);
  const words = layer.class_ids ? [clipped(layer.class_names[layer.class_ids[row]])] : [];
  if (layer.scores) words.push(layer.scores[row].toFixed(digits));
  return words.join(" ");
}
