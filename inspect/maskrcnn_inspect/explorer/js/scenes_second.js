// The scenes of the second stage: pooling, classes, detections, masks, the result.

/** @import { Bar, Context, Place, Scene, StationView, Tensor, Tensors, Wants } from "./types.d.ts" */

const MOST_BARS = 8;
/** @type {Wants} */
const NOTHING = {};

/** @type {(context: Context, what: string) => Scene} */
const nothing = (context, what) => ({
  title: `${what}: nothing is selected`,
  note: "Click a box: what this station does is shown for that one.",
  image: imageOf(context.core["reading.input"]),
  layers: [proposals(context), detections(context)],
  controls: ["layers", "list"],
});

/** @type {StationView} */
const sampling = {
  id: "points",
  name: "Where it reads",
  wants: (_, context) => {
    const { proposal } = context.chain;
    if (proposal < 0) return NOTHING;
    return {
      rows: { name: "reading.rows.box_roi", rows: [proposal] },
      columns: { name: "reading.columns.box_roi", rows: [proposal] },
      map: { name: `reading.energy.fpn.p${levelOfProposal(context)}` },
    };
  },
  scene: (tensors, _, context) => (tensors.map ? samplingScene(tensors, context) : nothing(context, "ROIAlign")),
};

/** @type {(context: Context) => number} */
const levelOfProposal = ({ core, chain }) => core["box_roi.level"].values[chain.proposal];

/** @type {(tensors: Tensors, context: Context) => Scene} */
function samplingScene({ rows, columns, map }, context) {
  const { core, chain } = context;
  const level = levelOfProposal(context);
  const box = boxAt(core["proposals.boxes"], chain.proposal);
  const [down, across] = [rows, columns].map(({ values }) => Array.from(values).filter((one) => !Number.isNaN(one)));
  const extent = extentOf(level, map.shape);
  return {
    title: `Proposal ${chain.proposal}: ${down.length} × ${across.length} points on P${level}`,
    note: "ROIAlign reads the map between its cells, without rounding the box to them. Are the cells of this level fine enough for the object?",
    image: imageOf(core["reading.input"]),
    layers: [
      heat(`P${level}, energy`, map, extent, core["reading.table.cividis"]),
      grid(`cells of P${level}`, map.shape[0], map.shape[1], extent),
      one("proposal", "proposals", chain.proposal, box, context),
      points(
        "points",
        down.flatMap((y) => across.flatMap((x) => [y, x])),
        1,
      ),
    ],
    controls: ["opacity", "layers"],
    region: around(box),
  };
}

/** @type {StationView} */
const pooled = {
  id: "pooled",
  name: "What it makes",
  wants: (_, { chain }) => {
    /** @type {Wants} */
    const wants = {};
    if (chain.proposal >= 0) wants.pooled = { name: "reading.energy.box_roi.pooled", rows: [chain.proposal] };
    if (chain.detection >= 0) wants.larger = { name: "reading.energy.mask_roi.pooled", rows: [chain.detection] };
    return wants;
  },
  scene: ({ pooled: small, larger }, _, context) => {
    if (!small) return nothing(context, "ROIAlign");
    const size = small.shape[1];
    const flat = { values: small.values, shape: small.shape.slice(1) };
    const layers = [heat("for the box head", flat, [0, 0, size, size], context.core["reading.table.cividis"])];
    let width = size;
    if (larger) {
      const side = { values: larger.values, shape: larger.shape.slice(1) };
      layers.push(
        heat("for the mask head", side, [0, size + 1, size, 2 * size + 1], context.core["reading.table.cividis"]),
      );
      width = 2 * size + 1;
    }
    return {
      title: `${capital(nameOfChain(context))}: ${size} × ${size} bins${larger ? `, and ${larger.shape[1]} × ${larger.shape[2]} for its mask` : ""}`,
      note: "Whatever the size of the box, this is what the heads get: as many bins, each with all channels. Shown is their root mean square.",
      image: blank(size, width),
      layers,
      controls: ["layers"],
      frame: "none",
    };
  },
};

/** @type {(name: string, of: string, row: number, box: ArrayLike<number>, context: Context) => ReturnType<typeof boxes>} */
function one(name, of, row, box, { chain }) {
  return boxes({
    name,
    of,
    boxes: Float32Array.from(box),
    index: Int32Array.of(row),
    colours: Int32Array.of(chain.detection),
    lineage: { anchors: Int32Array.of(chain.anchor), detections: Int32Array.of(chain.detection) },
  });
}

