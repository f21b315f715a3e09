// The model in the browser itself, as a widget's model: traits, and messages that a worker answers. Until the worker has
// run the first image a recorded run of the same model on it answers; then the screen is told that it is live.

/** @import { Description, Engine } from "./types.d.ts" */
/** @import { WidgetModel } from "./index.js" */
/** @import { Answer } from "./line.js" */
/** @import { Source } from "./sources.js" */

/** A sample: pixels are its grey levels (y, x, rgb). */
/** @typedef {{ name: string, weights: string, says: string, size: number[], pixels: Source }} LiveSample */

/** What the page holds, as explorer/live/page.py writes it; `sample` is the first one, `webgpu` for a GPU. */
/** @typedef {{ worker: Source, runtime: Source, webgpu?: { worker: Source, runtime: Source }, models: Record<string, Source>, recorded: Source, samples: LiveSample[], sample: string, docs: string }} LivePage */

const STEPS = /** @type {Record<string, string>} */ ({
  webgpu: "Loading the program for WebGPU",
  model: "Loading the model",
  probe: "Comparing WebGPU with TensorFlow",
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
  const show = (/** @type {Answer} */ { message }) => {
    const { description, words, note } = message;
    model.set("progress", "");
    model.set("_description", { ...description, unlike: words, note, ...offered(page) });
  };
  const failed = (/** @type {Error} */ error) => model.set("progress", `The model does not run here: ${error.message}`);
  const desk = await makeDesk(page, {
    progress: (step) => model.set("progress", STEPS[step] ?? step),
    moved: (run) => void run.then(show).catch(failed),
    wanted: new URLSearchParams(location.search).get("engine") ?? "",
    start: openLine,
  });
  /** @type {(question: any) => Promise<Answer>} */
  const opened = async (question) => {
    const answer = await desk.open(question);
    show(answer);
    return answer;
  };
  const live = desk.open({ sample: page.sample }).then((answer) => {
    answering = (question) => (question.ask === "open" ? opened(question) : desk.ask(question));
    show(answer);
  });
  live.catch(failed);
  return model;
}

/** @type {(page: LivePage) => object} what the description says beside the run: other images that can be opened */
const offered = ({ samples }) => ({
  samples: samples.map(({ name, weights, says }) => ({ name, weights, says })),
  opens: MODEL,
});

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

import { MODEL, makeDesk } from "./desk.js";
import { dtypeOf } from "./engine.js";
import { openLine } from "./line.js";
import { pageEngine } from "./page_engine.js";
import { pageModel } from "./page_model.js";
import { textOf } from "./sources.js";
