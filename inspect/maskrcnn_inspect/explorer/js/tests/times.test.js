import { expect, test } from "vitest";
import { milliseconds, percent, timesOf, timeWants } from "../times.js";
import { description, floats } from "./run.js";

test("a station has the time of its stages, and shares add up to one", () => {
  const times = timesOf({ times: floats([4], 0.01, 0.06, 0.01, 0.02) }, description);
  expect(times.backbone).toEqual({ seconds: expect.closeTo(0.06), share: expect.closeTo(0.6) });
  expect(times.mask.seconds).toBeCloseTo(0.03);
  expect(Object.values(times).reduce((sum, one) => sum + one.share, 0)).toBeCloseTo(1);
});

test("what nobody measured is not said", () => {
  expect(timesOf({ times: floats([4], NaN, NaN, NaN, NaN) }, description)).toEqual({});
  expect(timesOf({}, description)).toEqual({});
  expect(timeWants(description)).toEqual({});
});

test("small shares and times keep a figure", () => {
  expect([percent(0.004), percent(0), percent(0.126)]).toEqual(["< 1 %", "0 %", "13 %"]);
  expect([milliseconds(0.00012), milliseconds(0.0345)]).toEqual(["0.1 ms", "35 ms"]);
});