/** @type {StationView} */
const classes = {
  id: "classes",
  name: "Class and box",
  wants: (_, { chain }) => {
    if (chain.proposal < 0) return {};
    /** @type {Wants} */
    const wants = { probs: { name: "box_head.class_probs", rows: [chain.proposal] } };
    if (chain.candidate >= 0) {
      wants.decoded = { name: "detections.decoded", rows: [chain.candidate] };
      wants.clipped = { name: "detections.clipped", rows: [chain.candidate] };
    }
    return wants;
  },
  scene: ({ probs, decoded, clipped }, _, context) => {
    if (!probs) return nothing(context, "Box head");
    const { core, chain } = context;
    const box = boxAt(core["proposals.boxes"], chain.proposal);
    const layer = one("box", "proposals", chain.proposal, box, context);
    const moved = decoded && clipped;
    const steps = moved ? ["proposal", "refined", "clipped"] : [];
    return {
      title: `Proposal ${chain.proposal}: what is it, and where exactly?`,
      note: "The head gives every class a probability, and the box four more deltas for that class. Move the slider to see how far they move it.",
      image: imageOf(core["reading.input"]),
      layers: [
        moved
          ? boxes({
              ...layer,
              boxes: Float32Array.from(box),
              stepBoxes: [decoded, clipped].map(({ values }) => Float32Array.from(values)),
              steps,
            })
          : layer,
      ],
      controls: ["progress", "layers"],
      progress: 1,
      region: around(box),
      bars: barsOf(probs, context),
    };
  },
};

/**
 * Give the likeliest classes.
 * @type {(probs: Tensor, context: Context) => Bar[]}
 */
export function barsOf({ values }, { description }) {
  const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a]);
  return order
    .slice(0, MOST_BARS)
    .map((id, place) => ({ label: description.class_names[id], value: values[id], chosen: place === 0 }));
}

/** @type {StationView} */
const found = {
  id: "found",
  name: "Detections",
  wants: () => ({ clipped: { name: "detections.clipped" } }),
  scene: ({ clipped }, _, context) => {
    const count = context.core["detections.scores"].values.length;
    return {
      title: count ? `${count} detection${count === 1 ? "" : "s"}` : "No detection",
      note: count
        ? "What is reported: of a class, with a score that is high enough, and not suppressed in its class. Dotted, if you switch them on: all candidates that are some object."
        : "No candidate came through. Draw a box with the button Box, with Shift or with the key B, where you see an object, and the funnel says where it was lost; or lower the minimum score.",
      image: imageOf(context.core["reading.input"]),
      layers: [candidates(clipped, context), ...wentLayer(context), detections(context)],
      controls: ["layers", "list"],
      hidden: count ? ["candidates"] : [],
    };
  },
};

/**
 * What the model reports with its own settings and this run does not.
 * @type {(context: Context) => ReturnType<typeof boxes>[]}
 */
function wentLayer({ went, description }) {
  if (!went.length) return [];
  return [
    boxes({
      name: "went",
      of: "former detections",
      boxes: Float32Array.from(went.flatMap((one) => one.box)),
      index: Int32Array.from(went, (one) => one.row),
      labels: went.map((one) => `${description.class_names[one.class_id]} ${one.score.toFixed(2)}, went`),
      dotted: dots(went.length),
      numbered: true,
    }),
  ];
}

/**
 * Candidates that are some object, not background.
 * @type {(clipped: Tensor, context: Context, more?: object) => ReturnType<typeof boxes>}
 */
function candidates({ values }, { core, description }, more = {}) {
  const classOf = core["detections.candidate_class"].values;
  const rows = Array.from(classOf.keys()).filter((row) => classOf[row] > 0);
  const proposal = Int32Array.from(rows, (row) => core["detections.candidate_proposal"].values[row]);
  return boxes({
    name: "candidates",
    of: "proposals",
    boxes: Float32Array.from(rows.flatMap((row) => Array.from(values.subarray(4 * row, 4 * row + 4)))),
    index: proposal,
    scores: Float32Array.from(rows, (row) => core["detections.candidate_score"].values[row]),
    class_ids: Int32Array.from(rows, (row) => classOf[row]),
    class_names: description.class_names,
    lineage: { anchors: through(core["proposals.anchor_index"].values, proposal) },
    dotted: dots(rows.length),
    ...more,
  });
}

/** @type {StationView} */
const film = {
  id: "nms",
  name: "NMS, step by step",
  wants: (_, context) => ({ clipped: { name: "detections.clipped" }, ...suppressors(context) }),
  scene: ({ clipped, by }, _, context) => {
    const { core } = context;
    const anchors = core["proposals.anchor_index"].values;
    const steps = core["detections.scores"].values.length;
    const all = candidates(clipped, context);
    const suppressor = Array.from(
      /** @type {Int32Array} */ (all.index),
      (proposal) => by?.values[anchors[proposal]] ?? -1,
    );
    const reported = Array.from(core["detections.proposal_index"].values, (proposal) => anchors[proposal]);
    const of = (/** @type {number} */ step) =>
      suppressor.flatMap((anchor, row) =>
        anchor === reported[step] && !reported.includes(anchors[/** @type {Int32Array} */ (all.index)[row]])
          ? [row]
          : [],
      );
    return {
      title: `NMS within each class: ${steps} detection${steps === 1 ? "" : "s"}`,
      note: "As among the proposals, but only boxes of the same class take each other away.",
      image: imageOf(core["reading.input"]),
      layers: [
        candidates(clipped, context, {
          name: "taken away",
          frames: Array.from({ length: steps }, (_, step) => Int32Array.from(of(step))),
        }),
        detections(context, undefined, "kept", {
          frames: Array.from({ length: steps }, (_, step) => Int32Array.from({ length: step + 1 }, (__, row) => row)),
        }),
      ],
      frames: steps
        ? {
            name: "Detection",
            labels: Array.from({ length: steps }, (_, step) => `${step}, takes away ${of(step).length}`),
            of: "detections",
            rows: Array.from({ length: steps }, (_, step) => step),
          }
        : undefined,
      controls: ["frame", "layers"],
    };
  },
};

