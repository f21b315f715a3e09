// Built from explorer/js by `npm run build`; change it there. Sources: sha256 2137aa32ae9d4d7039d796dc816246ca0be150f9559e9a3ec79a4ac24f191319

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
var KEYS = "Arrow keys move, + and − zoom, 0 shows all, N and P go to the next and previous, Escape lets go. B begins a box: arrows move it, with Shift they size it, Enter keeps it.";
function buildFigure(unique) {
  const [titleId, keysId] = [`${unique}-title`, `${unique}-keys`];
  const title = make("span", { class: "mi-title", id: titleId });
  const zoomLevel = make("output", { class: "mi-zoom-level", "aria-label": "Zoom" });
  const buttons = {
    out: button("−", "Zoom out"),
    in: button("+", "Zoom in"),
    fit: button("Fit", "Show the whole image"),
    box: button("Box", "Draw a box with a drag"),
    save: button("Save", "Save what is shown as a PNG file")
  };
  const tools = make("span", { class: "mi-tools", role: "group", "aria-label": "View" });
  tools.append(buttons.out, zoomLevel, buttons.in, buttons.fit, buttons.box, buttons.save);
  buttons.box.setAttribute("aria-pressed", "false");
  const base = make("canvas", { class: "mi-base", "aria-hidden": "true" });
  const top = make("canvas", {
    class: "mi-top",
    tabindex: "0",
    role: "application",
    "aria-roledescription": "image with layers",
    "aria-labelledby": titleId,
    "aria-describedby": keysId
  });
  const problem = make("p", { class: "mi-problem", hidden: true, role: "alert" });
  const stage = make("div", { class: "mi-stage" }, base, top, problem);
  const thing = make("div", { class: "mi-thing" });
  const place2 = make("div", { class: "mi-place" });
  const spoken = make("div", { class: "mi-spoken", role: "status", "aria-live": "polite" });
  const keys = make("p", { class: "mi-keys", id: keysId, text: KEYS });
  const panel = make("div", { class: "mi-panel" });
  const note = make("p", { class: "mi-note" });
  const readout = make("div", { class: "mi-readout" }, thing, place2, keys);
  const left = make("div", { class: "mi-left" }, stage, readout);
  const root = make(
    "figure",
    { class: "mi", "data-draws": "0" },
    make("figcaption", { class: "mi-head" }, title, tools),
    make("div", { class: "mi-body" }, left, panel),
    note,
    spoken
  );
  return { title, zoomLevel, buttons, base, top, problem, stage, thing, place: place2, spoken, keys, panel, note, root };
}
function button(text, label) {
  return make("button", { type: "button", class: "mi-button", "aria-label": label, title: label, text });
}
function slider({ key, label, min, max, step, read, onInput }) {
  const input2 = make("input", { type: "range", min, max, step, "data-key": key });
  const words = make("output", { class: "mi-value" });
  const name = make("span", { text: label });
  const line = make("label", { class: "mi-slider" }, make("span", { class: "mi-slider-head" }, name, words), input2);
  input2.setAttribute("aria-label", label);
  input2.addEventListener("input", () => onInput(Number(input2.value)));
  return {
    element: line,
    input: input2,
    show(value) {
      if (Number(input2.value) !== value) input2.value = String(value);
      words.textContent = read(value);
      input2.setAttribute("aria-valuetext", words.textContent);
    }
  };
}
function player(label, advance2, wait) {
  const element = button("▶", `Play ${label}`);
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    element.textContent = "▶";
    element.setAttribute("aria-pressed", "false");
  };
  element.addEventListener("click", () => {
    if (timer !== 0) return stop();
    element.textContent = "❚❚";
    element.setAttribute("aria-pressed", "true");
    advance2(true);
    timer = window.setInterval(() => advance2(false) || stop(), wait);
  });
  element.setAttribute("aria-pressed", "false");
  return { element, stop };
}

// ../../canvas/js/decode.js
function typed(view, Type) {
  const bytes = view instanceof ArrayBuffer ? new Uint8Array(view) : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return new Type(bytes.slice().buffer);
}
async function decodeImage(state) {
  const { width, height } = state;
  const surface = makeSurface(width, height);
  const context = contextOf(surface, { willReadFrequently: true });
  if (!state.bytes) {
    context.fillStyle = "#23272e";
    context.fillRect(0, 0, width, height);
  } else if (state.encoding === "rgba") {
    context.putImageData(new ImageData(typed(state.bytes, Uint8ClampedArray), width, height), 0, 0);
  } else {
    const options = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
    const bitmap = await createImageBitmap(new Blob([typed(state.bytes, Uint8Array)], { type: "image/png" }), options);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
  }
  return { width, height, blank: !state.bytes, surface, context, rgba: context.getImageData(0, 0, width, height).data };
}
function makeSurface(width, height) {
  const surface = document.createElement("canvas");
  surface.width = Math.max(1, width);
  surface.height = Math.max(1, height);
  return surface;
}
function contextOf(surface, options) {
  const context = surface.getContext("2d", options);
  if (!context) throw new Error(`the browser cannot draw on ${surface.width} × ${surface.height} px`);
  return context;
}
function decodeLayer(state) {
  switch (state.kind) {
    case "heat":
      return { ...state, values: typed(state.values, Float32Array), table: typed(state.table, Uint8Array) };
    case "links":
      return { ...state, of: void 0, pairs: typed(state.pairs, Int32Array) };
    case "grid":
      return { ...state };
    case "points": {
      const [points2, weights] = [typed(state.points, Float32Array), typed(state.weights, Float32Array)];
      return { ...state, ...decodeRows(state), points: points2, weights };
    }
    case "masks":
      return { ...state, ...decodeRows(state), ...decodeBoxes(state), probs: typed(state.probs, Uint8Array) };
    case "boxes":
      return { ...state, ...decodeRows(state), ...decodeBoxes(state), dotted: typed(state.dotted, Uint8Array) };
  }
}
function decodeBoxes(state) {
  const boxes2 = typed(state.boxes, Float32Array);
  return { boxes: boxes2, now: boxes2.subarray(0, 4 * state.count) };
}
function decodeRows(state) {
  const index = typed(state.index, Int32Array);
  const scores2 = state.scores ? typed(state.scores, Float32Array) : null;
  const ranking = Array.from(index.keys());
  if (scores2) ranking.sort((a, b) => orderOf(scores2[b]) - orderOf(scores2[a]));
  const rank = new Int32Array(state.count);
  for (const [place2, row2] of ranking.entries()) rank[row2] = place2;
  return {
    index,
    scores: scores2,
    ranking,
    rank,
    colours: typed(state.colours, Int32Array),
    class_ids: state.class_ids ? typed(state.class_ids, Int32Array) : null,
    class_names: state.class_names ?? [],
    frames: state.frames.map((kept3) => typed(kept3, Int32Array)),
    lineage: Object.entries(state.lineage).map(([key, view]) => [key, typed(view, Int32Array)]),
    rowOf: new Map(Array.from(index, (one2, row2) => [one2, row2])),
    rows: ranking
  };
}
var hasRows = (layer) => layer.rowOf !== void 0;
var orderOf = (score) => Number.isNaN(score) ? -Infinity : score;
function keptRows(layer, settings) {
  const framed = layer.frames.length > 0;
  const rows = framed ? Array.from(layer.frames[Math.min(settings.frame, layer.frames.length - 1)]) : layer.ranking;
  if (framed) rows.sort((a, b) => layer.rank[a] - layer.rank[b]);
  if (!layer.filtered) return rows;
  const least = Math.fround(settings.min_score);
  const { scores: scores2 } = layer;
  const good = scores2 && least > 0 ? rows.filter((row2) => scores2[row2] >= least) : rows;
  return settings.max_number === null ? good : good.slice(0, settings.max_number);
}
function moveBoxes(layer, progress) {
  const size = 4 * layer.count;
  const { step, share } = between(layer.steps, progress);
  const from = layer.boxes.subarray(step * size, (step + 1) * size);
  const to = layer.boxes.subarray((step + 1) * size, (step + 2) * size);
  layer.now = from.map((value, i) => share === 0 ? value : share === 1 ? to[i] : (1 - share) * value + share * to[i]);
}
function between(steps, progress) {
  const place2 = Math.round(progress * (steps.length - 1) * 1e6) / 1e6;
  const step = Math.min(Math.floor(place2), steps.length - 2);
  return { step, share: place2 - step };
}
function isFinite4(boxes2, row2) {
  return Number.isFinite(boxes2[4 * row2] + boxes2[4 * row2 + 1] + boxes2[4 * row2 + 2] + boxes2[4 * row2 + 3]);
}
function selectionOf(layer, row2) {
  const selection = { [layer.of]: layer.index[row2] };
  for (const [key, indices] of layer.lineage) if (indices[row2] >= 0) selection[key] = indices[row2];
  return selection;
}
function rowsSelected(layer, selection) {
  if (!layer.rowOf) return [];
  if (layer.of in selection) {
    const row2 = layer.rowOf.get(selection[layer.of]);
    return row2 === void 0 ? [] : [row2];
  }
  for (const [key, indices] of layer.lineage) {
    if (!(key in selection)) continue;
    const rows = layer.ranking.filter((row2) => indices[row2] === selection[key]);
    if (rows.length) return rows;
  }
  return [];
}
var nameOf = (layer, row2) => `${layer.of}[${layer.index[row2]}]`;
function labelOf(layer, row2, digits = 2, longest = Infinity) {
  const clipped = (text) => text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  if (layer.labels.length) return clipped(layer.labels[row2]);
  const words = layer.class_ids ? [clipped(layer.class_names[layer.class_ids[row2]])] : [];
  if (layer.scores) words.push(layer.scores[row2].toFixed(digits));
  return words.join(" ");
}

// ../../canvas/js/boxes.js
var NEUTRAL = [205, 205, 205];
var MANY = 250;
var MOST_TAGS = 80;
var LONGEST_WORDS = 32;
var FONT = "600 12px system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif";
var TAG = { height: 17, padding: 5 };
var css = ([red, green, blue], alpha = 1) => `rgba(${red},${green},${blue},${alpha})`;
var colourFor = (palette, rank) => rank < 0 ? NEUTRAL : palette[rank % palette.length];
function drawBoxes(context, scene, layer, chosen2) {
  const rows = layer.rows.filter((row2) => !chosen2.has(row2) && inView(scene.view, layer, row2)).reverse();
  context.save();
  context.globalAlpha = scene.anySelected ? 0.5 : 1;
  if (rows.length > MANY) strokeMany(context, scene, layer, rows);
  else for (const row2 of rows) strokeOne(context, scene, layer, row2);
  context.restore();
}
function inView(view, layer, row2) {
  const [top, left, bottom, right] = stageBox(view, layer.now, row2);
  const outside = bottom < 0 || right < 0 || top > view.stageHeight || left > view.stageWidth;
  return isFinite4(layer.now, row2) && !outside;
}
function stageBox(view, boxes2, row2) {
  const { scale, top, left } = view;
  const at = 4 * row2;
  return [
    (boxes2[at] - top) * scale,
    (boxes2[at + 1] - left) * scale,
    (boxes2[at + 2] - top) * scale,
    (boxes2[at + 3] - left) * scale
  ];
}
function strokeOne(context, scene, layer, row2, width = 2) {
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row2);
  const dotted = layer.dotted?.[row2];
  context.setLineDash([]);
  context.lineWidth = width + 1.5;
  context.strokeStyle = dotted ? "rgba(0,0,0,.35)" : "rgba(0,0,0,.6)";
  context.strokeRect(left, top, right - left, bottom - top);
  context.setLineDash(dotted ? [2, 4] : []);
  context.lineWidth = width;
  context.strokeStyle = css(colourFor(scene.palette, layer.colours[row2]));
  context.strokeRect(left, top, right - left, bottom - top);
  context.setLineDash([]);
}
function strokeMany(context, scene, layer, rows) {
  const paths = /* @__PURE__ */ new Map();
  for (const row2 of rows) {
    const key = `${css(colourFor(scene.palette, layer.colours[row2]))} ${layer.dotted?.[row2] ?? 0}`;
    if (!paths.has(key)) paths.set(key, { path: new Path2D(), row: row2 });
    const [top, left, bottom, right] = stageBox(scene.view, layer.now, row2);
    paths.get(key).path.rect(left, top, right - left, bottom - top);
  }
  context.globalAlpha *= 0.8;
  context.lineWidth = 1;
  for (const { path, row: row2 } of paths.values()) {
    context.setLineDash(layer.dotted?.[row2] ? [1, 3] : []);
    context.strokeStyle = css(colourFor(scene.palette, layer.colours[row2]));
    context.stroke(path);
  }
}
function drawSelected(context, scene, layer, row2) {
  if (!isFinite4(layer.now, row2)) return;
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row2);
  const strokes = [
    [8, "rgba(0,0,0,.75)"],
    [6, "#fff"]
  ];
  for (const [width, colour] of strokes) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.strokeRect(left, top, right - left, bottom - top);
  }
  strokeOne(context, scene, layer, row2, 2.5);
}
function drawHovered(context, scene, layer, row2) {
  if (!isFinite4(layer.now, row2)) return;
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row2);
  context.fillStyle = css(colourFor(scene.palette, layer.colours[row2]), 0.16);
  context.fillRect(left, top, right - left, bottom - top);
  strokeOne(context, scene, layer, row2, 3);
}
function drawTags(context, scene, first, others) {
  const placed = [];
  const done = /* @__PURE__ */ new Set();
  context.save();
  context.font = FONT;
  context.textBaseline = "middle";
  const rest = others.length > MOST_TAGS ? [] : others;
  for (const [i, { layer, row: row2 }] of [...first, ...rest].entries()) {
    const key = nameOf(layer, row2);
    if (done.has(key) || !inView(scene.view, layer, row2)) continue;
    done.add(key);
    const number = String(layer.index[row2]);
    const words = `${number} ${labelOf(layer, row2, 2, LONGEST_WORDS)}`.trim();
    const spot = place(context, scene, layer, row2, words, placed) ?? place(context, scene, layer, row2, number, placed);
    if (!spot) continue;
    context.globalAlpha = scene.anySelected && i >= first.length ? 0.6 : 1;
    placed.push(spot);
    drawTag(context, spot, colourFor(scene.palette, layer.colours[row2]));
  }
  context.restore();
}
function place(context, scene, layer, row2, words, placed) {
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row2);
  const width = Math.ceil(context.measureText(words).width) + 2 * TAG.padding;
  const { stageHeight, stageWidth } = scene.view;
  const spots = [
    [top - TAG.height - 1, left - 1],
    [top + 1, left + 1],
    [bottom + 1, left - 1],
    [top - TAG.height - 1, right - width + 1],
    [bottom - TAG.height - 1, right - width - 1]
  ];
  for (const [y, x] of spots) {
    const inside = y >= 0 && x >= -1 && y + TAG.height <= stageHeight && x + width <= stageWidth + 1;
    const spot = { words, top: y, left: Math.max(0, x), bottom: y + TAG.height, right: x + width };
    if (inside && !placed.some((other) => overlap(spot, other))) return spot;
  }
  return null;
}
var overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
function drawTag(context, { words, top, left, bottom, right }, colour) {
  context.fillStyle = "rgba(0,0,0,.55)";
  context.fillRect(left - 1, top - 1, right - left + 2, bottom - top + 2);
  context.fillStyle = css(colour);
  context.fillRect(left, top, right - left, bottom - top);
  context.fillStyle = inkOn(colour);
  context.fillText(words, left + TAG.padding, (top + bottom) / 2 + 0.5);
}
function inkOn(colour) {
  const [red, green, blue] = colour.map((level) => {
    const share = level / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

// ../../canvas/js/view.js
var LARGEST_PIXEL = 96;
function makeView() {
  return { height: 1, width: 1, stageHeight: 1, stageWidth: 1, scale: 1, top: 0, left: 0, fitted: true };
}
function resize(view, height, width, stageHeight, stageWidth) {
  const [y, x] = [view.top + view.stageHeight / view.scale / 2, view.left + view.stageWidth / view.scale / 2];
  const other = height !== view.height || width !== view.width;
  Object.assign(view, { height, width, stageHeight, stageWidth });
  if (view.fitted || other) return fit(view);
  view.top = y - stageHeight / view.scale / 2;
  view.left = x - stageWidth / view.scale / 2;
  return keepInside(view);
}
var fitScale = (view) => Math.min(view.stageHeight / view.height, view.stageWidth / view.width);
function fit(view) {
  view.scale = fitScale(view);
  view.fitted = true;
  return keepInside(view);
}
function zoomAt(view, factor, y, x) {
  const least = fitScale(view);
  const scale = Math.min(Math.max(view.scale * factor, least), Math.max(LARGEST_PIXEL, least));
  view.top += y / view.scale - y / scale;
  view.left += x / view.scale - x / scale;
  view.scale = scale;
  view.fitted = scale <= least * 1.0001;
  return keepInside(view);
}
function pan(view, dy, dx) {
  view.top -= dy / view.scale;
  view.left -= dx / view.scale;
  return keepInside(view);
}
function showRegion(view, region) {
  if (region.length !== 4 || !(region[2] > region[0] && region[3] > region[1])) return fit(view);
  const [top, left, bottom, right] = region;
  const scale = Math.min(view.stageHeight / (bottom - top), view.stageWidth / (right - left));
  view.scale = Math.min(Math.max(scale, fitScale(view)), LARGEST_PIXEL);
  view.fitted = view.scale <= fitScale(view) * 1.0001;
  view.top = (top + bottom - view.stageHeight / view.scale) / 2;
  view.left = (left + right - view.stageWidth / view.scale) / 2;
  return keepInside(view);
}
function regionOf(view) {
  if (view.fitted) return [];
  const [bottom, right] = [view.top + view.stageHeight / view.scale, view.left + view.stageWidth / view.scale];
  return [Math.max(0, view.top), Math.max(0, view.left), Math.min(view.height, bottom), Math.min(view.width, right)];
}
function reveal(view, top, left, bottom, right) {
  const [height, width] = [view.stageHeight / view.scale, view.stageWidth / view.scale];
  const outside = bottom < view.top || top > view.top + height || right < view.left || left > view.left + width;
  if (!outside) return false;
  view.top = (top + bottom - height) / 2;
  view.left = (left + right - width) / 2;
  keepInside(view);
  return true;
}
function keepInside(view) {
  const [height, width] = [view.stageHeight / view.scale, view.stageWidth / view.scale];
  view.top = height >= view.height ? (view.height - height) / 2 : Math.min(Math.max(view.top, 0), view.height - height);
  view.left = width >= view.width ? (view.width - width) / 2 : Math.min(Math.max(view.left, 0), view.width - width);
  return view;
}
var toStage = (view, y, x) => [(y - view.top) * view.scale, (x - view.left) * view.scale];
var toImage = (view, y, x) => [y / view.scale + view.top, x / view.scale + view.left];

// ../../canvas/js/heat.js
var NOT_A_NUMBER = { colour: "#ff00c8", slope: 1 };
var INFINITE = { colour: "#00e676", slope: -1 };
var HATCH = 8;
function mapOf(layer, frame) {
  const cells = layer.grid[0] * layer.grid[1];
  return (layer.framed ? Math.min(frame, layer.maps - 1) : 0) * cells;
}
function painted(layer, frame) {
  const start = mapOf(layer, frame);
  if (layer.painted?.start === start) return layer.painted;
  const [rows, columns] = layer.grid;
  const good = new ImageData(columns, rows);
  const bad = { nan: new ImageData(columns, rows), inf: new ImageData(columns, rows) };
  const counts = { nan: 0, inf: 0 };
  const [low, high] = layer.limits;
  const perLevel = 256 / (high - low);
  for (let i = 0; i < rows * columns; i++) {
    const value = layer.values[start + i];
    if (Number.isFinite(value)) {
      const level = Math.min(255, Math.max(0, Math.floor((value - low) * perLevel)));
      good.data.set(colourAt(layer.table, level), 4 * i);
      good.data[4 * i + 3] = 255;
    } else {
      const kind = Number.isNaN(value) ? "nan" : "inf";
      bad[kind].data[4 * i + 3] = 255;
      counts[kind] += 1;
    }
  }
  const surface = surfaceOf(good);
  layer.painted = { start, surface, counts, nan: surfaceOf(bad.nan), inf: surfaceOf(bad.inf) };
  return layer.painted;
}
function surfaceOf(pixels) {
  const surface = makeSurface(pixels.width, pixels.height);
  contextOf(surface).putImageData(pixels, 0, 0);
  return surface;
}
function drawHeat(context, view, layer, settings, opacity) {
  const map = painted(layer, settings.frame);
  const [y, x] = toStage(view, layer.extent[0], layer.extent[1]);
  const height = (layer.extent[2] - layer.extent[0]) * view.scale;
  const width = (layer.extent[3] - layer.extent[1]) * view.scale;
  context.save();
  context.imageSmoothingEnabled = false;
  context.globalAlpha = opacity;
  context.drawImage(map.surface, x, y, width, height);
  context.restore();
  const spot = { y, x, height, width };
  if (map.counts.nan) drawHatched(context, map.nan, NOT_A_NUMBER, spot);
  if (map.counts.inf) drawHatched(context, map.inf, INFINITE, spot);
}
function drawHatched(context, where, mark, { y, x, height, width }) {
  const { canvas } = context;
  const ratio = context.getTransform().a;
  const own = makeSurface(canvas.width, canvas.height);
  const lines = contextOf(own);
  lines.scale(ratio, ratio);
  lines.fillStyle = hatch(lines, mark);
  lines.fillRect(0, 0, canvas.width / ratio, canvas.height / ratio);
  lines.globalCompositeOperation = "destination-in";
  lines.imageSmoothingEnabled = false;
  lines.drawImage(where, x, y, width, height);
  context.drawImage(own, 0, 0, canvas.width / ratio, canvas.height / ratio);
}
function hatch(context, { colour, slope }) {
  const tile = makeSurface(HATCH, HATCH);
  const ink = contextOf(tile);
  ink.fillStyle = colour;
  ink.fillRect(0, 0, HATCH, HATCH);
  ink.strokeStyle = "#000";
  ink.lineWidth = 2;
  for (const shift of [-HATCH, 0, HATCH]) {
    ink.beginPath();
    ink.moveTo(shift, slope > 0 ? HATCH : 0);
    ink.lineTo(shift + HATCH, slope > 0 ? 0 : HATCH);
    ink.stroke();
  }
  return (
    /** @type {CanvasPattern} */
    context.createPattern(tile, "repeat")
  );
}
var colourAt = (table, level) => [table[3 * level], table[3 * level + 1], table[3 * level + 2]];
var badCounts = (layer, frame) => painted(layer, frame).counts;
function cellAt(layer, y, x) {
  const [top, left, bottom, right] = layer.extent;
  if (!(y >= top && y < bottom && x >= left && x < right)) return null;
  const [rows, columns] = layer.grid;
  return [Math.floor((y - top) / (bottom - top) * rows), Math.floor((x - left) / (right - left) * columns)];
}
function cellBox(layer, cell) {
  const [rows, columns] = layer.grid;
  const [top, left, bottom, right] = layer.extent;
  const [height, width] = [(bottom - top) / rows, (right - left) / columns];
  const [row2, column] = [Math.floor(cell / columns), cell % columns];
  return [top + row2 * height, left + column * width, top + (row2 + 1) * height, left + (column + 1) * width];
}
function drawTable(surface, layer) {
  surface.width = 256;
  surface.height = 1;
  const context = contextOf(surface);
  const strip = context.createImageData(256, 1);
  for (let i = 0; i < 256; i++) {
    strip.data.set(colourAt(layer.table, i), 4 * i);
    strip.data[4 * i + 3] = 255;
  }
  context.putImageData(strip, 0, 0);
}
function drawHatchSample(surface, kind) {
  const context = contextOf(surface);
  context.fillStyle = hatch(context, kind === "nan" ? NOT_A_NUMBER : INFINITE);
  context.fillRect(0, 0, surface.width, surface.height);
}

// ../../canvas/js/marks.js
var LEAST_CELL = 4;
function drawLinks(context, scene, links) {
  const [sources, targets] = [rowsOfKind(scene, links.source), rowsOfKind(scene, links.target)];
  const among = links.source === links.target;
  for (let i = 0; i < links.count; i++) {
    const [from, to] = [sources.get(links.pairs[2 * i]), targets.get(links.pairs[2 * i + 1])];
    if (!from || !to) continue;
    const ends = [from, to].filter(({ layer, row: row2 }) => scene.chosen.get(layer)?.has(row2)).length;
    const chosen2 = ends === 2 || among && ends === 1;
    if (chosen2 || !links.only_selected) drawArrow(context, scene, middle(from), middle(to), chosen2);
  }
}
function rowsOfKind(scene, of) {
  const found3 = /* @__PURE__ */ new Map();
  for (const layer of scene.layers) {
    if (!layer.rowOf || layer.of !== of || layer.kind === "masks" || !isOn(scene, layer)) continue;
    for (const row2 of layer.rows) found3.set(layer.index[row2], { layer, row: row2 });
  }
  return found3;
}
var isOn = (scene, layer) => !scene.settings.hidden.includes(layer.name);
function middle({ layer, row: row2 }) {
  if (layer.kind === "points") return [layer.points[2 * row2], layer.points[2 * row2 + 1]];
  const at = 4 * row2;
  return [(layer.now[at] + layer.now[at + 2]) / 2, (layer.now[at + 1] + layer.now[at + 3]) / 2];
}
function drawArrow(context, scene, from, to, chosen2) {
  const [y1, x1] = toStage(scene.view, ...from);
  const [y2, x2] = toStage(scene.view, ...to);
  const length = Math.hypot(y2 - y1, x2 - x1);
  if (!Number.isFinite(length)) return;
  const path = new Path2D();
  path.arc(x1, y1, 2.5, 0, 2 * Math.PI);
  path.moveTo(x1, y1);
  path.lineTo(x2, y2);
  if (length > 12) {
    const [y, x] = [(y2 - y1) / length, (x2 - x1) / length];
    for (const side of [-1, 1]) {
      path.moveTo(x2, y2);
      path.lineTo(x2 - 9 * x + side * 4 * y, y2 - 9 * y - side * 4 * x);
    }
  }
  const strokes = [
    [chosen2 ? 5 : 3, "rgba(0,0,0,.7)"],
    [chosen2 ? 2.5 : 1, "#fff"]
  ];
  for (const [width, colour] of strokes) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke(path);
  }
}
function drawPoints(context, scene, layer) {
  for (const row2 of [...layer.rows].reverse()) {
    const [y, x] = toStage(scene.view, layer.points[2 * row2], layer.points[2 * row2 + 1]);
    const radius = radiusOf(layer, row2);
    const chosen2 = scene.chosen.get(layer)?.has(row2);
    const hovered = scene.hovered?.layer === layer && scene.hovered.row === row2;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = css(colourFor(scene.palette, layer.colours[row2]));
    if (!(layer.weights[row2] === 0)) context.fill();
    const strokes = [
      [chosen2 || hovered ? 5 : 3, "rgba(0,0,0,.7)"],
      [chosen2 || hovered ? 3 : 1.2, "#fff"]
    ];
    for (const [width, colour] of strokes) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
  }
}
var radiusOf = (layer, row2) => 3 + 5 * Math.sqrt(Math.min(1, Math.max(0, layer.weights[row2] || 0)));
function drawGrid(context, view, layer) {
  const [rows, columns] = layer.grid;
  const [top, left] = toStage(view, layer.extent[0], layer.extent[1]);
  const [bottom, right] = toStage(view, layer.extent[2], layer.extent[3]);
  const path = new Path2D();
  for (const { count, start, end, isRow } of [
    { count: rows, start: top, end: bottom, isRow: true },
    { count: columns, start: left, end: right, isRow: false }
  ]) {
    let every = 1;
    while (every < count && (end - start) / count * every < LEAST_CELL) every *= 2;
    for (let i = 0; i <= count; i += every) {
      const at = start + (end - start) * i / count;
      path.moveTo(isRow ? left : at, isRow ? at : top);
      path.lineTo(isRow ? right : at, isRow ? at : bottom);
    }
  }
  const strokes = [
    [2, "rgba(0,0,0,.35)"],
    [1, "rgba(255,255,255,.6)"]
  ];
  for (const [width, colour] of strokes) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke(path);
  }
}
function drawCell(context, view, layer, cell, chosen2) {
  const [top, left, bottom, right] = cellBox(layer, cell);
  const [y, x] = toStage(view, top, left);
  const strokes = [
    [chosen2 ? 6 : 3, "rgba(0,0,0,.8)"],
    [chosen2 ? 3 : 1.5, "#fff"]
  ];
  for (const [width, colour] of strokes) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.strokeRect(x, y, (right - left) * view.scale, (bottom - top) * view.scale);
  }
}
function drawFrame(context, view, [top, left, bottom, right]) {
  const [y, x] = toStage(view, top, left);
  for (const { colour, dash } of [
    { colour: "rgba(0,0,0,.85)", dash: [] },
    { colour: "#fff", dash: [6, 5] }
  ]) {
    context.lineWidth = 2;
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.strokeRect(x, y, (right - left) * view.scale, (bottom - top) * view.scale);
  }
  context.setLineDash([]);
}

