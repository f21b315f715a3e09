// What is known of the selected row, and the way on: its image stage by stage, and what looks like it.

/** @import { Gallery } from "./types.d.ts" */

/**
 * Write the panel of a row.
 * @param {HTMLElement} root
 * @param {Gallery} gallery
 * @param {number} row -1 = none
 * @param {{ alike: (row: number) => void, image: (row: number) => void, close: () => void, served: boolean }} acts
 */
export function writeDetail(root, gallery, row, { alike, image, close, served }) {
  root.hidden = row < 0;
  if (row < 0) return;
  const tile = make("div", { class: "mg-large", role: "img", "aria-label": wordsOf(gallery, row) });
  showTile(gallery, tile, row);
  const facts = make("dl", { class: "mg-facts" });
  for (const [name, value] of factsOf(gallery, row)) {
    facts.append(make("dt", { text: name }), make("dd", {}, make("bdi", {}, ...breakable(value))));
  }
  const what = textAt(gallery, "kind", row) === "object" ? "Object" : "False detection";
  const head = make(
    "div",
    { class: "mg-detail-head" },
    make("h2", { text: `${what} ${textAt(gallery, "number", row)}` }),
    act("Close", close, "Close the panel"),
  );
  const key = make(
    "p",
    { class: "mg-key" },
    make("span", { class: "mg-line-object", text: "object" }),
    make("span", { class: "mg-line-detection", text: "detection" }),
  );
  const sentence = make("p", { class: "mg-sentence", text: textAt(gallery, "sentence", row) });
  const buttons = make(
    "div",
    { class: "mg-buttons" },
    act("This image", () => image(row), "Show all of this image"),
  );
  if (gallery.atlas?.rows.includes(row)) {
    buttons.append(act("Looks like it", () => alike(row), "Order all by how alike they are to this"));
  }
  root.replaceChildren(head, tile, key, sentence, facts, buttons, ...wayOn(gallery, row, served));
}

/**
 * Return a text that may go on in the next line after each slash.
 * @type {(text: string) => (string | HTMLElement)[]}
 */
function breakable(text) {
  return text.split(/(?<=\/)/).flatMap((part, place) => (place ? [make("wbr"), part] : [part]));
}

/** @type {(gallery: Gallery, row: number, served: boolean) => HTMLElement[]} */
function wayOn(gallery, row, served) {
  const index = textAt(gallery, "index", row);
  const walk = gallery.walks[index];
  const place = placeOf(gallery, row);
  if (served) {
    const link = make("a", { class: "mg-button mg-primary", href: `walk/${index}#${place}`, target: "_blank" });
    link.textContent = "Open in the Explorer, where it was lost";
    return [link];
  }
  if (!walk) return [];
  const { command, page } = walk;
  const code = make("pre", { tabindex: "0", "aria-label": "Command" }, make("code", { text: command }));
  const copy = act("Copy", () => navigator.clipboard?.writeText(command), "Copy the command");
  const words = "Stage by stage: run this in the folder in which this report was made, then open ";
  const link = make("a", { href: `${page}#${place}`, text: page });
  return [make("p", { class: "mg-quiet" }, words, link, "."), code, copy];
}

/** @type {(text: string, act: () => void, label: string) => HTMLButtonElement} */
function act(text, does, label) {
  const button = make("button", { type: "button", class: "mg-button", text, title: label });
  button.addEventListener("click", does);
  return button;
}

import { make } from "../../canvas/js/parts.js";
import { textAt } from "./data.js";
import { showTile } from "./grid.js";
import { factsOf, placeOf, wordsOf } from "./words.js";
