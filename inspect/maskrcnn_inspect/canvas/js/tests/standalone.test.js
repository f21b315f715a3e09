import { expect, test, vi } from "vitest";
import { typed } from "../decode.js";
import { bytesOf, filled, makeModel } from "../standalone.js";

/** @import { Model } from "../types.d.ts" */

const NUMBERS = new Float32Array([1, -2.5, Number.NaN]);

/** @type {(bytes: ArrayBuffer) => string} */
const inBase64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
/** @type {(bytes: ArrayBuffer) => Promise<ArrayBuffer>} */
const compressed = (bytes) =>
  new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();

test("bytes come back as the numbers they were, plain and compressed", async () => {
  const plain = { gzip: false, base64: inBase64(NUMBERS.buffer) };
  const small = { gzip: true, base64: inBase64(await compressed(NUMBERS.buffer)) };
  expect(plain.base64).not.toBe(small.base64);
  expect(typed(await bytesOf(plain), Float32Array)).toEqual(NUMBERS);
  expect(typed(await bytesOf(small), Float32Array)).toEqual(NUMBERS);
});

test("buffers are put back wherever they were taken from, all else stays", () => {
  const buffers = [new DataView(new ArrayBuffer(1)), new DataView(new ArrayBuffer(2))];
  const state = { layers: [{ index: { $bytes: 1 }, frames: [{ $bytes: 0 }], scores: null }], title: "$bytes", n: 3 };
  expect(filled(state, buffers)).toEqual({
    layers: [{ index: buffers[1], frames: [buffers[0]], scores: null }],
    title: "$bytes",
    n: 3,
  });
});

/** @type {(publish?: (...values: any[]) => void) => Model} */
const model = (publish = () => {}) =>
  makeModel(/** @type {any} */ ({ selected: { detections: 1 }, frame: 2, title: "A" }), publish);

test("who listens hears of a change, not of the same value again, and not after leaving", () => {
  const [one, heard] = [model(), vi.fn()];
  one.on("change:selected", heard);
  one.set("selected", { detections: 1 });
  expect(heard).not.toHaveBeenCalled();
  one.set("selected", { detections: 2 });
  one.set("frame", 3);
  expect(heard).toHaveBeenCalledOnce();
  one.off("change:selected", heard);
  one.set("selected", {});
  expect(heard).toHaveBeenCalledOnce();
  expect([one.get("selected"), one.get("frame")]).toEqual([{}, 3]);
});

test("what is saved goes to the other canvases: the selection, nothing else", () => {
  const publish = vi.fn();
  const one = model(publish);
  one.set("frame", 7);
  one.save_changes();
  expect(publish.mock.calls).toEqual([[one, "selected", { detections: 1 }]]);
});
