// Ground truth in the side panel: how many are found, which are missed and why, what each loss is.

/** @import { Outcome, Tensors } from "./types.d.ts" */

const MOST = 12; // missed objects that are listed; the view against ground truth has all

/**
 * Write what the station at hand has of it: outcomes where detections are, losses where their weights are.
 * @param {HTMLElement} root
 * @param {{ station: string, tensors: Tensors, follow: (anchor: number) => void, compare: () => void }} parts
 */
export function writeTruth(root, { station, tensors, follow, compare }) {
  const losses = tensors.outcomes ? lossesAt(station, tensors) : [];
  const outcomes = tensors.outcomes && ["detections", "result"].includes(station) ? outcomesOf(tensors) : null;
  root.hidden = !losses.length && !outcomes;
  root.replaceChildren(
    make("h2", { text: "Ground truth" }),
    ...(outcomes ? found(outcomes, follow, compare) : []),
    ...(losses.length ? [lossTable(losses, station === "result")] : []),
  );
}

/** @type {(outcomes: import("./types.d.ts").Outcomes, follow: (anchor: number) => void, compare: () => void) => HTMLElement[]} */
function found(outcomes, follow, compare) {
  const missed = outcomes.objects.filter((one) => one.verdict !== "found" && one.verdict !== "crowd");
  const button = make("button", { type: "button", class: "mx-button", text: "Compare" });
  button.addEventListener("click", compare);
  const head = make("div", { class: "mx-settings-head" }, make("p", { text: summary(outcomes) }), button);
  if (!missed.length) return [head];
  const list = make("ul", { class: "mx-missed", "aria-label": "Missed objects" });
  for (const one of missed.slice(0, MOST)) list.append(make("li", {}, missedButton(one, follow)));
  const more = missed.length - MOST;
  if (more > 0) list.append(make("li", { class: "mx-quiet", text: `and ${more} more` }));
  return [head, list];
}

/** @type {(one: Outcome, follow: (anchor: number) => void) => HTMLElement} */
function missedButton({ verdict, sentence, anchor }, follow) {
  const words = [make("strong", { text: verdict }), ` ${sentence}`];
  if (anchor === null || anchor === undefined) return make("span", {}, ...words);
  const button = make("button", { type: "button", class: "mx-link" }, make("span", {}, ...words));
  button.addEventListener("click", () => follow(anchor));
  return button;
}

/** @type {(losses: { words: string, value: number, share: number }[], all: boolean) => HTMLElement} */
function lossTable(losses, all) {
  const rows = losses.map(({ words, value, share }) => {
    const fill = make("span", { class: "mx-fill" });
    fill.style.width = `${100 * share}%`;
    return make(
      "div",
      { class: "mx-loss" },
      make("span", { text: words }),
      make("span", { class: "mx-value", text: value.toPrecision(2) }),
      make("span", { class: "mx-track", "aria-hidden": "true" }, fill),
    );
  });
  const words = all ? "Losses, as training would compute them here" : "Loss of this station, and its share of all five";
  return make("div", { class: "mx-losses" }, make("p", { class: "mx-quiet", text: words }), ...rows);
}

import { make } from "../../canvas/js/parts.js";
import { lossesAt, outcomesOf, summary } from "./truth.js";