// ../../canvas/js/pick.js
var POINT_REACH = 6;
function rowsAt(scene, y, x) {
  const found3 = [];
  scene.layers.forEach((layer, height) => {
    if (!layer.rowOf || !isOn(scene, layer)) return;
    for (const row2 of layer.rows) {
      const size = layer.kind === "points" ? pointSize(scene, layer, row2, y, x) : boxSize(layer, row2, y, x);
      if (size !== null) found3.push({ layer, row: row2, size, height });
    }
  });
  return found3.sort((a, b) => a.size - b.size || b.height - a.height);
}
function pointSize(scene, layer, row2, y, x) {
  const distance = Math.hypot(layer.points[2 * row2] - y, layer.points[2 * row2 + 1] - x) * scene.view.scale;
  return distance <= radiusOf(layer, row2) + POINT_REACH ? distance - 1e6 : null;
}
function boxSize(layer, row2, y, x) {
  const [top, left, bottom, right] = layer.now.subarray(4 * row2, 4 * row2 + 4);
  return y >= top && y <= bottom && x >= left && x <= right ? (bottom - top) * (right - left) : null;
}
function cellToSelect(scene, y, x) {
  for (const layer of [...scene.layers].reverse()) {
    if (!(layer.of && layer.grid && !layer.rowOf && isOn(scene, layer))) continue;
    const cell = cellAt(layer, y, x);
    if (cell) return { layer, cell: cell[0] * layer.grid[1] + cell[1] };
  }
  return null;
}
function describeRow(layer, row2) {
  const words = [nameOf(layer, row2), labelOf(layer, row2, 4)];
  if (layer.labels.length && layer.scores) words.push(`score ${layer.scores[row2].toFixed(4)}`);
  if (layer.kind === "points") {
    words.push(`y ${short(layer.points[2 * row2])}, x ${short(layer.points[2 * row2 + 1])}`);
    if (layer.weighted) words.push(`weight ${short(layer.weights[row2], 4)}`);
  } else {
    const [top, left, bottom, right] = layer.now.subarray(4 * row2, 4 * row2 + 4);
    words.push(`y ${short(top)} to ${short(bottom)}, x ${short(left)} to ${short(right)}`);
    words.push(`${short(bottom - top)} × ${short(right - left)} px`);
  }
  const origins = layer.lineage.filter(([, indices]) => indices[row2] >= 0);
  if (origins.length) words.push(origins.map(([key, indices]) => `${key}[${indices[row2]}]`).join(", "));
  return words.filter(Boolean).join(" · ");
}
function describePlace(scene, y, x) {
  const { image, settings } = scene;
  const [row2, column] = [Math.floor(y), Math.floor(x)];
  if (!image) return "";
  if (!(row2 >= 0 && row2 < image.height && column >= 0 && column < image.width)) return "";
  const words = [`y ${row2}, x ${column}`];
  const at = 4 * (row2 * image.width + column);
  if (!image.blank) words.push(`rgb ${[...image.rgba.subarray(at, at + 3)].join(" ")}`);
  for (const layer of scene.layers) {
    if (!(layer.grid && !layer.rowOf && isOn(scene, layer))) continue;
    const cell = cellAt(layer, y, x);
    if (cell) words.push(describeCell(layer, cell, settings.frame));
  }
  return words.join(" · ");
}
function describeCell(layer, [row2, column], frame) {
  const place2 = `${layer.name} (${row2}, ${column})`;
  if (layer.kind !== "heat") return place2;
  const value = layer.values[mapOf(layer, frame) + row2 * layer.grid[1] + column];
  return `${place2} = ${exact(value)}${layer.unit ? ` ${layer.unit}` : ""}`;
}
function exact(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+∞" : "−∞";
  const size = Math.abs(value);
  const words = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return words.replace("-", "−");
}
var short = (value, digits = 1) => Number.isFinite(value) ? String(Number(value.toFixed(digits))).replace("-", "−") : exact(value);
function neighbour(scene, direction) {
  const shown = scene.layers.filter(hasRows).filter((layer2) => isOn(scene, layer2) && layer2.rows.length > 0);
  const layers = shown.reverse();
  const boxesFirst = [
    ...layers.filter((layer2) => layer2.kind !== "masks"),
    ...layers.filter((layer2) => layer2.kind === "masks")
  ];
  const layer = boxesFirst.find((one2) => one2.of in scene.settings.selected) ?? boxesFirst[0];
  if (!layer) return null;
  const rows = layer.rows;
  const chosen2 = rows.indexOf(layer.rowOf.get(scene.settings.selected[layer.of]) ?? -1);
  const next = chosen2 < 0 ? direction > 0 ? 0 : rows.length - 1 : (chosen2 + direction + rows.length) % rows.length;
  return { layer, row: rows[next] };
}

