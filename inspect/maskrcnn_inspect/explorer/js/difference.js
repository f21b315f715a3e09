// What a change of settings did: which detections came and which went, told apart by the anchor and class they came from.

/** @import { Chain, Found, Tensors } from "./types.d.ts" */

/** @type {(core: Tensors) => Found[]} */
export function foundIn(core) {
  const { values: boxes } = core["detections.boxes"];
  return Array.from(core["detections.proposal_index"].values, (proposal, row) => {
    const class_id = core["detections.class_ids"].values[row];
    const anchor = core["proposals.anchor_index"].values[proposal];
    const box = Array.from(boxes.subarray(4 * row, 4 * row + 4));
    return { key: `${anchor} ${class_id}`, row, class_id, score: core["detections.scores"].values[row], box };
  });
}

/**
 * Compare two runs.
 * @type {(before: Found[], now: Found[]) => { came: Found[], went: Found[] }}
 */
export function difference(before, now) {
  const [old, fresh] = [new Set(before.map((one) => one.key)), new Set(now.map((one) => one.key))];
  return { came: now.filter((one) => !old.has(one.key)), went: before.filter((one) => !fresh.has(one.key)) };
}

/**
 * Follow a selection, by the rows of its anchor, in a run.
 * @type {(anchor: number, core: Tensors) => Chain}
 */
export function chainOf(anchor, core) {
  const proposal = anchor < 0 ? -1 : core["proposals.anchor_index"].values.indexOf(anchor);
  const detection = proposal < 0 ? -1 : core["detections.proposal_index"].values.indexOf(proposal);
  const candidates = core["detections.candidate_proposal"].values;
  const candidate =
    detection >= 0
      ? core["detections.candidate_index"].values[detection]
      : proposal < 0
        ? -1
        : bestOf(candidates, proposal, core["detections.candidate_score"].values);
  const place = anchor < 0 ? -1 : core["proposals.top_k_index"].values.indexOf(anchor);
  return { anchor, place, proposal, candidate, detection };
}

/** @type {(of: ArrayLike<number>, proposal: number, scores: ArrayLike<number>) => number} */
function bestOf(of, proposal, scores) {
  let best = -1;
  for (let i = 0; i < of.length; i++) if (of[i] === proposal && (best < 0 || scores[i] > scores[best])) best = i;
  return best;
}

/**
 * Give the anchor that a selection means, by its furthest row; -1 for none, or for a row that is not there.
 * @type {(selected: Record<string, number>, core: Tensors) => number}
 */
export function anchorOf(selected, core) {
  const anchors = core["proposals.anchor_index"].values;
  if ("detections" in selected) return anchors[core["detections.proposal_index"].values[selected.detections]] ?? -1;
  if ("proposals" in selected) return anchors[selected.proposals] ?? -1;
  return selected.anchors ?? -1;
}

/**
 * Give the rows of a chain as the canvas has a selection.
 * @type {(chain: Chain) => Record<string, number>}
 */
export function rowsOfChain({ anchor, proposal, detection }) {
  const rows = { anchors: anchor, proposals: proposal, detections: detection };
  return Object.fromEntries(Object.entries(rows).filter(([, row]) => row >= 0));
}
