// The settings of a station: sliders that run the model again, and what came and went.

/** @import { Description, Found, Setting, Station } from "./types.d.ts" */

/**
 * Write the settings that act at a station.
 * @param {HTMLElement} root
 * @param {{ station: Station, description: Description, set: (name: string, value: number) => void, reset: () => void }} parts
 */
export function writeSettings(root, { station, description, set, reset }) {
  const shown = description.settings.filter(({ name }) => station.settings.some((part) => name.startsWith(part)));
  const key = shown.map(({ name }) => name).join(" ");
  if (root.dataset.shown !== key || !root.childElementCount) {
    root.dataset.shown = key;
    root.replaceChildren(...parts(shown, description, set, reset));
  }
  for (const one of shown) {
    const line = root.querySelector(`[data-setting="${one.name}"]`);
    const input = /** @type {HTMLInputElement | null} */ (line?.querySelector("input"));
    if (!line || !input) continue;
    if (document.activeElement !== input) input.value = String(one.value);
    writeValue(line, one, Number(input.value));
  }
  const back = /** @type {HTMLButtonElement | null} */ (root.querySelector(".mx-reset"));
  if (back) back.disabled = !description.settings.some((one) => one.value !== one.own);
}

/** @type {(shown: Setting[], description: Description, set: (name: string, value: number) => void, reset: () => void) => HTMLElement[]} */
function parts(shown, { live, coming }, set, reset) {
  if (!shown.length) {
    const words = "Only weights act at this station: there is nothing to set.";
    return [make("h2", { text: "Settings" }), make("p", { class: "mx-quiet", text: words })];
  }
  const back = make("button", { type: "button", class: "mx-button mx-reset", text: "As the model" });
  back.addEventListener("click", reset);
  const head = make("div", { class: "mx-settings-head" }, make("h2", { text: "Settings" }), back);
  const lines = shown.map((one) => sliderOf(one, live, set));
  if (live) return [head, ...lines];
  const words = coming
    ? "The model is on its way: in a moment these can be moved."
    : "Moving these needs the model, and this page holds a recorded trace. In a notebook: explore(session).";
  back.hidden = true;
  return [head, ...lines, make("p", { class: "mx-quiet", text: words })];
}

/** @type {(setting: Setting, live: boolean, set: (name: string, value: number) => void) => HTMLElement} */
function sliderOf(setting, live, set) {
  const { name, label, min, max, step, value } = setting;
  const input = make("input", { type: "range", min, max, step, "aria-label": label, disabled: !live });
  input.value = String(value);
  const line = make(
    "label",
    { class: "mx-setting", "data-setting": name },
    make("span", { text: label }),
    make("output", { class: "mx-value" }),
    input,
  );
  input.addEventListener("input", () => {
    writeValue(line, setting, Number(input.value));
    set(name, Number(input.value));
  });
  return line;
}

/** @type {(line: Element, setting: Setting, value: number) => void} */
function writeValue(line, { own, step }, value) {
  const words = (/** @type {number} */ one) => (step < 1 ? one.toFixed(2) : counted(one));
  const changed = Math.abs(value - own) > step / 2;
  const output = /** @type {HTMLElement} */ (line.querySelector("output"));
  output.textContent = changed ? `${words(value)} · model ${words(own)}` : words(value);
  line.classList.toggle("mx-changed", changed);
}

/**
 * Say what came and what went against the model's own run.
 * @param {HTMLElement} root
 * @param {{ came: Found[], went: Found[], changed: boolean, names: string[], select: (row: number) => void }} parts
 */
export function writeDifference(root, { came, went, changed, names, select }) {
  root.hidden = !changed;
  if (!changed) return;
  const title = came.length || went.length ? `${came.length} came, ${went.length} went` : "The same detections";
  const list = make("ul", { class: "mx-difference" });
  for (const one of came) {
    const words = `+ ${one.row} ${names[one.class_id]} ${one.score.toFixed(2)}`;
    const button = make("button", { type: "button", class: "mx-came", text: words });
    button.addEventListener("click", () => select(one.row));
    list.append(make("li", {}, button));
  }
  for (const one of went) {
    list.append(make("li", { class: "mx-went", text: `− ${names[one.class_id]} ${one.score.toFixed(2)}` }));
  }
  root.replaceChildren(make("h3", { text: title }), list);
}

import { make } from "../../canvas/js/parts.js";
import { counted } from "./formulas.js";
