// The worker: it holds the model and the run, and answers questions as the kernel's widget does (explorer/widget.py):
// {id, ask, …} in, {id, …} or {id, error} with buffers out. `progress` comes without an id while the network runs.

/** @import { Manifest, Picture, Run } from "./types.d.ts" */
/** @import { InferenceSession } from "onnxruntime-web" */

/** @typedef {{ manifest: Manifest, sessions: Map<string, InferenceSession> }} Model */

/** @type {Model | null} */
let model = null;
/** @type {Run | null} */
let run = null;
/** @type {Run | null} */
let base = null; // of the same image, with the model's own settings
/** @type {Picture | null} */
let former = null; // the last image that ran, for another model
let turn = 0; // of the run that is waited for: a newer one, or a cancel, ends the older
let engine = "";

/** @type {Record<string, (question: any) => Promise<{ reply: object, buffers?: ArrayBuffer[] }>>} */
const ASKS = {
  async begin({ wasm, threads }) {
    begin(await unpacked(wasm), threads);
    engine = `ONNX Runtime in this page${threads > 1 ? `, ${threads} threads` : ""}`;
    return { reply: {} };
  },
  async model({ file }) {
    const { manifest, data } = await opened(file);
    const sessions = await sessionsOf(manifest, data);
    for (const session of model?.sessions.values() ?? []) await session.release();
    [model, run, base] = [{ manifest, sessions }, null, null];
    return { reply: { name: manifest.name } };
  },
  async pixels({ pixels, size, name }) {
    return look({ size, rgb: new Uint8Array(await unpacked(pixels)), name });
  },
  async image({ file, name }) {
    const picture = await pictureOf(file, name, have(model).manifest.most_side);
    const { scaledFrom } = picture;
    const words = scaledFrom
      ? `${name} has ${scaledFrom.join(" × ")} px and was scaled down to ${picture.size.join(" × ")} px: more does not fit into a page.`
      : "";
    return look(picture, words);
  },
  async again() {
    return look(have(former));
  },
  async run({ settings }) {
    const { manifest } = have(model);
    const own = Object.fromEntries(manifest.settings.map((one) => [one.name, one.own]));
    run = await runAgain(manifest, [have(base), have(run)], { ...own, ...settings }, part, watch());
    return described();
  },
  async tensors({ wants }) {
    const tensors = /** @type {import("../types.d.ts").Want[]} */ (wants).map((want) =>
      answer(have(run), have(model).manifest, want),
    );
    const headers = tensors.map(({ values, shape }) => ({ dtype: dtypeOf(values), shape }));
    const buffers = tensors.map(({ values }) => /** @type {ArrayBuffer} */ (values.slice().buffer));
    return { reply: { tensors: headers }, buffers };
  },
  async why({ box }) {
    return { reply: { why: whyNotFound(have(run), have(model).manifest, box) } };
  },
  async cancel() {
    turn += 1;
    return { reply: {} };
  },
};

/** @type {(picture: Picture, words?: string) => Promise<{ reply: object }>} */
async function look(picture, words = "") {
  run = await runPicture(have(model).manifest, picture, part, watch());
  [base, former] = [run, picture];
  return { reply: { ...described().reply, words } };
}

/** @type {() => { reply: object }} */
function described() {
  const { manifest } = have(model);
  return { reply: { description: describe(have(run), manifest, engine), milliseconds: have(run).milliseconds } };
}

/** @type {import("./chain.js").RunPart} */
const part = (entry, given) => runPart(have(have(model).sessions.get(entry.name)), entry, given);

/** Give what is called before each part: it says so, lets questions in, and ends a run that is not waited for. */
function watch() {
  turn += 1;
  const mine = turn;
  return async (/** @type {string} */ name) => {
    postMessage({ progress: name });
    await new Promise((done) => setTimeout(done));
    if (mine !== turn) throw new Cancelled("The run was cancelled.");
  };
}

/** @type {<T>(value: T | null | undefined) => T} */
function have(value) {
  if (value === null || value === undefined) throw new Error("the worker has no model or no image yet");
  return value;
}

/** @type {(packed: Blob) => Promise<ArrayBuffer>} */
const unpacked = (packed) => new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();

/** @type {(event: MessageEvent) => Promise<void>} */
async function asked({ data: question }) {
  const { id, ask } = question;
  try {
    const { reply, buffers = [] } = await ASKS[ask](question);
    postMessage({ message: { id, ...reply }, buffers }, { transfer: buffers });
  } catch (error) {
    const cancelled = error instanceof Cancelled;
    postMessage({
      message: { id, error: error instanceof Error ? error.message : String(error), cancelled },
      buffers: [],
    });
  }
}

// the runtime starts its threads from this very script
if (!self.name.startsWith("em-pthread")) addEventListener("message", asked);

import { dtypeOf } from "../engine.js";
import { answer } from "./answers.js";
import { Cancelled, runAgain, runPicture } from "./chain.js";
import { describe } from "./describe.js";
import { opened } from "./package.js";
import { pictureOf } from "./picture.js";
import { begin, runPart, sessionsOf } from "./runtime.js";
import { whyNotFound } from "./why.js";
