// What became of every anchor, by the indices that the run recorded: analysis/candidates/fates.py, for models in which a
// proposal stands for one class.

/** @import { Manifest, Numbers, Run, Tensor } from "./types.d.ts" */

/** @typedef {{ fate: Tensor, by: Tensor, iou: Tensor, rank: Tensor }} Fates */

/** Why each of some boxes was or was not kept by NMS. */
/** @typedef {{ by: Int32Array, iou: Float32Array, beyond: Uint8Array }} Suppression */

/** @type {WeakMap<Run, Fates>} followed once for all four readings */
const followed = new WeakMap();

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
  const [topK, anchorOf, classes] = [
    get("proposals.top_k_index"),
    get("proposals.anchor_index"),
    get("detections.candidate_class"),
  ];
  const fate = new Int32Array(total).fill(id("below top k"));
  const [by, iou] = [new Int32Array(total).fill(-1), new Float32Array(total)];

  const first = proposalSuppression(run, manifest);
  for (const [row, anchor] of topK.entries()) {
    if (first.by[row] >= 0)
      [fate[anchor], by[anchor], iou[anchor]] = [id("suppressed as proposal"), topK[first.by[row]], first.iou[row]];
    else if (first.beyond[row]) fate[anchor] = id("beyond proposal count");
    else fate[anchor] = id("too small as proposal"); // unless it is a proposal, below
  }
  const second = classSuppression(run, manifest);
  const detection = inverse(get("detections.candidate_index"), classes.length);
  const scores = get("detections.candidate_score");
  for (const [row, anchor] of anchorOf.entries()) {
    [by[anchor], iou[anchor]] = [second.by[row] < 0 ? -1 : anchorOf[second.by[row]], second.iou[row]];
    if (detection[row] >= 0) fate[anchor] = id(visible(run, detection[row]) ? "reported" : "empty mask");
    else if (second.by[row] >= 0) fate[anchor] = id("suppressed in its class");
    else if (second.beyond[row]) fate[anchor] = id("beyond maximum");
    else if (classes[row] === 0) fate[anchor] = id("background");
    else fate[anchor] = id(enough(scores[row], run) ? "too small" : "below minimum score");
  }
  const line = (/** @type {Numbers} */ values) => ({ values, shape: [total] });
  return { fate: line(fate), by: line(by), iou: line(iou), rank: line(inverse(byScore(get("rpn.scores")), total)) };
}

/** @type {(run: Run, manifest: Manifest) => Suppression} */
function proposalSuppression(run, manifest) {
  const get = (/** @type {string} */ name) => known(run.tensors, name).values;
  const boxes = get("proposals.clipped");
  const rows = large(boxes, manifest.ranking.proposals_min_size, manifest.corner);
  const { settings } = run;
  return explain({
    boxes,
    rows,
    scores: get("proposals.top_k_scores"),
    kept: get("proposals.nms_index"),
    threshold: settings["proposals.nms_threshold"],
    count: settings["proposals.count"],
    corner: manifest.corner,
    groups: null,
  });
}

/** @type {(run: Run, manifest: Manifest) => Suppression} */
function classSuppression(run, manifest) {
  const get = (/** @type {string} */ name) => known(run.tensors, name).values;
  const classes = get("detections.candidate_class");
  const { settings } = run;
  return explain({
    boxes: get("detections.clipped"),
    rows: passing(run, manifest),
    scores: get("detections.candidate_score"),
    kept: get("detections.candidate_index"),
    threshold: settings["detections.nms_threshold"],
    count: settings["detections.max_count"],
    corner: manifest.corner,
    groups: classes,
  });
}

/** @type {(run: Run, manifest: Manifest) => number[]} the candidates that go into NMS by class */
export function passing(run, manifest) {
  const get = (/** @type {string} */ name) => known(run.tensors, name).values;
  const [classes, scores] = [get("detections.candidate_class"), get("detections.candidate_score")];
  const rows = large(get("detections.clipped"), manifest.ranking.detections_min_size, manifest.corner);
  return rows.filter((row) => classes[row] > 0 && enough(scores[row], run));
}

/** @type {(score: number, run: Run) => boolean} */
function enough(score, { settings }) {
  const least = Math.fround(settings["detections.min_score"]);
  return score >= least || least === 0;
}

