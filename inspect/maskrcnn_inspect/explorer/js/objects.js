// The objects that many scenes show: detections, proposals, the one that is selected. Pure.

/** @import { BoxesState, Yxyx } from "../../canvas/js/types.d.ts" */
/** @import { Chain, Context, Level, Tensor, Wants } from "./types.d.ts" */

/** @type {Wants} the small tensors that are always at hand */
export const CORE = Object.fromEntries(
  [
    "image.original",
    "reading.input",
    "proposals.top_k_index",
    "proposals.nms_index",
    "proposals.boxes",
    "proposals.scores",
    "proposals.anchor_index",
    "box_roi.level",
    "detections.candidate_proposal",
    "detections.candidate_class",
    "detections.candidate_score",
    "detections.candidate_index",
    "detections.proposal_index",
    "detections.boxes",
    "detections.class_ids",
    "detections.scores",
    "pasting.boxes",
    "reading.table.cividis",
    "reading.table.diverging",
  ].map((name) => [name, { name }]),
);

/** @type {(tensor: Tensor, row: number) => number[]} */
export const boxAt = ({ values }, row) => Array.from(values.subarray(4 * row, 4 * row + 4));

/**
 * Look up an index in another, -1 staying -1.
 * @type {(index: ArrayLike<number>, rows: ArrayLike<number>) => Int32Array}
 */
export const through = (index, rows) => Int32Array.from(rows, (row) => (row < 0 ? -1 : index[row]));

/**
 * Give the detection of each proposal, or -1.
 * @type {(context: Context) => Int32Array}
 */
export function detectionOfProposal({ core }) {
  const of = new Int32Array(core["proposals.anchor_index"].values.length).fill(-1);
  core["detections.proposal_index"].values.forEach((proposal, row) => {
    of[proposal] = row;
  });
  return of;
}

/** @type {(context: Context, boxes?: Tensor, name?: string, more?: Partial<Omit<BoxesState, "boxes">>) => BoxesState} */
export function detections({ core, description }, where = core["detections.boxes"], name = "detections", more = {}) {
  const proposals = Int32Array.from(core["detections.proposal_index"].values);
  const count = proposals.length;
  return boxes({
    name,
    of: "detections",
    boxes: Float32Array.from(where.values),
    colours: Int32Array.from({ length: count }, (_, i) => i),
    scores: core["detections.scores"].values,
    class_ids: core["detections.class_ids"].values,
    class_names: description.class_names,
    lineage: { proposals, anchors: through(core["proposals.anchor_index"].values, proposals) },
    numbered: true,
    ...more,
  });
}

/** @type {(context: Context, name?: string, more?: Partial<Omit<BoxesState, "boxes">>) => BoxesState} */
export function proposals(context, name = "proposals", more = {}) {
  const { core } = context;
  const of = detectionOfProposal(context);
  return boxes({
    name,
    of: "proposals",
    boxes: Float32Array.from(core["proposals.boxes"].values),
    colours: of,
    scores: core["proposals.scores"].values,
    lineage: { anchors: Int32Array.from(core["proposals.anchor_index"].values), detections: of },
    ...more,
  });
}

/**
 * Give the box of what is selected, at its furthest station; nothing where nothing is, or only an anchor.
 * @type {(context: Context) => BoxesState[]}
 */
export function selectedBox({ core, chain }) {
  const { detection, proposal, anchor } = chain;
  if (proposal < 0) return [];
  const [of, row] = detection >= 0 ? ["detections", detection] : ["proposals", proposal];
  return [
    boxes({
      name: "selected",
      of,
      boxes: Float32Array.from(boxAt(core[`${of}.boxes`], row)),
      index: Int32Array.of(row),
      colours: Int32Array.of(detection),
      lineage: { anchors: Int32Array.of(anchor), proposals: Int32Array.of(proposal) },
    }),
  ];
}

/**
 * Give the network-input px that a map of a level covers.
 * @type {(level: number, shape: number[]) => Yxyx}
 */
export const extentOf = (level, [rows, columns]) => [0, 0, rows * 2 ** level, columns * 2 ** level];

/**
 * Give what the boxes around a region show, with a margin that is a share of it.
 * @type {(box: ArrayLike<number>, share?: number) => number[]}
 */
export function around(box, share = 0.6) {
  const margin = share * Math.max(box[2] - box[0], box[3] - box[1], 8);
  return [box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin];
}

/**
 * Ask by which anchor each box was taken away, where analysis knows it.
 * @type {(context: Context) => Wants}
 */
export function suppressors({ description }) {
  /** @type {Wants} */
  const wants = {};
  if (description.readings.includes("reading.fate.by")) wants.by = { name: "reading.fate.by" };
  return wants;
}

/** @type {(description: Context["description"], level: number) => Level} */
export const levelOf = ({ levels }, level) => levels.find((one) => one.level === level) ?? levels[0];

/** @type {(context: Context) => string} */
export function nameOfChain({ core, chain, description }) {
  if (chain.detection >= 0) {
    const id = core["detections.class_ids"].values[chain.detection];
    return `detection ${chain.detection}, ${description.class_names[id]}`;
  }
  return chain.proposal >= 0 ? `proposal ${chain.proposal}` : `anchor ${chain.anchor}`;
}

/** @type {Chain} */
export const NOBODY = { anchor: -1, place: -1, proposal: -1, candidate: -1, detection: -1 };

import { boxes } from "./layers.js";
