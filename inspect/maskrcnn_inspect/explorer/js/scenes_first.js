// The scenes of the first stage: anchors, their scores and refinement, the proposals that NMS leaves.

/** @import { Context, Level, Place, StationView, Tensors } from "./types.d.ts" */

const BEST = 50; // anchors whose refinement is shown
const FILM = 60; // proposals whose NMS is shown, one by one

/**
 * Give the level and cell that are looked at: the one that was clicked, else that of the selected anchor.
 * @type {(place: Place, context: Context) => { level: Level, cell: number }}
 */
function standing(place, { description, chain }) {
  if (place.cell < 0 && chain.anchor >= 0) {
    const { level, cell } = standOf(chain.anchor, description.levels);
    return { level, cell };
  }
  const level = levelOf(description, place.level);
  const cells = level.rows * level.columns;
  const middle = Math.floor(level.rows / 2) * level.columns + Math.floor(level.columns / 2);
  return { level, cell: place.cell >= 0 && place.cell < cells ? place.cell : middle };
}

/** @type {(place: Place, context: Context) => number[]} */
function anchorsOfCell(place, context) {
  const { level, cell } = standing(place, context);
  return Array.from({ length: level.ratios }, (_, i) => level.first + cell * level.ratios + i);
}

/** @type {StationView["pickers"]} */
const levelPicker = (_, { description }) => [
  {
    key: "level",
    label: "Level",
    options: description.levels.map((one) => [one.level, `P${one.level} · ${one.rows} × ${one.columns} cells`]),
  },
];

/** @type {StationView} */
const anchors = {
  id: "anchors",
  name: "Anchors of a cell",
  pickers: levelPicker,
  wants: (place, context) => {
    const rows = anchorsOfCell(place, context);
    return { boxes: { name: "anchors.boxes", rows }, scores: { name: "rpn.scores", rows } };
  },
  scene: ({ boxes: where, scores }, place, context) => {
    const { level, cell } = standing(place, context);
    const rows = anchorsOfCell(place, context);
    const extent = extentOfAnchors(level);
    const at = `cell (${Math.floor(cell / level.columns)}, ${cell % level.columns})`;
    return {
      title: `The ${rows.length} anchors of ${at} on P${level.level}`,
      note: `Every cell of every level has them: ${counted(totalOf(context))} in all. Click another cell. The dotted boxes are guesses of fixed size; nothing has been learned about them yet.`,
      image: imageOf(context.core["reading.input"]),
      layers: [
        grid(`cells of P${level.level}`, level.rows, level.columns, extent, "cells"),
        boxes({
          name: "anchors",
          of: "anchors",
          boxes: Float32Array.from(where.values),
          index: Int32Array.from(rows),
          colours: Int32Array.from(rows, (_, i) => i),
          labels: Array.from(scores.values, (p) => `objectness ${probability(p)}`),
          dotted: dots(rows.length),
          numbered: false,
        }),
        ...selectedBox(context),
      ],
      controls: ["layers", "list"],
      level: level.level,
    };
  },
};

/** @type {(level: Level) => import("../../canvas/js/types.d.ts").Yxyx} */
const extentOfAnchors = ({ rows, columns, stride }) => [0, 0, rows * stride, columns * stride];

/** @type {(context: Context) => number} */
const totalOf = ({ description }) => description.tensors["rpn.scores"].shape[0];

/** @type {StationView} */
const scores = {
  id: "scores",
  name: "Scores",
  pickers: levelPicker,
  wants: () => ({ scores: { name: "rpn.scores" } }),
  scene: ({ scores: all }, place, context) => {
    const level = levelOf(context.description, place.level);
    return {
      title: `Objectness on P${level.level}: the best of the ${level.ratios} anchors of each cell`,
      note: "How sure the RPN is that an anchor holds some object, whatever its class. Which level answers for large objects, and which for small ones?",
      image: imageOf(context.core["reading.input"]),
      layers: [
        heat(
          `objectness, P${level.level}`,
          { values: bestOfCells(all.values, level), shape: [level.rows, level.columns] },
          extentOfAnchors(level),
          context.core["reading.table.cividis"],
          { limits: [0, 1], unit: "probability", of: "cells" },
        ),
        ...selectedBox(context),
      ],
      controls: ["opacity", "layers"],
      level: level.level,
    };
  },
};

/**
 * Give the best score of each cell of a level.
 * @type {(scores: ArrayLike<number>, level: Level) => Float32Array}
 */
export function bestOfCells(scores, { rows, columns, first, ratios }) {
  return Float32Array.from({ length: rows * columns }, (_, cell) => {
    let best = -Infinity;
    for (let i = 0; i < ratios; i++) best = Math.max(best, scores[first + cell * ratios + i]);
    return best;
  });
}

/** @type {(context: Context) => number[]} places in the top k: the best, and that of the selected */
function bestPlaces({ core, chain }) {
  const count = Math.min(BEST, core["proposals.top_k_index"].values.length);
  const places = Array.from({ length: count }, (_, i) => i);
  return chain.place >= count ? [...places, chain.place] : places;
}

