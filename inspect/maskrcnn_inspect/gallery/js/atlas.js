// The atlas: every row with a vector as a point; a frame drawn around some shows them in the gallery.

/** @import { Gallery } from "./types.d.ts" */

const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c6bb1", "#999999"];
const BY = { class: "class", outcome: "verdict", kind: "kind" }; // columns, and what they are called here
const EDGE = 18; // px, free on each side
const NEAR = 10; // px, from the pointer to a point

/**
 * Find how coordinates become px: both axes have one scale, and all points lie inside.
 * @type {(places: Float32Array, width: number, height: number) => { scale: number, x: number, y: number }}
 */
export function fitted(places, width, height) {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < places.length; i++) {
    low[i % 2] = Math.min(low[i % 2], places[i]);
    high[i % 2] = Math.max(high[i % 2], places[i]);
  }
  const spans = [0, 1].map((axis) => Math.max(high[axis] - low[axis], 1e-6));
  const scale = Math.min((width - 2 * EDGE) / spans[0], (height - 2 * EDGE) / spans[1]);
  const start = (/** @type {number} */ axis, /** @type {number} */ room) =>
    (room - scale * (low[axis] + high[axis])) / 2;
  return { scale, x: start(0, width), y: start(1, height) };
}

/**
 * Make the atlas.
 * @param {Gallery} gallery
 * @param {{ choose: (row: number) => void, show: (name: string, rows: number[]) => void }} acts
 */
export function makeAtlas(gallery, { choose, show }) {
  const atlas = gallery.atlas;
  if (!atlas) return null;
  const surface = make("canvas", {
    class: "mg-points",
    role: "img",
    "aria-label": `${atlas.rows.length} objects and false detections by what the box head knows of them`,
  });
  const options = Object.entries(BY).map(([value, text]) => make("option", { value, text }));
  const select = make("select", { "aria-label": "Colour by" }, ...options);
  const legend = make("ul", { class: "mg-legend" });
  const tip = make("div", { class: "mg-tip", hidden: true });
  const frame = make("div", { class: "mg-frame", hidden: true });
  const stage = make("div", { class: "mg-stage" }, surface, frame, tip);
  const shares = atlas.shares.map((share) => `${Math.round(100 * share)} %`).join(" and ");
  const axes = atlas.method === "PCA" ? `two principal components (${shares} of the variance)` : atlas.method;
  const note =
    `Hidden vectors of the box head, by ${axes}: what is near looks alike to the model. ` +
    "Drag a frame to see what is in it; press a point to see it.";
  const controls = make("label", { class: "mg-line" }, "Colour by ", select);
  const root = make(
    "div",
    { class: "mg-atlas" },
    make("p", { class: "mg-quiet", text: note }),
    controls,
    stage,
    legend,
  );
  let fit = { scale: 1, x: 0, y: 0 };
  let shown = new Set(/** @type {number[]} */ ([]));
  let selected = -1;

  const at = (/** @type {number} */ place) => [
    fit.x + fit.scale * atlas.places[2 * place],
    fit.y + fit.scale * atlas.places[2 * place + 1],
  ];
  const draw = () => {
    const { clientWidth: width, clientHeight: height } = stage;
    if (!width || !height) return;
    const dense = window.devicePixelRatio || 1;
    surface.width = width * dense;
    surface.height = height * dense;
    fit = fitted(atlas.places, width, height);
    const ink = contextOf(surface);
    ink.scale(dense, dense);
    const { codes, words } = coloursOf(gallery, select.value);
    legend.replaceChildren(...words.map(({ word, colour }) => legendLine(word, colour)));
    const side = atlas.rows.length > 5000 ? 2 : 4;
    for (let place = 0; place < atlas.rows.length; place++) {
      const row = atlas.rows[place];
      const [x, y] = at(place);
      ink.globalAlpha = shown.has(row) ? 0.85 : 0.12;
      ink.fillStyle = words[codes[row]].colour;
      ink.fillRect(x - side / 2, y - side / 2, side, side);
    }
    const chosen = atlas.rows.indexOf(selected);
    if (chosen < 0) return;
    const [x, y] = at(chosen);
    ink.globalAlpha = 1;
    ink.lineWidth = 2;
    ink.strokeStyle = getComputedStyle(stage).color;
    ink.strokeRect(x - 6, y - 6, 12, 12);
  };
  const nearest = (/** @type {number} */ x, /** @type {number} */ y) => {
    let [best, found] = [NEAR ** 2, -1];
    for (let place = 0; place < atlas.rows.length; place++) {
      const [px, py] = at(place);
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < best && shown.has(atlas.rows[place])) [best, found] = [distance, place];
    }
    return found;
  };
  const inside = (/** @type {DOMRect} */ box, /** @type {PointerEvent} */ event) => [
    event.clientX - box.left,
    event.clientY - box.top,
  ];
  /** @type {number[] | null} */
  let from = null;
  stage.addEventListener("pointerdown", (event) => {
    from = inside(stage.getBoundingClientRect(), event);
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    const [x, y] = inside(stage.getBoundingClientRect(), event);
    if (from) return showFrame(frame, from, [x, y]);
    const place = nearest(x, y);
    tip.hidden = place < 0;
    if (place < 0) return;
    tip.style.transform = `translate(${x + 12}px, ${y + 12}px)`;
    showTile(gallery, tip, atlas.rows[place]);
  });
  stage.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
  stage.addEventListener("pointerup", (event) => {
    const to = inside(stage.getBoundingClientRect(), event);
    const start = from ?? to;
    from = null;
    frame.hidden = true;
    if (Math.hypot(to[0] - start[0], to[1] - start[1]) < 5) {
      const place = nearest(to[0], to[1]);
      if (place >= 0) choose(atlas.rows[place]);
      return;
    }
    const [low, high] = [start.map((one, i) => Math.min(one, to[i])), start.map((one, i) => Math.max(one, to[i]))];
    const rows = [];
    for (let place = 0; place < atlas.rows.length; place++) {
      const [x, y] = at(place);
      if (x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1]) rows.push(atlas.rows[place]);
    }
    if (rows.length) show("a part of the atlas", rows);
  });
  select.addEventListener("change", draw);
  new ResizeObserver(draw).observe(stage);
  return {
    element: root,
    show(/** @type {Int32Array} */ rows) {
      shown = new Set(rows);
      draw();
    },
    mark(/** @type {number} */ row) {
      selected = row;
      draw();
    },
  };
}