// ../../canvas/js/actions.js
var SETTLED = 200;
var HINT = "Point at a box or a pixel; click to select.";
function actionsOf(figure) {
  const { model, scene, ui, ending } = figure;
  const set = (key, value) => {
    model.set(key, value);
    model.save_changes();
  };
  const settled = later(SETTLED, () => set("region", regionOf(scene.view)), ending.signal);
  const move = (change) => {
    change(scene.view);
    figure.redraw();
    settled();
  };
  const select = ({ layer, row: row2 }) => {
    set("selected", selectionOf(layer, row2));
    if (!layer.now) return;
    const [top, left, bottom, right] = layer.now.subarray(4 * row2, 4 * row2 + 4);
    if (reveal(scene.view, top, left, bottom, right)) move(() => {
    });
  };
  return {
    set,
    select,
    zoom: (factor, y, x) => move((view) => zoomAt(view, factor, y, x)),
    pan: (dy, dx) => move((view) => pan(view, dy, dx)),
    fit: () => move(fit),
    hover: (y, x) => hover(figure, y, x),
    draw: (from, to, done) => {
      scene.drawn = boxBetween(scene, toImage(scene.view, ...from), toImage(scene.view, ...to));
      if (done) set("drawn", scene.drawn);
      figure.redraw(false);
    },
    click: (y, x) => click(figure, toImage(scene.view, y, x), set),
    next: (direction) => {
      const row2 = neighbour(scene, direction);
      if (row2) select(row2);
    },
    clear: () => set("selected", {}),
    save: () => save(ui, scene)
  };
}
function boxBetween({ image }, one2, other) {
  if (!image) return [];
  const { height, width } = image;
  const inside = ([y, x]) => [Math.min(Math.max(y, 0), height), Math.min(Math.max(x, 0), width)];
  const [[y1, x1], [y2, x2]] = [inside(one2), inside(other)];
  const box = [Math.min(y1, y2), Math.min(x1, x2), Math.max(y1, y2), Math.max(x1, x2)];
  return box[2] > box[0] && box[3] > box[1] ? box : [];
}
function later(wait, act, signal) {
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(act, wait);
  };
}
function hover(figure, y, x) {
  const { scene } = figure;
  if (!scene.image) return;
  scene.pointer = y === null || x === null ? null : toImage(scene.view, y, x);
  const [found3] = scene.pointer ? rowsAt(scene, ...scene.pointer) : [];
  const same = found3?.layer === scene.hovered?.layer && found3?.row === scene.hovered?.row;
  scene.hovered = found3 ?? null;
  writeReadout(figure);
  if (!same) figure.redraw(false);
}
function click({ scene }, [y, x], set) {
  const found3 = rowsAt(scene, y, x).filter(
    ({ layer, row: row2 }, i, all) => all.findIndex((one2) => one2.layer.of === layer.of && one2.layer.index[one2.row] === layer.index[row2]) === i
  );
  const { selected } = scene.settings;
  const at = found3.findIndex(({ layer, row: row2 }) => selected[layer.of] === layer.index[row2]);
  const cell = cellToSelect(scene, y, x);
  set("point", [y, x]);
  if (found3.length) {
    const { layer, row: row2 } = found3[(at + 1) % found3.length];
    set("selected", selectionOf(layer, row2));
  } else {
    set("selected", cell ? { [cell.layer.of]: cell.cell } : {});
  }
}
function writeReadout({ scene, ui }) {
  const thing = scene.hovered ?? firstChosen(scene);
  ui.thing.textContent = thing ? describeRow(thing.layer, thing.row) : HINT;
  ui.thing.classList.toggle("mi-quiet", !thing);
  ui.place.textContent = scene.pointer ? describePlace(scene, ...scene.pointer) : "";
}
function firstChosen({ chosen: chosen2 }) {
  for (const [layer, rows] of chosen2) for (const row2 of rows) return { layer, row: row2 };
  return null;
}
function speak({ scene, ui }) {
  const item2 = firstChosen(scene);
  const counts = scene.layers.filter(hasRows).filter((one2) => isOn(scene, one2)).map((one2) => `${one2.name}: ${one2.rows.length} of ${one2.count}`);
  const words = item2 ? `Selected ${describeRow(item2.layer, item2.row)}` : counts.join(", ");
  if (ui.spoken.textContent !== words) ui.spoken.textContent = words;
}
function save({ base, top, title }, { image }) {
  if (!image) return;
  const whole = makeSurface(base.width, base.height);
  const context = contextOf(whole);
  context.drawImage(base, 0, 0);
  context.drawImage(top, 0, 0);
  const encoded = whole.toDataURL().split(",")[1];
  if (!encoded) return;
  const blob = new Blob([Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0))], { type: "image/png" });
  const link = make("a", { href: URL.createObjectURL(blob), download: `${fileName(title.textContent)}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1e3);
}
var fileName = (words) => words.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "image";

// ../../canvas/js/controls.js
var LONGEST_LIST = 200;
var TICKS = 50;
var PLAY = { frame: 500, progress: 40 };
function buildPanel(scene, actions) {
  const parts2 = [...buildSliders(scene, actions)];
  if (offered(scene, "layers") && scene.layers.length > 0) parts2.push(buildSwitches(scene, actions));
  if (offered(scene, "list") && scene.layers.some((layer) => layer.kind === "boxes"))
    parts2.push(buildList(scene, actions));
  return {
    elements: parts2.map((part2) => part2.element),
    refresh: () => parts2.forEach((part2) => part2.refresh()),
    stop: () => parts2.forEach((part2) => part2.stop?.())
  };
}
var offered = (scene, control) => scene.controls.includes(control);
function* buildSliders(scene, { set }) {
  const { layers, settings } = scene;
  const sliders = slidersFor(layers, scene).filter(({ key }) => offered(scene, key));
  for (const spec of sliders) {
    const line = slider({ ...spec, onInput: (value) => set(spec.key, spec.toTrait ? spec.toTrait(value) : value) });
    const refresh = () => line.show(spec.fromTrait ? spec.fromTrait(settings[spec.key]) : Number(settings[spec.key]));
    const wait = PLAY[spec.key];
    const play = wait ? player(spec.label, (again) => advance(line.input, again), wait) : null;
    const element = play ? make("div", { class: "mi-played" }, line.element, play.element) : line.element;
    yield { element, refresh, stop: play?.stop };
  }
}
function advance(input2, again) {
  const atEnd = Number(input2.value) >= Number(input2.max);
  if (atEnd && !again) return false;
  input2.value = atEnd ? input2.min : String(Number(input2.value) + Number(input2.step));
  input2.dispatchEvent(new Event("input"));
  return true;
}
function slidersFor(layers, scene) {
  const rows = layers.filter(hasRows).filter((layer) => layer.filtered && layer.count > 0);
  const steps = layers.find((layer) => layer.steps?.length)?.steps;
  const most = Math.max(0, ...rows.map((layer) => layer.count));
  const specs = [];
  if (steps) {
    const last = TICKS * (steps.length - 1);
    specs.push({
      key: "progress",
      label: steps.join(" → "),
      min: 0,
      max: last,
      step: 1,
      read: (tick) => stepWords(steps, tick / last),
      toTrait: (tick) => tick / last,
      fromTrait: (value) => Math.round(Number(value) * last)
    });
  }
  const { name = "", labels = [] } = scene.frames;
  if (labels.length > 1) {
    const last = labels.length - 1;
    specs.push({
      key: "frame",
      label: name,
      min: 0,
      max: last,
      step: 1,
      read: (value) => labels[Math.min(value, last)]
    });
  }
  if (rows.some((layer) => layer.scores)) {
    const best = Math.max(
      1,
      ...rows.flatMap((layer) => layer.scores ? [finite(layer.scores[layer.ranking[0]])] : [])
    );
    specs.push({
      key: "min_score",
      label: "Score threshold",
      min: 0,
      max: best,
      step: 0.01,
      read: (value) => value.toFixed(2)
    });
  }
  if (most > 1) {
    specs.push({
      key: "max_number",
      label: "Most rows a layer",
      min: 0,
      max: most,
      step: 1,
      read: (value) => value >= most ? "all" : String(value),
      toTrait: (value) => value >= most ? null : value,
      fromTrait: (value) => Math.min(value ?? most, most)
    });
  }
  if (layers.some((layer) => layer.kind === "masks")) {
    specs.push({
      key: "mask_threshold",
      label: "Mask threshold",
      min: 0,
      max: 1,
      step: 0.01,
      read: (value) => value.toFixed(2)
    });
  }
  if (layers.some((layer) => layer.kind === "masks" || layer.kind === "heat" && !scene.image?.blank)) {
    specs.push({
      key: "opacity",
      label: "Opacity",
      min: 0,
      max: 1,
      step: 0.01,
      read: (value) => `${Math.round(100 * value)} %`
    });
  }
  return specs;
}
var finite = (value) => Number.isFinite(value) ? value : 1;
function stepWords(steps, value) {
  const { step, share } = between(steps, value);
  if (share === 0) return steps[step];
  if (share === 1) return steps[step + 1];
  return `${Math.round(100 * share)} % to ${steps[step + 1]}`;
}
function buildSwitches(scene, { set }) {
  const element = make("fieldset", { class: "mi-layers" }, make("legend", { text: "Layers" }));
  const lines = scene.layers.map((layer) => {
    const box = make("input", { type: "checkbox", "data-layer": layer.name });
    const count = make("span", { class: "mi-count" });
    const name = make("span", { class: "mi-layer-name", text: layer.name });
    element.append(make("label", { class: "mi-switch" }, box, sample(layer, scene.palette), name, count));
    const legend = layer.kind === "heat" ? buildLegend(layer, scene) : null;
    if (legend) element.append(legend.element);
    box.addEventListener("change", () => {
      const others = scene.settings.hidden.filter((hidden) => hidden !== layer.name);
      set("hidden", box.checked ? others : [...others, layer.name]);
    });
    return () => {
      box.checked = isOn(scene, layer);
      count.textContent = layer.rowOf ? countWords(layer) : "";
      legend?.refresh();
    };
  });
  return { element, refresh: () => lines.forEach((refresh) => refresh()) };
}
function countWords(layer) {
  const { now, rows } = layer;
  const broken = now ? rows.filter((row2) => !isFinite4(now, row2)).length : 0;
  return `${rows.length} of ${layer.count}${broken ? `, ${broken} not finite` : ""}`;
}
function sample(layer, palette) {
  const dotted = layer.dotted?.length && layer.dotted.every(Boolean);
  const element = make("span", {
    class: `mi-sample mi-sample-${layer.kind}${dotted ? " mi-dotted" : ""}`,
    "aria-hidden": "true"
  });
  if (layer.rowOf) {
    const colours = [...new Set(layer.colours)].slice(0, 4).map((rank) => css(colourFor(palette, rank)));
    element.style.setProperty("--mi-first", colours[0] ?? "transparent");
  } else if (layer.kind === "heat") {
    const stops = [0, 64, 128, 192, 255].map((level) => css(colourAt(layer.table, level)));
    element.style.background = `linear-gradient(90deg, ${stops})`;
  }
  return element;
}
function buildLegend(layer, scene) {
  const strip = make("canvas", { class: "mi-strip", "aria-hidden": "true" });
  drawTable(strip, layer);
  const [low, high] = layer.limits.map(exact);
  const ends = make(
    "span",
    { class: "mi-ends" },
    make("span", { text: low }),
    make("span", { text: layer.unit }),
    make("span", { text: high })
  );
  const bad = make("span", { class: "mi-bad" });
  const element = make("div", { class: "mi-legend" }, strip, ends, bad);
  const refresh = () => {
    const counts = badCounts(layer, scene.settings.frame);
    bad.replaceChildren();
    if (counts.nan) bad.append(hatchSample("nan"), `${counts.nan} NaN `);
    if (counts.inf) bad.append(hatchSample("inf"), `${counts.inf} infinite `);
    element.hidden = !isOn(scene, layer);
  };
  return { element, refresh };
}
function hatchSample(kind) {
  const surface = make("canvas", { class: "mi-hatch", width: 16, height: 12, "aria-hidden": "true" });
  drawHatchSample(surface, kind);
  return surface;
}
function buildList(scene, { select }) {
  const items = make("ol", { class: "mi-items" });
  const element = make("details", { class: "mi-list" }, make("summary", { text: "List" }), items);
  let written2 = "";
  let buttons = [];
  const refresh = () => {
    if (!element.open) return;
    const layers = scene.layers.filter((layer) => layer.kind === "boxes").filter((layer) => isOn(scene, layer)).reverse();
    const shown = layers.flatMap((layer) => layer.rows.map((row2) => ({ layer, row: row2 })));
    const key = layers.map((layer) => `${layer.name} ${layer.rows}`).join();
    if (key !== written2) {
      buttons = shown.slice(0, LONGEST_LIST).map((item2) => listButton(scene, item2, select));
      const more = shown.length > LONGEST_LIST ? [`and ${shown.length - LONGEST_LIST} more`] : [];
      items.replaceChildren(...[...buttons, ...more].map((content) => make("li", {}, content)));
      written2 = key;
    }
    buttons.forEach((one2, i) => {
      const { layer, row: row2 } = shown[i];
      one2.setAttribute("aria-pressed", String(scene.chosen.get(layer)?.has(row2) ?? false));
    });
  };
  element.addEventListener("toggle", refresh);
  return { element, refresh };
}
function listButton(scene, { layer, row: row2 }, select) {
  const swatch2 = make("span", { class: "mi-swatch", "aria-hidden": "true" });
  swatch2.style.background = css(colourFor(scene.palette, layer.colours[row2]));
  const words = make("span", { text: `${nameOf(layer, row2)} ${labelOf(layer, row2)}` });
  const element = make("button", { type: "button", class: "mi-item" }, swatch2, words);
  element.addEventListener("click", () => select({ layer, row: row2 }));
  return element;
}

// ../../canvas/js/box_keys.js
var STEP = 8;
var SHARE = 1 / 3;
var ARROWS = { ArrowUp: [-STEP, 0], ArrowDown: [STEP, 0], ArrowLeft: [0, -STEP], ArrowRight: [0, STEP] };
function boxKeys(view, draw2) {
  let box = null;
  const begin = () => {
    const { stageHeight: height, stageWidth: width } = view;
    const at = (share) => (
      /** @type {Yx} */
      [Math.round(height * share), Math.round(width * share)]
    );
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
      draw2(from, to, true);
      return true;
    } else if (key === "Escape" || key === "b") {
      draw2(box.from, box.from, false);
      box = null;
      return true;
    } else return false;
    draw2(box.from, box.to, false);
    return true;
  };
}
var moved = ([y, x], [dy, dx]) => [y + dy, x + dx];

// ../../canvas/js/keys.js
var OWN = "data-lm-suppress-shortcuts";
function keepKeys(root, signal) {
  root.setAttribute(OWN, "true");
  root.addEventListener("focusin", ({ target }) => target instanceof Element && target.setAttribute(OWN, "true"), {
    signal
  });
}

// ../../canvas/js/events.js
var DRAG = 4;
var ARROW = 48;
var ZOOM = 1.3;
function listen(ui, view, actions, signal) {
  const { top } = ui;
  const place2 = (event) => {
    const area = top.getBoundingClientRect();
    return [event.clientY - area.top, event.clientX - area.left];
  };
  const drag = boxButton(ui, signal);
  listenPointer(top, place2, drag, actions, signal);
  listenWheel(top, view, place2, actions, signal);
  const drawing = boxKeys(view, actions.draw);
  const keyDown = (event) => {
    if (event.key === "Escape") drag.end();
    pressed(event, view, actions, drawing);
  };
  top.addEventListener("keydown", keyDown, { signal });
  keepKeys(ui.root, signal);
  ui.root.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  const middle2 = () => [view.stageHeight / 2, view.stageWidth / 2];
  ui.buttons.in.addEventListener("click", () => actions.zoom(ZOOM, ...middle2()), { signal });
  ui.buttons.out.addEventListener("click", () => actions.zoom(1 / ZOOM, ...middle2()), { signal });
  ui.buttons.fit.addEventListener("click", () => actions.fit(), { signal });
  ui.buttons.save.addEventListener("click", () => actions.save(), { signal });
}
function boxButton({ buttons, top }, signal) {
  const draws = () => buttons.box.getAttribute("aria-pressed") === "true";
  const set = (on) => {
    buttons.box.setAttribute("aria-pressed", String(on));
    top.classList.toggle("mi-draws", on);
  };
  buttons.box.addEventListener("click", () => set(!draws()), { signal });
  return { draws, end: () => set(false) };
}
function listenPointer(top, place2, drag, actions, signal) {
  let grip = null;
  const on = (name, act) => top.addEventListener(name, act, { signal });
  on("pointerdown", (event) => {
    if (event.button !== 0) return;
    const at = place2(event);
    grip = { start: at, last: at, moved: false, draws: event.shiftKey || drag.draws() };
    top.setPointerCapture(event.pointerId);
  });
  on("pointermove", (event) => {
    const [y, x] = place2(event);
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
    if (grip && !grip.moved) actions.click(...place2(event));
    else if (grip?.draws) {
      actions.draw(grip.start, place2(event), true);
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
function listenWheel(top, view, place2, actions, signal) {
  const turn = (event) => {
    const ours = event.ctrlKey || event.metaKey || document.activeElement === top;
    if (!ours || view.fitted && event.deltaY > 0) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    actions.zoom(Math.exp(-event.deltaY * lines * 2e-3), ...place2(event));
  };
  top.addEventListener("wheel", turn, { signal, passive: false });
}
function pressed(event, view, actions, drawing) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (drawing(key, event.shiftKey)) return event.preventDefault();
  const middle2 = [view.stageHeight / 2, view.stageWidth / 2];
  const keys = {
    ArrowUp: () => actions.pan(ARROW, 0),
    ArrowDown: () => actions.pan(-ARROW, 0),
    ArrowLeft: () => actions.pan(0, ARROW),
    ArrowRight: () => actions.pan(0, -ARROW),
    "+": () => actions.zoom(ZOOM, ...middle2),
    "=": () => actions.zoom(ZOOM, ...middle2),
    // the key of + without Shift
    "-": () => actions.zoom(1 / ZOOM, ...middle2),
    0: () => actions.fit(),
    n: () => actions.next(1),
    p: () => actions.next(-1),
    Escape: () => actions.clear()
  };
  const act = keys[key];
  if (!act) return;
  event.preventDefault();
  act();
}

// ../../canvas/js/masks.js
var [INSIDE, EDGE] = [1, 2];
function stretch(source, target) {
  const first = new Int32Array(target);
  const [before, after] = [new Float32Array(target), new Float32Array(target)];
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) * source / target - 0.5;
    const low = Math.floor(centre);
    first[i] = Math.min(Math.max(low, 0), source - 1);
    before[i] = low < 0 ? 0 : 1 - (centre - low);
    after[i] = low + 1 >= source ? 0 : centre - low;
    if (low < 0) [before[i], after[i]] = [after[i], 0];
  }
  return { first, before, after };
}
function upsample(probs, [rows, columns], height, width) {
  const large = new Uint8Array(height * width);
  const least = probs.reduce((low, level) => Math.min(low, level), 255);
  const [down, across] = [stretch(rows, height), stretch(columns, width)];
  const line = new Float32Array(columns + 1);
  for (let y = 0; y < height; y++) {
    const above = down.first[y] * columns;
    const below = Math.min(down.first[y] + 1, rows - 1) * columns;
    for (let j = 0; j < columns; j++) line[j] = down.before[y] * probs[above + j] + down.after[y] * probs[below + j];
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const j = across.first[x];
      large[at] = Math.max(across.before[x] * line[j] + across.after[x] * line[j + 1] + 0.5, least);
    }
  }
  return large;
}
function resized(layer, row2, image) {
  layer.large ??= new Array(layer.count).fill(null);
  if (layer.large[row2]) return layer.large[row2];
  const [top, left, bottom, right] = layer.boxes.subarray(4 * row2, 4 * row2 + 4).map(Math.round);
  const limit = 4 * Math.max(image.height, image.width);
  const [height, width] = [bottom - top, right - left];
  const drawable = height > 0 && width > 0 && height <= limit && width <= limit;
  const cells = layer.grid[0] * layer.grid[1];
  const levels = drawable ? upsample(layer.probs.subarray(row2 * cells, (row2 + 1) * cells), layer.grid, height, width) : null;
  const mask = { top, left, height, width, levels, cut: null, threshold: -1 };
  layer.large[row2] = mask;
  return mask;
}
function threshold(mask, levels, level) {
  if (mask.cut && mask.threshold === level) return mask.cut;
  const { height, width } = mask;
  const cut = mask.cut ?? new Uint8Array(height * width);
  for (let i = 0; i < cut.length; i++) cut[i] = levels[i] >= level ? INSIDE : 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!cut[i]) continue;
      const within = x > 0 && y > 0 && x < width - 1 && y < height - 1;
      if (!(within && cut[i - 1] && cut[i + 1] && cut[i - width] && cut[i + width])) cut[i] = EDGE;
    }
  }
  Object.assign(mask, { cut, threshold: level });
  return cut;
}
function blend(target, image, mask, cut, colour, opacity) {
  const share = Math.round(opacity * 256);
  const [red, green, blue] = colour.map((level) => level * share + 128);
  const [firstY, lastY] = [Math.max(0, -mask.top), Math.min(mask.height, image.height - mask.top)];
  const [firstX, lastX] = [Math.max(0, -mask.left), Math.min(mask.width, image.width - mask.left)];
  for (let y = firstY; y < lastY; y++) {
    let at = 4 * ((y + mask.top) * image.width + firstX + mask.left);
    for (let x = firstX, i = y * mask.width + firstX; x < lastX; x++, i++, at += 4) {
      const kind = cut[i];
      if (kind === 0) continue;
      if (kind === EDGE && share > 0) {
        [target[at], target[at + 1], target[at + 2]] = colour;
      } else {
        target[at] = target[at] * (256 - share) + red >> 8;
        target[at + 1] = target[at + 1] * (256 - share) + green >> 8;
        target[at + 2] = target[at + 2] * (256 - share) + blue >> 8;
      }
      target[at + 3] = 255;
    }
  }
}
function makeBlender(image) {
  const pixels = new ImageData(new Uint8ClampedArray(image.rgba), image.width, image.height);
  const bytes = new Uint8Array(pixels.data.buffer);
  let dirty = null;
  return (layers, settings, colourOf) => {
    const before = dirty;
    if (dirty) putBack(bytes, image, dirty);
    dirty = null;
    const level = Math.floor(settings.mask_threshold * 255 + 0.5);
    for (const layer of layers) {
      for (const row2 of [...layer.rows].reverse()) {
        const mask = resized(layer, row2, image);
        if (!mask.levels) continue;
        const cut = threshold(mask, mask.levels, level);
        blend(bytes, image, mask, cut, colourOf(layer.colours[row2]), settings.opacity);
        dirty = union(dirty, mask, image);
      }
    }
    const changed = before && dirty ? joined(before, dirty) : before || dirty;
    if (changed) {
      const { top, left, bottom, right } = changed;
      image.context.putImageData(pixels, 0, 0, left, top, right - left, bottom - top);
    }
  };
}
function putBack(bytes, image, { top, left, bottom, right }) {
  for (let y = top; y < bottom; y++) {
    const [start, end] = [4 * (y * image.width + left), 4 * (y * image.width + right)];
    bytes.set(image.rgba.subarray(start, end), start);
  }
}
function union(area, mask, image) {
  const own = {
    top: Math.max(0, mask.top),
    left: Math.max(0, mask.left),
    bottom: Math.min(image.height, mask.top + mask.height),
    right: Math.min(image.width, mask.left + mask.width)
  };
  if (own.bottom <= own.top || own.right <= own.left) return area;
  return area ? joined(area, own) : own;
}
function joined(a, b) {
  const [top, left] = [Math.min(a.top, b.top), Math.min(a.left, b.left)];
  return { top, left, bottom: Math.max(a.bottom, b.bottom), right: Math.max(a.right, b.right) };
}

// ../../canvas/js/canvas.js
var SETTINGS = [
  "min_score",
  "mask_threshold",
  "opacity",
  "max_number",
  "progress",
  "frame",
  "hidden",
  "selected",
  "drawn"
];
var NEAR = "600px";
var figures = 0;
function render({ model, el }) {
  const ending = new AbortController();
  figures += 1;
  const ui = buildFigure(`mi-${figures}-${Math.random().toString(36).slice(2, 8)}`);
  const scene = {
    image: null,
    layers: [],
    settings: readTraits(model),
    controls: [],
    frames: {},
    palette: [],
    view: makeView(),
    chosen: /* @__PURE__ */ new Map(),
    anySelected: false,
    hovered: null,
    pointer: null,
    drawn: []
  };
  const inert = {
    model,
    ui,
    scene,
    ending,
    panel: null,
    blend: null,
    stale: { base: true, top: true },
    waiting: 0,
    redraw: (base = true) => redraw(figure, base),
    speak: later(400, () => speak(figure), ending.signal)
  };
  const figure = Object.assign(inert, { actions: actionsOf(inert) });
  el.append(ui.root);
  listen(ui, scene.view, figure.actions, ending.signal);
  follow(figure);
  loadImage(figure);
  return () => {
    ending.abort();
    cancelAnimationFrame(figure.waiting);
    figure.panel?.stop();
    ui.root.remove();
  };
}
function readTraits(model) {
  const read = SETTINGS.map((name) => [name, model.get(name)]);
  return (
    /** @type {Settings} */
    /** @type {unknown} */
    Object.fromEntries(read)
  );
}
function follow(figure) {
  const { model, ui, scene, ending } = figure;
  const on = (names, act) => {
    for (const name of names) {
      model.on(`change:${name}`, act);
      ending.signal.addEventListener("abort", () => model.off(`change:${name}`, act));
    }
  };
  on(["_image"], () => loadImage(figure));
  on(["_layers", "_frames", "_palette", "_controls"], () => loadLayers(figure));
  on(SETTINGS, () => readSettings(figure));
  on(["selected"], () => followSelection(model));
  on(["title", "note", "_height"], () => writeWords(figure));
  on(["region"], () => {
    if (String(model.get("region")) === String(regionOf(scene.view))) return;
    showRegion(scene.view, model.get("region"));
    redraw(figure);
  });
  const watch = new ResizeObserver(() => measure(figure));
  watch.observe(ui.stage);
  ending.signal.addEventListener("abort", () => watch.disconnect());
  const sight = new IntersectionObserver(
    (entries) => {
      const seen = entries.at(-1)?.isIntersecting;
      if (seen === void 0 || seen === model.get("in_view")) return;
      model.set("in_view", seen);
      model.save_changes();
    },
    { rootMargin: NEAR }
  );
  sight.observe(ui.root);
  ending.signal.addEventListener("abort", () => sight.disconnect());
}
function followSelection(model) {
  const { of, rows } = model.get("_frames");
  const row2 = of === void 0 ? void 0 : model.get("selected")[of];
  const place2 = rows && row2 !== void 0 ? rows.indexOf(row2) : -1;
  if (place2 < 0 || place2 === model.get("frame")) return;
  model.set("frame", place2);
  model.save_changes();
}
async function loadImage(figure) {
  const { model, ui, scene, ending } = figure;
  const state = model.get("_image");
  ui.root.dataset.ready = "false";
  try {
    const image = await decodeImage(state);
    if (ending.signal.aborted || state !== model.get("_image")) return;
    scene.image = image;
    figure.blend = makeBlender(image);
    ui.problem.hidden = true;
    ui.root.style.setProperty("--mi-aspect", String(image.width / image.height));
    writeWords(figure);
    loadLayers(figure);
    measure(figure);
    if (model.get("region").length) showRegion(scene.view, model.get("region"));
  } catch (error) {
    ui.problem.textContent = `This image cannot be shown: ${error instanceof Error ? error.message : error}`;
    ui.problem.hidden = false;
  }
}
function loadLayers(figure) {
  const { model, ui, scene } = figure;
  if (!scene.image) return;
  scene.layers = model.get("_layers").map(decodeLayer);
  scene.frames = model.get("_frames");
  scene.palette = model.get("_palette");
  scene.controls = model.get("_controls");
  scene.hovered = null;
  Object.assign(scene.settings, readTraits(model));
  const open = listOf(ui)?.open ?? false;
  figure.panel?.stop();
  figure.panel = buildPanel(scene, figure.actions);
  ui.panel.replaceChildren(...figure.panel.elements);
  ui.panel.hidden = figure.panel.elements.length === 0;
  const list = listOf(ui);
  if (list) list.open = open;
  readSettings(figure);
}
var listOf = (ui) => ui.panel.querySelector("details.mi-list");
function writeWords({ model, ui }) {
  ui.title.textContent = model.get("title") || "Image";
  ui.note.textContent = model.get("note");
  ui.root.style.setProperty("--mi-height", `${model.get("_height")}px`);
}
function readSettings(figure) {
  const { model, ui, scene } = figure;
  if (!scene.image) return;
  const settings = Object.assign(scene.settings, readTraits(model));
  scene.drawn = settings.drawn;
  for (const layer of scene.layers.filter(hasRows)) {
    layer.rows = keptRows(layer, settings);
    if (layer.kind === "boxes" && layer.steps.length) moveBoxes(layer, settings.progress);
  }
  scene.chosen = /* @__PURE__ */ new Map();
  for (const layer of scene.layers.filter(hasRows).filter((one2) => isOn(scene, one2))) {
    const kept3 = new Set(layer.rows);
    const rows = rowsSelected(layer, settings.selected).filter((row2) => kept3.has(row2));
    if (rows.length) scene.chosen.set(layer, new Set(rows));
  }
  scene.anySelected = scene.chosen.size > 0;
  figure.panel?.refresh();
  ui.root.dataset.selected = JSON.stringify(settings.selected);
  writeReadout(figure);
  figure.speak();
  redraw(figure);
}
function redraw(figure, base = true) {
  figure.stale.top = true;
  figure.stale.base ||= base;
  figure.waiting ||= requestAnimationFrame(() => {
    figure.waiting = 0;
    if (figure.scene.image && figure.scene.view.stageWidth > 1) draw(figure);
  });
}
function measure(figure) {
  const { ui, scene } = figure;
  const { height, width } = ui.stage.getBoundingClientRect();
  if (!scene.image || !height || !width) return;
  resize(scene.view, scene.image.height, scene.image.width, height, width);
  redraw(figure);
}
function draw(figure) {
  const { ui, scene, stale } = figure;
  const start = performance.now();
  if (stale.base) drawBase(prepare(ui.base, scene.view), figure);
  drawTop(prepare(ui.top, scene.view), scene);
  figure.stale = { base: false, top: false };
  ui.zoomLevel.textContent = `${Math.round(100 * scene.view.scale)} %`;
  ui.top.classList.toggle("mi-movable", !scene.view.fitted);
  const shown = scene.layers.filter(hasRows).filter((layer) => isOn(scene, layer));
  const { dataset } = ui.root;
  dataset.shown = String(shown.reduce((sum, layer) => sum + layer.rows.length, 0));
  dataset.drawMs = (performance.now() - start).toFixed(2);
  dataset.draws = String(Number(dataset.draws) + 1);
  dataset.ready = "true";
}
function prepare(surface, view) {
  const ratio = window.devicePixelRatio || 1;
  const [height, width] = [Math.round(view.stageHeight * ratio), Math.round(view.stageWidth * ratio)];
  if (surface.height !== height || surface.width !== width) Object.assign(surface, { height, width });
  const context = contextOf(surface);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.stageWidth, view.stageHeight);
  return context;
}
function drawBase(context, { scene, blend: blend2 }) {
  const { view, image, settings } = scene;
  if (!image || !blend2) return;
  const on = scene.layers.filter((layer) => isOn(scene, layer));
  blend2(
    on.filter((layer) => layer.kind === "masks"),
    settings,
    (rank) => colourFor(scene.palette, rank)
  );
  const [y, x] = toStage(view, 0, 0);
  context.imageSmoothingEnabled = view.scale < 1;
  context.drawImage(image.surface, x, y, image.width * view.scale, image.height * view.scale);
  for (const layer of on.filter((one2) => one2.kind === "heat")) {
    drawHeat(context, view, layer, settings, image.blank ? 1 : settings.opacity);
  }
}
function drawTop(context, scene) {
  const { hovered, chosen: chosen2 } = scene;
  const on = scene.layers.filter((layer) => isOn(scene, layer));
  const boxes2 = on.filter((layer) => layer.kind === "boxes");
  for (const layer of on.filter((one2) => one2.kind === "grid")) drawGrid(context, scene.view, layer);
  drawCells(context, scene, on);
  for (const layer of boxes2) drawBoxes(context, scene, layer, chosen2.get(layer) ?? /* @__PURE__ */ new Set());
  for (const layer of on.filter((one2) => one2.kind === "links")) drawLinks(context, scene, layer);
  const selected = rowsIn(on.filter(isBoxed), (layer) => chosen2.get(layer) ?? []);
  for (const { layer, row: row2 } of selected) drawSelected(context, scene, layer, row2);
  const under = hovered && isBoxed(hovered.layer) ? [{ layer: hovered.layer, row: hovered.row }] : [];
  for (const { layer, row: row2 } of under) drawHovered(context, scene, layer, row2);
  for (const layer of on.filter((one2) => one2.kind === "points")) drawPoints(context, scene, layer);
  if (scene.drawn?.length === 4) drawFrame(context, scene.view, scene.drawn);
  const tagged = rowsIn(boxes2.filter((layer) => layer.numbered).reverse(), (layer) => layer.rows);
  drawTags(context, scene, [...under, ...selected], tagged);
}
var isBoxed = (layer) => layer.now !== void 0;
var rowsIn = (layers, rowsOf2) => layers.flatMap((layer) => [...rowsOf2(layer)].map((row2) => ({ layer, row: row2 })));
function drawCells(context, scene, on) {
  for (const layer of on) {
    if (!(layer.grid && !layer.rowOf && layer.of)) continue;
    const cell = scene.settings.selected[layer.of];
    if (cell >= 0 && cell < layer.grid[0] * layer.grid[1]) drawCell(context, scene.view, layer, cell, true);
  }
}
var canvas_default = { render };

// chooser.js
var OWN2 = "own";
function buildChooser(root, { samples, image, live, opens = "" }, open) {
  const list = make("select", { "aria-label": "Image", title: "Another image" });
  const names = samples.map(({ name }) => name);
  const at = names.find((name) => isOf(image, name));
  const kind = live ? "Samples" : "Images";
  if (!at) list.append(make("option", { value: OWN2, text: image || "this image" }));
  for (const weights of new Set(samples.map((one2) => one2.weights))) {
    const group = make("optgroup", { label: weights ? `${kind}, ${weights}` : kind });
    for (const one2 of samples.filter((each) => each.weights === weights)) {
      group.append(make("option", { value: one2.name, text: one2.says ? `${one2.name}: ${one2.says}` : one2.name }));
    }
    list.append(group);
  }
  list.value = at ?? OWN2;
  list.addEventListener("change", () => open({ sample: list.value }));
  const input2 = make("input", {
    type: "file",
    accept: `image/*${opens && `,${opens}`}`,
    class: "mx-file",
    "aria-label": "An image file"
  });
  input2.addEventListener("change", () => {
    const [file] = input2.files ?? [];
    if (file) openFile(file, open);
  });
  const button3 = make("button", { type: "button", class: "mx-button", text: "Open…", title: "An image of yours" });
  button3.addEventListener("click", () => input2.click());
  root.replaceChildren(list, ...live ? [button3, input2] : []);
  root.hidden = false;
}
var isOf = (image, name) => image === name || image.split(".")[0] === name;
function takeDrops(root, open) {
  root.addEventListener("dragover", (event) => {
    event.preventDefault();
    root.classList.add("mx-dropping");
  });
  root.addEventListener("dragleave", (event) => {
    if (!root.contains(
      /** @type {Node | null} */
      event.relatedTarget
    )) root.classList.remove("mx-dropping");
  });
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("mx-dropping");
    const [file] = event.dataTransfer?.files ?? [];
    if (file) openFile(file, open);
  });
}
async function openFile(file, open) {
  const address = await new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
  await open({ name: file.name, content: address.slice(address.indexOf(",") + 1) });
}

// difference.js
function foundIn(core) {
  const { values: boxes2 } = core["detections.boxes"];
  return Array.from(core["detections.proposal_index"].values, (proposal, row2) => {
    const class_id = core["detections.class_ids"].values[row2];
    const anchor = core["proposals.anchor_index"].values[proposal];
    const box = Array.from(boxes2.subarray(4 * row2, 4 * row2 + 4));
    return { key: `${anchor} ${class_id}`, row: row2, class_id, score: core["detections.scores"].values[row2], box };
  });
}
function difference(before, now) {
  const [old, fresh] = [new Set(before.map((one2) => one2.key)), new Set(now.map((one2) => one2.key))];
  return { came: now.filter((one2) => !old.has(one2.key)), went: before.filter((one2) => !fresh.has(one2.key)) };
}
function chainOf(anchor, core) {
  const proposal = anchor < 0 ? -1 : core["proposals.anchor_index"].values.indexOf(anchor);
  const detection = proposal < 0 ? -1 : core["detections.proposal_index"].values.indexOf(proposal);
  const candidates2 = core["detections.candidate_proposal"].values;
  const candidate = detection >= 0 ? core["detections.candidate_index"].values[detection] : proposal < 0 ? -1 : bestOf(candidates2, proposal, core["detections.candidate_score"].values);
  const place2 = anchor < 0 ? -1 : core["proposals.top_k_index"].values.indexOf(anchor);
  return { anchor, place: place2, proposal, candidate, detection };
}
function bestOf(of, proposal, scores2) {
  let best = -1;
  for (let i = 0; i < of.length; i++) if (of[i] === proposal && (best < 0 || scores2[i] > scores2[best])) best = i;
  return best;
}
function anchorOf(selected, core) {
  const anchors2 = core["proposals.anchor_index"].values;
  if ("detections" in selected) return anchors2[core["detections.proposal_index"].values[selected.detections]] ?? -1;
  if ("proposals" in selected) return anchors2[selected.proposals] ?? -1;
  return selected.anchors ?? -1;
}
function rowsOfChain({ anchor, proposal, detection }) {
  const rows = { anchors: anchor, proposals: proposal, detections: detection };
  return Object.fromEntries(Object.entries(rows).filter(([, row2]) => row2 >= 0));
}

// engine.js
var asked = 0;
var TYPES = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array };
function tensorOf({ dtype, shape }, bytes) {
  const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
  const Type = TYPES[
    /** @type {keyof typeof TYPES} */
    dtype
  ];
  if (!Type) throw new Error(`wanted uint8, int32 or float32, received ${dtype}`);
  return { shape, values: new Type(view.slice().buffer) };
}
var dtypeOf = (values) => values.constructor.name.replace("Array", "").toLowerCase();
function kernelEngine(model, signal) {
  let description = model.get("_description");
  const waiting = /* @__PURE__ */ new Map();
  const answered = (message, buffers = []) => {
    const one2 = waiting.get(message?.id);
    if (!one2) return;
    waiting.delete(message.id);
    if (message.error) one2.failed(new Error(message.error));
    else one2.done({ ...message, buffers });
  };
  model.on("msg:custom", answered);
  signal.addEventListener("abort", () => model.off("msg:custom", answered));
  const ask = (question) => new Promise((done, failed) => {
    asked += 1;
    waiting.set(asked, { done, failed });
    model.send({ id: asked, ...question });
  });
  return {
    description: () => description,
    async tensors(wants) {
      const names = Object.keys(wants);
      if (!names.length) return {};
      const { tensors, buffers } = await ask({ ask: "tensors", wants: Object.values(wants) });
      return Object.fromEntries(names.map((name, i) => [name, tensorOf(tensors[i], buffers[i])]));
    },
    async run(settings) {
      ({ description } = await ask({ ask: "run", settings }));
      return description;
    },
    why: async (box) => (await ask({ ask: "why", box })).why,
    change: async (box) => (await ask({ ask: "change", box })).change,
    // asked of an engine that is searching alone
    stop: async () => void await ask({ ask: "stop" }),
    open: async (image) => void await ask({ ask: "open", ...image }),
    // who owns the model then shows it anew
    cancel: model.get("cancels") ? async () => void await ask({ ask: "cancel" }) : void 0,
    channelsOf: () => null
  };
}
function remembering(engine) {
  let kept3 = /* @__PURE__ */ new Map();
  return {
    ...engine,
    async tensors(wants) {
      const missing = (
        /** @type {Wants} */
        {}
      );
      for (const want of Object.values(wants)) {
        const key = JSON.stringify(want);
        if (!kept3.has(key)) missing[key] = want;
      }
      if (Object.keys(missing).length) {
        const asked2 = engine.tensors(missing);
        for (const key of Object.keys(missing)) {
          const one2 = asked2.then((tensors) => tensors[key]);
          one2.catch(() => kept3.delete(key));
          kept3.set(key, one2);
        }
      }
      const entries = Object.entries(wants).map(async ([name, want]) => [name, await kept3.get(JSON.stringify(want))]);
      return (
        /** @type {Tensors} */
        Object.fromEntries(await Promise.all(entries))
      );
    },
    async run(settings) {
      const description = await engine.run(settings);
      const fixed = new Set(description.fixed);
      kept3 = new Map([...kept3].filter(([key]) => fixed.has(JSON.parse(key).name)));
      return description;
    }
  };
}

// formulas.js
var written = (value, digits = 2) => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  return value.toFixed(digits).replace("-", "−");
};
var counted = (value) => value.toLocaleString("en-US");
function probability(p) {
  if (p > 0 && p < 5e-4) return p.toExponential(1).replace("-", "−");
  return p < 1 && p > 0.9995 ? p.toFixed(5) : p.toFixed(3);
}
function sumOf(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}
var corners = (box) => `(${Array.from(box, (one2) => written(one2, 1)).join(", ")})`;
var sidesOf = (box, corner) => [box[2] - box[0] - corner, box[3] - box[1] - corner];
function decode(box, deltas, std, corner) {
  const [height, width] = sidesOf(box, corner);
  const [dy, dx, dh, dw] = std.map((one2, i) => one2 * deltas[i]);
  const [h, w] = [height * Math.exp(dh), width * Math.exp(dw)];
  const top = box[0] + height / 2 + dy * height - h / 2;
  const left = box[1] + width / 2 + dx * width - w / 2;
  return [top, left, top + h + corner, left + w + corner];
}
function refinement(box, deltas, std, corner, recorded) {
  const [h, w] = sidesOf(box, corner);
  const [cy, cx] = [box[0] + h / 2, box[1] + w / 2];
  const moved2 = decode(box, deltas, std, corner);
  const [h2, w2] = sidesOf(moved2, corner);
  const n = written;
  return [
    `cy = ${n(cy, 1)} + ${std[0]} × ${n(deltas[0])} × ${n(h, 1)} = ${n(moved2[0] + h2 / 2, 1)}`,
    `cx = ${n(cx, 1)} + ${std[1]} × ${n(deltas[1])} × ${n(w, 1)} = ${n(moved2[1] + w2 / 2, 1)}`,
    `h = ${n(h, 1)} × exp(${std[2]} × ${n(deltas[2])}) = ${n(h2, 1)}`,
    `w = ${n(w, 1)} × exp(${std[3]} × ${n(deltas[3])}) = ${n(w2, 1)}`,
    `recorded ${corners(recorded)}`
  ];
}
function objectness(logits, score) {
  if (logits.length === 1) return `p = 1 / (1 + exp(−(${written(logits[0])}))) = ${probability(score)}`;
  return `p = 1 / (1 + exp(${written(logits[0])} − (${written(logits[1])}))) = ${probability(score)}`;
}
function levelLines(box, level, { rules, sizes }) {
  const [h, w] = sidesOf(box, rules.corner);
  const side = Math.sqrt(Math.max(h, 0) * Math.max(w, 0));
  const [rows, columns] = sizes.input;
  const area = (rows - rules.corner) * (columns - rules.corner);
  const ratio = rules.sampling === "corners" ? side / Math.sqrt(area) / (rules.canonical / Math.sqrt(rows * columns)) : side / rules.canonical;
  const word = rules.sampling === "corners" ? "round" : "floor";
  return [
    `side √(h w) = √(${written(h, 1)} × ${written(w, 1)}) = ${written(side, 1)} px`,
    `4 + ${word}(log2(${written(side, 1)} / ${written(side / ratio, 1)})) = 4 + ${word}(${written(Math.log2(ratio))}), kept within 2 to 5: P${level}`
  ];
}
function standOf(anchor, levels) {
  const level = [...levels].reverse().find((one2) => anchor >= one2.first) ?? levels[0];
  const cell = Math.floor((anchor - level.first) / level.ratios);
  return {
    level,
    cell,
    row: Math.floor(cell / level.columns),
    column: cell % level.columns,
    ratio: (anchor - level.first) % level.ratios
  };
}

