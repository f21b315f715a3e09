// The one file that ships: what a widget's module and a page of its own need of the canvas.

export { default } from "./canvas.js";
export { mountAll } from "./standalone.js";
