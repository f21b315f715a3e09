// What became of every anchor and of every candidate, by the indices that the run recorded:
// analysis/candidates/fates.py. An anchor's fate is that of its candidate that came furthest.

/** @import { Manifest, Numbers, Run, Tensor } from "./types.d.ts" */
/** @import { Nms } from "./suppression.js" */

/** @typedef {{ fate: Tensor, by: Tensor, iou: Tensor, rank: Tensor, candidates: CandidateFates }} Fates */

/** What became of each candidate: `by` is the one whose box suppressed this one's, or -1, as is `detection`. */
/** @typedef {{ fate: Int32Array, by: Int32Array, iou: Float32Array, detection: Int32Array }} CandidateFates */

const f = Math.fround;
/** @type {WeakMap<Run, Fates>} followed once for all four readings */
const followed = new WeakMap();
/** @type {WeakMap<Tensor, Int32Array>} by the RPN's scores: no setting changes the order */
const ranked = new WeakMap();

/** @type {(run: Run, manifest: Manifest) => Fates} */
export function fatesOf(run, manifest) {
  const fates = followed.get(run) ?? follow(run, manifest);
  followed.set(run, fates);
  return fates;
}

/** @type {(run: Run, manifest: Manifest) => Fates} */
function follow(run, manifest) {
  const get = (/** @type {string} */ name) => known(run.tensors, name).values;
  const id = (/** @type {string} */ words) => manifest.fates.indexOf(words);
  const total = get("anchors.level").length;
  const topK = get("proposals.top_k_index");
  const fate = new Int32Array(total).fill(id("below top k"));
  const [by, iou] = [new Int32Array(total).fill(-1), new Float32Array(total)];

  const first = explain(proposalNms(run, manifest));
  for (const [row, anchor] of topK.entries()) {
    if (first.by[row] >= 0)
      [fate[anchor], by[anchor], iou[anchor]] = [id("suppressed as proposal"), topK[first.by[row]], first.iou[row]];
    else if (first.beyond[row]) fate[anchor] = id("beyond proposal count");
    else fate[anchor] = id("too small as proposal"); // unless it is a proposal, below
  }
  const candidates = candidateFates(run, manifest);
  const proposals = get("detections.candidate_proposal");
  const anchorOf = (/** @type {number} */ row) => get("proposals.anchor_index")[proposals[row]];
  for (const row of furthest(run, candidates)) {
    const [anchor, other] = [anchorOf(row), candidates.by[row]];
    [fate[anchor], iou[anchor]] = [candidates.fate[row], candidates.iou[row]];
    if (other >= 0) by[anchor] = anchorOf(other);
  }
  const line = (/** @type {Numbers} */ values) => ({ values, shape: [total] });
  return { fate: line(fate), by: line(by), iou: line(iou), rank: line(anchorRanks(run, manifest)), candidates };
}

/** @type {(run: Run, manifest: Manifest) => CandidateFates} */
export function candidateFates(run, manifest) {
  const get = (/** @type {string} */ name) => known(run.tensors, name).values;
  const id = (/** @type {string} */ words) => manifest.fates.indexOf(words);
  const [classes, scores] = [get("detections.candidate_class"), get("detections.candidate_score")];
  const detection = inverse(get("detections.candidate_index"), classes.length);
  const { by, iou, beyond } = explain(classNms(run, manifest));
  const fate = Int32Array.from(classes, (name, row) => {
    if (detection[row] >= 0) return id(visible(run, detection[row]) ? "reported" : "empty mask");
    if (by[row] >= 0) return id("suppressed in its class");
    if (beyond[row]) return id("beyond maximum");
    if (name === 0) return id("background");
    return id(enough(scores[row], run, manifest) ? "too small" : "below minimum score");
  });
  return { fate, by, iou, detection };
}

/**
 * Give of each proposal the candidate that came furthest, of equal fates the best by score.
 * @type {(run: Run, candidates: CandidateFates) => Iterable<number>}
 */
function furthest({ tensors }, { fate }) {
  const scores = known(tensors, "detections.candidate_score").values;
  const score = (/** @type {number} */ row) => (Number.isNaN(scores[row]) ? -1 : scores[row]);
  /** @type {Map<number, number>} */
  const best = new Map();
  for (const [row, proposal] of known(tensors, "detections.candidate_proposal").values.entries()) {
    const other = best.get(proposal);
    if (other === undefined || fate[row] > fate[other] || (fate[row] === fate[other] && score(row) > score(other)))
      best.set(proposal, row);
  }
  return best.values();
}

