// The map: the network as the paper's figure, one station below the other, each with what it makes of this image.

/** @import { Context } from "./types.d.ts" */
/** @import { Thumb } from "./thumbs.js" */

/**
 * Build the map. One station has the keyboard; arrows go to the next, as in a list.
 * @param {(station: string) => void} go
 */
export function buildMap(go) {
  const buttons = new Map(STATIONS.map((station) => [station.id, stationButton(station.id, station.name)]));
  const list = make("ol", { class: "mx-stations" });
  for (const [id, { button }] of buttons) {
    button.addEventListener("click", () => go(id));
    list.append(make("li", {}, button));
  }
  const element = make("nav", { class: "mx-map", "aria-label": "The network" }, list);
  element.addEventListener("keydown", (event) => {
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 });
    const at = STATIONS.findIndex(({ id }) => buttons.get(id)?.button === document.activeElement);
    const step = steps[event.key];
    if (!step || at < 0) return;
    event.preventDefault();
    const next = STATIONS[(at + step + STATIONS.length) % STATIONS.length].id;
    buttons.get(next)?.button.focus();
    go(next);
  });
  let shown = "";
  /** Bring the station at hand to the middle of the map, where the map is longer than its place; move nothing else. */
  const reveal = () => {
    const button = buttons.get(shown)?.button;
    if (!button) return;
    const [outer, inner] = [element.getBoundingClientRect(), button.getBoundingClientRect()];
    element.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
    element.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
  };
  return {
    element,
    /** @type {(stage: string, context: Context) => void} */
    show(stage, { description }) {
      for (const [id, { button, count }] of buttons) {
        button.setAttribute("aria-current", id === stage ? "step" : "false");
        button.tabIndex = id === stage ? 0 : -1;
        count.textContent = countAt(id, description);
      }
      shown = stage;
      reveal();
    },
    /** Mark a station as the one that is spoken of elsewhere; "" = none. */
    point(/** @type {string} */ station) {
      for (const [id, { button }] of buttons) button.classList.toggle("mx-pointed", id === station);
    },
    /** @type {(times: Record<string, { seconds: number, share: number }>) => void} */
    time(times) {
      for (const [id, { seconds, share }] of Object.entries(times)) {
        const one = buttons.get(id);
        if (!one) continue;
        one.share.hidden = false;
        one.share.textContent = `${percent(share)} of time`;
        one.share.title = `${milliseconds(seconds)}: ${HOW_TIMED}`;
        one.bar.style.setProperty("--mx-part", String(share));
      }
      reveal(); // so have these words
    },
    /** @type {(thumbs: Record<string, Thumb[]>) => void} */
    draw(thumbs) {
      for (const [id, { row }] of buttons) row.replaceChildren(...(thumbs[id] ?? []).map(figureOf));
      reveal(); // thumbnails have made the stations wider
    },
  };
}

const HOW_TIMED = "the operations of this station, in another run of the same graph with the model's own settings";

/** @typedef {{ button: HTMLButtonElement, count: HTMLElement, row: HTMLElement, share: HTMLElement, bar: HTMLElement }} Parts */

/** @type {(id: string, name: string) => Parts} */
function stationButton(id, name) {
  const count = make("span", { class: "mx-count" });
  const share = make("span", { class: "mx-share", hidden: true });
  const bar = make("span", { class: "mx-time", "aria-hidden": "true" });
  const row = make("span", { class: "mx-thumbs", "aria-hidden": "true" });
  const words = make(
    "span",
    { class: "mx-station-words" },
    make("span", { class: "mx-name", text: name }),
    count,
    share,
    bar,
  );
  const button = make("button", { type: "button", class: "mx-station", "data-station": id }, words, row);
  return { button, count, row, share, bar };
}

/** @type {(thumb: Thumb) => HTMLElement} */
function figureOf({ surface, label }) {
  surface.className = "mx-thumb";
  return label ? make("span", { class: "mx-labelled" }, surface, make("span", { text: label })) : surface;
}

import { make } from "../../canvas/js/parts.js";
import { countAt, STATIONS } from "./stations.js";
import { milliseconds, percent } from "./times.js";
