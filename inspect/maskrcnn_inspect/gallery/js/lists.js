// The lists beside the gallery: what to do, likely label errors, what another model does otherwise.

/** @import { Entry, Gallery } from "./types.d.ts" */

/**
 * Give the rows that an entry is about.
 * @type {(gallery: Gallery, entry: Entry) => number[]}
 */
export function rowsOf(gallery, { rows, images }) {
  const { index } = gallery.columns;
  if (!images.length || !("values" in index)) return rows;
  const wanted = new Set(images);
  const found = [];
  for (let row = 0; row < gallery.rows; row++) if (wanted.has(index.values[row])) found.push(row);
  return found;
}

/**
 * Say what the button of an entry shows: `rows` of them, of so many `images`; 0 where it is about rows alone.
 * @type {(images: number, rows: number) => string}
 */
export function wordsOfButton(images, rows) {
  const [many, count] = [images.toLocaleString("en"), rows.toLocaleString("en")];
  if (images) return images === 1 ? `Show the image (${count})` : `Show the ${many} images (${count})`;
  return rows === 1 ? "Show it" : `Show them (${count})`;
}

/**
 * Make a list of entries, each with a button that shows its rows.
 * @param {Gallery} gallery
 * @param {string} note what is said above it
 * @param {Entry[]} entries
 * @param {(name: string, rows: number[]) => void} show
 */
export function makeList(gallery, note, entries, show) {
  const list = make("ol", { class: "mg-list" });
  for (const entry of entries) {
    const rows = rowsOf(gallery, entry);
    const facts = make("dl", { class: "mg-facts" });
    for (const [name, value] of Object.entries(entry.facts)) {
      facts.append(make("dt", { text: name }), make("dd", { text: value }));
    }
    const item = make("li", {}, make("h3", { text: entry.title }), make("p", { text: entry.words }), facts);
    if (rows.length) {
      const text = wordsOfButton(entry.images.length, rows.length);
      const button = make("button", { type: "button", class: "mg-button", text });
      button.addEventListener("click", () => show(entry.title, rows));
      item.append(button);
    }
    list.append(item);
  }
  const empty = make("p", { class: "mg-quiet", text: "Nothing here." });
  return make(
    "div",
    { class: "mg-lines" },
    make("p", { class: "mg-quiet", text: note }),
    entries.length ? list : empty,
  );
}

import { make } from "../../canvas/js/parts.js";
