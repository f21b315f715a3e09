// Hands on the image: pointer, wheel and keyboard, told apart and passed on as what they mean. A drag moves the
// image; with Shift, or after the button Box, it draws a box, as keys alone do too.

/** @import { Actions, Grip, Place, PointerEvents, Ui, View, Yx } from "./types.d.ts" */

const DRAG = 4; // CSS px the pointer may move in a click
const ARROW = 48; // CSS px a press of an arrow key moves the image
const ZOOM = 1.3; // factor a press of a zoom key or button

/**
 * Listen on the top canvas. `signal` ends it all.
 * @type {(ui: Ui, view: View, actions: Actions, signal: AbortSignal) => void}
 */
export function listen(ui, view, actions, signal) {
  const { top } = ui;
  /** @type {Place} */
  const place = (event) => {
    const area = top.getBoundingClientRect();
    return [event.clientY - area.top, event.clientX - area.left];
  };
  const drag = boxButton(ui, signal);
  listenPointer(top, place, drag, actions, signal);
  listenWheel(top, view, place, actions, signal);
  const drawing = boxKeys(view, actions.draw);
  const keyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") drag.end();
    pressed(event, view, actions, drawing);
  };
  top.addEventListener("keydown", keyDown, { signal });
  keepKeys(ui.root, signal);
  ui.root.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  /** @type {() => Yx} */
  const middle = () => [view.stageHeight / 2, view.stageWidth / 2];
  ui.buttons.in.addEventListener("click", () => actions.zoom(ZOOM, ...middle()), { signal });
  ui.buttons.out.addEventListener("click", () => actions.zoom(1 / ZOOM, ...middle()), { signal });
  ui.buttons.fit.addEventListener("click", () => actions.fit(), { signal });
  ui.buttons.save.addEventListener("click", () => actions.save(), { signal });
}

/**
 * Give what tells whether the next drag draws a box, and ends that. A finger has no Shift.
 * @type {(ui: Ui, signal: AbortSignal) => { draws: () => boolean, end: () => void }}
 */
function boxButton({ buttons, top }, signal) {
  const draws = () => buttons.box.getAttribute("aria-pressed") === "true";
  const set = (/** @type {boolean} */ on) => {
    buttons.box.setAttribute("aria-pressed", String(on));
    top.classList.toggle("mi-draws", on);
  };
  buttons.box.addEventListener("click", () => set(!draws()), { signal });
  return { draws, end: () => set(false) };
}

/** @type {(top: HTMLCanvasElement, place: Place, drag: ReturnType<typeof boxButton>, actions: Actions, signal: AbortSignal) => void} */
function listenPointer(top, place, drag, actions, signal) {
  /** @type {Grip | null} */
  let grip = null; // where the button went down, where the pointer was last
  /** @type {(name: PointerEvents, act: (event: PointerEvent) => void) => void} */
  const on = (name, act) => top.addEventListener(name, act, { signal });
  on("pointerdown", (event) => {
    if (event.button !== 0) return;
    const at = place(event);
    grip = { start: at, last: at, moved: false, draws: event.shiftKey || drag.draws() };
    top.setPointerCapture(event.pointerId);
  });
  on("pointermove", (event) => {
    const [y, x] = place(event);
    if (!grip) return actions.hover(y, x);
    grip.moved ||= Math.hypot(y - grip.start[0], x - grip.start[1]) > DRAG;
    if (grip.moved && grip.draws) {
      actions.draw(grip.start, [y, x], false);
    } else if (grip.moved) {
      top.classList.add("mi-dragged");
      actions.pan(y - grip.last[0], x - grip.last[1]);
    }
    grip.last = [y, x];
  });
  on("pointerup", (event) => {
    if (grip && !grip.moved) actions.click(...place(event));
    else if (grip?.draws) {
      actions.draw(grip.start, place(event), true);
      drag.end();
    }
    release();
  });
  on("pointercancel", () => release());
  on("pointerleave", () => actions.hover(null, null));
  const release = () => {
    grip = null;
    top.classList.remove("mi-dragged");
  };
}

/**
 * The wheel zooms once the image has the keyboard, or with Ctrl (a pinch); else it scrolls the notebook.
 * @type {(top: HTMLCanvasElement, view: View, place: Place, actions: Actions, signal: AbortSignal) => void}
 */
function listenWheel(top, view, place, actions, signal) {
  /** @type {(event: WheelEvent) => void} */
  const turn = (event) => {
    const ours = event.ctrlKey || event.metaKey || document.activeElement === top;
    if (!ours || (view.fitted && event.deltaY > 0)) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1; // some browsers count lines, not px
    actions.zoom(Math.exp(-event.deltaY * lines * 0.002), ...place(event));
  };
  top.addEventListener("wheel", turn, { signal, passive: false });
}

/** @type {(event: KeyboardEvent, view: View, actions: Actions, drawing: ReturnType<typeof boxKeys>) => void} */
function pressed(event, view, actions, drawing) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (drawing(key, event.shiftKey)) return event.preventDefault();
  /** @type {Yx} */
  const middle = [view.stageHeight / 2, view.stageWidth / 2];
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowUp: () => actions.pan(ARROW, 0),
    ArrowDown: () => actions.pan(-ARROW, 0),
    ArrowLeft: () => actions.pan(0, ARROW),
    ArrowRight: () => actions.pan(0, -ARROW),
    "+": () => actions.zoom(ZOOM, ...middle),
    "=": () => actions.zoom(ZOOM, ...middle), // the key of + without Shift
    "-": () => actions.zoom(1 / ZOOM, ...middle),
    0: () => actions.fit(),
    n: () => actions.next(1),
    p: () => actions.next(-1),
    Escape: () => actions.clear(),
  };
  const act = keys[key];
  if (!act) return;
  event.preventDefault();
  act();
}

import { boxKeys } from "./box_keys.js";
import { keepKeys } from "./keys.js";
