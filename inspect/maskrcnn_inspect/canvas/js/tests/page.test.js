// @vitest-environment jsdom

import { beforeAll, expect, test, vi } from "vitest";
import sliderWidget from "../../../views/framework/slider.js";
import grid from "../../../views/weights/grid.js";
import { buildPanel } from "../controls.js";
import { listen } from "../events.js";
import { keepKeys } from "../keys.js";
import { buildFigure, make, player, slider } from "../parts.js";
import { boxes, floats, heat, masks, scene } from "./scene.js";
import { installSurfaces } from "./surfaces.js";

/** @import { Actions, Model, Scene } from "../types.d.ts" */

beforeAll(installSurfaces);

/** @type {() => { [name in keyof Actions]: import("vitest").Mock }} */
const actions = () => ({
  set: vi.fn(),
  select: vi.fn(),
  zoom: vi.fn(),
  pan: vi.fn(),
  fit: vi.fn(),
  hover: vi.fn(),
  draw: vi.fn(),
  click: vi.fn(),
  next: vi.fn(),
  clear: vi.fn(),
  save: vi.fn(),
});

/**
 * A model of a widget, as Jupyter's: events may be named several at once.
 * @template {object} T
 * @param {T} values
 */
function modelOf(values) {
  /** @type {Set<() => void>} */
  const listeners = new Set();
  const model = {
    get: (/** @type {keyof T} */ key) => values[key],
    set: (/** @type {keyof T} */ key, /** @type {any} */ value) => {
      values[key] = value;
    },
    on: (/** @type {string} */ _, /** @type {() => void} */ act) => listeners.add(act),
    off: (/** @type {string} */ _, /** @type {() => void} */ act) => listeners.delete(act),
    save_changes: vi.fn(),
  };
  return {
    model: /** @type {Model<T> & typeof model} */ (model),
    changed: () => listeners.forEach((act) => act()),
    listeners,
  };
}

test("text from data never becomes markup", () => {
  const element = make("p", { text: "<img src=x onerror=alert(1)>" }, "<b>", make("b", { hidden: true, title: false }));
  expect(element.outerHTML).toBe('<p>&lt;img src=x onerror=alert(1)&gt;&lt;b&gt;<b hidden=""></b></p>');
});

test("a slider says its value in words, and tells only of moves by hand", () => {
  const onInput = vi.fn();
  const read = (/** @type {number} */ value) => `${value} px`;
  const line = slider({ key: "k", label: "Size", min: 0, max: 10, step: 1, read, onInput });
  line.show(4);
  expect([line.input.value, line.input.getAttribute("aria-valuetext")]).toEqual(["4", "4 px"]);
  expect(onInput).not.toHaveBeenCalled();
  line.input.value = "7";
  line.input.dispatchEvent(new Event("input"));
  expect(onInput.mock.calls).toEqual([[7]]);
});

test("a player advances until the end or a second press", () => {
  vi.useFakeTimers();
  const advance = vi.fn(() => advance.mock.calls.length < 3);
  const { element } = player("frames", advance, 100);
  element.click();
  expect(element.getAttribute("aria-pressed")).toBe("true");
  vi.advanceTimersByTime(1000);
  expect(advance.mock.calls).toEqual([[true], [false], [false]]);
  expect(element.getAttribute("aria-pressed")).toBe("false");
  element.click();
  element.click();
  vi.advanceTimersByTime(1000);
  expect(advance).toHaveBeenCalledTimes(4);
  vi.useRealTimers();
});

const CONTROLS = ["min_score", "mask_threshold", "opacity", "max_number", "progress", "frame", "layers", "list"];
const BOX = [0, 0, 2, 2];

/** The keys of the sliders of a panel. */
function sliders(/** @type {Scene} */ shown, controls = CONTROLS) {
  const { elements } = buildPanel(Object.assign(shown, { controls }), actions());
  return elements
    .flatMap((element) => [...element.querySelectorAll("input[data-key]")])
    .map((one) => one.getAttribute("data-key"));
}

