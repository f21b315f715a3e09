// The line to the worker that holds the model: questions have numbers, many may wait at a time.

/** @typedef {{ message: any, buffers: ArrayBuffer[] }} Answer */

/**
 * Start the worker of a script. `progress` hears what it is at.
 * @type {(script: string, progress: (step: string) => void) => { ask: (question: object) => Promise<Answer>, end: () => void }}
 */
export function openLine(script, progress) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(address);
  /** @type {Map<number, { done: (answer: Answer) => void, failed: (error: Error) => void }>} */
  const waiting = new Map();
  let number = 0;
  worker.addEventListener("message", ({ data }) => {
    if (data.progress) return progress(data.progress);
    const one = waiting.get(data.message.id);
    waiting.delete(data.message.id);
    if (data.message.error) one?.failed(new Error(data.message.error));
    else one?.done(data);
  });
  worker.addEventListener("error", (event) => {
    for (const one of waiting.values())
      one.failed(new Error(`The model stopped: ${event.message || "no reason given"}`));
    waiting.clear();
  });
  return {
    ask: (question) =>
      new Promise((done, failed) => {
        number += 1;
        waiting.set(number, { done, failed });
        worker.postMessage({ ...question, id: number });
      }),
    end() {
      worker.terminate();
      URL.revokeObjectURL(address);
    },
  };
}