/** @type {(boxes: Numbers, least: number, corner: number) => number[]} */
function large(boxes, least, corner) {
  const rows = Array.from({ length: boxes.length / 4 }, (_, row) => row);
  if (least < 0) return rows;
  return rows.filter(
    (row) =>
      boxes[4 * row + 2] - boxes[4 * row] - corner > least && boxes[4 * row + 3] - boxes[4 * row + 1] - corner > least,
  );
}

/** @typedef {{ boxes: Numbers, rows: number[], scores: Numbers, kept: Numbers, threshold: number, count: number, corner: number, groups: Numbers | null }} Nms */

/**
 * Say by which kept box each of `rows` went: the best one that overlaps it by more than the threshold.
 * @type {(nms: Nms) => Suppression}
 */
function explain({ boxes, rows, scores, kept, threshold, count, corner, groups }) {
  const total = scores.length;
  const said = { by: new Int32Array(total).fill(-1), iou: new Float32Array(total), beyond: new Uint8Array(total) };
  const place = inverse(kept, total);
  const rank = inverse(byScore(scores), total);
  const full = kept.length >= count;
  const last = kept.length ? rank[kept[kept.length - 1]] : -1;
  for (const row of rows) {
    if (place[row] >= 0) continue;
    if (!kept.length || (full && rank[row] >= last)) {
      said.beyond[row] = 1;
      continue;
    }
    const { by, iou } = overlapping(row, { boxes, kept, rank, threshold, corner, groups });
    [said.by[row], said.iou[row]] = [by, iou];
    if (by < 0) said.beyond[row] = 1;
  }
  return said;
}

/** @type {(row: number, among: { boxes: Numbers, kept: Numbers, rank: Int32Array, threshold: number, corner: number, groups: Numbers | null }) => { by: number, iou: number }} */
function overlapping(row, { boxes, kept, rank, threshold, corner, groups }) {
  let best = { by: -1, iou: 0 };
  for (const other of kept) {
    if (rank[other] >= rank[row]) break; // in order of score: the rest is worse
    if (groups && groups[other] !== groups[row]) continue;
    const iou = overlap(boxes, row, boxes, other, corner);
    if (iou > threshold) return { by: other, iou };
    if (iou > best.iou) best = { by: other, iou };
  }
  return best; // at the threshold the graph's arithmetic may round the other way: then it was the highest
}

/** @type {(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number, corner: number) => number} IoU, as geometry/boxes.py */
export function overlap(a, i, b, j, corner) {
  const f = Math.fround;
  const side = (/** @type {ArrayLike<number>} */ boxes, /** @type {number} */ row, /** @type {number} */ axis) =>
    Math.max(f(f(boxes[4 * row + axis + 2] - boxes[4 * row + axis]) - corner), 0);
  const shared = (/** @type {number} */ axis) =>
    Math.max(
      f(f(Math.min(a[4 * i + axis + 2], b[4 * j + axis + 2]) - Math.max(a[4 * i + axis], b[4 * j + axis])) - corner),
      0,
    );
  const both = f(shared(0) * shared(1));
  if (both <= 0) return 0;
  const union = f(f(f(side(a, i, 0) * side(a, i, 1)) + f(side(b, j, 0) * side(b, j, 1))) - both);
  return f(both / (union > 0 ? union : 1));
}

/** @type {(scores: Numbers) => Int32Array} rows by score, the highest first, of equal ones the lower, NaN last */
function byScore(scores) {
  const height = (/** @type {number} */ row) => (Number.isNaN(scores[row]) ? -Infinity : scores[row]);
  return Int32Array.from(scores, (_, row) => row).sort((a, b) => height(b) - height(a) || a - b);
}

/** @type {(index: ArrayLike<number>, total: number) => Int32Array} where each value stands first in `index`, or -1 */
function inverse(index, total) {
  const places = new Int32Array(total).fill(-1);
  for (let i = index.length - 1; i >= 0; i--) places[index[i]] = i;
  return places;
}

/** @type {(run: Run, detection: number) => boolean} */
export const visible = ({ crops }, detection) => crops[detection].bits.includes(1);

import { known } from "./chain.js";
