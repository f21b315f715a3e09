// Engines as the front end sees them: tensors by name. This one asks the kernel; the one of a page is page_engine.js.

/** @import { Description, Engine, Tensor, Tensors, Wants, Why } from "./types.d.ts" */

/** What a widget's model has beside traits: messages. */
/** @typedef {{ get(key: string): any, send(message: object): void, on(event: string, act: Function): void, off(event: string, act: Function): void }} Channel */

let asked = 0; // questions of this page: two engines of one widget never take each other's answers

const TYPES = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array };

/**
 * Make a tensor of bytes that a message or a page brought.
 * @param {{ dtype: string, shape: number[] }} header
 * @param {ArrayBuffer | ArrayBufferView} bytes
 * @returns {Tensor}
 */
export function tensorOf({ dtype, shape }, bytes) {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  const Type = TYPES[/** @type {keyof typeof TYPES} */ (dtype)];
  if (!Type) throw new Error(`wanted uint8, int32 or float32, received ${dtype}`);
  return { shape, values: new Type(view.slice().buffer) };
}

/** @type {(values: import("./types.d.ts").Numbers) => string} how a header names the type of an array */
export const dtypeOf = (values) => values.constructor.name.replace("Array", "").toLowerCase();

/**
 * Give the engine behind a widget: each question is a message with a number, the answer carries the same.
 * @type {(model: Channel, signal: AbortSignal) => Engine}
 */
export function kernelEngine(model, signal) {
  /** @type {Description} */
  let description = model.get("_description");
  /** @type {Map<number, { done: (reply: any) => void, failed: (error: Error) => void }>} */
  const waiting = new Map();
  /** @type {(message: any, buffers?: DataView[]) => void} */
  const answered = (message, buffers = []) => {
    const one = waiting.get(message?.id);
    if (!one) return;
    waiting.delete(message.id);
    if (message.error) one.failed(new Error(message.error));
    else one.done({ ...message, buffers });
  };
  model.on("msg:custom", answered);
  signal.addEventListener("abort", () => model.off("msg:custom", answered));
  /** @type {(question: object) => Promise<any>} */
  const ask = (question) =>
    new Promise((done, failed) => {
      asked += 1;
      waiting.set(asked, { done, failed });
      model.send({ id: asked, ...question });
    });
  return {
    description: () => description,
    async tensors(wants) {
      const names = Object.keys(wants);
      if (!names.length) return {};
      const { tensors, buffers } = await ask({ ask: "tensors", wants: Object.values(wants) });
      return Object.fromEntries(names.map((name, i) => [name, tensorOf(tensors[i], buffers[i])]));
    },
    async run(settings) {
      ({ description } = await ask({ ask: "run", settings }));
      return description;
    },
    why: async (box) => (await ask({ ask: "why", box })).why,
    change: async (box) => (await ask({ ask: "change", box })).change, // asked of an engine that is searching alone
    stop: async () => void (await ask({ ask: "stop" })),
    open: async (image) => void (await ask({ ask: "open", ...image })), // who owns the model then shows it anew
    cancel: model.get("cancels") ? async () => void (await ask({ ask: "cancel" })) : undefined,
    channelsOf: () => null,
  };
}

/**
 * Keep what was asked before, until a run makes it anew: going back and forth between stations asks nothing twice.
 * @type {(engine: Engine) => Engine}
 */
export function remembering(engine) {
  /** @type {Map<string, Promise<Tensor>>} */
  let kept = new Map();
  return {
    ...engine,
    async tensors(wants) {
      const missing = /** @type {Wants} */ ({});
      for (const want of Object.values(wants)) {
        const key = JSON.stringify(want);
        if (!kept.has(key)) missing[key] = want;
      }
      if (Object.keys(missing).length) {
        const asked = engine.tensors(missing);
        for (const key of Object.keys(missing)) {
          const one = asked.then((tensors) => tensors[key]);
          one.catch(() => kept.delete(key)); // asked again next time
          kept.set(key, one);
        }
      }
      const entries = Object.entries(wants).map(async ([name, want]) => [name, await kept.get(JSON.stringify(want))]);
      return /** @type {Tensors} */ (Object.fromEntries(await Promise.all(entries)));
    },
    async run(settings) {
      const description = await engine.run(settings);
      const fixed = new Set(description.fixed);
      kept = new Map([...kept].filter(([key]) => fixed.has(JSON.parse(key).name)));
      return description;
    },
  };
}
