// Built from gallery/js by `npm run build`; change it there. Sources: sha256 9a28095cea135e28164708d4346411d39794a74fc921644f3e3b56dba90f3bf3

// ../../canvas/js/parts.js
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = String(value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

// ../../canvas/js/decode.js
function contextOf(surface, options) {
  const context = surface.getContext("2d", options);
  if (!context) throw new Error(`the browser cannot draw on ${surface.width} × ${surface.height} px`);
  return context;
}

// data.js
async function unpack(packed) {
  const stream = new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return galleryOf(JSON.parse(await new Response(stream).text()));
}
function galleryOf(content) {
  const columns = {};
  for (const [name, column] of Object.entries(content.columns)) columns[name] = columnOf(column);
  const { atlas } = content;
  const unpacked = atlas && {
    ...atlas,
    rows: new Int32Array(bytesOf(atlas.rows).buffer),
    places: new Float32Array(bytesOf(atlas.places).buffer),
    short: new Int8Array(bytesOf(atlas.short).buffer)
  };
  return { ...content, columns, atlas: unpacked };
}
function columnOf(column) {
  if (column.words) return { words: column.words, codes: new Int32Array(bytesOf(column.codes).buffer) };
  if (column.texts) return column;
  const { buffer } = bytesOf(column.values);
  return { values: column.type === "int" ? new Int32Array(buffer) : new Float32Array(buffer) };
}
function bytesOf(base64) {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}
function textAt({ columns }, name, row) {
  const column = columns[name];
  if ("words" in column) return column.words[column.codes[row]];
  return "texts" in column ? column.texts[row] : String(column.values[row]);
}
function numberAt({ columns }, name, row) {
  const column = columns[name];
  return "values" in column ? column.values[row] : Number.NaN;
}

// words.js
function kindOf(gallery, row) {
  if (textAt(gallery, "kind", row) !== "object") return "false";
  const verdict = textAt(gallery, "verdict", row);
  return verdict === "found" || verdict === "crowd" ? verdict : "missed";
}
function wordsOf(gallery, row) {
  const what = textAt(gallery, "kind", row) === "object" ? "object" : "false detection";
  const [number, name] = [textAt(gallery, "number", row), textAt(gallery, "class", row)];
  return `${what} ${number}, ${name}, in ${textAt(gallery, "image", row)}: ${textAt(gallery, "verdict", row)}`;
}
function factsOf(gallery, row) {
  const is = (name) => numberAt(gallery, name, row);
  const facts = [
    ["class", textAt(gallery, "class", row)],
    ["verdict", textAt(gallery, "verdict", row)],
    ["stage", textAt(gallery, "stage", row) || "–"],
    ["score", decimal(is("score"))],
    ["IoU", decimal(is("iou"))],
    ["area", `${Math.round(is("area")).toLocaleString("en")} px², ${textAt(gallery, "size", row)}`],
    ["box", `y ${is("y1").toFixed(0)}–${is("y2").toFixed(0)}, x ${is("x1").toFixed(0)}–${is("x2").toFixed(0)} px`],
    ["image", `${textAt(gallery, "image", row)} (number ${is("index")})`]
  ];
  const change = textAt(gallery, "setting_change", row);
  return change ? [...facts, ["smallest change that keeps it", change]] : facts;
}
var STATIONS = { anchors: "rpn", box_head: "head", mask_head: "mask", result: "result" };
function placeOf(gallery, row) {
  const stage = textAt(gallery, "stage", row) || "result";
  const place = new URLSearchParams({ stage: STATIONS[stage] ?? stage });
  const [number, anchor] = [numberAt(gallery, "number", row), numberAt(gallery, "anchor", row)];
  if (textAt(gallery, "kind", row) !== "object") place.set("detection", String(number));
  else if (anchor >= 0) place.set("anchor", String(anchor));
  return place.toString();
}
var decimal = (value) => Number.isNaN(value) ? "–" : value.toFixed(3);

// grid.js
var CELL = { least: 132, words: 44 };
var EDGE = 8;
var MORE = 2;
function inSight({ top, height, width, count }) {
  const columns = Math.max(1, Math.floor(width / CELL.least));
  const step = Math.max(CELL.least, Math.floor(width / columns));
  const line2 = step + CELL.words;
  const from = Math.max(0, Math.floor(top / line2) - MORE);
  const lines = Math.ceil(height / line2) + 2 * MORE + 1;
  return {
    columns,
    step,
    line: line2,
    first: Math.min(from * columns, count),
    last: Math.min((from + lines) * columns, count),
    height: Math.ceil(count / columns) * line2
  };
}
function tileOf({ sheet }, row) {
  const place = row % sheet.tiles;
  const number = String(Math.floor(row / sheet.tiles)).padStart(5, "0");
  return { file: sheet.name.replace("*", number), x: place % sheet.across, y: Math.floor(place / sheet.across) };
}
function showTile(gallery, element, row) {
  const { file, x, y } = tileOf(gallery, row);
  const { across } = gallery.sheet;
  const at = (place) => across > 1 ? `${100 * place / (across - 1)}%` : "0";
  element.style.backgroundImage = `url("${file}")`;
  element.style.backgroundSize = `${100 * across}%`;
  element.style.backgroundPosition = `${at(x)} ${at(y)}`;
}
function makeGrid(gallery, { choose }) {
  const inner = make("div", { class: "mg-tall", role: "group", "aria-label": "Crops" });
  const root = make("div", { class: "mg-grid", tabindex: "-1" }, inner);
  const cells = /* @__PURE__ */ new Map();
  const spare = [];
  let rows = new Int32Array();
  let selected = -1;
  let [columns, step, line2] = [1, 0, 0];
  let waiting = 0;
  const draw = () => {
    waiting = 0;
    const width = root.clientWidth - EDGE;
    const part = inSight({ top: root.scrollTop, height: root.clientHeight, width, count: rows.length });
    inner.style.height = `${part.height}px`;
    if (part.columns !== columns || part.step !== step) {
      ({ columns, step, line: line2 } = part);
      inner.style.setProperty("--mg-step", `${step}px`);
      for (const [place, cell] of cells) lay(cell, place);
    }
    for (const place of [...cells.keys()]) if (place < part.first || place >= part.last) take(place);
    for (let place = part.first; place < part.last; place++) if (!cells.has(place)) put(place);
  };
  const soon = () => {
    if (waiting === 0) waiting = requestAnimationFrame(draw);
  };
  const take = (place) => {
    const cell = (
      /** @type {HTMLButtonElement} */
      cells.get(place)
    );
    cells.delete(place);
    if (cell === document.activeElement) cell.blur();
    cell.hidden = true;
    spare.push(cell);
  };
  const put = (place) => {
    const cell = spare.pop() ?? newCell();
    fillCell(gallery, cell, rows[place]);
    cell.dataset.place = String(place);
    cell.setAttribute("aria-pressed", String(rows[place] === selected));
    lay(cell, place);
    cell.hidden = false;
    cells.set(place, cell);
  };
  const lay = (cell, place) => {
    cell.style.transform = `translate(${place % columns * step}px, ${Math.floor(place / columns) * line2}px)`;
  };
  const newCell = () => {
    const parts = [make("span", { class: "mg-tile" }), make("bdi", { class: "mg-name" })];
    const cell = make("button", { type: "button", class: "mg-cell" }, ...parts, make("span", { class: "mg-verdict" }));
    inner.append(cell);
    return cell;
  };
  const placeOf2 = (event) => {
    const cell = event.target instanceof Element ? event.target.closest(".mg-cell") : null;
    return cell instanceof HTMLElement ? Number(cell.dataset.place) : -1;
  };
  inner.addEventListener("click", (event) => {
    const place = placeOf2(event);
    if (place >= 0) choose(rows[place]);
  });
  inner.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const place = placeOf2(event) + steps[event.key];
    if (!(event.key in steps) || place < 0 || place >= rows.length) return;
    event.preventDefault();
    reach(place);
    cells.get(place)?.focus();
  });
  const reach = (place) => {
    draw();
    const top = Math.floor(place / columns) * line2;
    if (top < root.scrollTop) root.scrollTop = top;
    const below = EDGE + top + line2 - root.clientHeight;
    if (below > root.scrollTop) root.scrollTop = below;
    draw();
  };
  root.addEventListener("scroll", soon, { passive: true });
  new ResizeObserver(soon).observe(root);
  return {
    element: root,
    show(wanted) {
      rows = wanted;
      for (const place of [...cells.keys()]) take(place);
      root.scrollTop = 0;
      draw();
    },
    mark(row) {
      selected = row;
      for (const [place, cell] of cells) cell.setAttribute("aria-pressed", String(rows[place] === row));
    },
    reveal(row) {
      const place = rows.indexOf(row);
      if (place >= 0) reach(place);
    }
  };
}
function fillCell(gallery, cell, row) {
  const [tile, name, verdict] = (
    /** @type {HTMLCollectionOf<HTMLElement>} */
    cell.children
  );
  showTile(gallery, tile, row);
  name.textContent = textAt(gallery, "class", row);
  verdict.textContent = textAt(gallery, "verdict", row);
  cell.dataset.kind = kindOf(gallery, row);
  cell.setAttribute("aria-label", wordsOf(gallery, row));
}

