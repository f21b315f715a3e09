// What a person can do, as functions: each changes the view or one trait, and says what came of it.

/** @import { Actions, Figure, Item, Readout, Scene, Setter, Ui, View, Yx } from "./types.d.ts" */

const SETTLED = 200; // ms without another move before the part in view goes to Python, or a count is read aloud
const HINT = "Point at a box or a pixel; click to select.";

/**
 * Give the actions of a figure. `figure.redraw(base)` draws before the next frame.
 * @type {(figure: Omit<Figure, "actions">) => Actions}
 */
export function actionsOf(figure) {
  const { model, scene, ui, ending } = figure;
  /** @type {Setter} */
  const set = (key, value) => {
    model.set(key, value);
    model.save_changes();
  };
  const settled = later(SETTLED, () => set("region", regionOf(scene.view)), ending.signal);
  /** @type {(change: (view: View) => void) => void} */
  const move = (change) => {
    change(scene.view);
    figure.redraw();
    settled();
  };
  /** @type {Actions["select"]} */
  const select = ({ layer, row }) => {
    set("selected", selectionOf(layer, row));
    if (!layer.now) return;
    const [top, left, bottom, right] = layer.now.subarray(4 * row, 4 * row + 4);
    if (reveal(scene.view, top, left, bottom, right)) move(() => {});
  };
  return {
    set,
    select,
    zoom: (factor, y, x) => move((view) => zoomAt(view, factor, y, x)),
    pan: (dy, dx) => move((view) => pan(view, dy, dx)),
    fit: () => move(fit),
    hover: (y, x) => hover(figure, y, x),
    draw: (from, to, done) => {
      scene.drawn = boxBetween(scene, toImage(scene.view, ...from), toImage(scene.view, ...to));
      if (done) set("drawn", scene.drawn);
      figure.redraw(false);
    },
    click: (y, x) => click(figure, toImage(scene.view, y, x), set),
    next: (direction) => {
      const row = neighbour(scene, direction);
      if (row) select(row);
    },
    clear: () => set("selected", {}),
    save: () => save(ui, scene),
  };
}

/**
 * Give the box (yxyx) between two corners, inside the image; none where it would have no area.
 * @type {(scene: Scene, one: Yx, other: Yx) => number[]}
 */
function boxBetween({ image }, one, other) {
  if (!image) return [];
  const { height, width } = image;
  /** @type {(corner: Yx) => Yx} */
  const inside = ([y, x]) => [Math.min(Math.max(y, 0), height), Math.min(Math.max(x, 0), width)];
  const [[y1, x1], [y2, x2]] = [inside(one), inside(other)];
  const box = [Math.min(y1, y2), Math.min(x1, x2), Math.max(y1, y2), Math.max(x1, x2)];
  return box[2] > box[0] && box[3] > box[1] ? box : [];
}

/**
 * Run `act` once, `wait` ms after the last call.
 * @type {(wait: number, act: () => void, signal: AbortSignal) => () => void}
 */
export function later(wait, act, signal) {
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(act, wait);
  };
}

/** @type {(figure: Readout & Pick<Figure, "redraw">, y: number | null, x: number | null) => void} */
function hover(figure, y, x) {
  const { scene } = figure;
  if (!scene.image) return;
  scene.pointer = y === null || x === null ? null : toImage(scene.view, y, x);
  const [found] = scene.pointer ? rowsAt(scene, ...scene.pointer) : [];
  const same = found?.layer === scene.hovered?.layer && found?.row === scene.hovered?.row;
  scene.hovered = found ?? null;
  writeReadout(figure);
  if (!same) figure.redraw(false);
}

/**
 * Select the row under the pointer; a second click goes on to the one below it, a click beside all lets go.
 * @type {(figure: Pick<Figure, "scene">, at: Yx, set: Setter) => void}
 */
function click({ scene }, [y, x], set) {
  const found = rowsAt(scene, y, x).filter(
    ({ layer, row }, i, all) =>
      all.findIndex((one) => one.layer.of === layer.of && one.layer.index[one.row] === layer.index[row]) === i,
  );
  const { selected } = scene.settings;
  const at = found.findIndex(({ layer, row }) => selected[layer.of] === layer.index[row]);
  const cell = cellToSelect(scene, y, x);
  set("point", [y, x]);
  if (found.length) {
    const { layer, row } = found[(at + 1) % found.length];
    set("selected", selectionOf(layer, row));
  } else {
    set("selected", cell ? { [cell.layer.of]: cell.cell } : {});
  }
}

/**
 * Write what is under the pointer, or else what is selected.
 * @type {(figure: Readout) => void}
 */
export function writeReadout({ scene, ui }) {
  const thing = scene.hovered ?? firstChosen(scene);
  ui.thing.textContent = thing ? describeRow(thing.layer, thing.row) : HINT;
  ui.thing.classList.toggle("mi-quiet", !thing);
  ui.place.textContent = scene.pointer ? describePlace(scene, ...scene.pointer) : "";
}

/** @type {(scene: Scene) => Item | null} */
function firstChosen({ chosen }) {
  for (const [layer, rows] of chosen) for (const row of rows) return { layer, row };
  return null;
}

/**
 * Say aloud what was selected, or how many rows the sliders leave; nothing when neither has changed.
 * @type {(figure: Readout) => void}
 */
export function speak({ scene, ui }) {
  const item = firstChosen(scene);
  const counts = scene.layers
    .filter(hasRows)
    .filter((one) => isOn(scene, one))
    .map((one) => `${one.name}: ${one.rows.length} of ${one.count}`);
  const words = item ? `Selected ${describeRow(item.layer, item.row)}` : counts.join(", ");
  if (ui.spoken.textContent !== words) ui.spoken.textContent = words;
}

/**
 * Save both canvases, one on the other, as they are on the screen.
 * @type {(ui: Ui, scene: Scene) => void}
 */
function save({ base, top, title }, { image }) {
  if (!image) return;
  const whole = makeSurface(base.width, base.height);
  const context = contextOf(whole);
  context.drawImage(base, 0, 0);
  context.drawImage(top, 0, 0);
  // at once: toBlob waits until the page is idle, which in a frame of another site took up to 7 s
  const encoded = whole.toDataURL().split(",")[1];
  if (!encoded) return; // larger than this browser can encode
  const blob = new Blob([Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0))], { type: "image/png" });
  const link = make("a", { href: URL.createObjectURL(blob), download: `${fileName(title.textContent)}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** @type {(words: string) => string} */
const fileName = (words) =>
  words
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60) || "image";

import { contextOf, hasRows, makeSurface, selectionOf } from "./decode.js";
import { isOn } from "./marks.js";
import { make } from "./parts.js";
import { cellToSelect, describePlace, describeRow, neighbour, rowsAt } from "./pick.js";
import { fit, pan, regionOf, reveal, toImage, zoomAt } from "./view.js";
