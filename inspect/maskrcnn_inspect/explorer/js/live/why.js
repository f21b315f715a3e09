// Why nothing was found where a person has drawn a box: the funnel near it, and what became of the candidate that came
// furthest. Which setting would keep it is found by running the model many times: that is the kernel's (explorer/why.py).

/** @import { Why } from "../types.d.ts" */
/** @import { Manifest, Numbers, Run } from "./types.d.ts" */

const NEAR = 0.5; // IoU from which a candidate is near the box

/** @typedef {{ step: string, boxes: Numbers, scores: Numbers, rows?: number[] }} Step */

/** @type {(run: Run, manifest: Manifest, box: number[]) => Why} */
export function whyNotFound(run, manifest, box) {
  if (box.length !== 4 || !(box[2] > box[0] && box[3] > box[1])) {
    throw new Error("wanted a box with an area: y1, x1, y2, x2 in image px");
  }
  const target = moldedBox(run, manifest, box);
  const steps = stepsOf(run, manifest).map((step) => narrowed(step, target, manifest.corner));
  return { steps, ...furthest(run, manifest, target) };
}

/** @type {(run: Run, manifest: Manifest, box: number[]) => number[]} network-input px */
function moldedBox({ picture }, { molding }, box) {
  const { content, offset } = layoutOf(picture.size, molding);
  return box.map((value, i) =>
    Math.fround(Math.fround(value) * (content[i % 2] / picture.size[i % 2]) + offset[i % 2]),
  );
}

/** @type {(run: Run, manifest: Manifest) => Step[]} in the order of the pipeline, as analysis/candidates/funnel.py */
function stepsOf(run, manifest) {
  const get = (/** @type {string} */ name) => known(run.tensors, name).values;
  const [classes, refined, probs] = [
    get("detections.candidate_class"),
    get("detections.clipped"),
    get("detections.candidate_score"),
  ];
  const [found, scores] = [get("detections.boxes"), get("detections.scores")];
  const rowsWhere = (/** @type {Numbers} */ values, /** @type {(value: number, row: number) => boolean} */ test) =>
    Array.from(values, (_, row) => row).filter((row) => test(values[row], row));
  const objects = rowsWhere(classes, (id) => id > 0);
  return [
    { step: "anchors", boxes: get("anchors.boxes"), scores: get("rpn.scores") },
    { step: "top k, refined", boxes: get("proposals.clipped"), scores: get("proposals.top_k_scores") },
    { step: "proposals", boxes: get("proposals.boxes"), scores: get("proposals.scores") },
    { step: manifest.ranking.every ? "candidates" : "not background", boxes: refined, scores: probs, rows: objects },
    { step: "score high enough", boxes: refined, scores: probs, rows: passing(run, manifest) },
    { step: "detections", boxes: found, scores },
    { step: "with a mask", boxes: found, scores, rows: rowsWhere(scores, (_, row) => visible(run, row)) },
  ];
}

/** @type {(step: Step, target: number[], corner: number) => Why["steps"][number]} */
function narrowed({ step, boxes, scores, rows }, target, corner) {
  const all = rows ?? Array.from(scores, (_, row) => row);
  const overlaps = all.map((row) => overlap(boxes, row, target, 0, corner));
  const near = all.filter((_, i) => overlaps[i] >= NEAR).map((row) => scores[row]);
  const [best, score] = [overlaps, near].map((values) => values.reduce((a, b) => Math.max(a, b), -Infinity));
  return { step, count: near.length, best_score: near.length ? score : null, best_iou: Math.max(best, 0) };
}

/** @type {(run: Run, manifest: Manifest, target: number[]) => Omit<Why, "steps">} */
function furthest(run, manifest, target) {
  const get = (/** @type {string} */ name) => known(run.tensors, name).values;
  const [anchorOf, topK, candidates] = [
    get("proposals.anchor_index"),
    get("proposals.top_k_index"),
    get("detections.candidate_proposal"),
  ];
  const id = likeliest(run, manifest, target);
  const classes = get("detections.candidate_class");
  // where a proposal is a candidate for every class, those of others say nothing of this object
  const counts = (/** @type {number} */ row) => !manifest.ranking.every || classes[row] === id;
  // from the end of the pipeline to its beginning
  /** @type {[name: string, anchor: (row: number) => number, counts?: (row: number) => boolean][]} */
  const ways = [
    ["detections.boxes", (row) => anchorOf[get("detections.proposal_index")[row]]],
    ["detections.clipped", (row) => anchorOf[candidates[row]], counts],
    ["proposals.boxes", (row) => anchorOf[row]],
    ["proposals.clipped", (row) => topK[row]],
    ["anchors.boxes", (row) => row],
  ];
  const name = manifest.class_names[id];
  for (const [tensor, anchorAt, counted] of ways) {
    const { row, iou } = nearest(get(tensor), target, manifest.corner, counted);
    if (iou < NEAR) continue;
    const anchor = anchorAt(row);
    const where = `anchor ${anchor}, IoU ${iou.toFixed(2)}`;
    if (tensor === "detections.boxes") {
      const sentence = `found by detection ${row}: box IoU ${iou.toFixed(2)}, score ${get("detections.scores")[row].toFixed(2)}`;
      return { verdict: "found", sentence, class: name, anchor, detection: row };
    }
    const own = tensor === "detections.clipped";
    const fate =
      manifest.fates[own ? candidateFates(run, manifest).fate[row] : fatesOf(run, manifest).fate.values[anchor]];
    const sentence = `the candidate that came furthest (${where}) ended as: ${fate}. Which setting would keep it is found in a notebook: explore(session)`;
    return { verdict: fate, sentence, class: name, anchor, detection: null };
  }
  const sentence = `no anchor overlaps it by ${NEAR}`;
  return { verdict: "no anchor", sentence, class: name, anchor: null, detection: null };
}

/** @type {(boxes: Numbers, target: number[], corner: number, counts?: (row: number) => boolean) => { row: number, iou: number }} */
function nearest(boxes, target, corner, counts = () => true) {
  let best = { row: -1, iou: -1 };
  for (let row = 0; row < boxes.length / 4; row++) {
    if (!counts(row)) continue;
    const iou = overlap(boxes, row, target, 0, corner);
    if (iou > best.iou) best = { row, iou };
  }
  return best;
}

/** @type {(run: Run, manifest: Manifest, target: number[]) => number} the likeliest class but background near the box */
function likeliest({ tensors }, { corner, class_names }, target) {
  const [boxes, probs] = [known(tensors, "proposals.boxes").values, known(tensors, "box_head.class_probs").values];
  const count = class_names.length;
  let [best, highest] = [1, -1];
  for (let row = 0; row < boxes.length / 4; row++) {
    if (overlap(boxes, row, target, 0, corner) < NEAR) continue;
    for (let id = 1; id < count; id++) {
      if (probs[row * count + id] > highest) [best, highest] = [id, probs[row * count + id]];
    }
  }
  return best;
}

import { known } from "./chain.js";
import { candidateFates, fatesOf, passing, visible } from "./fates.js";
import { layoutOf } from "./layout.js";
import { overlap } from "./suppression.js";