// history.js
var MOST = 100;
var GESTURE = 800;
function makeHistory(now = () => performance.now()) {
  const past = [];
  return {
    /** @type {(state: S, kind: string) => void} */
    push(state, kind) {
      const last = past[past.length - 1];
      const [at, same] = [now(), kind !== "" && kind === last?.kind];
      if (same && at - last.at < GESTURE && past.length > 1) past.pop();
      past.push({ state, kind, at });
      if (past.length > MOST) past.shift();
    },
    /** @type {() => S | null} the state before the last, or null at the beginning */
    back() {
      if (past.length < 2) return null;
      past.pop();
      return past[past.length - 1].state;
    },
    /** @type {() => boolean} */
    hasPast: () => past.length > 1
  };
}

// links.js
var KINDS = [
  ["detection", "detections"],
  ["proposal", "proposals"],
  ["anchor", "anchors"]
];
function linkOf({ place: place2, selected, settings }, defaults) {
  const words = new URLSearchParams({ stage: place2.stage });
  if (place2.view !== defaults.view) words.set("view", place2.view);
  for (
    const key of
    /** @type {const} */
    ["level", "channel", "cell"]
  ) {
    if (place2[key] !== defaults[key]) words.set(key, String(place2[key]));
  }
  const kind = KINDS.find(([, of]) => of in selected);
  if (kind) words.set(kind[0], String(selected[kind[1]]));
  for (const [name, value] of Object.entries(settings)) words.set(name, String(value));
  return words.toString();
}
function readLink(link) {
  const words = new URLSearchParams(link.replace(/^#/, ""));
  const place2 = {};
  for (
    const key of
    /** @type {const} */
    ["stage", "view"]
  ) {
    const word = words.get(key);
    if (word) place2[key] = word;
  }
  for (
    const key of
    /** @type {const} */
    ["level", "channel", "cell"]
  ) {
    const value = wholeNumber(words.get(key), -1);
    if (value !== null) place2[key] = value;
  }
  const selected = {};
  for (const [word, kind] of KINDS) {
    const value = wholeNumber(words.get(word), 0);
    if (value !== null) selected[kind] = value;
  }
  const numbers = [...words].filter(([name, value]) => name.includes(".") && value !== "" && Number.isFinite(+value));
  return { place: place2, selected, settings: Object.fromEntries(numbers.map(([name, value]) => [name, Number(value)])) };
}
function wholeNumber(word, least) {
  return word !== null && /^-?\d{1,9}$/.test(word) && Number(word) >= least ? Number(word) : null;
}

// layers.js
var images = /* @__PURE__ */ new WeakMap();
function imageOf(tensor) {
  const known = images.get(tensor);
  if (known) return known;
  const [height, width, channels2] = tensor.shape;
  const bytes = new Uint8ClampedArray(4 * height * width);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) bytes[4 * i + c] = tensor.values[channels2 * i + (channels2 >= 3 ? c : 0)];
    bytes[4 * i + 3] = 255;
  }
  const image = { height, width, encoding: "rgba", bytes };
  images.set(tensor, image);
  return image;
}
var blanks = /* @__PURE__ */ new Map();
function blank(height, width) {
  const key = `${height} ${width}`;
  const image = blanks.get(key) ?? { height, width };
  blanks.set(key, image);
  return image;
}
var upTo = (count) => Int32Array.from({ length: count }, (_, i) => i);
function boxes({ boxes: first, stepBoxes = [], ...more }) {
  const count = first.length / 4;
  const all = new Float32Array(first.length * (stepBoxes.length + 1));
  for (const [step, one2] of [first, ...stepBoxes].entries()) all.set(one2, step * first.length);
  return {
    kind: "boxes",
    count,
    index: upTo(count),
    colours: new Int32Array(count).fill(-1),
    labels: [],
    lineage: {},
    frames: [],
    filtered: false,
    steps: [],
    dotted: new Uint8Array(count),
    numbered: false,
    ...more,
    boxes: all
  };
}
var dots = (count) => new Uint8Array(count).fill(1);
function heat(name, { values, shape }, extent, table, more = {}) {
  const [rows, columns] = shape;
  return {
    kind: "heat",
    name,
    of: more.of ?? "",
    values: Float32Array.from(values),
    grid: [rows, columns],
    maps: 1,
    framed: false,
    extent,
    table: (
      /** @type {Uint8Array} */
      table.values
    ),
    limits: more.limits ?? limitsOf(values, more.symmetric),
    unit: more.unit ?? "activation"
  };
}
function limitsOf(values, symmetric = false) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (low > high) [low, high] = [0, 1];
  if (symmetric) [low, high] = [-Math.max(Math.abs(low), Math.abs(high)), Math.max(Math.abs(low), Math.abs(high))];
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}
var grid = (name, rows, columns, extent, of = "") => ({
  kind: "grid",
  name,
  of,
  grid: [rows, columns],
  extent
});
function points(name, places, colour, of = "points") {
  const count = places.length / 2;
  return {
    kind: "points",
    name,
    of,
    count,
    index: upTo(count),
    colours: new Int32Array(count).fill(colour),
    labels: [],
    lineage: {},
    frames: [],
    filtered: false,
    points: Float32Array.from(places),
    weights: new Float32Array(count).fill(0.02),
    // small: there may be hundreds,
    weighted: false
  };
}
function masks(name, { values, shape }, where, index) {
  return {
    kind: "masks",
    name,
    of: "detections",
    count: index.length,
    index: Int32Array.from(index),
    colours: Int32Array.from(index),
    labels: [],
    lineage: {},
    frames: [],
    filtered: false,
    boxes: Float32Array.from(where),
    probs: Uint8Array.from(values, (p) => Math.floor(255 * (Number.isNaN(p) ? 0 : p) + 0.5)),
    grid: [shape[1], shape[2]]
  };
}

// objects.js
var CORE = Object.fromEntries(
  [
    "image.original",
    "reading.input",
    "proposals.top_k_index",
    "proposals.nms_index",
    "proposals.boxes",
    "proposals.scores",
    "proposals.anchor_index",
    "box_roi.level",
    "detections.candidate_proposal",
    "detections.candidate_class",
    "detections.candidate_score",
    "detections.candidate_index",
    "detections.proposal_index",
    "detections.boxes",
    "detections.class_ids",
    "detections.scores",
    "pasting.boxes",
    "reading.table.cividis",
    "reading.table.diverging"
  ].map((name) => [name, { name }])
);
var boxAt = ({ values }, row2) => Array.from(values.subarray(4 * row2, 4 * row2 + 4));
var through = (index, rows) => Int32Array.from(rows, (row2) => row2 < 0 ? -1 : index[row2]);
function detectionOfProposal({ core }) {
  const of = new Int32Array(core["proposals.anchor_index"].values.length).fill(-1);
  core["detections.proposal_index"].values.forEach((proposal, row2) => {
    of[proposal] = row2;
  });
  return of;
}
function detections({ core, description }, where = core["detections.boxes"], name = "detections", more = {}) {
  const proposals2 = Int32Array.from(core["detections.proposal_index"].values);
  const count = proposals2.length;
  return boxes({
    name,
    of: "detections",
    boxes: Float32Array.from(where.values),
    colours: Int32Array.from({ length: count }, (_, i) => i),
    scores: core["detections.scores"].values,
    class_ids: core["detections.class_ids"].values,
    class_names: description.class_names,
    lineage: { proposals: proposals2, anchors: through(core["proposals.anchor_index"].values, proposals2) },
    numbered: true,
    ...more
  });
}
function proposals(context, name = "proposals", more = {}) {
  const { core } = context;
  const of = detectionOfProposal(context);
  return boxes({
    name,
    of: "proposals",
    boxes: Float32Array.from(core["proposals.boxes"].values),
    colours: of,
    scores: core["proposals.scores"].values,
    lineage: { anchors: Int32Array.from(core["proposals.anchor_index"].values), detections: of },
    ...more
  });
}
function selectedBox({ core, chain }) {
  const { detection, proposal, anchor } = chain;
  if (proposal < 0) return [];
  const [of, row2] = detection >= 0 ? ["detections", detection] : ["proposals", proposal];
  return [
    boxes({
      name: "selected",
      of,
      boxes: Float32Array.from(boxAt(core[`${of}.boxes`], row2)),
      index: Int32Array.of(row2),
      colours: Int32Array.of(detection),
      lineage: { anchors: Int32Array.of(anchor), proposals: Int32Array.of(proposal) }
    })
  ];
}
var extentOf = (level, [rows, columns]) => [0, 0, rows * 2 ** level, columns * 2 ** level];
function around(box, share = 0.6) {
  const margin = share * Math.max(box[2] - box[0], box[3] - box[1], 8);
  return [box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin];
}
function suppressors({ description }) {
  const wants = {};
  if (description.readings.includes("reading.fate.by")) wants.by = { name: "reading.fate.by" };
  return wants;
}
var levelOf = ({ levels }, level) => levels.find((one2) => one2.level === level) ?? levels[0];
function nameOfChain({ core, chain, description }) {
  if (chain.detection >= 0) {
    const id = core["detections.class_ids"].values[chain.detection];
    return `detection ${chain.detection}, ${description.class_names[id]}`;
  }
  return chain.proposal >= 0 ? `proposal ${chain.proposal}` : `anchor ${chain.anchor}`;
}

// scenes_first.js
var BEST = 50;
var FILM = 60;
function standing(place2, { description, chain }) {
  if (place2.cell < 0 && chain.anchor >= 0) {
    const { level: level2, cell } = standOf(chain.anchor, description.levels);
    return { level: level2, cell };
  }
  const level = levelOf(description, place2.level);
  const cells = level.rows * level.columns;
  const middle2 = Math.floor(level.rows / 2) * level.columns + Math.floor(level.columns / 2);
  return { level, cell: place2.cell >= 0 && place2.cell < cells ? place2.cell : middle2 };
}
function anchorsOfCell(place2, context) {
  const { level, cell } = standing(place2, context);
  return Array.from({ length: level.ratios }, (_, i) => level.first + cell * level.ratios + i);
}
var levelPicker = (_, { description }) => [
  {
    key: "level",
    label: "Level",
    options: description.levels.map((one2) => [one2.level, `P${one2.level} · ${one2.rows} × ${one2.columns} cells`])
  }
];
var anchors = {
  id: "anchors",
  name: "Anchors of a cell",
  pickers: levelPicker,
  wants: (place2, context) => {
    const rows = anchorsOfCell(place2, context);
    return { boxes: { name: "anchors.boxes", rows }, scores: { name: "rpn.scores", rows } };
  },
  scene: ({ boxes: where, scores: scores2 }, place2, context) => {
    const { level, cell } = standing(place2, context);
    const rows = anchorsOfCell(place2, context);
    const extent = extentOfAnchors(level);
    const at = `cell (${Math.floor(cell / level.columns)}, ${cell % level.columns})`;
    return {
      title: `The ${rows.length} anchors of ${at} on P${level.level}`,
      note: `Every cell of every level has them: ${counted(totalOf(context))} in all. Click another cell. The dotted boxes are guesses of fixed size; nothing has been learned about them yet.`,
      image: imageOf(context.core["reading.input"]),
      layers: [
        grid(`cells of P${level.level}`, level.rows, level.columns, extent, "cells"),
        boxes({
          name: "anchors",
          of: "anchors",
          boxes: Float32Array.from(where.values),
          index: Int32Array.from(rows),
          colours: Int32Array.from(rows, (_, i) => i),
          labels: Array.from(scores2.values, (p) => `objectness ${probability(p)}`),
          dotted: dots(rows.length),
          numbered: false
        }),
        ...selectedBox(context)
      ],
      controls: ["layers", "list"],
      level: level.level
    };
  }
};
var extentOfAnchors = ({ rows, columns, stride }) => [0, 0, rows * stride, columns * stride];
var totalOf = ({ description }) => description.tensors["rpn.scores"].shape[0];
var scores = {
  id: "scores",
  name: "Scores",
  pickers: levelPicker,
  wants: () => ({ scores: { name: "rpn.scores" } }),
  scene: ({ scores: all }, place2, context) => {
    const level = levelOf(context.description, place2.level);
    return {
      title: `Objectness on P${level.level}: the best of the ${level.ratios} anchors of each cell`,
      note: "How sure the RPN is that an anchor holds some object, whatever its class. Which level answers for large objects, and which for small ones?",
      image: imageOf(context.core["reading.input"]),
      layers: [
        heat(
          `objectness, P${level.level}`,
          { values: bestOfCells(all.values, level), shape: [level.rows, level.columns] },
          extentOfAnchors(level),
          context.core["reading.table.cividis"],
          { limits: [0, 1], unit: "probability", of: "cells" }
        ),
        ...selectedBox(context)
      ],
      controls: ["opacity", "layers"],
      level: level.level
    };
  }
};
function bestOfCells(scores2, { rows, columns, first, ratios }) {
  return Float32Array.from({ length: rows * columns }, (_, cell) => {
    let best = -Infinity;
    for (let i = 0; i < ratios; i++) best = Math.max(best, scores2[first + cell * ratios + i]);
    return best;
  });
}
function bestPlaces({ core, chain }) {
  const count = Math.min(BEST, core["proposals.top_k_index"].values.length);
  const places = Array.from({ length: count }, (_, i) => i);
  return chain.place >= count ? [...places, chain.place] : places;
}
var refinement2 = {
  id: "refinement",
  name: "Before and after",
  wants: (_, context) => {
    const rows = bestPlaces(context);
    const anchorRows = rows.map((place2) => context.core["proposals.top_k_index"].values[place2]);
    return {
      anchors: { name: "anchors.boxes", rows: anchorRows },
      decoded: { name: "proposals.decoded", rows },
      clipped: { name: "proposals.clipped", rows },
      scores: { name: "proposals.top_k_scores", rows }
    };
  },
  scene: (tensors, _, context) => {
    const rows = bestPlaces(context);
    const index = Int32Array.from(rows, (place2) => context.core["proposals.top_k_index"].values[place2]);
    return {
      title: `The ${rows.length} best anchors, moved by the RPN`,
      note: "Move the slider: each anchor is shifted and stretched by its four deltas, then cut at the border. Select one to read the sum in its story.",
      image: imageOf(context.core["reading.input"]),
      layers: [
        boxes({
          name: "anchors",
          of: "anchors",
          boxes: Float32Array.from(tensors.anchors.values),
          stepBoxes: [Float32Array.from(tensors.decoded.values), Float32Array.from(tensors.clipped.values)],
          steps: ["anchor", "refined", "clipped"],
          index,
          colours: coloursOfAnchors(index, context),
          scores: tensors.scores.values,
          lineage: lineageOfAnchors(index, context)
        })
      ],
      controls: ["progress", "layers", "list"],
      progress: 1
    };
  }
};
function lineageOfAnchors(index, context) {
  const proposal = Int32Array.from(index, (anchor) => context.core["proposals.anchor_index"].values.indexOf(anchor));
  return { proposals: proposal, detections: through(detectionOfProposal(context), proposal) };
}
var coloursOfAnchors = (index, context) => lineageOfAnchors(index, context).detections;
var kept = {
  id: "kept",
  name: "Proposals",
  wants: () => ({}),
  scene: (_, __, context) => {
    const count = context.core["proposals.scores"].values.length;
    return {
      title: `${counted(count)} proposals`,
      note: "What is left of the anchors after NMS. Coloured: those that become detections. Most hold nothing, and the second stage has to tell.",
      image: imageOf(context.core["reading.input"]),
      layers: [proposals(context, "proposals", { filtered: true }), detections(context)],
      controls: ["min_score", "max_number", "layers", "list"],
      hidden: ["detections"]
    };
  }
};
var film = {
  id: "nms",
  name: "NMS, step by step",
  wants: (_, context) => ({ clipped: { name: "proposals.clipped" }, ...suppressors(context) }),
  scene: (tensors, _, context) => filmScene(tensors, context)
};
function filmScene({ clipped, by }, context) {
  const { core } = context;
  const topK = core["proposals.top_k_index"].values;
  const survivors = core["proposals.anchor_index"].values;
  const steps = Math.min(FILM, survivors.length);
  const removed = /* @__PURE__ */ new Map();
  topK.forEach((anchor, place2) => {
    if (survivors.indexOf(anchor) >= 0) return;
    const suppressor = by?.values[anchor] ?? -1;
    removed.set(suppressor, [...removed.get(suppressor) ?? [], place2]);
  });
  const of = (step) => removed.get(survivors[step]) ?? [];
  const index = Int32Array.from(topK);
  return {
    title: `NMS: the first ${steps} of ${counted(survivors.length)} proposals`,
    note: "The box of the highest score stays, and takes away all that overlap it by more than the threshold. Then the next.",
    image: imageOf(core["reading.input"]),
    layers: [
      boxes({
        name: "taken away",
        of: "anchors",
        boxes: Float32Array.from(clipped.values),
        index,
        dotted: dots(index.length),
        frames: Array.from({ length: steps }, (_, step) => Int32Array.from(of(step)))
      }),
      proposals(context, "kept before", {
        frames: Array.from({ length: steps }, (_, step) => Int32Array.from({ length: step }, (__, row2) => row2))
      }),
      proposals(context, "kept", {
        colours: new Int32Array(survivors.length).fill(0),
        frames: Array.from({ length: steps }, (_, step) => Int32Array.of(step)),
        numbered: true
      })
    ],
    frames: steps ? {
      name: "Proposal",
      labels: Array.from({ length: steps }, (_, step) => `${step}, takes away ${of(step).length}`)
    } : void 0,
    controls: ["frame", "layers"]
  };
}
var RPN_VIEWS = [anchors, scores, refinement2];
var PROPOSAL_VIEWS = [kept, film];

// scenes_maps.js
var MOST_CHANNELS = 48;
var input = {
  id: "input",
  name: "As the network gets it",
  wants: () => ({}),
  scene: (_, __, context) => {
    const { image, input: input2, scale } = context.description.sizes;
    return {
      title: `Network input, ${input2.join(" × ")} px`,
      note: `The image of ${image.join(" × ")} px, scaled by ${written(scale)} and padded. What the mean takes away is added again here, to be seen.`,
      image: imageOf(context.core["reading.input"]),
      layers: selectedBox(context),
      controls: []
    };
  }
};
var original = {
  id: "original",
  name: "As it came",
  wants: () => ({}),
  scene: (_, __, context) => ({
    title: `Image, ${context.description.sizes.image.join(" × ")} px`,
    note: "The pixels before anything is done to them. Point at one to read its red, green and blue.",
    image: imageOf(context.core["image.original"]),
    layers: [],
    controls: [],
    frame: "image"
  })
};
function channels(kind, levels, name) {
  const levelAt = (place2) => Math.min(Math.max(place2.level, levels[0]), levels[levels.length - 1]);
  const mapAt = (place2) => `${kind}${levelAt(place2)}`;
  return {
    id: "channels",
    name: "Channels",
    pickers: (place2, context) => [
      {
        key: "level",
        label: "Level",
        options: levels.map((level) => {
          const map = context.description.tensors[`${kind}${level}`];
          return [level, `${name}${level} · ${map?.shape.slice(0, 2).join(" × ")} cells`];
        })
      },
      channelPicker(mapAt(place2), context)
    ],
    wants: (place2, context) => {
      const map = mapAt(place2);
      const shown = context.channels(map);
      const channel = place2.channel >= 0 && (!shown || shown.includes(place2.channel)) ? place2.channel : -1;
      const cells = context.description.tensors[map].shape;
      const has = place2.cell >= 0 && place2.cell < cells[0] * cells[1];
      const field = has ? {
        rows: { name: `reading.rows.${map}`, rows: [Math.floor(place2.cell / cells[1])] },
        columns: { name: `reading.columns.${map}`, rows: [place2.cell % cells[1]] }
      } : {};
      return { map: channel < 0 ? { name: `reading.energy.${map}` } : { name: map, channel }, ...field };
    },
    scene: (tensors, place2, context) => channelScene(tensors, place2, context, levelAt(place2), `${name}${levelAt(place2)}`)
  };
}
function channelPicker(map, { description, core, channels: held }) {
  const count = description.tensors[map]?.shape[2] ?? 0;
  const order = Array.from(core[`reading.order.${map}`]?.values ?? []);
  const shown = order.filter((one2) => held(map)?.includes(one2) ?? true).slice(0, MOST_CHANNELS);
  return {
    key: "channel",
    label: "Channel",
    options: [
      [-1, `all ${count}: root mean square`],
      ...shown.map((one2, i) => (
        /** @type {[number, string]} */
        [one2, `${one2}${i === 0 ? " (strongest)" : ""}`]
      ))
    ]
  };
}
function channelScene({ map, rows, columns }, place2, context, level, name) {
  const one2 = place2.channel >= 0;
  const extent = extentOf(level, map.shape);
  const [height, width] = map.shape;
  const layers = [
    heat(one2 ? `${name}, channel ${place2.channel}` : `${name}, energy`, map, extent, tableOf(context, one2), {
      symmetric: one2
    }),
    grid(`cells of ${name}`, height, width, extent, "cells"),
    ...rows && columns ? [fieldBox(rows.values, columns.values)] : [],
    ...selectedBox(context)
  ];
  const seen = rows && columns ? `Cell (${Math.floor(place2.cell / width)}, ${place2.cell % width}) can see ` : "";
  return {
    title: `${name}${one2 ? `, channel ${place2.channel}` : ", all channels"}: ${height} × ${width} cells of ${2 ** level} px`,
    note: seen ? `${seen}${rows.values[1] - rows.values[0]} × ${columns.values[1] - columns.values[0]} px of the input: its receptive field, dotted.` : "Click a cell to see how much of the image it can see. A coarser level has fewer cells, and each sees more.",
    image: imageOf(context.core["reading.input"]),
    layers,
    controls: ["opacity", "layers"],
    level,
    hidden: height * width > 1024 ? [`cells of ${name}`] : []
  };
}
var tableOf = ({ core }, signed) => core[`reading.table.${signed ? "diverging" : "cividis"}`];
var fieldBox = (rows, columns) => boxes({
  name: "receptive field",
  of: "fields",
  boxes: Float32Array.of(rows[0], columns[0], rows[1], columns[1]),
  colours: Int32Array.of(1),
  dotted: dots(1)
});
var IMAGE_VIEWS = [input, original];
var BACKBONE_VIEWS = [channels("backbone.c", [2, 3, 4, 5], "C")];
var FPN_VIEWS = [channels("fpn.p", [2, 3, 4, 5, 6], "P")];

