// Where ROIAlign reads, in numbers of Python: explorer/readings.py, which asks stages/roi_sampling.py.

import { expect, test } from "vitest";
import { reading } from "../readings.js";

const floats = (/** @type {number[]} */ shape, /** @type {number[]} */ ...values) => ({
  shape,
  values: Float32Array.from(values),
});
const MAPS = { "molding.image": floats([32, 64, 3]), "fpn.p2": floats([8, 16, 1]), "fpn.p3": floats([4, 8, 1]) };

/** @type {(roi: { samples: number, aligned: boolean }, axis: "rows" | "columns", boxes?: number[][]) => { shape: number[], lines: number[][] }} */
function pointsOf(
  roi,
  axis,
  boxes = [
    [0, 0, 20, 6.5],
    [3, 1, 5, 2],
    [8, 8, 8, 8],
  ],
) {
  const tensors = new Map(
    Object.entries({
      ...MAPS,
      "proposals.boxes": floats([boxes.length, 4], ...boxes.flat()),
      "box_roi.level": { shape: [boxes.length], values: Int32Array.of(2, 2, 3).slice(0, boxes.length) },
    }),
  );
  const manifest = { corner: 0, roi: { box_roi: { size: 2, sampling: "cells", ...roi } } };
  const { shape, values } = reading(
    `reading.${axis}.box_roi`,
    /** @type {any} */ ({ tensors }),
    /** @type {any} */ (manifest),
  );
  const lines = boxes.map((_, row) => Array.from(values.slice(row * shape[1], (row + 1) * shape[1])));
  return { shape, lines };
}
const none = Number.NaN;

test("as many points as a bin has cells: each box has its own number, along each axis", () => {
  const { shape, lines } = pointsOf({ samples: 0, aligned: true }, "rows");
  expect(shape).toEqual([3, 6]);
  expect(lines).toEqual([
    [1.6666665077209473, 5, 8.333333015441895, 11.666666030883789, 15, 18.333332061767578],
    [3.5, 4.5, none, none, none, none],
    [8, 8, none, none, none, none],
  ]);
  expect(pointsOf({ samples: 0, aligned: true }, "columns").lines).toEqual([
    [1.625, 4.875],
    [1.25, 1.75],
    [8, 8],
  ]);
});

test("without alignment a box is a cell long at least", () => {
  expect(pointsOf({ samples: 0, aligned: false }, "rows").lines.slice(1)).toEqual([
    [4, 6, none, none, none, none],
    [10, 14, none, none, none, none],
  ]);
});

test("a number of points that is said is that of every box", () => {
  expect(pointsOf({ samples: 2, aligned: true }, "rows").lines).toEqual([
    [2.5, 7.5, 12.500000953674316, 17.500001907348633],
    [3.25, 3.75, 4.25, 4.75],
    [8, 8, 8, 8],
  ]);
});

test("no box has no points", () => {
  expect(pointsOf({ samples: 0, aligned: true }, "rows", []).shape).toEqual([0, 0]);
});
