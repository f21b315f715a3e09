// The boxes of each stage near one object that a person supposes: analysis/candidates/near_truth.py. Near: the box has at
// least that IoU with the object's.

/** @import { Manifest, Numbers, Run, Size, Tensor } from "./types.d.ts" */

/** A box that a person drew, taken for an object that fills it: its px of the image (yxyx), its box in network-input px. */
/** @typedef {{ filled: number[], box: Float32Array, class_id: number }} Supposed */

const f = Math.fround;
const REFINED = "all anchors, refined"; // beside the names of tensors

/**
 * Suppose an object of the likeliest class. Throws for anything but a box with an area: y1, x1, y2, x2 in image px.
 * @type {(run: Run, manifest: Manifest, drawn: number[]) => Supposed}
 */
export function supposed(run, manifest, drawn) {
  const [top, left, bottom, right] = drawn.map(f);
  if (drawn.length !== 4 || !drawn.every(Number.isFinite) || !(bottom > top && right > left)) {
    const words = "wanted a box y1,x1,y2,x2 in image px with y2 > y1 and x2 > x1";
    throw new Error(`${words}, received [${drawn.join(", ")}]`);
  }
  const box = moldedBox(run.picture.size, manifest, drawn);
  return { filled: filledBy(drawn, run.picture.size), box, class_id: likeliest(run, manifest, box) };
}

/** @type {(drawn: number[], size: Size) => number[]} whole px of the image, one at least */
function filledBy(drawn, size) {
  const [top, left, bottom, right] = drawn.map(even);
  const inside = (/** @type {number} */ one, /** @type {number} */ axis) => Math.min(Math.max(one, 0), size[axis]);
  const last = [Math.max(bottom, top + 1), Math.max(right, left + 1)];
  return [inside(top, 0), inside(left, 1), inside(last[0], 0), inside(last[1], 1)];
}

/** @type {(size: Size, manifest: Manifest, drawn: number[]) => Float32Array} network-input px */
function moldedBox(size, { molding }, drawn) {
  const { content, offset } = layoutOf(size, molding);
  return Float32Array.from(drawn, (value, i) => f(value) * (content[i % 2] / size[i % 2]) + offset[i % 2]);
}

/** @type {(run: Run, manifest: Manifest, box: Float32Array) => number} the likeliest class but background near it, or 1 */
function likeliest({ tensors }, { corner, class_names, verdicts }, box) {
  const [boxes, probs] = [known(tensors, "proposals.boxes").values, known(tensors, "box_head.class_probs").values];
  const count = class_names.length;
  const highest = new Float32Array(count - 1).fill(-1);
  for (let row = 0; row < boxes.length / 4; row++) {
    if (overlap(boxes, row, box, 0, corner) < verdicts.near) continue;
    for (let id = 1; id < count; id++) highest[id - 1] = Math.max(highest[id - 1], probs[row * count + id]);
  }
  return 1 + argmax(highest);
}

/** The candidates near a supposed object; overlaps are computed where they are asked for. */
export class Candidates {
  /** @type {Map<string, Float32Array>} */
  #overlaps = new Map();

  /** @type {Manifest} */
  #manifest;

  /** @type {Run["tensors"]} */
  #tensors;

  /**
   * @param {Run} run
   * @param {Manifest} manifest
   * @param {Supposed} object
   */
  constructor(run, manifest, object) {
    this.run = run;
    this.object = object;
    this.threshold = manifest.verdicts.near;
    this.#manifest = manifest;
    this.#tensors = run.tensors;
  }

