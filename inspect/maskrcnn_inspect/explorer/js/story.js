// The story of one object, from its anchor to its mask: which numbers it needs, and the links that are made of them.

/** @import { Chain, Context, Description, Link, Tensors, Wants } from "./types.d.ts" */

/**
 * Ask for the rows of one chain, as far as it goes, and for its fate where analysis knows it.
 * @type {(chain: Chain, description: Description) => Wants}
 */
export function storyWants({ anchor, place, proposal, candidate, detection }, { readings }) {
  /** @type {Wants} */
  const wants = {};
  const ask = (/** @type {string[]} */ names, /** @type {number} */ row) => {
    if (row >= 0) for (const name of names) wants[name] = { name, rows: [row] };
  };
  const fate = ["fate", "by", "iou", "rank"]
    .map((part) => `reading.fate.${part}`)
    .filter((one) => readings.includes(one));
  ask(["anchors.boxes", "rpn.logits", "rpn.scores", "rpn.deltas", ...fate], anchor);
  ask(["proposals.decoded", "proposals.clipped"], place);
  ask(["box_head.class_logits", "box_head.class_probs", "box_head.deltas"], proposal);
  ask(["detections.decoded", "detections.clipped"], candidate);
  ask(["mask_head.probs", "pasting.masks"], detection);
  return wants;
}

/** Where a fate ends a chain, by the words of analysis/candidates/fates.py. */
const ENDS = {
  "below top k": "scores",
  "suppressed as proposal": "proposal",
  "beyond proposal count": "proposal",
  background: "class",
  "below minimum score": "class",
  "suppressed in its class": "detection",
  "beyond maximum": "detection",
  "empty mask": "mask",
};

/**
 * Tell the story as links, in the order of the network; the last says where it ended, or that it is reported.
 * @type {(tensors: Tensors, context: Context) => Link[]}
 */
export function storyOf(tensors, context) {
  const { chain, description } = context;
  if (chain.anchor < 0 || !tensors["anchors.boxes"]) return [];
  const known = tensors["reading.fate.fate"];
  const fate = known ? description.fates[known.values[0]] : endOf(context);
  const ended = ENDS[/** @type {keyof typeof ENDS} */ (fate)];
  const links = [anchorLink(tensors, context), scoreLink(tensors, context, fate)];
  if (chain.place >= 0) links.push(proposalLink(tensors, context, fate));
  if (chain.proposal >= 0) links.push(poolLink(context), classLink(tensors, context, fate));
  if (chain.candidate >= 0 && (chain.detection >= 0 || ended === "detection")) {
    links.push(detectionLink(tensors, context, fate));
  }
  if (chain.detection >= 0) links.push(maskLink(tensors, context, fate));
  return links;
}

/**
 * Say how far a chain came, where no analysis has followed it.
 * @type {(context: Context) => string}
 */
function endOf(context) {
  const { chain, core } = context;
  if (chain.detection >= 0) return "reported";
  if (chain.proposal < 0) return chain.place < 0 ? "below top k" : "suppressed as proposal";
  if (chain.candidate < 0 || core["detections.candidate_class"].values[chain.candidate] === 0) return "background";
  const score = core["detections.candidate_score"].values[chain.candidate];
  return score < Math.fround(setting(context, "detections.min_score"))
    ? "below minimum score"
    : "suppressed in its class";
}

/**
 * Say by which box NMS took one away, as far as that is known.
 * @type {(tensors: Tensors, threshold: number) => string}
 */
function takenAway(tensors, threshold) {
  const [by, overlap] = [tensors["reading.fate.by"]?.values[0], tensors["reading.fate.iou"]?.values[0]];
  if (by === undefined) return `NMS: a better box overlaps it by more than ${threshold}: taken away`;
  return `NMS: IoU ${written(overlap)} > ${threshold} with the box of anchor ${counted(by)}, which scores higher: taken away`;
}

/** @type {(tensors: Tensors, name: string) => number[]} */
const row = (tensors, name) => Array.from(tensors[name].values);

