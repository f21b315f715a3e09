// Ground truth, where the run has it: what became of each object, what each detection is, and what training would ask.

/** @import { Context, Outcomes, StationView, Tensors, Wants, Why } from "./types.d.ts" */

const OUTCOMES = "reading.outcomes";

/** Where each loss is of: its station, and what it is called there. */
const LOSSES = [
  { name: "losses.rpn_objectness", station: "rpn", words: "objectness" },
  { name: "losses.rpn_delta", station: "rpn", words: "refinement of anchors" },
  { name: "losses.class", station: "head", words: "class" },
  { name: "losses.box_delta", station: "head", words: "refinement of boxes" },
  { name: "losses.mask", station: "mask", words: "mask" },
];

/** @type {(context: Pick<Context, "description">) => boolean} */
export const hasTruth = ({ description }) => description.readings.includes(OUTCOMES);

/**
 * Ask for what is known of the ground truth.
 * @type {(context: Context) => Wants}
 */
export function truthWants(context) {
  if (!hasTruth(context)) return {};
  /** @type {Wants} */
  const wants = {
    outcomes: { name: OUTCOMES },
    boxes: { name: "truth.boxes" },
    classes: { name: "truth.class_ids" },
  };
  for (const { name } of LOSSES) if (context.description.tensors[name]) wants[name] = { name };
  return wants;
}

/** @type {(tensors: Tensors) => Outcomes} */
export const outcomesOf = ({ outcomes }) =>
  JSON.parse(new TextDecoder().decode(/** @type {Uint8Array} */ (outcomes.values)));

/**
 * Give the losses of a station, or of all at the end, each with its share of their sum; none where a setting was moved.
 * @type {(station: string, tensors: Tensors) => { words: string, value: number, share: number }[]}
 */
export function lossesAt(station, tensors) {
  const known = LOSSES.filter(({ name }) => tensors[name]);
  const sum = known.reduce((all, { name }) => all + tensors[name].values[0], 0);
  return known
    .filter((one) => station === "result" || one.station === station)
    .map(({ name, words }) => ({
      words,
      value: tensors[name].values[0],
      share: sum ? tensors[name].values[0] / sum : 0,
    }));
}

/** @type {StationView} */
export const truthView = {
  id: "truth",
  name: "Against ground truth",
  offered: hasTruth,
  wants: (_, context) => truthWants(context),
  scene: (tensors, _, context) => {
    const { objects, detections: judged } = outcomesOf(tensors);
    const { core, description } = context;
    const missed = objects.flatMap((one, row) => (one.verdict === "found" || one.verdict === "crowd" ? [] : [row]));
    const found = objects.flatMap((one, row) => (one.verdict === "found" ? [row] : []));
    const boxesOf = (/** @type {number[]} */ rows) =>
      Float32Array.from(rows.flatMap((row) => boxAt(tensors.boxes, row)));
    const anchorsOf = (/** @type {number[]} */ rows) => Int32Array.from(rows, (row) => objects[row].anchor ?? -1);
    return {
      title: summary({ objects, detections: judged }),
      note: "Dotted is the ground truth, solid what is reported. An object is found where a detection of its class has a mask with IoU ≥ 0.5. Click a missed one: its best candidate is followed to where it was lost.",
      image: imageOf(core["reading.input"]),
      layers: [
        boxes({
          name: "found",
          of: "ground truth",
          boxes: boxesOf(found),
          index: Int32Array.from(found),
          labels: found.map((row) => objects[row].sentence),
          lineage: { anchors: anchorsOf(found) },
          dotted: dots(found.length),
        }),
        boxes({
          name: "missed",
          of: "ground truth",
          boxes: boxesOf(missed),
          index: Int32Array.from(missed),
          colours: new Int32Array(missed.length).fill(1),
          labels: missed.map((row) => `missed: ${objects[row].verdict}`),
          lineage: { anchors: anchorsOf(missed) },
          dotted: dots(missed.length),
          numbered: true,
        }),
        detections(context, undefined, "detections", {
          labels: judged.map((one, row) => {
            const name = description.class_names[core["detections.class_ids"].values[row]];
            return `${name} ${core["detections.scores"].values[row].toFixed(2)}, ${one.verdict}`;
          }),
          numbered: false,
        }),
      ],
      controls: ["layers", "list"],
    };
  },
};

const NEAR = 0.5; // IoU from which a drawn box means a ground-truth object

/**
 * Give what was recorded of the ground-truth object that a box (yxyx network-input px) was drawn around; null for none.
 * @type {(box: number[], tensors: Tensors, context: Context) => Why | null}
 */
export function recordedWhy(box, tensors, { description }) {
  if (!tensors.outcomes) return null;
  const { objects } = outcomesOf(tensors);
  const overlaps = objects.map((_, row) => iou(box, boxAt(tensors.boxes, row)));
  const best = overlaps.indexOf(Math.max(...overlaps));
  if (best < 0 || overlaps[best] < NEAR) return null;
  const { verdict, sentence, anchor = null, detection = null } = objects[best];
  const id = tensors.classes.values[best];
  return { steps: [], verdict, sentence, class: description.class_names[id] ?? "", anchor, detection, recorded: true };
}

/** @type {(a: number[], b: number[]) => number} */
function iou(a, b) {
  const side = (/** @type {number} */ axis) => Math.min(a[axis + 2], b[axis + 2]) - Math.max(a[axis], b[axis]);
  const shared = Math.max(0, side(0)) * Math.max(0, side(1));
  const area = (/** @type {number[]} */ one) => (one[2] - one[0]) * (one[3] - one[1]);
  return shared / (area(a) + area(b) - shared) || 0;
}

/** @type {(outcomes: Outcomes) => string} */
export function summary({ objects, detections: judged }) {
  const wanted = objects.filter((one) => one.verdict !== "crowd");
  const found = wanted.filter((one) => one.verdict === "found").length;
  const wrong = judged.filter((one) => !["correct", "crowd", "not judged"].includes(one.verdict)).length;
  const objectsWords = wanted.length ? `${found} of ${wanted.length} found` : "No object to find";
  return `${objectsWords}, ${wrong} detection${wrong === 1 ? "" : "s"} wrong`;
}

import { boxes, dots, imageOf } from "./layers.js";
import { boxAt, detections } from "./objects.js";
