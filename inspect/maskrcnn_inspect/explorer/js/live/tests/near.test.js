// Hand-worked: the supposed object of a box, and where anchors come to lie once refined.

import { expect, test } from "vitest";
import { maskOverlap } from "../matching.js";
import { argmax, Candidates, refinedAnchors, supposed } from "../near.js";
import { BESIDE, caseOf, DRAWN, FAR, filled } from "./case.js";

test("a box is of the likeliest class near it, of equal ones the first, and fills whole px of the image", () => {
  const { run, manifest } = caseOf({
    anchors: [
      [DRAWN, 0.9],
      [BESIDE, 0.8],
      [FAR, 0.7],
    ],
    top: [0, 1, 2],
    nms: [0, 1, 2],
    probs: [
      [0.1, 0.1, 0.8],
      [0.1, 0.8, 0.1],
      [0, 0, 1],
    ],
  });
  expect(supposed(run, manifest, DRAWN).class_id).toBe(1);
  expect(supposed(run, manifest, [20.5, 19.6, 40.4, 39.5]).filled).toEqual([20, 20, 40, 40]); // half to even, as Python
  expect(supposed(run, manifest, [-3, 90.2, 0.4, 90.4]).filled).toEqual([0, 90, 0, 91]);
});

test.each([[[]], [[5, 5, 5, 9]], [[0, 0, Number.NaN, 4]]])("no box is refused in words: %s", (drawn) => {
  const { run, manifest } = caseOf({ anchors: [[DRAWN, 0.9]] });
  expect(() => supposed(run, manifest, drawn)).toThrow("wanted a box y1,x1,y2,x2 in image px");
});

test("a box has the network input's px: stretched as the pixels are, behind the padding", () => {
  const { run, manifest } = caseOf({ anchors: [[DRAWN, 0.9]] });
  run.picture.size = [50, 25];
  const { box } = supposed(run, { ...manifest, molding: { ...manifest.molding, min_dim: 50 } }, [0, 0, 50, 25]);
  expect(Array.from(box)).toEqual([0, 25, 100, 75]);
});

test("anchors are refined by their deltas, within the limits, and cut at the network input", () => {
  const { run, manifest } = caseOf({
    anchors: [
      [[20, 20, 40, 60], 0.9, [0.5, -0.25, 0, Math.log(2)]], // 10 down, 10 to the left, twice as wide
      [[20, 20, 40, 60], 0.9, [0, 0, 9, -9]],
    ],
  });
  const whole = Array.from(refinedAnchors(run, manifest)).map((one) => Math.round(one * 1000) / 1000);
  expect(whole).toEqual([30, 0, 50, 70, 0, 39.998, 100, 40.002]);
  run.tensors.set("rpn.deltas", { ...run.tensors.get("rpn.deltas") }); // a run of another image
  const refining = { most: Math.fround(Math.log(1.5)), least: 0, clip_to_window: true };
  run.tensors.set("molding.window", { shape: [4], values: Float32Array.of(10, 10, 90, 90) });
  const limited = Array.from(refinedAnchors(run, { ...manifest, refining })).map(Math.round);
  expect(limited).toEqual([30, 10, 50, 60, 15, 20, 45, 60]);
});

test("where every class is a candidate, those of the object's class are near alone", () => {
  const small = /** @type {import("./case.js").Small} */ ({
    anchors: [[DRAWN, 0.9]],
    top: [0],
    nms: [0],
    probs: [[0.1, 0.5, 0.4]],
    candidates: [
      [0, 1, 0.5, FAR],
      [0, 2, 0.8, DRAWN],
    ],
  });
  for (const every of [false, true]) {
    const { run, manifest } = caseOf({ ...small, ranking: { every } });
    const near = new Candidates(run, manifest, supposed(run, manifest, DRAWN));
    expect(near.near).toEqual(every ? [0] : [0, 1]);
    expect([near.placed, near.passed]).toEqual([[], []]);
  }
});

test("a mask is held against the filled box", () => {
  expect(maskOverlap(filled(DRAWN), DRAWN)).toBe(1);
  expect(maskOverlap(filled(DRAWN), [20, 30, 40, 50])).toBe(200 / 600);
  expect(maskOverlap(filled(FAR), DRAWN)).toBe(0);
  expect(maskOverlap({ box: [0, 0, 0, 0], bits: new Uint8Array(0) }, DRAWN)).toBe(0);
});

test("the highest comes first, and what is no number before all, as in NumPy", () => {
  expect(argmax([1, 3, 3])).toBe(1);
  expect(argmax([1, Number.NaN, 3])).toBe(1);
});
