// The desk between a page and its workers: it chooses the GPU or WASM, loads what an image is for, and goes on in WASM
// when the GPU fails, with the image and the model at hand.

/** @import { LivePage, LiveSample } from "./live_model.js" */
/** @import { Answer, Line, Ears } from "./line.js" */
/** @import { Choice, Adapter } from "./choice.js" */

/** A worker, and that its program is there. */
/** @typedef {{ line: Line, begun: Promise<unknown> }} Engine */

/** A model by where its file comes from, and what is asked of it: an image. */
/** @typedef {{ model: { fetched: () => Promise<Blob> }, image: () => Promise<object> }} Wish */

/** @typedef {{ sample?: string, name?: string, content?: string }} Opening */

/** What stands around the desk. `wanted` is what the address asks for; `moved` hears of the run in the other engine. */
/** @typedef {{ progress: (step: string) => void, moved: (answer: Promise<Answer>) => void, wanted: string, start: (script: string, ears: Ears) => Line }} Around */

export const MODEL = ".maskrcnn"; // how a model's file ends
const LIMIT = 120_000; // ms without a sign, while a GPU compiles a model's programs and runs the probe

/**
 * Start the worker, and give what answers questions: `open` loads the model that an image is for first.
 * @type {(page: LivePage, around: Around) => Promise<{ ask: (question: any) => Promise<Answer>, open: (question: Opening) => Promise<Answer> }>}
 */
export async function makeDesk(page, { progress, moved, wanted, start }) {
  const threads = globalThis.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency || 1) : 1;
  const plain = start(await textOf(page.worker), { progress });
  /** @type {Line | null} */
  let gpu = null;
  let note = ""; // said beside the next run
  let turn = 0; // of what is opened: a cancel, or something newer, ends the older
  let opening = 0; // how many are being opened
  let left = false; // the screen shows a run of a GPU that is gone
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let patience; // with the GPU, while it has a model to load
  /** @type {Wish["model"] | null} */
  let loaded = null;
  /** @type {Wish | null} */
  let shown = null;

  /** @type {(line: Line, runtime: import("./sources.js").Source) => Engine} */
  const begin = (line, runtime) => {
    const begun = blobOf(runtime).then((wasm) => line.ask({ ask: "begin", wasm, threads }));
    begun.catch(() => {}); // said where it is waited for
    return { line, begun };
  };
  const inWasm = () => begin(plain, page.runtime);
  /** @type {() => Promise<Engine>} */
  const choose = async () => {
    const { webgpu } = page;
    const adapter = async () => /** @type {Adapter} */ ((await plain.ask({ ask: "adapter" })).message.adapter);
    const choice = await chosen(wanted, Boolean(webgpu), adapter);
    note = choice.words;
    if (!choice.gpu || !webgpu) return inWasm();
    try {
      progress("webgpu");
      const heard = (/** @type {string} */ step) => {
        progress(step);
        if (step === "probe") wait();
      };
      gpu = start(await textOf(webgpu.worker), { progress: heard, lost: (reason) => lost(reason) });
      const { line, begun } = begin(gpu, webgpu.runtime);
      return { line, begun: begun.catch((error) => lost(error.message)) };
    } catch (error) {
      note = noteOf(error instanceof Error ? error.message : String(error));
      return inWasm();
    }
  };
  const wait = () => {
    clearTimeout(patience);
    patience = setTimeout(() => lost(`no sign of it for ${LIMIT / 1000} s`), LIMIT);
  };
  /** @type {(reason: string) => void} */
  const lost = (reason) => {
    clearTimeout(patience);
    if (!gpu) return;
    const former = gpu;
    [gpu, loaded, note] = [null, null, noteOf(reason)];
    engine = Promise.resolve(inWasm());
    former.end(new GpuError(note));
    left = true;
    resume();
  };
  /** Run in WASM what the screen still shows of the GPU, unless something else is on its way there. */
  const resume = () => {
    if (!left || opening || !shown) return;
    left = false;
    moved(opened(shown));
  };
  let engine = choose();
  engine.catch(() => {}); // said where it is waited for

  /** @type {(wish: Wish, still: () => void) => Promise<Answer>} */
  const carriedOut = async ({ model, image }, still) => {
    const coming = loaded === model ? null : model.fetched(); // while the program comes
    coming?.catch(() => {}); // said where it is waited for
    const { line, begun } = await engine;
    if (loaded !== model) {
      progress("model");
      const [file] = await Promise.all([coming ?? model.fetched(), begun]);
      still();
      if (line === gpu) wait();
      await line.ask({ ask: "model", file }).finally(() => clearTimeout(patience));
      loaded = model;
      still();
    }
    const question = await image();
    still();
    return line.ask(question);
  };
  /** @type {(wish: Wish) => Promise<Answer>} */
  const opened = async (wish) => {
    turn += 1;
    const mine = turn;
    const still = () => {
      if (mine !== turn) throw new Error("The run was cancelled.");
    };
    opening += 1;
    try {
      const answer = await carriedOut(wish, still).catch((error) => {
        still();
        if (error instanceof GpuError) return carriedOut(wish, still);
        throw error;
      });
      [shown, left] = [wish, false];
      const message = { ...answer.message, note };
      note = "";
      return { ...answer, message };
    } finally {
      opening -= 1;
      resume();
    }
  };

  const models = Object.fromEntries(
    Object.entries(page.models).map(([name, source]) => [name, { fetched: () => blobOf(source) }]),
  );
  /** @type {(question: Opening) => Promise<Wish>} */
  const wishOf = async ({ sample, name = "", content = "" }) => {
    if (sample !== undefined) {
      const one = /** @type {LiveSample} */ (page.samples.find((each) => each.name === sample));
      const image = async () => ({ ask: "pixels", pixels: await blobOf(one.pixels), size: one.size, name: one.name });
      return { model: models[one.weights], image };
    }
    const file = await blobOf({ base64: content });
    const { model, image } = /** @type {Wish} */ (shown);
    if (name.endsWith(MODEL)) return { model: { fetched: async () => file }, image };
    return { model, image: async () => ({ ask: "image", file, name }) };
  };
  return {
    async open(question) {
      const { line } = await engine;
      await line.ask({ ask: "cancel" }).catch(() => {}); // what ran for the former image is of no use
      return opened(await wishOf(question));
    },
    async ask(question) {
      if (question.ask === "cancel") turn += 1;
      return (await engine).line.ask(question);
    },
  };
}

/** @type {(reason: string) => string} */
const noteOf = (reason) => `WebGPU is not used here (${reason}); WASM runs the model.`;

import { chosen } from "./choice.js";
import { GpuError } from "./line.js";
import { blobOf, textOf } from "./sources.js";
