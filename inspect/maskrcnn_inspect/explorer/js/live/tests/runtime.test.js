import { expect, test } from "vitest";
import { GpuError, makeRuntime } from "../runtime.js";

const PARTS = ["backbone", "proposals", "heads"].map((name) => ({ name, offset: 0, length: 1, reads: [], makes: [] }));
const MANIFEST = /** @type {any} */ ({ parts: [PARTS[0], PARTS[1], { ...PARTS[2], in_wasm: ["pool"] }] });

/** ONNX Runtime, played: it notes options, and how many are inside at a time. */
function played(fails = "") {
  let inside = 0;
  const seen = { options: /** @type {any[]} */ ([]), most: 0 };
  const visit = async () => {
    inside += 1;
    seen.most = Math.max(seen.most, inside);
    await new Promise((done) => setTimeout(done));
    inside -= 1;
    if (fails) throw new Error(fails);
    return {};
  };
  const session = { inputNames: [], run: visit, release: visit };
  const create = async (/** @type {any} */ _, /** @type {any} */ options) => {
    seen.options.push(options.executionProviders);
    await visit();
    return session;
  };
  const ort = /** @type {any} */ ({ env: { wasm: {}, webgpu: {} }, InferenceSession: { create }, Tensor: class {} });
  return { ort, seen, session: /** @type {any} */ (session) };
}

test("on a GPU, parts that pay ask for WebGPU alone, so that no other provider stands in unsaid", async () => {
  const { ort, seen } = played();
  await makeRuntime(ort, true).sessionsOf(MANIFEST, new Uint8Array(1));
  expect(seen.options).toEqual([[{ name: "webgpu" }], ["wasm"], [{ name: "webgpu", forceCpuNodeNames: ["pool"] }]]);
});

test("in WASM, nothing asks for a GPU", async () => {
  const { ort, seen } = played();
  await makeRuntime(ort, false).sessionsOf(MANIFEST, new Uint8Array(1));
  expect(seen.options).toEqual([["wasm"], ["wasm"], ["wasm"]]);
});

test("the program is entered by one at a time", async () => {
  const { ort, seen, session } = played();
  const { runPart, release } = makeRuntime(ort, true);
  const part = /** @type {any} */ (PARTS[0]);
  await Promise.all([
    runPart(session, part, {}),
    runPart(session, part, {}),
    release(new Map([["backbone", session]])),
  ]);
  expect(seen.most).toBe(1);
});

test("what fails on a GPU is told apart, and does not stop what comes after", async () => {
  const { ort, session } = played("no memory");
  const part = /** @type {any} */ (PARTS[0]);
  const runtime = makeRuntime(ort, true);
  await expect(runtime.runPart(session, part, {})).rejects.toThrow(GpuError);
  await expect(runtime.runPart(session, part, {})).rejects.toThrow("no memory");
  await expect(makeRuntime(ort, false).runPart(session, part, {})).rejects.not.toThrow(GpuError);
});
