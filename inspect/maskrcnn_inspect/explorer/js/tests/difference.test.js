import { expect, test } from "vitest";
import { anchorOf, chainOf, difference, foundIn, rowsOfChain } from "../difference.js";
import { core, floats, ints } from "./run.js";

test("a chain follows the recorded indices from the anchor to the detection", () => {
  expect(chainOf(2, core())).toEqual({ anchor: 2, place: 0, proposal: 0, candidate: 0, detection: 0 });
  expect(chainOf(4, core())).toEqual({ anchor: 4, place: 2, proposal: 1, candidate: 1, detection: -1 });
  expect(chainOf(0, core())).toEqual({ anchor: 0, place: 1, proposal: -1, candidate: -1, detection: -1 });
  expect(chainOf(3, core())).toEqual({ anchor: 3, place: -1, proposal: -1, candidate: -1, detection: -1 });
});

test("nothing that is not there is selected", () => {
  expect(anchorOf({ detections: 7 }, core())).toBe(-1);
  expect(anchorOf({ proposals: 9 }, core())).toBe(-1);
  expect(rowsOfChain(chainOf(anchorOf({ detections: 7 }, core()), core()))).toEqual({});
});

test("a selection means the anchor of its furthest row", () => {
  expect(anchorOf({ detections: 0, proposals: 1, anchors: 3 }, core())).toBe(2);
  expect(anchorOf({ proposals: 1 }, core())).toBe(4);
  expect(anchorOf({ anchors: 3 }, core())).toBe(3);
});

test("what came and what went is told apart by anchor and class, not by row", () => {
  const now = {
    ...core(),
    "detections.proposal_index": ints(1, 0),
    "detections.class_ids": ints(1, 1),
    "detections.scores": floats([2], 0.95, 0.8),
    "detections.boxes": floats([2, 4], 0, 0, 8, 8, 4, 0, 8, 4),
  };
  const { came, went } = difference(foundIn(core()), foundIn(now));
  expect(came.map((one) => one.row)).toEqual([0]);
  expect(went).toEqual([]);
  expect(difference(foundIn(now), foundIn(core())).went.map((one) => one.box)).toEqual([[0, 0, 8, 8]]);
  expect(difference(foundIn(now), foundIn(now))).toEqual({ came: [], went: [] });
});
