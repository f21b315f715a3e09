// Whether the browser gives a GPU.

/** @import { Adapter } from "../choice.js" */

const LIMIT = 3000; // ms: a driver that does not answer is none

/** @type {() => Promise<Adapter>} */
export async function adapterOf() {
  const gpu = /** @type {any} */ (navigator).gpu;
  const late = new Promise((done) => setTimeout(done, LIMIT, null));
  const adapter = await Promise.race([gpu?.requestAdapter(), late]).catch(() => null);
  if (!adapter) return { found: false, software: false };
  // a GPU that the processor plays is slower than WASM; older browsers say it of the adapter itself
  return { found: true, software: Boolean(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter) };
}
