// The panel: sliders that act in the browser, switches for layers, legends of heat maps, the list of what is shown.

/** @import { Actions, Colour, HeatLayer, Item, Layer, Panel, PanelPart } from "./types.d.ts" */
/** @import { RowLayer, Scene, SliderSpec } from "./types.d.ts" */

const LONGEST_LIST = 200; // rows; a longer list would be slower to draw than the image
const TICKS = 50; // positions of the slider between two steps
/** @type {Partial<Record<SliderSpec["key"], number>>} */
const PLAY = { frame: 500, progress: 40 }; // ms a position

/**
 * Build the panel for the layers at hand. Gives `refresh()`, to be called after each change, and `stop()`.
 * @type {(scene: Scene, actions: Actions) => Panel}
 */
export function buildPanel(scene, actions) {
  const parts = [...buildSliders(scene, actions)];
  if (offered(scene, "layers") && scene.layers.length > 0) parts.push(buildSwitches(scene, actions));
  if (offered(scene, "list") && scene.layers.some((layer) => layer.kind === "boxes"))
    parts.push(buildList(scene, actions));
  return {
    elements: parts.map((part) => part.element),
    refresh: () => parts.forEach((part) => part.refresh()),
    stop: () => parts.forEach((part) => part.stop?.()),
  };
}

/** @type {(scene: Scene, control: string) => boolean} */
const offered = (scene, control) => scene.controls.includes(control);

/** @type {(scene: Scene, actions: Actions) => Generator<PanelPart>} */
function* buildSliders(scene, { set }) {
  const { layers, settings } = scene;
  const sliders = slidersFor(layers, scene).filter(({ key }) => offered(scene, key));
  for (const spec of sliders) {
    const line = slider({ ...spec, onInput: (value) => set(spec.key, spec.toTrait ? spec.toTrait(value) : value) });
    const refresh = () => line.show(spec.fromTrait ? spec.fromTrait(settings[spec.key]) : Number(settings[spec.key]));
    const wait = PLAY[spec.key];
    const play = wait ? player(spec.label, (again) => advance(line.input, again), wait) : null;
    const element = play ? make("div", { class: "mi-played" }, line.element, play.element) : line.element;
    yield { element, refresh, stop: play?.stop };
  }
}

/**
 * Move a slider one position on; from its end back to its start if `again`. Tells whether it moved.
 * @type {(input: HTMLInputElement, again: boolean) => boolean}
 */
function advance(input, again) {
  const atEnd = Number(input.value) >= Number(input.max);
  if (atEnd && !again) return false;
  input.value = atEnd ? input.min : String(Number(input.value) + Number(input.step));
  input.dispatchEvent(new Event("input"));
  return true;
}

/**
 * Say which sliders these layers give something to do.
 * @type {(layers: Layer[], scene: Scene) => SliderSpec[]}
 */
