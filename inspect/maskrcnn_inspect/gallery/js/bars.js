// The facets as bars: what there is of each word under the present filter; a press lets only that through.

/** @import { Choice } from "./types.d.ts" */

const FIRST = 16; // words of a facet that are shown at once

/**
 * Make the bars of one facet. `show(choices)` draws them.
 * @param {string} title
 * @param {(words: string[]) => void} choose
 */
export function makeBars(title, choose) {
  const list = make("ul", { class: "mg-bars" });
  const more = make("button", { type: "button", class: "mg-more", hidden: true });
  const root = make("section", { class: "mg-facet" }, make("h2", { text: title }), list, more);
  let whole = false;
  /** @type {Choice[]} */
  let shown = [];
  more.addEventListener("click", () => {
    whole = !whole;
    show(shown);
  });
  const show = (/** @type {Choice[]} */ choices) => {
    shown = choices;
    const most = Math.max(1, ...choices.map((one) => one.count));
    const kept = whole ? choices : choices.filter((one, place) => place < FIRST || one.chosen);
    list.replaceChildren(...kept.map((one) => line(one, one.count / most, toggle)));
    more.hidden = choices.length <= FIRST;
    more.textContent = whole ? "Fewer" : `All ${choices.length}`;
  };
  const toggle = (/** @type {string} */ word) => {
    const chosen = shown.filter((one) => one.chosen).map((one) => one.word);
    choose(chosen.includes(word) ? chosen.filter((one) => one !== word) : [...chosen, word]);
    for (const button of list.querySelectorAll("button")) if (button.dataset.word === word) button.focus();
  };
  return { element: root, show };
}

/** @type {(choice: Choice, share: number, toggle: (word: string) => void) => HTMLElement} */
function line({ word, count, chosen }, share, toggle) {
  const bar = make("span", { class: "mg-bar", "data-word": word });
  bar.style.width = `${100 * share}%`;
  const button = make(
    "button",
    { type: "button", class: "mg-choice", "aria-pressed": chosen ? "true" : "false", "data-word": word },
    bar,
    make("bdi", { class: "mg-word", title: word, text: word || "–" }),
    make("span", { class: "mg-count", text: count.toLocaleString("en") }),
  );
  button.addEventListener("click", () => toggle(word));
  return make("li", {}, button);
}

import { make } from "../../canvas/js/parts.js";