/** @type {StationView} */
const probabilities = {
  id: "probabilities",
  name: "28 × 28 probabilities",
  wants: (_, { chain }) =>
    chain.detection < 0 ? NOTHING : { probs: { name: "mask_head.probs", rows: [chain.detection] } },
  scene: ({ probs }, _, context) => {
    if (!probs) return nothing(context, "Mask head");
    const [, rows, columns] = probs.shape;
    const flat = { values: probs.values, shape: [rows, columns] };
    return {
      title: `${capital(nameOfChain(context))}: ${rows} × ${columns} probabilities`,
      note: "One number a cell: how likely it belongs to the object. This small map is all that the mask head says; its edge is soft.",
      image: blank(rows, columns),
      layers: [
        heat("mask", flat, [0, 0, rows, columns], context.core["reading.table.cividis"], {
          limits: [0, 1],
          unit: "probability",
        }),
      ],
      controls: ["layers"],
      frame: "none",
    };
  },
};

/** @type {StationView} */
const pasted = {
  id: "pasted",
  name: "On the image",
  wants: (_, { chain }) =>
    chain.detection < 0 ? NOTHING : { mask: { name: "pasting.masks", rows: [chain.detection] } },
  scene: ({ mask }, _, context) => {
    if (!mask) return nothing(context, "Mask");
    const { core, chain } = context;
    const box = boxAt(core["pasting.boxes"], chain.detection);
    const part = croppedMask(mask, box);
    const count = sumOf(mask.values);
    return {
      title: `${capital(nameOfChain(context))}: ${count.toLocaleString("en-US")} px of mask`,
      note: "The small map, resized to the box and cut at the threshold: pixels that belong to the object, as recorded.",
      image: imageOf(core["image.original"]),
      layers: [masks("mask", part.mask, part.box, [chain.detection]), detections(context, core["pasting.boxes"])],
      controls: ["opacity", "layers"],
      region: around(box),
      frame: "image",
    };
  },
};

/**
 * Cut the part of a mask (1, y, x) of the whole image that holds the box it was pasted into, and all its pixels: by the
 * rules padded and grid some lie around the box, the more the lower the threshold.
 * @type {(mask: Tensor, box: number[]) => { mask: Tensor, box: number[] }}
 */
export function croppedMask({ values, shape: [, height, width] }, box) {
  let [top, left] = [Math.max(0, Math.floor(box[0])), Math.max(0, Math.floor(box[1]))];
  let [bottom, right] = [Math.min(height, Math.ceil(box[2])), Math.min(width, Math.ceil(box[3]))];
  for (let at = values.indexOf(1); at >= 0; at = values.indexOf(1, at + 1)) {
    const y = Math.floor(at / width);
    const x = at % width;
    top = Math.min(top, y);
    left = Math.min(left, x);
    bottom = Math.max(bottom, y + 1);
    right = Math.max(right, x + 1);
  }
  const [rows, columns] = [Math.max(0, bottom - top), Math.max(0, right - left)];
  const part = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    const start = (top + y) * width + left;
    part.set(values.subarray(start, start + columns), y * columns);
  }
  return { mask: { values: part, shape: [1, rows, columns] }, box: [top, left, bottom, right] };
}

/** @type {StationView} */
const result = {
  id: "result",
  name: "Result",
  wants: () => ({ image: { name: "composing.picture" } }),
  scene: ({ image }, _, context) => {
    const count = context.core["detections.scores"].values.length;
    return {
      title: count ? `${count} object${count === 1 ? "" : "s"} in the image` : "No object in the image",
      note: "Every instance has a colour and a number, the same at all stations. Click one to follow it back to its anchor.",
      image: imageOf(image),
      layers: [detections(context, context.core["pasting.boxes"])],
      controls: ["layers", "list"],
      frame: "image",
    };
  },
};

/** @type {(words: string) => string} */
const capital = (words) => words[0].toUpperCase() + words.slice(1);

export const ROI_VIEWS = [sampling, pooled];
export const HEAD_VIEWS = [classes];
export const DETECTION_VIEWS = [found, film];
export const MASK_VIEWS = [probabilities, pasted];
export const RESULT_VIEWS = [result, truthView];

import { sumOf } from "./formulas.js";
import { blank, boxes, dots, grid, heat, imageOf, masks, points } from "./layers.js";
import { around, boxAt, detections, extentOf, nameOfChain, proposals, suppressors, through } from "./objects.js";
import { truthView } from "./truth.js";
