// Why a supposed object is found or missed, in the names and sentences of analysis/candidates/verdicts.py: its good
// candidates are looked for from the end of the pipeline back to its beginning; the stage at which the last of them was
// lost is the verdict, and that candidate tells the story.

/** @import { Manifest, Run } from "./types.d.ts" */
/** @import { Fates } from "./fates.js" */
/** @import { Match } from "./matching.js" */
/** @import { Supposed } from "./near.js" */

/** @typedef {{ verdict: string, sentence: string, anchor: number, detection: number | null }} Verdict */

/** What the parts of the story read. */
/** @typedef {{ run: Run, manifest: Manifest, near: Candidates, fates: Fates, id: (words: string) => number }} Case */

/** @type {(run: Run, manifest: Manifest, object: Supposed) => Verdict} */
export function judge(run, manifest, object) {
  const matched = match(run, object, manifest.verdicts.near);
  if (matched.detection >= 0) return found(run, matched);
  const near = new Candidates(run, manifest, object);
  const id = (/** @type {string} */ words) => manifest.fates.indexOf(words);
  const one = { run, manifest, near, fates: fatesOf(run, manifest), id };
  return lostAtTheEnd(one, matched) ?? lostToScoreOrClass(one) ?? lostAsProposal(one) ?? lostAsAnchor(one);
}

/** @type {(run: Run, matched: Match) => Verdict} */
function found({ tensors }, { iou, detection }) {
  const get = (/** @type {string} */ name) => known(tensors, name).values;
  const words = `mask IoU ${fixed(iou[detection], 2)}, score ${fixed(get("detections.scores")[detection], 2)}`;
  const anchor = get("proposals.anchor_index")[get("detections.proposal_index")[detection]];
  return { verdict: "found", sentence: `found by detection ${detection}: ${words}`, anchor, detection };
}

/** @type {(verdict: string, anchor: number, sentence: string) => Verdict} */
const lost = (verdict, anchor, sentence) => ({ verdict, sentence, anchor, detection: null });

/**
 * Tell what became of candidates of the right class, score and place; null where there were none.
 * @type {(one: Case, matched: Match) => Verdict | null}
 */
function lostAtTheEnd({ near, fates: { candidates }, id }, { iou }) {
  const rows = near.passed;
  if (!rows.length) return null;
  const scores = near.get("detections.candidate_score");
  const maskOf = (/** @type {number} */ row) => (candidates.detection[row] < 0 ? 0 : iou[candidates.detection[row]]);
  const fateOf = (/** @type {number} */ row) => candidates.fate[row];
  const row = firstOf(rows, fateOf, maskOf, (one) => scores[one]);
  const [anchor, box] = [near.anchorOf(row), `IoU ${fixed(near.refined[row], 2)}`];
  if (fateOf(row) === id("suppressed in its class")) {
    const by = near.anchorOf(candidates.by[row]);
    return lost("class NMS", anchor, suppressed(box, "in its class ", by, candidates.iou[row]));
  }
  if (fateOf(row) === id("beyond maximum")) {
    const count = near.get("detections.scores").length;
    return lost("over the maximum of detections", anchor, `its box (${box}) came after the ${count} best detections`);
  }
  // its mask is empty, or overlaps too little: otherwise its detection had found the object
  return lost("mask", anchor, `its box has ${box}, its mask ${fixed(maskOf(row), 2)}`);
}

/**
 * Tell what the box head made of proposals near the object; null where none was near it, before or after.
 * @type {(one: Case) => Verdict | null}
 */
function lostToScoreOrClass(one) {
  const { near: candidates, manifest } = one;
  const [placed, near] = [candidates.placed, candidates.near];
  const [scores, classes] = ["score", "class"].map((name) => candidates.get(`detections.candidate_${name}`));
  const proposals = candidates.get("detections.candidate_proposal");
  if (placed.length) return lostToScoreOrSize(one, placed[argmax(placed.map((row) => scores[row]))]);
  if (!near.length) return null;
  const before = (/** @type {number} */ row) => fixed(candidates.proposals[proposals[row]], 2);
  const right = near.filter((row) => classes[row] === candidates.object.class_id);
  if (right.length) {
    const row = right[argmax(right.map((place) => candidates.refined[place]))];
    const words = `its box was moved from IoU ${before(row)} to ${fixed(candidates.refined[row], 2)}`;
    return lost("localisation", candidates.anchorOf(row), words);
  }
  const { class_names } = manifest;
  const probs = candidates.get("box_head.class_probs");
  const prob = (/** @type {number} */ row, /** @type {number} */ name) =>
    probs[proposals[row] * class_names.length + name];
  const own = candidates.object.class_id;
  const row = near[argmax(near.map((place) => prob(place, own)))];
  const taken = classes[row];
  const said = (/** @type {number} */ name) => `${class_names[name]} with ${fixed(prob(row, name), 3)}`;
  const words = `its best proposal (IoU ${before(row)}) is ${said(own)}, but ${said(taken)}`;
  return lost(taken === 0 ? "background" : "wrong class", candidates.anchorOf(row), words);
}