// atlas.js
var COLOURS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c6bb1", "#999999"];
var BY = { class: "class", outcome: "verdict", kind: "kind" };
var EDGE2 = 18;
var NEAR = 10;
function fitted(places, width, height) {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < places.length; i++) {
    low[i % 2] = Math.min(low[i % 2], places[i]);
    high[i % 2] = Math.max(high[i % 2], places[i]);
  }
  const spans = [0, 1].map((axis) => Math.max(high[axis] - low[axis], 1e-6));
  const scale = Math.min((width - 2 * EDGE2) / spans[0], (height - 2 * EDGE2) / spans[1]);
  const start = (axis, room) => (room - scale * (low[axis] + high[axis])) / 2;
  return { scale, x: start(0, width), y: start(1, height) };
}
function makeAtlas(gallery, { choose, show }) {
  const atlas = gallery.atlas;
  if (!atlas) return null;
  const surface = make("canvas", {
    class: "mg-points",
    role: "img",
    "aria-label": `${atlas.rows.length} objects and false detections by what the box head knows of them`
  });
  const options = Object.entries(BY).map(([value, text]) => make("option", { value, text }));
  const select = make("select", { "aria-label": "Colour by" }, ...options);
  const legend = make("ul", { class: "mg-legend" });
  const tip = make("div", { class: "mg-tip", hidden: true });
  const frame = make("div", { class: "mg-frame", hidden: true });
  const stage = make("div", { class: "mg-stage" }, surface, frame, tip);
  const shares = atlas.shares.map((share) => `${Math.round(100 * share)} %`).join(" and ");
  const axes = atlas.method === "PCA" ? `two principal components (${shares} of the variance)` : atlas.method;
  const note = `Hidden vectors of the box head, by ${axes}: what is near looks alike to the model. Drag a frame to see what is in it; press a point to see it.`;
  const controls = make("label", { class: "mg-line" }, "Colour by ", select);
  const root = make(
    "div",
    { class: "mg-atlas" },
    make("p", { class: "mg-quiet", text: note }),
    controls,
    stage,
    legend
  );
  let fit = { scale: 1, x: 0, y: 0 };
  let shown = /* @__PURE__ */ new Set(
    /** @type {number[]} */
    []
  );
  let selected = -1;
  const at = (place) => [
    fit.x + fit.scale * atlas.places[2 * place],
    fit.y + fit.scale * atlas.places[2 * place + 1]
  ];
  const draw = () => {
    const { clientWidth: width, clientHeight: height } = stage;
    if (!width || !height) return;
    const dense = window.devicePixelRatio || 1;
    surface.width = width * dense;
    surface.height = height * dense;
    fit = fitted(atlas.places, width, height);
    const ink = contextOf(surface);
    ink.scale(dense, dense);
    const { codes, words } = coloursOf(gallery, select.value);
    legend.replaceChildren(...words.map(({ word, colour }) => legendLine(word, colour)));
    const side = atlas.rows.length > 5e3 ? 2 : 4;
    for (let place = 0; place < atlas.rows.length; place++) {
      const row = atlas.rows[place];
      const [x2, y2] = at(place);
      ink.globalAlpha = shown.has(row) ? 0.85 : 0.12;
      ink.fillStyle = words[codes[row]].colour;
      ink.fillRect(x2 - side / 2, y2 - side / 2, side, side);
    }
    const chosen = atlas.rows.indexOf(selected);
    if (chosen < 0) return;
    const [x, y] = at(chosen);
    ink.globalAlpha = 1;
    ink.lineWidth = 2;
    ink.strokeStyle = getComputedStyle(stage).color;
    ink.strokeRect(x - 6, y - 6, 12, 12);
  };
  const nearest = (x, y) => {
    let [best, found] = [NEAR ** 2, -1];
    for (let place = 0; place < atlas.rows.length; place++) {
      const [px, py] = at(place);
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < best && shown.has(atlas.rows[place])) [best, found] = [distance, place];
    }
    return found;
  };
  const inside = (box, event) => [
    event.clientX - box.left,
    event.clientY - box.top
  ];
  let from = null;
  stage.addEventListener("pointerdown", (event) => {
    from = inside(stage.getBoundingClientRect(), event);
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    const [x, y] = inside(stage.getBoundingClientRect(), event);
    if (from) return showFrame(frame, from, [x, y]);
    const place = nearest(x, y);
    tip.hidden = place < 0;
    if (place < 0) return;
    tip.style.transform = `translate(${x + 12}px, ${y + 12}px)`;
    showTile(gallery, tip, atlas.rows[place]);
  });
  stage.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
  stage.addEventListener("pointerup", (event) => {
    const to = inside(stage.getBoundingClientRect(), event);
    const start = from ?? to;
    from = null;
    frame.hidden = true;
    if (Math.hypot(to[0] - start[0], to[1] - start[1]) < 5) {
      const place = nearest(to[0], to[1]);
      if (place >= 0) choose(atlas.rows[place]);
      return;
    }
    const [low, high] = [start.map((one, i) => Math.min(one, to[i])), start.map((one, i) => Math.max(one, to[i]))];
    const rows = [];
    for (let place = 0; place < atlas.rows.length; place++) {
      const [x, y] = at(place);
      if (x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1]) rows.push(atlas.rows[place]);
    }
    if (rows.length) show("a part of the atlas", rows);
  });
  select.addEventListener("change", draw);
  new ResizeObserver(draw).observe(stage);
  return {
    element: root,
    show(rows) {
      shown = new Set(rows);
      draw();
    },
    mark(row) {
      selected = row;
      draw();
    }
  };
}
function showFrame(frame, from, to) {
  frame.hidden = false;
  frame.style.transform = `translate(${Math.min(from[0], to[0])}px, ${Math.min(from[1], to[1])}px)`;
  frame.style.width = `${Math.abs(from[0] - to[0])}px`;
  frame.style.height = `${Math.abs(from[1] - to[1])}px`;
}
function coloursOf({ columns }, name) {
  const column = columns[name];
  if (!("words" in column)) throw new Error(`${name} is no column of words`);
  const counts = new Int32Array(column.words.length);
  for (const code of column.codes) counts[code]++;
  const order = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);
  const words = column.words.map((word) => ({ word, colour: "" }));
  order.forEach((code, place) => {
    words[code].colour = COLOURS[Math.min(place, COLOURS.length - 1)];
  });
  return { codes: column.codes, words };
}
function legendLine(word, colour) {
  const spot = make("span", { class: "mg-spot" });
  spot.style.backgroundColor = colour;
  return make("li", {}, spot, word || "–");
}

