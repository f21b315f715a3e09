// Numbers are those of Python: skimage 0.26 and Pillow 13 through stages/resizing.py, stages/molding.py, stages/anchors.py.

import { expect, test } from "vitest";
import { anchorsOf, even, layoutOf } from "../layout.js";
import { mold } from "../molding.js";
import { line, resize } from "../resizing.js";

/** @type {any} */
const SQUARE = {
  mode: "square",
  min_dim: 128,
  max_dim: 128,
  min_scale: 0,
  mean: [100, 50, 0],
  std: [1],
  full_scale: 1,
  channel_order: "rgb",
  resizer: "skimage",
  multiple: 32,
};
const TORCHVISION = {
  ...SQUARE,
  mode: "corner",
  min_dim: 800,
  max_dim: 1333,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  full_scale: 255,
  resizer: "torch",
};
const PADDED = { ...SQUARE, mode: "pad64", min_dim: 0 };

test("halves are rounded to the even neighbour", () => {
  expect([0.5, 1.5, 2.5, -0.5, 2.4, 2.6].map(even)).toEqual([0, 2, 2, 0, 2, 3]);
});

test("an image lands where Python lays it", () => {
  expect(layoutOf([100, 60], SQUARE)).toEqual({ scale: 1.28, content: [128, 77], shape: [128, 128], offset: [0, 25] });
  expect(layoutOf([300, 200], SQUARE)).toMatchObject({ content: [128, 85], offset: [0, 21] });
  expect(layoutOf([100, 65], PADDED)).toMatchObject({ scale: 1, shape: [128, 128], offset: [14, 31] });
  expect(layoutOf([256, 320], PADDED)).toMatchObject({ content: [256, 320], shape: [256, 320], offset: [0, 0] });
});

test("torchvision cuts sides off, and pads below and right", () => {
  expect(layoutOf([480, 640], TORCHVISION)).toEqual({
    scale: 800 / 480,
    content: [800, 1066],
    shape: [800, 1088],
    offset: [0, 0],
  });
  expect(layoutOf([100, 3000], TORCHVISION)).toMatchObject({ content: [44, 1333], shape: [64, 1344] });
  expect(layoutOf([37, 41], { ...TORCHVISION, min_dim: 0 })).toMatchObject({ content: [37, 41], shape: [64, 64] });
});

test("others round sides half up, detectron2 in two steps, which may take one px more off", () => {
  const [pillow, opencv] = ["pillow", "opencv"].map((resizer) => ({ ...TORCHVISION, resizer }));
  for (const molding of [pillow, opencv]) {
    expect(layoutOf([480, 640], molding)).toMatchObject({ content: [800, 1067], shape: [800, 1088], offset: [0, 0] });
    expect(layoutOf([37, 41], { ...molding, min_dim: 0 })).toMatchObject({ scale: 1, content: [37, 41] });
  }
  expect(layoutOf([11, 22], opencv)).toMatchObject({ scale: 1333 / 22, content: [667, 1333] });
  expect(layoutOf([11, 22], pillow)).toMatchObject({ scale: 60.590909090909086, content: [666, 1333] });
});

test("grey levels are those of scikit-image, to at most one", () => {
  const small = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
  const up = [
    0, 13, 27, 24, 41, 58, 41, 55, 69, 49, 66, 83, 90, 110, 130, 100, 116, 133, 83, 97, 111, 125, 141, 158, 125, 138,
    152,
  ];
  const large = Uint8Array.from({ length: 48 }, (_, i) => 5 * i);
  const down = [17, 22, 27, 47, 52, 57, 97, 102, 107, 127, 132, 137, 177, 182, 187, 207, 212, 217];
  for (const [made, wanted] of [
    [resize(small, [2, 2], [3, 3], "skimage"), up],
    [resize(large, [4, 4], [3, 2], "skimage"), down],
  ]) {
    expect(Math.max(...Array.from(made, (level, i) => Math.abs(level - wanted[i])))).toBeLessThanOrEqual(1);
  }
});

test("levels are those of torchvision: beyond the outermost centres the border's value goes on", () => {
  const small = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
  const up = [
    0, 20, 40, 30, 50, 70, 60, 80, 100, 60, 80, 100, 90, 110, 130, 120, 140, 160, 120, 140, 160, 150, 170, 190, 180,
    200, 220,
  ];
  expect(Array.from(resize(small, [2, 2], [3, 3], "torch"))).toEqual(up);
  expect(line(2, 3)).toEqual([
    { low: 0, high: 1, share: 0 },
    { low: 0, high: 1, share: 0.5 },
    { low: 1, high: 1, share: 0.16666674613952637 }, // 1/6, counted in float32
  ]);
});

/**
 * Give what a rule makes of levels that rise by `step` and begin anew after 255.
 * @type {(resizer: "pillow" | "opencv", from: [number, number], to: [number, number], step?: number) => number[]}
 */
const resized = (resizer, from, to, step = 37) =>
  Array.from(
    resize(
      Uint8Array.from({ length: 3 * from[0] * from[1] }, (_, i) => i * step),
      from,
      to,
      resizer,
    ),
  );

