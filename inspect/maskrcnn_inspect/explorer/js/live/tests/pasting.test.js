// Numbers are those of Python: stages/pasting.py and stages/composing.py.

import { expect, test } from "vitest";
import { visible } from "../fates.js";
import { compose, masksOf, paste, stretched } from "../pasting.js";

/** @type {any} */
const MANIFEST = { corner: 0, pasting: "box", palette: [[230, 159, 0]], alpha: 0.5 };
const floats = (/** @type {number[]} */ shape, /** @type {number[]} */ ...values) => ({
  shape,
  values: Float32Array.from(values),
});

test("a box finds its way back to the image, and ends at its edge", () => {
  expect(Array.from(stretched([10, 20, 30, 60], [8, 0, 120, 128], [56, 64], 0))).toEqual([1, 10, 11, 30]);
  expect(Array.from(stretched([-50, Number.NaN, 500, 60], [8, 0, 120, 128], [56, 64], 0))).toEqual([0, 0, 56, 30]);
});

/** @type {(box: number[], rule?: "box" | "padded" | "grid", threshold?: number) => ReturnType<typeof paste>} */
const pasted = (box, rule = "box", threshold = 0.5) =>
  paste({
    boxes: floats([1, 4], ...box),
    probs: floats([1, 2, 2], 0, 1, 0, 1),
    window: floats([4], 0, 0, 6, 6),
    size: [6, 6],
    threshold,
    manifest: { ...MANIFEST, pasting: rule },
  });

test("a mask fills the half of its box that is likely", () => {
  const { boxes, crops } = pasted([1, 1, 5, 5]);
  expect(Array.from(boxes.values)).toEqual([1, 1, 5, 5]);
  const mask = masksOf(crops, [6, 6], [0]);
  const row = [0, 0, 0, 1, 1, 0];
  const none = [0, 0, 0, 0, 0, 0];
  expect(Array.from(mask.values)).toEqual([none, row, row, row, row, none].flat());
});

/** @type {(box: number[], rule: "padded" | "grid", threshold?: number) => string[]} the mask's rows */
function rowsOf(box, rule, threshold) {
  const { boxes, crops } = pasted(box, rule, threshold);
  expect(boxes.values).toBeInstanceOf(Float32Array);
  const { values } = masksOf(crops, [6, 6], [0]);
  return [0, 1, 2, 3, 4, 5].map((y) => values.slice(6 * y, 6 * y + 6).join(""));
}
const grown = (/** @type {number[]} */ box) => rowsOf(box, "padded");

test("by torchvision's rule the box grows by a cell around, is cut at the image, and its last pixel counts", () => {
  expect(grown([1, 1, 5, 5])).toEqual(["000000", "000010", "000111", "000111", "000111", "000010"]);
  expect(grown([0, 0, 6, 6])).toEqual(["000001", "000011", "000111", "000111", "000111", "000011"]);
  expect(grown([-9, 4.4, 3.3, 99])).toEqual(["000001", "000001", "000001", "000001", "000000", "000000"]);
});

test("by torchvision's rule a box without area has a pixel, and no object", () => {
  expect(grown([2, 3, 2, 3])).toEqual(["000000", "000000", "000100", "000000", "000000", "000000"]);
  const { boxes, crops } = pasted([2, 3, 2, 3], "padded");
  expect(visible(/** @type {any} */ ({ crops, tensors: new Map([["pasting.boxes", boxes]]) }), 0)).toBe(false);
});

test("by the rule grid every pixel's centre asks the real box, beyond the outermost cells it falls to 0", () => {
  expect(rowsOf([0, 0, 6, 6], "grid")).toEqual(["000010", "000111", "000111", "000111", "000111", "000010"]);
  expect(rowsOf([0, 0, 6, 6], "grid", 0.3)).toEqual(["000111", "001111", "001111", "001111", "001111", "000111"]);
  expect(rowsOf([0.4, 2.25, 3.3, 6], "grid")).toEqual(["000000", "000011", "000011", "000000", "000000", "000000"]);
  expect(rowsOf([0.4, 2.25, 3.3, 6], "grid", 0.3)).toEqual([
    "000011",
    "000011",
    "000011",
    "000000",
    "000000",
    "000000",
  ]);
});

test("by the rule grid a box without area has no pixel", () => {
  expect(rowsOf([2, 3, 2, 3], "grid").join("")).not.toContain("1");
});

test("a box without area has no mask, and is composed all the same", () => {
  const { crops } = pasted([3, 3, 3, 5]);
  expect(masksOf(crops, [6, 6], [0]).values.includes(1)).toBe(false);
  const picture = { size: /** @type {[number, number]} */ ([1, 1]), rgb: Uint8Array.of(10, 20, 30), name: "" };
  expect(Array.from(compose(picture, crops, MANIFEST).values)).toEqual([10, 20, 30]);
});

test("colours are blended inside the mask alone, halves to the even level", () => {
  const { crops } = pasted([0, 0, 6, 6]);
  const picture = { size: /** @type {[number, number]} */ ([6, 6]), rgb: new Uint8Array(108).fill(11), name: "" };
  const { values } = compose(picture, crops, MANIFEST);
  expect(Array.from(values.slice(0, 3))).toEqual([11, 11, 11]);
  expect(Array.from(values.slice(48, 51))).toEqual([120, 85, 6]); // 120.5, 85, 5.5
});
