// Heat maps: numbers to colours, cell by cell. What is no number is hatched in a colour no table has, never clipped.

/** @import { CellLayer, Colour, Context, HeatLayer, Mark, PaintedMap, Settings, Spot, View, Yxyx } from "./types.d.ts" */

const NOT_A_NUMBER = { colour: "#ff00c8", slope: 1 };
const INFINITE = { colour: "#00e676", slope: -1 };
const HATCH = 8; // px between the lines of a hatch

/**
 * Give the map of the slider's frame: where its values start, in a layer that may hold several.
 * @type {(layer: HeatLayer, frame: number) => number}
 */
export function mapOf(layer, frame) {
  const cells = layer.grid[0] * layer.grid[1];
  return (layer.framed ? Math.min(frame, layer.maps - 1) : 0) * cells;
}

/**
 * Paint the cells of one map, a px a cell; kept until the frame changes.
 * @type {(layer: HeatLayer, frame: number) => PaintedMap}
 */
function painted(layer, frame) {
  const start = mapOf(layer, frame);
  if (layer.painted?.start === start) return layer.painted;
  const [rows, columns] = layer.grid;
  const good = new ImageData(columns, rows);
  const bad = { nan: new ImageData(columns, rows), inf: new ImageData(columns, rows) };
  const counts = { nan: 0, inf: 0 };
  const [low, high] = layer.limits;
  const perLevel = 256 / (high - low);
  for (let i = 0; i < rows * columns; i++) {
    const value = layer.values[start + i];
    if (Number.isFinite(value)) {
      const level = Math.min(255, Math.max(0, Math.floor((value - low) * perLevel)));
      good.data.set(colourAt(layer.table, level), 4 * i);
      good.data[4 * i + 3] = 255;
    } else {
      const kind = Number.isNaN(value) ? "nan" : "inf";
      bad[kind].data[4 * i + 3] = 255;
      counts[kind] += 1;
    }
  }
  const surface = surfaceOf(good);
  layer.painted = { start, surface, counts, nan: surfaceOf(bad.nan), inf: surfaceOf(bad.inf) };
  return layer.painted;
}

/** @type {(pixels: ImageData) => HTMLCanvasElement} */
function surfaceOf(pixels) {
  const surface = makeSurface(pixels.width, pixels.height);
  contextOf(surface).putImageData(pixels, 0, 0);
  return surface;
}

/**
 * Draw a heat map over the image. The context is in CSS px of the stage.
 * @type {(context: Context, view: View, layer: HeatLayer, settings: Settings, opacity: number) => void}
 */
export function drawHeat(context, view, layer, settings, opacity) {
  const map = painted(layer, settings.frame);
  const [y, x] = toStage(view, layer.extent[0], layer.extent[1]);
  const height = (layer.extent[2] - layer.extent[0]) * view.scale;
  const width = (layer.extent[3] - layer.extent[1]) * view.scale;
  context.save();
  context.imageSmoothingEnabled = false; // a cell is a number, not a shade between two
  context.globalAlpha = opacity;
  context.drawImage(map.surface, x, y, width, height);
  context.restore();
  const spot = { y, x, height, width };
  if (map.counts.nan) drawHatched(context, map.nan, NOT_A_NUMBER, spot);
  if (map.counts.inf) drawHatched(context, map.inf, INFINITE, spot);
}

/**
 * Fill the cells that `where` marks with slanted lines, at full strength whatever the opacity.
 * @type {(context: Context, where: HTMLCanvasElement, mark: Mark, spot: Spot) => void}
 */
function drawHatched(context, where, mark, { y, x, height, width }) {
  const { canvas } = context;
  const ratio = context.getTransform().a;
  const own = makeSurface(canvas.width, canvas.height);
  const lines = contextOf(own);
  lines.scale(ratio, ratio);
  lines.fillStyle = hatch(lines, mark);
  lines.fillRect(0, 0, canvas.width / ratio, canvas.height / ratio);
  lines.globalCompositeOperation = "destination-in";
  lines.imageSmoothingEnabled = false;
  lines.drawImage(where, x, y, width, height);
  context.drawImage(own, 0, 0, canvas.width / ratio, canvas.height / ratio);
}

/** @type {(context: Context, mark: Mark) => CanvasPattern} */
function hatch(context, { colour, slope }) {
  const tile = makeSurface(HATCH, HATCH);
  const ink = contextOf(tile);
  ink.fillStyle = colour;
  ink.fillRect(0, 0, HATCH, HATCH);
  ink.strokeStyle = "#000";
  ink.lineWidth = 2;
  // three lines, so that tiles join at their corners
  for (const shift of [-HATCH, 0, HATCH]) {
    ink.beginPath();
    ink.moveTo(shift, slope > 0 ? HATCH : 0);
    ink.lineTo(shift + HATCH, slope > 0 ? 0 : HATCH);
    ink.stroke();
  }
  // none only for images that are not loaded yet
  return /** @type {CanvasPattern} */ (context.createPattern(tile, "repeat"));
}

/**
 * Give the colour of a level of a table, 0 to 255.
 * @type {(table: Uint8Array, level: number) => Colour}
 */
export const colourAt = (table, level) => [table[3 * level], table[3 * level + 1], table[3 * level + 2]];

/**
 * Count what is no number in the map shown.
 * @type {(layer: HeatLayer, frame: number) => PaintedMap["counts"]}
 */
export const badCounts = (layer, frame) => painted(layer, frame).counts;

/**
 * Give the cell (row, column) of a heat map or grid under an image px, or null beside it.
 * @type {(layer: CellLayer, y: number, x: number) => [row: number, column: number] | null}
 */
export function cellAt(layer, y, x) {
  const [top, left, bottom, right] = layer.extent;
  if (!(y >= top && y < bottom && x >= left && x < right)) return null;
  const [rows, columns] = layer.grid;
  return [Math.floor(((y - top) / (bottom - top)) * rows), Math.floor(((x - left) / (right - left)) * columns)];
}

/**
 * Give the yxyx image px of a cell by its number.
 * @type {(layer: CellLayer, cell: number) => Yxyx}
 */
export function cellBox(layer, cell) {
  const [rows, columns] = layer.grid;
  const [top, left, bottom, right] = layer.extent;
  const [height, width] = [(bottom - top) / rows, (right - left) / columns];
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  return [top + row * height, left + column * width, top + (row + 1) * height, left + (column + 1) * width];
}

/**
 * Paint the table from its low to its high end, for the legend.
 * @type {(surface: HTMLCanvasElement, layer: HeatLayer) => void}
 */
export function drawTable(surface, layer) {
  surface.width = 256;
  surface.height = 1;
  const context = contextOf(surface);
  const strip = context.createImageData(256, 1);
  for (let i = 0; i < 256; i++) {
    strip.data.set(colourAt(layer.table, i), 4 * i);
    strip.data[4 * i + 3] = 255;
  }
  context.putImageData(strip, 0, 0);
}

/**
 * Paint the hatch of a kind, nan or inf, for the legend.
 * @type {(surface: HTMLCanvasElement, kind: "nan" | "inf") => void}
 */
export function drawHatchSample(surface, kind) {
  const context = contextOf(surface);
  context.fillStyle = hatch(context, kind === "nan" ? NOT_A_NUMBER : INFINITE);
  context.fillRect(0, 0, surface.width, surface.height);
}

import { contextOf, makeSurface } from "./decode.js";
import { toStage } from "./view.js";
