// The shapes of what the modules hand to each other. Words as in Python (canvas/layers.py, canvas/fields.py): a row is
// one box, mask or point; yxyx are corners; px of the image unless the name says stage.

export type Yx = [y: number, x: number];
export type Yxyx = [top: number, left: number, bottom: number, right: number];
export type Colour = [red: number, green: number, blue: number]; // 0 to 255
export type Bytes = ArrayBuffer | ArrayBufferView; // as a message or a page brings them
export type Selection = Record<string, number>; // { detections: 3, proposals: 17 }

/** Where on the stage the image is: scale in CSS px an image px, and the image px at the stage's corner. */
export interface View {
  height: number;
  width: number;
  stageHeight: number;
  stageWidth: number;
  scale: number;
  top: number;
  left: number;
  fitted: boolean; // the whole image is shown, and stays so when the stage grows or shrinks
}

// --- what Python sends ---------------------------------------------------------------------------------------

export interface ImageState {
  height: number;
  width: number;
  encoding?: "png" | "rgba";
  bytes?: Bytes; // none for a blank
}

interface RowsState {
  name: string;
  of: string;
  count: number;
  index: Bytes;
  colours: Bytes;
  scores?: Bytes;
  class_ids?: Bytes;
  class_names?: string[];
  labels: string[];
  lineage: Record<string, Bytes>;
  frames: Bytes[];
  filtered: boolean;
}

export interface BoxesState extends RowsState {
  kind: "boxes";
  boxes: Bytes;
  steps: string[];
  dotted: Bytes;
  numbered: boolean;
}

export interface MasksState extends RowsState {
  kind: "masks";
  boxes: Bytes;
  probs: Bytes;
  grid: [rows: number, columns: number];
}

export interface PointsState extends RowsState {
  kind: "points";
  points: Bytes;
  weights: Bytes;
  weighted: boolean;
}

export interface HeatState {
  kind: "heat";
  name: string;
  of: string;
  values: Bytes;
  grid: [rows: number, columns: number];
  maps: number;
  framed: boolean;
  extent: Yxyx;
  table: Bytes;
  limits: [low: number, high: number];
  unit: string;
}

export interface GridState {
  kind: "grid";
  name: string;
  of: string;
  grid: [rows: number, columns: number];
  extent: Yxyx;
}

export interface LinksState {
  kind: "links";
  name: string;
  source: string;
  target: string;
  pairs: Bytes;
  count: number;
  only_selected: boolean;
}

export type RowLayerState = BoxesState | MasksState | PointsState;
export type LayerState = RowLayerState | HeatState | GridState | LinksState;

// --- what is drawn -------------------------------------------------------------------------------------------

export interface Image {
  height: number;
  width: number;
  blank: boolean;
  surface: HTMLCanvasElement;
  context: CanvasRenderingContext2D;
  rgba: Uint8ClampedArray; // as it came, before any mask
}

/** What boxes, masks and points have in common, decoded. */
export interface Rows {
  name: string;
  of: string;
  count: number;
  index: Int32Array; // row → which of the tensor it is
  colours: Int32Array; // rank of the instance, -1 = none
  scores: Float32Array | null;
  class_ids: Int32Array | null;
  class_names: string[]; // by class id
  labels: string[];
  lineage: [key: string, indices: Int32Array][]; // nearest first; -1 = none
  frames: Int32Array[]; // the rows each position of the slider keeps
  filtered: boolean; // whether the sliders for score and number act on it
  rowOf: Map<number, number>; // index → row
  ranking: number[]; // rows, best score first
  rank: Int32Array; // row → place in ranking
  rows: number[]; // those shown, best first
}

export interface BoxesLayer extends Rows {
  kind: "boxes";
  boxes: Float32Array; // (step, row, yxyx)
  now: Float32Array; // (row, yxyx) at the slider's position
  steps: string[];
  dotted: Uint8Array;
  numbered: boolean;
  grid?: undefined;
}