/** @type {(one: Case, row: number) => Verdict} which test the best candidate of the right class and place did not pass */
function lostToScoreOrSize({ run, manifest: { ranking }, near, fates, id }, row) {
  const anchor = near.anchorOf(row);
  if (fates.candidates.fate[row] === id("too small")) {
    const words = `its box (IoU ${fixed(near.refined[row], 2)}) has a side that is not above`;
    return lost("size", anchor, `${words} ${general(ranking.detections_min_size)} px`);
  }
  const test = ranking.every ? "not above" : "below";
  const score = general(near.get("detections.candidate_score")[row], 4);
  const least = general(run.settings["detections.min_score"]);
  return lost("score", anchor, `its best score is ${score}, ${test} the minimum of ${least}`);
}

/**
 * Tell why no refined anchor of the top k near the object became a proposal; null where none was near.
 * @type {(one: Case) => Verdict | null}
 */
function lostAsProposal({ near, manifest: { ranking }, fates, id }) {
  const places = near.refinedPlaces;
  if (!places.length) return null;
  const anchors = near.get("proposals.top_k_index");
  const [fate, overlaps] = [fates.fate.values, near.clipped];
  const place = firstOf(
    places,
    (one) => fate[anchors[one]],
    (one) => overlaps[one],
  );
  const [anchor, box] = [anchors[place], `IoU ${fixed(overlaps[place], 2)}`];
  if (fate[anchor] === id("suppressed as proposal")) {
    const words = suppressed(box, "", fates.by.values[anchor], fates.iou.values[anchor]);
    return lost("proposal NMS", anchor, words);
  }
  if (fate[anchor] === id("too small as proposal")) {
    const least = general(ranking.proposals_min_size);
    return lost("proposal size", anchor, `its best box (${box}) has a side that is not above ${least} px`);
  }
  const count = near.get("proposals.scores").length;
  return lost("proposal count", anchor, `its best box (${box}) came after the ${count} proposals kept`);
}

/** @type {(one: Case) => Verdict} why nothing near the object is among the top k */
function lostAsAnchor(one) {
  const { near, fates, manifest } = one;
  const below = near.belowTopK;
  if (below.length) {
    const ranks = fates.rank.values;
    const anchor = below.reduce((best, other) => (ranks[other] < ranks[best] ? other : best));
    const score = near.get("rpn.scores")[anchor];
    const words = `its best anchor (refined IoU ${fixed(near.allRefined[anchor], 2)}) has objectness`;
    const sentence = `${words} ${fixed(score, 3)}, ${belowTopK(one, anchor)}`;
    return lost(score >= manifest.verdicts.object ? "top k" : "objectness", anchor, sentence);
  }
  const anchor = argmax(near.anchors);
  const box = `IoU ${fixed(near.anchors[anchor], 2)}`;
  if (near.anchors[anchor] >= near.threshold) {
    const after = fixed(near.allRefined[anchor], 2);
    return lost("proposal localisation", anchor, `its anchor (${box}) was moved away to IoU ${after}`);
  }
  const words = `no anchor overlaps it by ${general(near.threshold)}; the best has ${box}`;
  return lost("no anchor", anchor, words);
}

/** @type {(one: Case, anchor: number) => string} */
function belowTopK({ run, manifest: { ranking }, near, fates }, anchor) {
  const rank = fates.rank.values[anchor] + 1;
  if (!ranking.by_level) return `rank ${rank}, below the top ${near.get("proposals.top_k_index").length}`;
  const levels = near.get("anchors.level");
  const count = levels.filter((level) => level === levels[anchor]).length;
  return `rank ${rank} of ${count} on P${levels[anchor]}, below the top ${run.settings["proposals.top_k"]} there`;
}

/** @type {(box: string, where: string, by: number, shared: number) => string} */
const suppressed = (box, where, by, shared) =>
  `its best box (${box}) was suppressed ${where}by the box of anchor ${by} at IoU ${fixed(shared, 2)}`;

/**
 * Give the row that is highest by the first of `keys`, of equal ones by the next, at last the first; NaN comes last.
 * @type {(rows: number[], ...keys: ((row: number) => number)[]) => number}
 */
function firstOf(rows, ...keys) {
  const height = (/** @type {number} */ value) => (Number.isNaN(value) ? -Infinity : value);
  return rows.reduce((best, row) => {
    for (const key of keys) {
      const [mine, other] = [height(key(row)), height(key(best))];
      if (mine !== other) return mine > other ? row : best;
    }
    return best;
  });
}

import { known } from "./chain.js";
import { fixed, general } from "./decimals.js";
import { fatesOf } from "./fates.js";
import { match } from "./matching.js";
import { argmax, Candidates } from "./near.js";