/**
 * Give each anchor's place in the order that the top k is taken by, on its level where each has its own.
 * @type {(run: Run, manifest: Manifest) => Int32Array}
 */
export function anchorRanks({ tensors }, { ranking }) {
  const scores = known(tensors, "rpn.scores");
  const kept = ranked.get(scores);
  if (kept) return kept;
  const levels = known(tensors, "anchors.level").values;
  const ranks = new Int32Array(levels.length);
  /** @type {Map<number, number>} */
  const next = new Map();
  for (const anchor of byScore(heights(tensors, ranking.top_k_by))) {
    const group = ranking.by_level ? levels[anchor] : 0;
    ranks[anchor] = next.get(group) ?? 0;
    next.set(group, ranks[anchor] + 1);
  }
  ranked.set(scores, ranks);
  return ranks;
}

/**
 * Give what anchors are ranked by; of two logits that is object minus background.
 * @type {(tensors: Run["tensors"], by: "score" | "logit") => Numbers}
 */
function heights(tensors, by) {
  if (by === "score") return known(tensors, "rpn.scores").values;
  const { values, shape } = known(tensors, "rpn.logits");
  return shape[1] === 1 ? values : Float32Array.from({ length: shape[0] }, (_, i) => values[2 * i + 1] - values[2 * i]);
}

/** @type {(run: Run, manifest: Manifest) => Nms} that of the RPN, over the top k */
export function proposalNms({ tensors, settings }, { ranking, corner }) {
  const [boxes, topK] = [known(tensors, "proposals.clipped").values, known(tensors, "proposals.top_k_index").values];
  const [ranks, levels] = [heights(tensors, ranking.nms_by), known(tensors, "anchors.level").values];
  return {
    boxes,
    rows: large(boxes, ranking.proposals_min_size, corner),
    scores: Float32Array.from(topK, (anchor) => ranks[anchor]),
    kept: known(tensors, "proposals.nms_index").values,
    threshold: f(settings["proposals.nms_threshold"]),
    count: settings["proposals.count"],
    corner,
    groups: ranking.by_level ? topK.map((anchor) => levels[anchor]) : null,
  };
}

/** @type {(run: Run, manifest: Manifest) => Nms} that within classes, over the candidates */
export function classNms(run, manifest) {
  const get = (/** @type {string} */ name) => known(run.tensors, name).values;
  const classes = get("detections.candidate_class");
  const { settings } = run;
  return {
    boxes: get("detections.clipped"),
    rows: passing(run, manifest),
    scores: get("detections.candidate_score"),
    kept: get("detections.candidate_index"),
    threshold: f(settings["detections.nms_threshold"]),
    count: settings["detections.max_count"],
    corner: manifest.corner,
    groups: classes,
  };
}

/** @type {(run: Run, manifest: Manifest) => number[]} the candidates that go into NMS by class */
export function passing(run, manifest) {
  const get = (/** @type {string} */ name) => known(run.tensors, name).values;
  const [classes, scores] = [get("detections.candidate_class"), get("detections.candidate_score")];
  const rows = large(get("detections.clipped"), manifest.ranking.detections_min_size, manifest.corner);
  return rows.filter((row) => classes[row] > 0 && enough(scores[row], run, manifest));
}

/** @type {(score: number, run: Run, manifest: Manifest) => boolean} */
function enough(score, { settings }, { ranking }) {
  const least = f(settings["detections.min_score"]);
  return (ranking.every ? score > least : score >= least) || least === 0;
}

/** @type {(boxes: Numbers, least: number, corner: number) => number[]} */
function large(boxes, least, corner) {
  const rows = Array.from({ length: boxes.length / 4 }, (_, row) => row);
  if (least < 0) return rows;
  const side = (/** @type {number} */ at) => f(f(boxes[at + 2] - boxes[at]) - corner); // float32, as NumPy counts
  return rows.filter((row) => side(4 * row) > f(least) && side(4 * row + 1) > f(least));
}

/** @type {(run: Run, detection: number) => boolean} */
export function visible({ crops, tensors }, detection) {
  const [top, left, bottom, right] = known(tensors, "pasting.boxes").values.slice(4 * detection, 4 * detection + 4);
  return bottom > top && right > left && crops[detection].bits.includes(1);
}

import { known } from "./chain.js";
import { byScore, explain, inverse } from "./suppression.js";
