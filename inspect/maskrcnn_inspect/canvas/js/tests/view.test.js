import { expect, test } from "vitest";
import { fit, makeView, pan, regionOf, resize, reveal, showRegion, toImage, toStage, zoomAt } from "../view.js";

// An image of 100 × 200 px on a stage of 300 × 400 CSS px: fitted, a px is 2 CSS px and 50 px are free above and below.
const shown = () => resize(makeView(), 100, 200, 300, 400);

test("a fitted image fills the narrower side and lies in the middle of the other", () => {
  expect(shown()).toMatchObject({ scale: 2, top: -25, left: 0, fitted: true });
  expect(toStage(shown(), 0, 0)).toEqual([50, 0]);
  expect(toStage(shown(), 100, 200)).toEqual([250, 400]);
});

test("stage and image px are each other's inverse", () => {
  const view = zoomAt(shown(), 3, 120, 90);
  expect(toImage(view, ...toStage(view, 40, 70))).toEqual([40, 70]);
});

test("zooming keeps the px under the pointer where it is", () => {
  const view = shown();
  const before = toImage(view, 150, 200);
  expect(before).toEqual([50, 100]); // the middle
  zoomAt(view, 4, 150, 200);
  expect(view).toMatchObject({ scale: 8, fitted: false });
  expect(toImage(view, 150, 200)).toEqual(before);
  expect([view.top, view.left]).toEqual([50 - 150 / 8, 100 - 200 / 8]);
});

test("zooming ends at 96 CSS px a px and at the whole image", () => {
  expect(zoomAt(shown(), 1e6, 150, 200).scale).toBe(96);
  const view = zoomAt(zoomAt(shown(), 4, 150, 200), 1e-6, 10, 10);
  expect(view).toMatchObject({ scale: 2, top: -25, left: 0, fitted: true });
});

test("panning moves by stage px and stops at the image's border", () => {
  const view = zoomAt(shown(), 4, 150, 200); // 37.5 × 50 px in view, from (31.25, 75)
  pan(view, 8, -16);
  expect([view.top, view.left]).toEqual([31.25 - 1, 75 + 2]);
  pan(view, 1e5, 1e5);
  expect([view.top, view.left]).toEqual([0, 0]);
  pan(view, -1e5, -1e5);
  expect([view.top, view.left]).toEqual([100 - 37.5, 200 - 50]);
});

test("a region is shown whole, and read back as what is in view", () => {
  const view = showRegion(shown(), [20, 40, 50, 80]); // 30 × 40 px: 10 CSS px a px either way
  expect(view).toMatchObject({ scale: 10, top: 20, left: 40, fitted: false });
  expect(regionOf(view)).toEqual([20, 40, 50, 80]);
});

test.each([[[]], [[1, 2, 3]], [[5, 5, 5, 9]], [[9, 5, 5, 9]], [[Number.NaN, 0, 5, 5]]])(
  "%j is no region: the whole image",
  (region) => {
    const view = showRegion(zoomAt(shown(), 4, 0, 0), region);
    expect(view.fitted).toBe(true);
    expect(regionOf(view)).toEqual([]);
  },
);

test("a larger stage keeps a fitted image fitted, and another's middle in the middle", () => {
  expect(resize(shown(), 100, 200, 600, 800)).toMatchObject({ scale: 4, top: -25, left: 0, fitted: true });
  const view = zoomAt(shown(), 4, 150, 200);
  resize(view, 100, 200, 200, 320);
  expect(view.scale).toBe(8);
  expect(toImage(view, 100, 160)).toEqual([50, 100]);
});

test("another image is shown whole", () => {
  const view = resize(zoomAt(shown(), 4, 150, 200), 50, 50, 300, 400);
  expect(view).toMatchObject({ scale: 6, fitted: true });
});

test("a box out of sight is brought to the middle, one in sight stays", () => {
  const view = zoomAt(shown(), 4, 150, 200); // in view: y 31.25 to 68.75, x 75 to 125
  expect(reveal(view, 40, 80, 50, 90)).toBe(false);
  expect(view.left).toBe(75);
  expect(reveal(view, 40, 150, 50, 160)).toBe(true);
  expect(toImage(view, 150, 200)).toEqual([45, 155]);
  expect(fit(view).fitted).toBe(true);
});
