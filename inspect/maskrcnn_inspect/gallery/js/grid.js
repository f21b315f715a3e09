// The crops as a grid of which only what is in sight exists: a hundred thousand rows are one tall box.

/** @import { Gallery } from "./types.d.ts" */

const CELL = { least: 132, words: 44 }; // px: a cell's least width, the gap included; what stands below its tile
const EDGE = 8; // px at the left of the grid and above it, as in the style sheet
const MORE = 2; // lines beyond the edges that are ready

/**
 * Give the part of a grid that is in sight. Cells share the width out, so that nothing is left at the right: `step` px
 * from cell to cell, `line` from line to line.
 * @type {(view: { top: number, height: number, width: number, count: number }) => { columns: number, step: number, line: number, first: number, last: number, height: number }}
 */
export function inSight({ top, height, width, count }) {
  const columns = Math.max(1, Math.floor(width / CELL.least));
  const step = Math.max(CELL.least, Math.floor(width / columns));
  const line = step + CELL.words;
  const from = Math.max(0, Math.floor(top / line) - MORE);
  const lines = Math.ceil(height / line) + 2 * MORE + 1;
  return {
    columns,
    step,
    line,
    first: Math.min(from * columns, count),
    last: Math.min((from + lines) * columns, count),
    height: Math.ceil(count / columns) * line,
  };
}

/**
 * Find where the tile of a row lies: its sheet's file, and its place there in tiles.
 * @type {(gallery: Gallery, row: number) => { file: string, x: number, y: number }}
 */
export function tileOf({ sheet }, row) {
  const place = row % sheet.tiles;
  const number = String(Math.floor(row / sheet.tiles)).padStart(5, "0");
  return { file: sheet.name.replace("*", number), x: place % sheet.across, y: Math.floor(place / sheet.across) };
}

/**
 * Make the element that shows the tile of a row.
 * @type {(gallery: Gallery, element: HTMLElement, row: number) => void}
 */
export function showTile(gallery, element, row) {
  const { file, x, y } = tileOf(gallery, row);
  const { across } = gallery.sheet;
  const at = (/** @type {number} */ place) => (across > 1 ? `${(100 * place) / (across - 1)}%` : "0");
  element.style.backgroundImage = `url("${file}")`;
  element.style.backgroundSize = `${100 * across}%`;
  element.style.backgroundPosition = `${at(x)} ${at(y)}`;
}

/**
 * Make the grid. `show(rows)` fills it, `mark(row)` shows which one is selected, `reveal(row)` brings it into sight.
 * @param {Gallery} gallery
 * @param {{ choose: (row: number) => void }} acts
 */
export function makeGrid(gallery, { choose }) {
  const inner = make("div", { class: "mg-tall", role: "group", "aria-label": "Crops" });
  const root = make("div", { class: "mg-grid", tabindex: "-1" }, inner);
  /** @type {Map<number, HTMLButtonElement>} by place in the order */
  const cells = new Map();
  /** @type {HTMLButtonElement[]} taken off, to be used again */
  const spare = [];
  /** @type {Int32Array} */
  let rows = new Int32Array();
  let selected = -1;
  let [columns, step, line] = [1, 0, 0];
  let waiting = 0; // number of the frame that will draw; 0 = none

  const draw = () => {
    waiting = 0;
    const width = root.clientWidth - EDGE;
    const part = inSight({ top: root.scrollTop, height: root.clientHeight, width, count: rows.length });
    inner.style.height = `${part.height}px`;
    if (part.columns !== columns || part.step !== step) {
      ({ columns, step, line } = part);
      inner.style.setProperty("--mg-step", `${step}px`);
      for (const [place, cell] of cells) lay(cell, place);
    }
    for (const place of [...cells.keys()]) if (place < part.first || place >= part.last) take(place);
    for (let place = part.first; place < part.last; place++) if (!cells.has(place)) put(place);
  };
  const soon = () => {
    if (waiting === 0) waiting = requestAnimationFrame(draw);
  };
  const take = (/** @type {number} */ place) => {
    const cell = /** @type {HTMLButtonElement} */ (cells.get(place));
    cells.delete(place);
    if (cell === document.activeElement) cell.blur();
    cell.hidden = true;
    spare.push(cell);
  };
  const put = (/** @type {number} */ place) => {
    const cell = spare.pop() ?? newCell();
    fillCell(gallery, cell, rows[place]);
    cell.dataset.place = String(place);
    cell.setAttribute("aria-pressed", String(rows[place] === selected));
    lay(cell, place);
    cell.hidden = false;
    cells.set(place, cell);
  };
  const lay = (/** @type {HTMLElement} */ cell, /** @type {number} */ place) => {
    cell.style.transform = `translate(${(place % columns) * step}px, ${Math.floor(place / columns) * line}px)`;
  };
  const newCell = () => {
    const parts = [make("span", { class: "mg-tile" }), make("bdi", { class: "mg-name" })];
    const cell = make("button", { type: "button", class: "mg-cell" }, ...parts, make("span", { class: "mg-verdict" }));
    inner.append(cell);
    return cell;
  };
  const placeOf = (/** @type {Event} */ event) => {
    const cell = event.target instanceof Element ? event.target.closest(".mg-cell") : null;
    return cell instanceof HTMLElement ? Number(cell.dataset.place) : -1;
  };
  inner.addEventListener("click", (event) => {
    const place = placeOf(event);
    if (place >= 0) choose(rows[place]);
  });
  inner.addEventListener("keydown", (event) => {
    /** @type {Record<string, number>} */
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const place = placeOf(event) + steps[event.key];
    if (!(event.key in steps) || place < 0 || place >= rows.length) return;
    event.preventDefault();
    reach(place);
    cells.get(place)?.focus();
  });
  const reach = (/** @type {number} */ place) => {
    draw(); // with the columns that there are now
    const top = Math.floor(place / columns) * line;
    if (top < root.scrollTop) root.scrollTop = top;
    const below = EDGE + top + line - root.clientHeight;
    if (below > root.scrollTop) root.scrollTop = below;
    draw();
  };
  root.addEventListener("scroll", soon, { passive: true });
  new ResizeObserver(soon).observe(root);

  return {
    element: root,
    show(/** @type {Int32Array} */ wanted) {
      rows = wanted;
      for (const place of [...cells.keys()]) take(place);
      root.scrollTop = 0;
      draw();
    },
    mark(/** @type {number} */ row) {
      selected = row;
      for (const [place, cell] of cells) cell.setAttribute("aria-pressed", String(rows[place] === row));
    },
    reveal(/** @type {number} */ row) {
      const place = rows.indexOf(row);
      if (place >= 0) reach(place);
    },
  };
}

/** @type {(gallery: Gallery, cell: HTMLElement, row: number) => void} */
function fillCell(gallery, cell, row) {
  const [tile, name, verdict] = /** @type {HTMLCollectionOf<HTMLElement>} */ (cell.children);
  showTile(gallery, tile, row);
  name.textContent = textAt(gallery, "class", row);
  verdict.textContent = textAt(gallery, "verdict", row);
  cell.dataset.kind = kindOf(gallery, row);
  cell.setAttribute("aria-label", wordsOf(gallery, row));
}

import { make } from "../../canvas/js/parts.js";
import { textAt } from "./data.js";
import { kindOf, wordsOf } from "./words.js";
