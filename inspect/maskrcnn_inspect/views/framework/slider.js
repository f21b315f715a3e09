// A range input with its label and its value; nothing here knows what the number means.

/** @import { Model, Mount } from "../../canvas/js/types.d.ts" */

/**
 * The traits of slider.py.
 * @typedef {object} Traits
 * @property {number} value
 * @property {number} min
 * @property {number} max
 * @property {number} step
 * @property {string} description
 * @property {string[]} words - one for each value, or none
 * @property {boolean} disabled
 * @property {boolean} continuous
 */

/** @type {(keyof Traits)[]} */
const SHOWN = ["value", "min", "max", "step", "description", "disabled", "words"];
const CHANGES = SHOWN.map((name) => `change:${name}`).join(" ");

/** @type {(mount: Mount<Traits>) => () => void} */
function render({ model, el }) {
  const ending = new AbortController();
  const id = `mri-slider-${Math.random().toString(36).slice(2)}`; // each widget has a module, and counters, of its own
  const root = Object.assign(document.createElement("div"), { className: "mri-slider" });
  const label = Object.assign(document.createElement("label"), { htmlFor: id });
  const words = Object.assign(document.createElement("output"), { className: "mri-slider-value" });
  const input = Object.assign(document.createElement("input"), { type: "range", id });
  words.htmlFor.add(id);
  root.append(label, words, input);
  el.append(root);
  const show = () => {
    label.textContent = model.get("description");
    input.min = String(model.get("min"));
    input.max = String(model.get("max"));
    input.step = String(model.get("step"));
    input.disabled = model.get("disabled");
    input.value = String(model.get("value"));
    words.textContent = text(model, model.get("value"));
    input.setAttribute("aria-valuetext", words.textContent);
  };
  /** @type {(rests: boolean) => void} */
  const moved = (rests) => {
    words.textContent = text(model, Number(input.value));
    if (!rests && !model.get("continuous")) return;
    model.set("value", Number(input.value));
    model.save_changes();
  };
  input.addEventListener("input", () => moved(false), { signal: ending.signal });
  input.addEventListener("change", () => moved(true), { signal: ending.signal });
  // Lumino would take the arrows as orders to the notebook: in command mode they are meant for whatever has the focus.
  input.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("keydown", (event) => event.stopPropagation(), { signal: ending.signal });
  model.on(CHANGES, show);
  show();
  return () => {
    ending.abort();
    model.off(CHANGES, show);
    root.remove();
  };
}

/** @type {(model: Model<Traits>, value: number) => string} */
function text(model, value) {
  const words = model.get("words");
  if (words.length) return words[value] ?? "";
  const digits = Math.max(0, -Math.floor(Math.log10(model.get("step"))));
  return Number.isInteger(model.get("step")) ? String(value) : value.toFixed(Math.min(digits, 6));
}

export default { render };
