import { expect, test } from "vitest";
import { differenceOf, probeOf } from "../probe.js";

const PROBE = {
  size: [1, 2],
  offset: 3,
  length: 6,
  class_ids: [1, 2],
  boxes: [0, 0, 10, 10, 5, 5, 20, 20],
  scores: [0.9, 0.8],
};
const MANIFEST = /** @type {any} */ ({ probe: PROBE });

/** @type {(found?: { class_ids?: number[], boxes?: number[], scores?: number[] }) => any} */
const run = (found = {}) => {
  const { class_ids, boxes, scores } = { ...PROBE, ...found };
  const line = (/** @type {any} */ values) => ({ values, shape: [values.length] });
  return {
    tensors: new Map([
      ["detections.class_ids", line(Int32Array.from(class_ids))],
      ["detections.boxes", line(Float32Array.from(boxes))],
      ["detections.scores", line(Float32Array.from(scores))],
    ]),
  };
};
const moved = (/** @type {number} */ by) => PROBE.boxes.map((edge, i) => (i === 6 ? edge + by : edge));

test("the probe's pixels stand in the file behind the graphs", () => {
  const picture = probeOf(MANIFEST, Uint8Array.from([9, 9, 9, 1, 2, 3, 4, 5, 6, 9]));
  expect(picture).toEqual({ size: [1, 2], rgb: Uint8Array.of(1, 2, 3, 4, 5, 6), name: "probe" });
  expect(probeOf(/** @type {any} */ ({}), new Uint8Array(9))).toBe(null);
});

test("a run within the tolerances agrees", () => {
  expect(differenceOf(MANIFEST, run())).toBe("");
  expect(differenceOf(MANIFEST, run({ boxes: moved(0.009), scores: [0.90009, 0.8] }))).toBe("");
});

test("what differs is said", () => {
  expect(differenceOf(MANIFEST, run({ class_ids: [1], scores: [0.9] }))).toBe(
    "objects found in a test image: 1, by TensorFlow 2",
  );
  expect(differenceOf(MANIFEST, run({ class_ids: [1, 1] }))).toBe("it finds other classes in a test image");
  expect(differenceOf(MANIFEST, run({ boxes: moved(0.5) }))).toBe("boxes of a test image differ by 0.50 px");
  expect(differenceOf(MANIFEST, run({ scores: [0.9, 0.79] }))).toContain("scores of a test image differ by 0.010");
});

test("not a number is a difference", () => {
  expect(differenceOf(MANIFEST, run({ boxes: moved(Number.NaN) }))).toContain("boxes of a test image differ");
  expect(differenceOf(MANIFEST, run({ scores: [Number.NaN, 0.8] }))).toContain("scores of a test image differ");
});
