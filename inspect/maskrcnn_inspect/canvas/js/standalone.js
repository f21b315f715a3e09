// On a page of its own: stands in for Jupyter's model, and shares the selection between the canvases of the page.
// A page calls `mountAll` at its end.

/** @import { Json, Model, Packed, Publish, Selection, Traits } from "./types.d.ts" */

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
 * Draw every canvas of a fragment that is shown; of a choice, the case of what is selected.
 * @type {(data: HTMLElement) => Promise<void>}
 */
async function mount(data) {
  /** @type {{ canvases: Record<string, Json>, buffers: Packed[] }} */
  const { canvases, buffers } = JSON.parse(data.textContent ?? "");
  const decoded = await Promise.all(buffers.map(bytesOf));
  /** @type {Map<string, { model: Model, end: () => void }>} canvases that are shown, and how to take each away */
  const drawn = new Map();
  const choices = choicesAround(Object.keys(canvases));
  /** @type {Selection} */
  let selected = {};
  /** @type {(value: Selection, from: Model | null) => void} */
  const select = (value, from) => {
    for (const { model } of [...drawn.values()]) if (model !== from) model.set("selected", value);
    if (JSON.stringify(value) === JSON.stringify(selected)) return;
    selected = value;
    for (const choice of choices) showCase(choice, selected);
    drawShown();
  };
  /** @type {Publish} */
  const publish = (from, key, value) => {
    if (key === "selected") select(/** @type {Selection} */ (value), from);
  };
  /** @type {(id: string, el: HTMLElement) => void} */
  const draw = (id, el) => {
    const state = /** @type {Traits} */ (filled(canvases[id] ?? null, decoded));
    const chosen = el.closest("[data-mi-choice]") || Object.keys(selected).length > 0; // else what Python selected
    const model = makeModel(chosen ? { ...state, selected } : state, publish);
    el.replaceChildren();
    drawn.set(id, { model, end: canvas.render({ model, el }) });
  };
  const drawShown = () => {
    for (const id of Object.keys(canvases)) {
      const el = document.getElementById(id);
      if (!el) continue; // someone took it off the page
      const shown = el.closest("[data-mi-row][hidden]") === null;
      if (shown && !drawn.has(id)) draw(id, el);
      if (!shown) {
        drawn.get(id)?.end();
        drawn.delete(id);
      }
    }
  };
  for (const choice of choices) {
    const list = choice.querySelector("select");
    list?.addEventListener("change", () => {
      select(JSON.parse(caseOf(choice, list.value)?.dataset.miSelected ?? "{}"), null);
    });
  }
  drawShown();
}

/**
 * Give the choices that hold any of these canvases, and those that hold words alone.
 * @type {(ids: string[]) => HTMLElement[]}
 */
function choicesAround(ids) {
  const mine = new Set(ids.map((id) => document.getElementById(id)?.closest("[data-mi-choice]")));
  /** @type {NodeListOf<HTMLElement>} */
  const all = document.querySelectorAll("[data-mi-choice]");
  return [...all].filter((one) => mine.has(one) || !one.querySelector(".mi-mount"));
}

/** @type {(choice: HTMLElement, row: string | number) => HTMLElement | null} */
const caseOf = (choice, row) => choice.querySelector(`:scope > [data-mi-row="${row}"]`);

/**
 * Show the case of the row that is selected; where there is none, say that the former stays.
 * @type {(choice: HTMLElement, selected: Selection) => void}
 */
function showCase(choice, selected) {
  const row = selected[choice.dataset.miChoice ?? ""];
  const wanted = row === undefined ? null : caseOf(choice, row);
  const said = choice.querySelector("[role=status]");
  if (said instanceof HTMLElement) said.hidden = wanted !== null || Object.keys(selected).length === 0;
  if (wanted === null) return;
  /** @type {NodeListOf<HTMLElement>} */
  const cases = choice.querySelectorAll(":scope > [data-mi-row]");
  for (const one of cases) one.hidden = one !== wanted;
  const list = choice.querySelector("select");
  if (list) list.value = String(row);
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
