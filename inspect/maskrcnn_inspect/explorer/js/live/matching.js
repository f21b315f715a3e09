// Which detection finds a supposed object: that of its class with the highest score whose mask has enough IoU with the
// filled box, as analysis/candidates/matching.py. With one object nothing else can take a detection.

/** @import { Crop, Run } from "./types.d.ts" */
/** @import { Supposed } from "./near.js" */

/** IoU of each detection's mask with the object, and the row that found it, or -1. */
/** @typedef {{ iou: Float64Array, detection: number }} Match */

/** @type {(run: Run, object: Supposed, threshold: number) => Match} */
export function match({ crops, tensors }, { filled, class_id }, threshold) {
  const iou = Float64Array.from(crops, (crop) => maskOverlap(crop, filled));
  const classes = known(tensors, "detections.class_ids").values;
  const ordered = byScore(known(tensors, "detections.scores").values);
  const detection = ordered.find((row) => classes[row] === class_id && iou[row] >= threshold);
  return { iou, detection: detection ?? -1 };
}

/**
 * Give the IoU of a mask with a filled box (yxyx) of image px.
 * @type {(crop: Crop, filled: number[]) => number}
 */
export function maskOverlap({ box: [top, left, bottom, right], bits }, [first, start, last, end]) {
  const width = right - left;
  let [shared, area] = [0, 0];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      if (!bits[(y - top) * width + x - left]) continue;
      area += 1;
      if (y >= first && y < last && x >= start && x < end) shared += 1;
    }
  }
  const filled = Math.max(last - first, 0) * Math.max(end - start, 0);
  return shared ? shared / (area + filled - shared) : 0;
}

import { known } from "./chain.js";
import { byScore } from "./suppression.js";