export interface MasksLayer extends Rows {
  kind: "masks";
  boxes: Float32Array;
  now: Float32Array;
  steps?: undefined;
  dotted?: undefined;
  probs: Uint8Array; // (row, y, x) grey levels
  grid: [rows: number, columns: number];
  large?: (LargeMask | null)[]; // at image size, as far as drawn
}

export interface PointsLayer extends Rows {
  kind: "points";
  points: Float32Array; // (row, yx)
  weights: Float32Array;
  weighted: boolean;
  now?: undefined;
  steps?: undefined;
  dotted?: undefined;
  grid?: undefined;
}

/** What decoding adds to, or makes of, the state of a layer of rows. */
export type DecodedRows = Omit<Rows, "name" | "of" | "count" | "labels" | "filtered">;

interface NoRows {
  rowOf?: undefined;
  now?: undefined;
  steps?: undefined;
  dotted?: undefined;
}

export interface HeatLayer extends Omit<HeatState, "values" | "table">, NoRows {
  values: Float32Array; // (map, y, x)
  table: Uint8Array; // 256 colours
  painted?: PaintedMap;
}

export interface GridLayer extends GridState, NoRows {}

export interface LinksLayer extends Omit<LinksState, "pairs">, NoRows {
  pairs: Int32Array; // (link, source and target)
  of?: undefined;
  grid?: undefined;
}

export type BoxedLayer = BoxesLayer | MasksLayer;
export type RowLayer = BoxedLayer | PointsLayer;
export type CellLayer = HeatLayer | GridLayer;
export type Layer = RowLayer | CellLayer | LinksLayer;

/** One row of one layer. */
export interface Item<L extends RowLayer = RowLayer> {
  layer: L;
  row: number;
}

/** A row under the pointer; the smaller the size, the more likely it is meant. */
export interface Found extends Item {
  size: number;
  height: number; // of the layer in the pile
}

