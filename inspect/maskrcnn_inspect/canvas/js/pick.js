// What is under the pointer, and the words for it.

/** @import { BoxedLayer, CellLayer, Found, Item, PointsLayer, RowLayer, Scene } from "./types.d.ts" */

const POINT_REACH = 6; // CSS px around a point that still count as the point

/**
 * Give the rows under image px (y, x), the one a person most likely means first: points, then small boxes.
 * @type {(scene: Scene, y: number, x: number) => Found[]}
 */
export function rowsAt(scene, y, x) {
  /** @type {Found[]} */
  const found = [];
  scene.layers.forEach((layer, height) => {
    if (!layer.rowOf || !isOn(scene, layer)) return;
    for (const row of layer.rows) {
      const size = layer.kind === "points" ? pointSize(scene, layer, row, y, x) : boxSize(layer, row, y, x);
      if (size !== null) found.push({ layer, row, size, height });
    }
  });
  return found.sort((a, b) => a.size - b.size || b.height - a.height);
}

/** @type {(scene: Scene, layer: PointsLayer, row: number, y: number, x: number) => number | null} */
function pointSize(scene, layer, row, y, x) {
  const distance = Math.hypot(layer.points[2 * row] - y, layer.points[2 * row + 1] - x) * scene.view.scale;
  return distance <= radiusOf(layer, row) + POINT_REACH ? distance - 1e6 : null; // before every box
}

/** @type {(layer: BoxedLayer, row: number, y: number, x: number) => number | null} */
function boxSize(layer, row, y, x) {
  const [top, left, bottom, right] = layer.now.subarray(4 * row, 4 * row + 4);
  return y >= top && y <= bottom && x >= left && x <= right ? (bottom - top) * (right - left) : null;
}

/**
 * Give the topmost visible cell under image px, of a layer whose cells can be selected.
 * @type {(scene: Scene, y: number, x: number) => { layer: CellLayer, cell: number } | null}
 */
export function cellToSelect(scene, y, x) {
  for (const layer of [...scene.layers].reverse()) {
    if (!(layer.of && layer.grid && !layer.rowOf && isOn(scene, layer))) continue;
    const cell = cellAt(layer, y, x);
    if (cell) return { layer, cell: cell[0] * layer.grid[1] + cell[1] };
  }
  return null;
}

/**
 * Say what a row is: number, class, score, corners.
 * @type {(layer: RowLayer, row: number) => string}
 */
export function describeRow(layer, row) {
  const words = [nameOf(layer, row), labelOf(layer, row, 4)];
  if (layer.labels.length && layer.scores) words.push(`score ${layer.scores[row].toFixed(4)}`);
  if (layer.kind === "points") {
    words.push(`y ${short(layer.points[2 * row])}, x ${short(layer.points[2 * row + 1])}`);
    if (layer.weighted) words.push(`weight ${short(layer.weights[row], 4)}`);
  } else {
    const [top, left, bottom, right] = layer.now.subarray(4 * row, 4 * row + 4);
    words.push(`y ${short(top)} to ${short(bottom)}, x ${short(left)} to ${short(right)}`);
    words.push(`${short(bottom - top)} × ${short(right - left)} px`);
  }
  const origins = layer.lineage.filter(([, indices]) => indices[row] >= 0);
  if (origins.length) words.push(origins.map(([key, indices]) => `${key}[${indices[row]}]`).join(", "));
  return words.filter(Boolean).join(" · ");
}

/**
 * Say what is at an image px: its grey levels, then the cell of each visible heat map and grid.
 * @type {(scene: Scene, y: number, x: number) => string}
 */
export function describePlace(scene, y, x) {
  const { image, settings } = scene;
  const [row, column] = [Math.floor(y), Math.floor(x)];
  if (!image) return "";
  if (!(row >= 0 && row < image.height && column >= 0 && column < image.width)) return "";
  const words = [`y ${row}, x ${column}`];
  const at = 4 * (row * image.width + column);
  if (!image.blank) words.push(`rgb ${[...image.rgba.subarray(at, at + 3)].join(" ")}`);
  for (const layer of scene.layers) {
    if (!(layer.grid && !layer.rowOf && isOn(scene, layer))) continue;
    const cell = cellAt(layer, y, x);
    if (cell) words.push(describeCell(layer, cell, settings.frame));
  }
  return words.join(" · ");
}

/** @type {(layer: CellLayer, cell: [row: number, column: number], frame: number) => string} */
export function describeCell(layer, [row, column], frame) {
  const place = `${layer.name} (${row}, ${column})`;
  if (layer.kind !== "heat") return place;
  const value = layer.values[mapOf(layer, frame) + row * layer.grid[1] + column];
  return `${place} = ${exact(value)}${layer.unit ? ` ${layer.unit}` : ""}`;
}

/**
 * Write a number for a person: NaN and infinities by name, four digits otherwise.
 * @type {(value: number) => string}
 */
export function exact(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+∞" : "−∞";
  const size = Math.abs(value);
  const words =
    size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return words.replace("-", "−");
}

/** @type {(value: number, digits?: number) => string} */
const short = (value, digits = 1) =>
  Number.isFinite(value) ? String(Number(value.toFixed(digits))).replace("-", "−") : exact(value);

/**
 * Give the row after or before the selected one: in its own layer if there is one, else in the topmost layer.
 * @type {(scene: Scene, direction: 1 | -1) => Item | null}
 */
export function neighbour(scene, direction) {
  const shown = scene.layers.filter(hasRows).filter((layer) => isOn(scene, layer) && layer.rows.length > 0);
  const layers = shown.reverse();
  const boxesFirst = [
    ...layers.filter((layer) => layer.kind !== "masks"),
    ...layers.filter((layer) => layer.kind === "masks"),
  ];
  const layer = boxesFirst.find((one) => one.of in scene.settings.selected) ?? boxesFirst[0];
  if (!layer) return null;
  const rows = layer.rows;
  const chosen = rows.indexOf(layer.rowOf.get(scene.settings.selected[layer.of]) ?? -1);
  const next = chosen < 0 ? (direction > 0 ? 0 : rows.length - 1) : (chosen + direction + rows.length) % rows.length;
  return { layer, row: rows[next] };
}

import { hasRows, labelOf, nameOf } from "./decode.js";
import { cellAt, mapOf } from "./heat.js";
import { isOn, radiusOf } from "./marks.js";
