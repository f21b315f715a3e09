// ONNX Runtime in the worker: sessions of a model's parts.

/** @import { Manifest, PartEntry, Tensor } from "./types.d.ts" */

const TYPES = { Float32Array: "float32", Int32Array: "int32" };

/**
 * Make the runtime ready: `wasm` is its program; threads only where the page is isolated from other origins.
 * @type {(wasm: ArrayBuffer, threads: number) => void}
 */
export function begin(wasm, threads) {
  env.wasm.wasmBinary = wasm;
  env.wasm.numThreads = threads;
  env.logLevel = "error";
}

/** @type {(manifest: Manifest, data: Uint8Array) => Promise<Map<string, InferenceSession>>} */
export async function sessionsOf(manifest, data) {
  const sessions = new Map();
  for (const { name, offset, length } of manifest.parts) {
    const graph = data.slice(offset, offset + length);
    sessions.set(name, await InferenceSession.create(graph, { executionProviders: ["wasm"] }));
  }
  return sessions;
}

/** @type {(session: InferenceSession, part: PartEntry, given: Record<string, Tensor>) => Promise<Record<string, Tensor>>} */
export async function runPart(session, part, given) {
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, toRuntime(given[name])]));
  const made = await session.run(feeds, part.makes);
  return Object.fromEntries(part.makes.map((name) => [name, fromRuntime(made[name])]));
}

/** @type {(tensor: Tensor) => OrtTensor} */
function toRuntime({ values, shape }) {
  const type = TYPES[/** @type {keyof typeof TYPES} */ (values.constructor.name)];
  return new OrtTensor(/** @type {any} */ (type), values, shape);
}

/** @type {(tensor: OrtTensor) => Tensor} */
const fromRuntime = ({ data, dims }) => ({ values: /** @type {Tensor["values"]} */ (data), shape: [...dims] });

import { env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-web/wasm";
