// A row in words, for eyes and for screen readers.

/** @import { Gallery } from "./types.d.ts" */

/** @type {(gallery: Gallery, row: number) => "found" | "missed" | "false" | "crowd"} */
export function kindOf(gallery, row) {
  if (textAt(gallery, "kind", row) !== "object") return "false";
  const verdict = textAt(gallery, "verdict", row);
  return verdict === "found" || verdict === "crowd" ? verdict : "missed";
}

/** @type {(gallery: Gallery, row: number) => string} */
export function wordsOf(gallery, row) {
  const what = textAt(gallery, "kind", row) === "object" ? "object" : "false detection";
  const [number, name] = [textAt(gallery, "number", row), textAt(gallery, "class", row)];
  return `${what} ${number}, ${name}, in ${textAt(gallery, "image", row)}: ${textAt(gallery, "verdict", row)}`;
}

/** @type {(gallery: Gallery, row: number) => [name: string, value: string][]} */
export function factsOf(gallery, row) {
  const is = (/** @type {string} */ name) => numberAt(gallery, name, row);
  /** @type {[string, string][]} */
  const facts = [
    ["class", textAt(gallery, "class", row)],
    ["verdict", textAt(gallery, "verdict", row)],
    ["stage", textAt(gallery, "stage", row) || "–"],
    ["score", decimal(is("score"))],
    ["IoU", decimal(is("iou"))],
    ["area", `${Math.round(is("area")).toLocaleString("en")} px², ${textAt(gallery, "size", row)}`],
    ["box", `y ${is("y1").toFixed(0)}–${is("y2").toFixed(0)}, x ${is("x1").toFixed(0)}–${is("x2").toFixed(0)} px`],
    ["image", `${textAt(gallery, "image", row)} (number ${is("index")})`],
  ];
  const change = textAt(gallery, "setting_change", row);
  return change ? [...facts, ["smallest change that keeps it", change]] : facts;
}

/** @type {Record<string, string>} */
const STATIONS = { anchors: "rpn", box_head: "head", mask_head: "mask", result: "result" };

/**
 * Say where in the Explorer a row's story ends: the station that lost it, with the candidate that was lost.
 * @type {(gallery: Gallery, row: number) => string}
 */
export function placeOf(gallery, row) {
  const stage = textAt(gallery, "stage", row) || "result";
  const place = new URLSearchParams({ stage: STATIONS[stage] ?? stage });
  const [number, anchor] = [numberAt(gallery, "number", row), numberAt(gallery, "anchor", row)];
  if (textAt(gallery, "kind", row) !== "object") place.set("detection", String(number));
  else if (anchor >= 0) place.set("anchor", String(anchor));
  return place.toString();
}

/** @type {(value: number) => string} */
const decimal = (value) => (Number.isNaN(value) ? "–" : value.toFixed(3));

import { numberAt, textAt } from "./data.js";
