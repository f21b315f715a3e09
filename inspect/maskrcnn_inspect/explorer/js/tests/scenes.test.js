import { expect, test } from "vitest";
import { chainOf } from "../difference.js";
import { boxes, heat, imageOf, limitsOf } from "../layers.js";
import { bestOfCells } from "../scenes_first.js";
import { barsOf, croppedMask } from "../scenes_second.js";
import { countAt, placeOf, STATIONS, viewOf } from "../stations.js";
import { bytes, context, core, description, floats, ints } from "./run.js";

const LEVEL = { level: 2, rows: 1, columns: 2, first: 2, ratios: 3, stride: 4 };

test("every station has a name, a count, and views of different names", () => {
  expect(STATIONS).toHaveLength(10);
  for (const { id, views } of STATIONS) {
    expect(countAt(id, description), id).not.toMatch(/undefined|NaN/);
    expect(new Set(views.map((one) => one.id)).size).toBe(views.length);
    expect(viewOf(placeOf(id), description)).toBe(views[0]);
  }
});

test("where nothing is selected, the stations of one object ask to select one", () => {
  for (const [stage, view] of [
    ["roi", "points"],
    ["roi", "pooled"],
    ["head", "classes"],
    ["mask", "probabilities"],
    ["mask", "pasted"],
  ]) {
    const place = { ...placeOf(stage), view };
    expect(viewOf(place, description).wants(place, context())).toEqual({});
    expect(viewOf(place, description).scene({}, place, context()).title).toContain("nothing is selected");
  }
});

test("the score of a cell is the best of its anchors", () => {
  expect(Array.from(bestOfCells([9, 9, 0.1, 0.5, 0.2, 0.7, 0, 0.3], LEVEL))).toEqual(
    [0.5, 0.7].map((one) => Math.fround(one)),
  );
});

test("the anchors of a cell are asked for by their own rows", () => {
  const place = { ...placeOf("rpn"), level: 2, cell: 3 };
  expect(viewOf(place, description).wants(place, context()).boxes).toEqual({ name: "anchors.boxes", rows: [3] });
});

test("without a cell, those of the selected anchor are shown", () => {
  const place = placeOf("rpn");
  expect(viewOf(place, description).wants(place, context(chainOf(4, core()))).boxes.rows).toEqual([4]);
});

test("the film of NMS takes away what each proposal suppressed, and nothing that became a proposal", () => {
  const place = { ...placeOf("proposals"), view: "nms" };
  const tensors = { clipped: floats([3, 4], ...new Array(12).fill(1)), by: ints(2, -1, -1, -1, 2) };
  const { layers, frames } = viewOf(place, description).scene(tensors, place, context());
  const [away, before, kept] = /** @type {any[]} */ (layers);
  expect(away.frames.map((/** @type {Int32Array} */ one) => Array.from(one))).toEqual([[1], []]);
  expect(before.frames.map((/** @type {Int32Array} */ one) => Array.from(one))).toEqual([[], [0]]);
  expect(kept.frames.map((/** @type {Int32Array} */ one) => Array.from(one))).toEqual([[0], [1]]);
  expect(frames?.labels).toEqual(["0, takes away 1", "1, takes away 0"]);
});

test("bars come likeliest first, and the first is chosen", () => {
  const bars = barsOf(floats([1, 2], 0.2, 0.8), context());
  expect(bars.map((one) => [one.label, one.chosen])).toEqual([
    ["square", true],
    ["background", false],
  ]);
});

test("a mask is cut to its box, and keeps its pixels", () => {
  const whole = bytes(1, 4, 4);
  whole.values[4 * 1 + 2] = 1;
  whole.values[4 * 2 + 3] = 1;
  const { mask, box } = croppedMask(whole, [1, 2, 3, 9]);
  expect(box).toEqual([1, 2, 3, 4]);
  expect(Array.from(mask.values)).toEqual([1, 0, 0, 1]);
});

test("pixels of a mask around its box are shown, too", () => {
  const whole = { shape: [1, 3, 4], values: Uint8Array.of(0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0) };
  const { mask, box } = croppedMask(whole, [1.2, 1.5, 2, 3]);
  expect(box).toEqual([0, 1, 2, 3]);
  expect(Array.from(mask.values)).toEqual([1, 0, 0, 1]);
});

test("an image is the same object each time, and grey is spread to three colours", () => {
  const grey = { shape: [1, 2, 1], values: Uint8Array.of(7, 9) };
  expect(imageOf(grey)).toBe(imageOf(grey));
  expect(Array.from(/** @type {any} */ (imageOf(grey).bytes))).toEqual([7, 7, 7, 255, 9, 9, 9, 255]);
});

test("limits leave out what is no number, and put 0 in the middle where asked", () => {
  expect(limitsOf([1, Number.NaN, -3, Infinity])).toEqual([-3, 1]);
  expect(limitsOf([1, -3], true)).toEqual([-3, 3]);
  expect(limitsOf([2, 2])).toEqual([1.5, 2.5]);
  expect(heat("h", floats([1, 2], 0, 1), [0, 0, 1, 2], bytes(256, 3)).grid).toEqual([1, 2]);
});

test("steps of boxes are one block after the other", () => {
  const layer = boxes({
    name: "b",
    of: "b",
    boxes: Float32Array.of(0, 0, 1, 1),
    stepBoxes: [Float32Array.of(2, 2, 3, 3)],
  });
  expect(Array.from(/** @type {Float32Array} */ (layer.boxes))).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  expect(layer.count).toBe(1);
});