// truth.js
var OUTCOMES = "reading.outcomes";
var LOSSES = [
  { name: "losses.rpn_objectness", station: "rpn", words: "objectness" },
  { name: "losses.rpn_delta", station: "rpn", words: "refinement of anchors" },
  { name: "losses.class", station: "head", words: "class" },
  { name: "losses.box_delta", station: "head", words: "refinement of boxes" },
  { name: "losses.mask", station: "mask", words: "mask" }
];
var hasTruth = ({ description }) => description.readings.includes(OUTCOMES);
function truthWants(context) {
  if (!hasTruth(context)) return {};
  const wants = {
    outcomes: { name: OUTCOMES },
    boxes: { name: "truth.boxes" },
    classes: { name: "truth.class_ids" }
  };
  for (const { name } of LOSSES) if (context.description.tensors[name]) wants[name] = { name };
  return wants;
}
var outcomesOf = ({ outcomes }) => JSON.parse(new TextDecoder().decode(
  /** @type {Uint8Array} */
  outcomes.values
));
function lossesAt(station, tensors) {
  const known = LOSSES.filter(({ name }) => tensors[name]);
  const sum = known.reduce((all, { name }) => all + tensors[name].values[0], 0);
  return known.filter((one2) => station === "result" || one2.station === station).map(({ name, words }) => ({
    words,
    value: tensors[name].values[0],
    share: sum ? tensors[name].values[0] / sum : 0
  }));
}
var truthView = {
  id: "truth",
  name: "Against ground truth",
  offered: hasTruth,
  wants: (_, context) => truthWants(context),
  scene: (tensors, _, context) => {
    const { objects, detections: judged } = outcomesOf(tensors);
    const { core, description } = context;
    const missed = objects.flatMap((one2, row2) => one2.verdict === "found" || one2.verdict === "crowd" ? [] : [row2]);
    const found3 = objects.flatMap((one2, row2) => one2.verdict === "found" ? [row2] : []);
    const boxesOf = (rows) => Float32Array.from(rows.flatMap((row2) => boxAt(tensors.boxes, row2)));
    const anchorsOf = (rows) => Int32Array.from(rows, (row2) => objects[row2].anchor ?? -1);
    return {
      title: summary({ objects, detections: judged }),
      note: "Dotted is the ground truth, solid what is reported. An object is found where a detection of its class has a mask with IoU ≥ 0.5. Click a missed one: its best candidate is followed to where it was lost.",
      image: imageOf(core["reading.input"]),
      layers: [
        boxes({
          name: "found",
          of: "ground truth",
          boxes: boxesOf(found3),
          index: Int32Array.from(found3),
          labels: found3.map((row2) => objects[row2].sentence),
          lineage: { anchors: anchorsOf(found3) },
          dotted: dots(found3.length)
        }),
        boxes({
          name: "missed",
          of: "ground truth",
          boxes: boxesOf(missed),
          index: Int32Array.from(missed),
          colours: new Int32Array(missed.length).fill(1),
          labels: missed.map((row2) => `missed: ${objects[row2].verdict}`),
          lineage: { anchors: anchorsOf(missed) },
          dotted: dots(missed.length),
          numbered: true
        }),
        detections(context, void 0, "detections", {
          labels: judged.map((one2, row2) => {
            const name = description.class_names[core["detections.class_ids"].values[row2]];
            return `${name} ${core["detections.scores"].values[row2].toFixed(2)}, ${one2.verdict}`;
          }),
          numbered: false
        })
      ],
      controls: ["layers", "list"]
    };
  }
};
var NEAR2 = 0.5;
function recordedWhy(box, tensors, { description }) {
  if (!tensors.outcomes) return null;
  const { objects } = outcomesOf(tensors);
  const overlaps = objects.map((_, row2) => iou(box, boxAt(tensors.boxes, row2)));
  const best = overlaps.indexOf(Math.max(...overlaps));
  if (best < 0 || overlaps[best] < NEAR2) return null;
  const { verdict, sentence, anchor = null, detection = null } = objects[best];
  const id = tensors.classes.values[best];
  return { steps: [], verdict, sentence, class: description.class_names[id] ?? "", anchor, detection, recorded: true };
}
function iou(a, b) {
  const side = (axis) => Math.min(a[axis + 2], b[axis + 2]) - Math.max(a[axis], b[axis]);
  const shared = Math.max(0, side(0)) * Math.max(0, side(1));
  const area = (one2) => (one2[2] - one2[0]) * (one2[3] - one2[1]);
  return shared / (area(a) + area(b) - shared) || 0;
}
function summary({ objects, detections: judged }) {
  const wanted = objects.filter((one2) => one2.verdict !== "crowd");
  const found3 = wanted.filter((one2) => one2.verdict === "found").length;
  const wrong = judged.filter((one2) => !["correct", "crowd", "not judged"].includes(one2.verdict)).length;
  const objectsWords = wanted.length ? `${found3} of ${wanted.length} found` : "No object to find";
  return `${objectsWords}, ${wrong} detection${wrong === 1 ? "" : "s"} wrong`;
}

// scenes_second.js
var MOST_BARS = 8;
var NOTHING = {};
var nothing = (context, what) => ({
  title: `${what}: nothing is selected`,
  note: "Click a box: what this station does is shown for that one.",
  image: imageOf(context.core["reading.input"]),
  layers: [proposals(context), detections(context)],
  controls: ["layers", "list"]
});
var sampling = {
  id: "points",
  name: "Where it reads",
  wants: (_, context) => {
    const { proposal } = context.chain;
    if (proposal < 0) return NOTHING;
    return {
      rows: { name: "reading.rows.box_roi", rows: [proposal] },
      columns: { name: "reading.columns.box_roi", rows: [proposal] },
      map: { name: `reading.energy.fpn.p${levelOfProposal(context)}` }
    };
  },
  scene: (tensors, _, context) => tensors.map ? samplingScene(tensors, context) : nothing(context, "ROIAlign")
};
var levelOfProposal = ({ core, chain }) => core["box_roi.level"].values[chain.proposal];
function samplingScene({ rows, columns, map }, context) {
  const { core, chain } = context;
  const level = levelOfProposal(context);
  const box = boxAt(core["proposals.boxes"], chain.proposal);
  const [down, across] = [rows, columns].map(({ values }) => Array.from(values).filter((one2) => !Number.isNaN(one2)));
  const extent = extentOf(level, map.shape);
  return {
    title: `Proposal ${chain.proposal}: ${down.length} × ${across.length} points on P${level}`,
    note: "ROIAlign reads the map between its cells, without rounding the box to them. Are the cells of this level fine enough for the object?",
    image: imageOf(core["reading.input"]),
    layers: [
      heat(`P${level}, energy`, map, extent, core["reading.table.cividis"]),
      grid(`cells of P${level}`, map.shape[0], map.shape[1], extent),
      one("proposal", "proposals", chain.proposal, box, context),
      points(
        "points",
        down.flatMap((y) => across.flatMap((x) => [y, x])),
        1
      )
    ],
    controls: ["opacity", "layers"],
    region: around(box)
  };
}
var pooled = {
  id: "pooled",
  name: "What it makes",
  wants: (_, { chain }) => {
    const wants = {};
    if (chain.proposal >= 0) wants.pooled = { name: "reading.energy.box_roi.pooled", rows: [chain.proposal] };
    if (chain.detection >= 0) wants.larger = { name: "reading.energy.mask_roi.pooled", rows: [chain.detection] };
    return wants;
  },
  scene: ({ pooled: small, larger }, _, context) => {
    if (!small) return nothing(context, "ROIAlign");
    const size = small.shape[1];
    const flat = { values: small.values, shape: small.shape.slice(1) };
    const layers = [heat("for the box head", flat, [0, 0, size, size], context.core["reading.table.cividis"])];
    let width = size;
    if (larger) {
      const side = { values: larger.values, shape: larger.shape.slice(1) };
      layers.push(
        heat("for the mask head", side, [0, size + 1, size, 2 * size + 1], context.core["reading.table.cividis"])
      );
      width = 2 * size + 1;
    }
    return {
      title: `${capital(nameOfChain(context))}: ${size} × ${size} bins${larger ? `, and ${larger.shape[1]} × ${larger.shape[2]} for its mask` : ""}`,
      note: "Whatever the size of the box, this is what the heads get: as many bins, each with all channels. Shown is their root mean square.",
      image: blank(size, width),
      layers,
      controls: ["layers"],
      frame: "none"
    };
  }
};
function one(name, of, row2, box, { chain }) {
  return boxes({
    name,
    of,
    boxes: Float32Array.from(box),
    index: Int32Array.of(row2),
    colours: Int32Array.of(chain.detection),
    lineage: { anchors: Int32Array.of(chain.anchor), detections: Int32Array.of(chain.detection) }
  });
}
var classes = {
  id: "classes",
  name: "Class and box",
  wants: (_, { chain }) => {
    if (chain.proposal < 0) return {};
    const wants = { probs: { name: "box_head.class_probs", rows: [chain.proposal] } };
    if (chain.candidate >= 0) {
      wants.decoded = { name: "detections.decoded", rows: [chain.candidate] };
      wants.clipped = { name: "detections.clipped", rows: [chain.candidate] };
    }
    return wants;
  },
  scene: ({ probs, decoded, clipped }, _, context) => {
    if (!probs) return nothing(context, "Box head");
    const { core, chain } = context;
    const box = boxAt(core["proposals.boxes"], chain.proposal);
    const layer = one("box", "proposals", chain.proposal, box, context);
    const moved2 = decoded && clipped;
    const steps = moved2 ? ["proposal", "refined", "clipped"] : [];
    return {
      title: `Proposal ${chain.proposal}: what is it, and where exactly?`,
      note: "The head gives every class a probability, and the box four more deltas for that class. Move the slider to see how far they move it.",
      image: imageOf(core["reading.input"]),
      layers: [
        moved2 ? boxes({
          ...layer,
          boxes: Float32Array.from(box),
          stepBoxes: [decoded, clipped].map(({ values }) => Float32Array.from(values)),
          steps
        }) : layer
      ],
      controls: ["progress", "layers"],
      progress: 1,
      region: around(box),
      bars: barsOf(probs, context)
    };
  }
};
function barsOf({ values }, { description }) {
  const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a]);
  return order.slice(0, MOST_BARS).map((id, place2) => ({ label: description.class_names[id], value: values[id], chosen: place2 === 0 }));
}
var found = {
  id: "found",
  name: "Detections",
  wants: () => ({ clipped: { name: "detections.clipped" } }),
  scene: ({ clipped }, _, context) => {
    const count = context.core["detections.scores"].values.length;
    return {
      title: count ? `${count} detection${count === 1 ? "" : "s"}` : "No detection",
      note: count ? "What is reported: of a class, with a score that is high enough, and not suppressed in its class. Dotted, if you switch them on: all candidates that are some object." : "No candidate came through. Draw a box with the button Box, with Shift or with the key B, where you see an object, and the funnel says where it was lost; or lower the minimum score.",
      image: imageOf(context.core["reading.input"]),
      layers: [candidates(clipped, context), ...wentLayer(context), detections(context)],
      controls: ["layers", "list"],
      hidden: count ? ["candidates"] : []
    };
  }
};
function wentLayer({ went, description }) {
  if (!went.length) return [];
  return [
    boxes({
      name: "went",
      of: "former detections",
      boxes: Float32Array.from(went.flatMap((one2) => one2.box)),
      index: Int32Array.from(went, (one2) => one2.row),
      labels: went.map((one2) => `${description.class_names[one2.class_id]} ${one2.score.toFixed(2)}, went`),
      dotted: dots(went.length),
      numbered: true
    })
  ];
}
function candidates({ values }, { core, description }, more = {}) {
  const classOf = core["detections.candidate_class"].values;
  const rows = Array.from(classOf.keys()).filter((row2) => classOf[row2] > 0);
  const proposal = Int32Array.from(rows, (row2) => core["detections.candidate_proposal"].values[row2]);
  return boxes({
    name: "candidates",
    of: "proposals",
    boxes: Float32Array.from(rows.flatMap((row2) => Array.from(values.subarray(4 * row2, 4 * row2 + 4)))),
    index: proposal,
    scores: Float32Array.from(rows, (row2) => core["detections.candidate_score"].values[row2]),
    class_ids: Int32Array.from(rows, (row2) => classOf[row2]),
    class_names: description.class_names,
    lineage: { anchors: through(core["proposals.anchor_index"].values, proposal) },
    dotted: dots(rows.length),
    ...more
  });
}
var film2 = {
  id: "nms",
  name: "NMS, step by step",
  wants: (_, context) => ({ clipped: { name: "detections.clipped" }, ...suppressors(context) }),
  scene: ({ clipped, by }, _, context) => {
    const { core } = context;
    const anchors2 = core["proposals.anchor_index"].values;
    const steps = core["detections.scores"].values.length;
    const all = candidates(clipped, context);
    const suppressor = Array.from(
      /** @type {Int32Array} */
      all.index,
      (proposal) => by?.values[anchors2[proposal]] ?? -1
    );
    const reported = Array.from(core["detections.proposal_index"].values, (proposal) => anchors2[proposal]);
    const of = (step) => suppressor.flatMap(
      (anchor, row2) => anchor === reported[step] && !reported.includes(anchors2[
        /** @type {Int32Array} */
        all.index[row2]
      ]) ? [row2] : []
    );
    return {
      title: `NMS within each class: ${steps} detection${steps === 1 ? "" : "s"}`,
      note: "As among the proposals, but only boxes of the same class take each other away.",
      image: imageOf(core["reading.input"]),
      layers: [
        candidates(clipped, context, {
          name: "taken away",
          frames: Array.from({ length: steps }, (_2, step) => Int32Array.from(of(step)))
        }),
        detections(context, void 0, "kept", {
          frames: Array.from({ length: steps }, (_2, step) => Int32Array.from({ length: step + 1 }, (__, row2) => row2))
        })
      ],
      frames: steps ? {
        name: "Detection",
        labels: Array.from({ length: steps }, (_2, step) => `${step}, takes away ${of(step).length}`),
        of: "detections",
        rows: Array.from({ length: steps }, (_2, step) => step)
      } : void 0,
      controls: ["frame", "layers"]
    };
  }
};
var probabilities = {
  id: "probabilities",
  name: "28 × 28 probabilities",
  wants: (_, { chain }) => chain.detection < 0 ? NOTHING : { probs: { name: "mask_head.probs", rows: [chain.detection] } },
  scene: ({ probs }, _, context) => {
    if (!probs) return nothing(context, "Mask head");
    const [, rows, columns] = probs.shape;
    const flat = { values: probs.values, shape: [rows, columns] };
    return {
      title: `${capital(nameOfChain(context))}: ${rows} × ${columns} probabilities`,
      note: "One number a cell: how likely it belongs to the object. This small map is all that the mask head says; its edge is soft.",
      image: blank(rows, columns),
      layers: [
        heat("mask", flat, [0, 0, rows, columns], context.core["reading.table.cividis"], {
          limits: [0, 1],
          unit: "probability"
        })
      ],
      controls: ["layers"],
      frame: "none"
    };
  }
};
var pasted = {
  id: "pasted",
  name: "On the image",
  wants: (_, { chain }) => chain.detection < 0 ? NOTHING : { mask: { name: "pasting.masks", rows: [chain.detection] } },
  scene: ({ mask }, _, context) => {
    if (!mask) return nothing(context, "Mask");
    const { core, chain } = context;
    const box = boxAt(core["pasting.boxes"], chain.detection);
    const part2 = croppedMask(mask, box);
    const count = sumOf(mask.values);
    return {
      title: `${capital(nameOfChain(context))}: ${count.toLocaleString("en-US")} px of mask`,
      note: "The small map, resized to the box and cut at the threshold: pixels that belong to the object, as recorded.",
      image: imageOf(core["image.original"]),
      layers: [masks("mask", part2.mask, part2.box, [chain.detection]), detections(context, core["pasting.boxes"])],
      controls: ["opacity", "layers"],
      region: around(box),
      frame: "image"
    };
  }
};
function croppedMask({ values, shape: [, height, width] }, box) {
  let [top, left] = [Math.max(0, Math.floor(box[0])), Math.max(0, Math.floor(box[1]))];
  let [bottom, right] = [Math.min(height, Math.ceil(box[2])), Math.min(width, Math.ceil(box[3]))];
  for (let at = values.indexOf(1); at >= 0; at = values.indexOf(1, at + 1)) {
    const y = Math.floor(at / width);
    const x = at % width;
    top = Math.min(top, y);
    left = Math.min(left, x);
    bottom = Math.max(bottom, y + 1);
    right = Math.max(right, x + 1);
  }
  const [rows, columns] = [Math.max(0, bottom - top), Math.max(0, right - left)];
  const part2 = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    const start = (top + y) * width + left;
    part2.set(values.subarray(start, start + columns), y * columns);
  }
  return { mask: { values: part2, shape: [1, rows, columns] }, box: [top, left, bottom, right] };
}
var result = {
  id: "result",
  name: "Result",
  wants: () => ({ image: { name: "composing.picture" } }),
  scene: ({ image }, _, context) => {
    const count = context.core["detections.scores"].values.length;
    return {
      title: count ? `${count} object${count === 1 ? "" : "s"} in the image` : "No object in the image",
      note: "Every instance has a colour and a number, the same at all stations. Click one to follow it back to its anchor.",
      image: imageOf(image),
      layers: [detections(context, context.core["pasting.boxes"])],
      controls: ["layers", "list"],
      frame: "image"
    };
  }
};
var capital = (words) => words[0].toUpperCase() + words.slice(1);
var ROI_VIEWS = [sampling, pooled];
var HEAD_VIEWS = [classes];
var DETECTION_VIEWS = [found, film2];
var MASK_VIEWS = [probabilities, pasted];
var RESULT_VIEWS = [result, truthView];

// stations.js
var STATIONS = [
  { id: "image", name: "Image", what: "What goes in", views: IMAGE_VIEWS, settings: [] },
  { id: "backbone", name: "Backbone", what: "Features, finer to coarser", views: BACKBONE_VIEWS, settings: [] },
  { id: "fpn", name: "FPN", what: "One strength at every scale", views: FPN_VIEWS, settings: [] },
  { id: "rpn", name: "RPN", what: "Is there anything?", views: RPN_VIEWS, settings: ["proposals.top_k"] },
  { id: "proposals", name: "Proposals", what: "Where it may be", views: PROPOSAL_VIEWS, settings: ["proposals."] },
  { id: "roi", name: "ROIAlign", what: "A fixed size for any box", views: ROI_VIEWS, settings: [] },
  { id: "head", name: "Box head", what: "What is it?", views: HEAD_VIEWS, settings: ["detections.min_score"] },
  { id: "detections", name: "Detections", what: "What is reported", views: DETECTION_VIEWS, settings: ["detections."] },
  { id: "mask", name: "Mask head", what: "Which pixels are it?", views: MASK_VIEWS, settings: ["pasting."] },
  {
    id: "result",
    name: "Result",
    what: "Objects, classes, masks",
    views: RESULT_VIEWS,
    settings: ["detections.min_score", "pasting."]
  }
];
var stationOf = (id) => STATIONS.find((one2) => one2.id === id) ?? STATIONS[0];
var offeredViews = ({ views }, description) => views.filter((one2) => one2.offered?.({ description }) ?? true);
function viewOf(place2, description) {
  const views = offeredViews(stationOf(place2.stage), description);
  return views.find((one2) => one2.id === place2.view) ?? views[0];
}
var placeOf = (stage) => ({
  stage: stationOf(stage).id,
  view: stationOf(stage).views[0].id,
  level: 3,
  channel: -1,
  cell: -1
});
function countAt(id, { tensors, counts, sizes }) {
  const shape = (name) => tensors[name]?.shape ?? [];
  const n = (value, word) => `${counted(value)} ${word}${value === 1 ? "" : "s"}`;
  const words = {
    image: () => `${sizes.image.join(" × ")} px`,
    backbone: () => `${shape("backbone.c2")[2]} to ${shape("backbone.c5")[2]} channels`,
    fpn: () => n(shape("fpn.p2")[2], "channel"),
    rpn: () => n(counts.anchors, "anchor"),
    proposals: () => `${counted(counts["top k, refined"])} → ${counted(counts.proposals)}`,
    roi: () => `${counted(counts.proposals)} × ${shape("box_roi.pooled").slice(1).join(" × ")}`,
    head: () => `${n(counts["score high enough"], "candidate")}`,
    detections: () => n(counts.detections, "detection"),
    mask: () => `${counted(counts.detections)} × ${shape("mask_head.probs").slice(1).join(" × ")}`,
    result: () => n(counts["with a mask"] ?? counts.detections, "object")
  };
  return words[id]();
}

// times.js
var TIMES = "reading.times";
var STAGES_OF = {
  image: ["molding"],
  roi: ["box_roi"],
  head: ["box_head"],
  mask: ["mask_roi", "mask_head"],
  result: ["pasting", "composing"]
};
var timeWants = ({ readings }) => readings.includes(TIMES) ? { times: { name: TIMES } } : {};
function timesOf({ times }, { timed }) {
  if (!times || times.values.every(Number.isNaN)) return {};
  const secondsOf = (stage) => times.values[timed.indexOf(stage)] || 0;
  const stations = ["image", "backbone", "fpn", "rpn", "proposals", "roi", "head", "detections", "mask", "result"];
  const all = timed.reduce((sum, stage) => sum + secondsOf(stage), 0);
  return Object.fromEntries(
    stations.map((id) => {
      const seconds = (STAGES_OF[id] ?? [id]).reduce((sum, stage) => sum + secondsOf(stage), 0);
      return [id, { seconds, share: seconds / all }];
    })
  );
}
var percent = (share) => share > 0 && share < 0.01 ? "< 1 %" : `${Math.round(100 * share)} %`;
var milliseconds = (seconds) => `${seconds < 995e-5 ? (1e3 * seconds).toFixed(1) : Math.round(1e3 * seconds)} ms`;

// map.js
function buildMap(go) {
  const buttons = new Map(STATIONS.map((station) => [station.id, stationButton(station.id, station.name)]));
  const list = make("ol", { class: "mx-stations" });
  for (const [id, { button: button3 }] of buttons) {
    button3.addEventListener("click", () => go(id));
    list.append(make("li", {}, button3));
  }
  const element = make("nav", { class: "mx-map", "aria-label": "The network" }, list);
  element.addEventListener("keydown", (event) => {
    const steps = (
      /** @type {Record<string, number>} */
      { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }
    );
    const at = STATIONS.findIndex(({ id }) => buttons.get(id)?.button === document.activeElement);
    const step = steps[event.key];
    if (!step || at < 0) return;
    event.preventDefault();
    const next = STATIONS[(at + step + STATIONS.length) % STATIONS.length].id;
    buttons.get(next)?.button.focus();
    go(next);
  });
  let shown = "";
  const reveal2 = () => {
    const button3 = buttons.get(shown)?.button;
    if (!button3) return;
    const [outer, inner] = [element.getBoundingClientRect(), button3.getBoundingClientRect()];
    element.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
    element.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
  };
  return {
    element,
    /** @type {(stage: string, context: Context) => void} */
    show(stage, { description }) {
      for (const [id, { button: button3, count }] of buttons) {
        button3.setAttribute("aria-current", id === stage ? "step" : "false");
        button3.tabIndex = id === stage ? 0 : -1;
        count.textContent = countAt(id, description);
      }
      shown = stage;
      reveal2();
    },
    /** Mark a station as the one that is spoken of elsewhere; "" = none. */
    point(station) {
      for (const [id, { button: button3 }] of buttons) button3.classList.toggle("mx-pointed", id === station);
    },
    /** @type {(times: Record<string, { seconds: number, share: number }>) => void} */
    time(times) {
      for (const [id, { seconds, share }] of Object.entries(times)) {
        const one2 = buttons.get(id);
        if (!one2) continue;
        one2.share.hidden = false;
        one2.share.textContent = `${percent(share)} of time`;
        one2.share.title = `${milliseconds(seconds)}: ${HOW_TIMED}`;
        one2.bar.style.setProperty("--mx-part", String(share));
      }
      reveal2();
    },
    /** @type {(thumbs: Record<string, Thumb[]>) => void} */
    draw(thumbs) {
      for (const [id, { row: row2 }] of buttons) row2.replaceChildren(...(thumbs[id] ?? []).map(figureOf));
      reveal2();
    }
  };
}
var HOW_TIMED = "the operations of this station, in another run of the same graph with the model's own settings";
function stationButton(id, name) {
  const count = make("span", { class: "mx-count" });
  const share = make("span", { class: "mx-share", hidden: true });
  const bar = make("span", { class: "mx-time", "aria-hidden": "true" });
  const row2 = make("span", { class: "mx-thumbs", "aria-hidden": "true" });
  const words = make(
    "span",
    { class: "mx-station-words" },
    make("span", { class: "mx-name", text: name }),
    count,
    share,
    bar
  );
  const button3 = make("button", { type: "button", class: "mx-station", "data-station": id }, words, row2);
  return { button: button3, count, row: row2, share, bar };
}
function figureOf({ surface, label }) {
  surface.className = "mx-thumb";
  return label ? make("span", { class: "mx-labelled" }, surface, make("span", { text: label })) : surface;
}

// save.js
var escaped = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
function svgOf({ width, height, href, boxes: boxes2, title }) {
  const round = (one2) => Math.round(100 * one2) / 100;
  const marks = boxes2.map(({ box: [y1, x1, y2, x2], colour, dotted, label }) => {
    const dash = dotted ? ' stroke-dasharray="2 3"' : "";
    const place2 = `x="${round(x1)}" y="${round(y1)}" width="${round(x2 - x1)}" height="${round(y2 - y1)}"`;
    const words = label ? `<text x="${round(x1 + 2)}" y="${round(Math.max(y1 - 3, 10))}" fill="${colour}">${escaped(label)}</text>` : "";
    return `<rect ${place2} fill="none" stroke="${colour}" stroke-width="2"${dash}/>${words}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<image href="${escaped(href)}" width="${width}" height="${height}"/>`,
    ...marks,
    "</svg>"
  ].join("\n");
}
function boxesOnStage(model, width, height) {
  const image = model.get("_image");
  const [top, left, bottom, right] = model.get("region").length ? model.get("region") : [0, 0, image.height, image.width];
  const [sy, sx] = [height / (bottom - top), width / (right - left)];
  const hidden = model.get("hidden");
  const palette = model.get("_palette");
  return model.get("_layers").flatMap((state) => {
    const layer = decodeLayer(state);
    if (layer.kind !== "boxes" || hidden.includes(layer.name)) return [];
    if (layer.steps.length) moveBoxes(layer, model.get("progress"));
    const rows = keptRows(layer, {
      frame: model.get("frame"),
      min_score: model.get("min_score"),
      max_number: model.get("max_number")
    });
    return rows.map((row2) => {
      const [y1, x1, y2, x2] = layer.now.subarray(4 * row2, 4 * row2 + 4);
      const rank = layer.colours[row2];
      return {
        box: [(y1 - top) * sy, (x1 - left) * sx, (y2 - top) * sy, (x2 - left) * sx],
        colour: rank < 0 ? "#999999" : `rgb(${palette[rank % palette.length].join(",")})`,
        dotted: layer.dotted[row2] > 0,
        label: layer.numbered ? `${layer.index[row2]} ${labelOf(layer, row2)}` : ""
      };
    });
  });
}
function download(name, type, text) {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1e3);
}
function saveSvg(figure, model, name) {
  const base = (
    /** @type {HTMLCanvasElement | null} */
    figure.querySelector(".mi-base")
  );
  if (!base) return;
  const { width, height } = base.getBoundingClientRect();
  const boxes2 = boxesOnStage(model, width, height);
  download(
    `${name}.svg`,
    "image/svg+xml",
    svgOf({ width, height, href: base.toDataURL(), boxes: boxes2, title: model.get("title") })
  );
}