export interface Area {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** A mask resized to its box; `cut` marks each pixel as outside, inside or edge at `threshold`. */
export interface LargeMask {
  top: number;
  left: number;
  height: number;
  width: number;
  levels: Uint8Array | null; // null: a box without area, or too large to draw
  cut: Uint8Array | null;
  threshold: number;
}

/** The cells of one map as images, a px a cell: the numbers, and what is no number. */
export interface PaintedMap {
  start: number; // where the map starts in the layer's values
  surface: HTMLCanvasElement;
  counts: { nan: number; inf: number };
  nan: HTMLCanvasElement;
  inf: HTMLCanvasElement;
}

export type Stroke = [width: number, colour: string]; // CSS px

/** The colour of a hatch, and whether its lines rise or fall. */
export interface Mark {
  colour: string;
  slope: number;
}

/** A place on the stage, CSS px. */
export interface Spot {
  y: number;
  x: number;
  height: number;
  width: number;
}

export interface Tag extends Area {
  words: string;
}

// --- model, scene, figure ------------------------------------------------------------------------------------

/** The traits that the canvas follows in one step. */
export interface Settings {
  min_score: number;
  mask_threshold: number;
  opacity: number;
  max_number: number | null; // null = all
  progress: number; // 0 = first of the steps, 1 = last
  frame: number;
  hidden: string[];
  selected: Selection;
  drawn: number[]; // yxyx, or empty
}

/** The traits of canvas/canvas.py. */
export interface Traits extends Settings {
  point: number[];
  region: number[];
  in_view: boolean;
  title: string;
  note: string;
  _image: ImageState;
  _layers: LayerState[];
  _frames: Partial<Frames>;
  _palette: Colour[];
  _controls: string[];
  _height: number;
}

export interface Frames {
  name: string;
  labels: string[];
  of?: string; // kind of the rows that the positions stand for
  rows?: number[];
}

/** What a widget's model can do: Jupyter's, or the one of standalone.js. */
export interface Model<T = Traits> {
  get<K extends keyof T>(key: K): T[K];
  set<K extends keyof T>(key: K, value: T[K]): void;
  on(event: string, act: () => void): void;
  off(event: string, act: () => void): void;
  save_changes(): void;
}

/** What `render` of a widget receives. */
export interface Mount<T = Traits> {
  model: Model<T>;
  el: HTMLElement;
}

/** All that is drawn and pointed at. */
export interface Scene {
  image: Image | null; // null until it is decoded
  layers: Layer[];
  settings: Settings;
  controls: string[];
  frames: Partial<Frames>;
  palette: Colour[];
  view: View;
  chosen: Map<RowLayer, Set<number>>; // selected rows that are shown
  anySelected: boolean;
  hovered: Item | null;
  pointer: Yx | null;
  drawn: number[];
}

export type Ui = ReturnType<typeof import("./parts.js").buildFigure>;
/** Set a trait and tell Python. */
export type Setter = <K extends keyof Traits>(key: K, value: Traits[K]) => void;
export type Place = (event: MouseEvent) => Yx; // stage px under the pointer

export type PointerEvents = "pointerdown" | "pointermove" | "pointerup" | "pointercancel" | "pointerleave";

/** A press of the button that lasts: where it began, where the pointer was last, stage px; `draws` with Shift. */
export interface Grip {
  start: Yx;
  last: Yx;
  moved: boolean;
  draws: boolean;
}

/** What a person can do. */
export interface Actions {
  set: Setter;
  select: (item: Item) => void;
  zoom: (factor: number, y: number, x: number) => void;
  pan: (dy: number, dx: number) => void;
  fit: () => void;
  hover: (y: number | null, x: number | null) => void;
  draw: (from: Yx, to: Yx, done: boolean) => void; // done: the button is up, the box is kept
  click: (y: number, x: number) => void;
  next: (direction: 1 | -1) => void;
  clear: () => void;
  save: () => void;
}
export type Context = CanvasRenderingContext2D;

/** Draw masks over the image; `colourOf` gives the colour of a rank. */
export type Blend = (
  layers: MasksLayer[],
  settings: Pick<Settings, "mask_threshold" | "opacity">,
  colourOf: (rank: number) => Colour,
) => void;

/** A labelled slider: its ends, the words of a value, what a move does. */
export interface SliderParts {
  key: string;
  label: string;
  min: number;
  max: number;
  step: number;
  read: (value: number) => string;
  onInput: (value: number) => void;
}

export interface SliderLine {
  element: HTMLElement;
  input: HTMLInputElement;
  show: (value: number) => void; // moves it without telling anyone
}

/** A slider of the panel: the trait it moves, and how its position becomes the trait's value and back. */
export interface SliderSpec extends Omit<SliderParts, "onInput"> {
  key: "min_score" | "mask_threshold" | "opacity" | "max_number" | "progress" | "frame";
  toTrait?: (value: number) => number | null;
  fromTrait?: (value: number | null) => number;
}

export interface PanelPart {
  element: HTMLElement;
  refresh: () => void;
  stop?: () => void;
}

export interface Panel {
  elements: HTMLElement[];
  refresh: () => void;
  stop: () => void;
}

/** A canvas on the page: its model, its elements and what it shows. */
export interface Figure {
  model: Model;
  ui: Ui;
  scene: Scene;
  ending: AbortController; // ends listeners, timers and observers
  panel: Panel | null;
  blend: Blend | null;
  stale: { base: boolean; top: boolean };
  waiting: number; // the animation frame asked for, 0 = none
  redraw: (base?: boolean) => void;
  speak: () => void;
  actions: Actions;
}

/** What is needed to write under the image what is pointed at or selected. */
export type Readout = Pick<Figure, "scene" | "ui">;

// --- a page of its own ---------------------------------------------------------------------------------------

/** A buffer as canvas/standalone.py packs it. */
export interface Packed {
  gzip: boolean;
  base64: string;
}

/** What is read from a page: JSON with { $bytes: number } in place of the buffers. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Give a trait of one model to the others of its fragment. */
export type Publish = <K extends keyof Traits>(from: Model, key: K, value: Traits[K]) => void;
