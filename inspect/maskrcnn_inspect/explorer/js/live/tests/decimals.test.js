// Numbers as Python's formats write them: `f"{0.125:.2f}"` is 0.12.

import { expect, test } from "vitest";
import { fixed, general } from "../decimals.js";

test.each([
  [0.125, 2, "0.12"], // in the middle: the even one
  [0.375, 2, "0.38"],
  [0.625, 2, "0.62"],
  [0.0625, 3, "0.062"],
  [0.135, 2, "0.14"], // just above the middle
  [0.145, 2, "0.14"], // just below it
  [1, 2, "1.00"],
  [0, 2, "0.00"],
])("%d with %d digits is %s", (value, digits, words) => {
  expect(fixed(value, digits)).toBe(words);
});

test.each([
  [Math.fround(0.3), 4, "0.3"],
  [0.0078125, 4, "0.007812"], // in the middle: the even one
  [0.00012345, 4, "0.0001234"],
  [0.000012345, 4, "1.234e-05"],
  [1e-7, 4, "1e-07"],
  [0, 4, "0"],
  [30, 6, "30"],
  [0.001, 6, "0.001"],
  [1234567, 6, "1.23457e+06"],
])("%d with %d digits that count is %s", (value, digits, words) => {
  expect(general(value, digits)).toBe(words);
});