// bars.js
var FIRST = 16;
function makeBars(title, choose) {
  const list = make("ul", { class: "mg-bars" });
  const more = make("button", { type: "button", class: "mg-more", hidden: true });
  const root = make("section", { class: "mg-facet" }, make("h2", { text: title }), list, more);
  let whole = false;
  let shown = [];
  more.addEventListener("click", () => {
    whole = !whole;
    show(shown);
  });
  const show = (choices) => {
    shown = choices;
    const most = Math.max(1, ...choices.map((one) => one.count));
    const kept = whole ? choices : choices.filter((one, place) => place < FIRST || one.chosen);
    list.replaceChildren(...kept.map((one) => line(one, one.count / most, toggle)));
    more.hidden = choices.length <= FIRST;
    more.textContent = whole ? "Fewer" : `All ${choices.length}`;
  };
  const toggle = (word) => {
    const chosen = shown.filter((one) => one.chosen).map((one) => one.word);
    choose(chosen.includes(word) ? chosen.filter((one) => one !== word) : [...chosen, word]);
    for (const button of list.querySelectorAll("button")) if (button.dataset.word === word) button.focus();
  };
  return { element: root, show };
}
function line({ word, count, chosen }, share, toggle) {
  const bar = make("span", { class: "mg-bar", "data-word": word });
  bar.style.width = `${100 * share}%`;
  const button = make(
    "button",
    { type: "button", class: "mg-choice", "aria-pressed": chosen ? "true" : "false", "data-word": word },
    bar,
    make("bdi", { class: "mg-word", title: word, text: word || "–" }),
    make("span", { class: "mg-count", text: count.toLocaleString("en") })
  );
  button.addEventListener("click", () => toggle(word));
  return make("li", {}, button);
}

