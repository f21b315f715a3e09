// Thumbnails of the map: what each station makes of this image, small.

/** @import { Context, Tensor, Tensors, Wants } from "./types.d.ts" */

/** @typedef {{ surface: HTMLCanvasElement, label: string }} Thumb */

const LARGEST = 96; // px of a thumbnail's longer side; it is shown at half of that or less
const BACKBONE = [2, 3, 4, 5];
const PYRAMID = [2, 3, 4, 5, 6];

/**
 * Ask for what the thumbnails are made of, as far as this run has it.
 * @type {(context: Context) => Wants}
 */
export function thumbWants({ chain, description }) {
  /** @type {Wants} */
  const wants = { scores: { name: "rpn.scores" }, result: { name: "composing.picture" } };
  for (const level of BACKBONE) wants[`c${level}`] = { name: `reading.energy.backbone.c${level}` };
  for (const level of PYRAMID) wants[`p${level}`] = { name: `reading.energy.fpn.p${level}` };
  if (chain.proposal >= 0) {
    wants.pooled = { name: "reading.energy.box_roi.pooled", rows: [chain.proposal] };
    wants.probs = { name: "box_head.class_probs", rows: [chain.proposal] };
  }
  if (chain.detection >= 0) wants.mask = { name: "mask_head.probs", rows: [chain.detection] };
  const known = new Set([...Object.keys(description.tensors), ...description.readings]);
  return Object.fromEntries(Object.entries(wants).filter(([, want]) => known.has(want.name)));
}

/**
 * Draw the thumbnails of every station.
 * @type {(tensors: Tensors, context: Context) => Record<string, Thumb[]>}
 */
export function drawThumbs(tensors, context) {
  const { core, description } = context;
  const table = core["reading.table.cividis"];
  const painted = (/** @type {Tensor} */ map) => kept(map, () => paint(map, table));
  const pictured = (/** @type {Tensor} */ image) => kept(image, () => picture(image));
  const levels = (/** @type {string} */ letter, /** @type {number[]} */ all) =>
    all
      .filter((level) => tensors[`${letter}${level}`])
      .map((level) => ({
        surface: painted(tensors[`${letter}${level}`]),
        label: `${letter.toUpperCase()}${level}`,
      }));
  const flat = (/** @type {Tensor | undefined} */ tensor) =>
    tensor ? [{ surface: paint({ values: tensor.values, shape: tensor.shape.slice(1) }, table), label: "" }] : [];
  const onInput = (/** @type {string} */ name, /** @type {number} */ most) => [
    { surface: withBoxes(core["reading.input"], core[`${name}.boxes`], context, name, most), label: "" },
  ];
  return {
    image: [{ surface: pictured(core["image.original"]), label: "" }],
    backbone: levels("c", BACKBONE),
    fpn: levels("p", PYRAMID),
    rpn: tensors.scores
      ? [{ surface: kept(tensors.scores, () => objectnessMap(tensors.scores, context)), label: "" }]
      : [],
    proposals: onInput("proposals", 100),
    roi: flat(tensors.pooled),
    head: tensors.probs ? [{ surface: bars(tensors.probs, description.class_names.length), label: "" }] : [],
    detections: onInput("detections", 100),
    mask: flat(tensors.mask),
    result: tensors.result ? [{ surface: pictured(tensors.result), label: "" }] : [],
  };
}

/** @type {WeakMap<Tensor, HTMLCanvasElement>} of tensors that no setting changes the thumbnail stays */
const drawn = new WeakMap();

/** @type {(tensor: Tensor, draw: () => HTMLCanvasElement) => HTMLCanvasElement} */
function kept(tensor, draw) {
  const surface = drawn.get(tensor) ?? draw();
  drawn.set(tensor, surface);
  return surface;
}

/**
 * Paint a map (y, x), a px a cell.
 * @type {(map: Tensor, table: Tensor, limits?: [number, number]) => HTMLCanvasElement}
 */
