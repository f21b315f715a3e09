// Why nothing was found: the funnel near a box that a person drew, the verdict, and what would have kept it.

/** @import { Why } from "./types.d.ts" */

/**
 * Turn a box (yxyx) of network-input px into image px: the inverse of where preprocessing put the image.
 * @type {(box: number[], sizes: { image: number[], window: number[] }) => number[]}
 */
export function toImagePx(box, { image: [height, width], window: [top, left, bottom, right] }) {
  const [sy, sx] = [height / (bottom - top), width / (right - left)];
  const inside = (/** @type {number} */ one, /** @type {number} */ most) => Math.min(Math.max(one, 0), most);
  return [
    inside((box[0] - top) * sy, height),
    inside((box[1] - left) * sx, width),
    inside((box[2] - top) * sy, height),
    inside((box[3] - left) * sx, width),
  ];
}

/**
 * Turn a box (yxyx) of image px into network-input px.
 * @type {(box: number[], sizes: { image: number[], window: number[] }) => number[]}
 */
export function toInputPx(box, { image: [height, width], window: [top, left, bottom, right] }) {
  const [sy, sx] = [(bottom - top) / height, (right - left) / width];
  return [top + box[0] * sy, left + box[1] * sx, top + box[2] * sy, left + box[3] * sx];
}

/**
 * Write the card. `answer` null = still being asked.
 * @param {HTMLElement} root
 * @param {{ answer: Why | null, apply: (settings: Record<string, number>) => void, close: () => void, stop: () => void, follow: (anchor: number) => void }} parts
 */
export function writeWhy(root, { answer, apply, close, stop, follow }) {
  const leave = make("button", {
    type: "button",
    class: "mx-button",
    "aria-label": "Close the question",
    text: "Close",
  });
  leave.addEventListener("click", close);
  const head = make("div", { class: "mx-card-head" }, make("h2", { text: "What became of this box?" }), leave);
  root.hidden = false;
  if (!answer) {
    root.replaceChildren(head, make("p", { class: "mx-quiet", text: "Following the candidates near it…" }));
    return;
  }
  const funnel = answer.steps.length ? [funnelOf(answer)] : [];
  root.replaceChildren(head, make("p", { text: sentenceOf(answer) }), ...funnel, ...changeOf(answer, apply, stop));
  if (answer.anchor === null) return;
  const { anchor } = answer;
  const go = make("button", { type: "button", class: "mx-button", text: "Show that candidate" });
  go.addEventListener("click", () => follow(anchor));
  root.append(go);
}

/** @type {(why: Why) => string} */
export function sentenceOf({ verdict, sentence, class: name, recorded }) {
  if (recorded) {
    const fate = verdict === "found" ? `was ${sentence}` : `is missed (${verdict}): ${sentence}`;
    return `The ground-truth ${name} here ${fate}. So it was recorded; the funnel of any other box needs the model.`;
  }
  if (verdict === "found") return `It is found: ${sentence}.`;
  return `Taken for a ${name}, it is not kept (${verdict}): ${sentence}.`;
}

/** @type {(why: Why) => HTMLElement} */
function funnelOf({ steps }) {
  const died = steps.findIndex((one) => one.count === 0);
  const list = make("ol", { class: "mx-funnel", "aria-label": "Candidates near the box, step by step" });
  for (const [place, one] of steps.entries()) {
    const best = one.best_iou === null ? "" : `best IoU ${one.best_iou.toFixed(2)}`;
    const row = make(
      "li",
      { class: place === died ? "mx-lost" : "" },
      make("span", { text: one.step }),
      make("span", { class: "mx-count", text: String(one.count) }),
      make("span", { class: "mx-quiet", text: best }),
    );
    list.append(row);
  }
  return list;
}

/** @type {(why: Why, apply: (settings: Record<string, number>) => void, stop: () => void) => HTMLElement[]} */
function changeOf({ setting_change: change, searching, stopped }, apply, stop) {
  if (stopped) return [make("p", { class: "mx-quiet", text: stopped })];
  if (searching) {
    const button = make("button", { type: "button", class: "mx-button", text: "Stop" });
    button.addEventListener("click", stop);
    const words = "Looking for the smallest change of a setting that keeps it, by running the model…";
    return [make("p", { class: "mx-quiet", role: "status", text: words }), button];
  }
  if (!change) return [];
  const names = Object.entries(change.settings);
  if (!names.length) return [make("p", { class: "mx-quiet", text: `No setting keeps it: ${change.reason}.` })];
  const words = names.map(([name, value]) => `${name} = ${value}`).join(" and ");
  const button = make("button", { type: "button", class: "mx-button mx-primary", text: "Try it" });
  button.addEventListener("click", () => apply(change.settings));
  return [make("p", { text: `The smallest change that keeps it, proven by running it: ${words}.` }), button];
}

import { make } from "../../canvas/js/parts.js";
