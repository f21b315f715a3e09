// The overview of a checkpoint: a table with a button a layer. Names are set as text, never as HTML.

/** @import { Mount } from "../../canvas/js/types.d.ts" */

/** @typedef {{ symbol: string, colour: string, words: string }} Cell */
/** @typedef {{ layer: string, cells: Cell[] }} Row */
/** @typedef {{ layer: string, legend: string, rules: string[], rows: Row[] }} Traits - of grid.py */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string} [text]
 */
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** @type {(rules: string[]) => HTMLElement} */
function header(rules) {
  const row = element("tr");
  row.append(element("th", "mri-corner", "layer"));
  for (const rule of rules) {
    const cell = element("th", "mri-rule");
    cell.scope = "col";
    cell.append(element("span", "", rule));
    row.append(cell);
  }
  return row;
}

/** @type {(row: Row, choose: (layer: string) => void) => HTMLElement} */
function line(row, choose) {
  const made = element("tr");
  const name = element("th", "mri-layer");
  const button = element("button", "", row.layer);
  button.type = "button";
  button.dataset.lmSuppressShortcuts = "true"; // Enter is the button's, not the notebook's
  button.addEventListener("click", () => choose(row.layer));
  name.scope = "row";
  name.append(button);
  made.append(name);
  for (const cell of row.cells) {
    const box = element("td", "", cell.symbol);
    box.style.background = cell.colour;
    box.title = cell.words;
    box.setAttribute("aria-label", cell.words);
    box.addEventListener("click", () => choose(row.layer));
    made.append(box);
  }
  made.dataset.layer = row.layer;
  return made;
}

/** @type {(mount: Mount<Traits>) => () => void} */
function render({ model, el }) {
  const frame = element("div", "mri-grid");
  const table = element("table");
  /** @type {(layer: string) => void} */
  const choose = (layer) => {
    model.set("layer", layer);
    model.save_changes();
  };
  const mark = () => {
    for (const row of table.tBodies[0].rows) {
      if (row.dataset.layer === model.get("layer")) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  };
  table.append(element("caption", "", model.get("legend")));
  table.createTHead().append(header(model.get("rules")));
  const body = table.createTBody();
  for (const row of model.get("rows")) body.append(line(row, choose));
  frame.append(table);
  el.append(frame);
  mark();
  model.on("change:layer", mark);
  return () => model.off("change:layer", mark);
}

export default { render };
