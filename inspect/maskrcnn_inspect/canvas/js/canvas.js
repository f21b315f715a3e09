// The canvas: reads the model's traits, draws image and heat maps on one canvas and all that is pointed at on another.
// Draws are gathered: however many traits change, there is one draw before the next frame of the screen.

/** @import { BoxedLayer, Context, Figure, Item, Layer, Model, Mount } from "./types.d.ts" */
/** @import { Scene, Settings, Traits, Ui, View } from "./types.d.ts" */

/** @type {(keyof Settings)[]} */
const SETTINGS = [
  "min_score",
  "mask_threshold",
  "opacity",
  "max_number",
  "progress",
  "frame",
  "hidden",
  "selected",
  "drawn",
];
const NEAR = "600px"; // a canvas this far above or below the window counts as in view: it is drawn before it is seen
let figures = 0; // figures on this page so far, for ids that differ

/** @type {(mount: Mount) => () => void} */
function render({ model, el }) {
  const ending = new AbortController();
  figures += 1;
  const ui = buildFigure(`mi-${figures}-${Math.random().toString(36).slice(2, 8)}`);
  /** @type {Scene} */
  const scene = {
    image: null,
    layers: [],
    settings: readTraits(model),
    controls: [],
    frames: {},
    palette: [],
    view: makeView(),
    chosen: new Map(),
    anySelected: false,
    hovered: null,
    pointer: null,
    drawn: [],
  };
  /** @type {Omit<Figure, "actions">} */
  const inert = {
    model,
    ui,
    scene,
    ending,
    panel: null,
    blend: null,
    stale: { base: true, top: true },
    waiting: 0,
    redraw: (base = true) => redraw(figure, base),
    speak: later(400, () => speak(figure), ending.signal),
  };
  const figure = Object.assign(inert, { actions: actionsOf(inert) });
  el.append(ui.root);
  listen(ui, scene.view, figure.actions, ending.signal);
  follow(figure);
  loadImage(figure);
  return () => {
    ending.abort();
    cancelAnimationFrame(figure.waiting);
    figure.panel?.stop();
    ui.root.remove();
  };
}

/** @type {(model: Model) => Settings} */
function readTraits(model) {
  const read = SETTINGS.map((name) => [name, model.get(name)]);
  return /** @type {Settings} */ (/** @type {unknown} */ (Object.fromEntries(read)));
}

/**
 * Follow the model: each group of traits has one thing to redo.
 * @type {(figure: Figure) => void}
 */
function follow(figure) {
  const { model, ui, scene, ending } = figure;
  /** @type {(names: (keyof Traits)[], act: () => void) => void} */
  const on = (names, act) => {
    for (const name of names) {
      model.on(`change:${name}`, act);
      ending.signal.addEventListener("abort", () => model.off(`change:${name}`, act));
    }
  };
  on(["_image"], () => loadImage(figure));
  on(["_layers", "_frames", "_palette", "_controls"], () => loadLayers(figure));
  on(SETTINGS, () => readSettings(figure));
  on(["selected"], () => followSelection(model));
  on(["title", "note", "_height"], () => writeWords(figure));
  on(["region"], () => {
    if (String(model.get("region")) === String(regionOf(scene.view))) return;
    showRegion(scene.view, model.get("region"));
    redraw(figure);
  });
  const watch = new ResizeObserver(() => measure(figure));
  watch.observe(ui.stage);
  ending.signal.addEventListener("abort", () => watch.disconnect());
  const sight = new IntersectionObserver(
    (entries) => {
      const seen = entries.at(-1)?.isIntersecting;
      if (seen === undefined || seen === model.get("in_view")) return;
      model.set("in_view", seen);
      model.save_changes();
    },
    { rootMargin: NEAR },
  );
  sight.observe(ui.root);
  ending.signal.addEventListener("abort", () => sight.disconnect());
}

/**
 * Move the slider of frames to the row that is selected, where its positions stand for rows.
 * @type {(model: Model) => void}
 */
function followSelection(model) {
  const { of, rows } = model.get("_frames");
  const row = of === undefined ? undefined : model.get("selected")[of];
  const place = rows && row !== undefined ? rows.indexOf(row) : -1;
  if (place < 0 || place === model.get("frame")) return;
  model.set("frame", place);
  model.save_changes();
}

/**
 * Decode the image, then all that lies on it. An image that comes meanwhile wins.
 * @type {(figure: Figure) => Promise<void>}
 */