/** @type {(context: Context, name: string) => number} */
const setting = ({ description }, name) => description.settings.find((one) => one.name === name)?.value ?? NaN;

/** @type {(tensors: Tensors, context: Context) => Link} */
function anchorLink(tensors, { chain, description }) {
  const stand = standOf(chain.anchor, description.levels);
  const box = row(tensors, "anchors.boxes");
  const [h, w] = sidesOf(box, description.rules.corner);
  return {
    key: "anchor",
    station: "rpn",
    view: "anchors",
    title: `Anchor ${counted(chain.anchor)}`,
    summary: `P${stand.level.level}, ${written(h, 0)} × ${written(w, 0)} px`,
    lines: [
      `level P${stand.level.level}, cell (${stand.row}, ${stand.column}), width / height ${description.rules.ratios[stand.ratio]}`,
      `box ${corners(box)}`,
    ],
    lost: false,
    selected: { anchors: chain.anchor },
  };
}

/** @type {(tensors: Tensors, context: Context, fate: string) => Link} */
function scoreLink(tensors, context, fate) {
  const score = tensors["rpn.scores"].values[0];
  const rank = tensors["reading.fate.rank"]?.values[0];
  const place = rank === undefined ? "" : `rank ${counted(rank + 1)}: `;
  const k = context.core["proposals.top_k_index"].values.length;
  const lost = fate === "below top k";
  return {
    key: "scores",
    station: "rpn",
    view: "scores",
    title: "Objectness",
    summary: probability(score),
    lines: [
      objectness(row(tensors, "rpn.logits"), score),
      `${place}${lost ? "not among" : "among"} the best ${counted(k)}`,
    ],
    lost,
    selected: null,
  };
}

/** @type {(tensors: Tensors, context: Context, fate: string) => Link} */
function proposalLink(tensors, context, fate) {
  const { rules } = context.description;
  const { proposal } = context.chain;
  const decoded = row(tensors, "proposals.decoded");
  const moved = rules.limited
    ? [`moved by its deltas, limited in size, to ${corners(decoded)}`]
    : refinement(row(tensors, "anchors.boxes"), row(tensors, "rpn.deltas"), rules.rpn_std, rules.corner, decoded);
  return {
    key: "proposal",
    station: proposal < 0 ? "proposals" : "rpn",
    view: proposal < 0 ? "nms" : "refinement",
    title: proposal < 0 ? "No proposal" : `Proposal ${proposal}`,
    summary: proposal < 0 ? fate.replace(" as proposal", "") : `rank ${proposal + 1} after NMS`,
    lines: [...moved, `clipped: ${corners(row(tensors, "proposals.clipped"))}`, nmsLine(tensors, context, fate)],
    lost: proposal < 0,
    selected: proposal < 0 ? null : { proposals: proposal },
  };
}

/** @type {(tensors: Tensors, context: Context, fate: string) => string} */
function nmsLine(tensors, context, fate) {
  const threshold = setting(context, "proposals.nms_threshold");
  if (fate === "suppressed as proposal") return takenAway(tensors, threshold);
  if (fate === "beyond proposal count") {
    return `it comes after the ${counted(context.core["proposals.boxes"].shape[0])} proposals that are kept`;
  }
  return `NMS: no better box overlaps it by more than ${threshold}: kept`;
}

/** @type {(context: Context) => Link} */
function poolLink({ core, chain, description }) {
  const level = core["box_roi.level"].values[chain.proposal];
  return {
    key: "pool",
    station: "roi",
    view: "points",
    title: "ROIAlign",
    summary: `from P${level}`,
    lines: levelLines(boxAt(core["proposals.boxes"], chain.proposal), level, description),
    lost: false,
    selected: null,
  };
}