// scene_model.js
var BY_IDENTITY = ["_image", "_layers"];
var traitsOf = ({ palette }) => ({
  selected: {},
  point: [],
  drawn: [],
  region: [],
  min_score: 0,
  mask_threshold: 0.5,
  opacity: 0.6,
  max_number: null,
  progress: 0,
  frame: 0,
  hidden: [],
  in_view: true,
  title: "",
  note: "",
  _image: { height: 1, width: 1 },
  _layers: [],
  _frames: {},
  _palette: palette,
  _controls: [],
  _height: 460
});
function sceneModel(description, acted) {
  const values = traitsOf(description);
  const listeners = /* @__PURE__ */ new Map();
  let telling = true;
  const set = (key, value) => {
    const same = BY_IDENTITY.includes(key) ? values[key] === value : JSON.stringify(values[key]) === JSON.stringify(value);
    if (same) return;
    values[key] = value;
    for (const act of [...listeners.get(`change:${key}`) ?? []]) act();
    if (telling) acted(key);
  };
  const quietly = (act) => {
    telling = false;
    act();
    telling = true;
  };
  return {
    get: (key) => values[key],
    set,
    on: (event, act) => void listeners.set(event, (listeners.get(event) ?? /* @__PURE__ */ new Set()).add(act)),
    off: (event, act) => listeners.get(event)?.delete(act),
    save_changes: () => {
    },
    /** Show a scene. A `fresh` one starts as it says; another keeps sliders, zoom and switches as they are. */
    show(scene, selected, fresh) {
      quietly(() => {
        set("title", scene.title);
        set("note", scene.note);
        if (fresh) {
          set("hidden", scene.hidden ?? []);
          set("frame", 0);
          set("progress", scene.progress ?? 0);
          set("drawn", []);
          set("region", []);
        }
        values._frames = scene.frames ?? {};
        values._controls = scene.controls ?? [];
        set("selected", selected);
        set("_image", scene.image);
        set("_layers", scene.layers);
        if (fresh && scene.region) set("region", scene.region);
      });
    },
    resize: (height) => quietly(() => set("_height", height))
  };
}

// screen.js
var BUTTONS = [
  ["tour", "Tour", "A guided tour in twelve steps"],
  ["play", "Play", "Let the image travel through the network"],
  ["undo", "Undo", "Go back to what was shown before (Ctrl+Z)"],
  ["link", "Copy link", "Copy a link to what is shown"],
  ["png", "PNG", "Save what is shown as a PNG file"],
  ["svg", "SVG", "Save what is shown as an SVG file"],
  ["full", "Full screen", "Fill the screen, or leave it"]
];
function buildScreen() {
  const buttons = Object.fromEntries(
    BUTTONS.map(([key, text, title]) => [key, make("button", { type: "button", class: "mx-button", title, text })])
  );
  buttons.tour.classList.add("mx-primary");
  const chooser2 = make("div", { class: "mx-chooser", hidden: true });
  const unlike = make("p", { class: "mx-unlike", role: "alert", hidden: true });
  const note = make("p", { class: "mx-note mx-quiet", role: "status", hidden: true });
  const subtitle = make("span", { class: "mx-quiet mx-subtitle" });
  const status = make("p", { class: "mx-status", role: "status" });
  const cancel = make("button", { type: "button", class: "mx-button", hidden: true, text: "Cancel" });
  const tools = make("div", { class: "mx-tools", role: "group", "aria-label": "Explorer" }, ...Object.values(buttons));
  const head = make(
    "header",
    { class: "mx-head" },
    make("h1", { text: "Mask R-CNN Explorer" }),
    chooser2,
    subtitle,
    status,
    cancel,
    tools
  );
  const name = make("h2", { class: "mx-station-name" });
  const views = make("div", { class: "mx-views", role: "group", "aria-label": "Views of the station" });
  const pickers = make("div", { class: "mx-pickers" });
  const figure = make("div", { class: "mx-figure" });
  const bars2 = make("div", { class: "mx-bars", hidden: true });
  const station = make(
    "section",
    { class: "mx-middle", "aria-label": "Station" },
    make("div", { class: "mx-station-head" }, name, views, pickers),
    figure,
    bars2
  );
  const card = make("section", { class: "mx-card", hidden: true, "aria-label": "Tour" });
  const why = make("section", { class: "mx-card", hidden: true, "aria-label": "Why it is not found" });
  const story = make("section", { class: "mx-story", "aria-label": "Story of the selected object" });
  const settings = make("section", { class: "mx-settings", "aria-label": "Settings of the station" });
  const truth = make("section", { class: "mx-truth", hidden: true, "aria-label": "Ground truth" });
  const changes = make("section", {
    class: "mx-changes",
    hidden: true,
    "aria-label": "What came and went",
    "aria-live": "polite"
  });
  const side = make("div", { class: "mx-side" }, card, why, story, settings, changes, truth);
  const root = make("div", { class: "mx" }, head, unlike, note);
  keepKeys(root);
  const body = make("div", { class: "mx-body" });
  root.append(body);
  return {
    root,
    body,
    chooser: chooser2,
    unlike,
    note,
    cancel,
    /** Add a link to what stands beside the Explorer. */
    leadTo({ address, text, title }) {
      const words = { class: "mx-button", href: address, target: "_blank", rel: "noopener" };
      tools.append(make("a", { ...words, text, title }));
    },
    buttons,
    subtitle,
    status,
    name,
    views,
    pickers,
    figure,
    bars: bars2,
    station,
    card,
    why,
    story,
    settings,
    changes,
    truth,
    side
  };
}
function writeStationHead(screen, { place: place2, level, context, go }) {
  const station = stationOf(place2.stage);
  const view = viewOf(place2, context.description);
  screen.name.replaceChildren(station.name, make("span", { class: "mx-what", text: station.what }));
  const offered3 = offeredViews(station, context.description);
  screen.views.hidden = offered3.length < 2;
  keepingFocus(
    screen.views,
    () => offered3.map(({ id, name }) => {
      const button3 = make("button", {
        type: "button",
        class: "mx-tab",
        "aria-pressed": String(id === view.id),
        "data-key": id,
        text: name
      });
      button3.addEventListener("click", () => go({ view: id }));
      return button3;
    })
  );
  const shown = { ...place2, level };
  keepingFocus(
    screen.pickers,
    () => (view.pickers?.(shown, context) ?? []).map((picker) => chooser(picker, shown, go))
  );
}
function keepingFocus(parent, children) {
  const active = parent.contains(document.activeElement) ? document.activeElement : null;
  const key = active instanceof HTMLElement ? active.dataset.key : void 0;
  parent.replaceChildren(...children());
  const again = key === void 0 ? null : parent.querySelector(`[data-key="${key}"]`);
  if (again instanceof HTMLElement) again.focus();
}
function chooser({ key, label, options }, place2, go) {
  const list = make("select", { "data-key": key });
  for (const [value, words] of options) list.append(make("option", { value, text: words }));
  list.value = String(options.some(([value]) => value === place2[key]) ? place2[key] : options[0]?.[0]);
  list.addEventListener("change", () => go({ [key]: Number(list.value) }));
  return make("label", { class: "mx-picker" }, make("span", { text: label }), list);
}
function writeBars(root, bars2) {
  root.hidden = !bars2?.length;
  root.replaceChildren(
    ...(bars2 ?? []).map(({ label, value, chosen: chosen2 }) => {
      const fill = make("span", { class: "mx-fill" });
      fill.style.width = `${100 * value}%`;
      return make(
        "div",
        { class: chosen2 ? "mx-bar mx-chosen" : "mx-bar" },
        make("span", { class: "mx-bar-label", text: label }),
        make("span", { class: "mx-track", "aria-hidden": "true" }, fill),
        make("span", { class: "mx-value", text: probability(value) })
      );
    })
  );
}

// settings_view.js
function writeSettings(root, { station, description, set, reset }) {
  const shown = description.settings.filter(({ name }) => station.settings.some((part2) => name.startsWith(part2)));
  const key = shown.map(({ name }) => name).join(" ");
  if (root.dataset.shown !== key || !root.childElementCount) {
    root.dataset.shown = key;
    root.replaceChildren(...parts(shown, description, set, reset));
  }
  for (const one2 of shown) {
    const line = root.querySelector(`[data-setting="${one2.name}"]`);
    const input2 = (
      /** @type {HTMLInputElement | null} */
      line?.querySelector("input")
    );
    if (!line || !input2) continue;
    if (document.activeElement !== input2) input2.value = String(one2.value);
    writeValue(line, one2, Number(input2.value));
  }
  const back = (
    /** @type {HTMLButtonElement | null} */
    root.querySelector(".mx-reset")
  );
  if (back) back.disabled = !description.settings.some((one2) => one2.value !== one2.own);
}
function parts(shown, { live, coming }, set, reset) {
  if (!shown.length) {
    const words2 = "Only weights act at this station: there is nothing to set.";
    return [make("h2", { text: "Settings" }), make("p", { class: "mx-quiet", text: words2 })];
  }
  const back = make("button", { type: "button", class: "mx-button mx-reset", text: "As the model" });
  back.addEventListener("click", reset);
  const head = make("div", { class: "mx-settings-head" }, make("h2", { text: "Settings" }), back);
  const lines = shown.map((one2) => sliderOf(one2, live, set));
  if (live) return [head, ...lines];
  const words = coming ? "The model is on its way: in a moment these can be moved." : "Moving these needs the model, and this page holds a recorded trace. In a notebook: explore(session).";
  back.hidden = true;
  return [head, ...lines, make("p", { class: "mx-quiet", text: words })];
}
function sliderOf(setting2, live, set) {
  const { name, label, min, max, step, value } = setting2;
  const input2 = make("input", { type: "range", min, max, step, "aria-label": label, disabled: !live });
  input2.value = String(value);
  const line = make(
    "label",
    { class: "mx-setting", "data-setting": name },
    make("span", { text: label }),
    make("output", { class: "mx-value" }),
    input2
  );
  input2.addEventListener("input", () => {
    writeValue(line, setting2, Number(input2.value));
    set(name, Number(input2.value));
  });
  return line;
}
function writeValue(line, { own, step }, value) {
  const words = (one2) => step < 1 ? one2.toFixed(2) : counted(one2);
  const changed = Math.abs(value - own) > step / 2;
  const output = (
    /** @type {HTMLElement} */
    line.querySelector("output")
  );
  output.textContent = changed ? `${words(value)} · model ${words(own)}` : words(value);
  line.classList.toggle("mx-changed", changed);
}
function writeDifference(root, { came, went, changed, names, select }) {
  root.hidden = !changed;
  if (!changed) return;
  const title = came.length || went.length ? `${came.length} came, ${went.length} went` : "The same detections";
  const list = make("ul", { class: "mx-difference" });
  for (const one2 of came) {
    const words = `+ ${one2.row} ${names[one2.class_id]} ${one2.score.toFixed(2)}`;
    const button3 = make("button", { type: "button", class: "mx-came", text: words });
    button3.addEventListener("click", () => select(one2.row));
    list.append(make("li", {}, button3));
  }
  for (const one2 of went) {
    list.append(make("li", { class: "mx-went", text: `− ${names[one2.class_id]} ${one2.score.toFixed(2)}` }));
  }
  root.replaceChildren(make("h3", { text: title }), list);
}

// story.js
function storyWants({ anchor, place: place2, proposal, candidate, detection }, { readings }) {
  const wants = {};
  const ask = (names, row2) => {
    if (row2 >= 0) for (const name of names) wants[name] = { name, rows: [row2] };
  };
  const fate = ["fate", "by", "iou", "rank"].map((part2) => `reading.fate.${part2}`).filter((one2) => readings.includes(one2));
  ask(["anchors.boxes", "rpn.logits", "rpn.scores", "rpn.deltas", ...fate], anchor);
  ask(["proposals.decoded", "proposals.clipped"], place2);
  ask(["box_head.class_logits", "box_head.class_probs", "box_head.deltas"], proposal);
  ask(["detections.decoded", "detections.clipped"], candidate);
  ask(["mask_head.probs", "pasting.masks"], detection);
  return wants;
}
var ENDS = {
  "below top k": "scores",
  "suppressed as proposal": "proposal",
  "beyond proposal count": "proposal",
  background: "class",
  "below minimum score": "class",
  "suppressed in its class": "detection",
  "beyond maximum": "detection",
  "empty mask": "mask"
};
function storyOf(tensors, context) {
  const { chain, description } = context;
  if (chain.anchor < 0 || !tensors["anchors.boxes"]) return [];
  const known = tensors["reading.fate.fate"];
  const fate = known ? description.fates[known.values[0]] : endOf(context);
  const ended = ENDS[
    /** @type {keyof typeof ENDS} */
    fate
  ];
  const links = [anchorLink(tensors, context), scoreLink(tensors, context, fate)];
  if (chain.place >= 0) links.push(proposalLink(tensors, context, fate));
  if (chain.proposal >= 0) links.push(poolLink(context), classLink(tensors, context, fate));
  if (chain.candidate >= 0 && (chain.detection >= 0 || ended === "detection")) {
    links.push(detectionLink(tensors, context, fate));
  }
  if (chain.detection >= 0) links.push(maskLink(tensors, context, fate));
  return links;
}
function endOf(context) {
  const { chain, core } = context;
  if (chain.detection >= 0) return "reported";
  if (chain.proposal < 0) return chain.place < 0 ? "below top k" : "suppressed as proposal";
  if (chain.candidate < 0 || core["detections.candidate_class"].values[chain.candidate] === 0) return "background";
  const score = core["detections.candidate_score"].values[chain.candidate];
  return score < Math.fround(setting(context, "detections.min_score")) ? "below minimum score" : "suppressed in its class";
}
function takenAway(tensors, threshold2) {
  const [by, overlap2] = [tensors["reading.fate.by"]?.values[0], tensors["reading.fate.iou"]?.values[0]];
  if (by === void 0) return `NMS: a better box overlaps it by more than ${threshold2}: taken away`;
  return `NMS: IoU ${written(overlap2)} > ${threshold2} with the box of anchor ${counted(by)}, which scores higher: taken away`;
}
var row = (tensors, name) => Array.from(tensors[name].values);
var setting = ({ description }, name) => description.settings.find((one2) => one2.name === name)?.value ?? NaN;
function anchorLink(tensors, { chain, description }) {
  const stand = standOf(chain.anchor, description.levels);
  const box = row(tensors, "anchors.boxes");
  const [h, w] = sidesOf(box, description.rules.corner);
  return {
    key: "anchor",
    station: "rpn",
    view: "anchors",
    title: `Anchor ${counted(chain.anchor)}`,
    summary: `P${stand.level.level}, ${written(h, 0)} × ${written(w, 0)} px`,
    lines: [
      `level P${stand.level.level}, cell (${stand.row}, ${stand.column}), width / height ${description.rules.ratios[stand.ratio]}`,
      `box ${corners(box)}`
    ],
    lost: false,
    selected: { anchors: chain.anchor }
  };
}
function scoreLink(tensors, context, fate) {
  const score = tensors["rpn.scores"].values[0];
  const rank = tensors["reading.fate.rank"]?.values[0];
  const place2 = rank === void 0 ? "" : `rank ${counted(rank + 1)}: `;
  const k = context.core["proposals.top_k_index"].values.length;
  const lost = fate === "below top k";
  return {
    key: "scores",
    station: "rpn",
    view: "scores",
    title: "Objectness",
    summary: probability(score),
    lines: [
      objectness(row(tensors, "rpn.logits"), score),
      `${place2}${lost ? "not among" : "among"} the best ${counted(k)}`
    ],
    lost,
    selected: null
  };
}
function proposalLink(tensors, context, fate) {
  const { rules } = context.description;
  const { proposal } = context.chain;
  const decoded = row(tensors, "proposals.decoded");
  const moved2 = rules.limited ? [`moved by its deltas, limited in size, to ${corners(decoded)}`] : refinement(row(tensors, "anchors.boxes"), row(tensors, "rpn.deltas"), rules.rpn_std, rules.corner, decoded);
  return {
    key: "proposal",
    station: proposal < 0 ? "proposals" : "rpn",
    view: proposal < 0 ? "nms" : "refinement",
    title: proposal < 0 ? "No proposal" : `Proposal ${proposal}`,
    summary: proposal < 0 ? fate.replace(" as proposal", "") : `rank ${proposal + 1} after NMS`,
    lines: [...moved2, `clipped: ${corners(row(tensors, "proposals.clipped"))}`, nmsLine(tensors, context, fate)],
    lost: proposal < 0,
    selected: proposal < 0 ? null : { proposals: proposal }
  };
}
function nmsLine(tensors, context, fate) {
  const threshold2 = setting(context, "proposals.nms_threshold");
  if (fate === "suppressed as proposal") return takenAway(tensors, threshold2);
  if (fate === "beyond proposal count") {
    return `it comes after the ${counted(context.core["proposals.boxes"].shape[0])} proposals that are kept`;
  }
  return `NMS: no better box overlaps it by more than ${threshold2}: kept`;
}
function poolLink({ core, chain, description }) {
  const level = core["box_roi.level"].values[chain.proposal];
  return {
    key: "pool",
    station: "roi",
    view: "points",
    title: "ROIAlign",
    summary: `from P${level}`,
    lines: levelLines(boxAt(core["proposals.boxes"], chain.proposal), level, description),
    lost: false,
    selected: null
  };
}
function classLink(tensors, context, fate) {
  const { core, chain, description } = context;
  const logits = row(tensors, "box_head.class_logits");
  const probs = row(tensors, "box_head.class_probs");
  const id = chain.candidate < 0 ? 0 : core["detections.candidate_class"].values[chain.candidate];
  const p = probs[id];
  const least = setting(context, "detections.min_score");
  const lost = fate === "background" || fate === "below minimum score";
  const others = probs.map((_, i) => i).filter((i) => i !== id).sort((a, b) => probs[b] - probs[a]);
  const sum = logits.reduce((all, one2) => all + Math.exp(one2), 0);
  return {
    key: "class",
    station: "head",
    view: "classes",
    title: description.class_names[id],
    summary: probability(p),
    lines: [
      `P(${description.class_names[id]}) = exp(${written(logits[id])}) / ${written(sum)} = ${probability(p)}`,
      `next: ${others.slice(0, 2).map((i) => `${description.class_names[i]} ${probability(probs[i])}`).join(", ")}`,
      id === 0 ? "taken for background: it ends here" : `${probability(p)} ${p >= Math.fround(least) ? "≥" : "<"} ${least}, the minimum score${lost ? ": it ends here" : ""}`
    ],
    lost,
    selected: null
  };
}
function detectionLink(tensors, context, fate) {
  const { core, chain, description } = context;
  const { rules } = description;
  const id = core["detections.candidate_class"].values[chain.candidate];
  const width = tensors["box_head.deltas"].shape[2];
  const deltas = row(tensors, "box_head.deltas").slice(width * id, width * (id + 1));
  const decoded = row(tensors, "detections.decoded");
  const box = boxAt(core["proposals.boxes"], chain.proposal);
  const threshold2 = setting(context, "detections.nms_threshold");
  const lost = chain.detection < 0;
  return {
    key: "detection",
    station: "detections",
    view: lost ? "nms" : "found",
    title: lost ? "No detection" : `Detection ${chain.detection}`,
    summary: lost ? fate.replace(" in its class", "") : `${description.class_names[id]} ${written(core["detections.scores"].values[chain.detection])}`,
    lines: [
      ...rules.head_limited ? [`moved by its deltas, limited in size, to ${corners(decoded)}`] : refinement(box, deltas, rules.head_std, rules.corner, decoded),
      lost ? fate === "beyond maximum" ? "it comes after the most detections that are kept" : takenAway(tensors, threshold2) : `NMS: no better ${description.class_names[id]} overlaps it by more than ${threshold2}`
    ],
    lost,
    selected: lost ? null : { detections: chain.detection }
  };
}
function maskLink(tensors, context, fate) {
  const threshold2 = setting(context, "pasting.threshold");
  const probs = tensors["mask_head.probs"];
  const inside = probs.values.filter((p) => p >= threshold2).length;
  const pixels = sumOf(tensors["pasting.masks"].values);
  return {
    key: "mask",
    station: "mask",
    view: "probabilities",
    title: "Mask",
    summary: `${counted(pixels)} px`,
    lines: [
      `${counted(inside)} of ${probs.shape[1]} × ${probs.shape[2]} cells ≥ ${threshold2}`,
      `pasted into (${boxAt(context.core["pasting.boxes"], context.chain.detection).map((one2) => written(one2, 0)).join(", ")}) of the image: ${counted(pixels)} px`
    ],
    lost: fate === "empty mask",
    selected: null
  };
}
function headingOf(context) {
  const { chain, core, description } = context;
  if (chain.detection < 0)
    return chain.proposal >= 0 ? `Proposal ${chain.proposal}` : `Anchor ${counted(chain.anchor)}`;
  const id = core["detections.class_ids"].values[chain.detection];
  return `${chain.detection} · ${description.class_names[id]}`;
}

// story_view.js
function writeStory(root, { links, context, place: place2, open, point }) {
  const focused = (
    /** @type {HTMLElement | null} */
    document.activeElement?.closest?.("[data-link]")?.dataset.link
  );
  if (!links.length) {
    root.replaceChildren(
      make("h2", { text: "Story" }),
      make("p", {
        class: "mx-quiet",
        text: "Select a box on the image. Its way through the network is told here, in its own numbers."
      })
    );
    return;
  }
  const current = links.filter((one2) => one2.station === place2.stage);
  const shown = current.find((one2) => one2.view === place2.view) ?? current[0] ?? null;
  const end = links[links.length - 1];
  root.replaceChildren(
    make("h2", {}, swatch(context), headingOf(context)),
    make("p", { class: "mx-lead mx-quiet", text: "Its way, step by step. Click one." }),
    make("ol", { class: "mx-links" }, ...links.map((link) => item(link, link === shown, { open, point }))),
    make("p", {
      class: end.lost ? "mx-end mx-lost" : "mx-end",
      text: end.lost ? "Its way ends here." : "It is reported."
    })
  );
  if (focused) root.querySelector(`[data-link="${focused}"]`)?.querySelector("button")?.focus();
}
function item(link, shown, { open, point }) {
  const button3 = make(
    "button",
    { type: "button", class: "mx-link", "aria-expanded": String(shown) },
    make("span", { class: "mx-link-title", text: link.title }),
    make("span", { class: "mx-link-summary", text: link.summary })
  );
  button3.addEventListener("click", () => open(link));
  for (const begin of ["mouseenter", "focus"]) button3.addEventListener(begin, () => point(link.station));
  for (const end of ["mouseleave", "blur"]) button3.addEventListener(end, () => point(""));
  const element = make("li", { class: link.lost ? "mx-step mx-lost" : "mx-step", "data-link": link.key }, button3);
  if (shown) {
    element.classList.add("mx-open");
    element.append(make("div", { class: "mx-lines" }, ...link.lines.map((line) => make("p", { text: line }))));
  }
  return element;
}
function swatch({ chain, description }) {
  const mark = make("span", { class: "mx-swatch", "aria-hidden": "true" });
  if (chain.detection >= 0) {
    mark.style.background = `rgb(${description.palette[chain.detection % description.palette.length].join(" ")})`;
  }
  return mark;
}

