// The stations of the network, in the order in which data flows: their names, views, and the settings that act there.

/** @import { Description, Place, Station, StationView } from "./types.d.ts" */

/** @type {Station[]} */
export const STATIONS = [
  { id: "image", name: "Image", what: "What goes in", views: IMAGE_VIEWS, settings: [] },
  { id: "backbone", name: "Backbone", what: "Features, finer to coarser", views: BACKBONE_VIEWS, settings: [] },
  { id: "fpn", name: "FPN", what: "One strength at every scale", views: FPN_VIEWS, settings: [] },
  { id: "rpn", name: "RPN", what: "Is there anything?", views: RPN_VIEWS, settings: ["proposals.top_k"] },
  { id: "proposals", name: "Proposals", what: "Where it may be", views: PROPOSAL_VIEWS, settings: ["proposals."] },
  { id: "roi", name: "ROIAlign", what: "A fixed size for any box", views: ROI_VIEWS, settings: [] },
  { id: "head", name: "Box head", what: "What is it?", views: HEAD_VIEWS, settings: ["detections.min_score"] },
  { id: "detections", name: "Detections", what: "What is reported", views: DETECTION_VIEWS, settings: ["detections."] },
  { id: "mask", name: "Mask head", what: "Which pixels are it?", views: MASK_VIEWS, settings: ["pasting."] },
  {
    id: "result",
    name: "Result",
    what: "Objects, classes, masks",
    views: RESULT_VIEWS,
    settings: ["detections.min_score", "pasting."],
  },
];

/** @type {(id: string) => Station} */
export const stationOf = (id) => STATIONS.find((one) => one.id === id) ?? STATIONS[0];

/**
 * Give the views of a station that a run has the tensors for.
 * @type {(station: Station, description: Description) => StationView[]}
 */
export const offeredViews = ({ views }, description) => views.filter((one) => one.offered?.({ description }) ?? true);

/** @type {(place: Place, description: Description) => StationView} */
export function viewOf(place, description) {
  const views = offeredViews(stationOf(place.stage), description);
  return views.find((one) => one.id === place.view) ?? views[0];
}

/**
 * Give the place a person is at when they come to a station: its first view, no cell.
 * @type {(stage: string) => Place}
 */
export const placeOf = (stage) => ({
  stage: stationOf(stage).id,
  view: stationOf(stage).views[0].id,
  level: 3,
  channel: -1,
  cell: -1,
});

/**
 * Say how many there are at a station, as the map writes it.
 * @type {(id: string, description: Description) => string}
 */
export function countAt(id, { tensors, counts, sizes }) {
  const shape = (/** @type {string} */ name) => tensors[name]?.shape ?? [];
  const n = (/** @type {number} */ value, /** @type {string} */ word) =>
    `${counted(value)} ${word}${value === 1 ? "" : "s"}`;
  /** @type {Record<string, () => string>} */
  const words = {
    image: () => `${sizes.image.join(" × ")} px`,
    backbone: () => `${shape("backbone.c2")[2]} to ${shape("backbone.c5")[2]} channels`,
    fpn: () => n(shape("fpn.p2")[2], "channel"),
    rpn: () => n(counts.anchors, "anchor"),
    proposals: () => `${counted(counts["top k, refined"])} → ${counted(counts.proposals)}`,
    roi: () => `${counted(counts.proposals)} × ${shape("box_roi.pooled").slice(1).join(" × ")}`,
    head: () => `${n(counts["score high enough"], "candidate")}`,
    detections: () => n(counts.detections, "detection"),
    mask: () => `${counted(counts.detections)} × ${shape("mask_head.probs").slice(1).join(" × ")}`,
    result: () => n(counts["with a mask"] ?? counts.detections, "object"),
  };
  return words[id]();
}

import { counted } from "./formulas.js";
import { PROPOSAL_VIEWS, RPN_VIEWS } from "./scenes_first.js";
import { BACKBONE_VIEWS, FPN_VIEWS, IMAGE_VIEWS } from "./scenes_maps.js";
import { DETECTION_VIEWS, HEAD_VIEWS, MASK_VIEWS, RESULT_VIEWS, ROI_VIEWS } from "./scenes_second.js";
