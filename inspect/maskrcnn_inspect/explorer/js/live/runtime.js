// ONNX Runtime in the worker: sessions of a model's parts, on the GPU or in WASM.

/** @import { Manifest, PartEntry, Tensor } from "./types.d.ts" */
/** @import { env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-web" */

/** What is used of ONNX Runtime's module: its build for WASM alone, or the one for WebGPU. */
/** @typedef {{ env: typeof env, InferenceSession: typeof InferenceSession, Tensor: typeof OrtTensor }} Ort */

/** @typedef {ReturnType<typeof makeRuntime>} Runtime */

/** The GPU did not do what was asked: the same may well succeed in WASM. */
export class GpuError extends Error {}

const ERROR = 3; // of ONNX Runtime's levels: that some nodes are not on the GPU is no news
const TYPES = { Float32Array: "float32", Int32Array: "int32" };
// Few numbers, and an NMS that ONNX Runtime has in WASM alone. Of the other parts it runs there by itself what WebGPU does
// not have: ROIAlign, and some of the integers around it.
const NOT_ON_GPU = ["proposals", "detections"];

/**
 * Make the runtime of a worker. gpu: parts that pay run on the GPU.
 * @param {Ort} ort
 * @param {boolean} gpu
 */
export function makeRuntime({ env, InferenceSession, Tensor: OrtTensor }, gpu) {
  const next = inTurn(); // a program that waits for the GPU must not be entered a second time meanwhile

  /** @type {<T>(act: () => Promise<T>) => Promise<T>} */
  const onGpu = async (act) => {
    try {
      return await next(act);
    } catch (error) {
      throw gpu ? new GpuError(error instanceof Error ? error.message : String(error)) : error;
    }
  };
  /** @type {(tensor: Tensor) => OrtTensor} */
  const toRuntime = ({ values, shape }) => {
    const type = TYPES[/** @type {keyof typeof TYPES} */ (values.constructor.name)];
    return new OrtTensor(/** @type {any} */ (type), values, shape);
  };

  return {
    gpu,
    /**
     * Make it ready: `wasm` is its program; threads only where the page is isolated from other origins.
     * @type {(wasm: ArrayBuffer, threads: number) => void}
     */
    begin(wasm, threads) {
      env.wasm.wasmBinary = wasm;
      env.wasm.numThreads = threads;
      env.logLevel = "error";
    },
    /** @type {(manifest: Manifest, data: Uint8Array) => Promise<Map<string, InferenceSession>>} */
    async sessionsOf(manifest, data) {
      const sessions = new Map();
      for (const { name, offset, length, in_wasm } of manifest.parts) {
        const graph = data.slice(offset, offset + length);
        // one provider: of two, ONNX Runtime would leave out the one that fails, and say so in the console alone
        const executionProviders = [gpu && !NOT_ON_GPU.includes(name) ? onGpuBut(in_wasm) : "wasm"];
        sessions.set(
          name,
          await onGpu(() => InferenceSession.create(graph, { executionProviders, logSeverityLevel: ERROR })),
        );
      }
      return sessions;
    },
    /** @type {(session: InferenceSession, part: PartEntry, given: Record<string, Tensor>) => Promise<Record<string, Tensor>>} */
    async runPart(session, part, given) {
      const feeds = Object.fromEntries(session.inputNames.map((name) => [name, toRuntime(given[name])]));
      const made = await onGpu(() => session.run(feeds, part.makes));
      return Object.fromEntries(part.makes.map((name) => [name, fromRuntime(made[name])]));
    },
    /** @type {(sessions: Map<string, InferenceSession>) => Promise<void>} */
    async release(sessions) {
      for (const session of sessions.values()) await onGpu(() => session.release());
    },
    /**
     * Say when the GPU is gone, and why. Asked for once there are sessions.
     * @type {() => Promise<string>}
     */
    async lost() {
      const { reason, message } = await (await /** @type {any} */ (env.webgpu.device)).lost;
      return message || reason;
    },
  };
}

/** @type {(nodes?: string[]) => { name: "webgpu", forceCpuNodeNames?: string[] }} */
const onGpuBut = (nodes) => ({ name: "webgpu", ...(nodes?.length ? { forceCpuNodeNames: nodes } : {}) });

/** @type {() => <T>(act: () => Promise<T>) => Promise<T>} what is handed in begins when all before it have ended */
function inTurn() {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  return (act) => {
    const mine = last.then(act);
    last = mine.catch(() => {}); // who handed it in hears of it
    return mine;
  };
}

/** @type {(tensor: OrtTensor) => Tensor} */
const fromRuntime = ({ data, dims }) => ({ values: /** @type {Tensor["values"]} */ (data), shape: [...dims] });