// thumbs.js
var LARGEST = 96;
var BACKBONE = [2, 3, 4, 5];
var PYRAMID = [2, 3, 4, 5, 6];
function thumbWants({ chain, description }) {
  const wants = { scores: { name: "rpn.scores" }, result: { name: "composing.picture" } };
  for (const level of BACKBONE) wants[`c${level}`] = { name: `reading.energy.backbone.c${level}` };
  for (const level of PYRAMID) wants[`p${level}`] = { name: `reading.energy.fpn.p${level}` };
  if (chain.proposal >= 0) {
    wants.pooled = { name: "reading.energy.box_roi.pooled", rows: [chain.proposal] };
    wants.probs = { name: "box_head.class_probs", rows: [chain.proposal] };
  }
  if (chain.detection >= 0) wants.mask = { name: "mask_head.probs", rows: [chain.detection] };
  const known = /* @__PURE__ */ new Set([...Object.keys(description.tensors), ...description.readings]);
  return Object.fromEntries(Object.entries(wants).filter(([, want]) => known.has(want.name)));
}
function drawThumbs(tensors, context) {
  const { core, description } = context;
  const table = core["reading.table.cividis"];
  const painted2 = (map) => kept2(map, () => paint(map, table));
  const pictured = (image) => kept2(image, () => picture(image));
  const levels = (letter, all) => all.filter((level) => tensors[`${letter}${level}`]).map((level) => ({
    surface: painted2(tensors[`${letter}${level}`]),
    label: `${letter.toUpperCase()}${level}`
  }));
  const flat = (tensor) => tensor ? [{ surface: paint({ values: tensor.values, shape: tensor.shape.slice(1) }, table), label: "" }] : [];
  const onInput = (name, most) => [
    { surface: withBoxes(core["reading.input"], core[`${name}.boxes`], context, name, most), label: "" }
  ];
  return {
    image: [{ surface: pictured(core["image.original"]), label: "" }],
    backbone: levels("c", BACKBONE),
    fpn: levels("p", PYRAMID),
    rpn: tensors.scores ? [{ surface: kept2(tensors.scores, () => objectnessMap(tensors.scores, context)), label: "" }] : [],
    proposals: onInput("proposals", 100),
    roi: flat(tensors.pooled),
    head: tensors.probs ? [{ surface: bars(tensors.probs, description.class_names.length), label: "" }] : [],
    detections: onInput("detections", 100),
    mask: flat(tensors.mask),
    result: tensors.result ? [{ surface: pictured(tensors.result), label: "" }] : []
  };
}
var drawn = /* @__PURE__ */ new WeakMap();
function kept2(tensor, draw2) {
  const surface = drawn.get(tensor) ?? draw2();
  drawn.set(tensor, surface);
  return surface;
}
function paint({ values, shape }, table, limits = limitsOf(values)) {
  const [rows, columns] = shape;
  const surface = makeSurface(columns, rows);
  const pixels = contextOf(surface).createImageData(columns, rows);
  const [low, high] = limits;
  for (let i = 0; i < rows * columns; i++) {
    const level = Math.min(255, Math.max(0, Math.floor(256 * (values[i] - low) / (high - low)))) || 0;
    pixels.data.set(table.values.subarray(3 * level, 3 * level + 3), 4 * i);
    pixels.data[4 * i + 3] = 255;
  }
  contextOf(surface).putImageData(pixels, 0, 0);
  return surface;
}
function picture(tensor) {
  const { height, width, bytes } = imageOf(tensor);
  const whole = makeSurface(width, height);
  const pixels = new ImageData(
    new Uint8ClampedArray(
      /** @type {Uint8ClampedArray<ArrayBuffer>} */
      bytes
    ),
    width,
    height
  );
  contextOf(whole).putImageData(pixels, 0, 0);
  const scale = Math.min(1, LARGEST / Math.max(height, width));
  const small = makeSurface(Math.round(width * scale), Math.round(height * scale));
  const context = contextOf(small);
  context.imageSmoothingQuality = "high";
  context.drawImage(whole, 0, 0, small.width, small.height);
  return small;
}
function withBoxes(image, where, context, of, most) {
  const small = picture(image);
  const ink = contextOf(small);
  ink.fillStyle = "rgb(0 0 0 / 45%)";
  ink.fillRect(0, 0, small.width, small.height);
  const scale = small.width / image.shape[1];
  const count = Math.min(where.values.length / 4, most);
  const reported = of === "detections" ? null : detectionOfProposal(context);
  const { palette } = context.description;
  ink.lineWidth = of === "detections" ? 2 : 1;
  for (let row2 = count - 1; row2 >= 0; row2--) {
    const rank = reported ? reported[row2] : row2;
    ink.strokeStyle = rank < 0 ? "rgb(255 255 255 / 35%)" : `rgb(${palette[rank % palette.length].join(" ")})`;
    const [y1, x1, y2, x2] = boxAt(where, row2).map((one2) => one2 * scale);
    ink.strokeRect(x1, y1, x2 - x1, y2 - y1);
  }
  return small;
}
function objectnessMap(scores2, { core, description }) {
  const [finest] = description.levels;
  const best = new Float32Array(finest.rows * finest.columns);
  for (const level of description.levels) {
    const cells = bestOfCells(scores2.values, level);
    for (let i = 0; i < best.length; i++) {
      const y = Math.min(Math.floor(Math.floor(i / finest.columns) * finest.stride / level.stride), level.rows - 1);
      const x = Math.min(Math.floor(i % finest.columns * finest.stride / level.stride), level.columns - 1);
      best[i] = Math.max(best[i], cells[y * level.columns + x]);
    }
  }
  return paint({ values: best, shape: [finest.rows, finest.columns] }, core["reading.table.cividis"], [0, 1]);
}
function bars({ values }, classes2) {
  const shown = Math.min(classes2, 12);
  const wide = Math.floor(48 / shown);
  const surface = makeSurface(wide * shown, 48);
  const ink = contextOf(surface);
  for (let id = 0; id < shown; id++) {
    const height = Math.max(1, Math.round(46 * values[id]));
    ink.fillStyle = "#56b4e9";
    ink.fillRect(wide * id + 1, 47 - height, wide - 2, height);
  }
  return surface;
}

// tour.js
function numbersQuestion(ask, right, others, because) {
  const all = [.../* @__PURE__ */ new Set([right, ...others.filter((one2) => Number.isFinite(one2) && one2 >= 0)])].sort((a, b) => a - b);
  return { ask, options: all.map(counted), answer: all.indexOf(right), because };
}
var shapeOf = ({ description }, name) => description.tensors[name].shape;
var TOUR = [
  {
    title: "The image is numbers",
    text: "The network never sees an image, only numbers: a red, a green and a blue for every pixel, brought to one size.",
    place: { stage: "image" },
    question: (context) => {
      const [rows, columns, colours] = shapeOf(context, "molding.image");
      const ask = `How many numbers are the network's input of ${rows} × ${columns} px?`;
      return numbersQuestion(
        ask,
        rows * columns * colours,
        [rows * columns, rows + columns, 3 * (rows + columns)],
        `${rows} × ${columns} × ${colours}.`
      );
    }
  },
  {
    title: "Features instead of pixels",
    text: "The backbone turns pixels into maps. Each cell of a map stands for a patch of the image, and each channel for something to be found there. Try the levels.",
    place: { stage: "backbone", level: 2 },
    question: (context) => {
      const [rows, columns] = shapeOf(context, "backbone.c5");
      const fine = shapeOf(context, "backbone.c2");
      return numbersQuestion(
        "How many cells does C5 have?",
        rows * columns,
        [fine[0] * fine[1], rows, 4 * rows * columns],
        `${rows} × ${columns}: each level halves both sides.`
      );
    }
  },
  {
    title: "One strength at every scale",
    text: "Coarse maps know what, fine maps know where. FPN adds the coarse to the fine, so that each level knows both.",
    place: { stage: "fpn", level: 2 },
    question: () => ({
      ask: "On which level does one cell stand for the largest patch?",
      options: ["P2", "P4", "P6"],
      answer: 2,
      because: "Its cells are 64 px a side, those of P2 are 4."
    })
  },
  {
    title: "Guesses everywhere",
    text: "Every cell of every level has a few anchors: boxes of fixed shapes, tried at every place. Click some cells.",
    place: { stage: "rpn", view: "anchors" },
    question: (context) => {
      const { ratios, rows, columns } = context.description.levels[0];
      return numbersQuestion(
        "How many anchors does each cell have here?",
        ratios,
        [1, 2 * ratios, rows * columns],
        `${ratios} shapes a cell; ${rows} × ${columns} cells on P2 alone make ${counted(rows * columns * ratios)} anchors.`
      );
    }
  },
  {
    title: "Is there anything?",
    text: "The RPN gives each anchor one number: how likely it holds an object, whatever it is. Change the level, and watch which objects light up.",
    place: { stage: "rpn", view: "scores" },
    wants: { scores: { name: "rpn.scores" } },
    question: ({ description }, { scores: scores2 }) => {
      let best = 0;
      scores2.values.forEach((one2, anchor) => {
        if (one2 > scores2.values[best]) best = anchor;
      });
      const right = standOf(best, description.levels).level.level;
      return {
        ask: "On which level is the anchor of the highest objectness?",
        options: description.levels.map(({ level }) => `P${level}`),
        answer: description.levels.findIndex(({ level }) => level === right),
        because: `Anchor ${counted(best)}, with ${probability(scores2.values[best])}.`
      };
    }
  },
  {
    title: "Shift and stretch",
    text: "No anchor fits. So the RPN says for each how to move it: two shifts, relative to its size, and two stretches, as logarithms. Move the slider.",
    place: { stage: "rpn", view: "refinement" },
    question: () => ({
      ask: "An anchor is 32 px high, and its deltas are all 0. How high is the refined box?",
      options: ["0 px", "32 px", "64 px"],
      answer: 1,
      because: "32 × exp(0) = 32: no delta, no change."
    })
  },
  {
    title: "Many boxes, one object",
    text: "Neighbouring anchors end on the same object. NMS keeps the best and takes away what overlaps it. Play the film.",
    place: { stage: "proposals", view: "nms" },
    question: ({ description: { counts } }) => numbersQuestion(
      `${counted(counts["top k, refined"])} boxes go in. How many proposals come out?`,
      counts.proposals,
      [counts["top k, refined"], counts.detections, counts.anchors],
      "Those that no better box overlaps too much, up to the number that is kept."
    )
  },
  {
    title: "A fixed size for any box",
    text: "The heads want the same number of inputs for a small box and a large one. ROIAlign reads the map at points inside the box, between cells, without rounding.",
    place: { stage: "roi", view: "points" },
    question: (context) => {
      const [, rows, columns, channels2] = shapeOf(context, "box_roi.pooled");
      return numbersQuestion(
        "How many bins does the box head get, whatever the box?",
        rows * columns,
        [rows, 4 * rows * columns, channels2],
        `${rows} × ${columns}, each with ${channels2} channels.`
      );
    }
  },
  {
    title: "What is it?",
    text: "The box head gives every class a probability; they add up to 1. The class also decides how the box is moved once more.",
    place: { stage: "head", view: "classes" },
    question: ({ description: { class_names } }) => numbersQuestion(
      "Among how many classes does it choose?",
      class_names.length,
      [class_names.length - 1, class_names.length + 1, 2],
      `${class_names.length - 1} kinds of objects, and the background.`
    )
  },
  {
    title: "What is reported",
    text: "A candidate needs a score that is high enough, and no better one of its class on the same place.",
    place: { stage: "detections", view: "found" },
    question: ({ description: { counts } }) => numbersQuestion(
      `${counted(counts["score high enough"])} candidates score high enough. How many does NMS take away?`,
      counts["score high enough"] - counts.detections,
      [counts["score high enough"], counts.detections, counts.proposals],
      `${counted(counts.detections)} are left.`
    )
  },
  {
    title: "Which pixels?",
    text: "For each detection the mask head says, cell by cell, what belongs to the object. Then the small map is resized into the box.",
    place: { stage: "mask", view: "probabilities" },
    question: (context) => {
      const [, rows, columns] = shapeOf(context, "mask_head.probs");
      return numbersQuestion(
        "How many numbers is the mask of one object before it is pasted?",
        rows * columns,
        [rows, 4 * rows * columns, rows * columns * 3],
        `${rows} × ${columns}, for a large object as for a small one.`
      );
    }
  },
  {
    title: "From anchors to objects",
    text: "That was the whole way. Where you see an object that is not reported, draw a box around it, with the button Box, with Shift or with the key B: the funnel says where it was lost.",
    place: { stage: "result" },
    question: ({ description: { counts } }) => {
      const steps = Object.entries(counts);
      const drops = steps.slice(1).map(([name, count], i) => ({ name, drop: steps[i][1] - count }));
      const most = drops.reduce((a, b) => b.drop > a.drop ? b : a);
      return {
        ask: "Which step takes away the most candidates here?",
        options: drops.map(({ name }) => name),
        answer: drops.indexOf(most),
        because: `${counted(most.drop)} end before “${most.name}”.`
      };
    }
  }
];

// tour_view.js
function writeTour(root, { step, count, title, text, question, go, close }) {
  const leave = button2("Leave", close);
  const answers = make("div", { class: "mx-answers", role: "group", "aria-label": question.ask });
  const verdict = make("p", { class: "mx-verdict", role: "status" });
  for (const [place2, option] of question.options.entries()) {
    const choice = button2(option, () => {
      const right = place2 === question.answer;
      for (const one2 of answers.children) one2.classList.remove("mx-right", "mx-wrong");
      choice.classList.add(right ? "mx-right" : "mx-wrong");
      verdict.textContent = right ? `Right. ${question.because}` : "Not so. Look at the station, and try again.";
    });
    answers.append(choice);
  }
  const back = button2("Back", () => go(step - 1));
  back.disabled = step === 0;
  const on = step + 1 < count ? button2("Next", () => go(step + 1)) : button2("Finish", close);
  on.classList.add("mx-primary");
  const heading = make("h2", { tabindex: "-1", text: title });
  root.hidden = false;
  root.replaceChildren(
    make(
      "div",
      { class: "mx-card-head" },
      make("span", { class: "mx-quiet", text: `Tour, ${step + 1} of ${count}` }),
      leave
    ),
    heading,
    make("p", { text }),
    make("p", { class: "mx-question", text: question.ask }),
    answers,
    verdict,
    make("div", { class: "mx-card-foot" }, back, on)
  );
  heading.focus({ preventScroll: true });
}
function button2(text, act) {
  const element = make("button", { type: "button", class: "mx-button", text });
  element.addEventListener("click", act);
  return element;
}

// truth_view.js
var MOST2 = 12;
function writeTruth(root, { station, tensors, follow: follow2, compare }) {
  const losses = tensors.outcomes ? lossesAt(station, tensors) : [];
  const outcomes = tensors.outcomes && ["detections", "result"].includes(station) ? outcomesOf(tensors) : null;
  root.hidden = !losses.length && !outcomes;
  root.replaceChildren(
    make("h2", { text: "Ground truth" }),
    ...outcomes ? found2(outcomes, follow2, compare) : [],
    ...losses.length ? [lossTable(losses, station === "result")] : []
  );
}
function found2(outcomes, follow2, compare) {
  const missed = outcomes.objects.filter((one2) => one2.verdict !== "found" && one2.verdict !== "crowd");
  const button3 = make("button", { type: "button", class: "mx-button", text: "Compare" });
  button3.addEventListener("click", compare);
  const head = make("div", { class: "mx-settings-head" }, make("p", { text: summary(outcomes) }), button3);
  if (!missed.length) return [head];
  const list = make("ul", { class: "mx-missed", "aria-label": "Missed objects" });
  for (const one2 of missed.slice(0, MOST2)) list.append(make("li", {}, missedButton(one2, follow2)));
  const more = missed.length - MOST2;
  if (more > 0) list.append(make("li", { class: "mx-quiet", text: `and ${more} more` }));
  return [head, list];
}
function missedButton({ verdict, sentence, anchor }, follow2) {
  const words = [make("strong", { text: verdict }), ` ${sentence}`];
  if (anchor === null || anchor === void 0) return make("span", {}, ...words);
  const button3 = make("button", { type: "button", class: "mx-link" }, make("span", {}, ...words));
  button3.addEventListener("click", () => follow2(anchor));
  return button3;
}
function lossTable(losses, all) {
  const rows = losses.map(({ words: words2, value, share }) => {
    const fill = make("span", { class: "mx-fill" });
    fill.style.width = `${100 * share}%`;
    return make(
      "div",
      { class: "mx-loss" },
      make("span", { text: words2 }),
      make("span", { class: "mx-value", text: value.toPrecision(2) }),
      make("span", { class: "mx-track", "aria-hidden": "true" }, fill)
    );
  });
  const words = all ? "Losses, as training would compute them here" : "Loss of this station, and its share of all five";
  return make("div", { class: "mx-losses" }, make("p", { class: "mx-quiet", text: words }), ...rows);
}

// why_view.js
function toImagePx(box, { image: [height, width], window: [top, left, bottom, right] }) {
  const [sy, sx] = [height / (bottom - top), width / (right - left)];
  const inside = (one2, most) => Math.min(Math.max(one2, 0), most);
  return [
    inside((box[0] - top) * sy, height),
    inside((box[1] - left) * sx, width),
    inside((box[2] - top) * sy, height),
    inside((box[3] - left) * sx, width)
  ];
}
function toInputPx(box, { image: [height, width], window: [top, left, bottom, right] }) {
  const [sy, sx] = [(bottom - top) / height, (right - left) / width];
  return [top + box[0] * sy, left + box[1] * sx, top + box[2] * sy, left + box[3] * sx];
}
function writeWhy(root, { answer, apply, close, stop, follow: follow2 }) {
  const leave = make("button", {
    type: "button",
    class: "mx-button",
    "aria-label": "Close the question",
    text: "Close"
  });
  leave.addEventListener("click", close);
  const head = make("div", { class: "mx-card-head" }, make("h2", { text: "What became of this box?" }), leave);
  root.hidden = false;
  if (!answer) {
    root.replaceChildren(head, make("p", { class: "mx-quiet", text: "Following the candidates near it…" }));
    return;
  }
  const funnel = answer.steps.length ? [funnelOf(answer)] : [];
  root.replaceChildren(head, make("p", { text: sentenceOf(answer) }), ...funnel, ...changeOf(answer, apply, stop));
  if (answer.anchor === null) return;
  const { anchor } = answer;
  const go = make("button", { type: "button", class: "mx-button", text: "Show that candidate" });
  go.addEventListener("click", () => follow2(anchor));
  root.append(go);
}
function sentenceOf({ verdict, sentence, class: name, recorded }) {
  if (recorded) {
    const fate = verdict === "found" ? `was ${sentence}` : `is missed (${verdict}): ${sentence}`;
    return `The ground-truth ${name} here ${fate}. So it was recorded; the funnel of any other box needs the model.`;
  }
  if (verdict === "found") return `It is found: ${sentence}.`;
  return `Taken for a ${name}, it is not kept (${verdict}): ${sentence}.`;
}
function funnelOf({ steps }) {
  const died = steps.findIndex((one2) => one2.count === 0);
  const list = make("ol", { class: "mx-funnel", "aria-label": "Candidates near the box, step by step" });
  for (const [place2, one2] of steps.entries()) {
    const best = one2.best_iou === null ? "" : `best IoU ${one2.best_iou.toFixed(2)}`;
    const row2 = make(
      "li",
      { class: place2 === died ? "mx-lost" : "" },
      make("span", { text: one2.step }),
      make("span", { class: "mx-count", text: String(one2.count) }),
      make("span", { class: "mx-quiet", text: best })
    );
    list.append(row2);
  }
  return list;
}
function changeOf({ setting_change: change, searching, stopped }, apply, stop) {
  if (stopped) return [make("p", { class: "mx-quiet", text: stopped })];
  if (searching) {
    const button4 = make("button", { type: "button", class: "mx-button", text: "Stop" });
    button4.addEventListener("click", stop);
    const words2 = "Looking for the smallest change of a setting that keeps it, by running the model…";
    return [make("p", { class: "mx-quiet", role: "status", text: words2 }), button4];
  }
  if (!change) return [];
  const names = Object.entries(change.settings);
  if (!names.length) return [make("p", { class: "mx-quiet", text: `No setting keeps it: ${change.reason}.` })];
  const words = names.map(([name, value]) => `${name} = ${value}`).join(" and ");
  const button3 = make("button", { type: "button", class: "mx-button mx-primary", text: "Try it" });
  button3.addEventListener("click", () => apply(change.settings));
  return [make("p", { text: `The smallest change that keeps it, proven by running it: ${words}.` }), button3];
}

// app.js
var PLAY2 = 2500;
var BUSY = 150;
var SPARE = 14;
async function openExplorer(el, source, host) {
  const engine = remembering(source);
  const ending = new AbortController();
  let core = await engine.tensors(coreWants(engine));
  const screen = buildScreen();
  const map = buildMap((stage) => go(placeOf(stage), "stage"));
  screen.body.append(map.element, screen.station, screen.side);
  el.replaceChildren(screen.root);
  const { note = "" } = engine.description();
  screen.note.textContent = note;
  screen.note.hidden = !note;
  let state = { place: placeOf("result"), selected: {}, settings: {} };
  const own = foundIn(core);
  let scene = null;
  let [shownKey, turn, playing, tourStep] = ["", 0, 0, -1];
  const model = sceneModel(engine.description(), (key) => acted(key));
  const endCanvas = canvas_default.render({ model, el: screen.figure });
  const figureOf2 = () => (
    /** @type {HTMLElement} */
    screen.figure.querySelector(".mi")
  );
  const watch = new ResizeObserver(() => fit2());
  watch.observe(screen.station);
  watch.observe(
    /** @type {HTMLElement} */
    figureOf2().querySelector(".mi-panel")
  );
  const contextOf2 = () => ({
    description: engine.description(),
    core,
    chain: chainOf(anchorOf(state.selected, core), core),
    went: difference(own, foundIn(core)).went,
    channels: (name) => engine.channelsOf(name)
  });
  const history2 = makeHistory();
  const change = (next, kind) => {
    state = { ...state, ...next };
    history2.push(state, kind);
    show();
  };
  const go = (next, kind = "") => {
    const place2 = { ...state.place, ...next };
    if ("level" in next && !("cell" in next)) Object.assign(place2, { cell: middleOf(place2, engine), channel: -1 });
    if ("view" in next && !("stage" in next)) place2.cell = -1;
    change({ place: place2 }, kind);
  };
  const select = (selected) => {
    const chain = chainOf(anchorOf(selected, core), core);
    change({ selected: rowsOfChain(chain) }, "");
  };
  const setAll = (settings, kind) => {
    if (isSame(settings, state.settings)) return;
    state = { ...state, settings };
    history2.push(state, kind);
    rerun();
  };
  const acted = (key) => {
    if (key === "selected") return selectedOnCanvas(model.get("selected"));
    if (key === "drawn" && model.get("drawn").length === 4) askWhy(model.get("drawn"));
  };
  const selectedOnCanvas = (selected) => {
    const kinds = Object.keys(selected);
    if (kinds.some((kind) => ["detections", "proposals", "anchors"].includes(kind))) return select(selected);
    if ("cells" in selected) return go({ cell: selected.cells, level: scene?.level ?? state.place.level }, "cell");
    if (!kinds.length) change({ selected: {}, place: { ...state.place, cell: -1 } }, "");
  };
  let running = null;
  let again = false;
  const rerun = () => {
    again = true;
    running ??= runAll().finally(() => {
      running = null;
    });
    return running;
  };
  const runAll = async () => {
    while (again) {
      again = false;
      const anchor = anchorOf(state.selected, core);
      const waiting = setTimeout(() => busy("Running the model…"), BUSY);
      try {
        await engine.run(state.settings);
        core = await engine.tensors(coreWants(engine));
        state = { ...state, selected: rowsOfChain(chainOf(anchor, core)) };
        say("");
      } catch (error) {
        say(wordsOf(error));
        state = { ...state, settings: changedIn(engine.description()) };
      } finally {
        clearTimeout(waiting);
        screen.cancel.hidden = true;
      }
      await show();
    }
  };
  const say = (words) => {
    screen.status.textContent = words;
  };
  const busy = (words) => {
    say(words);
    screen.cancel.hidden = !engine.cancel;
  };
  screen.cancel.addEventListener("click", () => engine.cancel?.());
  const isStacked = () => getComputedStyle(screen.body).getPropertyValue("--mx-stacked").trim() === "1";
  const reveal2 = (card) => {
    if (isStacked()) card.scrollIntoView({ block: "nearest" });
  };
  const fit2 = () => {
    const { height } = screen.station.getBoundingClientRect();
    const above = screen.figure.offsetTop - screen.station.offsetTop;
    const stacked = isStacked();
    const bars2 = screen.bars.hidden ? 0 : screen.bars.offsetHeight + 8;
    const stage = (
      /** @type {HTMLElement} */
      figureOf2().querySelector(".mi-stage")
    );
    const words = figureOf2().offsetHeight - stage.offsetHeight;
    model.resize(stacked ? 480 : Math.max(220, Math.floor(height - above - bars2 - words - SPARE)));
  };
  const show = async () => {
    turn += 1;
    const mine = turn;
    const context = contextOf2();
    const { place: place2 } = state;
    const link = linkOf(state, placeOf(place2.stage));
    host.publish(link, rowsOfChain(context.chain));
    writeHead(context);
    map.show(place2.stage, context);
    writeSettings(screen.settings, {
      station: stationOf(place2.stage),
      description: context.description,
      set,
      reset: () => setAll({}, "")
    });
    const changed = context.description.settings.some((one2) => one2.value !== one2.own);
    const names = context.description.class_names;
    writeDifference(screen.changes, {
      ...difference(own, foundIn(core)),
      changed,
      names,
      select: (row2) => select({ detections: row2 })
    });
    const thumbs = engine.tensors(thumbWants(context));
    thumbs.catch(() => {
    });
    const truth = engine.tensors(truthWants(context));
    truth.catch(() => {
    });
    try {
      const view = viewOf(place2, context.description);
      const [tensors, told] = await Promise.all([
        engine.tensors(view.wants(place2, context)),
        engine.tensors(storyWants(context.chain, context.description))
      ]);
      if (mine !== turn || ending.signal.aborted) return;
      showScene(view.scene(tensors, place2, context), context);
      map.point("");
      writeStory(screen.story, { links: storyOf(told, context), context, place: place2, open, point: map.point });
      const known = await truth;
      if (mine !== turn) return;
      writeTruth(screen.truth, {
        station: place2.stage,
        tensors: known,
        follow: (anchor) => select({ anchors: anchor }),
        compare: () => change({ place: { ...placeOf("result"), view: "truth" } }, "")
      });
      const small = await thumbs;
      if (mine !== turn) return;
      map.draw(drawThumbs(small, context));
      measure2();
      screen.root.dataset.shown = link;
    } catch (error) {
      if (mine === turn) say(wordsOf(error));
    }
  };
  let measured = false;
  const measure2 = async () => {
    if (measured) return;
    measured = true;
    const description = engine.description();
    const times = await engine.tensors(timeWants(description)).catch(() => ({}));
    if (!ending.signal.aborted) map.time(timesOf(times, description));
  };
  const set = (name, value) => {
    const setting2 = engine.description().settings.find((one2) => one2.name === name);
    const { [name]: _, ...others } = state.settings;
    setAll(setting2?.own === value ? others : { ...others, [name]: value }, name);
  };
  const open = (link) => {
    const place2 = { ...placeOf(link.station), view: link.view };
    if (link.view === "scores")
      place2.level = standOf(contextOf2().chain.anchor, engine.description().levels).level.level;
    change({ place: place2 }, "");
  };
  const showScene = (next, { chain }) => {
    const { stage, view, level } = state.place;
    const key = [stage, view, next.level ?? level, next.region ? chain.proposal : ""].join(" ");
    const cells = state.place.cell >= 0 ? { cells: state.place.cell } : {};
    const fresh = key !== shownKey;
    shownKey = key;
    scene = next;
    writeStationHead(screen, { place: state.place, level: next.level ?? level, context: contextOf2(), go });
    writeBars(screen.bars, next.bars);
    model.show(next, { ...rowsOfChain(chain), ...cells }, fresh);
    fit2();
  };
  const writeHead = ({ description }) => {
    const image = engine.open || !description.image ? "" : `image ${description.image}`;
    const weights = description.weights && `${description.weights} weights`;
    const words = [image, weights, description.engine].filter(Boolean);
    screen.subtitle.textContent = words.join(" · ");
    screen.unlike.textContent = description.unlike;
    screen.unlike.hidden = !description.unlike;
    screen.buttons.undo.disabled = !history2.hasPast();
  };
  const openImage = async (image) => {
    busy("Running the model…");
    try {
      host.publish(linkOf({ ...state, selected: {}, settings: {} }, placeOf(state.place.stage)), {});
      await engine.open?.(image);
    } catch (error) {
      say(wordsOf(error));
      screen.cancel.hidden = true;
      buildChooser(screen.chooser, engine.description(), openImage);
      show();
    }
  };
  if (engine.open) {
    buildChooser(screen.chooser, engine.description(), openImage);
    if (engine.description().live) takeDrops(screen.root, openImage);
  }
  if (host.lead) screen.leadTo(host.lead);
  let asked2 = 0;
  const askWhy = async (drawn2) => {
    if (!scene || scene.frame === "none") return;
    asked2 += 1;
    const mine = asked2;
    const isOver = () => mine !== asked2 || ending.signal.aborted;
    const { sizes } = engine.description();
    const box = scene.frame === "image" ? drawn2 : toImagePx(drawn2, sizes);
    let searching = false;
    const stop = () => {
      if (searching) engine.stop?.();
    };
    const close = () => {
      asked2 += 1;
      stop();
      screen.why.hidden = true;
      model.set("drawn", []);
    };
    const parts2 = {
      close,
      stop,
      apply: (settings) => setAll({ ...state.settings, ...settings }, ""),
      follow: (anchor) => select({ anchors: anchor })
    };
    writeWhy(screen.why, { ...parts2, answer: null });
    try {
      const answer = await engine.why(box);
      if (isOver()) return;
      searching = Boolean(answer.searching);
      writeWhy(screen.why, { ...parts2, answer });
      reveal2(screen.why);
      say("");
      if (!searching) return;
      const found3 = await changeOf2(box);
      searching = false;
      if (!isOver()) writeWhy(screen.why, { ...parts2, answer: { ...answer, ...found3 } });
    } catch (error) {
      if (isOver()) return;
      const context = contextOf2();
      const known = await engine.tensors(truthWants(context)).catch(() => ({}));
      const recorded = recordedWhy(toInputPx(box, sizes), known, context);
      if (recorded) {
        writeWhy(screen.why, { ...parts2, answer: recorded });
        return reveal2(screen.why);
      }
      close();
      say(wordsOf(error));
    }
  };
  const changeOf2 = async (box) => {
    try {
      return { searching: false, setting_change: await engine.change?.(box) };
    } catch (error) {
      return { searching: false, stopped: wordsOf(error) };
    }
  };
  const tour = async (step) => {
    tourStep = step;
    const one2 = TOUR[step];
    const { detections: found3 } = rowsOfChain(contextOf2().chain);
    if (found3 === void 0 && core["detections.scores"].values.length) state = { ...state, ...withFirst(state, core) };
    change({ place: { ...placeOf(one2.place.stage), ...one2.place } }, "");
    const tensors = await engine.tensors(one2.wants ?? {});
    if (step !== tourStep) return;
    const question = one2.question(contextOf2(), tensors);
    writeTour(screen.card, {
      step,
      count: TOUR.length,
      title: one2.title,
      text: one2.text,
      question,
      go: tour,
      close: endTour
    });
    screen.side.scrollTop = 0;
    reveal2(screen.card);
  };
  const endTour = () => {
    tourStep = -1;
    screen.card.hidden = true;
    screen.buttons.tour.focus();
  };
  const pause = () => {
    clearInterval(playing);
    playing = 0;
    screen.buttons.play.textContent = "Play";
    screen.buttons.play.setAttribute("aria-pressed", "false");
  };
  const play = () => {
    if (playing) return pause();
    const first = state.place.stage === STATIONS[STATIONS.length - 1].id;
    go(placeOf(first ? STATIONS[0].id : state.place.stage), "play");
    screen.buttons.play.textContent = "Pause";
    screen.buttons.play.setAttribute("aria-pressed", "true");
    playing = window.setInterval(() => {
      const at = STATIONS.findIndex(({ id }) => id === state.place.stage);
      if (at + 1 >= STATIONS.length) return pause();
      go(placeOf(STATIONS[at + 1].id), "play");
    }, PLAY2);
  };
  const undo = () => {
    const before = history2.back();
    if (!before) return;
    const others = !isSame(before.settings, state.settings);
    state = before;
    if (others) rerun();
    else show();
  };
  const copyLink = async () => {
    const text = host.linkText(linkOf(state, placeOf(state.place.stage)));
    try {
      await navigator.clipboard.writeText(text);
      say("The link is copied.");
    } catch {
      say(text);
    }
  };
  const acts = {
    play,
    tour: () => tourStep < 0 ? tour(0) : endTour(),
    undo,
    link: copyLink,
    png: () => (
      /** @type {HTMLElement | null} */
      figureOf2().querySelector('.mi-tools [aria-label^="Save"]')?.click()
    ),
    svg: () => saveSvg(figureOf2(), model, `explorer-${state.place.stage}`),
    full: () => document.fullscreenElement ? document.exitFullscreen() : screen.root.requestFullscreen()
  };
  for (const [key, button3] of Object.entries(screen.buttons)) button3.addEventListener("click", acts[key]);
  screen.buttons.full.hidden = !document.fullscreenEnabled;
  screen.root.addEventListener(
    "keydown",
    (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.shiftKey) return;
      event.preventDefault();
      undo();
    },
    { capture: true, signal: ending.signal }
  );
  const follow2 = async (link) => {
    const read = readLink(link);
    const place2 = { ...placeOf(read.place.stage ?? state.place.stage), ...read.place };
    place2.stage = stationOf(place2.stage).id;
    place2.view = viewOf(place2, engine.description()).id;
    const known = new Set(engine.description().settings.map((one2) => one2.name));
    const settings = Object.fromEntries(Object.entries(read.settings).filter(([name]) => known.has(name)));
    const chain = chainOf(anchorOf(read.selected, core), core);
    const selected = Object.keys(read.selected).length ? rowsOfChain(chain) : withFirst(state, core).selected;
    const others = !isSame(settings, state.settings);
    state = { place: place2, selected, settings };
    history2.push(state, "");
    await (others ? rerun() : show());
  };
  await follow2(host.link);
  return {
    follow: follow2,
    tell: say,
    select: (selected) => {
      const now = rowsOfChain(chainOf(anchorOf(state.selected, core), core));
      if (!isSame(now, selected)) select(selected);
    },
    end() {
      ending.abort();
      pause();
      watch.disconnect();
      endCanvas();
      screen.root.remove();
    }
  };
}
function coreWants(engine) {
  const { readings } = engine.description();
  const orders = readings.filter((name) => name.startsWith("reading.order."));
  return { ...CORE, ...Object.fromEntries(orders.map((name) => [name, { name }])) };
}
function withFirst(state, core) {
  if (Object.keys(state.selected).length || !core["detections.scores"].values.length)
    return { selected: state.selected };
  return { selected: rowsOfChain(chainOf(anchorOf({ detections: 0 }, core), core)) };
}
function middleOf({ stage, view, level }, engine) {
  if (stage !== "rpn" || view !== "anchors") return -1;
  const { rows, columns } = levelOf(engine.description(), level);
  return Math.floor(rows / 2) * columns + Math.floor(columns / 2);
}
var isSame = (one2, other) => JSON.stringify(one2) === JSON.stringify(other);
var changedIn = ({ settings }) => Object.fromEntries(settings.filter(({ value, own }) => value !== own).map(({ name, value }) => [name, value]));
var wordsOf = (error) => error instanceof Error ? error.message : String(error);

