// The tour on the page: a card with the step, its question, and the way on.

/** @import { Question } from "./types.d.ts" */

/**
 * Write a step of the tour.
 * @param {HTMLElement} root
 * @param {{ step: number, count: number, title: string, text: string, question: Question, go: (step: number) => void, close: () => void }} parts
 */
export function writeTour(root, { step, count, title, text, question, go, close }) {
  const leave = button("Leave", close);
  const answers = make("div", { class: "mx-answers", role: "group", "aria-label": question.ask });
  const verdict = make("p", { class: "mx-verdict", role: "status" });
  for (const [place, option] of question.options.entries()) {
    const choice = button(option, () => {
      const right = place === question.answer;
      for (const one of answers.children) one.classList.remove("mx-right", "mx-wrong");
      choice.classList.add(right ? "mx-right" : "mx-wrong");
      verdict.textContent = right ? `Right. ${question.because}` : "Not so. Look at the station, and try again.";
    });
    answers.append(choice);
  }
  const back = button("Back", () => go(step - 1));
  back.disabled = step === 0;
  const on = step + 1 < count ? button("Next", () => go(step + 1)) : button("Finish", close);
  on.classList.add("mx-primary");
  const heading = make("h2", { tabindex: "-1", text: title });
  root.hidden = false;
  root.replaceChildren(
    make(
      "div",
      { class: "mx-card-head" },
      make("span", { class: "mx-quiet", text: `Tour, ${step + 1} of ${count}` }),
      leave,
    ),
    heading,
    make("p", { text }),
    make("p", { class: "mx-question", text: question.ask }),
    answers,
    verdict,
    make("div", { class: "mx-card-foot" }, back, on),
  );
  heading.focus({ preventScroll: true });
}

/** @type {(text: string, act: () => void) => HTMLButtonElement} */
function button(text, act) {
  const element = make("button", { type: "button", class: "mx-button", text });
  element.addEventListener("click", act);
  return element;
}

import { make } from "../../canvas/js/parts.js";
