// Numbers are those of Python: stages/pasting.py and stages/composing.py.

import { expect, test } from "vitest";
import { compose, masksOf, paste, stretched } from "../pasting.js";

/** @type {any} */
const MANIFEST = { corner: 0, palette: [[230, 159, 0]], alpha: 0.5 };
const floats = (/** @type {number[]} */ shape, /** @type {number[]} */ ...values) => ({
  shape,
  values: Float32Array.from(values),
});

test("a box finds its way back to the image, and ends at its edge", () => {
  expect(Array.from(stretched([10, 20, 30, 60], [8, 0, 120, 128], [56, 64], 0))).toEqual([1, 10, 11, 30]);
  expect(Array.from(stretched([-50, Number.NaN, 500, 60], [8, 0, 120, 128], [56, 64], 0))).toEqual([0, 0, 56, 30]);
});

/** @type {(box: number[], threshold?: number) => ReturnType<typeof paste>} */
const pasted = (box, threshold = 0.5) =>
  paste({
    boxes: floats([1, 4], ...box),
    probs: floats([1, 2, 2], 0, 1, 0, 1),
    window: floats([4], 0, 0, 6, 6),
    size: [6, 6],
    threshold,
    manifest: MANIFEST,
  });

test("a mask fills the half of its box that is likely", () => {
  const { boxes, crops } = pasted([1, 1, 5, 5]);
  expect(Array.from(boxes.values)).toEqual([1, 1, 5, 5]);
  const mask = masksOf(crops, [6, 6], [0]);
  const row = [0, 0, 0, 1, 1, 0];
  const none = [0, 0, 0, 0, 0, 0];
  expect(Array.from(mask.values)).toEqual([none, row, row, row, row, none].flat());
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
