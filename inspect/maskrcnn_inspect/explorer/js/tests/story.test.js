import { expect, test } from "vitest";
import { chainOf } from "../difference.js";
import { headingOf, storyOf, storyWants } from "../story.js";
import { bytes, context, core, description, floats, ints } from "./run.js";

/** @type {(fate: string) => import("../types.d.ts").Tensors} */
const told = (fate) => ({
  "anchors.boxes": floats([1, 4], 4, 0, 8, 4),
  "rpn.logits": floats([1, 2], -1, 1.2),
  "rpn.scores": floats([1], 0.9),
  "rpn.deltas": floats([1, 4], 0, 0, 0, 0),
  "reading.fate.fate": ints(description.fates.indexOf(fate)),
  "reading.fate.by": ints(3),
  "reading.fate.iou": floats([1], 0.81),
  "reading.fate.rank": ints(0),
  "proposals.decoded": floats([1, 4], 4, 0, 8, 4),
  "proposals.clipped": floats([1, 4], 4, 0, 8, 4),
  "box_head.class_logits": floats([1, 2], 0, Math.log(4)),
  "box_head.class_probs": floats([1, 2], 0.2, 0.8),
  "box_head.deltas": floats([1, 2, 4], 9, 9, 9, 9, 0, 0, 0, 0),
  "detections.decoded": floats([1, 4], 4, 0, 8, 4),
  "detections.clipped": floats([1, 4], 4, 0, 8, 4),
  "mask_head.probs": floats([1, 2, 2], 0.9, 0.1, 0.6, 0.5),
  "pasting.masks": { ...bytes(1, 2, 2), values: Uint8Array.of(1, 0, 1, 1) },
});

test("only the rows of one chain are asked for, as far as it goes", () => {
  expect(storyWants(chainOf(2, core()), description)["proposals.decoded"]).toEqual({
    name: "proposals.decoded",
    rows: [0],
  });
  expect(Object.keys(storyWants(chainOf(3, core()), description))).not.toContain("proposals.decoded");
  expect(storyWants(chainOf(-1, core()), description)).toEqual({});
});

test("a reported object has all links, and its formulas end in the recorded numbers", () => {
  const here = context(chainOf(2, core()));
  const links = storyOf(told("reported"), here);
  expect(links.map((one) => one.key)).toEqual(["anchor", "scores", "proposal", "pool", "class", "detection", "mask"]);
  expect(links.some((one) => one.lost)).toBe(false);
  const lines = links.flatMap((one) => one.lines);
  expect(lines).toContain("level P2, cell (1, 0), width / height 1");
  expect(lines).toContain("P(square) = exp(1.39) / 5.00 = 0.800");
  expect(lines).toContain("0.800 ≥ 0.7, the minimum score");
  expect(lines).toContain("3 of 2 × 2 cells ≥ 0.5");
  expect(lines).toContain("pasted into (4, 0, 8, 4) of the image: 3 px");
  expect(headingOf(here)).toBe("0 · square");
});

test("the deltas are those of the class that was chosen", () => {
  const [, , , , , detection] = storyOf(told("reported"), context(chainOf(2, core())));
  expect(detection.lines[0]).toBe("cy = 6.0 + 0.1 × 0.00 × 4.0 = 6.0");
});

test("one that NMS takes away ends there, and says by which box", () => {
  const links = storyOf(told("suppressed as proposal"), context(chainOf(0, core())));
  const last = links[links.length - 1];
  expect(last).toMatchObject({ key: "proposal", lost: true, title: "No proposal", view: "nms" });
  expect(last.lines.at(-1)).toBe("NMS: IoU 0.81 > 0.7 with the box of anchor 3, which scores higher: taken away");
});

test("one below the top k ends at its score", () => {
  const links = storyOf(told("below top k"), context(chainOf(3, core())));
  expect(links.map((one) => [one.key, one.lost])).toEqual([
    ["anchor", false],
    ["scores", true],
  ]);
});

test("background ends at the class", () => {
  const links = storyOf(told("background"), context(chainOf(4, core())));
  expect(links.at(-1)).toMatchObject({ key: "class", lost: true, title: "background" });
});

test("without an analysis of fates, a chain ends where its rows end", () => {
  /** @type {any} */
  const model = { ...description, readings: [] };
  expect(Object.keys(storyWants(chainOf(0, core()), model)).some((name) => name.startsWith("reading"))).toBe(false);
  const rows = Object.fromEntries(Object.entries(told("reported")).filter(([name]) => !name.startsWith("reading")));
  const last = (/** @type {number} */ anchor) => storyOf(rows, context(chainOf(anchor, core()))).at(-1);
  expect(last(2)).toMatchObject({ key: "mask", lost: false });
  expect(last(4)).toMatchObject({ key: "class", lost: true });
  expect(last(0)).toMatchObject({ key: "proposal", lost: true });
  expect(last(0)?.lines.at(-1)).toBe("NMS: a better box overlaps it by more than 0.7: taken away");
  expect(last(3)).toMatchObject({ key: "scores", lost: true });
});

test("nothing selected has no story", () => {
  expect(storyOf({}, context())).toEqual([]);
});
