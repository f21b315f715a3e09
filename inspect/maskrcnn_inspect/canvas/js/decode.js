// From what Python sends to what is drawn: typed arrays, rows by index, and the rows that the sliders keep.
// Words as in Python: a row is one box, mask or point; `of` and `index` say which row of which tensor it is.

/** Copy bytes into a typed array. A message's buffers start anywhere; a Float32Array must start at a multiple of 4. */
export function typed(view, Type) {
  if (!view) return null;
  const bytes = view instanceof ArrayBuffer ? new Uint8Array(view) : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return new Type(bytes.slice().buffer);
}

/** Decode the picture to RGBA. A blank has no bytes: it is one dark grey, and heat maps on it are opaque. */
export async function decodePicture(state) {
  const { width, height } = state;
  const surface = makeSurface(width, height);
  const context = surface.getContext("2d", { willReadFrequently: true });
  const blank = !state.bytes;
  if (blank) {
    context.fillStyle = "#23272e";
    context.fillRect(0, 0, width, height);
  } else if (state.encoding === "rgba") {
    context.putImageData(new ImageData(typed(state.bytes, Uint8ClampedArray), width, height), 0, 0);
  } else {
    // Without these two options a browser may change grey levels that the readout promises to be the picture's.
    const options = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
    const bitmap = await createImageBitmap(new Blob([typed(state.bytes, Uint8Array)], { type: "image/png" }), options);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
  }
  return { width, height, blank, surface, context, rgba: context.getImageData(0, 0, width, height).data };
}

/** Make a canvas that is not on the page. */
export function makeSurface(width, height) {
  const surface = document.createElement("canvas");
  surface.width = Math.max(1, width);
  surface.height = Math.max(1, height);
  return surface;
}

/** Decode one layer. Rows get `rowOf` (index → row) and `ranking` (rows, best score first). */
export function decodeLayer(state) {
  const layer = { ...state };
  if (layer.kind === "heat") {
    layer.values = typed(state.values, Float32Array);
    layer.table = typed(state.table, Uint8Array);
  } else if (layer.kind === "links") {
    layer.pairs = typed(state.pairs, Int32Array);
  } else if (layer.kind !== "grid") {
    decodeRows(layer, state);
  }
  return layer;
}

function decodeRows(layer, state) {
  layer.index = typed(state.index, Int32Array);
  layer.colours = typed(state.colours, Int32Array);
  layer.scores = typed(state.scores, Float32Array);
  layer.class_ids = typed(state.class_ids, Int32Array);
  layer.frames = state.frames.map((kept) => typed(kept, Int32Array));
  layer.lineage = Object.entries(state.lineage).map(([key, view]) => [key, typed(view, Int32Array)]);
  if (layer.kind === "points") {
    layer.points = typed(state.points, Float32Array);
    layer.weights = typed(state.weights, Float32Array);
  } else {
    layer.boxes = typed(state.boxes, Float32Array);
    layer.now = layer.boxes.subarray(0, 4 * layer.count); // where the boxes are at the slider's position
  }
  if (layer.kind === "boxes") layer.dotted = typed(state.dotted, Uint8Array);
  if (layer.kind === "masks") layer.probs = typed(state.probs, Uint8Array);
  layer.rowOf = new Map(Array.from(layer.index, (index, row) => [index, row]));
  layer.ranking = Array.from(layer.index.keys());
  const { scores } = layer;
  if (scores) layer.ranking.sort((a, b) => orderOf(scores[b]) - orderOf(scores[a])); // stable: ties stay in row order
  layer.rank = new Int32Array(layer.count);
  layer.ranking.forEach((row, rank) => (layer.rank[row] = rank));
  layer.rows = layer.ranking;
}

const orderOf = (score) => (Number.isNaN(score) ? -Infinity : score);

/** Give the rows that frame, least score and largest number leave, best first. */
export function keptRows(layer, settings) {
  const framed = layer.frames.length > 0;
  const rows = framed ? Array.from(layer.frames[Math.min(settings.frame, layer.frames.length - 1)]) : layer.ranking;
  if (framed) rows.sort((a, b) => layer.rank[a] - layer.rank[b]);
  if (!layer.filtered) return rows;
  // The scores are float32, the slider is not: a float32 0.9 is less than 0.9, and 0.9 must keep it.
  const least = Math.fround(settings.min_score);
  const good = layer.scores && least > 0 ? rows.filter((row) => layer.scores[row] >= least) : rows;
  return settings.max_number === null ? good : good.slice(0, settings.max_number);
}

/** Move the boxes of a layer to where they are between its steps: exactly on a step at that step's own position. */
export function moveBoxes(layer, progress) {
  const size = 4 * layer.count;
  const { step, share } = between(layer.steps, progress);
  const from = layer.boxes.subarray(step * size, (step + 1) * size);
  const to = layer.boxes.subarray((step + 1) * size, (step + 2) * size);
  layer.now = from.map((value, i) => (share === 0 ? value : share === 1 ? to[i] : (1 - share) * value + share * to[i]));
}

/** Give the step that a position 0 to 1 has passed, and the share of the way to the next. */
export function between(steps, progress) {
  const place = Math.round(progress * (steps.length - 1) * 1e6) / 1e6;
  const step = Math.min(Math.floor(place), steps.length - 2);
  return { step, share: place - step };
}

/** Tell whether a box has four finite corners; others cannot be drawn and are counted in the list of layers. */
export function isFinite4(boxes, row) {
  return Number.isFinite(boxes[4 * row] + boxes[4 * row + 1] + boxes[4 * row + 2] + boxes[4 * row + 3]);
}

/** Say what a row is and came from, as the shared selection. */
export function selectionOf(layer, row) {
  const selection = { [layer.of]: layer.index[row] };
  for (const [key, indices] of layer.lineage) if (indices[row] >= 0) selection[key] = indices[row];
  return selection;
}

/** Give the rows of a layer that a selection means: by its own index, else by the nearest lineage it knows. */
export function rowsSelected(layer, selection) {
  if (!layer.rowOf) return [];
  if (layer.of in selection) return layer.rowOf.has(selection[layer.of]) ? [layer.rowOf.get(selection[layer.of])] : [];
  for (const [key, indices] of layer.lineage) {
    if (!(key in selection)) continue;
    const rows = layer.ranking.filter((row) => indices[row] === selection[key]);
    if (rows.length) return rows;
  }
  return [];
}

/** Number a thing the way its tensor does. */
export const nameOf = (layer, row) => `${layer.of}[${layer.index[row]}]`;

/** Give the words of a row: its own label, or class and score; label and class cut to `longest` letters. */
export function labelOf(layer, row, digits = 2, longest = Infinity) {
  const clipped = (text) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
  if (layer.labels.length) return clipped(layer.labels[row]);
  const words = layer.class_ids ? [clipped(layer.class_names[layer.class_ids[row]])] : [];
  if (layer.scores) words.push(layer.scores[row].toFixed(digits));
  return words.join(" ");
}

