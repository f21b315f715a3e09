// What the modules of the browser's engine hand to each other. Words as in Python (explorer/live/*.py).

import type { Colour } from "../../../canvas/js/types.d.ts";
import type { Description, Numbers, Tensor } from "../types.d.ts";

export type { Numbers, Tensor };
export type Size = [number, number]; // y, x
export type Box = [number, number, number, number]; // yxyx

/** An image as a file gave it: three bytes a pixel. */
export interface Picture {
  size: Size;
  rgb: Uint8Array;
  name: string;
}

export interface Molding {
  mode: "square" | "pad64" | "corner";
  min_dim: number;
  max_dim: number;
  min_scale: number;
  mean: number[];
  std: number[];
  full_scale: number;
  channel_order: "rgb" | "bgr";
  resizer: "skimage" | "torch" | "pillow" | "opencv";
  multiple: number;
}

/** Where an image lands in its network input, as stages/molding.py has it. */
export interface Layout {
  scale: number;
  content: Size;
  shape: Size;
  offset: Size;
}

export interface Anchors {
  levels: number[];
  halves: Size[][]; // of each level, of each ratio: half of the sides, network-input px
  ratios: number[];
  strides: number[];
  spacing: number;
  offset: number;
  stride_of_grid: boolean;
}

export interface Roi {
  size: number;
  sampling: "corners" | "cells";
  samples: number; // a side and bin; 0: as many as the bin has cells
  aligned: boolean;
}

/** What both selections go by: stages/ranking.py. */
export interface Ranking {
  proposals_min_size: number;
  detections_min_size: number;
  top_k_by: "score" | "logit";
  nms_by: "score" | "logit";
  by_level: boolean; // each level has its own top k and its own NMS
  every: boolean; // a proposal is a candidate for every class that is an object
}

export interface PartEntry {
  name: string;
  reads: string[];
  makes: string[];
  settings: string[];
  offset: number; // bytes, in the file's data
  length: number;
  in_wasm?: string[]; // nodes that a GPU cannot run
}

/** How `rpn.deltas` become boxes beside their std: stages/ranking.py. */
export interface Refining {
  most: number | null; // of the logarithm by which a side grows, float32; null = any
  least: number | null;
  clip_to_window: boolean;
}

/** analysis/candidates/setting_changes.py: what is tried to keep an object. */
export interface ChangeRules {
  settings: Record<string, string>; // verdict -> the setting that made it
  reasons: Record<string, string>; // verdict -> why no setting would keep it
  counts: string[];
  steps: number; // of a threshold from 0 to 1
  values: number; // tried of one setting
  replays: number; // at most
  most_settings: number;
}

/** What explorer/live/manifest.py says of a model. */
export interface Manifest {
  format: number;
  name: string;
  class_names: string[];
  palette: Colour[];
  fates: string[];
  rules: Description["rules"];
  corner: number;
  molding: Molding;
  anchors: Anchors;
  roi: { box_roi: Roi; mask_roi: Roi };
  ranking: Ranking;
  refining: Refining;
  verdicts: { near: number; object: number }; // IoU from which a box is near; objectness of an object
  setting_changes: ChangeRules;
  pasting: "box" | "padded" | "grid"; // the rule
  alpha: number;
  settings: { name: string; label: string; own: number; min: number; max: number | null; step: number }[];
  most_kept: number;
  tensors: Record<string, { unit: string }>;
  readings: string[];
  changing: string[];
  receptive: Record<string, Record<string, number[]>>; // map -> side of the network input -> first, last of each cell
  tables: Record<string, number[]>;
  most_side: number; // px of an image that is run
  probe?: Probe;
  parts: PartEntry[];
}

/** An image with what TensorFlow found in it: a GPU is held against it. */
export interface Probe {
  size: Size;
  offset: number; // bytes of its grey levels, in the file's data
  length: number;
  class_ids: number[];
  boxes: number[]; // yxyx network-input px, one after the other
  scores: number[];
}

export type Values = Map<string, Tensor>;

/** A mask inside its box. */
export interface Crop {
  box: Box;
  bits: Uint8Array;
}

/** What is kept of a run. */
export interface Run {
  picture: Picture;
  settings: Record<string, number>;
  tensors: Values;
  crops: Crop[];
  milliseconds: Record<string, number>; // by part
}
