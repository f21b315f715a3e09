// The pieces of the page around the picture. Text from data becomes text nodes here, never markup.

/** Make an element. Attributes are set, `text` becomes a text node, children are appended. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

const KEYS = "Arrow keys move, + and − zoom, 0 shows all, N and P go to the next and previous, Escape lets go.";

/** Build the figure: title and buttons, stage with its two canvases, readout, panel of controls, note. */
export function buildFigure(unique) {
  const [titleId, keysId] = [`${unique}-title`, `${unique}-keys`];
  const ui = { unique };
  ui.title = make("span", { class: "mi-title", id: titleId });
  ui.zoomLevel = make("output", { class: "mi-zoom-level", "aria-label": "Zoom" });
  ui.buttons = {
    out: button("−", "Zoom out"),
    in: button("+", "Zoom in"),
    fit: button("Fit", "Show the whole picture"),
    save: button("Save", "Save what is shown as a PNG file"),
  };
  const tools = make("span", { class: "mi-tools", role: "group", "aria-label": "View" });
  tools.append(ui.buttons.out, ui.zoomLevel, ui.buttons.in, ui.buttons.fit, ui.buttons.save);
  ui.base = make("canvas", { class: "mi-base", "aria-hidden": "true" });
  ui.top = make("canvas", {
    class: "mi-top",
    tabindex: "0",
    role: "application",
    "aria-roledescription": "picture with layers",
    "aria-labelledby": titleId,
    "aria-describedby": keysId,
  });
  ui.problem = make("p", { class: "mi-problem", hidden: true, role: "alert" });
  ui.stage = make("div", { class: "mi-stage" }, ui.base, ui.top, ui.problem);
  ui.thing = make("div", { class: "mi-thing" });
  ui.place = make("div", { class: "mi-place" });
  ui.spoken = make("div", { class: "mi-spoken", role: "status", "aria-live": "polite" });
  ui.keys = make("p", { class: "mi-keys", id: keysId, text: KEYS });
  ui.panel = make("div", { class: "mi-panel" });
  ui.note = make("p", { class: "mi-note" });
  const readout = make("div", { class: "mi-readout" }, ui.thing, ui.place, ui.keys);
  const left = make("div", { class: "mi-left" }, ui.stage, readout);
  ui.root = make(
    "figure",
    // Lumino, which gives JupyterLab its shortcuts, leaves keys alone below this attribute.
    { class: "mi", "data-lm-suppress-shortcuts": "true", "data-draws": "0" },
    make("figcaption", { class: "mi-head" }, ui.title, tools),
    make("div", { class: "mi-body" }, left, ui.panel),
    ui.note,
    ui.spoken,
  );
  return ui;
}

export function button(text, label) {
  return make("button", { type: "button", class: "mi-button", "aria-label": label, title: label, text });
}

/** Build a labelled slider; `read` turns its value into words. `show(value)` moves it without telling anyone. */
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
      if (Number(input.value) !== value) input.value = value;
      words.textContent = read(value);
      input.setAttribute("aria-valuetext", words.textContent);
    },
  };
}

/** Build a button that moves a slider on, position by position, until its end or a second press. */
export function player(label, advance, wait) {
  const element = button("▶", `Play ${label}`);
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    element.textContent = "▶";
    element.setAttribute("aria-pressed", "false");
  };
  element.addEventListener("click", () => {
    if (timer !== null) return stop();
    element.textContent = "❚❚";
    element.setAttribute("aria-pressed", "true");
    advance(true);
    timer = setInterval(() => advance(false) || stop(), wait);
  });
  element.setAttribute("aria-pressed", "false");
  return { element, stop };
}

