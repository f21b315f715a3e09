// @vitest-environment jsdom

import { beforeAll, expect, test } from "vitest";
import { badCounts, cellAt, cellBox, colourAt, drawHeat, mapOf } from "../heat.js";
import { grid, heat, scene } from "./scene.js";
import { installSurfaces, pixelsOn, recorder } from "./surfaces.js";

beforeAll(installSurfaces);

/** @import { HeatLayer } from "../types.d.ts" */

/** Draw a map over the image of 4 × 8 px at 10 CSS px a px; give its calls and the RGBA of each cell. */
function drawn(/** @type {HeatLayer} */ layer, frame = 0) {
  const shown = scene([layer], { frame });
  const { context, calls } = recorder({ getTransform: () => ({ a: 1 }) });
  context.canvas = document.createElement("canvas");
  drawHeat(context, shown.view, layer, shown.settings, 0.7);
  const images = calls.filter(([name]) => name === "drawImage");
  const pixels = pixelsOn.get(images[0][1]);
  const cells = Array.from({ length: (pixels?.data.length ?? 0) / 4 }, (_, i) => [
    ...(pixels?.data.subarray(4 * i, 4 * i + 4) ?? []),
  ]);
  return { context, images, cells };
}

test("a value takes the colour of its 256th of the limits; beyond them it takes the end's", () => {
  const layer = heat("h", [1, 7], [-5, -1, -0.0001, 0, 0.999, 1, 9], { limits: [-1, 1] });
  expect(drawn(layer).cells.map(([red]) => red)).toEqual([0, 0, 127, 128, 255, 255, 255]);
});

test("a colour is three bytes of the table", () => {
  expect(colourAt(Uint8Array.of(1, 2, 3, 4, 5, 6), 1)).toEqual([4, 5, 6]);
  expect(drawn(heat("h", [1, 1], [0.5])).cells).toEqual([[128, 128, 128, 255]]);
});

test("what is no number has no colour: it is counted and hatched by kind", () => {
  const layer = heat("h", [2, 2], [Number.NaN, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  const { cells, images } = drawn(layer);
  expect(cells.map((cell) => cell[3])).toEqual([0, 255, 0, 0]);
  expect(badCounts(layer, 0)).toEqual({ nan: 1, inf: 2 });
  expect(images).toHaveLength(3); // the colours, then two hatches
  expect(drawn(heat("h", [1, 1], [0])).images).toHaveLength(1);
});

test("a map lies on its extent", () => {
  const { images } = drawn(heat("h", [1, 2], [0, 1], { extent: [1, 2, 3, 8] }));
  expect(images[0].slice(2)).toEqual([20, 10, 60, 20]); // x, y, width, height in CSS px
});

test("each frame has its own map; a map without frames serves all", () => {
  const framed = heat("h", [1, 2], [0, 0, 1, 1], { maps: 2, framed: true });
  expect([0, 1, 5].map((frame) => mapOf(framed, frame))).toEqual([0, 2, 2]);
  expect(drawn(framed, 0).cells[0][0]).toBe(0);
  expect(drawn(framed, 1).cells[0][0]).toBe(255);
  expect(mapOf(heat("h", [1, 2], [0, 0]), 5)).toBe(0);
});

test("a place lies in one cell; lower and right borders lie outside", () => {
  const cells = grid("g", [2, 4]); // of 2 × 2 px
  expect([cellAt(cells, 0, 0), cellAt(cells, 1.99, 2), cellAt(cells, 3.99, 7.99)]).toEqual([
    [0, 0],
    [0, 1],
    [1, 3],
  ]);
  expect([cellAt(cells, 4, 0), cellAt(cells, 0, 8), cellAt(cells, -0.01, 0), cellAt(cells, Number.NaN, 0)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test("a cell's box holds the places of that cell", () => {
  expect(cellBox(grid("g", [2, 4]), 6)).toEqual([2, 4, 4, 6]);
});
