// Hand-worked: one run for each verdict on a box of 20 × 20 px. Sentences are those of analysis/candidates/verdicts.py.

import { expect, test } from "vitest";
import { supposed } from "../near.js";
import { judge } from "../verdicts.js";
import { BESIDE, caseOf, DRAWN, FAR, FURTHER } from "./case.js";

const CAT = [[0.1, 0.8, 0.1]];
const ONE = /** @type {import("./case.js").Small} */ ({
  anchors: [[DRAWN, 0.9]],
  top: [0],
  nms: [0],
  probs: CAT,
  candidates: [[0, 1, 0.8, DRAWN]],
});

/** @type {(small: Partial<import("./case.js").Small>) => import("../verdicts.js").Verdict} */
function verdictOf(small) {
  const { run, manifest } = caseOf({ ...ONE, ...small });
  return judge(run, manifest, supposed(run, manifest, DRAWN));
}

/** @type {(verdict: string, anchor: number, sentence: string) => object} */
const lost = (verdict, anchor, sentence) => ({ verdict, anchor, sentence, detection: null });

test("found: a detection of the class has the box's mask", () => {
  const sentence = "found by detection 0: mask IoU 1.00, score 0.80";
  expect(verdictOf({ detections: [0] })).toEqual({ verdict: "found", anchor: 0, sentence, detection: 0 });
});

test("mask: the box is right, and a quarter of it is filled", () => {
  const masks = [{ box: /** @type {any} */ ([20, 20, 25, 40]), bits: new Uint8Array(100).fill(1) }];
  expect(verdictOf({ detections: [0], masks })).toEqual(lost("mask", 0, "its box has IoU 1.00, its mask 0.25"));
});

test("over the maximum of detections: another one was better", () => {
  const made = verdictOf({
    anchors: [
      [DRAWN, 0.9],
      [FAR, 0.8],
    ],
    top: [0, 1],
    nms: [0, 1],
    probs: [...CAT, [0, 1, 0]],
    candidates: [
      [0, 1, 0.8, DRAWN],
      [1, 1, 1, FAR],
    ],
    detections: [1],
    settings: { "detections.max_count": 1 },
  });
  expect(made).toEqual(
    lost("over the maximum of detections", 0, "its box (IoU 1.00) came after the 1 best detections"),
  );
});

test("class NMS: a box that is itself too far away took the good one with it", () => {
  const made = verdictOf({
    anchors: [
      [DRAWN, 0.9],
      [FAR, 0.8],
    ],
    top: [0, 1],
    nms: [0, 1],
    probs: [...CAT, [0, 1, 0]],
    candidates: [
      [0, 1, 0.8, BESIDE],
      [1, 1, 0.9, FURTHER],
    ],
    detections: [1],
  });
  const words = "its best box (IoU 0.54) was suppressed in its class by the box of anchor 1 at IoU 0.67";
  expect(made).toEqual(lost("class NMS", 0, words));
});

test("score: below the minimum, or not above it where every class is a candidate", () => {
  const candidates = /** @type {any} */ ([[0, 1, 0.05, DRAWN]]);
  const settings = { "detections.min_score": 0.05 };
  const above = lost("score", 0, "its best score is 0.05, not above the minimum of 0.05");
  expect(verdictOf({ candidates, settings, ranking: { every: true } })).toEqual(above);
  const below = lost("score", 0, "its best score is 0.05, below the minimum of 0.7");
  expect(verdictOf({ candidates })).toEqual(below);
});

test("size: no side may be that short", () => {
  const words = "its box (IoU 1.00) has a side that is not above 30 px";
  expect(verdictOf({ ranking: { detections_min_size: 30 } })).toEqual(lost("size", 0, words));
});

test("localisation: the second refinement leads away", () => {
  const words = "its box was moved from IoU 1.00 to 0.33";
  expect(verdictOf({ candidates: [[0, 1, 0.8, FURTHER]] })).toEqual(lost("localisation", 0, words));
});

test("background: the likeliest of all", () => {
  const words = "its best proposal (IoU 1.00) is dog with 0.250, but background with 0.650";
  const made = verdictOf({ probs: [[0.65, 0.1, 0.25]], candidates: [[0, 0, 0.65, DRAWN]] });
  expect(made).toEqual(lost("background", 0, words));
});

test("wrong class: what comes near is another one, and no proposal near says which", () => {
  const made = verdictOf({
    anchors: [[FAR, 0.9]],
    probs: [[0.05, 0.15, 0.8]],
    candidates: [[0, 2, 0.8, DRAWN]],
  });
  const words = "its best proposal (IoU 0.00) is cat with 0.150, but dog with 0.800";
  expect(made).toEqual(lost("wrong class", 0, words));
});

test("proposal NMS: a box that is itself too far away took the good one with it", () => {
  const made = verdictOf({
    anchors: [
      [BESIDE, 0.8],
      [FURTHER, 0.9],
    ],
    top: [1, 0],
    candidates: [[0, 1, 0.8, FURTHER]],
  });
  const words = "its best box (IoU 0.54) was suppressed by the box of anchor 1 at IoU 0.67";
  expect(made).toEqual(lost("proposal NMS", 0, words));
});

test("proposal count and proposal size", () => {
  const anchors = /** @type {any} */ ([
    [DRAWN, 0.8],
    [FAR, 0.9],
  ]);
  const more = { anchors, top: [1, 0], candidates: /** @type {any} */ ([[0, 1, 0.8, FAR]]) };
  const count = "its best box (IoU 1.00) came after the 1 proposals kept";
  expect(verdictOf({ ...more, settings: { "proposals.count": 1 } })).toEqual(lost("proposal count", 0, count));
  const size = "its best box (IoU 1.00) has a side that is not above 30 px";
  const small = { ...more, nms: [], probs: [], candidates: [], ranking: { proposals_min_size: 30 } };
  expect(verdictOf(small)).toEqual(lost("proposal size", 0, size));
});

test("top k and objectness: an anchor below the top k would have been refined to the box", () => {
  const below = (/** @type {number} */ score, /** @type {object} */ ranking = {}) =>
    verdictOf({
      anchors: [
        [FURTHER, score, [0, -0.5, 0, 0]], // half a side to the left
        [FAR, 0.9],
      ],
      top: [1],
      candidates: [[0, 1, 0.8, FAR]],
      ranking,
    });
  const words = "its best anchor (refined IoU 1.00) has objectness";
  expect(below(0.6)).toEqual(lost("top k", 0, `${words} 0.600, rank 2, below the top 1`));
  const onLevel = `${words} 0.375, rank 2 of 2 on P2, below the top 10 there`;
  expect(below(0.375, { by_level: true })).toEqual(lost("objectness", 0, onLevel));
});

test("proposal localisation and no anchor", () => {
  const none = { top: [], nms: [], probs: [], candidates: [] };
  const moved = /** @type {any} */ ([[DRAWN, 0.9, [2, 0, 0, 0]]]); // two sides down
  const away = "its anchor (IoU 1.00) was moved away to IoU 0.00";
  expect(verdictOf({ ...none, anchors: moved })).toEqual(lost("proposal localisation", 0, away));
  const words = "no anchor overlaps it by 0.5; the best has IoU 0.33";
  const anchors = /** @type {any} */ ([
    [FAR, 0.9],
    [FURTHER, 0.9],
  ]);
  expect(verdictOf({ ...none, anchors })).toEqual(lost("no anchor", 1, words));
});
