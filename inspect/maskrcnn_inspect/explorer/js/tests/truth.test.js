import { expect, test } from "vitest";
import { offeredViews, stationOf } from "../stations.js";
import { lossesAt, outcomesOf, recordedWhy, summary, truthView, truthWants } from "../truth.js";
import { toImagePx, toInputPx } from "../why_view.js";
import { context, description, floats, ints } from "./run.js";

const said = {
  objects: [
    { verdict: "found", sentence: "found by detection 0", detection: 0, anchor: 2 },
    { verdict: "class NMS", sentence: "its best box was suppressed", detection: null, anchor: 4 },
    { verdict: "crowd", sentence: "crowd regions are ignored", detection: null, anchor: null },
  ],
  detections: [{ verdict: "correct", sentence: "right", truth: 0 }],
};
const text = new TextEncoder().encode(JSON.stringify(said));
const tensors = {
  outcomes: { values: text, shape: [text.length] },
  classes: ints(1, 1, 1),
  boxes: floats([3, 4], 4, 0, 8, 4, 0, 0, 8, 8, 0, 0, 2, 2),
  "losses.class": floats([], 0.3),
  "losses.mask": floats([], 0.1),
};
const known = /** @type {any} */ ({ ...description, readings: [...description.readings, "reading.outcomes"] });

test("without ground truth nothing is asked for it, and no view offers it", () => {
  expect(truthWants(context())).toEqual({});
  expect(offeredViews(stationOf("result"), description).map((one) => one.id)).toEqual(["result"]);
  expect(offeredViews(stationOf("result"), known).map((one) => one.id)).toEqual(["result", "truth"]);
});

test("crowds are neither found nor missed", () => {
  expect(summary(outcomesOf(tensors))).toBe("1 of 2 found, 0 detections wrong");
});

test("found and missed objects are layers of their own, each with the anchor that tells its story", () => {
  const scene = truthView.scene(tensors, /** @type {any} */ ({}), { ...context(), description: known });
  const [found, missed] = /** @type {any[]} */ (scene.layers);
  expect(Array.from(found.index)).toEqual([0]);
  expect(Array.from(missed.index)).toEqual([1]);
  expect(Array.from(missed.boxes)).toEqual([0, 0, 8, 8]);
  expect(Array.from(missed.lineage.anchors)).toEqual([4]);
  expect(missed.labels).toEqual(["missed: class NMS"]);
});

test("a loss stands at the station of its weights, with its share of all; the result has all", () => {
  expect(lossesAt("head", tensors)).toEqual([{ words: "class", value: Math.fround(0.3), share: expect.closeTo(0.75) }]);
  expect(lossesAt("fpn", tensors)).toEqual([]);
  expect(lossesAt("result", tensors).map((one) => one.words)).toEqual(["class", "mask"]);
});

test("a box around a ground-truth object tells what was recorded of it; any other box nothing", () => {
  expect(recordedWhy([0, 0, 7, 8], tensors, context())).toMatchObject({
    verdict: "class NMS",
    anchor: 4,
    class: "square",
  });
  expect(recordedWhy([0, 6, 1, 8], tensors, context())).toBeNull();
  expect(recordedWhy([0, 0, 7, 8], {}, context())).toBeNull();
});

test("network-input px and image px are each other's inverse inside the image", () => {
  const sizes = { image: [50, 100], window: [16, 0, 80, 128] };
  const back = toImagePx(toInputPx([5, 10, 40, 90], sizes), sizes);
  for (const [place, one] of [5, 10, 40, 90].entries()) expect(back[place]).toBeCloseTo(one);
});