// detail.js
function writeDetail(root, gallery, row, { alike, image, close, served }) {
  root.hidden = row < 0;
  if (row < 0) return;
  const tile = make("div", { class: "mg-large", role: "img", "aria-label": wordsOf(gallery, row) });
  showTile(gallery, tile, row);
  const facts = make("dl", { class: "mg-facts" });
  for (const [name, value] of factsOf(gallery, row)) {
    facts.append(make("dt", { text: name }), make("dd", {}, make("bdi", {}, ...breakable(value))));
  }
  const what = textAt(gallery, "kind", row) === "object" ? "Object" : "False detection";
  const head = make(
    "div",
    { class: "mg-detail-head" },
    make("h2", { text: `${what} ${textAt(gallery, "number", row)}` }),
    act("Close", close, "Close the panel")
  );
  const key = make(
    "p",
    { class: "mg-key" },
    make("span", { class: "mg-line-object", text: "object" }),
    make("span", { class: "mg-line-detection", text: "detection" })
  );
  const sentence = make("p", { class: "mg-sentence", text: textAt(gallery, "sentence", row) });
  const buttons = make(
    "div",
    { class: "mg-buttons" },
    act("This image", () => image(row), "Show all of this image")
  );
  if (gallery.atlas?.rows.includes(row)) {
    buttons.append(act("Looks like it", () => alike(row), "Order all by how alike they are to this"));
  }
  root.replaceChildren(head, tile, key, sentence, facts, buttons, ...wayOn(gallery, row, served));
}
function breakable(text) {
  return text.split(/(?<=\/)/).flatMap((part, place) => place ? [make("wbr"), part] : [part]);
}
function wayOn(gallery, row, served) {
  const index = textAt(gallery, "index", row);
  const walk = gallery.walks[index];
  const place = placeOf(gallery, row);
  if (served) {
    const link2 = make("a", { class: "mg-button mg-primary", href: `walk/${index}#${place}`, target: "_blank" });
    link2.textContent = "Open in the Explorer, where it was lost";
    return [link2];
  }
  if (!walk) return [];
  const { command, page } = walk;
  const code = make("pre", { tabindex: "0", "aria-label": "Command" }, make("code", { text: command }));
  const copy = act("Copy", () => navigator.clipboard?.writeText(command), "Copy the command");
  const words = "Stage by stage: run this in the folder in which this report was made, then open ";
  const link = make("a", { href: `${page}#${place}`, text: page });
  return [make("p", { class: "mg-quiet" }, words, link, "."), code, copy];
}
function act(text, does, label) {
  const button = make("button", { type: "button", class: "mg-button", text, title: label });
  button.addEventListener("click", does);
  return button;
}

