// Boxes and their tags. Every line has a dark halo, so that it is seen on any image; every tag has the number.

/** @import { Area, BoxedLayer, BoxesLayer, Colour, Context, Item, Scene, Tag, View, Yxyx, Stroke } from "./types.d.ts" */

/** @type {Colour} */
const NEUTRAL = [205, 205, 205];
const MANY = 250; // boxes from which single strokes with halos would be neither fast nor legible
const MOST_TAGS = 80;
const LONGEST_WORDS = 32; // letters of a class or label in a tag
const FONT = "600 12px system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif";
const TAG = { height: 17, padding: 5 };

/** @type {(colour: Colour, alpha?: number) => string} */
export const css = ([red, green, blue], alpha = 1) => `rgba(${red},${green},${blue},${alpha})`;

/**
 * Give the colour of an instance by its rank; -1 is no instance.
 * @type {(palette: Colour[], rank: number) => Colour}
 */
export const colourFor = (palette, rank) => (rank < 0 ? NEUTRAL : palette[rank % palette.length]);

/**
 * Draw the boxes of one layer, the best on top. With a selection, what is not selected steps back.
 * @type {(context: Context, scene: Scene, layer: BoxesLayer, chosen: Set<number>) => void}
 */
export function drawBoxes(context, scene, layer, chosen) {
  const rows = layer.rows.filter((row) => !chosen.has(row) && inView(scene.view, layer, row)).reverse();
  context.save();
  context.globalAlpha = scene.anySelected ? 0.5 : 1;
  if (rows.length > MANY) strokeMany(context, scene, layer, rows);
  else for (const row of rows) strokeOne(context, scene, layer, row);
  context.restore();
}

/** @type {(view: View, layer: BoxedLayer, row: number) => boolean} */
function inView(view, layer, row) {
  const [top, left, bottom, right] = stageBox(view, layer.now, row);
  const outside = bottom < 0 || right < 0 || top > view.stageHeight || left > view.stageWidth;
  return isFinite4(layer.now, row) && !outside;
}

/** @type {(view: View, boxes: Float32Array, row: number) => Yxyx} */
export function stageBox(view, boxes, row) {
  const { scale, top, left } = view;
  const at = 4 * row;
  return [
    (boxes[at] - top) * scale,
    (boxes[at + 1] - left) * scale,
    (boxes[at + 2] - top) * scale,
    (boxes[at + 3] - left) * scale,
  ];
}

/** @type {(context: Context, scene: Scene, layer: BoxedLayer, row: number, width?: number) => void} */
function strokeOne(context, scene, layer, row, width = 2) {
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row);
  const dotted = layer.dotted?.[row];
  context.setLineDash([]);
  context.lineWidth = width + 1.5;
  context.strokeStyle = dotted ? "rgba(0,0,0,.35)" : "rgba(0,0,0,.6)";
  context.strokeRect(left, top, right - left, bottom - top);
  context.setLineDash(dotted ? [2, 4] : []);
  context.lineWidth = width;
  context.strokeStyle = css(colourFor(scene.palette, layer.colours[row]));
  context.strokeRect(left, top, right - left, bottom - top);
  context.setLineDash([]);
}

/**
 * Stroke each colour and style once: a path of a hundred boxes costs little more than one box.
 * @type {(context: Context, scene: Scene, layer: BoxesLayer, rows: number[]) => void}
 */
function strokeMany(context, scene, layer, rows) {
  const paths = new Map();
  for (const row of rows) {
    const key = `${css(colourFor(scene.palette, layer.colours[row]))} ${layer.dotted?.[row] ?? 0}`;
    if (!paths.has(key)) paths.set(key, { path: new Path2D(), row });
    const [top, left, bottom, right] = stageBox(scene.view, layer.now, row);
    paths.get(key).path.rect(left, top, right - left, bottom - top);
  }
  context.globalAlpha *= 0.8;
  context.lineWidth = 1;
  for (const { path, row } of paths.values()) {
    context.setLineDash(layer.dotted?.[row] ? [1, 3] : []);
    context.strokeStyle = css(colourFor(scene.palette, layer.colours[row]));
    context.stroke(path);
  }
}

