// Why nothing was found where a person has drawn a box: the funnel near it and the verdict, as explorer/why.py. Which
// setting would keep it is found by running the model many times: changes.js.

/** @import { Why } from "../types.d.ts" */
/** @import { Manifest, Numbers, Run } from "./types.d.ts" */

/** @typedef {{ step: string, boxes: Numbers, scores: Numbers, rows?: number[] }} Step */

/** @type {(run: Run, manifest: Manifest, box: number[]) => Why} */
export function whyNotFound(run, manifest, box) {
  const object = supposed(run, manifest, box);
  const steps = stepsOf(run, manifest).map((step) => narrowed(step, object.box, manifest));
  const said = { steps, ...judge(run, manifest, object), class: manifest.class_names[object.class_id] };
  return said.verdict === "found" ? said : { ...said, searching: true };
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

/** @type {(step: Step, box: Float32Array, manifest: Manifest) => Why["steps"][number]} */
function narrowed({ step, boxes, scores, rows }, box, { corner, verdicts }) {
  const all = rows ?? Array.from(scores, (_, row) => row);
  const overlaps = all.map((row) => overlap(boxes, row, box, 0, corner));
  const near = all.filter((_, i) => overlaps[i] >= verdicts.near).map((row) => scores[row]);
  const [best, score] = [overlaps, near].map((values) => values.reduce((a, b) => Math.max(a, b), -Infinity));
  const best_score = Number.isFinite(score) ? score : null;
  return { step, count: near.length, best_score, best_iou: Math.max(best, 0) };
}

import { known } from "./chain.js";
import { passing, visible } from "./fates.js";
import { supposed } from "./near.js";
import { overlap } from "./suppression.js";
import { judge } from "./verdicts.js";