async function loadImage(figure) {
  const { model, ui, scene, ending } = figure;
  const state = model.get("_image");
  ui.root.dataset.ready = "false";
  try {
    const image = await decodeImage(state);
    if (ending.signal.aborted || state !== model.get("_image")) return;
    scene.image = image;
    figure.blend = makeBlender(image);
    ui.problem.hidden = true;
    ui.root.style.setProperty("--mi-aspect", String(image.width / image.height));
    writeWords(figure);
    loadLayers(figure);
    measure(figure);
    if (model.get("region").length) showRegion(scene.view, model.get("region"));
  } catch (error) {
    ui.problem.textContent = `This image cannot be shown: ${error instanceof Error ? error.message : error}`;
    ui.problem.hidden = false;
  }
}

/** @type {(figure: Figure) => void} */
function loadLayers(figure) {
  const { model, ui, scene } = figure;
  if (!scene.image) return;
  scene.layers = model.get("_layers").map(decodeLayer);
  scene.frames = model.get("_frames");
  scene.palette = model.get("_palette");
  scene.controls = model.get("_controls");
  scene.hovered = null;
  Object.assign(scene.settings, readTraits(model));
  const open = listOf(ui)?.open ?? false;
  figure.panel?.stop();
  figure.panel = buildPanel(scene, figure.actions);
  ui.panel.replaceChildren(...figure.panel.elements);
  ui.panel.hidden = figure.panel.elements.length === 0;
  const list = listOf(ui);
  if (list) list.open = open;
  readSettings(figure);
}

/** @type {(ui: Ui) => HTMLDetailsElement | null} */
const listOf = (ui) => ui.panel.querySelector("details.mi-list");

/** @type {(figure: Figure) => void} */
function writeWords({ model, ui }) {
  ui.title.textContent = model.get("title") || "Image";
  ui.note.textContent = model.get("note");
  ui.root.style.setProperty("--mi-height", `${model.get("_height")}px`);
}

/**
 * Take over the settings: which rows are kept, where they are, which are selected.
 * @type {(figure: Figure) => void}
 */
function readSettings(figure) {
  const { model, ui, scene } = figure;
  if (!scene.image) return;
  const settings = Object.assign(scene.settings, readTraits(model));
  scene.drawn = settings.drawn;
  for (const layer of scene.layers.filter(hasRows)) {
    layer.rows = keptRows(layer, settings);
    if (layer.kind === "boxes" && layer.steps.length) moveBoxes(layer, settings.progress);
  }
  scene.chosen = new Map();
  for (const layer of scene.layers.filter(hasRows).filter((one) => isOn(scene, one))) {
    const kept = new Set(layer.rows);
    const rows = rowsSelected(layer, settings.selected).filter((row) => kept.has(row));
    if (rows.length) scene.chosen.set(layer, new Set(rows));
  }
  scene.anySelected = scene.chosen.size > 0;
  figure.panel?.refresh();
  ui.root.dataset.selected = JSON.stringify(settings.selected);
  writeReadout(figure);
  figure.speak();
  redraw(figure);
}

/**
 * Ask for a draw before the next frame; `base` = image, heat maps and masks as well.
 * @type {(figure: Figure, base?: boolean) => void}
 */
function redraw(figure, base = true) {
  figure.stale.top = true;
  figure.stale.base ||= base;
  figure.waiting ||= requestAnimationFrame(() => {
    figure.waiting = 0;
    if (figure.scene.image && figure.scene.view.stageWidth > 1) draw(figure);
  });
}

/** @type {(figure: Figure) => void} */
function measure(figure) {
  const { ui, scene } = figure;
  const { height, width } = ui.stage.getBoundingClientRect(); // parts of a px as well: the screen may have them
  if (!scene.image || !height || !width) return;
  resize(scene.view, scene.image.height, scene.image.width, height, width);
  redraw(figure);
}

/** @type {(figure: Figure) => void} */
function draw(figure) {
  const { ui, scene, stale } = figure;
  const start = performance.now();
  if (stale.base) drawBase(prepare(ui.base, scene.view), figure);
  drawTop(prepare(ui.top, scene.view), scene);
  figure.stale = { base: false, top: false };
  ui.zoomLevel.textContent = `${Math.round(100 * scene.view.scale)} %`;
  ui.top.classList.toggle("mi-movable", !scene.view.fitted);
  const shown = scene.layers.filter(hasRows).filter((layer) => isOn(scene, layer));
  const { dataset } = ui.root;
  dataset.shown = String(shown.reduce((sum, layer) => sum + layer.rows.length, 0));
  dataset.drawMs = (performance.now() - start).toFixed(2);
  dataset.draws = String(Number(dataset.draws) + 1);
  dataset.ready = "true";
}