test("a slider is offered where a layer gives it something to do", () => {
  expect(sliders(scene([]))).toEqual([]);
  expect(sliders(scene([boxes("b", [BOX])]))).toEqual([]);
  expect(sliders(scene([boxes("b", [BOX, BOX], { scores: floats(0.1, 0.2) })]))).toEqual(["min_score", "max_number"]);
  expect(sliders(scene([masks("m", [1, 1], [[255]], [BOX])]))).toEqual(["mask_threshold", "opacity"]);
  expect(sliders(scene([heat("h", [1, 1], [0])]))).toEqual(["opacity"]);
  expect(sliders(scene([heat("h", [1, 1], [0])]), ["frame"])).toEqual([]);
  const moving = boxes("b", [BOX], { boxes: floats(...BOX, ...BOX), steps: ["anchor", "box"] });
  expect(sliders(Object.assign(scene([moving]), { frames: { name: "NMS", labels: ["0.3", "0.5"] } }))).toEqual([
    "progress",
    "frame",
  ]);
});

test("the slider of the largest number means all at its end; 50 ticks lie between two steps", () => {
  const moving = boxes("b", [BOX, BOX], { boxes: floats(...BOX, ...BOX, ...BOX, ...BOX), steps: ["anchor", "box"] });
  const [shown, acts] = [Object.assign(scene([moving], { progress: 0.5 }), { controls: CONTROLS }), actions()];
  const panel = buildPanel(shown, acts);
  document.body.replaceChildren(...panel.elements);
  panel.refresh();
  const input = (/** @type {string} */ key) =>
    /** @type {HTMLInputElement} */ (document.querySelector(`[data-key=${key}]`));
  expect([input("max_number").value, input("progress").value]).toEqual(["2", "25"]);
  for (const [key, value] of [
    ["max_number", "2"],
    ["max_number", "1"],
    ["progress", "50"],
  ]) {
    input(key).value = value;
    input(key).dispatchEvent(new Event("input"));
  }
  expect(acts.set.mock.calls).toEqual([
    ["max_number", null],
    ["max_number", 1],
    ["progress", 1],
  ]);
});

test("a switch says how many rows are shown and hides its layer", () => {
  const layer = boxes("b", [BOX, [0, Number.NaN, 1, 1], BOX]);
  const [shown, acts] = [Object.assign(scene([layer], { hidden: ["other"] }), { controls: ["layers"] }), actions()];
  layer.rows = [0, 1];
  const panel = buildPanel(shown, acts);
  document.body.replaceChildren(...panel.elements);
  panel.refresh();
  expect(document.querySelector(".mi-count")?.textContent).toBe("2 of 3, 1 not finite");
  document.querySelector("input")?.click();
  expect(acts.set.mock.calls).toEqual([["hidden", ["other", "b"]]]);
});

/** A figure that is listened to; `point` sends a pointer event at stage px. */
function figure() {
  const [ui, acts, ending] = [buildFigure("f"), actions(), new AbortController()];
  ui.top.setPointerCapture = () => {};
  listen(ui, scene([]).view, acts, ending.signal);
  const point = (/** @type {string} */ type, /** @type {number} */ y, /** @type {number} */ x, more = {}) =>
    ui.top.dispatchEvent(Object.assign(new MouseEvent(type, { clientY: y, clientX: x, button: 0, ...more })));
  const press = (/** @type {string} */ key, more = {}) =>
    ui.top.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  return { ui, acts, ending, point, press };
}

test("a press that moves 4 px at most is a click, a longer one moves the image by what the pointer moved", () => {
  const { acts, point } = figure();
  point("pointerdown", 10, 10);
  point("pointermove", 12, 13);
  point("pointerup", 12, 13);
  expect([acts.click.mock.calls, acts.pan.mock.calls]).toEqual([[[12, 13]], []]);
  point("pointerdown", 10, 10);
  point("pointermove", 10, 20);
  point("pointermove", 13, 25);
  point("pointerup", 13, 25);
  expect(acts.click).toHaveBeenCalledOnce();
  expect(acts.pan.mock.calls).toEqual([
    [0, 10],
    [3, 5],
  ]);
});

test("a drag with Shift draws a box and keeps it when the button is up", () => {
  const { acts, point } = figure();
  point("pointerdown", 10, 10, { shiftKey: true });
  point("pointermove", 20, 30);
  point("pointerup", 21, 31);
  expect(acts.draw.mock.calls).toEqual([
    [[10, 10], [20, 30], false],
    [[10, 10], [21, 31], true],
  ]);
  expect(acts.pan).not.toHaveBeenCalled();
});