// filter.js
var FACETS = ["kind", "outcome", "class", "size"];
var SORTS = { index: "image", score: "score", iou: "IoU", area: "size", alike: "likeness" };
function noFilter() {
  return { facets: {}, text: "", only: null, onlyName: "", sort: "index", falling: false, like: -1 };
}
function shownRows(gallery, filter) {
  const passes = passesAll(gallery, filter, FACETS);
  const rows = new Int32Array(gallery.rows);
  let count = 0;
  for (const row of orderOf(gallery, filter)) if (passes(row)) rows[count++] = row;
  return rows.subarray(0, count);
}
function choicesOf(gallery, filter, facet) {
  const column = gallery.columns[facet];
  if (!("words" in column)) throw new Error(`${facet} is no column of words`);
  const passes = passesAll(
    gallery,
    filter,
    FACETS.filter((other) => other !== facet)
  );
  const counts = new Int32Array(column.words.length);
  for (let row = 0; row < gallery.rows; row++) if (passes(row)) counts[column.codes[row]]++;
  const chosen = new Set(filter.facets[facet] ?? []);
  const choices = column.words.map((word, code) => ({ word, count: counts[code], chosen: chosen.has(word) }));
  const place = (word) => {
    const at = gallery.verdicts.indexOf(word);
    return at < 0 ? gallery.verdicts.length : at;
  };
  return facet === "outcome" ? choices.sort((a, b) => place(a.word) - place(b.word) || b.count - a.count) : choices.sort((a, b) => b.count - a.count);
}
function passesAll(gallery, filter, facets) {
  const tests = [];
  const { only } = filter;
  if (only) tests.push((row) => only.has(row));
  for (const facet of facets) {
    const wanted = filter.facets[facet] ?? [];
    const column = gallery.columns[facet];
    if (!wanted.length || !("words" in column)) continue;
    const codes = new Uint8Array(column.words.length);
    for (const word of wanted) codes[column.words.indexOf(word)] = 1;
    tests.push((row) => codes[column.codes[row]] === 1);
  }
  if (filter.text.trim()) tests.push(hasText(gallery, filter.text));
  return (row) => tests.every((test) => test(row));
}
function hasText(gallery, text) {
  const { image, class: name, sentence } = gallery.columns;
  if (!("words" in image && "words" in name && "texts" in sentence)) return () => true;
  const tests = text.trim().toLowerCase().split(/\s+/).map((part) => {
    const images = image.words.map((word) => word.toLowerCase().includes(part));
    const names = name.words.map((word) => word.toLowerCase().includes(part));
    return (row) => images[image.codes[row]] || names[name.codes[row]] || sentence.texts[row].toLowerCase().includes(part);
  });
  return (row) => tests.every((test) => test(row));
}
var orders = /* @__PURE__ */ new WeakMap();
function orderOf(gallery, { sort, falling, like }) {
  const known = orders.get(gallery) ?? /* @__PURE__ */ new Map();
  orders.set(gallery, known);
  const name = `${sort} ${falling} ${sort === "alike" ? like : ""}`;
  const order = known.get(name) ?? ordered(gallery, sort, falling, like);
  known.set(name, order);
  return order;
}
function ordered(gallery, sort, falling, like) {
  const rows = Int32Array.from({ length: gallery.rows }, (_, row) => row);
  const key = sort === "alike" ? alikeTo(gallery, like) : keyOf(gallery, sort);
  if (!key) return rows;
  const keys = new Float64Array(gallery.rows);
  const sign = falling ? -1 : 1;
  for (let row = 0; row < keys.length; row++) keys[row] = Number.isNaN(key[row]) ? Infinity : sign * key[row];
  return rows.sort((a, b) => keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b);
}
function keyOf({ columns }, name) {
  const column = columns[name];
  return column && "values" in column ? column.values : null;
}
function alikeTo({ atlas, rows }, like) {
  const place = atlas ? atlas.rows.indexOf(like) : -1;
  if (!atlas || place < 0) return null;
  const { components: size, short } = atlas;
  const key = new Float32Array(rows).fill(Number.NaN);
  for (let other = 0; other < atlas.rows.length; other++) {
    let product = 0;
    for (let i = 0; i < size; i++) product += short[place * size + i] * short[other * size + i];
    key[atlas.rows[other]] = -product;
  }
  return key;
}