function paint({ values, shape }, table, limits = limitsOf(values)) {
  const [rows, columns] = shape;
  const surface = makeSurface(columns, rows);
  const pixels = contextOf(surface).createImageData(columns, rows);
  const [low, high] = limits;
  for (let i = 0; i < rows * columns; i++) {
    const level = Math.min(255, Math.max(0, Math.floor((256 * (values[i] - low)) / (high - low)))) || 0;
    pixels.data.set(table.values.subarray(3 * level, 3 * level + 3), 4 * i);
    pixels.data[4 * i + 3] = 255;
  }
  contextOf(surface).putImageData(pixels, 0, 0);
  return surface;
}

/**
 * Draw an image (y, x, rgb), no larger than a thumbnail needs.
 * @type {(tensor: Tensor) => HTMLCanvasElement}
 */
function picture(tensor) {
  const { height, width, bytes } = imageOf(tensor);
  const whole = makeSurface(width, height);
  const pixels = new ImageData(
    new Uint8ClampedArray(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (bytes)),
    width,
    height,
  );
  contextOf(whole).putImageData(pixels, 0, 0);
  const scale = Math.min(1, LARGEST / Math.max(height, width));
  const small = makeSurface(Math.round(width * scale), Math.round(height * scale));
  const context = contextOf(small);
  context.imageSmoothingQuality = "high";
  context.drawImage(whole, 0, 0, small.width, small.height);
  return small;
}

/** @type {(image: Tensor, where: Tensor, context: Context, of: string, most: number) => HTMLCanvasElement} */
function withBoxes(image, where, context, of, most) {
  const small = picture(image);
  const ink = contextOf(small);
  ink.fillStyle = "rgb(0 0 0 / 45%)";
  ink.fillRect(0, 0, small.width, small.height);
  const scale = small.width / image.shape[1];
  const count = Math.min(where.values.length / 4, most);
  const reported = of === "detections" ? null : detectionOfProposal(context);
  const { palette } = context.description;
  ink.lineWidth = of === "detections" ? 2 : 1;
  for (let row = count - 1; row >= 0; row--) {
    const rank = reported ? reported[row] : row;
    ink.strokeStyle = rank < 0 ? "rgb(255 255 255 / 35%)" : `rgb(${palette[rank % palette.length].join(" ")})`;
    const [y1, x1, y2, x2] = boxAt(where, row).map((one) => one * scale);
    ink.strokeRect(x1, y1, x2 - x1, y2 - y1);
  }
  return small;
}

/**
 * Paint the best score of all levels at each place of the finest.
 * @type {(scores: Tensor, context: Context) => HTMLCanvasElement}
 */
function objectnessMap(scores, { core, description }) {
  const [finest] = description.levels;
  const best = new Float32Array(finest.rows * finest.columns);
  for (const level of description.levels) {
    const cells = bestOfCells(scores.values, level);
    for (let i = 0; i < best.length; i++) {
      const y = Math.min(Math.floor((Math.floor(i / finest.columns) * finest.stride) / level.stride), level.rows - 1);
      const x = Math.min(Math.floor(((i % finest.columns) * finest.stride) / level.stride), level.columns - 1);
      best[i] = Math.max(best[i], cells[y * level.columns + x]);
    }
  }
  return paint({ values: best, shape: [finest.rows, finest.columns] }, core["reading.table.cividis"], [0, 1]);
}

/** @type {(probs: Tensor, classes: number) => HTMLCanvasElement} */
function bars({ values }, classes) {
  const shown = Math.min(classes, 12);
  const wide = Math.floor(48 / shown);
  const surface = makeSurface(wide * shown, 48);
  const ink = contextOf(surface);
  for (let id = 0; id < shown; id++) {
    const height = Math.max(1, Math.round(46 * values[id]));
    ink.fillStyle = "#56b4e9";
    ink.fillRect(wide * id + 1, 47 - height, wide - 2, height);
  }
  return surface;
}

import { contextOf, makeSurface } from "../../canvas/js/decode.js";
import { imageOf, limitsOf } from "./layers.js";
import { boxAt, detectionOfProposal } from "./objects.js";
import { bestOfCells } from "./scenes_first.js";