function slidersFor(layers, scene) {
  const rows = layers.filter(hasRows).filter((layer) => layer.filtered && layer.count > 0);
  const steps = layers.find((layer) => layer.steps?.length)?.steps;
  const most = Math.max(0, ...rows.map((layer) => layer.count));
  /** @type {SliderSpec[]} */
  const specs = [];
  if (steps) {
    const last = TICKS * (steps.length - 1); // whole ticks, so that each step can be hit exactly
    specs.push({
      key: "progress",
      label: steps.join(" → "),
      min: 0,
      max: last,
      step: 1,
      read: (tick) => stepWords(steps, tick / last),
      toTrait: (tick) => tick / last,
      fromTrait: (value) => Math.round(Number(value) * last),
    });
  }
  const { name = "", labels = [] } = scene.frames;
  if (labels.length > 1) {
    const last = labels.length - 1;
    specs.push({
      key: "frame",
      label: name,
      min: 0,
      max: last,
      step: 1,
      read: (value) => labels[Math.min(value, last)],
    });
  }
  if (rows.some((layer) => layer.scores)) {
    const best = Math.max(
      1,
      ...rows.flatMap((layer) => (layer.scores ? [finite(layer.scores[layer.ranking[0]])] : [])),
    );
    specs.push({
      key: "min_score",
      label: "Score threshold",
      min: 0,
      max: best,
      step: 0.01,
      read: (value) => value.toFixed(2),
    });
  }
  if (most > 1) {
    specs.push({
      key: "max_number",
      label: "Most rows a layer",
      min: 0,
      max: most,
      step: 1,
      read: (value) => (value >= most ? "all" : String(value)),
      toTrait: (value) => (value >= most ? null : value),
      fromTrait: (value) => Math.min(value ?? most, most),
    });
  }
  if (layers.some((layer) => layer.kind === "masks")) {
    specs.push({
      key: "mask_threshold",
      label: "Mask threshold",
      min: 0,
      max: 1,
      step: 0.01,
      read: (value) => value.toFixed(2),
    });
  }
  if (layers.some((layer) => layer.kind === "masks" || (layer.kind === "heat" && !scene.image?.blank))) {
    specs.push({
      key: "opacity",
      label: "Opacity",
      min: 0,
      max: 1,
      step: 0.01,
      read: (value) => `${Math.round(100 * value)} %`,
    });
  }
  return specs;
}

/** @type {(value: number) => number} */
const finite = (value) => (Number.isFinite(value) ? value : 1);

/** @type {(steps: string[], value: number) => string} */
function stepWords(steps, value) {
  const { step, share } = between(steps, value);
  if (share === 0) return steps[step];
  if (share === 1) return steps[step + 1];
  return `${Math.round(100 * share)} % to ${steps[step + 1]}`;
}

/**
 * Build a switch a layer, with a sample of its line and how many of its rows are shown.
 * @type {(scene: Scene, actions: Actions) => PanelPart}
 */
function buildSwitches(scene, { set }) {
  const element = make("fieldset", { class: "mi-layers" }, make("legend", { text: "Layers" }));
  const lines = scene.layers.map((layer) => {
    const box = make("input", { type: "checkbox", "data-layer": layer.name });
    const count = make("span", { class: "mi-count" });
    const name = make("span", { class: "mi-layer-name", text: layer.name });
    element.append(make("label", { class: "mi-switch" }, box, sample(layer, scene.palette), name, count));
    const legend = layer.kind === "heat" ? buildLegend(layer, scene) : null;
    if (legend) element.append(legend.element);
    box.addEventListener("change", () => {
      const others = scene.settings.hidden.filter((hidden) => hidden !== layer.name);
      set("hidden", box.checked ? others : [...others, layer.name]);
    });
    return () => {
      box.checked = isOn(scene, layer);
      count.textContent = layer.rowOf ? countWords(layer) : "";
      legend?.refresh();
    };
  });
  return { element, refresh: () => lines.forEach((refresh) => refresh()) };
}

/** @type {(layer: RowLayer) => string} */
function countWords(layer) {
  const { now, rows } = layer;
  const broken = now ? rows.filter((row) => !isFinite4(now, row)).length : 0;
  return `${rows.length} of ${layer.count}${broken ? `, ${broken} not finite` : ""}`;
}

/** @type {(layer: Layer, palette: Colour[]) => HTMLElement} */
function sample(layer, palette) {
  const dotted = layer.dotted?.length && layer.dotted.every(Boolean);
  const element = make("span", {
    class: `mi-sample mi-sample-${layer.kind}${dotted ? " mi-dotted" : ""}`,
    "aria-hidden": "true",
  });
  if (layer.rowOf) {
    const colours = [...new Set(layer.colours)].slice(0, 4).map((rank) => css(colourFor(palette, rank)));
    element.style.setProperty("--mi-first", colours[0] ?? "transparent");
  } else if (layer.kind === "heat") {
    const stops = [0, 64, 128, 192, 255].map((level) => css(colourAt(layer.table, level)));
    element.style.background = `linear-gradient(90deg, ${stops})`;
  }
  return element;
}

