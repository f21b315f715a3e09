import { expect, test } from "vitest";
import { chainOf } from "../difference.js";
import { stationOf } from "../stations.js";
import { numbersQuestion, TOUR } from "../tour.js";
import { context, core, floats } from "./run.js";

test("twelve steps, each at a station that there is, with a question that has one right answer", () => {
  expect(TOUR).toHaveLength(12);
  for (const step of TOUR) {
    expect(stationOf(step.place.stage).id).toBe(step.place.stage);
    const { ask, options, answer, because } = step.question(context(chainOf(2, core())), {
      scores: floats([5], 0, 0, 0.9, 0, 0.3),
    });
    expect(ask.endsWith("?"), step.title).toBe(true);
    expect(options.length).toBeGreaterThan(1);
    expect(new Set(options).size).toBe(options.length);
    expect(options[answer], step.title).toBeDefined();
    expect(because).not.toMatch(/undefined|NaN/);
  }
});

test("the answers are those of this run", () => {
  const answers = TOUR.map((step) => {
    const { options, answer } = step.question(context(), { scores: floats([5], 0, 0, 0.2, 0, 0.3) });
    return options[answer];
  });
  expect(answers).toEqual(["192", "1", "P6", "1", "P3", "32 px", "2", "49", "2", "0", "4", "top k, refined"]);
});

test("the right number stands among the others, the smallest first, each once", () => {
  const { options, answer } = numbersQuestion("?", 1024, [3, 1024, 16, Number.NaN], "");
  expect(options).toEqual(["3", "16", "1,024"]);
  expect(options[answer]).toBe("1,024");
});