test("levels are those of Pillow: a pixel that shrinks is the mean of all that lie under it", () => {
  const up = [
    0, 20, 40, 30, 50, 70, 60, 80, 100, 60, 80, 100, 90, 110, 130, 120, 140, 160, 120, 140, 160, 150, 170, 190, 180,
    200, 220,
  ];
  expect(resized("pillow", [2, 2], [3, 3], 20)).toEqual(up);
  expect(resized("pillow", [5, 4], [3, 3])).toEqual([
    81, 118, 78, 138, 102, 139, 91, 84, 121, 136, 131, 128, 131, 96, 133, 124, 161, 98, 149, 83, 120, 125, 162, 126,
    101, 138, 131,
  ]);
  expect(resized("pillow", [1, 7], [1, 3])).toEqual([95, 77, 114, 137, 114, 91, 114, 151, 133]);
  expect(resized("pillow", [5, 1], [2, 2])).toEqual([99, 78, 115, 99, 78, 115, 147, 126, 81, 147, 126, 81]);
  expect(resized("pillow", [1, 1], [1, 2], 99)).toEqual([0, 99, 198, 0, 99, 198]);
  expect(resized("pillow", [4, 2], [2, 1])).toEqual([105, 87, 106, 106, 125, 107]);
});

test("levels are those of OpenCV: of two pixels, and of four where it is half the size", () => {
  const up = [
    0, 20, 40, 30, 50, 70, 60, 80, 100, 60, 80, 100, 90, 110, 130, 120, 140, 160, 120, 140, 160, 150, 170, 190, 180,
    200, 220,
  ];
  expect(resized("opencv", [2, 2], [3, 3], 20)).toEqual(up);
  expect(resized("opencv", [5, 4], [3, 3])).toEqual([
    67, 104, 70, 144, 95, 132, 78, 87, 124, 138, 133, 170, 159, 68, 105, 179, 216, 39, 167, 62, 99, 130, 167, 119, 93,
    130, 139,
  ]);
  expect(resized("opencv", [1, 7], [1, 3])).toEqual([74, 111, 148, 77, 114, 151, 80, 117, 154]);
  expect(resized("opencv", [5, 1], [2, 2])).toEqual([83, 120, 157, 83, 120, 157, 105, 142, 115, 105, 142, 115]);
  expect(resized("opencv", [1, 1], [1, 2], 99)).toEqual([0, 99, 198, 0, 99, 198]);
  expect(resized("opencv", [4, 2], [2, 1])).toEqual([103, 76, 113, 99, 136, 109]);
});

test("in mode corner the mean is subtracted before levels are stretched, and padding is 0", () => {
  const picture = {
    size: /** @type {[number, number]} */ ([2, 2]),
    rgb: Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
    name: "",
  };
  const { tensors } = mold(
    picture,
    /** @type {any} */ ({ molding: { ...TORCHVISION, min_dim: 3, max_dim: 5, multiple: 4 } }),
  );
  const { shape, values } = tensors["molding.image"];
  expect(shape).toEqual([4, 4, 3]);
  expect(Array.from(values.filter((_, i) => i % 3 === 0))).toEqual([
    -2.1179039478302, -1.604161262512207, -1.0904186964035034, 0, -1.0904186964035034, -0.5766761302947998,
    -0.06293347477912903, 0, -0.0629335269331932, 0.450809121131897, 0.9645517468452454, 0, 0, 0, 0, 0,
  ]);
  expect(Array.from(tensors["molding.window"].values)).toEqual([0, 0, 3, 3]);
  const seen = Array.from(tensors["reading.input"].values);
  expect(seen.slice(0, 12)).toEqual([0, 20, 40, 30, 50, 70, 60, 80, 100, 124, 116, 104]); // the mean where nothing is
});

test("padding is minus the mean, and blue comes first where the model wants it", () => {
  const picture = { size: /** @type {[number, number]} */ ([2, 2]), rgb: new Uint8Array(12).fill(200), name: "" };
  const { tensors } = mold(picture, /** @type {any} */ ({ molding: PADDED }));
  const image = tensors["molding.image"];
  expect(image.shape).toEqual([64, 64, 3]);
  expect(Array.from(image.values.slice(0, 3))).toEqual([-100, -50, 0]);
  const middle = 3 * (31 * 64 + 31);
  expect(Array.from(image.values.slice(middle, middle + 3))).toEqual([100, 150, 200]);
  const blue = mold(
    { ...picture, rgb: Uint8Array.from(picture.rgb, (_, i) => i % 3) },
    /** @type {any} */ ({ molding: { ...PADDED, channel_order: "bgr" } }),
  );
  expect(Array.from(blue.tensors["molding.image"].values.slice(middle, middle + 3))).toEqual([-98, -49, 0]);
  expect(Array.from(blue.tensors["reading.input"].values.slice(middle, middle + 3))).toEqual([0, 1, 2]);
});

test("anchors stand where Python puts them", () => {
  const root = [0.5, 1, 2].map(Math.sqrt);
  const halves = [8, 16, 32, 64, 64].map((scale) => root.map((r) => [(0.5 * scale) / r, 0.5 * scale * r]));
  const { boxes, level } = anchorsOf(
    [64, 64],
    /** @type {any} */ ({
      levels: [2, 3, 4, 5, 6],
      halves,
      ratios: [0.5, 1, 2],
      strides: [4, 8, 16, 32, 64],
      spacing: 1,
      offset: 0,
      stride_of_grid: false,
    }),
  );
  expect(boxes.shape).toEqual([1023, 4]);
  expect(Array.from(boxes.values.slice(0, 4))).toEqual([
    -5.656854152679443, -2.8284270763397217, 5.656854152679443, 2.8284270763397217,
  ]);
  expect(Array.from(boxes.values.slice(-4))).toEqual([
    -22.627416610717773, -45.25483322143555, 22.627416610717773, 45.25483322143555,
  ]);
  expect(Array.from(level.values.slice(-3))).toEqual([6, 6, 6]);
});
