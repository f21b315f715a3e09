// Deep links: #stage=proposals&detection=3. What is said there is a place, a selection and settings; the rest is left.

/** @import { Place, Selection, State } from "./types.d.ts" */

/** @type {[word: string, kind: string][]} the furthest first: a detection says its proposal and anchor as well */
const KINDS = [
  ["detection", "detections"],
  ["proposal", "proposals"],
  ["anchor", "anchors"],
];

/** @type {(state: State, defaults: Place) => string} */
export function linkOf({ place, selected, settings }, defaults) {
  const words = new URLSearchParams({ stage: place.stage });
  if (place.view !== defaults.view) words.set("view", place.view);
  for (const key of /** @type {const} */ (["level", "channel", "cell"])) {
    if (place[key] !== defaults[key]) words.set(key, String(place[key]));
  }
  const kind = KINDS.find(([, of]) => of in selected);
  if (kind) words.set(kind[0], String(selected[kind[1]]));
  for (const [name, value] of Object.entries(settings)) words.set(name, String(value));
  return words.toString();
}

/**
 * Read a link. What is no number, or no name, is left out: a link comes from anywhere.
 * @type {(link: string) => { place: Partial<Place>, selected: Selection, settings: Record<string, number> }}
 */
export function readLink(link) {
  const words = new URLSearchParams(link.replace(/^#/, ""));
  /** @type {Partial<Place>} */
  const place = {};
  for (const key of /** @type {const} */ (["stage", "view"])) {
    const word = words.get(key);
    if (word) place[key] = word;
  }
  for (const key of /** @type {const} */ (["level", "channel", "cell"])) {
    const value = wholeNumber(words.get(key), -1);
    if (value !== null) place[key] = value;
  }
  /** @type {Selection} */
  const selected = {};
  for (const [word, kind] of KINDS) {
    const value = wholeNumber(words.get(word), 0);
    if (value !== null) selected[kind] = value;
  }
  const numbers = [...words].filter(([name, value]) => name.includes(".") && value !== "" && Number.isFinite(+value));
  return { place, selected, settings: Object.fromEntries(numbers.map(([name, value]) => [name, Number(value)])) };
}

/** @type {(word: string | null, least: number) => number | null} */
function wholeNumber(word, least) {
  return word !== null && /^-?\d{1,9}$/.test(word) && Number(word) >= least ? Number(word) : null;
}