/**
 * Fit a canvas to the stage at the screen's own resolution; give a context in CSS px.
 * @type {(surface: HTMLCanvasElement, view: View) => Context}
 */
function prepare(surface, view) {
  const ratio = window.devicePixelRatio || 1;
  const [height, width] = [Math.round(view.stageHeight * ratio), Math.round(view.stageWidth * ratio)];
  if (surface.height !== height || surface.width !== width) Object.assign(surface, { height, width });
  const context = contextOf(surface);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.stageWidth, view.stageHeight);
  return context;
}

/** @type {(context: Context, figure: Figure) => void} */
function drawBase(context, { scene, blend }) {
  const { view, image, settings } = scene;
  if (!image || !blend) return;
  const on = scene.layers.filter((layer) => isOn(scene, layer));
  blend(
    on.filter((layer) => layer.kind === "masks"),
    settings,
    (rank) => colourFor(scene.palette, rank),
  );
  const [y, x] = toStage(view, 0, 0);
  context.imageSmoothingEnabled = view.scale < 1; // enlarged, a pixel is a pixel
  context.drawImage(image.surface, x, y, image.width * view.scale, image.height * view.scale);
  for (const layer of on.filter((one) => one.kind === "heat")) {
    drawHeat(context, view, layer, settings, image.blank ? 1 : settings.opacity);
  }
}

/** @type {(context: Context, scene: Scene) => void} */
function drawTop(context, scene) {
  const { hovered, chosen } = scene;
  const on = scene.layers.filter((layer) => isOn(scene, layer));
  const boxes = on.filter((layer) => layer.kind === "boxes");
  for (const layer of on.filter((one) => one.kind === "grid")) drawGrid(context, scene.view, layer);
  drawCells(context, scene, on);
  for (const layer of boxes) drawBoxes(context, scene, layer, chosen.get(layer) ?? new Set());
  for (const layer of on.filter((one) => one.kind === "links")) drawLinks(context, scene, layer);
  const selected = rowsIn(on.filter(isBoxed), (layer) => chosen.get(layer) ?? []);
  for (const { layer, row } of selected) drawSelected(context, scene, layer, row);
  /** @type {Item<BoxedLayer>[]} */
  const under = hovered && isBoxed(hovered.layer) ? [{ layer: hovered.layer, row: hovered.row }] : [];
  for (const { layer, row } of under) drawHovered(context, scene, layer, row);
  for (const layer of on.filter((one) => one.kind === "points")) drawPoints(context, scene, layer);
  if (scene.drawn?.length === 4) drawFrame(context, scene.view, scene.drawn);
  const tagged = rowsIn(boxes.filter((layer) => layer.numbered).reverse(), (layer) => layer.rows);
  drawTags(context, scene, [...under, ...selected], tagged);
}

/** @type {(layer: Layer) => layer is BoxedLayer} */
const isBoxed = (layer) => layer.now !== undefined;

/**
 * Give the rows of layers one by one.
 * @template {BoxedLayer} L
 * @param {L[]} layers
 * @param {(layer: L) => Iterable<number>} rowsOf
 * @returns {Item<L>[]}
 */
const rowsIn = (layers, rowsOf) => layers.flatMap((layer) => [...rowsOf(layer)].map((row) => ({ layer, row })));

/** @type {(context: Context, scene: Scene, on: Layer[]) => void} */
function drawCells(context, scene, on) {
  for (const layer of on) {
    if (!(layer.grid && !layer.rowOf && layer.of)) continue;
    const cell = scene.settings.selected[layer.of];
    if (cell >= 0 && cell < layer.grid[0] * layer.grid[1]) drawCell(context, scene.view, layer, cell, true);
  }
}

export default { render };

import { actionsOf, later, speak, writeReadout } from "./actions.js";
import { colourFor, drawBoxes, drawHovered, drawSelected, drawTags } from "./boxes.js";
import { buildPanel } from "./controls.js";
import { contextOf, decodeImage, decodeLayer, hasRows, keptRows, moveBoxes, rowsSelected } from "./decode.js";
import { listen } from "./events.js";
import { drawHeat } from "./heat.js";
import { drawCell, drawFrame, drawGrid, drawLinks, drawPoints, isOn } from "./marks.js";
import { makeBlender } from "./masks.js";
import { buildFigure } from "./parts.js";
import { makeView, regionOf, resize, showRegion, toStage } from "./view.js";
