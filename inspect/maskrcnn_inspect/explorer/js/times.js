// What each station takes of a run: measured on another run of the same graph, with the model's own settings.

/** @import { Description, Tensors, Wants } from "./types.d.ts" */

const TIMES = "reading.times";
/** @type {Record<string, string[]>} the stages of a station, where they are not one of its name */
const STAGES_OF = {
  image: ["molding"],
  roi: ["box_roi"],
  head: ["box_head"],
  mask: ["mask_roi", "mask_head"],
  result: ["pasting", "composing"],
};

/** @type {(description: Description) => Wants} */
export const timeWants = ({ readings }) => (readings.includes(TIMES) ? { times: { name: TIMES } } : {});

/**
 * Give the seconds of each station, and its share of all; nothing where nobody has measured.
 * @type {(tensors: Tensors, description: Description) => Record<string, { seconds: number, share: number }>}
 */
export function timesOf({ times }, { timed }) {
  if (!times || times.values.every(Number.isNaN)) return {};
  const secondsOf = (/** @type {string} */ stage) => times.values[timed.indexOf(stage)] || 0;
  const stations = ["image", "backbone", "fpn", "rpn", "proposals", "roi", "head", "detections", "mask", "result"];
  const all = timed.reduce((sum, stage) => sum + secondsOf(stage), 0);
  return Object.fromEntries(
    stations.map((id) => {
      const seconds = (STAGES_OF[id] ?? [id]).reduce((sum, stage) => sum + secondsOf(stage), 0);
      return [id, { seconds, share: seconds / all }];
    }),
  );
}

/** @type {(share: number) => string} */
export const percent = (share) => (share > 0 && share < 0.01 ? "< 1 %" : `${Math.round(100 * share)} %`);

/** @type {(seconds: number) => string} */
export const milliseconds = (seconds) =>
  `${seconds < 0.00995 ? (1000 * seconds).toFixed(1) : Math.round(1000 * seconds)} ms`;