  /** @type {(name: string) => Numbers} */
  get(name) {
    return known(this.#tensors, name).values;
  }

  /** The anchor of a candidate. */
  anchorOf(/** @type {number} */ row) {
    return this.get("proposals.anchor_index")[this.get("detections.candidate_proposal")[row]];
  }

  /** IoU of the anchors as they are. */
  get anchors() {
    return this.#overlap("anchors.boxes");
  }

  /** IoU that each anchor has once refined, those below the top k included. */
  get allRefined() {
    return this.#overlap(REFINED);
  }

  /** IoU of the refined anchors of the top k. */
  get clipped() {
    return this.#overlap("proposals.clipped");
  }

  /** IoU of the proposals. */
  get proposals() {
    return this.#overlap("proposals.boxes");
  }

  /** IoU of the boxes refined for their class. */
  get refined() {
    return this.#overlap("detections.clipped");
  }

  /** The anchors below the top k that would lie near the object once refined. */
  get belowTopK() {
    const top = new Set(this.get("proposals.top_k_index"));
    return this.#near(this.allRefined).filter((anchor) => !top.has(anchor));
  }

  /** The rows of the top k near the object. */
  get refinedPlaces() {
    return this.#near(this.clipped);
  }

  /**
   * The candidates near the object, before or after their own class refined them. Where each class is a candidate of its
   * own, those of the object's class: it has one of every proposal.
   */
  get near() {
    const [before, after, proposals] = [this.proposals, this.refined, this.get("detections.candidate_proposal")];
    const either = after.map((iou, row) => Math.max(before[proposals[row]], iou));
    return this.#near(either).filter((row) => !this.#manifest.ranking.every || this.#isRight(row));
  }

  /** The candidates of the object's class whose refined box is near it. */
  get placed() {
    return this.#near(this.refined).filter((row) => this.#isRight(row));
  }

  /** Those of them whose score is high enough. */
  get passed() {
    const enough = new Set(passing(this.run, this.#manifest));
    return this.placed.filter((row) => enough.has(row));
  }

  #isRight(/** @type {number} */ row) {
    return this.get("detections.candidate_class")[row] === this.object.class_id;
  }

  /** @type {(overlaps: Float32Array) => number[]} */
  #near(overlaps) {
    return Array.from(overlaps.keys()).filter((row) => overlaps[row] >= this.threshold);
  }

  /** @type {(name: string) => Float32Array} */
  #overlap(name) {
    const kept = this.#overlaps.get(name);
    if (kept) return kept;
    const boxes = name === REFINED ? refinedAnchors(this.run, this.#manifest) : this.get(name);
    const { corner } = this.#manifest;
    const made = Float32Array.from({ length: boxes.length / 4 }, (_, row) =>
      overlap(boxes, row, this.object.box, 0, corner),
    );
    this.#overlaps.set(name, made);
    return made;
  }
}

/** @type {WeakMap<Tensor, Float32Array>} by the RPN's deltas: no setting changes them */
const refinedBy = new WeakMap();

/**
 * Give all anchors (A, yxyx), moved by their deltas: what those below the top k would have become.
 * @type {(run: Run, manifest: Manifest) => Float32Array}
 */
export function refinedAnchors({ tensors }, manifest) {
  const deltas = known(tensors, "rpn.deltas");
  const kept = refinedBy.get(deltas);
  if (kept) return kept;
  const anchors = known(tensors, "anchors.boxes").values;
  const limits = limitsOf(tensors, manifest);
  const made = new Float32Array(anchors.length);
  for (let at = 0; at < anchors.length; at += 4) refine(anchors, deltas.values, at, made, limits, manifest);
  refinedBy.set(deltas, made);
  return made;
}

/** @type {(tensors: Run["tensors"], manifest: Manifest) => ArrayLike<number>} what proposals are cut at, yxyx */
function limitsOf(tensors, { refining }) {
  if (refining.clip_to_window) return known(tensors, "molding.window").values;
  const [height, width] = known(tensors, "molding.image").shape;
  return [0, 0, height, width];
}

/**
 * Move the anchor at `at` by its deltas, in the steps of `refine` in stages/ranking.py, and cut it: float32, as NumPy
 * counts.
 * @type {(anchors: Numbers, deltas: Numbers, at: number, made: Float32Array, limits: ArrayLike<number>, manifest: Manifest) => void}
 */
function refine(anchors, deltas, at, made, limits, { corner, rules, refining }) {
  for (const axis of [0, 1]) {
    const start = anchors[at + axis];
    const side = f(f(anchors[at + axis + 2] - start) - corner);
    const shift = f(deltas[at + axis] * f(rules.rpn_std[axis]));
    let scale = f(deltas[at + axis + 2] * f(rules.rpn_std[axis + 2]));
    if (refining.most !== null) scale = Math.min(scale, refining.most);
    if (refining.least !== null) scale = Math.max(scale, refining.least);
    const centre = f(f(start + f(0.5 * side)) + f(shift * side));
    const length = f(side * f(Math.exp(scale)));
    const first = f(centre - f(0.5 * length));
    const last = f(f(first + length) + corner);
    made[at + axis] = Math.max(Math.min(first, f(limits[axis + 2] - corner)), limits[axis]);
    made[at + axis + 2] = Math.max(Math.min(last, limits[axis + 2]), f(limits[axis] + corner));
  }
}

/** @type {(values: ArrayLike<number>) => number} where the highest stands first; what is no number is above all, as in NumPy */
export function argmax(values) {
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) return i;
    if (values[i] > values[best]) best = i;
  }
  return best;
}

import { known } from "./chain.js";
import { passing } from "./fates.js";
import { even, layoutOf } from "./layout.js";
import { overlap } from "./suppression.js";
