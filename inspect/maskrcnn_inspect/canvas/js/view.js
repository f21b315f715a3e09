// Where on the stage an image pixel is: scale in CSS px an image px, and the image px at the stage's corner.

/** @import { View, Yx } from "./types.d.ts" */

const LARGEST_PIXEL = 96; // CSS px an image px may grow to

/** @type {() => View} */
export function makeView() {
  return { height: 1, width: 1, stageHeight: 1, stageWidth: 1, scale: 1, top: 0, left: 0, fitted: true };
}

/**
 * Tell the view how large image and stage are. A fitted view stays fitted; another keeps its centre.
 * @type {(view: View, height: number, width: number, stageHeight: number, stageWidth: number) => View}
 */
export function resize(view, height, width, stageHeight, stageWidth) {
  const [y, x] = [view.top + view.stageHeight / view.scale / 2, view.left + view.stageWidth / view.scale / 2];
  const other = height !== view.height || width !== view.width;
  Object.assign(view, { height, width, stageHeight, stageWidth });
  if (view.fitted || other) return fit(view);
  view.top = y - stageHeight / view.scale / 2;
  view.left = x - stageWidth / view.scale / 2;
  return keepInside(view);
}

/** @type {(view: View) => number} */
export const fitScale = (view) => Math.min(view.stageHeight / view.height, view.stageWidth / view.width);

/**
 * Show the whole image.
 * @type {(view: View) => View}
 */
export function fit(view) {
  view.scale = fitScale(view);
  view.fitted = true;
  return keepInside(view);
}

/**
 * Zoom by a factor, keeping the image px under stage px (y, x) where it is.
 * @type {(view: View, factor: number, y: number, x: number) => View}
 */
export function zoomAt(view, factor, y, x) {
  const least = fitScale(view);
  const scale = Math.min(Math.max(view.scale * factor, least), Math.max(LARGEST_PIXEL, least));
  view.top += y / view.scale - y / scale;
  view.left += x / view.scale - x / scale;
  view.scale = scale;
  view.fitted = scale <= least * 1.0001;
  return keepInside(view);
}

/**
 * Move the image by stage px.
 * @type {(view: View, dy: number, dx: number) => View}
 */
export function pan(view, dy, dx) {
  view.top -= dy / view.scale;
  view.left -= dx / view.scale;
  return keepInside(view);
}

/**
 * Show yxyx image px with a margin around; nothing or an empty list = the whole image.
 * @type {(view: View, region: number[]) => View}
 */
export function showRegion(view, region) {
  if (region.length !== 4 || !(region[2] > region[0] && region[3] > region[1])) return fit(view);
  const [top, left, bottom, right] = region;
  const scale = Math.min(view.stageHeight / (bottom - top), view.stageWidth / (right - left));
  view.scale = Math.min(Math.max(scale, fitScale(view)), LARGEST_PIXEL);
  view.fitted = view.scale <= fitScale(view) * 1.0001;
  view.top = (top + bottom - view.stageHeight / view.scale) / 2;
  view.left = (left + right - view.stageWidth / view.scale) / 2;
  return keepInside(view);
}

/**
 * Give the yxyx image px in view; [] when that is the whole image.
 * @type {(view: View) => number[]}
 */
export function regionOf(view) {
  if (view.fitted) return [];
  const [bottom, right] = [view.top + view.stageHeight / view.scale, view.left + view.stageWidth / view.scale];
  return [Math.max(0, view.top), Math.max(0, view.left), Math.min(view.height, bottom), Math.min(view.width, right)];
}

/**
 * Bring a box into sight without changing the scale.
 * @type {(view: View, top: number, left: number, bottom: number, right: number) => boolean}
 */
export function reveal(view, top, left, bottom, right) {
  const [height, width] = [view.stageHeight / view.scale, view.stageWidth / view.scale];
  const outside = bottom < view.top || top > view.top + height || right < view.left || left > view.left + width;
  if (!outside) return false;
  view.top = (top + bottom - height) / 2;
  view.left = (left + right - width) / 2;
  keepInside(view);
  return true;
}

/**
 * No empty margin on a side where the image has more to show; the middle when it is smaller than the stage.
 * @type {(view: View) => View}
 */
function keepInside(view) {
  const [height, width] = [view.stageHeight / view.scale, view.stageWidth / view.scale];
  view.top = height >= view.height ? (view.height - height) / 2 : Math.min(Math.max(view.top, 0), view.height - height);
  view.left = width >= view.width ? (view.width - width) / 2 : Math.min(Math.max(view.left, 0), view.width - width);
  return view;
}

/** @type {(view: View, y: number, x: number) => Yx} */
export const toStage = (view, y, x) => [(y - view.top) * view.scale, (x - view.left) * view.scale];
/** @type {(view: View, y: number, x: number) => Yx} */
export const toImage = (view, y, x) => [y / view.scale + view.top, x / view.scale + view.left];
