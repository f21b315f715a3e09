// What is shown as a file: the image as PNG, as the canvas saves it, or as SVG with boxes that stay lines.

/** @import { Model } from "../../canvas/js/types.d.ts" */

/** @typedef {{ box: number[], colour: string, dotted: boolean, label: string }} SvgBox */

/** @type {(text: string) => string} */
const escaped = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/**
 * Write an SVG: an image, boxes (yxyx px of the drawing), a title.
 * @type {(parts: { width: number, height: number, href: string, boxes: SvgBox[], title: string }) => string}
 */
export function svgOf({ width, height, href, boxes, title }) {
  const round = (/** @type {number} */ one) => Math.round(100 * one) / 100;
  const marks = boxes.map(({ box: [y1, x1, y2, x2], colour, dotted, label }) => {
    const dash = dotted ? ' stroke-dasharray="2 3"' : "";
    const place = `x="${round(x1)}" y="${round(y1)}" width="${round(x2 - x1)}" height="${round(y2 - y1)}"`;
    const words = label
      ? `<text x="${round(x1 + 2)}" y="${round(Math.max(y1 - 3, 10))}" fill="${colour}">${escaped(label)}</text>`
      : "";
    return `<rect ${place} fill="none" stroke="${colour}" stroke-width="2"${dash}/>${words}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<image href="${escaped(href)}" width="${width}" height="${height}"/>`,
    ...marks,
    "</svg>",
  ].join("\n");
}

/**
 * Give the boxes that are shown, where they are on the stage.
 * @type {(model: Model, width: number, height: number) => SvgBox[]}
 */
export function boxesOnStage(model, width, height) {
  const image = model.get("_image");
  const [top, left, bottom, right] = model.get("region").length
    ? model.get("region")
    : [0, 0, image.height, image.width];
  const [sy, sx] = [height / (bottom - top), width / (right - left)];
  const hidden = model.get("hidden");
  const palette = model.get("_palette");
  return model.get("_layers").flatMap((state) => {
    const layer = decodeLayer(state);
    if (layer.kind !== "boxes" || hidden.includes(layer.name)) return [];
    if (layer.steps.length) moveBoxes(layer, model.get("progress"));
    const rows = keptRows(layer, {
      frame: model.get("frame"),
      min_score: model.get("min_score"),
      max_number: model.get("max_number"),
    });
    return rows.map((row) => {
      const [y1, x1, y2, x2] = layer.now.subarray(4 * row, 4 * row + 4);
      const rank = layer.colours[row];
      return {
        box: [(y1 - top) * sy, (x1 - left) * sx, (y2 - top) * sy, (x2 - left) * sx],
        colour: rank < 0 ? "#999999" : `rgb(${palette[rank % palette.length].join(",")})`,
        dotted: layer.dotted[row] > 0,
        label: layer.numbered ? `${layer.index[row]} ${labelOf(layer, row)}` : "",
      };
    });
  });
}

/**
 * Hand a file to the person.
 * @type {(name: string, type: string, text: string) => void}
 */
export function download(name, type, text) {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/**
 * Save what a figure shows as SVG: image, heat maps and masks as they are on the screen, boxes as lines.
 * @type {(figure: HTMLElement, model: Model, name: string) => void}
 */
export function saveSvg(figure, model, name) {
  const base = /** @type {HTMLCanvasElement | null} */ (figure.querySelector(".mi-base"));
  if (!base) return;
  const { width, height } = base.getBoundingClientRect();
  const boxes = boxesOnStage(model, width, height);
  download(
    `${name}.svg`,
    "image/svg+xml",
    svgOf({ width, height, href: base.toDataURL(), boxes, title: model.get("title") }),
  );
}

import { decodeLayer, keptRows, labelOf, moveBoxes } from "../../canvas/js/decode.js";
import { make } from "../../canvas/js/parts.js";
