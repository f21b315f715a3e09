import { expect, test } from "vitest";
import {
  corners,
  decode,
  iou,
  levelLines,
  objectness,
  probability,
  refinement,
  softmax,
  standOf,
  sumOf,
  written,
} from "../formulas.js";

const STD = [0.1, 0.1, 0.2, 0.2];
/** @type {any} */
const LEVELS = [
  { level: 2, rows: 4, columns: 4, first: 0, ratios: 3, stride: 4 },
  { level: 3, rows: 2, columns: 2, first: 48, ratios: 3, stride: 8 },
];

test("no delta moves nothing", () => {
  expect(decode([10, 20, 30, 60], [0, 0, 0, 0], STD, 0)).toEqual([10, 20, 30, 60]);
  expect(decode([10, 20, 31, 61], [0, 0, 0, 0], STD, 1)).toEqual([10, 20, 31, 61]);
});

test("a delta of 1 shifts by a tenth of the side, and stretches by exp(0.2)", () => {
  const [y1, x1, y2, x2] = decode([0, 0, 20, 40], [1, 1, 1, 0], STD, 0);
  expect((y1 + y2) / 2).toBeCloseTo(12);
  expect((x1 + x2) / 2).toBeCloseTo(24);
  expect(y2 - y1).toBeCloseTo(20 * Math.exp(0.2));
  expect(x2 - x1).toBeCloseTo(40);
});

test("the lines of a refinement end in the numbers of the refined box", () => {
  const box = [0, 0, 20, 40];
  const lines = refinement(box, [1, 0, 0, 0], STD, 0, decode(box, [1, 0, 0, 0], STD, 0));
  expect(lines[0]).toBe("cy = 10.0 + 0.1 × 1.00 × 20.0 = 12.0");
  expect(lines[2]).toBe("h = 20.0 × exp(0.2 × 0.00) = 20.0");
  expect(lines[4]).toBe("recorded (2.0, 0.0, 22.0, 40.0)");
});

test("objectness is written for two logits and for one", () => {
  expect(objectness([-1, 2], 0.953)).toBe("p = 1 / (1 + exp(−1.00 − (2.00))) = 0.953");
  expect(objectness([2], 0.881)).toBe("p = 1 / (1 + exp(−(2.00))) = 0.881");
});

test("softmax adds up to 1 and keeps large logits finite", () => {
  const probs = softmax([1000, 1001, 999]);
  expect(sumOf(probs)).toBeCloseTo(1);
  expect(probs[1]).toBeCloseTo(1 / (1 + Math.exp(-1) + Math.exp(-2)));
});

test("no probability that is more than 0 reads as 0, and none below 1 as 1", () => {
  expect(probability(0.00001)).toBe("1.0e−5");
  expect(probability(0.99996)).toBe("0.99996");
  expect(probability(0)).toBe("0.000");
  expect(probability(0.5)).toBe("0.500");
});

test("an anchor stands in the cell that its number says, the ratio running fastest", () => {
  expect(standOf(0, LEVELS)).toMatchObject({ row: 0, column: 0, ratio: 0 });
  expect(standOf(3 * (1 * 4 + 2) + 1, LEVELS)).toMatchObject({ row: 1, column: 2, cell: 6, ratio: 1 });
  expect(standOf(48 + 3 * 3 + 2, LEVELS)).toMatchObject({ row: 1, column: 1, ratio: 2, level: { level: 3 } });
});

test("the level is written as FPN's equation 1, and as the classic form of it", () => {
  /** @type {any} */
  const rules = { corner: 0, sampling: "cells", canonical: 224 };
  /** @type {any} */
  const run = { rules, sizes: { input: [448, 448] } };
  expect(levelLines([0, 0, 224, 224], 4, run)[1]).toContain("log2(224.0 / 224.0)) = 4 + floor(0.00)");
  rules.sampling = "corners";
  expect(levelLines([0, 0, 224, 224], 4, run)[1]).toContain("4 + round(0.00)");
});

test("IoU of two boxes that share a third", () => {
  expect(iou([0, 0, 10, 10], [0, 5, 10, 15])).toBeCloseTo(1 / 3);
  expect(iou([0, 0, 10, 10], [20, 20, 30, 30])).toBe(0);
});

test("what is no number is said by name", () => {
  expect(written(Number.NaN)).toBe("NaN");
  expect(written(-Infinity)).toBe("−∞");
  expect(corners([1, -2, 3, 4.25])).toBe("(1.0, −2.0, 3.0, 4.3)");
});
