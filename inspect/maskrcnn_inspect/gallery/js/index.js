// The gallery's page: bars on the left, crops in the middle, the selected one on the right; lists and atlas as tabs.

/** @import { Filter, Gallery } from "./types.d.ts" */

const PAUSE = 120; // ms without a key, before a text is looked for
const TITLES = { kind: "What it is", outcome: "Verdict", class: "Class", size: "Size" };

/** Open the gallery of a page: its data stands in the page. */
export async function mountGallery() {
  const root = document.getElementById("gallery");
  const data = document.getElementById("gallery-data");
  if (!root || !data) return;
  try {
    openGallery(root, await unpack(JSON.parse(data.textContent ?? '""')), location.protocol.startsWith("http"));
  } catch (error) {
    root.textContent = `The gallery cannot be shown: ${error instanceof Error ? error.message : error}`;
    throw error;
  }
}

/**
 * Draw the gallery. served: by `--serve`, which makes the Explorer's pages when they are asked for.
 * @type {(root: HTMLElement, gallery: Gallery, served: boolean) => void}
 */
export function openGallery(root, gallery, served) {
  let filter = noFilter();
  const detail = make("aside", { class: "mg-detail", "aria-label": "The selected one", hidden: true });
  const status = make("p", { class: "mg-status", role: "status" });
  const select = (/** @type {number} */ row) => {
    grid.mark(row);
    atlas?.mark(row);
    writeDetail(detail, gallery, row, { alike, image, close: () => select(-1), served });
    grid.reveal(row); // the panel took a part of the width
  };
  const grid = makeGrid(gallery, { choose: select });
  const only = (/** @type {string} */ name, /** @type {number[]} */ wanted) => {
    change({ ...noFilter(), only: new Set(wanted), onlyName: name });
    tabs.open("Gallery");
  };
  const atlas = makeAtlas(gallery, { choose: select, show: only });
  const alike = (/** @type {number} */ row) => {
    change({ ...filter, sort: "alike", falling: false, like: row });
    tabs.open("Gallery");
  };
  const image = (/** @type {number} */ row) => {
    const index = numberAt(gallery, "index", row);
    const own = [];
    for (let other = 0; other < gallery.rows; other++) if (numberAt(gallery, "index", other) === index) own.push(other);
    only(textAt(gallery, "image", row), own);
  };
  const change = (/** @type {Filter} */ wanted) => {
    filter = wanted;
    const rows = shownRows(gallery, filter);
    for (const { facet, bars } of facets) bars.show(choicesOf(gallery, filter, facet));
    controls.show(filter);
    grid.show(rows);
    atlas?.show(rows);
    const of = rows.length === gallery.rows ? "" : ` of ${gallery.rows.toLocaleString("en")}`;
    status.textContent = `${rows.length.toLocaleString("en")}${of} shown`;
  };
  const facets = FACETS.map((facet) => ({
    facet,
    bars: makeBars(TITLES[/** @type {keyof typeof TITLES} */ (facet)], (words) =>
      change({ ...filter, facets: { ...filter.facets, [facet]: words } }),
    ),
  }));
  const controls = makeControls((/** @type {Partial<Filter>} */ part) => change({ ...filter, ...part }));
  const lists = Object.entries(gallery.lists).map(([name, entries]) => ({
    name,
    element: makeList(gallery, gallery.notes[name] ?? "", entries, only),
  }));
  const tabs = makeTabs([
    { name: "Gallery", element: grid.element },
    ...lists,
    ...(atlas ? [{ name: "Atlas", element: atlas.element }] : []),
  ]);
  const side = make("nav", { class: "mg-side", "aria-label": "Filter" }, ...facets.map(({ bars }) => bars.element));
  const top = make("div", { class: "mg-top" }, tabs.element, controls.element, status);
  const middle = make("div", { class: "mg-middle" }, top, make("div", { class: "mg-below" }, ...tabs.panels, detail));
  root.className = "mg";
  root.replaceChildren(headOf(gallery), make("div", { class: "mg-body" }, side, middle));
  change(filter);
}