/** @type {(layer: HeatLayer, scene: Scene) => PanelPart} */
function buildLegend(layer, scene) {
  const strip = make("canvas", { class: "mi-strip", "aria-hidden": "true" });
  drawTable(strip, layer);
  const [low, high] = layer.limits.map(exact);
  const ends = make(
    "span",
    { class: "mi-ends" },
    make("span", { text: low }),
    make("span", { text: layer.unit }),
    make("span", { text: high }),
  );
  const bad = make("span", { class: "mi-bad" });
  const element = make("div", { class: "mi-legend" }, strip, ends, bad);
  const refresh = () => {
    const counts = badCounts(layer, scene.settings.frame);
    bad.replaceChildren();
    if (counts.nan) bad.append(hatchSample("nan"), `${counts.nan} NaN `);
    if (counts.inf) bad.append(hatchSample("inf"), `${counts.inf} infinite `);
    element.hidden = !isOn(scene, layer);
  };
  return { element, refresh };
}

/** @type {(kind: "nan" | "inf") => HTMLCanvasElement} */
function hatchSample(kind) {
  const surface = make("canvas", { class: "mi-hatch", width: 16, height: 12, "aria-hidden": "true" });
  drawHatchSample(surface, kind);
  return surface;
}

/**
 * Build the list of boxes shown: the same things as on the image, for those who do not point.
 * @type {(scene: Scene, actions: Actions) => PanelPart}
 */
function buildList(scene, { select }) {
  const items = make("ol", { class: "mi-items" });
  const element = make("details", { class: "mi-list" }, make("summary", { text: "List" }), items);
  let written = "";
  /** @type {HTMLButtonElement[]} */
  let buttons = [];
  const refresh = () => {
    if (!element.open) return;
    const layers = scene.layers
      .filter((layer) => layer.kind === "boxes")
      .filter((layer) => isOn(scene, layer))
      .reverse();
    const shown = layers.flatMap((layer) => layer.rows.map((row) => ({ layer, row })));
    const key = layers.map((layer) => `${layer.name} ${layer.rows}`).join();
    // not at each selection: the button that made it would lose the keyboard
    if (key !== written) {
      buttons = shown.slice(0, LONGEST_LIST).map((item) => listButton(scene, item, select));
      const more = shown.length > LONGEST_LIST ? [`and ${shown.length - LONGEST_LIST} more`] : [];
      items.replaceChildren(...[...buttons, ...more].map((content) => make("li", {}, content)));
      written = key;
    }
    buttons.forEach((one, i) => {
      const { layer, row } = shown[i];
      one.setAttribute("aria-pressed", String(scene.chosen.get(layer)?.has(row) ?? false));
    });
  };
  element.addEventListener("toggle", refresh);
  return { element, refresh };
}

/** @type {(scene: Scene, item: Item, select: Actions["select"]) => HTMLButtonElement} */
function listButton(scene, { layer, row }, select) {
  const swatch = make("span", { class: "mi-swatch", "aria-hidden": "true" });
  swatch.style.background = css(colourFor(scene.palette, layer.colours[row]));
  const words = make("span", { text: `${nameOf(layer, row)} ${labelOf(layer, row)}` });
  const element = make("button", { type: "button", class: "mi-item" }, swatch, words);
  element.addEventListener("click", () => select({ layer, row }));
  return element;
}

import { colourFor, css } from "./boxes.js";
import { between, hasRows, isFinite4, labelOf, nameOf } from "./decode.js";
import { badCounts, colourAt, drawHatchSample, drawTable } from "./heat.js";
import { isOn } from "./marks.js";
import { make, player, slider } from "./parts.js";
import { exact } from "./pick.js";
