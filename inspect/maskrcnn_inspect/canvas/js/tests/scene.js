// Small scenes for tests, made as they are on the page: state as Python sends it, decoded by the code under test.

import { decodeLayer } from "../decode.js";
import { makeView, resize } from "../view.js";

/** @import { BoxesLayer, GridLayer, HeatLayer, Layer, MasksLayer, PointsLayer, Scene } from "../types.d.ts" */

/** @type {(...values: number[]) => Float32Array} */
export const floats = (...values) => Float32Array.from(values);
/** @type {(...values: number[]) => Int32Array} */
export const ints = (...values) => Int32Array.from(values);

/** @type {(name: string, count: number) => any} */
const rows = (name, count) => ({
  name,
  of: name,
  count,
  index: ints(...Array(count).keys()),
  colours: ints(...Array(count).keys()),
  labels: [],
  lineage: {},
  frames: [],
  filtered: true,
});

/**
 * Boxes as (row, yxyx); `more` replaces parts of the state.
 * @type {(name: string, boxes: number[][], more?: object) => BoxesLayer}
 */
export function boxes(name, boxes, more = {}) {
  const dotted = new Uint8Array(boxes.length);
  const state = { ...rows(name, boxes.length), kind: "boxes", boxes: floats(...boxes.flat()), steps: [], dotted };
  return /** @type {BoxesLayer} */ (decodeLayer({ ...state, numbered: true, ...more }));
}

/**
 * Masks of grey levels (row, cell) of `grid` cells, each over its box.
 * @type {(name: string, grid: [number, number], probs: number[][], boxes: number[][], more?: object) => MasksLayer}
 */
export function masks(name, grid, probs, boxes, more = {}) {
  const state = { ...rows(name, boxes.length), kind: "masks", grid, boxes: floats(...boxes.flat()) };
  return /** @type {MasksLayer} */ (decodeLayer({ ...state, probs: Uint8Array.from(probs.flat()), ...more }));
}

/** @type {(name: string, points: number[][], weights: number[], more?: object) => PointsLayer} */
export function points(name, points, weights, more = {}) {
  const state = { ...rows(name, points.length), kind: "points", points: floats(...points.flat()) };
  return /** @type {PointsLayer} */ (decodeLayer({ ...state, weights: floats(...weights), weighted: true, ...more }));
}

/** @type {(name: string, grid: [number, number], values: number[], more?: object) => HeatLayer} */
export function heat(name, grid, values, more = {}) {
  const extent = [0, 0, 4, 8];
  const table = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)); // level l is the grey l, l, l
  /** @type {any} */
  const state = { kind: "heat", name, of: "cells", grid, maps: 1, framed: false, extent, limits: [0, 1], unit: "" };
  return /** @type {HeatLayer} */ (decodeLayer({ ...state, values: floats(...values), table, ...more }));
}

/** @type {(name: string, grid: [number, number], of?: string) => GridLayer} */
export const grid = (name, grid, of = "") => ({ kind: "grid", name, of, grid, extent: [0, 0, 4, 8] });

/**
 * An image of 4 × 8 px shown at 10 CSS px a px, whose red is 10 y + x, with layers on it.
 * @type {(layers: Layer[], settings?: Partial<Scene["settings"]>) => Scene}
 */
export function scene(layers, settings = {}) {
  const rgba = Uint8ClampedArray.from({ length: 4 * 4 * 8 }, (_, i) =>
    i % 4 === 0 ? 10 * Math.floor(i / 32) + ((i % 32) >> 2) : i % 4 === 3 ? 255 : 7,
  );
  /** @type {any} */
  const [surface, context] = [null, null]; // nothing is drawn
  return {
    image: { height: 4, width: 8, blank: false, surface, context, rgba },
    layers,
    settings: {
      min_score: 0,
      mask_threshold: 0.5,
      opacity: 0.5,
      max_number: null,
      progress: 0,
      frame: 0,
      hidden: [],
      selected: {},
      drawn: [],
      ...settings,
    },
    controls: [],
    frames: {},
    palette: [[255, 0, 0]],
    view: resize(makeView(), 4, 8, 40, 80),
    chosen: new Map(),
    anySelected: false,
    hovered: null,
    pointer: null,
    drawn: [],
  };
}
