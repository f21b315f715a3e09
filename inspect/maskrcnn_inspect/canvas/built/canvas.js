// Built from canvas/js by `npm run build`; change it there. Sources: sha256 2c32fb62d0e81917f546fc62a712492f5a5f2821a659513f2f0f05d3cd79cb2d

// decode.js
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
      const [points, weights] = [typed(state.points, Float32Array), typed(state.weights, Float32Array)];
      return { ...state, ...decodeRows(state), points, weights };
    }
    case "masks":
      return { ...state, ...decodeRows(state), ...decodeBoxes(state), probs: typed(state.probs, Uint8Array) };
    case "boxes":
      return { ...state, ...decodeRows(state), ...decodeBoxes(state), dotted: typed(state.dotted, Uint8Array) };
  }
}
function decodeBoxes(state) {
  const boxes = typed(state.boxes, Float32Array);
  return { boxes, now: boxes.subarray(0, 4 * state.count) };
}
function decodeRows(state) {
  const index = typed(state.index, Int32Array);
  const scores = state.scores ? typed(state.scores, Float32Array) : null;
  const ranking = Array.from(index.keys());
  if (scores) ranking.sort((a, b) => orderOf(scores[b]) - orderOf(scores[a]));
  const rank = new Int32Array(state.count);
  for (const [place2, row] of ranking.entries()) rank[row] = place2;
  return {
    index,
    scores,
    ranking,
    rank,
    colours: typed(state.colours, Int32Array),
    class_ids: state.class_ids ? typed(state.class_ids, Int32Array) : null,
    class_names: state.class_names ?? [],
    frames: state.frames.map((kept) => typed(kept, Int32Array)),
    lineage: Object.entries(state.lineage).map(([key, view]) => [key, typed(view, Int32Array)]),
    rowOf: new Map(Array.from(index, (one, row) => [one, row])),
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
  const { scores } = layer;
  const good = scores && least > 0 ? rows.filter((row) => scores[row] >= least) : rows;
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
function isFinite4(boxes, row) {
  return Number.isFinite(boxes[4 * row] + boxes[4 * row + 1] + boxes[4 * row + 2] + boxes[4 * row + 3]);
}
function selectionOf(layer, row) {
  const selection = { [layer.of]: layer.index[row] };
  for (const [key, indices] of layer.lineage) if (indices[row] >= 0) selection[key] = indices[row];
  return selection;
}
function rowsSelected(layer, selection) {
  if (!layer.rowOf) return [];
  if (layer.of in selection) {
    const row = layer.rowOf.get(selection[layer.of]);
    return row === void 0 ? [] : [row];
  }
  for (const [key, indices] of layer.lineage) {
    if (!(key in selection)) continue;
    const rows = layer.ranking.filter((row) => indices[row] === selection[key]);
    if (rows.length) return rows;
  }
  return [];
}
var nameOf = (layer, row) => `${layer.of}[${layer.index[row]}]`;
function labelOf(layer, row, digits = 2, longest = Infinity) {
  const clipped = (text) => text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  if (layer.labels.length) return clipped(layer.labels[row]);
  const words = layer.class_ids ? [clipped(layer.class_names[layer.class_ids[row]])] : [];
  if (layer.scores) words.push(layer.scores[row].toFixed(digits));
  return words.join(" ");
}

// boxes.js
var NEUTRAL = [205, 205, 205];
var MANY = 250;
var MOST_TAGS = 80;
var LONGEST_WORDS = 32;
var FONT = "600 12px system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif";
var TAG = { height: 17, padding: 5 };
var css = ([red, green, blue], alpha = 1) => `rgba(${red},${green},${blue},${alpha})`;
var colourFor = (palette, rank) => rank < 0 ? NEUTRAL : palette[rank % palette.length];
function drawBoxes(context, scene, layer, chosen) {
  const rows = layer.rows.filter((row) => !chosen.has(row) && inView(scene.view, layer, row)).reverse();
  context.save();
  context.globalAlpha = scene.anySelected ? 0.5 : 1;
  if (rows.length > MANY) strokeMany(context, scene, layer, rows);
  else for (const row of rows) strokeOne(context, scene, layer, row);
  context.restore();
}
function inView(view, layer, row) {
  const [top, left, bottom, right] = stageBox(view, layer.now, row);
  const outside = bottom < 0 || right < 0 || top > view.stageHeight || left > view.stageWidth;
  return isFinite4(layer.now, row) && !outside;
}
function stageBox(view, boxes, row) {
  const { scale, top, left } = view;
  const at = 4 * row;
  return [
    (boxes[at] - top) * scale,
    (boxes[at + 1] - left) * scale,
    (boxes[at + 2] - top) * scale,
    (boxes[at + 3] - left) * scale
  ];
}
function strokeOne(context, scene, layer, row, width = 2) {
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row);
  const dotted = layer.dotted?.[row];
  context.setLineDash([]);
  context.lineWidth = width + 1.5;
  context.strokeStyle = dotted ? "rgba(0,0,0,.35)" : "rgba(0,0,0,.6)";
  context.strokeRect(left, top, right - left, bottom - top);
  context.setLineDash(dotted ? [2, 4] : []);
  context.lineWidth = width;
  context.strokeStyle = css(colourFor(scene.palette, layer.colours[row]));
  context.strokeRect(left, top, right - left, bottom - top);
  context.setLineDash([]);
}
function strokeMany(context, scene, layer, rows) {
  const paths = /* @__PURE__ */ new Map();
  for (const row of rows) {
    const key = `${css(colourFor(scene.palette, layer.colours[row]))} ${layer.dotted?.[row] ?? 0}`;
    if (!paths.has(key)) paths.set(key, { path: new Path2D(), row });
    const [top, left, bottom, right] = stageBox(scene.view, layer.now, row);
    paths.get(key).path.rect(left, top, right - left, bottom - top);
  }
  context.globalAlpha *= 0.8;
  context.lineWidth = 1;
  for (const { path, row } of paths.values()) {
    context.setLineDash(layer.dotted?.[row] ? [1, 3] : []);
    context.strokeStyle = css(colourFor(scene.palette, layer.colours[row]));
    context.stroke(path);
  }
}
function drawSelected(context, scene, layer, row) {
  if (!isFinite4(layer.now, row)) return;
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row);
  const strokes = [
    [8, "rgba(0,0,0,.75)"],
    [6, "#fff"]
  ];
  for (const [width, colour] of strokes) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.strokeRect(left, top, right - left, bottom - top);
  }
  strokeOne(context, scene, layer, row, 2.5);
}
function drawHovered(context, scene, layer, row) {
  if (!isFinite4(layer.now, row)) return;
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row);
  context.fillStyle = css(colourFor(scene.palette, layer.colours[row]), 0.16);
  context.fillRect(left, top, right - left, bottom - top);
  strokeOne(context, scene, layer, row, 3);
}
function drawTags(context, scene, first, others) {
  const placed = [];
  const done = /* @__PURE__ */ new Set();
  context.save();
  context.font = FONT;
  context.textBaseline = "middle";
  const rest = others.length > MOST_TAGS ? [] : others;
  for (const [i, { layer, row }] of [...first, ...rest].entries()) {
    const key = nameOf(layer, row);
    if (done.has(key) || !inView(scene.view, layer, row)) continue;
    done.add(key);
    const number = String(layer.index[row]);
    const words = `${number} ${labelOf(layer, row, 2, LONGEST_WORDS)}`.trim();
    const spot = place(context, scene, layer, row, words, placed) ?? place(context, scene, layer, row, number, placed);
    if (!spot) continue;
    context.globalAlpha = scene.anySelected && i >= first.length ? 0.6 : 1;
    placed.push(spot);
    drawTag(context, spot, colourFor(scene.palette, layer.colours[row]));
  }
  context.restore();
}
function place(context, scene, layer, row, words, placed) {
  const [top, left, bottom, right] = stageBox(scene.view, layer.now, row);
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

// view.js
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

// heat.js
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
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  return [top + row * height, left + column * width, top + (row + 1) * height, left + (column + 1) * width];
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

// marks.js
var LEAST_CELL = 4;
function drawLinks(context, scene, links) {
  const [sources, targets] = [rowsOfKind(scene, links.source), rowsOfKind(scene, links.target)];
  const among = links.source === links.target;
  for (let i = 0; i < links.count; i++) {
    const [from, to] = [sources.get(links.pairs[2 * i]), targets.get(links.pairs[2 * i + 1])];
    if (!from || !to) continue;
    const ends = [from, to].filter(({ layer, row }) => scene.chosen.get(layer)?.has(row)).length;
    const chosen = ends === 2 || among && ends === 1;
    if (chosen || !links.only_selected) drawArrow(context, scene, middle(from), middle(to), chosen);
  }
}
function rowsOfKind(scene, of) {
  const found = /* @__PURE__ */ new Map();
  for (const layer of scene.layers) {
    if (!layer.rowOf || layer.of !== of || layer.kind === "masks" || !isOn(scene, layer)) continue;
    for (const row of layer.rows) found.set(layer.index[row], { layer, row });
  }
  return found;
}
var isOn = (scene, layer) => !scene.settings.hidden.includes(layer.name);
function middle({ layer, row }) {
  if (layer.kind === "points") return [layer.points[2 * row], layer.points[2 * row + 1]];
  const at = 4 * row;
  return [(layer.now[at] + layer.now[at + 2]) / 2, (layer.now[at + 1] + layer.now[at + 3]) / 2];
}
function drawArrow(context, scene, from, to, chosen) {
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
    [chosen ? 5 : 3, "rgba(0,0,0,.7)"],
    [chosen ? 2.5 : 1, "#fff"]
  ];
  for (const [width, colour] of strokes) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke(path);
  }
}
function drawPoints(context, scene, layer) {
  for (const row of [...layer.rows].reverse()) {
    const [y, x] = toStage(scene.view, layer.points[2 * row], layer.points[2 * row + 1]);
    const radius = radiusOf(layer, row);
    const chosen = scene.chosen.get(layer)?.has(row);
    const hovered = scene.hovered?.layer === layer && scene.hovered.row === row;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = css(colourFor(scene.palette, layer.colours[row]));
    if (!(layer.weights[row] === 0)) context.fill();
    const strokes = [
      [chosen || hovered ? 5 : 3, "rgba(0,0,0,.7)"],
      [chosen || hovered ? 3 : 1.2, "#fff"]
    ];
    for (const [width, colour] of strokes) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
  }
}
var radiusOf = (layer, row) => 3 + 5 * Math.sqrt(Math.min(1, Math.max(0, layer.weights[row] || 0)));
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
function drawCell(context, view, layer, cell, chosen) {
  const [top, left, bottom, right] = cellBox(layer, cell);
  const [y, x] = toStage(view, top, left);
  const strokes = [
    [chosen ? 6 : 3, "rgba(0,0,0,.8)"],
    [chosen ? 3 : 1.5, "#fff"]
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

// parts.js
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
  const input = make("input", { type: "range", min, max, step, "data-key": key });
  const words = make("output", { class: "mi-value" });
  const name = make("span", { text: label });
  const line = make("label", { class: "mi-slider" }, make("span", { class: "mi-slider-head" }, name, words), input);
  input.setAttribute("aria-label", label);
  input.addEventListener("input", () => onInput(Number(input.value)));
  return {
    element: line,
    input,
    show(value) {
      if (Number(input.value) !== value) input.value = String(value);
      words.textContent = read(value);
      input.setAttribute("aria-valuetext", words.textContent);
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

// pick.js
var POINT_REACH = 6;
function rowsAt(scene, y, x) {
  const found = [];
  scene.layers.forEach((layer, height) => {
    if (!layer.rowOf || !isOn(scene, layer)) return;
    for (const row of layer.rows) {
      const size = layer.kind === "points" ? pointSize(scene, layer, row, y, x) : boxSize(layer, row, y, x);
      if (size !== null) found.push({ layer, row, size, height });
    }
  });
  return found.sort((a, b) => a.size - b.size || b.height - a.height);
}
function pointSize(scene, layer, row, y, x) {
  const distance = Math.hypot(layer.points[2 * row] - y, layer.points[2 * row + 1] - x) * scene.view.scale;
  return distance <= radiusOf(layer, row) + POINT_REACH ? distance - 1e6 : null;
}
function boxSize(layer, row, y, x) {
  const [top, left, bottom, right] = layer.now.subarray(4 * row, 4 * row + 4);
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
function describeRow(layer, row) {
  const words = [nameOf(layer, row), labelOf(layer, row, 4)];
  if (layer.labels.length && layer.scores) words.push(`score ${layer.scores[row].toFixed(4)}`);
  if (layer.kind === "points") {
    words.push(`y ${short(layer.points[2 * row])}, x ${short(layer.points[2 * row + 1])}`);
    if (layer.weighted) words.push(`weight ${short(layer.weights[row], 4)}`);
  } else {
    const [top, left, bottom, right] = layer.now.subarray(4 * row, 4 * row + 4);
    words.push(`y ${short(top)} to ${short(bottom)}, x ${short(left)} to ${short(right)}`);
    words.push(`${short(bottom - top)} × ${short(right - left)} px`);
  }
  const origins = layer.lineage.filter(([, indices]) => indices[row] >= 0);
  if (origins.length) words.push(origins.map(([key, indices]) => `${key}[${indices[row]}]`).join(", "));
  return words.filter(Boolean).join(" · ");
}
function describePlace(scene, y, x) {
  const { image, settings } = scene;
  const [row, column] = [Math.floor(y), Math.floor(x)];
  if (!image) return "";
  if (!(row >= 0 && row < image.height && column >= 0 && column < image.width)) return "";
  const words = [`y ${row}, x ${column}`];
  const at = 4 * (row * image.width + column);
  if (!image.blank) words.push(`rgb ${[...image.rgba.subarray(at, at + 3)].join(" ")}`);
  for (const layer of scene.layers) {
    if (!(layer.grid && !layer.rowOf && isOn(scene, layer))) continue;
    const cell = cellAt(layer, y, x);
    if (cell) words.push(describeCell(layer, cell, settings.frame));
  }
  return words.join(" · ");
}
function describeCell(layer, [row, column], frame) {
  const place2 = `${layer.name} (${row}, ${column})`;
  if (layer.kind !== "heat") return place2;
  const value = layer.values[mapOf(layer, frame) + row * layer.grid[1] + column];
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
  const layer = boxesFirst.find((one) => one.of in scene.settings.selected) ?? boxesFirst[0];
  if (!layer) return null;
  const rows = layer.rows;
  const chosen = rows.indexOf(layer.rowOf.get(scene.settings.selected[layer.of]) ?? -1);
  const next = chosen < 0 ? direction > 0 ? 0 : rows.length - 1 : (chosen + direction + rows.length) % rows.length;
  return { layer, row: rows[next] };
}

// actions.js
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
  const select = ({ layer, row }) => {
    set("selected", selectionOf(layer, row));
    if (!layer.now) return;
    const [top, left, bottom, right] = layer.now.subarray(4 * row, 4 * row + 4);
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
      const row = neighbour(scene, direction);
      if (row) select(row);
    },
    clear: () => set("selected", {}),
    save: () => save(ui, scene)
  };
}
function boxBetween({ image }, one, other) {
  if (!image) return [];
  const { height, width } = image;
  const inside = ([y, x]) => [Math.min(Math.max(y, 0), height), Math.min(Math.max(x, 0), width)];
  const [[y1, x1], [y2, x2]] = [inside(one), inside(other)];
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
  const [found] = scene.pointer ? rowsAt(scene, ...scene.pointer) : [];
  const same = found?.layer === scene.hovered?.layer && found?.row === scene.hovered?.row;
  scene.hovered = found ?? null;
  writeReadout(figure);
  if (!same) figure.redraw(false);
}
function click({ scene }, [y, x], set) {
  const found = rowsAt(scene, y, x).filter(
    ({ layer, row }, i, all) => all.findIndex((one) => one.layer.of === layer.of && one.layer.index[one.row] === layer.index[row]) === i
  );
  const { selected } = scene.settings;
  const at = found.findIndex(({ layer, row }) => selected[layer.of] === layer.index[row]);
  const cell = cellToSelect(scene, y, x);
  set("point", [y, x]);
  if (found.length) {
    const { layer, row } = found[(at + 1) % found.length];
    set("selected", selectionOf(layer, row));
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
function firstChosen({ chosen }) {
  for (const [layer, rows] of chosen) for (const row of rows) return { layer, row };
  return null;
}
function speak({ scene, ui }) {
  const item = firstChosen(scene);
  const counts = scene.layers.filter(hasRows).filter((one) => isOn(scene, one)).map((one) => `${one.name}: ${one.rows.length} of ${one.count}`);
  const words = item ? `Selected ${describeRow(item.layer, item.row)}` : counts.join(", ");
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

// controls.js
var LONGEST_LIST = 200;
var TICKS = 50;
var PLAY = { frame: 500, progress: 40 };
function buildPanel(scene, actions) {
  const parts = [...buildSliders(scene, actions)];
  if (offered(scene, "layers") && scene.layers.length > 0) parts.push(buildSwitches(scene, actions));
  if (offered(scene, "list") && scene.layers.some((layer) => layer.kind === "boxes"))
    parts.push(buildList(scene, actions));
  return {
    elements: parts.map((part) => part.element),
    refresh: () => parts.forEach((part) => part.refresh()),
    stop: () => parts.forEach((part) => part.stop?.())
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
function advance(input, again) {
  const atEnd = Number(input.value) >= Number(input.max);
  if (atEnd && !again) return false;
  input.value = atEnd ? input.min : String(Number(input.value) + Number(input.step));
  input.dispatchEvent(new Event("input"));
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
  const broken = now ? rows.filter((row) => !isFinite4(now, row)).length : 0;
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
  let written = "";
  let buttons = [];
  const refresh = () => {
    if (!element.open) return;
    const layers = scene.layers.filter((layer) => layer.kind === "boxes").filter((layer) => isOn(scene, layer)).reverse();
    const shown = layers.flatMap((layer) => layer.rows.map((row) => ({ layer, row })));
    const key = layers.map((layer) => `${layer.name} ${layer.rows}`).join();
    if (key !== written) {
      buttons = shown.slice(0, LONGEST_LIST).map((item) => listButton(scene, item, select));
      const more = shown.length > LONGEST_LIST ? [`and ${shown.length - LONGEST_LIST} more`] : [];
      items.replaceChildren(...[...buttons, ...more].map((content) => make("li", {}, content)));
      written = key;
    }
    buttons.forEach((one, i) => {
      const { layer, row } = shown[i];
      one.setAttribute("aria-pressed", String(scene.chosen.get(layer)?.has(row) ?? false));
    });
  };
  element.addEventListener("toggle", refresh);
  return { element, refresh };
}
function listButton(scene, { layer, row }, select) {
  const swatch = make("span", { class: "mi-swatch", "aria-hidden": "true" });
  swatch.style.background = css(colourFor(scene.palette, layer.colours[row]));
  const words = make("span", { text: `${nameOf(layer, row)} ${labelOf(layer, row)}` });
  const element = make("button", { type: "button", class: "mi-item" }, swatch, words);
  element.addEventListener("click", () => select({ layer, row }));
  return element;
}

// box_keys.js
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

// keys.js
var OWN = "data-lm-suppress-shortcuts";
function keepKeys(root, signal) {
  root.setAttribute(OWN, "true");
  root.addEventListener("focusin", ({ target }) => target instanceof Element && target.setAttribute(OWN, "true"), {
    signal
  });
}

// events.js
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

// masks.js
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
function resized(layer, row, image) {
  layer.large ??= new Array(layer.count).fill(null);
  if (layer.large[row]) return layer.large[row];
  const [top, left, bottom, right] = layer.boxes.subarray(4 * row, 4 * row + 4).map(Math.round);
  const limit = 4 * Math.max(image.height, image.width);
  const [height, width] = [bottom - top, right - left];
  const drawable = height > 0 && width > 0 && height <= limit && width <= limit;
  const cells = layer.grid[0] * layer.grid[1];
  const levels = drawable ? upsample(layer.probs.subarray(row * cells, (row + 1) * cells), layer.grid, height, width) : null;
  const mask = { top, left, height, width, levels, cut: null, threshold: -1 };
  layer.large[row] = mask;
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
      for (const row of [...layer.rows].reverse()) {
        const mask = resized(layer, row, image);
        if (!mask.levels) continue;
        const cut = threshold(mask, mask.levels, level);
        blend(bytes, image, mask, cut, colourOf(layer.colours[row]), settings.opacity);
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

// canvas.js
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
  const row = of === void 0 ? void 0 : model.get("selected")[of];
  const place2 = rows && row !== void 0 ? rows.indexOf(row) : -1;
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
  for (const layer of scene.layers.filter(hasRows).filter((one) => isOn(scene, one))) {
    const kept = new Set(layer.rows);
    const rows = rowsSelected(layer, settings.selected).filter((row) => kept.has(row));
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
  for (const layer of on.filter((one) => one.kind === "heat")) {
    drawHeat(context, view, layer, settings, image.blank ? 1 : settings.opacity);
  }
}
function drawTop(context, scene) {
  const { hovered, chosen } = scene;
  const on = scene.layers.filter((layer) => isOn(scene, layer));
  const boxes = on.filter((layer) => layer.kind === "boxes");
  for (const layer of on.filter((one) => one.kind === "grid")) drawGrid(context, scene.view, layer);
  drawCells(context, scene, on);
  for (const layer of boxes) drawBoxes(context, scene, layer, chosen.get(layer) ?? /* @__PURE__ */ new Set());
  for (const layer of on.filter((one) => one.kind === "links")) drawLinks(context, scene, layer);
  const selected = rowsIn(on.filter(isBoxed), (layer) => chosen.get(layer) ?? []);
  for (const { layer, row } of selected) drawSelected(context, scene, layer, row);
  const under = hovered && isBoxed(hovered.layer) ? [{ layer: hovered.layer, row: hovered.row }] : [];
  for (const { layer, row } of under) drawHovered(context, scene, layer, row);
  for (const layer of on.filter((one) => one.kind === "points")) drawPoints(context, scene, layer);
  if (scene.drawn?.length === 4) drawFrame(context, scene.view, scene.drawn);
  const tagged = rowsIn(boxes.filter((layer) => layer.numbered).reverse(), (layer) => layer.rows);
  drawTags(context, scene, [...under, ...selected], tagged);
}
var isBoxed = (layer) => layer.now !== void 0;
var rowsIn = (layers, rowsOf) => layers.flatMap((layer) => [...rowsOf(layer)].map((row) => ({ layer, row })));
function drawCells(context, scene, on) {
  for (const layer of on) {
    if (!(layer.grid && !layer.rowOf && layer.of)) continue;
    const cell = scene.settings.selected[layer.of];
    if (cell >= 0 && cell < layer.grid[0] * layer.grid[1]) drawCell(context, scene.view, layer, cell, true);
  }
}
var canvas_default = { render };

// standalone.js
var SHARED = ["selected"];
async function bytesOf({ gzip, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  if (!gzip) return new DataView(bytes.buffer);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new DataView(await new Response(stream).arrayBuffer());
}
function filled(value, buffers) {
  if (Array.isArray(value)) return value.map((one) => filled(one, buffers));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$bytes === "number") return buffers[value.$bytes];
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, buffers)]));
}
function makeModel(state, publish) {
  const values = { ...state };
  const listeners = /* @__PURE__ */ new Map();
  const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);
  const model = {
    get: (key) => values[key],
    set(key, value) {
      if (same(values[key], value)) return;
      values[key] = value;
      for (const act of [...listeners.get(`change:${key}`) ?? []]) act();
    },
    on(event, act) {
      listeners.set(event, (listeners.get(event) ?? /* @__PURE__ */ new Set()).add(act));
    },
    off: (event, act) => listeners.get(event)?.delete(act),
    save_changes: () => SHARED.forEach((key) => publish(model, key, values[key]))
  };
  return model;
}
async function mount(data) {
  const { canvases, buffers } = JSON.parse(data.textContent ?? "");
  const decoded = await Promise.all(buffers.map(bytesOf));
  const drawn = /* @__PURE__ */ new Map();
  const choices = choicesAround(Object.keys(canvases));
  let selected = {};
  const select = (value, from) => {
    for (const { model } of [...drawn.values()]) if (model !== from) model.set("selected", value);
    if (JSON.stringify(value) === JSON.stringify(selected)) return;
    selected = value;
    for (const choice of choices) showCase(choice, selected);
    drawShown();
  };
  const publish = (from, key, value) => {
    if (key === "selected") select(
      /** @type {Selection} */
      value,
      from
    );
  };
  const draw2 = (id, el) => {
    const state = (
      /** @type {Traits} */
      filled(canvases[id] ?? null, decoded)
    );
    const chosen = el.closest("[data-mi-choice]") || Object.keys(selected).length > 0;
    const model = makeModel(chosen ? { ...state, selected } : state, publish);
    el.replaceChildren();
    drawn.set(id, { model, end: canvas_default.render({ model, el }) });
  };
  const drawShown = () => {
    for (const id of Object.keys(canvases)) {
      const el = document.getElementById(id);
      if (!el) continue;
      const shown = el.closest("[data-mi-row][hidden]") === null;
      if (shown && !drawn.has(id)) draw2(id, el);
      if (!shown) {
        drawn.get(id)?.end();
        drawn.delete(id);
      }
    }
  };
  for (const choice of choices) {
    const list = choice.querySelector("select");
    list?.addEventListener("change", () => {
      select(JSON.parse(caseOf(choice, list.value)?.dataset.miSelected ?? "{}"), null);
    });
  }
  drawShown();
}
function choicesAround(ids) {
  const mine = new Set(ids.map((id) => document.getElementById(id)?.closest("[data-mi-choice]")));
  const all = document.querySelectorAll("[data-mi-choice]");
  return [...all].filter((one) => mine.has(one) || !one.querySelector(".mi-mount"));
}
var caseOf = (choice, row) => choice.querySelector(`:scope > [data-mi-row="${row}"]`);
function showCase(choice, selected) {
  const row = selected[choice.dataset.miChoice ?? ""];
  const wanted = row === void 0 ? null : caseOf(choice, row);
  const said = choice.querySelector("[role=status]");
  if (said instanceof HTMLElement) said.hidden = wanted !== null || Object.keys(selected).length === 0;
  if (wanted === null) return;
  const cases = choice.querySelectorAll(":scope > [data-mi-row]");
  for (const one of cases) one.hidden = one !== wanted;
  const list = choice.querySelector("select");
  if (list) list.value = String(row);
}
function mountAll() {
  const waiting = document.querySelectorAll("script[data-mi-canvases]:not([data-mi-mounted])");
  for (const data of waiting) {
    data.dataset.miMounted = "true";
    mount(data);
  }
}
export {
  canvas_default as default,
  mountAll
};