// lists.js
function rowsOf(gallery, { rows, images }) {
  const { index } = gallery.columns;
  if (!images.length || !("values" in index)) return rows;
  const wanted = new Set(images);
  const found = [];
  for (let row = 0; row < gallery.rows; row++) if (wanted.has(index.values[row])) found.push(row);
  return found;
}
function wordsOfButton(images, rows) {
  const [many, count] = [images.toLocaleString("en"), rows.toLocaleString("en")];
  if (images) return images === 1 ? `Show the image (${count})` : `Show the ${many} images (${count})`;
  return rows === 1 ? "Show it" : `Show them (${count})`;
}
function makeList(gallery, note, entries, show) {
  const list = make("ol", { class: "mg-list" });
  for (const entry of entries) {
    const rows = rowsOf(gallery, entry);
    const facts = make("dl", { class: "mg-facts" });
    for (const [name, value] of Object.entries(entry.facts)) {
      facts.append(make("dt", { text: name }), make("dd", { text: value }));
    }
    const item = make("li", {}, make("h3", { text: entry.title }), make("p", { text: entry.words }), facts);
    if (rows.length) {
      const text = wordsOfButton(entry.images.length, rows.length);
      const button = make("button", { type: "button", class: "mg-button", text });
      button.addEventListener("click", () => show(entry.title, rows));
      item.append(button);
    }
    list.append(item);
  }
  const empty = make("p", { class: "mg-quiet", text: "Nothing here." });
  return make(
    "div",
    { class: "mg-lines" },
    make("p", { class: "mg-quiet", text: note }),
    entries.length ? list : empty
  );
}

