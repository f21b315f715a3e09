// Keys alone draw the box that the mouse draws with Shift.

import { expect, test } from "vitest";
import { boxKeys } from "../box_keys.js";

const VIEW = /** @type {import("../types.d.ts").View} */ ({ stageHeight: 300, stageWidth: 600 });

function hand() {
  /** @type {[number[], number[], boolean][]} */
  const drawn = [];
  const press = boxKeys(VIEW, (from, to, done) => drawn.push([from, to, done]));
  return { drawn, press };
}

test("B begins a box in the middle, Enter keeps it, once", () => {
  const { drawn, press } = hand();
  expect(press("b", false)).toBe(true);
  expect(press("Enter", false)).toBe(true);
  expect(press("Enter", false)).toBe(false);
  expect(drawn).toEqual([
    [[100, 200], [200, 400], false],
    [[100, 200], [200, 400], true],
  ]);
});

test("arrows move the box, with Shift they size it", () => {
  const { drawn, press } = hand();
  press("b", false);
  press("ArrowDown", false);
  press("ArrowLeft", true);
  press("ArrowUp", true);
  expect(drawn.at(-1)).toEqual([[108, 200], [200, 392], false]);
});

test("Escape lets it go, and arrows are the image's again", () => {
  const { drawn, press } = hand();
  press("b", false);
  expect(press("Escape", false)).toBe(true);
  expect(drawn.at(-1)).toEqual([[100, 200], [100, 200], false]);
  expect(press("ArrowUp", false)).toBe(false);
  expect(press("Escape", false)).toBe(false);
});

test("keys that mean nothing here are left to others", () => {
  const { drawn, press } = hand();
  for (const key of ["n", "+", "ArrowUp", "Enter"]) expect(press(key, false)).toBe(false);
  press("b", false);
  expect(press("n", false)).toBe(false);
  expect(drawn.length).toBe(1);
});