// choice.js
var WAYS = ["wasm", "webgpu"];
async function chosen(wanted, offered3, adapter) {
  const asked2 = wanted === "webgpu";
  const strange = wanted && !WAYS.includes(wanted);
  const words = strange ? `The address asks for engine=${wanted}: wanted engine=wasm or engine=webgpu.` : "";
  if (wanted === "wasm" || !offered3) {
    return { gpu: false, words: asked2 ? "This page is without the program for WebGPU; WASM runs the model." : words };
  }
  const { found: found3, software } = await adapter();
  if (!found3) return { gpu: false, words: asked2 ? "This browser gives no GPU; WASM runs the model." : words };
  return { gpu: asked2 || !software, words };
}

// line.js
var GpuError = class extends Error {
};
function openLine(script, { progress, lost }) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(address);
  const waiting = /* @__PURE__ */ new Map();
  let number = 0;
  let over = null;
  const failAll = (error) => {
    for (const one2 of waiting.values()) one2.failed(error);
    waiting.clear();
  };
  worker.addEventListener("message", ({ data }) => {
    if (data.progress) return progress(data.progress);
    if (data.lost !== void 0) return lost?.(data.lost);
    const { id, error, gpu } = data.message;
    const one2 = waiting.get(id);
    if (gpu && lost) return lost(error);
    waiting.delete(id);
    if (error) one2?.failed(new Error(error));
    else one2?.done(data);
  });
  worker.addEventListener("error", (event) => {
    const words = event.message || "no reason given";
    if (lost) return lost(words);
    failAll(new Error(`The model stopped: ${words}`));
  });
  return {
    ask: (question) => new Promise((done, failed) => {
      if (over) return failed(over);
      number += 1;
      waiting.set(number, { done, failed });
      worker.postMessage({ ...question, id: number });
    }),
    end(error) {
      over = error;
      worker.terminate();
      URL.revokeObjectURL(address);
      failAll(error);
    }
  };
}

// ../../canvas/js/standalone.js
async function bytesOf({ gzip, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  if (!gzip) return new DataView(bytes.buffer);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new DataView(await new Response(stream).arrayBuffer());
}

// sources.js
async function blobOf({ base64, url }) {
  if (base64 !== void 0)
    return new Blob([
      /** @type {DataView<ArrayBuffer>} */
      await bytesOf({ gzip: false, base64 })
    ]);
  const answer = await fetch(url ?? "");
  if (!answer.ok) throw new Error(`${url} cannot be loaded (${answer.status}); reload the page`);
  return answer.blob();
}
async function textOf(source) {
  const stream = (await blobOf(source)).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

// desk.js
var MODEL = ".maskrcnn";
var LIMIT = 12e4;
async function makeDesk(page, { progress, moved: moved2, wanted, start }) {
  const threads = globalThis.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency || 1) : 1;
  const plain = start(await textOf(page.worker), { progress });
  let gpu = null;
  let note = "";
  let turn = 0;
  let opening = 0;
  let left = false;
  let patience;
  let loaded = null;
  let shown = null;
  const begin = (line, runtime) => {
    const begun = blobOf(runtime).then((wasm) => line.ask({ ask: "begin", wasm, threads }));
    begun.catch(() => {
    });
    return { line, begun };
  };
  const inWasm = () => begin(plain, page.runtime);
  const choose = async () => {
    const { webgpu } = page;
    const adapter = async () => (
      /** @type {Adapter} */
      (await plain.ask({ ask: "adapter" })).message.adapter
    );
    const choice = await chosen(wanted, Boolean(webgpu), adapter);
    note = choice.words;
    if (!choice.gpu || !webgpu) return inWasm();
    try {
      progress("webgpu");
      const heard = (step) => {
        progress(step);
        if (step === "probe") wait();
      };
      gpu = start(await textOf(webgpu.worker), { progress: heard, lost: (reason) => lost(reason) });
      const { line, begun } = begin(gpu, webgpu.runtime);
      return { line, begun: begun.catch((error) => lost(error.message)) };
    } catch (error) {
      note = noteOf(error instanceof Error ? error.message : String(error));
      return inWasm();
    }
  };
  const wait = () => {
    clearTimeout(patience);
    patience = setTimeout(() => lost(`no sign of it for ${LIMIT / 1e3} s`), LIMIT);
  };
  const lost = (reason) => {
    clearTimeout(patience);
    if (!gpu) return;
    const former = gpu;
    [gpu, loaded, note] = [null, null, noteOf(reason)];
    engine = Promise.resolve(inWasm());
    former.end(new GpuError(note));
    left = true;
    resume();
  };
  const resume = () => {
    if (!left || opening || !shown) return;
    left = false;
    moved2(opened(shown));
  };
  let engine = choose();
  engine.catch(() => {
  });
  const carriedOut = async ({ model, image }, still) => {
    const coming = loaded === model ? null : model.fetched();
    coming?.catch(() => {
    });
    const { line, begun } = await engine;
    if (loaded !== model) {
      progress("model");
      const [file] = await Promise.all([coming ?? model.fetched(), begun]);
      still();
      if (line === gpu) wait();
      await line.ask({ ask: "model", file }).finally(() => clearTimeout(patience));
      loaded = model;
      still();
    }
    const question = await image();
    still();
    return line.ask(question);
  };
  const opened = async (wish) => {
    turn += 1;
    const mine = turn;
    const still = () => {
      if (mine !== turn) throw new Error("The run was cancelled.");
    };
    opening += 1;
    try {
      const answer = await carriedOut(wish, still).catch((error) => {
        still();
        if (error instanceof GpuError) return carriedOut(wish, still);
        throw error;
      });
      [shown, left] = [wish, false];
      const message = { ...answer.message, note };
      note = "";
      return { ...answer, message };
    } finally {
      opening -= 1;
      resume();
    }
  };
  const models = Object.fromEntries(
    Object.entries(page.models).map(([name, source]) => [name, { fetched: () => blobOf(source) }])
  );
  const wishOf = async ({ sample: sample2, name = "", content = "" }) => {
    if (sample2 !== void 0) {
      const one2 = (
        /** @type {LiveSample} */
        page.samples.find((each) => each.name === sample2)
      );
      const image2 = async () => ({ ask: "pixels", pixels: await blobOf(one2.pixels), size: one2.size, name: one2.name });
      return { model: models[one2.weights], image: image2 };
    }
    const file = await blobOf({ base64: content });
    const { model, image } = (
      /** @type {Wish} */
      shown
    );
    if (name.endsWith(MODEL)) return { model: { fetched: async () => file }, image };
    return { model, image: async () => ({ ask: "image", file, name }) };
  };
  return {
    async open(question) {
      const { line } = await engine;
      await line.ask({ ask: "cancel" }).catch(() => {
      });
      return opened(await wishOf(question));
    },
    async ask(question) {
      if (question.ask === "cancel") turn += 1;
      return (await engine).line.ask(question);
    }
  };
}
var noteOf = (reason) => `WebGPU is not used here (${reason}); WASM runs the model.`;

// page_engine.js
var NO_MODEL = "This needs the model, and this page holds a recorded trace. Open it in a notebook: explore(session).";
function pageEngine({ description, tensors }) {
  const entries = new Map(tensors.map((entry) => [entry.name, entry]));
  return {
    description: () => description,
    async tensors(wants) {
      const found3 = Object.entries(wants).map(async ([alias, want]) => [alias, await part(entries, want)]);
      return Object.fromEntries(await Promise.all(found3));
    },
    run: async () => {
      throw new Error(NO_MODEL);
    },
    why: async () => {
      throw new Error(NO_MODEL);
    },
    channelsOf: (name) => entries.get(name)?.channels ?? null
  };
}
async function part(entries, { name, rows, channel }) {
  const entry = entries.get(name);
  if (!entry) throw new Error(`this page does not hold ${name}`);
  if (entry.channels) {
    const place2 = entry.channels.indexOf(channel ?? -1);
    if (place2 < 0) throw new Error(`this page holds the strongest channels of ${name}, and ${channel} is none`);
    return unpacked({ ...entry, shape: entry.shape.slice(0, -1) }, entry.parts[place2]);
  }
  if (entry.by_row) {
    const wanted = rows ?? entry.parts.map((_, row2) => row2);
    const all = wanted.map((row2) => unpacked({ ...entry, shape: entry.shape.slice(1) }, entry.parts[row2]));
    return joined2(await Promise.all(all), entry);
  }
  const whole = await unpacked(entry, entry.parts[0]);
  return rows ? rowsOf(whole, rows) : whole;
}
function joined2(parts2, { dtype, shape }) {
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  const all = tensorOf({ dtype, shape: [parts2.length, ...shape.slice(1)] }, new ArrayBuffer(4 * size * parts2.length));
  const values = all.values.subarray(0, size * parts2.length);
  for (const [place2, one2] of parts2.entries()) values.set(one2.values, place2 * size);
  return { ...all, values };
}
function rowsOf({ values, shape }, rows) {
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  const taken = values.slice(0, rows.length * size);
  for (const [place2, row2] of rows.entries()) taken.set(values.subarray(row2 * size, (row2 + 1) * size), place2 * size);
  return { shape: [rows.length, ...shape.slice(1)], values: taken };
}
async function unpacked(header, packed) {
  return tensorOf(header, await bytesOf({ gzip: true, base64: packed }));
}

// page_model.js
function pageModel(traits, ask, always = []) {
  const listeners = /* @__PURE__ */ new Map();
  const tell = (event, ...words) => {
    for (const act of [...listeners.get(event) ?? []]) act(...words);
  };
  const model = {
    get: (key) => traits[key],
    set(key, value) {
      const same = !always.includes(key) && JSON.stringify(traits[key]) === JSON.stringify(value);
      traits[key] = value;
      if (!same) tell(`change:${key}`);
    },
    save_changes() {
      if (location.hash.slice(1) !== traits.place) history.replaceState(null, "", `#${traits.place}`);
    },
    on: (event, act) => void listeners.set(event, (listeners.get(event) ?? /* @__PURE__ */ new Set()).add(act)),
    off: (event, act) => void listeners.get(event)?.delete(act),
    async send(question) {
      const { id } = (
        /** @type {{ id: number }} */
        question
      );
      try {
        const { message, buffers, after } = await ask(question, model);
        tell("msg:custom", { ...message, id }, buffers);
        after?.();
      } catch (error) {
        tell("msg:custom", { id, error: error instanceof Error ? error.message : String(error) }, []);
      }
    }
  };
  return model;
}

// live_model.js
var STEPS = (
  /** @type {Record<string, string>} */
  {
    webgpu: "Loading the program for WebGPU",
    model: "Loading the model",
    probe: "Comparing WebGPU with TensorFlow",
    image: "Preprocessing",
    backbone: "Running the backbone",
    fpn: "Running the FPN",
    rpn: "Running the RPN",
    proposals: "Choosing proposals",
    heads: "Running the box head",
    detections: "Choosing detections",
    masks: "Running the mask head",
    pasting: "Pasting the masks"
  }
);
async function liveModel(page) {
  const recorded = pageEngine(JSON.parse(await textOf(page.recorded)));
  const first = { ...recorded.description(), ...offered2(page), coming: true };
  const model = widgetModel(first, (question) => answering(question));
  let answering = (question) => recordedAnswer(recorded, question);
  const show = ({ message }) => {
    const { description, words, note } = message;
    model.set("progress", "");
    model.set("_description", { ...description, unlike: words, note, ...offered2(page) });
  };
  const failed = (error) => model.set("progress", `The model does not run here: ${error.message}`);
  const desk = await makeDesk(page, {
    progress: (step) => model.set("progress", STEPS[step] ?? step),
    moved: (run) => void run.then(show).catch(failed),
    wanted: new URLSearchParams(location.search).get("engine") ?? "",
    start: openLine
  });
  const opened = async (question) => {
    const answer = await desk.open(question);
    show(answer);
    return answer;
  };
  const live = desk.open({ sample: page.sample }).then((answer) => {
    answering = (question) => question.ask === "open" ? opened(question) : desk.ask(question);
    show(answer);
  });
  live.catch(failed);
  return model;
}
var offered2 = ({ samples }) => ({
  samples: samples.map(({ name, weights, says }) => ({ name, weights, says })),
  opens: MODEL
});
async function recordedAnswer(recorded, { ask, wants }) {
  if (ask !== "tensors") throw new Error("The model is being loaded: try again in a moment.");
  const found3 = await recorded.tensors(
    Object.fromEntries(wants.map((want, i) => [i, want]))
  );
  const tensors = Object.values(found3);
  return {
    message: { tensors: tensors.map(({ values, shape }) => ({ dtype: dtypeOf(values), shape })) },
    buffers: tensors.map(({ values }) => (
      /** @type {ArrayBuffer} */
      values.slice().buffer
    ))
  };
}
function widgetModel(description, answered) {
  const traits = {
    _description: description,
    place: location.hash.slice(1),
    selected: {},
    progress: STEPS.model,
    cancels: true
  };
  const ask = async (question) => {
    const { message, buffers } = await answered(question);
    return { message, buffers: buffers.map((buffer) => new DataView(buffer)) };
  };
  return pageModel(traits, ask, ["_description"]);
}

// served.js
async function servedModel() {
  const page = crypto.randomUUID();
  const { message: first } = await askServer({ ask: "look", page });
  if (first.error) throw new Error(first.error);
  const traits = { _description: first.description, place: location.hash.slice(1), selected: {} };
  return pageModel(traits, async (question, model) => {
    const answered = await askServer({ ...question, page }).catch(() => {
      throw new Error("The program that runs the model no longer answers; start it again in the terminal.");
    });
    const { error, description } = answered.message;
    const opened = question.ask === "open" && !error;
    return { ...answered, after: () => opened && model.set("_description", description) };
  });
}
async function askServer(question) {
  const answer = await fetch("ask", { method: "POST", body: JSON.stringify(question) });
  if (!answer.ok) throw new Error(await answer.text());
  const bytes = await answer.arrayBuffer();
  const length = new DataView(bytes).getUint32(0, true);
  const { lengths, ...message } = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  let at = 4 + length;
  const buffers = lengths.map((size) => {
    at += size;
    return new DataView(bytes, at - size, size);
  });
  return { message, buffers };
}

// index.js
var NOTEBOOK = { address: "notebook", text: "Notebook", title: "The same with its code, in JupyterLab" };
var DOCS = { text: "Docs", title: "What this is, and how to have it on a machine of yours" };
function render2({ model, el, page = false, lead }) {
  const ending = new AbortController();
  let written2 = "";
  const open = () => openExplorer(el, kernelEngine(model, ending.signal), {
    link: linkFrom(model),
    linkText: (link) => page ? `${location.href.split("#")[0]}#${link}` : `explore(session, "${link}")`,
    lead,
    publish(link, selected2) {
      written2 = link;
      model.set("place", link);
      model.set("selected", selected2);
      model.save_changes();
    }
  });
  let opened = open();
  opened.then(({ tell }) => tell(model.get("progress") ?? "")).catch(() => {
  });
  const complain = (error) => el.replaceChildren(`The Explorer cannot be shown: ${error.message}`);
  opened.catch(complain);
  const selected = async () => (await opened).select(model.get("selected"));
  const placed = async () => {
    const explorer = await opened;
    if (model.get("place") !== written2) explorer.follow(model.get("place"));
  };
  const replaced = async () => {
    await opened.then(
      (explorer) => explorer.end(),
      () => {
      }
      // it was said
    );
    el.replaceChildren(make("p", { class: "mx-waiting", role: "status", text: "Looking at the image…" }));
    opened = open();
    opened.catch(complain);
  };
  const told = async () => (await opened).tell(model.get("progress"));
  const acts = { selected, place: placed, _description: replaced, progress: told };
  for (const [trait, act] of Object.entries(acts)) model.on(`change:${trait}`, act);
  return () => {
    for (const [trait, act] of Object.entries(acts)) model.off(`change:${trait}`, act);
    ending.abort();
    opened.then((explorer) => explorer.end());
  };
}
function linkFrom(model) {
  const place2 = model.get("place");
  const { detections: detections2, proposals: proposals2, anchors: anchors2 } = model.get("selected");
  if (/(detection|proposal|anchor)=/.test(place2)) return place2;
  const rows = { detection: detections2, proposal: proposals2, anchor: anchors2 };
  const known = Object.entries(rows).find(([, row2]) => row2 !== void 0);
  return known ? `${place2}&${known[0]}=${known[1]}` : place2;
}
async function mountExplorer() {
  const el = document.getElementById("explorer");
  const live = document.getElementById("explorer-live");
  if (el && live) {
    const page = JSON.parse(live.textContent ?? "");
    return mountModel(el, liveModel(page), page.docs ? { ...DOCS, address: page.docs } : void 0);
  }
  const server = document.getElementById("explorer-server");
  if (el && server) {
    const { notebook } = JSON.parse(server.textContent ?? "{}");
    return mountModel(el, servedModel(), notebook ? NOTEBOOK : void 0);
  }
  const data = document.getElementById("explorer-data");
  if (!el || !data) return;
  const images2 = [data, ...document.querySelectorAll(".explorer-more")];
  let written2 = location.hash;
  let explorer = null;
  const show = async (place2) => {
    const engine = pageEngine(JSON.parse(images2[place2].textContent ?? ""));
    if (images2.length > 1) {
      const names = engine.description().samples.map(({ name }) => name);
      engine.open = async (image) => "sample" in image ? show(names.indexOf(image.sample)) : void 0;
    }
    explorer?.end();
    explorer = await openExplorer(el, engine, {
      link: location.hash,
      linkText: (link) => `${location.href.split("#")[0]}#${link}`,
      publish(link) {
        written2 = `#${link}`;
        if (location.hash !== written2) history.replaceState(null, "", written2);
      }
    });
  };
  await show(0);
  window.addEventListener("hashchange", () => {
    if (location.hash !== written2) explorer?.follow(location.hash);
  });
}
async function mountModel(el, opening, lead) {
  try {
    const model = await opening;
    render2({ model, el, page: true, lead });
    window.addEventListener("hashchange", () => model.set("place", location.hash.slice(1)));
  } catch (error) {
    el.replaceChildren(
      make("p", { class: "mx-waiting", role: "alert", text: error instanceof Error ? error.message : String(error) })
    );
  }
}
var index_default = { render: render2 };
export {
  index_default as default,
  mountExplorer
};
