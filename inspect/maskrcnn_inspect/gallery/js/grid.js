// The crops as a grid of which only what is in sight exists: a hundred thousand rows are one tall box.

/** @import { Gallery } from "./types.d.ts" */

const CELL = { width: 132, height: 158 }; // px, the gap included
const MORE = 2; // lines beyond the edges that are ready

/**
 * Give the part of a grid that is in sight.
 * @type {(view: { top: number, height: number, width: number, count: number }) => { columns: number, first: number, last: number, height: number }}
 */
export function inSight({ top, height, width, count }) {
  const columns = Math.max(1, Math.floor(width / CELL.width));
  const line = Math.max(0, Math.floor(top / CELL.height) - MORE);
  const lines = Math.ceil(height / CELL.height) + 2 * MORE + 1;
  return {
    columns,
    first: Math.min(line * columns, count),
    last: Math.min((line + lines) * columns, count),
    height: Math.ceil(count / columns) * CELL.height,
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
 * Make the grid. `show(rows)` fills it, `mark(row)` shows which one is selected and brings it into sight.
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
  let columns = 1;
  let waiting = 0; // number of the frame that will draw; 0 = none

  const draw = () => {
    waiting = 0;
    const view = { top: root.scrollTop, height: root.clientHeight, width: root.clientWidth, count: rows.length };
    const part = inSight(view);
    if (part.columns !== columns) for (const place of [...cells.keys()]) take(place);
    columns = part.columns;
    inner.style.height = `${part.height}px`;
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
    cell.style.transform = `translate(${(place % columns) * CELL.width}px, ${Math.floor(place / columns) * CELL.height}px)`;
    cell.hidden = false;
    cells.set(place, cell);
  };
  const newCell = () => {
    const tile = make("span", { class: "mg-tile" });
    const cell = make("button", { type: "button", class: "mg-cell" }, tile, make("span", { class: "mg-caption" }));
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
    const top = Math.floor(place / columns) * CELL.height;
    if (top < root.scrollTop) root.scrollTop = top;
    if (top + CELL.height > root.scrollTop + root.clientHeight) root.scrollTop = top + CELL.height - root.clientHeight;
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
  const [tile, caption] = /** @type {HTMLCollectionOf<HTMLElement>} */ (cell.children);
  showTile(gallery, tile, row);
  const verdict = textAt(gallery, "verdict", row);
  caption.textContent = `${textAt(gallery, "class", row)} · ${verdict}`;
  cell.dataset.kind = kindOf(gallery, row);
  cell.setAttribute("aria-label", wordsOf(gallery, row));
}

import { make } from "../../canvas/js/parts.js";
import { textAt } from "./data.js";
import { kindOf, wordsOf } from "./words.js";
