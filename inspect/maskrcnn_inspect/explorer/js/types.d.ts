// What the Explorer's modules hand to each other. Words as in Python (explorer/*.py) and in the canvas's types.

import type { Colour, Frames, ImageState, LayerState, Selection } from "../../canvas/js/types.d.ts";

export type { Selection };
export type Numbers = Uint8Array | Int32Array | Float32Array;

/** An array as an engine gives it. */
export interface Tensor {
  values: Numbers;
  shape: number[];
}

/** A question for a tensor, or for a part of it: rows of its first axis, or a channel of its last. */
export interface Want {
  name: string;
  rows?: number[];
  channel?: number;
}
export type Wants = Record<string, Want>;
export type Tensors = Record<string, Tensor>;

export interface Level {
  level: number;
  rows: number;
  columns: number;
  first: number; // its first anchor
  ratios: number; // anchors a cell
  stride: number; // network-input px from one centre to the next
}

export interface Setting {
  name: string;
  label: string;
  own: number;
  value: number;
  min: number;
  max: number;
  step: number;
}

/** What explorer/description.py says of a run. */
export interface Description {
  engine: string;
  unlike: string; // a sentence where the image is far from what the model learned from, else ""
  note?: string; // a sentence on the engine, where there is something to say
  coming?: boolean; // a recorded run, until the model is here
  opens?: string; // endings of files that can be opened beside images
  samples: { name: string; weights: string; says: string }[]; // other images that can be opened
  live: boolean;
  image: string;
  weights: string;
  class_names: string[];
  palette: Colour[];
  fates: string[];
  sizes: { image: [number, number]; input: [number, number]; window: number[]; scale: number };
  levels: Level[];
  rules: {
    corner: number;
    objectness: "softmax" | "sigmoid";
    rpn_std: number[];
    head_std: number[];
    sampling: "corners" | "cells";
    canonical: number;
    limited: boolean;
    head_limited: boolean;
    ratios: number[];
  };
  tensors: Record<string, { shape: number[]; unit: string }>;
  readings: string[];
  timed: string[]; // the stages of reading.times, in its order
  fixed: string[]; // tensors and readings that no setting changes
  settings: Setting[];
  counts: Record<string, number>;
}

/** Why nothing was found in a box, as explorer/why.py says it. */
export interface Why {
  steps: { step: string; count: number; best_score: number | null; best_iou: number | null }[];
  verdict: string;
  sentence: string;
  class: string;
  anchor: number | null;
  detection: number | null;
  recorded?: boolean; // of a ground-truth object, as it was recorded; else of the box, as the engine followed it
  searching?: boolean; // the setting change is a question of its own, `change`: it takes many runs
  stopped?: string; // why that search ended without an answer
  setting_change?: SettingChange;
}

/** The smallest change of settings that keeps a missed object, or why there is none. */
export interface SettingChange {
  settings: Record<string, number>;
  reason: string;
}

/** What became of a ground-truth object, or what a detection is. */
export interface Outcome {
  verdict: string;
  sentence: string;
  detection?: number | null;
  anchor?: number | null;
  truth?: number | null;
}
export interface Outcomes {
  objects: Outcome[];
  detections: Outcome[];
}

/** Another image: a sample by name, or the content of a file (base64). */
export type Opened = { sample: string } | { name: string; content: string };

/** The contract: the front end knows names of tensors, never what made them. Each promise is refused in words. */
export interface Engine {
  description(): Description; // of the run at hand
  tensors(wants: Wants): Promise<Tensors>;
  run(settings: Record<string, number>): Promise<Description>; // again, with these in place of the model's own
  why(box: number[]): Promise<Why>; // yxyx image px
  change?(box: number[]): Promise<SettingChange>; // of an answer that is `searching`
  stop?(): Promise<void>; // that search: its promise is then refused
  channelsOf(name: string): number[] | null; // those of a map that there are; null = all
  cancel?(): Promise<void>; // the run that is waited for: its promise is then refused
  open?(image: Opened): Promise<void>; // another image in place of this one; the screen is then built anew
}

/** Where a person is: what a deep link says. */
export interface Place {
  stage: string;
  view: string;
  level: number;
  channel: number; // -1 = the energy of all
  cell: number; // row by row on that level; -1 = none
}

export interface State {
  place: Place;
  selected: Selection;
  settings: Record<string, number>; // those that differ from the model's own
}

/** The rows that belong together, -1 = none: an anchor, its place in the top k, and what came of it. */
export interface Chain {
  anchor: number;
  place: number;
  proposal: number;
  candidate: number;
  detection: number;
}

/** A detection, told apart from others by its anchor and class. */
export interface Found {
  key: string;
  row: number;
  class_id: number;
  score: number;
  box: number[]; // yxyx network-input px
}

/** What every scene may read: what the run is, and the small tensors that are always at hand. */
export interface Context {
  description: Description;
  core: Tensors;
  chain: Chain;
  went: Found[]; // detections of the model's own run that this one does not have
  channels: (name: string) => number[] | null;
}

export interface Bar {
  label: string;
  value: number;
  chosen: boolean;
}

/** What the canvas is to show, and a chart beside it. */
export interface Scene {
  title: string;
  note: string;
  image: ImageState;
  layers: LayerState[];
  frames?: Frames;
  controls?: string[];
  progress?: number;
  region?: number[];
  hidden?: string[];
  bars?: Bar[];
  level?: number; // whose cells a click selects
  frame?: "input" | "image" | "none"; // whose px a box that is drawn has; of the network input by default
}

/** A choice above the image: a level, a channel. */
export interface Picker {
  key: "level" | "channel";
  label: string;
  options: [value: number, words: string][];
}

export interface StationView {
  id: string;
  name: string;
  offered?: (context: Pick<Context, "description">) => boolean; // always, if left out
  pickers?: (place: Place, context: Context) => Picker[];
  wants: (place: Place, context: Context) => Wants;
  scene: (tensors: Tensors, place: Place, context: Context) => Scene;
}

export interface Station {
  id: string;
  name: string;
  what: string; // one sentence
  views: StationView[];
  settings: string[]; // first parts of the names of the settings that act here
}

/** One link of the story of what is selected. */
export interface Link {
  key: string;
  station: string;
  view: string;
  title: string;
  summary: string;
  lines: string[];
  lost: boolean; // it ended here
  selected: Selection | null; // what a click selects
}

export interface Question {
  ask: string;
  options: string[];
  answer: number;
  because: string;
}

export interface TourStep {
  title: string;
  text: string;
  place: Partial<Place> & { stage: string };
  wants?: Wants;
  question: (context: Context, tensors: Tensors) => Question;
}
