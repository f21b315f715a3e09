// Hand-worked: six anchors on two levels, each level with its own top two and its own NMS; a proposal is a candidate for
// each of two classes. Fates as analysis/candidates/fates.py has them.

import { expect, test } from "vitest";
import { candidateFates, fatesOf, passing } from "../fates.js";
import { FATES } from "./case.js";

const MANIFEST = /** @type {any} */ ({
  corner: 0,
  fates: FATES,
  ranking: {
    proposals_min_size: 1e-3,
    detections_min_size: 1e-2,
    top_k_by: "logit",
    nms_by: "score",
    by_level: true,
    every: true,
  },
});
const SQUARE = [0, 0, 10, 10];
const BESIDE = [0, 1, 10, 11]; // IoU with SQUARE: 90 / 110
const FAR = [50, 50, 60, 60];
const ints = (/** @type {number[]} */ ...values) => ({ shape: [values.length], values: Int32Array.from(values) });
const floats = (/** @type {number[]} */ ...values) => ({ shape: [values.length], values: Float32Array.from(values) });
const boxes = (/** @type {number[][]} */ ...rows) => ({ ...floats(...rows.flat()), shape: [rows.length, 4] });

/** P2 has anchors 0, 1, 2, P3 the others; scores of 0 and 1 are both 1, so that their logits alone tell them apart. */
const RUN = /** @type {any} */ ({
  settings: {
    "proposals.nms_threshold": 0.7,
    "proposals.count": 10,
    "detections.nms_threshold": 0.5,
    "detections.min_score": 0.05,
    "detections.max_count": 10,
  },
  crops: [{ bits: Uint8Array.of(1) }, { bits: Uint8Array.of(1) }],
  tensors: new Map(
    Object.entries({
      "anchors.level": ints(2, 2, 2, 3, 3, 3),
      "rpn.logits": { ...floats(30, 40, -1, 2, 1, 0), shape: [6, 1] },
      "rpn.scores": floats(1, 1, 0.27, 0.88, 0.73, 0.5),
      "proposals.top_k_index": ints(1, 0, 3, 4),
      "proposals.top_k_scores": floats(1, 1, 0.88, 0.73),
      "proposals.clipped": boxes(SQUARE, BESIDE, SQUARE, FAR), // the third is of P3: nothing of P2 suppresses it
      "proposals.nms_index": ints(0, 2, 3),
      "proposals.anchor_index": ints(1, 3, 4),
      "detections.candidate_proposal": ints(0, 0, 1, 1, 2, 2),
      "detections.candidate_class": ints(1, 2, 1, 2, 1, 2),
      "detections.candidate_score": floats(0.9, 0.3, 0.8, 0.01, 0.05, 0.02),
      "detections.clipped": boxes(SQUARE, SQUARE, BESIDE, BESIDE, FAR, FAR),
      "detections.candidate_index": ints(0, 1),
      "pasting.boxes": boxes(SQUARE, SQUARE),
    }),
  ),
});
const words = (/** @type {ArrayLike<number>} */ fates) => Array.from(fates, (one) => FATES[one]);

test("every class of a proposal has a fate, and a score has to be above the least", () => {
  const { fate, by } = candidateFates(RUN, MANIFEST);
  expect(words(fate)).toEqual([
    "reported",
    "reported",
    "suppressed in its class",
    "below minimum score",
    "below minimum score", // 0.05 is not above 0.05
    "below minimum score",
  ]);
  expect(by[2]).toBe(0);
  expect(passing(RUN, MANIFEST)).toEqual([0, 1, 2]);
});

test("an anchor's fate is that of its candidate that came furthest; levels do not meet in NMS", () => {
  const { fate, by, iou } = fatesOf(RUN, MANIFEST);
  expect(words(fate.values)).toEqual([
    "suppressed as proposal",
    "reported",
    "below top k",
    "suppressed in its class",
    "below minimum score",
    "below top k",
  ]);
  expect(Array.from(by.values)).toEqual([1, -1, -1, 1, -1, -1]);
  expect(iou.values[0]).toBeCloseTo(90 / 110, 6);
});

test("anchors are ranked by logit on their own level", () => {
  expect(Array.from(fatesOf(RUN, MANIFEST).rank.values)).toEqual([1, 0, 2, 0, 1, 2]);
});

test("a side has to be above the least one as float32 has both", () => {
  const side = Math.fround(1e-3); // above 1e-3 in doubles
  const tensors = new Map(RUN.tensors)
    .set("proposals.clipped", boxes([0, 0, side, 10], BESIDE, SQUARE, FAR))
    .set("proposals.nms_index", ints(1, 2, 3))
    .set("proposals.anchor_index", ints(0, 3, 4));
  expect(words(fatesOf({ ...RUN, tensors }, MANIFEST).fate.values)[1]).toBe("too small as proposal");
});
