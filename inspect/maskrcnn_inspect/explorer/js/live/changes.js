// The smallest change of a setting that keeps a supposed object, as analysis/candidates/setting_changes.py finds it: the
// value comes from the numbers of the run and is then proven. A run with it finds the object, a run with one step less
// does not.

/** @import { SettingChange } from "../types.d.ts" */
/** @import { Manifest, Run } from "./types.d.ts" */
/** @import { Supposed } from "./near.js" */
/** @import { Verdict } from "./verdicts.js" */

/** @typedef {Record<string, number>} Settings */

/** Runs the image at hand with some settings in place of its run's; what it throws ends the search. */
/** @typedef {(settings: Settings) => Promise<Run>} RunWith */

/** A run with other settings, and what became of the object in it. */
/** @typedef {{ run: Run, verdict: Verdict }} Tried */

/** @type {(run: Run, manifest: Manifest, object: Supposed, runWith: RunWith) => Promise<SettingChange>} */
export async function findSettingChange(run, manifest, object, runWith) {
  const { verdict } = judge(run, manifest, object);
  const { setting_changes: rules } = manifest;
  const name = rules.settings[verdict];
  if (!name) return { settings: {}, reason: rules.reasons[verdict] };
  const search = new Search(run, manifest, object, runWith);
  let last = verdict;
  const states = [];
  for (const value of search.values(run, name).slice(0, rules.values)) {
    const settings = { [name]: value };
    const tried = await search.run(settings);
    if (isFound(tried)) return { settings: await search.smallest(settings), reason: "" };
    states.push({ settings, tried: { ...tried, run: withoutFeatures(tried.run) } });
  }
  for (const { settings, tried } of states) {
    last = tried.verdict.verdict;
    const extended = await search.extend(settings, tried);
    if (extended) return { settings: await search.smallest(extended), reason: "" };
  }
  const then = rules.reasons[last] ?? `it is lost to ${last} then, and two changes do not keep it`;
  return { settings: {}, reason: `with ${name} changed, ${then}` };
}

/** Runs of one image, and whether an object is found in them. */
class Search {
  /**
   * @param {Run} run
   * @param {Manifest} manifest
   * @param {Supposed} object
   * @param {RunWith} runWith
   */
  constructor(run, manifest, object, runWith) {
    this.own = run.settings;
    this.manifest = manifest;
    this.object = object;
    this.runWith = runWith;
    this.rules = manifest.setting_changes;
    this.runs = 0;
  }

  /** @type {(settings: Settings) => Promise<Tried>} */
  async run(settings) {
    this.runs += 1;
    const run = await this.runWith(settings);
    return { run, verdict: judge(run, this.manifest, this.object) };
  }

  /** @type {(settings: Settings) => Promise<boolean>} whether a run with `settings` finds the object */
  async keeps(settings) {
    return isFound(await this.run(settings));
  }

  /**
   * Give `settings` with what the next losses ask for as well; null where that does not keep the object.
   * @type {(settings: Settings, tried: Tried) => Promise<Settings | null>}
   */
  async extend(settings, tried) {
    let [longer, latest] = [settings, tried];
    for (let i = 0; i < this.rules.values; i++) {
      const name = this.rules.settings[latest.verdict.verdict];
      if (!name || (!(name in longer) && Object.keys(longer).length === this.rules.most_settings)) return null;
      const [value] = this.values(latest.run, name);
      if (value === undefined || this.runs >= this.rules.replays) return null;
      longer = { ...longer, [name]: value };
      latest = await this.run(longer);
      if (isFound(latest)) return longer;
    }
    return null;
  }

  /**
   * Move `settings` towards the run's own, and leave them out, as long as the object is kept.
   * @type {(settings: Settings) => Promise<Settings>}
   */
  async smallest(settings) {
    let least = settings;
    for (const name of Object.keys(settings)) {
      const { [name]: value, ...without } = least;
      if (Object.keys(without).length && (await this.keeps(without))) {
        least = without;
        continue;
      }
      for (const less of await this.less(name, value, least)) {
        if (this.runs >= this.rules.replays) return least;
        const nearer = { ...least, [name]: less };
        if (!(await this.keeps(nearer))) break;
        least = nearer;
      }
    }
    return least;
  }

  /**
   * Give values nearer to the run's own: of a count first the one that is needed, then step by step.
   * @type {(name: string, value: number, settings: Settings) => Promise<Iterable<number>>}
   */
  async less(name, value, settings) {
    const own = this.own[name];
    if (!this.rules.counts.includes(name)) return thresholdsBack(value, own, this.rules.steps);
    const needed = this.needed(name, await this.run(settings));
    const isLess = own < needed && needed < value;
    return isLess ? [needed, ...countsBack(needed, own)] : countsBack(value, own);
  }