/** @type {StationView} */
const refinement = {
  id: "refinement",
  name: "Before and after",
  wants: (_, context) => {
    const rows = bestPlaces(context);
    const anchorRows = rows.map((place) => context.core["proposals.top_k_index"].values[place]);
    return {
      anchors: { name: "anchors.boxes", rows: anchorRows },
      decoded: { name: "proposals.decoded", rows },
      clipped: { name: "proposals.clipped", rows },
      scores: { name: "proposals.top_k_scores", rows },
    };
  },
  scene: (tensors, _, context) => {
    const rows = bestPlaces(context);
    const index = Int32Array.from(rows, (place) => context.core["proposals.top_k_index"].values[place]);
    return {
      title: `The ${rows.length} best anchors, moved by the RPN`,
      note: "Move the slider: each anchor is shifted and stretched by its four deltas, then cut at the border. Select one to read the sum in its story.",
      image: imageOf(context.core["reading.input"]),
      layers: [
        boxes({
          name: "anchors",
          of: "anchors",
          boxes: Float32Array.from(tensors.anchors.values),
          stepBoxes: [Float32Array.from(tensors.decoded.values), Float32Array.from(tensors.clipped.values)],
          steps: ["anchor", "refined", "clipped"],
          index,
          colours: coloursOfAnchors(index, context),
          scores: tensors.scores.values,
          lineage: lineageOfAnchors(index, context),
        }),
      ],
      controls: ["progress", "layers", "list"],
      progress: 1,
    };
  },
};

/** @type {(index: Int32Array, context: Context) => Record<string, Int32Array>} */
function lineageOfAnchors(index, context) {
  const proposal = Int32Array.from(index, (anchor) => context.core["proposals.anchor_index"].values.indexOf(anchor));
  return { proposals: proposal, detections: through(detectionOfProposal(context), proposal) };
}

/** @type {(index: Int32Array, context: Context) => Int32Array} */
const coloursOfAnchors = (index, context) => lineageOfAnchors(index, context).detections;

/** @type {StationView} */
const kept = {
  id: "kept",
  name: "Proposals",
  wants: () => ({}),
  scene: (_, __, context) => {
    const count = context.core["proposals.scores"].values.length;
    return {
      title: `${counted(count)} proposals`,
      note: "What is left of the anchors after NMS. Coloured: those that become detections. Most hold nothing, and the second stage has to tell.",
      image: imageOf(context.core["reading.input"]),
      layers: [proposals(context, "proposals", { filtered: true }), detections(context)],
      controls: ["min_score", "max_number", "layers", "list"],
      hidden: ["detections"],
    };
  },
};

/** @type {StationView} */
const film = {
  id: "nms",
  name: "NMS, step by step",
  wants: (_, context) => ({ clipped: { name: "proposals.clipped" }, ...suppressors(context) }),
  scene: (tensors, _, context) => filmScene(tensors, context),
};

/** @type {(tensors: Tensors, context: Context) => import("./types.d.ts").Scene} */
function filmScene({ clipped, by }, context) {
  const { core } = context;
  const topK = core["proposals.top_k_index"].values;
  const survivors = core["proposals.anchor_index"].values;
  const steps = Math.min(FILM, survivors.length);
  /** @type {Map<number, number[]>} */
  const removed = new Map();
  topK.forEach((anchor, place) => {
    if (survivors.indexOf(anchor) >= 0) return; // suppressed later, in its class
    const suppressor = by?.values[anchor] ?? -1;
    removed.set(suppressor, [...(removed.get(suppressor) ?? []), place]);
  });
  const of = (/** @type {number} */ step) => removed.get(survivors[step]) ?? [];
  const index = Int32Array.from(topK);
  return {
    title: `NMS: the first ${steps} of ${counted(survivors.length)} proposals`,
    note: "The box of the highest score stays, and takes away all that overlap it by more than the threshold. Then the next.",
    image: imageOf(core["reading.input"]),
    layers: [
      boxes({
        name: "taken away",
        of: "anchors",
        boxes: Float32Array.from(clipped.values),
        index,
        dotted: dots(index.length),
        frames: Array.from({ length: steps }, (_, step) => Int32Array.from(of(step))),
      }),
      proposals(context, "kept before", {
        frames: Array.from({ length: steps }, (_, step) => Int32Array.from({ length: step }, (__, row) => row)),
      }),
      proposals(context, "kept", {
        colours: new Int32Array(survivors.length).fill(0),
        frames: Array.from({ length: steps }, (_, step) => Int32Array.of(step)),
        numbered: true,
      }),
    ],
    frames: steps
      ? {
          name: "Proposal",
          labels: Array.from({ length: steps }, (_, step) => `${step}, takes away ${of(step).length}`),
        }
      : undefined,
    controls: ["frame", "layers"],
  };
}

export const RPN_VIEWS = [anchors, scores, refinement];
export const PROPOSAL_VIEWS = [kept, film];

import { counted, probability, standOf } from "./formulas.js";
import { boxes, dots, grid, heat, imageOf } from "./layers.js";
import { detectionOfProposal, detections, levelOf, proposals, selectedBox, suppressors, through } from "./objects.js";
