import { expect, test } from "vitest";
import {
  between,
  isFinite4,
  keptRows,
  labelOf,
  moveBoxes,
  nameOf,
  rowsSelected,
  selectionOf,
  typed,
} from "../decode.js";
import { boxes, floats, heat, ints } from "./scene.js";

const BOX = [0, 1, 2, 3];
const ALL = { frame: 0, min_score: 0, max_number: null };

test("bytes become numbers, wherever in a message they start", () => {
  const message = new Uint8Array([9, 0, 0, 128, 63, 0, 0, 0, 192]); // one byte, then 1 and -2 as float32
  expect(typed(new DataView(message.buffer, 1), Float32Array)).toEqual(floats(1, -2));
  expect(typed(message.buffer.slice(1), Int32Array)).toEqual(ints(0x3f800000, -0x40000000));
});

test("decoded numbers are a copy: the message may change", () => {
  const message = Uint8Array.of(1, 2);
  const copy = typed(message, Uint8Array);
  message[0] = 9;
  expect(copy).toEqual(Uint8Array.of(1, 2));
});

test("rows are ranked by score; ties keep their order and NaN comes last", () => {
  const layer = boxes("b", Array(5).fill(BOX), { scores: floats(0.5, Number.NaN, 0.75, 0.5, 0.25) });
  expect(layer.ranking).toEqual([2, 0, 3, 4, 1]);
  expect([...layer.rank]).toEqual([1, 4, 0, 2, 3]);
});

test("a row is found by its index", () => {
  const layer = boxes("b", [BOX, BOX], { index: ints(7, 3) });
  expect([layer.rowOf.get(7), layer.rowOf.get(3), layer.rowOf.get(0)]).toEqual([0, 1, undefined]);
  expect(nameOf(layer, 1)).toBe("b[3]");
});

test("a float32 score of 0.9 is kept by a slider at 0.9", () => {
  const layer = boxes("b", [BOX, BOX, BOX], { scores: floats(0.9, 0.8999, 0.95) });
  expect(floats(0.9)[0]).toBeLessThan(0.9);
  expect(keptRows(layer, { ...ALL, min_score: 0.9 })).toEqual([2, 0]);
});

test("the largest number keeps the best, and none of it is none", () => {
  const layer = boxes("b", [BOX, BOX, BOX], { scores: floats(0.1, 0.3, 0.2) });
  expect(keptRows(layer, { ...ALL, max_number: 2 })).toEqual([1, 2]);
  expect(keptRows(layer, { ...ALL, max_number: 0 })).toEqual([]);
});

test("a layer that is not filtered keeps all rows, NaN scores pass only without a threshold", () => {
  const scores = floats(0.1, Number.NaN);
  const strict = { ...ALL, min_score: 0.5, max_number: 1 };
  expect(keptRows(boxes("b", [BOX, BOX], { scores, filtered: false }), strict)).toEqual([0, 1]);
  expect(keptRows(boxes("b", [BOX, BOX], { scores }), ALL)).toEqual([0, 1]);
  expect(keptRows(boxes("b", [BOX, BOX], { scores }), { ...ALL, min_score: 0.05 })).toEqual([0]);
});

test("frames give the rows of the slider's position, best first; beyond the last is the last", () => {
  const scores = floats(0.1, 0.3, 0.2);
  const layer = boxes("b", [BOX, BOX, BOX], { scores, frames: [ints(0), ints(0, 1, 2)] });
  expect(keptRows(layer, ALL)).toEqual([0]);
  expect(keptRows(layer, { ...ALL, frame: 1 })).toEqual([1, 2, 0]);
  expect(keptRows(layer, { ...ALL, frame: 9 })).toEqual([1, 2, 0]);
});

test("between two steps a box is on the line between its places, on a step exactly there", () => {
  const layer = boxes("b", [BOX], { boxes: floats(0, 0, 10, 10, 4, 8, 30, 0.1), steps: ["anchor", "box"] });
  moveBoxes(layer, 0);
  expect([...layer.now]).toEqual([0, 0, 10, 10]);
  moveBoxes(layer, 0.25);
  expect(layer.now).toEqual(floats(1, 2, 15, 7.525));
  moveBoxes(layer, 1);
  expect(layer.now).toEqual(floats(4, 8, 30, 0.1));
});

test("a position says the step passed and the share of the way to the next", () => {
  expect(between(["a", "b", "c"], 0)).toEqual({ step: 0, share: 0 });
  expect(between(["a", "b", "c"], 0.5)).toEqual({ step: 1, share: 0 });
  expect(between(["a", "b", "c"], 0.75)).toEqual({ step: 1, share: 0.5 });
  expect(between(["a", "b", "c"], 1)).toEqual({ step: 1, share: 1 });
});

test("a corner that is NaN or infinite makes a box that cannot be drawn", () => {
  const corners = floats(0, 0, 1, 1, 0, Number.NaN, 1, 1, 0, 0, 1, Number.POSITIVE_INFINITY);
  expect([0, 1, 2].map((row) => isFinite4(corners, row))).toEqual([true, false, false]);
});

test("a selection names the row and what it came from; -1 is nothing", () => {
  const layer = boxes("detections", [BOX, BOX], { lineage: { proposals: ints(17, -1) } });
  expect(selectionOf(layer, 0)).toEqual({ detections: 0, proposals: 17 });
  expect(selectionOf(layer, 1)).toEqual({ detections: 1 });
});

test("a selection finds rows by their own index, else by their lineage, else none", () => {
  const layer = boxes("detections", [BOX, BOX, BOX], { lineage: { proposals: ints(17, 4, 17) } });
  expect(rowsSelected(layer, { detections: 1, proposals: 17 })).toEqual([1]);
  expect(rowsSelected(layer, { proposals: 17 })).toEqual([0, 2]);
  expect(rowsSelected(layer, { detections: 8, proposals: 17 })).toEqual([]);
  expect(rowsSelected(layer, { anchors: 17 })).toEqual([]);
  expect(rowsSelected(heat("h", [1, 1], [0]), { cells: 0 })).toEqual([]);
});

test("a row's words are its label, or class and score; long ones are cut", () => {
  const classes = { class_ids: ints(1, 0), class_names: ["cat", "hippopotamus"], scores: floats(0.987, 0.5) };
  expect(labelOf(boxes("b", [BOX, BOX], classes), 0)).toBe("hippopotamus 0.99");
  expect(labelOf(boxes("b", [BOX, BOX], classes), 0, 3, 5)).toBe("hipp… 0.987");
  expect(labelOf(boxes("b", [BOX, BOX], { ...classes, labels: ["lost", ""] }), 0)).toBe("lost");
  expect(labelOf(boxes("b", [BOX]), 0)).toBe("");
});
