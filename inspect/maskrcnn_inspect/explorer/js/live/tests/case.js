// A run that is small enough to be worked by hand: an image of 100 × 100 px that is its own network input, background and
// two classes. What a test does not say of it is empty.

/** @typedef {[anchor: number[], score: number, deltas?: number[]]} Anchor */
/** @typedef {[proposal: number, class_id: number, score: number, box: number[]]} Candidate */

/** Rows of anchors in the top k, rows of those that became proposals, rows of candidates that became detections. */
/** @typedef {{ anchors: Anchor[], top?: number[], nms?: number[], probs?: number[][], candidates?: Candidate[], detections?: number[], masks?: import("../types.d.ts").Crop[], settings?: Record<string, number>, ranking?: object }} Small */

export const FATES = [
  "below top k",
  "too small as proposal",
  "suppressed as proposal",
  "beyond proposal count",
  "background",
  "below minimum score",
  "too small",
  "suppressed in its class",
  "beyond maximum",
  "empty mask",
  "reported",
];

export const DRAWN = [20, 20, 40, 40];
export const BESIDE = [20, 26, 40, 46]; // IoU with DRAWN: 280 / 520
export const FURTHER = [20, 30, 40, 50]; // IoU with DRAWN: 200 / 600, with BESIDE: 320 / 480
export const FAR = [60, 60, 80, 80];

const ints = (/** @type {number[]} */ values) => ({ shape: [values.length], values: Int32Array.from(values) });
const floats = (/** @type {number[]} */ values) => ({ shape: [values.length], values: Float32Array.from(values) });
const rows = (/** @type {number[][]} */ all, width = 4) => ({ ...floats(all.flat()), shape: [all.length, width] });

/** @type {(box: number[]) => import("../types.d.ts").Crop} a mask that fills its box */
export const filled = ([top, left, bottom, right]) => ({
  box: [top, left, bottom, right],
  bits: new Uint8Array((bottom - top) * (right - left)).fill(1),
});

/** @type {(small: Small) => { run: any, manifest: any }} */
export function caseOf({ anchors, top = [], nms = [], probs = [], candidates = [], detections = [], ...more }) {
  const boxes = top.map((anchor) => anchors[anchor][0]);
  const found = detections.map((row) => candidates[row]);
  const tensors = {
    "molding.image": { shape: [100, 100, 3], values: new Float32Array(0) },
    "molding.window": floats([0, 0, 100, 100]),
    "anchors.boxes": rows(anchors.map(([box]) => box)),
    "anchors.level": ints(anchors.map(() => 2)),
    "rpn.scores": floats(anchors.map(([, score]) => score)),
    "rpn.deltas": rows(anchors.map(([, , deltas]) => deltas ?? [0, 0, 0, 0])),
    "proposals.top_k_index": ints(top),
    "proposals.top_k_scores": floats(top.map((anchor) => anchors[anchor][1])),
    "proposals.clipped": rows(boxes),
    "proposals.nms_index": ints(nms),
    "proposals.anchor_index": ints(nms.map((row) => top[row])),
    "proposals.boxes": rows(nms.map((row) => boxes[row])),
    "proposals.scores": floats(nms.map((row) => anchors[top[row]][1])),
    "box_head.class_probs": rows(probs, 3),
    "detections.candidate_proposal": ints(candidates.map(([proposal]) => proposal)),
    "detections.candidate_class": ints(candidates.map(([, id]) => id)),
    "detections.candidate_score": floats(candidates.map(([, , score]) => score)),
    "detections.clipped": rows(candidates.map(([, , , box]) => box)),
    "detections.candidate_index": ints(detections),
    "detections.proposal_index": ints(found.map(([proposal]) => proposal)),
    "detections.class_ids": ints(found.map(([, id]) => id)),
    "detections.scores": floats(found.map(([, , score]) => score)),
    "detections.boxes": rows(found.map(([, , , box]) => box)),
    "pasting.boxes": rows(found.map(([, , , box]) => box)),
  };
  const settings = {
    "proposals.top_k": 10,
    "proposals.nms_threshold": 0.5,
    "proposals.count": 10,
    "detections.min_score": 0.7,
    "detections.nms_threshold": 0.5,
    "detections.max_count": 10,
    ...more.settings,
  };
  const crops = more.masks ?? found.map(([, , , box]) => filled(box));
  const run = { picture: { size: [100, 100] }, settings, crops, tensors: new Map(Object.entries(tensors)) };
  const ranking = { proposals_min_size: -1, detections_min_size: -1, top_k_by: "score", nms_by: "score" };
  return { run, manifest: { ...MANIFEST, ranking: { ...ranking, by_level: false, every: false, ...more.ranking } } };
}

const MANIFEST = {
  fates: FATES,
  class_names: ["background", "cat", "dog"],
  corner: 0,
  molding: { mode: "square", min_dim: 0, max_dim: 100, min_scale: 0 },
  rules: { rpn_std: [1, 1, 1, 1] },
  refining: { most: null, least: null, clip_to_window: false },
  verdicts: { near: 0.5, object: 0.5 },
  setting_changes: {
    settings: {
      objectness: "proposals.top_k",
      "top k": "proposals.top_k",
      "proposal NMS": "proposals.nms_threshold",
      "proposal count": "proposals.count",
      score: "detections.min_score",
      "class NMS": "detections.nms_threshold",
      "over the maximum of detections": "detections.max_count",
    },
    reasons: { background: "a matter of weights", mask: "its mask overlaps too little" },
    counts: ["proposals.top_k", "proposals.count", "detections.max_count"],
    steps: 100,
    values: 6,
    replays: 40,
    most_settings: 2,
  },
};
