// On a page of its own: stands in for Jupyter's model, and shares the selection between the canvases of the page.
// A page calls `mountAll` at its end.

/** @import { Json, Model, Packed, Publish, Traits } from "./types.d.ts" */

/** @type {(keyof Traits)[]} */
const SHARED = ["selected"]; // traits that all canvases of one fragment have in common

/**
 * Undo base64, and gzip where Python found it worth while.
 * @type {(packed: Packed) => Promise<DataView>}
 */
export async function bytesOf({ gzip, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  if (!gzip) return new DataView(bytes.buffer);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new DataView(await new Response(stream).arrayBuffer());
}

/**
 * Put the buffers back where Python took them from: {"$bytes": number of the buffer}.
 * @type {(value: Json, buffers: DataView[]) => unknown}
 */
export function filled(value, buffers) {
  if (Array.isArray(value)) return value.map((one) => filled(one, buffers));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$bytes === "number") return buffers[value.$bytes];
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, buffers)]));
}

/**
 * Make what `render` needs of a Jupyter model: get, set, on, off, save_changes.
 * @type {(state: Traits, publish: Publish) => Model}
 */
export function makeModel(state, publish) {
  const values = { ...state };
  /** @type {Map<string, Set<() => void>>} */
  const listeners = new Map();
  /** @type {(a: unknown, b: unknown) => boolean} */
  const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);
  /** @type {Model} */
  const model = {
    get: (key) => values[key],
    set(key, value) {
      if (same(values[key], value)) return;
      values[key] = value;
      for (const act of [...(listeners.get(`change:${key}`) ?? [])]) act();
    },
    on(event, act) {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(act));
    },
    off: (event, act) => listeners.get(event)?.delete(act),
    save_changes: () => SHARED.forEach((key) => publish(model, key, values[key])),
  };
  return model;
}

/**
 * Draw every canvas of a fragment.
 * @type {(data: HTMLElement) => Promise<void>}
 */
async function mount(data) {
  /** @type {{ canvases: Record<string, Json>, buffers: Packed[] }} */
  const { canvases, buffers } = JSON.parse(data.textContent ?? "");
  const decoded = await Promise.all(buffers.map(bytesOf));
  /** @type {Model[]} */
  const models = [];
  /** @type {Publish} */
  const publish = (from, key, value) => {
    for (const model of models) if (model !== from) model.set(key, value);
  };
  for (const [id, state] of Object.entries(canvases)) {
    const model = makeModel(/** @type {Traits} */ (filled(state, decoded)), publish);
    models.push(model);
    const el = document.getElementById(id);
    if (!el) continue; // someone took it off the page
    el.replaceChildren();
    canvas.render({ model, el });
  }
}

/** Draw every canvas of the page that is not drawn yet. */
export function mountAll() {
  /** @type {NodeListOf<HTMLScriptElement>} */
  const waiting = document.querySelectorAll("script[data-mi-canvases]:not([data-mi-mounted])");
  for (const data of waiting) {
    data.dataset.miMounted = "true"; // a page may hold several fragments, each with this script
    mount(data);
  }
}

import canvas from "./canvas.js";