/** @type {(gallery: Gallery) => HTMLElement} */
function headOf(gallery) {
  const counts = { found: 0, missed: 0, false: 0, crowd: 0 };
  for (let row = 0; row < gallery.rows; row++) counts[kindOf(gallery, row)]++;
  const objects = counts.found + counts.missed;
  const number = (/** @type {number} */ one) => one.toLocaleString("en");
  const sums =
    `${number(counts.found)} of ${number(objects)} objects found in ${number(gallery.images)} images · ` +
    `${number(counts.missed)} missed · ${number(counts.false)} false detection${counts.false === 1 ? "" : "s"}`;
  const facts = make("dl", { class: "mg-facts" });
  for (const [name, value] of Object.entries(gallery.heading)) {
    facts.append(make("dt", { text: name }), make("dd", { text: value }));
  }
  const how = make("details", { class: "mg-how" }, make("summary", { text: "How it was made" }), facts);
  return make("header", { class: "mg-head" }, make("h1", { text: gallery.title }), make("p", { text: sums }), how);
}

/**
 * Make the line of text, order and what is taken off again.
 * @param {(part: Partial<Filter>) => void} change
 */
function makeControls(change) {
  const text = make("input", { type: "search", placeholder: "Image, class or words", "aria-label": "Filter by text" });
  const options = Object.entries(SORTS).map(([name, word]) => make("option", { value: name, text: word }));
  const sort = make("select", { "aria-label": "Order by" }, ...options);
  const falling = make("button", { type: "button", class: "mg-button", title: "Turn the order round" });
  const off = make("button", { type: "button", class: "mg-button mg-off", hidden: true });
  let [waiting, turned] = [0, false];
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => change({ text: text.value }), PAUSE);
  });
  sort.addEventListener("change", () => change({ sort: sort.value }));
  falling.addEventListener("click", () => change({ falling: !turned }));
  off.addEventListener("click", () => change(noFilter()));
  return {
    element: make("div", { class: "mg-controls" }, text, make("label", {}, "Order by ", sort), falling, off),
    show(/** @type {Filter} */ filter) {
      if (document.activeElement !== text) text.value = filter.text;
      sort.value = filter.sort;
      const alike = /** @type {HTMLOptionElement | null} */ (sort.querySelector('[value="alike"]'));
      if (alike) alike.disabled = filter.like < 0;
      turned = filter.falling;
      falling.textContent = turned ? "↓" : "↑";
      falling.setAttribute("aria-label", turned ? "Falling order" : "Rising order");
      const chosen = Object.values(filter.facets).flat().length || filter.text || filter.only;
      off.hidden = !chosen;
      off.textContent = filter.only ? `Show all, not only: ${filter.onlyName}` : "Show all";
    },
  };
}

/**
 * Make tabs, the first open.
 * @param {{ name: string, element: HTMLElement }[]} parts
 */
function makeTabs(parts) {
  const buttons = parts.map(({ name }, place) =>
    make("button", {
      type: "button",
      role: "tab",
      id: `mg-tab-${place}`,
      "aria-controls": `mg-panel-${place}`,
      text: name,
    }),
  );
  const panels = parts.map(({ element }, place) => {
    const attributes = {
      class: "mg-panel",
      role: "tabpanel",
      id: `mg-panel-${place}`,
      "aria-labelledby": `mg-tab-${place}`,
    };
    return make("div", attributes, element);
  });
  const open = (/** @type {string} */ name) => {
    parts.forEach((part, place) => {
      const chosen = part.name === name;
      panels[place].hidden = !chosen;
      buttons[place].setAttribute("aria-selected", String(chosen));
      buttons[place].tabIndex = chosen ? 0 : -1;
    });
  };
  buttons.forEach((button, place) => {
    button.addEventListener("click", () => open(parts[place].name));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      const next = (place + step + parts.length) % parts.length;
      open(parts[next].name);
      buttons[next].focus();
    });
  });
  open(parts[0].name);
  return { element: make("div", { class: "mg-tabs", role: "tablist" }, ...buttons), panels, open };
}

import { make } from "../../canvas/js/parts.js";
import { makeAtlas } from "./atlas.js";
import { makeBars } from "./bars.js";
import { numberAt, textAt, unpack } from "./data.js";
import { writeDetail } from "./detail.js";
import { choicesOf, FACETS, noFilter, SORTS, shownRows } from "./filter.js";
import { makeGrid } from "./grid.js";
import { makeList } from "./lists.js";
import { kindOf } from "./words.js";