/** @type {(tensors: Tensors, context: Context, fate: string) => Link} */
function classLink(tensors, context, fate) {
  const { core, chain, description } = context;
  const logits = row(tensors, "box_head.class_logits");
  const probs = row(tensors, "box_head.class_probs");
  const id = chain.candidate < 0 ? 0 : core["detections.candidate_class"].values[chain.candidate];
  const p = probs[id];
  const least = setting(context, "detections.min_score");
  const lost = fate === "background" || fate === "below minimum score";
  const others = probs
    .map((_, i) => i)
    .filter((i) => i !== id)
    .sort((a, b) => probs[b] - probs[a]);
  const sum = logits.reduce((all, one) => all + Math.exp(one), 0);
  return {
    key: "class",
    station: "head",
    view: "classes",
    title: description.class_names[id],
    summary: probability(p),
    lines: [
      `P(${description.class_names[id]}) = exp(${written(logits[id])}) / ${written(sum)} = ${probability(p)}`,
      `next: ${others
        .slice(0, 2)
        .map((i) => `${description.class_names[i]} ${probability(probs[i])}`)
        .join(", ")}`,
      id === 0
        ? "taken for background: it ends here"
        : `${probability(p)} ${p >= Math.fround(least) ? "≥" : "<"} ${least}, the minimum score${lost ? ": it ends here" : ""}`,
    ],
    lost,
    selected: null,
  };
}

/** @type {(tensors: Tensors, context: Context, fate: string) => Link} */
function detectionLink(tensors, context, fate) {
  const { core, chain, description } = context;
  const { rules } = description;
  const id = core["detections.candidate_class"].values[chain.candidate];
  const width = tensors["box_head.deltas"].shape[2];
  const deltas = row(tensors, "box_head.deltas").slice(width * id, width * (id + 1));
  const decoded = row(tensors, "detections.decoded");
  const box = boxAt(core["proposals.boxes"], chain.proposal);
  const threshold = setting(context, "detections.nms_threshold");
  const lost = chain.detection < 0;
  return {
    key: "detection",
    station: "detections",
    view: lost ? "nms" : "found",
    title: lost ? "No detection" : `Detection ${chain.detection}`,
    summary: lost
      ? fate.replace(" in its class", "")
      : `${description.class_names[id]} ${written(core["detections.scores"].values[chain.detection])}`,
    lines: [
      ...(rules.head_limited
        ? [`moved by its deltas, limited in size, to ${corners(decoded)}`]
        : refinement(box, deltas, rules.head_std, rules.corner, decoded)),
      lost
        ? fate === "beyond maximum"
          ? "it comes after the most detections that are kept"
          : takenAway(tensors, threshold)
        : `NMS: no better ${description.class_names[id]} overlaps it by more than ${threshold}`,
    ],
    lost,
    selected: lost ? null : { detections: chain.detection },
  };
}

/** @type {(tensors: Tensors, context: Context, fate: string) => Link} */
function maskLink(tensors, context, fate) {
  const threshold = setting(context, "pasting.threshold");
  const probs = tensors["mask_head.probs"];
  const inside = probs.values.filter((p) => p >= threshold).length;
  const pixels = sumOf(tensors["pasting.masks"].values);
  return {
    key: "mask",
    station: "mask",
    view: "probabilities",
    title: "Mask",
    summary: `${counted(pixels)} px`,
    lines: [
      `${counted(inside)} of ${probs.shape[1]} × ${probs.shape[2]} cells ≥ ${threshold}`,
      `pasted into (${boxAt(context.core["pasting.boxes"], context.chain.detection)
        .map((one) => written(one, 0))
        .join(", ")}) of the image: ${counted(pixels)} px`,
    ],
    lost: fate === "empty mask",
    selected: null,
  };
}

/**
 * Say in a few words who it is.
 * @type {(context: Context) => string}
 */
export function headingOf(context) {
  const { chain, core, description } = context;
  if (chain.detection < 0)
    return chain.proposal >= 0 ? `Proposal ${chain.proposal}` : `Anchor ${counted(chain.anchor)}`;
  const id = core["detections.class_ids"].values[chain.detection];
  return `${chain.detection} · ${description.class_names[id]}`;
}

import {
  corners,
  counted,
  levelLines,
  objectness,
  probability,
  refinement,
  sidesOf,
  standOf,
  sumOf,
  written,
} from "./formulas.js";
import { boxAt } from "./objects.js";