/**
 * Draw a row that is selected: a white and a black line around its own, seen on every image.
 * @type {(context: Context, scene: Scene, layer: BoxedLayer, row: number) => void}
 */
export function drawSelected(context, scene, layer, row) {
  if (!isFinite4(layer.now, row)) return;
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row);
  /** @type {Stroke[]} */
  const strokes = [
    [8, "rgba(0,0,0,.75)"],
    [6, "#fff"],
  ];
  for (const [width, colour] of strokes) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.strokeRect(left, top, right - left, bottom - top);
  }
  strokeOne(context, scene, layer, row, 2.5);
}

/**
 * Draw the row under the pointer: a tint inside, a thicker line.
 * @type {(context: Context, scene: Scene, layer: BoxedLayer, row: number) => void}
 */
export function drawHovered(context, scene, layer, row) {
  if (!isFinite4(layer.now, row)) return;
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row);
  context.fillStyle = css(colourFor(scene.palette, layer.colours[row]), 0.16);
  context.fillRect(left, top, right - left, bottom - top);
  strokeOne(context, scene, layer, row, 3);
}

/**
 * Draw tags, `first` before all others; each where it hides no earlier tag, or with its number only, or not at all.
 * @type {(context: Context, scene: Scene, first: Item<BoxedLayer>[], others: Item<BoxedLayer>[]) => void}
 */
export function drawTags(context, scene, first, others) {
  /** @type {Tag[]} */
  const placed = [];
  const done = new Set();
  context.save();
  context.font = FONT;
  context.textBaseline = "middle";
  const rest = others.length > MOST_TAGS ? [] : others;
  for (const [i, { layer, row }] of [...first, ...rest].entries()) {
    const key = nameOf(layer, row);
    if (done.has(key) || !inView(scene.view, layer, row)) continue;
    done.add(key);
    const number = String(layer.index[row]);
    const words = `${number} ${labelOf(layer, row, 2, LONGEST_WORDS)}`.trim();
    const spot = place(context, scene, layer, row, words, placed) ?? place(context, scene, layer, row, number, placed);
    if (!spot) continue;
    context.globalAlpha = scene.anySelected && i >= first.length ? 0.6 : 1;
    placed.push(spot);
    drawTag(context, spot, colourFor(scene.palette, layer.colours[row]));
  }
  context.restore();
}

/**
 * Try the places for a tag, best first: above the box, in its corner, below it, right above, right in the corner.
 * @type {(context: Context, scene: Scene, layer: BoxedLayer, row: number, words: string, placed: Tag[]) => Tag | null}
 */
function place(context, scene, layer, row, words, placed) {
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row);
  const width = Math.ceil(context.measureText(words).width) + 2 * TAG.padding;
  const { stageHeight, stageWidth } = scene.view;
  const spots = [
    [top - TAG.height - 1, left - 1],
    [top + 1, left + 1],
    [bottom + 1, left - 1],
    [top - TAG.height - 1, right - width + 1],
    [bottom - TAG.height - 1, right - width - 1],
  ];
  for (const [y, x] of spots) {
    const inside = y >= 0 && x >= -1 && y + TAG.height <= stageHeight && x + width <= stageWidth + 1;
    const spot = { words, top: y, left: Math.max(0, x), bottom: y + TAG.height, right: x + width };
    if (inside && !placed.some((other) => overlap(spot, other))) return spot;
  }
  return null;
}

/** @type {(a: Area, b: Area) => boolean} */
const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** @type {(context: Context, tag: Tag, colour: Colour) => void} */
function drawTag(context, { words, top, left, bottom, right }, colour) {
  context.fillStyle = "rgba(0,0,0,.55)";
  context.fillRect(left - 1, top - 1, right - left + 2, bottom - top + 2);
  context.fillStyle = css(colour);
  context.fillRect(left, top, right - left, bottom - top);
  context.fillStyle = inkOn(colour);
  context.fillText(words, left + TAG.padding, (top + bottom) / 2 + 0.5);
}

/**
 * Give black or white, whichever is easier to read on a colour (WCAG relative luminance).
 * @type {(colour: Colour) => string}
 */
export function inkOn(colour) {
  const [red, green, blue] = colour.map((level) => {
    const share = level / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

import { isFinite4, labelOf, nameOf } from "./decode.js";
