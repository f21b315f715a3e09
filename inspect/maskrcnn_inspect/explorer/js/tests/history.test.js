import { expect, test } from "vitest";
import { makeHistory } from "../history.js";

const clock = () => {
  let at = 0;
  return { now: () => at, wait: (/** @type {number} */ ms) => (at += ms) };
};

test("back gives the state before, down to the first and no further", () => {
  const history = makeHistory();
  history.push("a", "");
  expect(history.hasPast()).toBe(false); // the beginning has nothing before it
  history.push("b", "");
  history.push("c", "");
  expect([history.back(), history.back(), history.back()]).toEqual(["b", "a", null]);
  expect(history.hasPast()).toBe(false);
});

test("a slider's positions are one state, and a later move another", () => {
  const { now, wait } = clock();
  const history = makeHistory(now);
  history.push(0, "");
  for (const value of [1, 2, 3]) {
    history.push(value, "proposals.count");
    wait(100);
  }
  wait(5000);
  history.push(4, "proposals.count");
  expect([history.back(), history.back()]).toEqual([3, 0]);
});

test("moves of two sliders stay apart", () => {
  const history = makeHistory(() => 0);
  history.push(0, "");
  history.push(1, "one");
  history.push(2, "other");
  expect(history.back()).toBe(1);
});

test("a long way is forgotten from its beginning", () => {
  const history = makeHistory();
  history.push(0, "");
  for (let i = 1; i <= 500; i++) history.push(i, "");
  let steps = 0;
  while (history.back() !== null) steps += 1;
  expect(steps).toBe(99);
});
