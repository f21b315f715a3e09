// A box drawn by keys alone: B begins one in the middle of what is seen, arrows move it, with Shift they size it, Enter
// keeps it, Escape lets it go.

/** @import { Actions, View, Yx } from "./types.d.ts" */

const STEP = 8; // CSS px a press of an arrow key
const SHARE = 1 / 3; // of each side of what is seen, that a box has at first
/** @type {Record<string, Yx>} */
const ARROWS = { ArrowUp: [-STEP, 0], ArrowDown: [STEP, 0], ArrowLeft: [0, -STEP], ArrowRight: [0, STEP] };

/**
 * Give what hears every key first, and returns whether it took it.
 * @type {(view: View, draw: Actions["draw"]) => (key: string, shift: boolean) => boolean}
 */
export function boxKeys(view, draw) {
  /** @type {{ from: Yx, to: Yx } | null} */
  let box = null; // two corners, CSS px on the image's place
  const begin = () => {
    const { stageHeight: height, stageWidth: width } = view;
    const at = (/** @type {number} */ share) =>
      /** @type {Yx} */ ([Math.round(height * share), Math.round(width * share)]);
    return { from: at((1 - SHARE) / 2), to: at((1 + SHARE) / 2) };
  };
  return (key, shift) => {
    if (!box) {
      if (key !== "b") return false;
      box = begin();
    } else if (ARROWS[key]) {
      const step = ARROWS[key];
      box = { from: shift ? box.from : moved(box.from, step), to: moved(box.to, step) };
    } else if (key === "Enter") {
      const { from, to } = box;
      box = null;
      draw(from, to, true);
      return true;
    } else if (key === "Escape" || key === "b") {
      draw(box.from, box.from, false); // without area: none
      box = null;
      return true;
    } else return false;
    draw(box.from, box.to, false);
    return true;
  };
}

/** @type {(corner: Yx, step: Yx) => Yx} */
const moved = ([y, x], [dy, dx]) => [y + dy, x + dx];
