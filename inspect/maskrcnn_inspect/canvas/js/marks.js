// Links between rows, points with weights, grids of cells.

/** @import { BoxesLayer, CellLayer, Context, GridLayer, Item, Layer, LinksLayer, PointsLayer, Scene, View, Yx, Stroke } from "./types.d.ts" */

const LEAST_CELL = 4; // CSS px between two lines of a grid; where cells are smaller, lines are left out evenly

/**
 * Draw an arrow from the middle of each source to the middle of its target, whichever layers they are drawn in.
 * @type {(context: Context, scene: Scene, links: LinksLayer) => void}
 */
export function drawLinks(context, scene, links) {
  const [sources, targets] = [rowsOfKind(scene, links.source), rowsOfKind(scene, links.target)];
  const among = links.source === links.target; // of two rows of one kind a selection holds one
  for (let i = 0; i < links.count; i++) {
    const [from, to] = [sources.get(links.pairs[2 * i]), targets.get(links.pairs[2 * i + 1])];
    if (!from || !to) continue;
    const ends = [from, to].filter(({ layer, row }) => scene.chosen.get(layer)?.has(row)).length;
    const chosen = ends === 2 || (among && ends === 1);
    if (chosen || !links.only_selected) drawArrow(context, scene, middle(from), middle(to), chosen);
  }
}

/**
 * Give the rows shown that are `of` a kind, by index; the layer on top counts.
 * @type {(scene: Scene, of: string) => Map<number, Item<BoxesLayer | PointsLayer>>}
 */
function rowsOfKind(scene, of) {
  const found = new Map();
  for (const layer of scene.layers) {
    if (!layer.rowOf || layer.of !== of || layer.kind === "masks" || !isOn(scene, layer)) continue;
    for (const row of layer.rows) found.set(layer.index[row], { layer, row });
  }
  return found;
}

/** @type {(scene: Scene, layer: Layer) => boolean} */
export const isOn = (scene, layer) => !scene.settings.hidden.includes(layer.name);

/** @type {(item: Item<BoxesLayer | PointsLayer>) => Yx} */
function middle({ layer, row }) {
  if (layer.kind === "points") return [layer.points[2 * row], layer.points[2 * row + 1]];
  const at = 4 * row;
  return [(layer.now[at] + layer.now[at + 2]) / 2, (layer.now[at + 1] + layer.now[at + 3]) / 2];
}

/** @type {(context: Context, scene: Scene, from: Yx, to: Yx, chosen: boolean) => void} */
function drawArrow(context, scene, from, to, chosen) {
  const [y1, x1] = toStage(scene.view, ...from);
  const [y2, x2] = toStage(scene.view, ...to);
  const length = Math.hypot(y2 - y1, x2 - x1);
  if (!Number.isFinite(length)) return;
  const path = new Path2D();
  path.arc(x1, y1, 2.5, 0, 2 * Math.PI);
  path.moveTo(x1, y1);
  path.lineTo(x2, y2);
  if (length > 12) {
    const [y, x] = [(y2 - y1) / length, (x2 - x1) / length];
    for (const side of [-1, 1]) {
      path.moveTo(x2, y2);
      path.lineTo(x2 - 9 * x + side * 4 * y, y2 - 9 * y - side * 4 * x);
    }
  }
  /** @type {Stroke[]} */
  const strokes = [
    [chosen ? 5 : 3, "rgba(0,0,0,.7)"],
    [chosen ? 2.5 : 1, "#fff"],
  ];
  for (const [width, colour] of strokes) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke(path);
  }
}

/**
 * Draw points as discs; the area of a disc is its weight, a point of no weight a mere ring.
 * @type {(context: Context, scene: Scene, layer: PointsLayer) => void}
 */
export function drawPoints(context, scene, layer) {
  for (const row of [...layer.rows].reverse()) {
    const [y, x] = toStage(scene.view, layer.points[2 * row], layer.points[2 * row + 1]);
    const radius = radiusOf(layer, row);
    const chosen = scene.chosen.get(layer)?.has(row);
    const hovered = scene.hovered?.layer === layer && scene.hovered.row === row;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = css(colourFor(scene.palette, layer.colours[row]));
    if (!(layer.weights[row] === 0)) context.fill();
    /** @type {Stroke[]} */
    const strokes = [
      [chosen || hovered ? 5 : 3, "rgba(0,0,0,.7)"],
      [chosen || hovered ? 3 : 1.2, "#fff"],
    ];
    for (const [width, colour] of strokes) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
  }
}

/** @type {(layer: PointsLayer, row: number) => number} */
export const radiusOf = (layer, row) => 3 + 5 * Math.sqrt(Math.min(1, Math.max(0, layer.weights[row] || 0)));

/**
 * Draw the lines between cells; where cells are too small for that, every second, fourth, eighth line.
 * @type {(context: Context, view: View, layer: GridLayer) => void}
 */
export function drawGrid(context, view, layer) {
  const [rows, columns] = layer.grid;
  const [top, left] = toStage(view, layer.extent[0], layer.extent[1]);
  const [bottom, right] = toStage(view, layer.extent[2], layer.extent[3]);
  const path = new Path2D();
  for (const { count, start, end, isRow } of [
    { count: rows, start: top, end: bottom, isRow: true },
    { count: columns, start: left, end: right, isRow: false },
  ]) {
    let every = 1;
    while (every < count && ((end - start) / count) * every < LEAST_CELL) every *= 2;
    for (let i = 0; i <= count; i += every) {
      const at = start + ((end - start) * i) / count;
      path.moveTo(isRow ? left : at, isRow ? at : top);
      path.lineTo(isRow ? right : at, isRow ? at : bottom);
    }
  }
  /** @type {Stroke[]} */
  const strokes = [
    [2, "rgba(0,0,0,.35)"],
    [1, "rgba(255,255,255,.6)"],
  ];
  for (const [width, colour] of strokes) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke(path);
  }
}

/**
 * Draw the cells of heat maps and grids that are selected or under the pointer.
 * @type {(context: Context, view: View, layer: CellLayer, cell: number, chosen: boolean) => void}
 */
export function drawCell(context, view, layer, cell, chosen) {
  const [top, left, bottom, right] = cellBox(layer, cell);
  const [y, x] = toStage(view, top, left);
  /** @type {Stroke[]} */
  const strokes = [
    [chosen ? 6 : 3, "rgba(0,0,0,.8)"],
    [chosen ? 3 : 1.5, "#fff"],
  ];
  for (const [width, colour] of strokes) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.strokeRect(x, y, (right - left) * view.scale, (bottom - top) * view.scale);
  }
}

/**
 * Draw the box that a person drew.
 * @type {(context: Context, view: View, box: number[]) => void}
 */
export function drawFrame(context, view, [top, left, bottom, right]) {
  const [y, x] = toStage(view, top, left);
  for (const { colour, dash } of [
    { colour: "rgba(0,0,0,.85)", dash: [] },
    { colour: "#fff", dash: [6, 5] },
  ]) {
    context.lineWidth = 2;
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.strokeRect(x, y, (right - left) * view.scale, (bottom - top) * view.scale);
  }
  context.setLineDash([]);
}

import { colourFor, css } from "./boxes.js";
import { cellBox } from "./heat.js";
import { toStage } from "./view.js";