test("after the button Box a drag without Shift draws a box, once, unless Escape lets it go", () => {
  const { ui, acts, point, press } = figure();
  const drag = () => {
    point("pointerdown", 10, 10);
    point("pointermove", 20, 30);
    point("pointerup", 21, 31);
  };
  ui.buttons.box.click();
  expect([ui.buttons.box.getAttribute("aria-pressed"), ui.top.classList.contains("mi-draws")]).toEqual(["true", true]);
  drag();
  expect(acts.draw.mock.lastCall).toEqual([[10, 10], [21, 31], true]);
  expect([ui.buttons.box.getAttribute("aria-pressed"), ui.top.classList.contains("mi-draws")]).toEqual([
    "false",
    false,
  ]);
  drag();
  ui.buttons.box.click();
  press("Escape");
  drag();
  expect(acts.draw).toHaveBeenCalledTimes(2);
  expect(acts.pan).toHaveBeenCalledTimes(2);
});

test("keys do what the line below the image says, unless they are a shortcut's", () => {
  const { acts, press, ending } = figure();
  for (const key of ["ArrowLeft", "+", "-", "0", "N", "p", "Escape", "x"]) press(key);
  press("n", { ctrlKey: true });
  expect(acts.pan.mock.calls).toEqual([[0, 48]]);
  expect(acts.zoom.mock.calls).toEqual([
    [1.3, 20, 40],
    [1 / 1.3, 20, 40],
  ]);
  expect([acts.fit, acts.next, acts.clear].map((act) => act.mock.calls)).toEqual([[[]], [[1], [-1]], [[]]]);
  ending.abort();
  press("n");
  expect(acts.next).toHaveBeenCalledTimes(2);
});

test("the slider of views tells at rest, while moving if asked, and writes words or fitting digits", () => {
  /** @type {string[]} */
  const words = [];
  const values = {
    value: 0.5,
    min: 0,
    max: 1,
    step: 0.05,
    description: "IoU",
    words,
    disabled: false,
    continuous: false,
  };
  const { model, changed, listeners } = modelOf(values);
  const end = sliderWidget.render({ model, el: document.body });
  const input = /** @type {HTMLInputElement} */ (document.querySelector(".mri-slider input"));
  const output = document.querySelector(".mri-slider output");
  expect([input.value, output?.textContent]).toEqual(["0.5", "0.50"]);
  input.value = "0.75";
  input.dispatchEvent(new Event("input"));
  expect([values.value, output?.textContent]).toEqual([0.5, "0.75"]);
  input.dispatchEvent(new Event("change"));
  expect(values.value).toBe(0.75);
  Object.assign(values, { value: 1, step: 1, words: ["low", "high"] });
  changed();
  expect([input.step, output?.textContent]).toEqual(["1", "high"]);
  end();
  expect([document.querySelector(".mri-slider"), listeners.size]).toEqual([null, 0]);
});

test("the grid of layers marks the chosen one, and a press of any of its cells chooses", () => {
  const row = (/** @type {string} */ layer) => ({ layer, cells: [{ symbol: "<b>", colour: "red", words: "dead" }] });
  const values = { layer: "a", legend: "L", rules: ["r"], rows: [row("a"), row("<i>b")] };
  const { model, changed } = modelOf(values);
  grid.render({ model, el: document.body });
  const marked = () => [...document.querySelectorAll("tr[aria-current=true]")].map((one) => one.textContent);
  expect(marked()).toEqual(["a<b>"]);
  /** @type {NodeListOf<HTMLElement>} */
  const cells = document.querySelectorAll("td");
  cells[1].click();
  changed();
  expect([values.layer, marked()]).toEqual(["<i>b", ["<i>b<b>"]]);
  expect(document.querySelector("i")).toBeNull();
});

test("what has the focus in a figure keeps its keys from the notebook's shortcuts", () => {
  const inside = make("input", { type: "range" });
  const outside = make("input", { type: "range" });
  const root = make("div", {}, make("div", {}, inside));
  document.body.append(root, outside);
  const ending = new AbortController();
  keepKeys(root, ending.signal);
  inside.focus();
  outside.focus();
  const own = (/** @type {Element} */ element) => element.hasAttribute("data-lm-suppress-shortcuts");
  expect([root, inside, outside].map(own)).toEqual([true, true, false]);
  const late = make("button", {});
  root.append(late);
  ending.abort();
  late.focus();
  expect(own(late)).toBe(false);
});
