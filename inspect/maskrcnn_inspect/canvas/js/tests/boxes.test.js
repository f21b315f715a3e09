import { expect, test } from "vitest";
import { colourFor, css, drawBoxes, drawTags, inkOn, stageBox } from "../boxes.js";
import { zoomAt } from "../view.js";
import { boxes, floats, ints, scene } from "./scene.js";
import { recorder } from "./surfaces.js";

/** @import { BoxesLayer, Scene } from "../types.d.ts" */

test("colours go round the palette, no instance is grey", () => {
  /** @type {import("../types.d.ts").Colour[]} */
  const palette = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  expect([0, 1, 2, -1].map((rank) => css(colourFor(palette, rank)))).toEqual([
    "rgba(1,2,3,1)",
    "rgba(4,5,6,1)",
    "rgba(1,2,3,1)",
    "rgba(205,205,205,1)",
  ]);
  expect(css([1, 2, 3], 0.5)).toBe("rgba(1,2,3,0.5)");
});

test("words are black on light colours and white on dark ones", () => {
  expect([inkOn([255, 255, 255]), inkOn([0, 158, 115]), inkOn([0, 0, 255]), inkOn([0, 0, 0])]).toEqual([
    "#000",
    "#000",
    "#fff",
    "#fff",
  ]);
  // relative luminance 0.179 is the border, the grey level 117
  expect([inkOn([118, 118, 118]), inkOn([117, 117, 117])]).toEqual(["#000", "#fff"]);
});

test("a box is drawn where the view has its corners", () => {
  const { view } = scene([]);
  expect(stageBox(view, floats(9, 9, 9, 9, 1, 2, 3, 4), 1)).toEqual([10, 20, 30, 40]);
  zoomAt(view, 2, 0, 0);
  expect(stageBox(view, floats(1, 2, 3, 4), 0)).toEqual([20, 40, 60, 80]);
});

/** The frames stroked for a layer: a halo and a line each. */
function stroked(/** @type {Scene} */ shown, /** @type {BoxesLayer} */ layer, chosen = new Set()) {
  const { context, calls } = recorder();
  drawBoxes(context, shown, layer, chosen);
  return calls.filter(([name]) => name === "strokeRect").map(([, ...place]) => place);
}

test("boxes in view are stroked with a halo, the best last; others, broken and selected ones are not", () => {
  const layer = boxes("b", [
    [0, 0, 1, 2],
    [1, 1, 2, 2],
    [9, 9, 10, 10],
    [0, Number.NaN, 1, 1],
  ]);
  const [first, second] = [
    [0, 0, 20, 10],
    [10, 10, 10, 10],
  ]; // x, y, width, height
  expect(stroked(scene([layer]), layer)).toEqual([second, second, first, first]);
  expect(stroked(scene([layer]), layer, new Set([1]))).toEqual([first, first]);
});

/** The tags drawn for some rows, each word 10 CSS px a letter: [words, y of the middle, x]. */
function tags(/** @type {BoxesLayer} */ layer, /** @type {number[]} */ rows) {
  const { context, calls } = recorder({ measureText: (words) => ({ width: 10 * words.length }) });
  const items = rows.map((row) => ({ layer, row }));
  drawTags(context, scene([layer]), [], items);
  return calls.filter(([name]) => name === "fillText").map(([, words, x, y]) => [words, y, x]);
}

test("a tag is above its box, else in its corner", () => {
  // the stage is 40 × 80 CSS px, a tag 17 high with 5 px beside its words
  expect(tags(boxes("b", [[2, 1, 4, 3]]), [0])).toEqual([["0", 20 - 1 - 8.5 + 0.5, 10 - 1 + 5]]);
  expect(tags(boxes("b", [[0, 1, 4, 3]]), [0])).toEqual([["0", 1 + 8.5 + 0.5, 10 + 1 + 5]]);
});

test("a tag that would hide another is put elsewhere; without room for its words it has its number", () => {
  const layer = boxes(
    "b",
    [
      [2, 0, 4, 5],
      [2, 0, 4, 5],
    ],
    { labels: ["ab", "cd"] },
  );
  const [first, second] = tags(layer, [0, 1]);
  expect(first.slice(0, 2)).toEqual(["0 ab", 11]);
  expect(second.slice(0, 2)).toEqual(["1 cd", 30]); // within the box
  const long = boxes("b", [[2, 0, 4, 5]], { labels: ["longer than the stage"] });
  expect(tags(long, [0])[0][0]).toBe("0");
});

test("the same thing in two layers has one tag", () => {
  const layer = boxes(
    "b",
    [
      [2, 1, 4, 3],
      [2, 4, 4, 6],
    ],
    { index: ints(5, 5) },
  );
  expect(tags(layer, [0, 1])).toHaveLength(1);
});
