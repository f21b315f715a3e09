// Who suppressed whom: the record of a non-maximum suppression, from what went in and the indices that came out, as
// analysis/candidates/suppression.py.

/** @import { Numbers } from "./types.d.ts" */

/** Why each of some boxes was or was not kept by NMS. */
/** @typedef {{ by: Int32Array, iou: Float32Array, beyond: Uint8Array }} Suppression */

/** What goes in: `rows` of all boxes, ranked by `scores`, which compete within `groups`. */
/** @typedef {{ boxes: Numbers, rows: number[], scores: Numbers, threshold: number, corner: number, groups: Numbers | null }} Entering */

/** That with what was kept, and how much at most. */
/** @typedef {Entering & { kept: Numbers, count: number }} Nms */

const LEAST = -3.4e38; // below every finite rank

/**
 * Say by which kept box each of `rows` went: the best one that overlaps it by more than the threshold.
 * @type {(nms: Nms) => Suppression}
 */
export function explain({ boxes, rows, scores, kept, threshold, count, corner, groups }) {
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

/**
 * Give each box's place among what NMS would keep without a count, or -1: `places_without_count` of
 * analysis/candidates/nms_lab.py. The arithmetic is TensorFlow's, which knows edges as corners alone.
 * @type {(entering: Entering) => Int32Array}
 */
export function placesWithoutCount({ boxes, rows, scores, threshold, corner, groups }) {
  const edges = Float32Array.from(boxes, (value, i) => (i % 4 < 2 ? value : value - corner));
  const entered = new Set(rows);
  /** @type {number[]} */
  const kept = [];
  for (const row of byScore(scores)) {
    if (!entered.has(row) || !(scores[row] > LEAST)) continue; // nothing without a score is kept
    const gone = kept.some(
      (other) => (!groups || groups[other] === groups[row]) && overlap(edges, row, edges, other, 0) > threshold,
    );
    if (!gone) kept.push(row);
  }
  return inverse(kept, scores.length);
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
  if (!(both > 0)) return 0; // NaN shares nothing, too
  const union = f(f(f(side(a, i, 0) * side(a, i, 1)) + f(side(b, j, 0) * side(b, j, 1))) - both);
  return f(both / (union > 0 ? union : 1));
}

/** @type {(scores: Numbers) => Int32Array} rows by score, the highest first, of equal ones the lower, NaN last */
export function byScore(scores) {
  const height = (/** @type {number} */ row) => (Number.isNaN(scores[row]) ? -Infinity : scores[row]);
  return Int32Array.from(scores, (_, row) => row).sort((a, b) => height(b) - height(a) || a - b);
}

/** @type {(index: ArrayLike<number>, total: number) => Int32Array} where each value stands first in `index`, or -1 */
export function inverse(index, total) {
  const places = new Int32Array(total).fill(-1);
  for (let i = index.length - 1; i >= 0; i--) places[index[i]] = i;
  return places;
}
