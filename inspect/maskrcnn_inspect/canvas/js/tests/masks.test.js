import { beforeAll, expect, test } from "vitest";
import { makeBlender } from "../masks.js";
import { ints, masks, scene } from "./scene.js";
import { installImageData, recorder } from "./surfaces.js";

beforeAll(installImageData);

/** @import { Colour, MasksLayer, Image } from "../types.d.ts" */

const OPAQUE = { mask_threshold: 0.5, opacity: 1 };
/** @type {() => Colour} */
const white = () => [255, 255, 255];

/** Blend into the image of 4 × 8 px; give what was put on it last: red levels by row, and the part put. */
function blender() {
  const { context, calls } = recorder();
  const image = /** @type {Image} */ ({ ...scene([]).image, context });
  const blend = makeBlender(image);
  return (/** @type {MasksLayer[]} */ layers, settings = OPAQUE, colour = white) => {
    blend(layers, settings, colour);
    const [name, pixels, , , left, top, width, height] = calls.at(-1) ?? [];
    if (name !== "putImageData") return { puts: calls.length };
    /** @type {number[][]} */
    const red = Array.from({ length: 4 }, (_, y) => Array.from({ length: 8 }, (_, x) => pixels.data[4 * (8 * y + x)]));
    return { red, pixels, part: [top, left, top + height, left + width], puts: calls.length };
  };
}

/** The image's own red: 10 y + x. */
const own = (/** @type {number} */ y) => Array.from({ length: 8 }, (_, x) => 10 * y + x);

test("a mask of one cell fills its box: nowhere below its least level", () => {
  const { red, part } = blender()([masks("m", [1, 1], [[255]], [[1, 2, 3, 5]])]);
  expect(red).toEqual([own(0), [10, 11, 255, 255, 255, 15, 16, 17], [20, 21, 255, 255, 255, 25, 26, 27], own(3)]);
  expect(part).toEqual([1, 2, 3, 5]);
});

// Two cells over four px: centres at −1/4, 1/4, 3/4, 5/4 cells. Of [0, 200] that makes 0, 50, 150 and, the half cell
// beyond the border being 0, 150; of [200, 0] the same backwards. Of [100, 200] it makes 75, raised to the least level
// 100, then 125, 175 and 150.
test.each([
  [[0, 200], 49, [0, 1, 1, 1]],
  [[0, 200], 50, [0, 1, 1, 1]],
  [[0, 200], 51, [0, 0, 1, 1]],
  [[0, 200], 150, [0, 0, 1, 1]],
  [[0, 200], 151, [0, 0, 0, 0]],
  [[200, 0], 50, [1, 1, 1, 0]],
  [[200, 0], 150, [1, 1, 0, 0]],
  [[200, 0], 151, [0, 0, 0, 0]],
  [[100, 200], 100, [1, 1, 1, 1]],
  [[100, 200], 101, [0, 1, 1, 1]],
  [[100, 200], 125, [0, 1, 1, 1]],
  [[100, 200], 126, [0, 0, 1, 1]],
  [[100, 200], 151, [0, 0, 1, 0]],
  [[100, 200], 176, [0, 0, 0, 0]],
])("cells %j cut at level %i cover %j", (levels, level, covered) => {
  const mask = masks("m", [1, 2], [levels], [[0, 0, 1, 4]]);
  const { red } = blender()([mask], { mask_threshold: level / 255, opacity: 1 });
  expect(red?.[0].slice(0, 4).map((value) => Number(value === 255))).toEqual(covered);
});

test("the inside is mixed by opacity in whole shares of 256, the edge is in full colour", () => {
  const mask = masks("m", [3, 3], [Array(9).fill(255)], [[0, 1, 3, 4]]);
  const { red, pixels } = blender()([mask], { mask_threshold: 0.5, opacity: 0.25 }, () => [2, 100, 0]);
  // 3/4 of 12 and 1/4 of 2 are 9.5: a half goes up; 3/4 of 7 and 1/4 of 100 are 30.25; 3/4 of 7 are 5.25
  expect(red?.[1].slice(1, 4)).toEqual([2, 10, 2]);
  expect([...pixels.data.subarray(4 * 10, 4 * 11)]).toEqual([10, 30, 5, 255]);
  expect(red?.[0].slice(0, 5)).toEqual([0, 2, 2, 2, 4]);
});

test("an opacity of 0 leaves the image as it is, edges too", () => {
  const mask = masks("m", [1, 1], [[255]], [[0, 0, 2, 2]]);
  expect(blender()([mask], { mask_threshold: 0.5, opacity: 0 }).red).toEqual([0, 1, 2, 3].map(own));
});

test("a mask over the image's border is cut there", () => {
  const { red, part } = blender()([masks("m", [1, 1], [[255]], [[-2, 6, 1, 11]])]);
  expect(red).toEqual([[0, 1, 2, 3, 4, 5, 255, 255], own(1), own(2), own(3)]);
  expect(part).toEqual([0, 6, 1, 8]);
});

test("the best of two masks is on top", () => {
  const boxes = [
    [0, 0, 1, 2],
    [0, 1, 1, 3],
  ];
  const layer = masks("m", [1, 1], [[255], [255]], boxes, {
    colours: ints(200, 100),
    scores: Float32Array.of(0.2, 0.9),
  });
  const { red } = blender()([layer], OPAQUE, /** @type {any} */ ((/** @type {number} */ rank) => [rank, 0, 0]));
  expect(red?.[0].slice(0, 4)).toEqual([200, 100, 100, 3]);
});

test("without masks the image is put back, and only where masks were", () => {
  const blend = blender();
  blend([masks("m", [1, 1], [[255]], [[1, 2, 3, 5]])]);
  const moved = blend([masks("m", [1, 1], [[255]], [[0, 6, 1, 8]])]);
  expect(moved.part).toEqual([0, 2, 3, 8]);
  expect(moved.red).toEqual([[0, 1, 2, 3, 4, 5, 255, 255], own(1), own(2), own(3)]);
  expect(blend([])).toMatchObject({ red: [0, 1, 2, 3].map(own), part: [0, 6, 1, 8], puts: 3 });
  expect(blend([]).puts).toBe(3); // nothing to do
});

test.each([
  ["no area", [1, 1, 1, 3]],
  ["a corner that is no number", [0, Number.NaN, 2, 2]],
  ["more than four times the image", [0, 0, 1, 33]],
])("a box with %s draws nothing", (_, box) => {
  expect(blender()([masks("m", [1, 1], [[255]], [box])]).puts).toBe(0);
});