/** @type {(frame: HTMLElement, from: number[], to: number[]) => void} */
function showFrame(frame, from, to) {
  frame.hidden = false;
  frame.style.transform = `translate(${Math.min(from[0], to[0])}px, ${Math.min(from[1], to[1])}px)`;
  frame.style.width = `${Math.abs(from[0] - to[0])}px`;
  frame.style.height = `${Math.abs(from[1] - to[1])}px`;
}

/**
 * Give each word of a column its colour, the most frequent first; those beyond the last colour share it.
 * @type {(gallery: Gallery, name: string) => { codes: Int32Array, words: { word: string, colour: string }[] }}
 */
export function coloursOf({ columns }, name) {
  const column = columns[name];
  if (!("words" in column)) throw new Error(`${name} is no column of words`);
  const counts = new Int32Array(column.words.length);
  for (const code of column.codes) counts[code]++;
  const order = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);
  const words = column.words.map((word) => ({ word, colour: "" }));
  order.forEach((code, place) => {
    words[code].colour = COLOURS[Math.min(place, COLOURS.length - 1)];
  });
  return { codes: column.codes, words };
}

/** @type {(word: string, colour: string) => HTMLElement} */
function legendLine(word, colour) {
  const spot = make("span", { class: "mg-spot" });
  spot.style.backgroundColor = colour;
  return make("li", {}, spot, word || "–");
}

import { contextOf } from "../../canvas/js/decode.js";
import { make } from "../../canvas/js/parts.js";
import { showTile } from "./grid.js";
