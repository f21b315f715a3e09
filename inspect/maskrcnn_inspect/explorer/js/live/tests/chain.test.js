import { expect, test } from "vitest";
import { answer } from "../answers.js";
import { Cancelled, runAgain, runPicture } from "../chain.js";

const floats = (/** @type {number[]} */ shape, /** @type {number} */ value = 0) => ({
  shape,
  values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
});
const ints = (/** @type {number[]} */ ...values) => ({ shape: [values.length], values: Int32Array.from(values) });

/** A model of three parts: proposals, heads, detections; each proposal's logit is ten times its anchor. */
const MANIFEST = /** @type {any} */ ({
  corner: 0,
  pasting: "box",
  alpha: 0.5,
  palette: [[0, 0, 0]],
  molding: {
    mode: "pad64",
    min_dim: 0,
    max_dim: 0,
    min_scale: 0,
    mean: [0, 0, 0],
    std: [1],
    full_scale: 1,
    channel_order: "rgb",
    resizer: "skimage",
    multiple: 32,
  },
  anchors: {
    levels: [2],
    halves: [[[1, 1]]],
    ratios: [1],
    strides: [32],
    spacing: 1,
    offset: 0,
    stride_of_grid: false,
  },
  settings: [
    { name: "proposals.count", own: 2 },
    { name: "detections.min_score", own: 0.5 },
    { name: "pasting.threshold", own: 0.5 },
  ],
  parts: [
    {
      name: "proposals",
      reads: ["anchors.boxes"],
      makes: ["proposals.boxes", "proposals.anchor_index"],
      settings: ["proposals.count"],
    },
    { name: "heads", reads: ["proposals.boxes"], makes: ["box_head.logits"], settings: [] },
    {
      name: "detections",
      reads: ["box_head.logits"],
      makes: ["detections.boxes", "mask_head.probs"],
      settings: ["detections.min_score"],
    },
  ],
});
const PICTURE = { size: /** @type {[number, number]} */ ([64, 64]), rgb: new Uint8Array(3 * 64 * 64), name: "" };

/** Runs the parts by hand, and notes how many boxes each saw. */
function runner() {
  /** @type {[string, number][]} */
  const ran = [];
  /** @type {(part: { name: string }, given: any) => Promise<any>} */
  const part = async ({ name }, given) => {
    const count =
      name === "proposals" ? given["proposals.count"].values[0] : /** @type {any} */ (Object.values(given)[0]).shape[0];
    ran.push([name, count]);
    if (name === "proposals") {
      const boxes = floats([count, 4]);
      for (let i = 0; i < count; i++) boxes.values[4 * i] = i;
      return {
        "proposals.boxes": boxes,
        "proposals.anchor_index": ints(...Array.from({ length: count }, (_, i) => i)),
      };
    }
    if (name === "heads") {
      const logits = Float32Array.from({ length: count }, (_, i) => 10 * given["proposals.boxes"].values[4 * i]);
      return { "box_head.logits": { shape: [count], values: logits } };
    }
    return { "detections.boxes": floats([0, 4]), "mask_head.probs": floats([0, 2, 2]) };
  };
  return { ran, part };
}
const go = async () => {};
const OWN = { "proposals.count": 2, "detections.min_score": 0.5, "pasting.threshold": 0.5 };

test("a setting runs what follows it and nothing before", async () => {
  const { ran, part } = runner();
  const run = await runPicture(MANIFEST, PICTURE, part, go);
  ran.length = 0;
  const again = await runAgain(MANIFEST, [run], { ...OWN, "detections.min_score": 0.9 }, part, go);
  expect(ran.map(([name]) => name)).toEqual(["detections"]);
  await runAgain(MANIFEST, [again], { ...OWN, "detections.min_score": 0.9, "pasting.threshold": 0.2 }, part, go);
  expect(ran.length).toBe(1);
  expect(run.settings).toEqual(OWN);
});

test("boxes that ran before do not run again, and every row is its own", async () => {
  const { ran, part } = runner();
  const run = await runPicture(MANIFEST, PICTURE, part, go);
  const more = await runAgain(MANIFEST, [run], { ...OWN, "proposals.count": 4 }, part, go);
  expect(ran.slice(3)).toEqual([
    ["proposals", 4],
    ["heads", 2],
    ["detections", 4],
  ]);
  expect(Array.from(more.tensors.get("box_head.logits")?.values ?? [])).toEqual([0, 10, 20, 30]);
  const fewer = await runAgain(MANIFEST, [run, more], { ...OWN, "proposals.count": 1 }, part, go);
  expect(ran.slice(6)).toEqual([
    ["proposals", 1],
    ["detections", 1],
  ]);
  expect(Array.from(fewer.tensors.get("box_head.logits")?.values ?? [])).toEqual([0]);
});

test("a run that is cancelled leaves the former one as it was", async () => {
  const { part } = runner();
  const run = await runPicture(MANIFEST, PICTURE, part, go);
  const stop = async (/** @type {string} */ name) => {
    if (name === "detections") throw new Cancelled("stopped");
  };
  await expect(runAgain(MANIFEST, [run], { ...OWN, "proposals.count": 4 }, part, stop)).rejects.toThrow(Cancelled);
  expect(run.tensors.get("proposals.boxes")?.shape).toEqual([2, 4]);
});

test("only what is asked for is answered", async () => {
  const { part } = runner();
  const run = await runPicture(MANIFEST, PICTURE, part, go);
  run.tensors.set("map", { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) });
  expect(Array.from(answer(run, MANIFEST, { name: "map", channel: 1 }).values)).toEqual([2, 4]);
  expect(Array.from(answer(run, MANIFEST, { name: "map", rows: [1] }).values)).toEqual([3, 4]);
  expect(() => answer(run, MANIFEST, { name: "map", rows: [2] })).toThrow("wanted 0 to 1, received 2");
  expect(() => answer(run, MANIFEST, { name: "fpn.p9" })).toThrow("does not hold fpn.p9");
});
