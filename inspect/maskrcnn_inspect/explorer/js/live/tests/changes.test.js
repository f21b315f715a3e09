// Hand-worked: the smallest change of a setting that keeps a box, and the words where none does.

import { expect, test } from "vitest";
import { counts, findSettingChange, overlapStep, scoreStep, thresholdsBack } from "../changes.js";
import { supposed } from "../near.js";
import { caseOf, DRAWN, FAR } from "./case.js";

/** @typedef {import("./case.js").Small} Small */

const ONE = /** @type {Small} */ ({
  anchors: [
    [DRAWN, 0.9],
    [FAR, 0.95],
  ],
  top: [0, 1],
  nms: [0, 1],
  probs: [
    [0.1, 0.8, 0.1],
    [0.1, 0.8, 0.1],
  ],
  candidates: [
    [0, 1, 0.634, DRAWN],
    [1, 1, 0.9, FAR],
  ],
  detections: [1],
});
const KEPT = { ...ONE, detections: [1, 0] };

/** @type {(small: Small, ran: (settings: Record<string, number>) => Small) => Promise<{ change: object, tried: object[] }>} */
async function searched(small, ran) {
  const { run, manifest } = caseOf(small);
  /** @type {object[]} */
  const tried = [];
  const change = await findSettingChange(run, manifest, supposed(run, manifest, DRAWN), async (settings) => {
    tried.push(settings);
    return caseOf({ ...ran(settings), settings: { ...small.settings, ...settings } }).run;
  });
  return { change, tried };
}

test("a score asks for the step just below it, and a step more would lose it", async () => {
  const { change, tried } = await searched(ONE, (one) => (one["detections.min_score"] < 0.634 ? KEPT : ONE));
  expect(change).toEqual({ settings: { "detections.min_score": 0.63 }, reason: "" });
  expect(tried).toEqual([{ "detections.min_score": 0.63 }, { "detections.min_score": 0.64 }]);
});

test("two changes where one does not keep it, and of a count what the detection needs", async () => {
  const settings = { "detections.max_count": 1 };
  const isKept = (/** @type {Record<string, number>} */ one) =>
    one["detections.min_score"] < 0.634 && one["detections.max_count"] > 1;
  const { change } = await searched({ ...ONE, settings }, (one) => (isKept(one) ? KEPT : ONE));
  expect(change).toEqual({ settings: { "detections.min_score": 0.63, "detections.max_count": 2 }, reason: "" });
});

test("what no setting mends is said, at once or after the first change", async () => {
  const probs = [
    [0.8, 0.1, 0.1],
    [0.1, 0.8, 0.1],
  ];
  const background = { ...ONE, probs, candidates: /** @type {any} */ ([[0, 0, 0.8, DRAWN]]), detections: [] };
  const atOnce = await searched(background, () => background);
  expect(atOnce).toEqual({ change: { settings: {}, reason: "a matter of weights" }, tried: [] });
  const after = await searched(ONE, () => background);
  const reason = "with detections.min_score changed, a matter of weights";
  expect(after.change).toEqual({ settings: {}, reason });
});

test("what a run throws ends the search", async () => {
  const failing = () => {
    throw new Error("stopped");
  };
  await expect(searched(ONE, failing)).rejects.toThrow("stopped");
});

test("values in whole steps: a score passes its own, or has to be above it", () => {
  expect(scoreStep(0.634, false, 100)).toBe(0.63);
  expect([scoreStep(0.75, false, 100), scoreStep(0.75, true, 100)]).toEqual([0.75, 0.74]);
  expect(scoreStep(0.004, true, 100)).toBe(0);
  expect([overlapStep(0.501, 100), overlapStep(0.5, 100), overlapStep(0.999, 100)]).toEqual([0.51, 0.5, 1]);
});

test("counts reach the places of rows, or all there is", () => {
  const places = Int32Array.of(2, -1, 0, 1);
  expect(counts(places, [0, 3, 3])).toEqual([2, 3]);
  expect(counts(places, [1])).toEqual([4]);
});

test("thresholds go back to the run's own, which is not tried again", () => {
  expect([...thresholdsBack(0.66, 0.7, 100)]).toEqual([0.67, 0.68, 0.69]);
  expect([...thresholdsBack(0.42, 0.4, 100)]).toEqual([0.41]);
});
