// The guided tour: twelve steps, one idea each, ending in a question whose answer is read from this very run.

/** @import { Context, Question, TourStep } from "./types.d.ts" */

/**
 * Put the right answer among others, the smallest first, each once.
 * @type {(ask: string, right: number, others: number[], because: string) => Question}
 */
export function numbersQuestion(ask, right, others, because) {
  const all = [...new Set([right, ...others.filter((one) => Number.isFinite(one) && one >= 0)])].sort((a, b) => a - b);
  return { ask, options: all.map(counted), answer: all.indexOf(right), because };
}

/** @type {(context: Context, name: string) => number[]} */
const shapeOf = ({ description }, name) => description.tensors[name].shape;

/** @type {TourStep[]} */
export const TOUR = [
  {
    title: "The image is numbers",
    text: "The network never sees an image, only numbers: a red, a green and a blue for every pixel, brought to one size.",
    place: { stage: "image" },
    question: (context) => {
      const [rows, columns, colours] = shapeOf(context, "molding.image");
      const ask = `How many numbers are the network's input of ${rows} × ${columns} px?`;
      return numbersQuestion(
        ask,
        rows * columns * colours,
        [rows * columns, rows + columns, 3 * (rows + columns)],
        `${rows} × ${columns} × ${colours}.`,
      );
    },
  },
  {
    title: "Features instead of pixels",
    text: "The backbone turns pixels into maps. Each cell of a map stands for a patch of the image, and each channel for something to be found there. Try the levels.",
    place: { stage: "backbone", level: 2 },
    question: (context) => {
      const [rows, columns] = shapeOf(context, "backbone.c5");
      const fine = shapeOf(context, "backbone.c2");
      return numbersQuestion(
        "How many cells does C5 have?",
        rows * columns,
        [fine[0] * fine[1], rows, 4 * rows * columns],
        `${rows} × ${columns}: each level halves both sides.`,
      );
    },
  },
  {
    title: "One strength at every scale",
    text: "Coarse maps know what, fine maps know where. FPN adds the coarse to the fine, so that each level knows both.",
    place: { stage: "fpn", level: 2 },
    question: () => ({
      ask: "On which level does one cell stand for the largest patch?",
      options: ["P2", "P4", "P6"],
      answer: 2,
      because: "Its cells are 64 px a side, those of P2 are 4.",
    }),
  },
  {
    title: "Guesses everywhere",
    text: "Every cell of every level has a few anchors: boxes of fixed shapes, tried at every place. Click some cells.",
    place: { stage: "rpn", view: "anchors" },
    question: (context) => {
      const { ratios, rows, columns } = context.description.levels[0];
      return numbersQuestion(
        "How many anchors does each cell have here?",
        ratios,
        [1, 2 * ratios, rows * columns],
        `${ratios} shapes a cell; ${rows} × ${columns} cells on P2 alone make ${counted(rows * columns * ratios)} anchors.`,
      );
    },
  },
  {
    title: "Is there anything?",
    text: "The RPN gives each anchor one number: how likely it holds an object, whatever it is. Change the level, and watch which objects light up.",
    place: { stage: "rpn", view: "scores" },
    wants: { scores: { name: "rpn.scores" } },
    question: ({ description }, { scores }) => {
      let best = 0;
      scores.values.forEach((one, anchor) => {
        if (one > scores.values[best]) best = anchor;
      });
      const right = standOf(best, description.levels).level.level;
      return {
        ask: "On which level is the anchor of the highest objectness?",
        options: description.levels.map(({ level }) => `P${level}`),
        answer: description.levels.findIndex(({ level }) => level === right),
        because: `Anchor ${counted(best)}, with ${probability(scores.values[best])}.`,
      };
    },
  },
  {
    title: "Shift and stretch",
    text: "No anchor fits. So the RPN says for each how to move it: two shifts, relative to its size, and two stretches, as logarithms. Move the slider.",
    place: { stage: "rpn", view: "refinement" },
    question: () => ({
      ask: "An anchor is 32 px high, and its deltas are all 0. How high is the refined box?",
      options: ["0 px", "32 px", "64 px"],
      answer: 1,
      because: "32 × exp(0) = 32: no delta, no change.",
    }),
  },
  {
    title: "Many boxes, one object",
    text: "Neighbouring anchors end on the same object. NMS keeps the best and takes away what overlaps it. Play the film.",
    place: { stage: "proposals", view: "nms" },
    question: ({ description: { counts } }) =>
      numbersQuestion(
        `${counted(counts["top k, refined"])} boxes go in. How many proposals come out?`,
        counts.proposals,
        [counts["top k, refined"], counts.detections, counts.anchors],
        "Those that no better box overlaps too much, up to the number that is kept.",
      ),
  },
  {
    title: "A fixed size for any box",
    text: "The heads want the same number of inputs for a small box and a large one. ROIAlign reads the map at points inside the box, between cells, without rounding.",
    place: { stage: "roi", view: "points" },
    question: (context) => {
      const [, rows, columns, channels] = shapeOf(context, "box_roi.pooled");
      return numbersQuestion(
        "How many bins does the box head get, whatever the box?",
        rows * columns,
        [rows, 4 * rows * columns, channels],
        `${rows} × ${columns}, each with ${channels} channels.`,
      );
    },
  },
  {
    title: "What is it?",
    text: "The box head gives every class a probability; they add up to 1. The class also decides how the box is moved once more.",
    place: { stage: "head", view: "classes" },
    question: ({ description: { class_names } }) =>
      numbersQuestion(
        "Among how many classes does it choose?",
        class_names.length,
        [class_names.length - 1, class_names.length + 1, 2],
        `${class_names.length - 1} kinds of objects, and the background.`,
      ),
  },
  {
    title: "What is reported",
    text: "A candidate needs a score that is high enough, and no better one of its class on the same place.",
    place: { stage: "detections", view: "found" },
    question: ({ description: { counts } }) =>
      numbersQuestion(
        `${counted(counts["score high enough"])} candidates score high enough. How many does NMS take away?`,
        counts["score high enough"] - counts.detections,
        [counts["score high enough"], counts.detections, counts.proposals],
        `${counted(counts.detections)} are left.`,
      ),
  },
  {
    title: "Which pixels?",
    text: "For each detection the mask head says, cell by cell, what belongs to the object. Then the small map is resized into the box.",
    place: { stage: "mask", view: "probabilities" },
    question: (context) => {
      const [, rows, columns] = shapeOf(context, "mask_head.probs");
      return numbersQuestion(
        "How many numbers is the mask of one object before it is pasted?",
        rows * columns,
        [rows, 4 * rows * columns, rows * columns * 3],
        `${rows} × ${columns}, for a large object as for a small one.`,
      );
    },
  },
  {
    title: "From anchors to objects",
    text: "That was the whole way. Where you see an object that is not reported, draw a box around it, with the button Box, with Shift or with the key B: the funnel says where it was lost.",
    place: { stage: "result" },
    question: ({ description: { counts } }) => {
      const steps = Object.entries(counts);
      const drops = steps.slice(1).map(([name, count], i) => ({ name, drop: steps[i][1] - count }));
      const most = drops.reduce((a, b) => (b.drop > a.drop ? b : a));
      return {
        ask: "Which step takes away the most candidates here?",
        options: drops.map(({ name }) => name),
        answer: drops.indexOf(most),
        because: `${counted(most.drop)} end before “${most.name}”.`,
      };
    },
  },
];

import { counted, probability, standOf } from "./formulas.js";
