// Rows that ran before: the heads look at each box by itself, so that after a change only boxes that are new to this
// image run; what is known of the others was computed by the same graph from the same box.

/** @import { PartEntry, Run, Tensor } from "./types.d.ts" */

/** What makes a row of a part the same in another run: the anchor it came from, and its class where that counts. */
const KEYS = /** @type {Record<string, (run: Run) => { boxes: string, keys: string[] }>} */ ({
  heads: (run) => ({
    boxes: "proposals.boxes",
    keys: Array.from(known(run.tensors, "proposals.anchor_index").values, String),
  }),
  masks(run) {
    const anchors = known(run.tensors, "proposals.anchor_index").values;
    const classes = known(run.tensors, "detections.class_ids").values;
    const proposals = known(run.tensors, "detections.proposal_index").values;
    return { boxes: "detections.boxes", keys: Array.from(proposals, (row, i) => `${anchors[row]} ${classes[i]}`) };
  },
});

/**
 * Run a part, only the rows that none of the `former` runs of this image has; those are taken from there.
 * @type {(part: PartEntry, given: Record<string, Tensor>, run: Run, former: Run[], runPart: import("./chain.js").RunPart) => Promise<Record<string, Tensor>>}
 */
export async function runRows(part, given, run, former, runPart) {
  const rule = KEYS[part.name];
  if (!rule || !former.length) return runPart(part, given);
  const { boxes, keys } = rule(run);
  const places = placesIn(rule, former);
  const fresh = keys.flatMap((key, row) => (places.has(key) ? [] : [row]));
  if (fresh.length === keys.length) return runPart(part, given);
  const byRow = part.reads.filter(
    (name) => given[name].shape[0] === keys.length && name.startsWith(boxes.split(".")[0]),
  );
  const some = Object.fromEntries(byRow.map((name) => [name, rowsOf(given[name], fresh)]));
  const made = fresh.length ? await runPart(part, { ...given, ...some }) : {};
  const froms = keys.map((key) => places.get(key));
  return Object.fromEntries(part.makes.map((name) => [name, gathered(name, made[name], froms, former)]));
}

/** @type {(rule: (run: Run) => { keys: string[] }, former: Run[]) => Map<string, { tensors: Run["tensors"], row: number }>} */
function placesIn(rule, former) {
  const places = new Map();
  for (const { tensors, ...rest } of former) {
    for (const [row, key] of rule({ tensors, ...rest }).keys.entries()) places.set(key, { tensors, row });
  }
  return places;
}

/** @type {(name: string, made: Tensor | undefined, froms: ({ tensors: Run["tensors"], row: number } | undefined)[], former: Run[]) => Tensor} */
function gathered(name, made, froms, former) {
  const like = made ?? known(former[0].tensors, name);
  const size = like.shape.slice(1).reduce((a, b) => a * b, 1);
  const Type = /** @type {Float32ArrayConstructor} */ (like.values.constructor);
  const values = new Type(froms.length * size);
  let next = 0;
  for (const [row, from] of froms.entries()) {
    const source = from ? known(from.tensors, name) : /** @type {Tensor} */ (made);
    const at = from ? from.row : next++;
    values.set(source.values.subarray(at * size, (at + 1) * size), row * size);
  }
  return { values, shape: [froms.length, ...like.shape.slice(1)] };
}

import { rowsOf } from "../page_engine.js";
import { known } from "./chain.js";