// index.js
var PAUSE = 120;
var TITLES = { kind: "What it is", outcome: "Verdict", class: "Class", size: "Size" };
async function mountGallery() {
  const root = document.getElementById("gallery");
  const data = document.getElementById("gallery-data");
  if (!root || !data) return;
  try {
    openGallery(root, await unpack(JSON.parse(data.textContent ?? '""')), location.protocol.startsWith("http"));
  } catch (error) {
    root.textContent = `The gallery cannot be shown: ${error instanceof Error ? error.message : error}`;
    throw error;
  }
}
function openGallery(root, gallery, served) {
  let filter = noFilter();
  const detail = make("aside", { class: "mg-detail", "aria-label": "The selected one", hidden: true });
  const status = make("p", { class: "mg-status", role: "status" });
  const select = (row) => {
    grid.mark(row);
    atlas?.mark(row);
    writeDetail(detail, gallery, row, { alike, image, close: () => select(-1), served });
    grid.reveal(row);
  };
  const grid = makeGrid(gallery, { choose: select });
  const only = (name, wanted) => {
    change({ ...noFilter(), only: new Set(wanted), onlyName: name });
    tabs.open("Gallery");
  };
  const atlas = makeAtlas(gallery, { choose: select, show: only });
  const alike = (row) => {
    change({ ...filter, sort: "alike", falling: false, like: row });
    tabs.open("Gallery");
  };
  const image = (row) => {
    const index = numberAt(gallery, "index", row);
    const own = [];
    for (let other = 0; other < gallery.rows; other++) if (numberAt(gallery, "index", other) === index) own.push(other);
    only(textAt(gallery, "image", row), own);
  };
  const change = (wanted) => {
    filter = wanted;
    const rows = shownRows(gallery, filter);
    for (const { facet, bars } of facets) bars.show(choicesOf(gallery, filter, facet));
    controls.show(filter);
    grid.show(rows);
    atlas?.show(rows);
    const of = rows.length === gallery.rows ? "" : ` of ${gallery.rows.toLocaleString("en")}`;
    status.textContent = `${rows.length.toLocaleString("en")}${of} shown`;
  };
  const facets = FACETS.map((facet) => ({
    facet,
    bars: makeBars(
      TITLES[
        /** @type {keyof typeof TITLES} */
        facet
      ],
      (words) => change({ ...filter, facets: { ...filter.facets, [facet]: words } })
    )
  }));
  const controls = makeControls((part) => change({ ...filter, ...part }));
  const lists = Object.entries(gallery.lists).map(([name, entries]) => ({
    name,
    element: makeList(gallery, gallery.notes[name] ?? "", entries, only)
  }));
  const tabs = makeTabs([
    { name: "Gallery", element: grid.element },
    ...lists,
    ...atlas ? [{ name: "Atlas", element: atlas.element }] : []
  ]);
  const side = make("nav", { class: "mg-side", "aria-label": "Filter" }, ...facets.map(({ bars }) => bars.element));
  const top = make("div", { class: "mg-top" }, tabs.element, controls.element, status);
  const middle = make("div", { class: "mg-middle" }, top, make("div", { class: "mg-below" }, ...tabs.panels, detail));
  root.className = "mg";
  root.replaceChildren(headOf(gallery), make("div", { class: "mg-body" }, side, middle));
  change(filter);
}
function headOf(gallery) {
  const counts = { found: 0, missed: 0, false: 0, crowd: 0 };
  for (let row = 0; row < gallery.rows; row++) counts[kindOf(gallery, row)]++;
  const objects = counts.found + counts.missed;
  const number = (one) => one.toLocaleString("en");
  const sums = `${number(counts.found)} of ${number(objects)} objects found in ${number(gallery.images)} images · ${number(counts.missed)} missed · ${number(counts.false)} false detection${counts.false === 1 ? "" : "s"}`;
  const facts = make("dl", { class: "mg-facts" });
  for (const [name, value] of Object.entries(gallery.heading)) {
    facts.append(make("dt", { text: name }), make("dd", { text: value }));
  }
  const how = make("details", { class: "mg-how" }, make("summary", { text: "How it was made" }), facts);
  return make("header", { class: "mg-head" }, make("h1", { text: gallery.title }), make("p", { text: sums }), how);
}
function makeControls(change) {
  const text = make("input", { type: "search", placeholder: "Image, class or words", "aria-label": "Filter by text" });
  const options = Object.entries(SORTS).map(([name, word]) => make("option", { value: name, text: word }));
  const sort = make("select", { "aria-label": "Order by" }, ...options);
  const falling = make("button", { type: "button", class: "mg-button", title: "Turn the order round" });
  const off = make("button", { type: "button", class: "mg-button mg-off", hidden: true });
  let [waiting, turned] = [0, false];
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => change({ text: text.value }), PAUSE);
  });
  sort.addEventListener("change", () => change({ sort: sort.value }));
  falling.addEventListener("click", () => change({ falling: !turned }));
  off.addEventListener("click", () => change(noFilter()));
  return {
    element: make("div", { class: "mg-controls" }, text, make("label", {}, "Order by ", sort), falling, off),
    show(filter) {
      if (document.activeElement !== text) text.value = filter.text;
      sort.value = filter.sort;
      const alike = (
        /** @type {HTMLOptionElement | null} */
        sort.querySelector('[value="alike"]')
      );
      if (alike) alike.disabled = filter.like < 0;
      turned = filter.falling;
      falling.textContent = turned ? "↓" : "↑";
      falling.setAttribute("aria-label", turned ? "Falling order" : "Rising order");
      const chosen = Object.values(filter.facets).flat().length || filter.text || filter.only;
      off.hidden = !chosen;
      off.textContent = filter.only ? `Show all, not only: ${filter.onlyName}` : "Show all";
    }
  };
}
function makeTabs(parts) {
  const buttons = parts.map(
    ({ name }, place) => make("button", {
      type: "button",
      role: "tab",
      id: `mg-tab-${place}`,
      "aria-controls": `mg-panel-${place}`,
      text: name
    })
  );
  const panels = parts.map(({ element }, place) => {
    const attributes = {
      class: "mg-panel",
      role: "tabpanel",
      id: `mg-panel-${place}`,
      "aria-labelledby": `mg-tab-${place}`
    };
    return make("div", attributes, element);
  });
  const open = (name) => {
    parts.forEach((part, place) => {
      const chosen = part.name === name;
      panels[place].hidden = !chosen;
      buttons[place].setAttribute("aria-selected", String(chosen));
      buttons[place].tabIndex = chosen ? 0 : -1;
    });
  };
  buttons.forEach((button, place) => {
    button.addEventListener("click", () => open(parts[place].name));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      const next = (place + step + parts.length) % parts.length;
      open(parts[next].name);
      buttons[next].focus();
    });
  });
  open(parts[0].name);
  return { element: make("div", { class: "mg-tabs", role: "tablist" }, ...buttons), panels, open };
}
export {
  mountGallery,
  openGallery
};
