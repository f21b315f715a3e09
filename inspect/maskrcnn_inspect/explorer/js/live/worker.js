// What a worker does: it holds the model and the run, and answers questions as the kernel's widget does
// (explorer/widget.py): {id, ask, …} in, {id, …} or {id, error} with buffers out. Without an id come `progress` while the
// network runs, and `lost` when the GPU is gone.

/** @import { Manifest, Picture, Run } from "./types.d.ts" */
/** @import { Ort, Runtime } from "./runtime.js" */
/** @import { InferenceSession } from "onnxruntime-web" */

/** @typedef {{ manifest: Manifest, sessions: Map<string, InferenceSession> }} Model */

/** @type {Model | null} */
let model = null;
/** @type {Run | null} */
let run = null;
/** @type {Run | null} */
let base = null; // of the same image, with the model's own settings
let turn = 0; // of the run that is waited for: a newer one, or a cancel, ends the older
let search = 0; // of the setting change that is looked for: a newer one, a stop, or another run ends the older
let engine = "";
/** @type {Runtime | null} */
let runtime = null;

/**
 * Begin to answer. name: how the page names what runs. gpu: whether that is the GPU.
 * @type {(ort: Ort, name: string, gpu?: boolean) => void}
 */
export function serve(ort, name, gpu = false) {
  engine = name;
  runtime = makeRuntime(ort, gpu);
  // the runtime starts its threads from this very script
  if (!self.name.startsWith("em-pthread")) addEventListener("message", asked);
}

/** @type {Record<string, (question: any) => Promise<{ reply: object, buffers?: ArrayBuffer[] }>>} */
const ASKS = {
  async adapter() {
    return { reply: { adapter: await adapterOf() } };
  },
  async begin({ wasm, threads }) {
    have(runtime).begin(await unpacked(wasm), threads);
    engine += `, ONNX Runtime in this page${threads > 1 ? `, ${threads} threads` : ""}`; // its end may be cut off
    return { reply: {} };
  },
  async model({ file }) {
    const { manifest, data } = await opened(file);
    const { sessionsOf, release, gpu } = have(runtime);
    const sessions = await sessionsOf(manifest, data);
    if (gpu) await proven(manifest, data, sessions);
    if (model) await release(model.sessions);
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
  async run({ settings }) {
    const { manifest } = have(model);
    const own = Object.fromEntries(manifest.settings.map((one) => [one.name, one.own]));
    run = await runAgain(manifest, [have(base), have(run)], { ...own, ...settings }, partOf(have(model)), watch());
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
  async change({ box }) {
    return { reply: { change: await changeFor(box) } };
  },
  async stop() {
    search += 1;
    return { reply: {} };
  },
  async cancel() {
    turn += 1;
    return { reply: {} };
  },
};

/** @type {(picture: Picture, words?: string) => Promise<{ reply: object }>} */
async function look(picture, words = "") {
  const { manifest } = have(model);
  run = await runPicture(manifest, picture, partOf(have(model)), watch());
  base = run;
  return { reply: { ...described().reply, words } };
}

/** @type {(box: number[]) => Promise<import("../types.d.ts").SettingChange>} what keeps the object in a box that is missed */
async function changeFor(box) {
  const [{ manifest }, at] = [have(model), have(run)];
  const [runPart, still] = [partOf(have(model)), watchSearch(at)];
  let latest = { key: "", run: at }; // of which the next one needs the most
  return findSettingChange(at, manifest, supposed(at, manifest, box), async (settings) => {
    const key = JSON.stringify(settings);
    if (key === latest.key) return latest.run;
    const former = [have(base), latest.run, at];
    const made = runAgain(manifest, former, { ...at.settings, ...settings }, runPart, still);
    latest = { key, run: await made.catch((error) => Promise.reject(endOfSearch(error, settings))) };
    return latest.run;
  });
}

/** @type {(error: unknown, settings: Record<string, number>) => unknown} tens of thousands of regions are more than a page's memory holds */
function endOfSearch(error, settings) {
  if (error instanceof Cancelled || error instanceof GpuError) return error;
  const named = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const why = error instanceof Error ? error.message : String(error);
  return new Error(`The search ended: with ${named.join(" and ")} this page cannot run the model (${why}).`);
}

/** @type {() => { reply: object }} */
function described() {
  const { manifest } = have(model);
  return { reply: { description: describe(have(run), manifest, engine), milliseconds: have(run).milliseconds } };
}

/**
 * Hold the GPU against the probe of a model's file, and listen for its end. Throws where it computes otherwise.
 * @type {(manifest: Manifest, data: Uint8Array, sessions: Map<string, InferenceSession>) => Promise<void>}
 */
async function proven(manifest, data, sessions) {
  const picture = probeOf(manifest, data);
  if (!picture) throw new GpuError("the model's file has no probe to hold it against");
  const said = async () => postMessage({ progress: "probe" });
  const difference = differenceOf(manifest, await runPicture(manifest, picture, partOf({ manifest, sessions }), said));
  if (difference) throw new GpuError(difference);
  if (!model) tellLoss(have(runtime)); // one GPU for all models
}

/** @type {(runtime: Runtime) => Promise<void>} */
const tellLoss = async ({ lost }) => postMessage({ lost: await lost() });

/** @type {(model: Model) => import("./chain.js").RunPart} */
const partOf =
  ({ sessions }) =>
  (entry, given) =>
    have(runtime).runPart(have(sessions.get(entry.name)), entry, given);

/** Give what is called before each part: it says so, lets questions in, and ends a run that is not waited for. */
function watch() {
  turn += 1;
  const mine = turn;
  return async (/** @type {string} */ name) => {
    postMessage({ progress: name });
    await questions();
    if (mine !== turn) throw new Cancelled("The run was cancelled.");
  };
}

/** @type {(at: Run) => () => Promise<void>} the same for a search, of whose runs nothing is said: ends it when its run is replaced */
function watchSearch(at) {
  search += 1;
  const [mine, wanted] = [search, turn];
  return async () => {
    await questions();
    if (mine !== search || wanted !== turn || at !== run) throw new Cancelled("The search was stopped.");
  };
}

/** Let questions in that have come meanwhile. */
const questions = () => new Promise((done) => setTimeout(done));

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
    const words = error instanceof Error ? error.message : String(error);
    const why = { cancelled: error instanceof Cancelled, gpu: error instanceof GpuError };
    postMessage({ message: { id, error: words, ...why }, buffers: [] });
  }
}

import { dtypeOf } from "../engine.js";
import { adapterOf } from "./adapter.js";
import { answer } from "./answers.js";
import { Cancelled, runAgain, runPicture } from "./chain.js";
import { findSettingChange } from "./changes.js";
import { describe } from "./describe.js";
import { supposed } from "./near.js";
import { opened } from "./package.js";
import { pictureOf } from "./picture.js";
import { differenceOf, probeOf } from "./probe.js";
import { GpuError, makeRuntime } from "./runtime.js";
import { whyNotFound } from "./why.js";
