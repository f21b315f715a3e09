// Which rows are shown, in which order, and how many there would be of each word: plain functions of table and filter.

/** @import { Choice, Filter, Gallery } from "./types.d.ts" */

/** The columns that are chosen by word, as bars. */
export const FACETS = ["kind", "outcome", "class", "size"];
/** @type {Record<string, string>} */
export const SORTS = { index: "image", score: "score", iou: "IoU", area: "size", alike: "likeness" };

/** @type {() => Filter} */
export function noFilter() {
  return { facets: {}, text: "", only: null, onlyName: "", sort: "index", falling: false, like: -1 };
}

/**
 * Give the rows that pass, in order.
 * @type {(gallery: Gallery, filter: Filter) => Int32Array}
 */
export function shownRows(gallery, filter) {
  const passes = passesAll(gallery, filter, FACETS);
  const rows = new Int32Array(gallery.rows);
  let count = 0;
  for (const row of orderOf(gallery, filter)) if (passes(row)) rows[count++] = row;
  return rows.subarray(0, count);
}

/**
 * Give the words of a facet with how many rows each would show beside what the other facets let through: the words of
 * the pipeline in its order, others by how many there are.
 * @type {(gallery: Gallery, filter: Filter, facet: string) => Choice[]}
 */
export function choicesOf(gallery, filter, facet) {
  const column = gallery.columns[facet];
  if (!("words" in column)) throw new Error(`${facet} is no column of words`);
  const passes = passesAll(
    gallery,
    filter,
    FACETS.filter((other) => other !== facet),
  );
  const counts = new Int32Array(column.words.length);
  for (let row = 0; row < gallery.rows; row++) if (passes(row)) counts[column.codes[row]]++;
  const chosen = new Set(filter.facets[facet] ?? []);
  const choices = column.words.map((word, code) => ({ word, count: counts[code], chosen: chosen.has(word) }));
  const place = (/** @type {string} */ word) => {
    const at = gallery.verdicts.indexOf(word);
    return at < 0 ? gallery.verdicts.length : at;
  };
  return facet === "outcome"
    ? choices.sort((a, b) => place(a.word) - place(b.word) || b.count - a.count)
    : choices.sort((a, b) => b.count - a.count);
}

/** @type {(gallery: Gallery, filter: Filter, facets: string[]) => (row: number) => boolean} */
function passesAll(gallery, filter, facets) {
  /** @type {((row: number) => boolean)[]} */
  const tests = [];
  const { only } = filter;
  if (only) tests.push((row) => only.has(row));
  for (const facet of facets) {
    const wanted = filter.facets[facet] ?? [];
    const column = gallery.columns[facet];
    if (!wanted.length || !("words" in column)) continue;
    const codes = new Uint8Array(column.words.length);
    for (const word of wanted) codes[column.words.indexOf(word)] = 1;
    tests.push((row) => codes[column.codes[row]] === 1);
  }
  if (filter.text.trim()) tests.push(hasText(gallery, filter.text));
  return (row) => tests.every((test) => test(row));
}

/**
 * Look for every word of a text in a row's image, class and sentence, whatever their case.
 * @type {(gallery: Gallery, text: string) => (row: number) => boolean}
 */
function hasText(gallery, text) {
  const { image, class: name, sentence } = gallery.columns;
  if (!("words" in image && "words" in name && "texts" in sentence)) return () => true;
  const tests = text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .map((part) => {
      const images = image.words.map((word) => word.toLowerCase().includes(part));
      const names = name.words.map((word) => word.toLowerCase().includes(part));
      return (/** @type {number} */ row) =>
        images[image.codes[row]] || names[name.codes[row]] || sentence.texts[row].toLowerCase().includes(part);
    });
  return (row) => tests.every((test) => test(row));
}

/** @type {WeakMap<Gallery, Map<string, Int32Array>>} all rows in an order, which a filter then goes through */
const orders = new WeakMap();

/** @type {(gallery: Gallery, filter: Filter) => Int32Array} */
function orderOf(gallery, { sort, falling, like }) {
  const known = orders.get(gallery) ?? new Map();
  orders.set(gallery, known);
  const name = `${sort} ${falling} ${sort === "alike" ? like : ""}`;
  const order = known.get(name) ?? ordered(gallery, sort, falling, like);
  known.set(name, order);
  return order;
}

/** @type {(gallery: Gallery, sort: string, falling: boolean, like: number) => Int32Array} */
function ordered(gallery, sort, falling, like) {
  const rows = Int32Array.from({ length: gallery.rows }, (_, row) => row);
  const key = sort === "alike" ? alikeTo(gallery, like) : keyOf(gallery, sort);
  if (!key) return rows;
  const keys = new Float64Array(gallery.rows);
  const sign = falling ? -1 : 1;
  for (let row = 0; row < keys.length; row++) keys[row] = Number.isNaN(key[row]) ? Infinity : sign * key[row];
  return rows.sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b));
}

/** @type {(gallery: Gallery, name: string) => ArrayLike<number> | null} */
function keyOf({ columns }, name) {
  const column = columns[name];
  return column && "values" in column ? column.values : null;
}

/**
 * Give how alike each row is to `like`, the most alike with the smallest number; NaN for rows without a vector.
 * @type {(gallery: Gallery, like: number) => Float32Array | null}
 */
export function alikeTo({ atlas, rows }, like) {
  const place = atlas ? atlas.rows.indexOf(like) : -1;
  if (!atlas || place < 0) return null;
  const { components: size, short } = atlas;
  const key = new Float32Array(rows).fill(Number.NaN);
  for (let other = 0; other < atlas.rows.length; other++) {
    let product = 0;
    for (let i = 0; i < size; i++) product += short[place * size + i] * short[other * size + i];
    key[atlas.rows[other]] = -product;
  }
  return key;
}
