// The pieces of the page around the image. Text from data becomes text nodes here, never markup.

/** @import { SliderLine, SliderParts } from "./types.d.ts" */

/**
 * Make an element. Attributes are set, `text` becomes a text node, children are appended.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = String(value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

const KEYS =
  "Arrow keys move, + and − zoom, 0 shows all, N and P go to the next and previous, Escape lets go. B begins a box: arrows move it, with Shift they size it, Enter keeps it.";

/**
 * Build the figure: title and buttons, stage with its two canvases, readout, panel of controls, note.
 * @param {string} unique
 */
export function buildFigure(unique) {
  const [titleId, keysId] = [`${unique}-title`, `${unique}-keys`];
  const title = make("span", { class: "mi-title", id: titleId });
  const zoomLevel = make("output", { class: "mi-zoom-level", "aria-label": "Zoom" });
  const buttons = {
    out: button("−", "Zoom out"),
    in: button("+", "Zoom in"),
    fit: button("Fit", "Show the whole image"),
    box: button("Box", "Draw a box with a drag"),
    save: button("Save", "Save what is shown as a PNG file"),
  };
  const tools = make("span", { class: "mi-tools", role: "group", "aria-label": "View" });
  tools.append(buttons.out, zoomLevel, buttons.in, buttons.fit, buttons.box, buttons.save);
  buttons.box.setAttribute("aria-pressed", "false");
  const base = make("canvas", { class: "mi-base", "aria-hidden": "true" });
  const top = make("canvas", {
    class: "mi-top",
    tabindex: "0",
    role: "application",
    "aria-roledescription": "image with layers",
    "aria-labelledby": titleId,
    "aria-describedby": keysId,
  });
  const problem = make("p", { class: "mi-problem", hidden: true, role: "alert" });
  const stage = make("div", { class: "mi-stage" }, base, top, problem);
  const thing = make("div", { class: "mi-thing" });
  const place = make("div", { class: "mi-place" });
  const spoken = make("div", { class: "mi-spoken", role: "status", "aria-live": "polite" });
  const keys = make("p", { class: "mi-keys", id: keysId, text: KEYS });
  const panel = make("div", { class: "mi-panel" });
  const note = make("p", { class: "mi-note" });
  const readout = make("div", { class: "mi-readout" }, thing, place, keys);
  const left = make("div", { class: "mi-left" }, stage, readout);
  const root = make(
    "figure",
    { class: "mi", "data-draws": "0" },
    make("figcaption", { class: "mi-head" }, title, tools),
    make("div", { class: "mi-body" }, left, panel),
    note,
    spoken,
  );
  return { title, zoomLevel, buttons, base, top, problem, stage, thing, place, spoken, keys, panel, note, root };
}

/** @type {(text: string, label: string) => HTMLButtonElement} */
export function button(text, label) {
  return make("button", { type: "button", class: "mi-button", "aria-label": label, title: label, text });
}

/**
 * Build a labelled slider; `read` turns its value into words. `show(value)` moves it without telling anyone.
 * @type {(parts: SliderParts) => SliderLine}
 */
export function slider({ key, label, min, max, step, read, onInput }) {
  const input = make("input", { type: "range", min, max, step, "data-key": key });
  const words = make("output", { class: "mi-value" });
  const name = make("span", { text: label });
  const line = make("label", { class: "mi-slider" }, make("span", { class: "mi-slider-head" }, name, words), input);
  input.setAttribute("aria-label", label);
  input.addEventListener("input", () => onInput(Number(input.value)));
  return {
    element: line,
    input,
    show(value) {
      if (Number(input.value) !== value) input.value = String(value);
      words.textContent = read(value);
      input.setAttribute("aria-valuetext", words.textContent);
    },
  };
}

/**
 * Build a button that moves a slider on, position by position, until its end or a second press.
 * @type {(label: string, advance: (again: boolean) => boolean, wait: number) => { element: HTMLElement, stop: () => void }}
 */
export function player(label, advance, wait) {
  const element = button("▶", `Play ${label}`);
  let timer = 0; // 0 = still
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    element.textContent = "▶";
    element.setAttribute("aria-pressed", "false");
  };
  element.addEventListener("click", () => {
    if (timer !== 0) return stop();
    element.textContent = "❚❚";
    element.setAttribute("aria-pressed", "true");
    advance(true);
    timer = window.setInterval(() => advance(false) || stop(), wait);
  });
  element.setAttribute("aria-pressed", "false");
  return { element, stop };
}