  /** @type {(name: string, tried: Tried) => number} the count that reaches the detection that found the object */
  needed(name, { run, verdict: { anchor, detection } }) {
    if (name === "proposals.top_k") return anchorRanks(run, this.manifest)[anchor] + 1;
    const row = /** @type {number} */ (detection); // it was found
    return 1 + (name === "proposals.count" ? known(run.tensors, "detections.proposal_index").values[row] : row);
  }

  /**
   * Give the values of a setting that would let good candidates pass, the smallest change first.
   * @type {(run: Run, name: string) => number[]}
   */
  values(run, name) {
    const near = new Candidates(run, this.manifest, this.object);
    const { fate, iou, rank, candidates } = fatesOf(run, this.manifest);
    const id = (/** @type {string} */ words) => this.manifest.fates.indexOf(words);
    const { steps } = this.rules;
    if (name === "proposals.top_k") return sorted(near.belowTopK.map((anchor) => rank.values[anchor] + 1));
    if (name === "detections.min_score") {
      const low = near.placed.filter((row) => candidates.fate[row] === id("below minimum score"));
      const scores = near.get("detections.candidate_score");
      const { every } = this.manifest.ranking;
      return sorted(low.map((row) => scoreStep(scores[row], every, steps))).reverse();
    }
    const anchors = near.get("proposals.top_k_index");
    const placesAt = (/** @type {string} */ words) =>
      near.refinedPlaces.filter((place) => fate.values[anchors[place]] === id(words));
    const rowsAt = (/** @type {string} */ words) => near.passed.filter((row) => candidates.fate[row] === id(words));
    if (name === "proposals.nms_threshold") {
      const places = placesAt("suppressed as proposal");
      return sorted(places.map((place) => overlapStep(iou.values[anchors[place]], steps)));
    }
    if (name === "proposals.count") {
      return counts(placesWithoutCount(proposalNms(run, this.manifest)), placesAt("beyond proposal count"));
    }
    if (name === "detections.max_count") {
      return counts(placesWithoutCount(classNms(run, this.manifest)), rowsAt("beyond maximum"));
    }
    return sorted(rowsAt("suppressed in its class").map((row) => overlapStep(candidates.iou[row], steps)));
  }
}

/** @type {(tried: Tried) => boolean} */
const isFound = ({ verdict }) => verdict.verdict === "found";

/** @type {(run: Run) => Run} what values are found from: several runs are kept, and regions' features are most of one */
function withoutFeatures(run) {
  return { ...run, tensors: new Map([...run.tensors].filter(([name]) => !name.endsWith(".pooled"))) };
}

/** @type {(values: number[]) => number[]} each once, the lowest first */
const sorted = (values) => [...new Set(values)].sort((a, b) => a - b);

/**
 * Give the highest minimum, in whole steps, that a score passes: it has to be `above` it, or reach it.
 * @type {(score: number, above: boolean, steps: number) => number}
 */
export function scoreStep(score, above, steps) {
  const step = Math.floor(score * steps);
  const isAt = above && Math.fround(step / steps) >= Math.fround(score);
  return Math.max(0, isAt ? step - 1 : step) / steps;
}

/** @type {(iou: number, steps: number) => number} the threshold, in whole steps, that an overlap does not exceed */
export const overlapStep = (iou, steps) => Math.min(1, Math.ceil(iou * steps) / steps);

/**
 * Give the counts that reach `rows`; where NMS takes all of them, one that reaches all there is.
 * @type {(places: Int32Array, rows: number[]) => number[]}
 */
export function counts(places, rows) {
  const reached = rows.map((row) => places[row]).filter((place) => place >= 0);
  if (reached.length) return sorted(reached.map((place) => place + 1));
  return [places.reduce((most, place) => Math.max(most, place), -1) + 2];
}

/** @type {(value: number, own: number) => Generator<number>} */
function* countsBack(value, own) {
  for (let count = value - 1; count > own; count--) yield count;
}

/**
 * Give the thresholds between `value` and the run's `own`, a step each, nearest to `value` first.
 * @type {(value: number, own: number, steps: number) => Generator<number>}
 */
export function* thresholdsBack(value, own, steps) {
  const sign = own > value ? 1 : -1;
  for (let step = even(value * steps) + sign; step * sign < own * steps * sign - 1e-9; step += sign) yield step / steps;
}

import { known } from "./chain.js";
import { anchorRanks, classNms, fatesOf, proposalNms } from "./fates.js";
import { even } from "./layout.js";
import { Candidates } from "./near.js";
import { placesWithoutCount } from "./suppression.js";
import { judge } from "./verdicts.js";
