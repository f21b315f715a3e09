// The line to the worker that holds the model: questions have numbers, many may wait at a time.

/** @typedef {{ message: any, buffers: ArrayBuffer[] }} Answer */

/** @typedef {{ ask: (question: object) => Promise<Answer>, end: (error: Error) => void }} Line */

/** Who hears what a worker is at, and why its GPU is of no use (any longer). */
/** @typedef {{ progress: (step: string) => void, lost?: (reason: string) => void }} Ears */

/** What was asked was asked of a GPU, which did not do it: in WASM it may well succeed. */
export class GpuError extends Error {}

/**
 * Start the worker of a script.
 * @type {(script: string, ears: Ears) => Line}
 */
export function openLine(script, { progress, lost }) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(address);
  /** @type {Map<number, { done: (answer: Answer) => void, failed: (error: Error) => void }>} */
  const waiting = new Map();
  let number = 0;
  /** @type {Error | null} */
  let over = null; // why nothing is asked any longer
  const failAll = (/** @type {Error} */ error) => {
    for (const one of waiting.values()) one.failed(error);
    waiting.clear();
  };
  worker.addEventListener("message", ({ data }) => {
    if (data.progress) return progress(data.progress);
    if (data.lost !== undefined) return lost?.(data.lost);
    const { id, error, gpu } = data.message;
    const one = waiting.get(id);
    if (gpu && lost) return lost(error); // ends the line, and with it this question
    waiting.delete(id);
    if (error) one?.failed(new Error(error));
    else one?.done(data);
  });
  worker.addEventListener("error", (event) => {
    const words = event.message || "no reason given";
    if (lost) return lost(words);
    failAll(new Error(`The model stopped: ${words}`));
  });
  return {
    ask: (question) =>
      new Promise((done, failed) => {
        if (over) return failed(over);
        number += 1;
        waiting.set(number, { done, failed });
        worker.postMessage({ ...question, id: number });
      }),
    end(error) {
      over = error;
      worker.terminate();
      URL.revokeObjectURL(address);
      failAll(error);
    },
  };
}
