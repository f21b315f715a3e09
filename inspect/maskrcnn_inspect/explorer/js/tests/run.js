// A small run for tests, by hand: 2 x 2 cells on P2 and one on P3, one anchor each; 3 in the top k, 2 proposals,
// 1 detection. Anchor 2 becomes proposal 0 and detection 0; anchor 4 becomes proposal 1, background.

/** @import { Context, Tensor, Tensors } from "../types.d.ts" */

/** @type {(shape: number[], ...values: number[]) => Tensor} */
export const floats = (shape, ...values) => ({ shape, values: Float32Array.from(values) });
/** @type {(...values: number[]) => Tensor} */
export const ints = (...values) => ({ shape: [values.length], values: Int32Array.from(values) });
/** @type {(...shape: number[]) => Tensor} */
export const bytes = (...shape) => ({ shape, values: new Uint8Array(shape.reduce((a, b) => a * b, 1)) });

/** @type {() => Tensors} */
export const core = () => ({
  "image.original": bytes(8, 8, 3),
  "reading.input": bytes(8, 8, 3),
  "proposals.top_k_index": ints(2, 0, 4),
  "proposals.nms_index": ints(0, 2),
  "proposals.boxes": floats([2, 4], 4, 0, 8, 4, 0, 0, 8, 8),
  "proposals.scores": floats([2], 0.9, 0.4),
  "proposals.anchor_index": ints(2, 4),
  "box_roi.level": ints(2, 2),
  "detections.candidate_proposal": ints(0, 1),
  "detections.candidate_class": ints(1, 0),
  "detections.candidate_score": floats([2], 0.8, 0.7),
  "detections.candidate_index": ints(0),
  "detections.proposal_index": ints(0),
  "detections.boxes": floats([1, 4], 4, 0, 8, 4),
  "detections.class_ids": ints(1),
  "detections.scores": floats([1], 0.8),
  "pasting.boxes": ints(4, 0, 8, 4),
  "reading.table.cividis": bytes(256, 3),
  "reading.table.diverging": bytes(256, 3),
});

/** @type {any} */
export const description = {
  engine: "by hand",
  live: true,
  image: "",
  weights: "",
  unlike: "",
  samples: [],
  timed: ["molding", "backbone", "mask_roi", "mask_head"],
  class_names: ["background", "square"],
  palette: [
    [230, 159, 0],
    [86, 180, 233],
  ],
  fates: [
    "below top k",
    "suppressed as proposal",
    "beyond proposal count",
    "background",
    "below minimum score",
    "suppressed in its class",
    "beyond maximum",
    "empty mask",
    "reported",
  ],
  sizes: { image: [8, 8], input: [8, 8], window: [0, 0, 8, 8], scale: 1 },
  levels: [
    { level: 2, rows: 2, columns: 2, first: 0, ratios: 1, stride: 4 },
    { level: 3, rows: 1, columns: 1, first: 4, ratios: 1, stride: 8 },
  ],
  rules: {
    corner: 0,
    objectness: "softmax",
    rpn_std: [0.1, 0.1, 0.2, 0.2],
    head_std: [0.1, 0.1, 0.2, 0.2],
    sampling: "cells",
    canonical: 8,
    limited: false,
    head_limited: false,
    ratios: [1],
  },
  tensors: Object.fromEntries(
    Object.entries({
      "molding.image": [8, 8, 3],
      "backbone.c2": [2, 2, 4],
      "backbone.c3": [1, 1, 4],
      "backbone.c4": [1, 1, 4],
      "backbone.c5": [1, 1, 4],
      "fpn.p2": [2, 2, 4],
      "fpn.p3": [1, 1, 4],
      "rpn.scores": [5],
      "box_roi.pooled": [2, 7, 7, 4],
      "mask_head.probs": [1, 2, 2],
    }).map(([name, shape]) => [name, { shape, unit: "" }]),
  ),
  readings: ["reading.fate.fate", "reading.fate.by", "reading.fate.iou", "reading.fate.rank"],
  fixed: [],
  settings: [
    { name: "proposals.nms_threshold", label: "NMS", own: 0.7, value: 0.7, min: 0, max: 1, step: 0.01 },
    { name: "detections.nms_threshold", label: "NMS", own: 0.3, value: 0.3, min: 0, max: 1, step: 0.01 },
    { name: "detections.min_score", label: "Score", own: 0.7, value: 0.7, min: 0, max: 1, step: 0.01 },
    { name: "pasting.threshold", label: "Mask", own: 0.5, value: 0.5, min: 0, max: 1, step: 0.01 },
  ],
  counts: {
    anchors: 5,
    "top k, refined": 3,
    proposals: 2,
    "not background": 1,
    "score high enough": 1,
    detections: 1,
    "with a mask": 1,
  },
};

/** @type {(chain?: Partial<Context["chain"]>) => Context} */
export const context = (chain = {}) => ({
  description,
  core: core(),
  chain: { anchor: -1, place: -1, proposal: -1, candidate: -1, detection: -1, ...chain },
  went: [],
  channels: () => null,
});
