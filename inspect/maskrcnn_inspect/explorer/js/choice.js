// Which of the two programs of ONNX Runtime a page runs: on the GPU, or in WASM.

/** Whether the browser gives a GPU, and whether that is played by the processor. */
/** @typedef {{ found: boolean, software: boolean }} Adapter */

/** `words` are for the person who looks at the page, "" where there is nothing to say. */
/** @typedef {{ gpu: boolean, words: string }} Choice */

/** Ways that `?engine=` in the address can ask for. */
const WAYS = ["wasm", "webgpu"];

/**
 * Choose. `wanted` is what the address asks for, "" for the better one; `offered`: the page has a program for the GPU.
 * @type {(wanted: string, offered: boolean, adapter: () => Promise<Adapter>) => Promise<Choice>}
 */
export async function chosen(wanted, offered, adapter) {
  const asked = wanted === "webgpu";
  const strange = wanted && !WAYS.includes(wanted);
  const words = strange ? `The address asks for engine=${wanted}: wanted engine=wasm or engine=webgpu.` : "";
  if (wanted === "wasm" || !offered) {
    return { gpu: false, words: asked ? "This page is without the program for WebGPU; WASM runs the model." : words };
  }
  const { found, software } = await adapter();
  if (!found) return { gpu: false, words: asked ? "This browser gives no GPU; WASM runs the model." : words };
  return { gpu: asked || !software, words }; // one that the processor plays is slower than WASM
}
