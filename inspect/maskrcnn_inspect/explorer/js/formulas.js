// The formulas of the network, filled with the numbers of one object. Pure: numbers in, lines of text out.

/** @import { Description, Level } from "./types.d.ts" */

/** @type {(value: number, digits?: number) => string} */
export const written = (value, digits = 2) => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  return value.toFixed(digits).replace("-", "−");
};

/** @type {(value: number) => string} */
export const counted = (value) => value.toLocaleString("en-US");

/**
 * Write a probability: small ones by their order, so that none reads as 0.
 * @type {(p: number) => string}
 */
export function probability(p) {
  if (p > 0 && p < 0.0005) return p.toExponential(1).replace("-", "−");
  return p < 1 && p > 0.9995 ? p.toFixed(5) : p.toFixed(3);
}

/** @type {(values: ArrayLike<number>) => number} */
export function sumOf(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

/** @type {(box: ArrayLike<number>) => string} */
export const corners = (box) => `(${Array.from(box, (one) => written(one, 1)).join(", ")})`;

/** @type {(box: ArrayLike<number>, corner: number) => [height: number, width: number]} */
export const sidesOf = (box, corner) => [box[2] - box[0] - corner, box[3] - box[1] - corner];

/**
 * Refine a box by raw deltas: R-CNN, appendix C, as geometry/boxes.py decodes.
 * @type {(box: ArrayLike<number>, deltas: ArrayLike<number>, std: number[], corner: number) => number[]}
 */
export function decode(box, deltas, std, corner) {
  const [height, width] = sidesOf(box, corner);
  const [dy, dx, dh, dw] = std.map((one, i) => one * deltas[i]);
  const [h, w] = [height * Math.exp(dh), width * Math.exp(dw)];
  const top = box[0] + height / 2 + dy * height - h / 2;
  const left = box[1] + width / 2 + dx * width - w / 2;
  return [top, left, top + h + corner, left + w + corner];
}

/**
 * Say how deltas move a box, and that the result is the recorded one.
 * @type {(box: ArrayLike<number>, deltas: ArrayLike<number>, std: number[], corner: number, recorded: ArrayLike<number>) => string[]}
 */
export function refinement(box, deltas, std, corner, recorded) {
  const [h, w] = sidesOf(box, corner);
  const [cy, cx] = [box[0] + h / 2, box[1] + w / 2];
  const moved = decode(box, deltas, std, corner);
  const [h2, w2] = sidesOf(moved, corner);
  const n = written;
  return [
    `cy = ${n(cy, 1)} + ${std[0]} × ${n(deltas[0])} × ${n(h, 1)} = ${n(moved[0] + h2 / 2, 1)}`,
    `cx = ${n(cx, 1)} + ${std[1]} × ${n(deltas[1])} × ${n(w, 1)} = ${n(moved[1] + w2 / 2, 1)}`,
    `h = ${n(h, 1)} × exp(${std[2]} × ${n(deltas[2])}) = ${n(h2, 1)}`,
    `w = ${n(w, 1)} × exp(${std[3]} × ${n(deltas[3])}) = ${n(w2, 1)}`,
    `recorded ${corners(recorded)}`,
  ];
}

/**
 * Say how logits become the objectness.
 * @type {(logits: ArrayLike<number>, score: number) => string}
 */
export function objectness(logits, score) {
  if (logits.length === 1) return `p = 1 / (1 + exp(−(${written(logits[0])}))) = ${probability(score)}`;
  return `p = 1 / (1 + exp(${written(logits[0])} − (${written(logits[1])}))) = ${probability(score)}`;
}

/** @type {(logits: ArrayLike<number>) => number[]} */
export function softmax(logits) {
  const most = Math.max(...Array.from(logits));
  const powers = Array.from(logits, (one) => Math.exp(one - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((one) => one / sum);
}

/**
 * Say from which level of the pyramid a box is pooled: FPN, eq. 1, or the classic form of it.
 * @type {(box: ArrayLike<number>, level: number, description: Description) => string[]}
 */
export function levelLines(box, level, { rules, sizes }) {
  const [h, w] = sidesOf(box, rules.corner);
  const side = Math.sqrt(Math.max(h, 0) * Math.max(w, 0));
  const [rows, columns] = sizes.input;
  const area = (rows - rules.corner) * (columns - rules.corner);
  const ratio =
    rules.sampling === "corners"
      ? side / Math.sqrt(area) / (rules.canonical / Math.sqrt(rows * columns))
      : side / rules.canonical;
  const word = rules.sampling === "corners" ? "round" : "floor";
  return [
    `side √(h w) = √(${written(h, 1)} × ${written(w, 1)}) = ${written(side, 1)} px`,
    `4 + ${word}(log2(${written(side, 1)} / ${written(side / ratio, 1)})) = 4 + ${word}(${written(Math.log2(ratio))}), kept within 2 to 5: P${level}`,
  ];
}

/**
 * Say where an anchor stands: its level, and its cell there.
 * @type {(anchor: number, levels: Level[]) => { level: Level, row: number, column: number, cell: number, ratio: number }}
 */
export function standOf(anchor, levels) {
  const level = [...levels].reverse().find((one) => anchor >= one.first) ?? levels[0];
  const cell = Math.floor((anchor - level.first) / level.ratios);
  return {
    level,
    cell,
    row: Math.floor(cell / level.columns),
    column: cell % level.columns,
    ratio: (anchor - level.first) % level.ratios,
  };
}

/** @type {(a: ArrayLike<number>, b: ArrayLike<number>, corner?: number) => number} */
export function iou(a, b, corner = 0) {
  const height = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]) - corner);
  const width = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]) - corner);
  const area = (/** @type {ArrayLike<number>} */ one) => {
    const [h, w] = sidesOf(one, corner);
    return Math.max(h, 0) * Math.max(w, 0);
  };
  const shared = height * width;
  return shared > 0 ? shared / (area(a) + area(b) - shared) : 0;
}
