import { expect, test } from "vitest";
import { cellToSelect, describePlace, describeRow, exact, neighbour, rowsAt } from "../pick.js";
import { boxes, floats, grid, heat, ints, masks, points, scene } from "./scene.js";

/** @type {(found: { layer: { name: string }, row: number }[]) => string[]} */
const names = (found) => found.map(({ layer, row }) => `${layer.name} ${row}`);

test("of boxes one within the other the smallest comes first; borders belong to a box", () => {
  const shown = scene([
    boxes("b", [
      [0, 0, 4, 8],
      [1, 1, 3, 3],
      [0, 0, 2, 4],
    ]),
  ]); // 32, 4 and 8 px²
  expect(names(rowsAt(shown, 1.5, 1.5))).toEqual(["b 1", "b 2", "b 0"]);
  expect(names(rowsAt(shown, 3, 3))).toEqual(["b 1", "b 0"]);
  expect(names(rowsAt(shown, 3.5, 3.5))).toEqual(["b 0"]);
  expect(rowsAt(shown, 4.5, 1)).toEqual([]);
});

test("of equal boxes the layer on top comes first", () => {
  expect(names(rowsAt(scene([boxes("low", [[0, 0, 2, 2]]), boxes("top", [[0, 0, 2, 2]])]), 1, 1))).toEqual([
    "top 0",
    "low 0",
  ]);
});

test("hidden layers and rows that the sliders leave out are not under the pointer", () => {
  const layer = boxes("b", [
    [0, 0, 2, 2],
    [0, 0, 3, 3],
  ]);
  expect(rowsAt(scene([layer], { hidden: ["b"] }), 1, 1)).toEqual([]);
  layer.rows = [1];
  expect(names(rowsAt(scene([layer]), 1, 1))).toEqual(["b 1"]);
});

test("a mask is picked by its box, where the slider has moved a box there it is picked", () => {
  const layer = boxes("b", [[0, 0, 1, 1]]);
  layer.now = floats(2, 2, 4, 4);
  const shown = scene([layer, masks("m", [1, 1], [[255]], [[0, 4, 2, 8]])]);
  expect(names(rowsAt(shown, 1, 5))).toEqual(["m 0"]);
  expect(rowsAt(shown, 0.5, 0.5)).toEqual([]);
  expect(names(rowsAt(shown, 3, 3))).toEqual(["b 0"]);
});

test("a box with a corner that is no number is never under the pointer", () => {
  expect(rowsAt(scene([boxes("b", [[0, 0, Number.NaN, 4]])]), 1, 1)).toEqual([]);
});

test("a point reaches 6 CSS px beyond its disc, the nearest first and before every box", () => {
  // weight 0: a disc of 3 CSS px, so 9 CSS px = 0.9 px here; weight 1: a disc of 8, so 1.4 px
  const shown = scene([
    points(
      "p",
      [
        [1, 1],
        [1, 2.5],
      ],
      [0, 1],
    ),
    boxes("b", [[0, 0, 2, 2]]),
  ]);
  expect(names(rowsAt(shown, 1, 1.89))).toEqual(["p 1", "p 0", "b 0"]);
  expect(names(rowsAt(shown, 1, 1.91))).toEqual(["p 1", "b 0"]);
  expect(names(rowsAt(shown, 1, 1.05))).toEqual(["p 0", "b 0"]);
  expect(names(rowsAt(shown, 1, 3.91))).toEqual([]);
});

test("the topmost cells that can be selected are numbered row by row", () => {
  const shown = scene([heat("h", [2, 4], Array(8).fill(0)), grid("lines", [4, 8])]); // cells of 2 × 2 px; no `of`
  expect(cellToSelect(shown, 3.9, 4)).toMatchObject({ layer: { name: "h" }, cell: 4 + 2 });
  expect(cellToSelect(shown, 4, 4)).toBeNull();
  shown.layers.push(grid("top", [1, 2], "halves"));
  expect(cellToSelect(shown, 3.9, 4)).toMatchObject({ layer: { name: "top" }, cell: 1 });
});

test("a row says its number, words, corners, size and origin", () => {
  const more = { index: ints(5), scores: floats(0.5), lineage: { proposals: ints(17), anchors: ints(-1) } };
  const layer = boxes("detections", [[0.25, 1, 2, -3]], more);
  expect(describeRow(layer, 0)).toBe("detections[5] · 0.5000 · y 0.3 to 2, x 1 to −3 · 1.8 × −4 px · proposals[17]");
  expect(describeRow(points("p", [[1, 2]], [0.125]), 0)).toBe("p[0] · y 1, x 2 · weight 0.125");
});

test("a place says px, grey levels and the number of each visible map", () => {
  const map = heat("h", [1, 2], [0.25, Number.NaN], { unit: "px" });
  const shown = scene([map, grid("g", [4, 8])]);
  expect(describePlace(shown, 2.5, 3.5)).toBe("y 2, x 3 · rgb 23 7 7 · h (0, 0) = 0.25 px · g (2, 3)");
  shown.settings.hidden = ["g"];
  expect(describePlace(shown, 0, 4)).toBe("y 0, x 4 · rgb 4 7 7 · h (0, 1) = NaN px");
  expect(describePlace(shown, -0.1, 4)).toBe("");
  shown.image = null;
  expect(describePlace(shown, 0, 4)).toBe("");
});

test.each([
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "+∞"],
  [Number.NEGATIVE_INFINITY, "−∞"],
  [0, "0"],
  [-1.23456, "−1.235"],
  [0.00012345, "1.23e−4"],
  [1234567, "1.23e+6"],
])("%d is written %s", (value, words) => {
  expect(exact(value)).toBe(words);
});

test("next and previous go round, boxes before masks, within the layer of the selection", () => {
  const [low, top] = [
    boxes("low", [
      [0, 0, 1, 1],
      [0, 0, 2, 2],
    ]),
    boxes("top", [[0, 0, 1, 1]]),
  ];
  const shown = scene([low, top, masks("m", [1, 1], [[255]], [[0, 0, 1, 1]])]);
  expect(neighbour(shown, 1)).toMatchObject({ layer: { name: "top" }, row: 0 });
  shown.settings.selected = { low: 0 };
  expect(neighbour(shown, 1)).toMatchObject({ layer: { name: "low" }, row: 1 });
  expect(neighbour(shown, -1)).toMatchObject({ layer: { name: "low" }, row: 1 });
  shown.settings.selected = { low: 1 };
  expect(neighbour(shown, 1)).toMatchObject({ layer: { name: "low" }, row: 0 });
  expect(neighbour(scene([boxes("none", [])]), 1)).toBeNull();
});
