// The server of this machine as a widget's model: traits, and messages that are answered, over HTTP.

/** @import { WidgetModel } from "./index.js" */

/**
 * Open the channel to the server that gave this page; waits until its model is there.
 * @type {() => Promise<WidgetModel>}
 */
export async function servedModel() {
  const page = crypto.randomUUID();
  const { message: first } = await askServer({ ask: "look", page });
  if (first.error) throw new Error(first.error);
  /** @type {Record<string, any>} */
  const traits = { _description: first.description, place: location.hash.slice(1), selected: {} };
  return pageModel(traits, async (question, model) => {
    const answered = await askServer({ ...question, page }).catch(() => {
      throw new Error("The program that runs the model no longer answers; start it again in the terminal.");
    });
    const { error, description } = answered.message;
    const opened = question.ask === "open" && !error;
    return { ...answered, after: () => opened && model.set("_description", description) };
  });
}

/**
 * Ask, and take the answer apart: the length of its JSON, the JSON, the bytes of its tensors.
 * @type {(question: object) => Promise<{ message: any, buffers: DataView[] }>}
 */
async function askServer(question) {
  const answer = await fetch("ask", { method: "POST", body: JSON.stringify(question) });
  if (!answer.ok) throw new Error(await answer.text());
  const bytes = await answer.arrayBuffer();
  const length = new DataView(bytes).getUint32(0, true);
  const { lengths, ...message } = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  let at = 4 + length;
  const buffers = lengths.map((/** @type {number} */ size) => {
    at += size;
    return new DataView(bytes, at - size, size);
  });
  return { message, buffers };
}

import { pageModel } from "./page_model.js";
