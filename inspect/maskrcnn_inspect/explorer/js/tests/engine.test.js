import { expect, test } from "vitest";
import { kernelEngine, remembering, tensorOf } from "../engine.js";
import { pageEngine } from "../page_engine.js";
import { description } from "./run.js";

/** @type {(...values: number[]) => Promise<string>} */
async function packed(...values) {
  const stream = new Blob([Float32Array.from(values)]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}

/** A model whose answers the test gives. */
function channel() {
  /** @type {any[]} */
  const sent = [];
  /** @type {Function[]} */
  const listeners = [];
  return {
    sent,
    get: () => description,
    send: (/** @type {any} */ message) => sent.push(message),
    on: (/** @type {string} */ _, /** @type {Function} */ act) => listeners.push(act),
    off: () => {},
    reply: (/** @type {any} */ message, /** @type {any} */ buffers) =>
      listeners.forEach((act) => void act(message, buffers)),
  };
}

test("an answer goes to the question of its number, in whatever order they come", async () => {
  const model = channel();
  const engine = kernelEngine(model, new AbortController().signal);
  const [first, second] = [engine.tensors({ a: { name: "a" } }), engine.tensors({ b: { name: "b", rows: [3] } })];
  const header = { dtype: "int32", shape: [1] };
  model.reply({ id: model.sent[1].id, tensors: [header] }, [new DataView(Int32Array.of(22).buffer)]);
  model.reply({ id: model.sent[0].id, tensors: [header] }, [new DataView(Int32Array.of(11).buffer)]);
  expect((await first).a.values[0]).toBe(11);
  expect((await second).b.values[0]).toBe(22);
  expect(model.sent[1]).toMatchObject({ ask: "tensors", wants: [{ name: "b", rows: [3] }] });
});

test("an error is the sentence that the kernel said", async () => {
  const model = channel();
  const asked = kernelEngine(model, new AbortController().signal).run({ "proposals.count": 3 });
  model.reply({ id: model.sent[0].id, error: "wanted a model" }, []);
  await expect(asked).rejects.toThrow("wanted a model");
});

test("nothing is asked twice until the model makes it anew", async () => {
  let asked = 0;
  /** @type {any} */
  const source = {
    description: () => description,
    tensors: async (/** @type {object} */ wants) => {
      asked += Object.keys(wants).length;
      return Object.fromEntries(
        Object.keys(wants).map((key) => [key, tensorOf({ dtype: "uint8", shape: [1] }, Uint8Array.of(asked))]),
      );
    },
    run: async () => ({ ...description, fixed: ["y"] }),
  };
  const engine = remembering(source);
  await engine.tensors({ a: { name: "x" }, b: { name: "y" } });
  expect((await engine.tensors({ again: { name: "x" } })).again.values[0]).toBe(2);
  expect(asked).toBe(2);
  await engine.run({});
  await engine.tensors({ a: { name: "x" }, b: { name: "y" } });
  expect(asked).toBe(3); // no setting changes y
});

test("bytes that start anywhere become numbers, and other kinds are refused", () => {
  const shifted = new Uint8Array(9);
  shifted.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 1);
  expect(Array.from(tensorOf({ dtype: "float32", shape: [2] }, shifted.subarray(1)).values)).toEqual([1.5, -2]);
  expect(() => tensorOf({ dtype: "float64", shape: [1] }, new Uint8Array(8))).toThrow("float64");
});

test("a page gives a channel, rows of a whole, and rows that it keeps one by one", async () => {
  const engine = pageEngine({
    description,
    tensors: [
      {
        name: "map",
        dtype: "float32",
        shape: [1, 2, 9],
        channels: [4, 7],
        parts: [await packed(1, 2), await packed(3, 4)],
      },
      { name: "boxes", dtype: "float32", shape: [3, 2], parts: [await packed(0, 1, 2, 3, 4, 5)] },
      { name: "masks", dtype: "float32", shape: [2, 2], by_row: true, parts: [await packed(8, 9), await packed(6, 7)] },
    ],
  });
  const got = await engine.tensors({
    map: { name: "map", channel: 7 },
    boxes: { name: "boxes", rows: [2, 0] },
    masks: { name: "masks", rows: [1] },
    all: { name: "masks" },
  });
  expect([got.map.shape, Array.from(got.map.values)]).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(Array.from(got.boxes.values)).toEqual([4, 5, 0, 1]);
  expect([got.masks.shape, Array.from(got.masks.values)]).toEqual([
    [1, 2],
    [6, 7],
  ]);
  expect(Array.from(got.all.values)).toEqual([8, 9, 6, 7]);
  expect(engine.channelsOf("map")).toEqual([4, 7]);
});

test("a page refuses in words what needs a model, and what it does not hold", async () => {
  const engine = pageEngine({
    description,
    tensors: [{ name: "map", dtype: "float32", shape: [1, 1, 2], channels: [0], parts: [await packed(1)] }],
  });
  await expect(engine.run({ "proposals.count": 3 })).rejects.toThrow("needs the model");
  await expect(engine.why([0, 0, 1, 1])).rejects.toThrow("needs the model");
  await expect(engine.tensors({ a: { name: "map", channel: 1 } })).rejects.toThrow("strongest channels");
  await expect(engine.tensors({ a: { name: "other" } })).rejects.toThrow("does not hold");
});
