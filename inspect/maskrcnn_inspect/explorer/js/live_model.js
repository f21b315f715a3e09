// The model in the browser itself, as a widget's model: traits, and messages that a worker answers. Until the worker has
// run the first image a recorded run of the same model on it answers; then the screen is told that it is live.

/** @import { Description, Engine } from "./types.d.ts" */
/** @import { WidgetModel } from "./index.js" */
/** @import { Answer } from "./line.js" */
/** @import { Source } from "./sources.js" */

/** A sample: pixels are its grey levels (y, x, rgb). */
/** @typedef {{ name: string, weights: string, says: string, size: number[], pixels: Source }} LiveSample */

/** What the page holds, as explorer/live/page.py writes it; `sample` is the first one. */
/** @typedef {{ worker: Source, runtime: Source, models: Record<string, Source>, recorded: Source, samples: LiveSample[], sample: string, docs: string }} LivePage */

const MODEL = ".maskrcnn"; // how a model's file ends
const STEPS = /** @type {Record<string, string>} */ ({
  model: "Loading the model",
  image: "Preprocessing",
  backbone: "Running the backbone",
  fpn: "Running the FPN",
  rpn: "Running the RPN",
  proposals: "Choosing proposals",
  heads: "Running the box head",
  detections: "Choosing detections",
  masks: "Running the mask head",
  pasting: "Pasting the masks",
});

/**
 * Open the channel; gives it as soon as the recorded run can be looked at.
 * @type {(page: LivePage) => Promise<WidgetModel>}
 */
export async function liveModel(page) {
  const recorded = pageEngine(JSON.parse(await textOf(page.recorded)));
  const first = { ...recorded.description(), ...offered(page), coming: true };
  const model = widgetModel(first, (question) => answering(question));
  /** @type {(question: any) => Promise<Answer>} */
  let answering = (question) => recordedAnswer(recorded, question);
  const desk = await makeDesk(page, (step) => model.set("progress", STEPS[step] ?? step));
  const live = desk.open({ sample: page.sample }).then((answer) => {
    answering = (question) => (question.ask === "open" ? opened(question) : desk.ask(question));
    show(answer);
  });
  live.catch((error) => model.set("progress", `The model does not run here: ${error.message}`));
  /** @type {(question: any) => Promise<Answer>} */
  const opened = async (question) => {
    const answer = await desk.open(question);
    show(answer);
    return answer;
  };
  const show = (/** @type {Answer} */ { message }) => {
    model.set("progress", "");
    model.set("_description", { ...message.description, unlike: message.words, ...offered(page) });
  };
  return model;
}

/** @type {(page: LivePage) => object} what the description says beside the run: other images that can be opened */
const offered = ({ samples }) => ({
  samples: samples.map(({ name, weights, says }) => ({ name, weights, says })),
  opens: MODEL,
});

/**
 * Start the worker, and give what answers questions: `open` loads the model that an image is for first.
 * @type {(page: LivePage, progress: (step: string) => void) => Promise<{ ask: (question: any) => Promise<Answer>, open: (question: any) => Promise<Answer> }>}
 */
async function makeDesk(page, progress) {
  const line = openLine(await textOf(page.worker), progress);
  const threads = globalThis.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency || 1) : 1;
  const begun = blobOf(page.runtime).then((wasm) => line.ask({ ask: "begin", wasm, threads }));
  begun.catch(() => {}); // said where it is waited for
  let loaded = "";
  let turn = 0; // of what is opened: a cancel, or something newer, ends the older
  /** @type {(name: string, fetched: () => Promise<Blob>, still: () => void) => Promise<void>} */
  const load = async (name, fetched, still) => {
    progress("model");
    const [file] = await Promise.all([fetched(), begun]);
    still();
    await line.ask({ ask: "model", file });
    loaded = name;
    still();
  };
  /** @type {(question: { sample?: string, name?: string, content?: string }) => Promise<Answer>} */
  const open = async ({ sample, name = "", content = "" }) => {
    await line.ask({ ask: "cancel" }); // what ran for the former image is of no use
    turn += 1;
    const mine = turn;
    const still = () => {
      if (mine !== turn) throw new Error("The run was cancelled.");
    };
    if (sample !== undefined) {
      const one = /** @type {LiveSample} */ (page.samples.find((each) => each.name === sample));
      if (loaded !== one.weights) await load(one.weights, () => blobOf(page.models[one.weights]), still);
      const pixels = await blobOf(one.pixels);
      still();
      return line.ask({ ask: "pixels", pixels, size: one.size, name: one.name });
    }
    const file = await blobOf({ base64: content });
    if (!name.endsWith(MODEL)) return line.ask({ ask: "image", file, name });
    await load(name, async () => file, still);
    return line.ask({ ask: "again" });
  };
  const ask = (/** @type {any} */ question) => {
    if (question.ask === "cancel") turn += 1;
    return line.ask(question);
  };
  return { ask, open };
}

/** @type {(recorded: Engine, question: any) => Promise<Answer>} */
async function recordedAnswer(recorded, { ask, wants }) {
  if (ask !== "tensors") throw new Error("The model is being loaded: try again in a moment.");
  const found = await recorded.tensors(
    Object.fromEntries(wants.map((/** @type {any} */ want, /** @type {number} */ i) => [i, want])),
  );
  const tensors = Object.values(found);
  return {
    message: { tensors: tensors.map(({ values, shape }) => ({ dtype: dtypeOf(values), shape })) },
    buffers: tensors.map(({ values }) => /** @type {ArrayBuffer} */ (values.slice().buffer)),
  };
}

/**
 * Make what `render` needs of a widget's model, whose messages `answered` answers; the place is kept in the address.
 * @type {(description: Description, answered: (question: any) => Promise<Answer>) => WidgetModel}
 */
function widgetModel(description, answered) {
  const traits = {
    _description: description,
    place: location.hash.slice(1),
    selected: {},
    progress: STEPS.model,
    cancels: true,
  };
  const ask = async (/** @type {any} */ question) => {
    const { message, buffers } = await answered(question);
    return { message, buffers: buffers.map((buffer) => new DataView(buffer)) };
  };
  return pageModel(traits, ask, ["_description"]);
}

import { dtypeOf } from "./engine.js";
import { openLine } from "./line.js";
import { pageEngine } from "./page_engine.js";
import { pageModel } from "./page_model.js";
import { blobOf, textOf } from "./sources.js";
