// Plain functions of the gallery: what is read, let through, ordered, in sight, and where tiles and points lie.

import { describe, expect, it } from "vitest";
import { coloursOf, fitted } from "../atlas.js";
import { galleryOf, numberAt, textAt, unpack } from "../data.js";
import { alikeTo, choicesOf, noFilter, shownRows } from "../filter.js";
import { inSight, tileOf } from "../grid.js";
import { rowsOf, wordsOfButton } from "../lists.js";
import { factsOf, kindOf, placeOf, wordsOf } from "../words.js";

/** @type {(array: ArrayBufferView) => string} */
const base64 = (array) => btoa(String.fromCharCode(...new Uint8Array(array.buffer)));
/** @typedef {(...values: number[]) => unknown} Numbers */
/** @type {Numbers} */
const ints = (...values) => ({ type: "int", values: base64(new Int32Array(values)) });
/** @type {Numbers} */
const floats = (...values) => ({ type: "float", values: base64(new Float32Array(values)) });
/** @type {(...values: string[]) => unknown} */
const words = (...values) => {
  const known = [...new Set(values)];
  return { words: known, codes: base64(new Int32Array(values.map((one) => known.indexOf(one)))) };
};

const content = {
  title: "t",
  rows: 4,
  images: 2,
  verdicts: ["found", "background", "score", "crowd"],
  columns: {
    index: ints(0, 0, 1, 1),
    image: words("a.png", "a.png", "b.png", "b.png"),
    kind: words("object", "object", "object", "false detection"),
    number: ints(0, 1, 0, 5),
    class: words("cell", "<b>dust</b>", "cell", "cell"),
    size: words("small", "small", "large", "small"),
    area: floats(10, 20, 9000, 15),
    y1: floats(0, 0, 0, 0),
    x1: floats(0, 0, 0, 0),
    y2: floats(9, 9, 9, 9),
    x2: floats(9, 9, 9, 9),
    verdict: words("found", "score", "background", "background"),
    outcome: words("found", "score", "background", "false: background"),
    stage: words("", "detections", "box_head", "result"),
    score: floats(0.9, 0.2, Number.NaN, 0.8),
    iou: floats(0.8, 0.6, 0.5, 0),
    partner: ints(0, -1, -1, -1),
    anchor: ints(7, 8, -1, -1),
    setting_change: words("", "detections.min_score 0.2", "", ""),
    sentence: { texts: ["found by detection 0", "its best score is 0.2", "no score", "no object is there"] },
  },
  sheet: { tile: 128, across: 8, tiles: 64, name: "crops_*.jpg" },
  lists: {},
  notes: {},
  walks: {},
  atlas: {
    method: "PCA",
    shares: [0.5, 0.2],
    rows: base64(new Int32Array([0, 1, 3])),
    places: base64(new Float32Array([0, 0, 2, 0, 2, 4])),
    components: 2,
    short: base64(new Int8Array([127, 0, 0, 127, 120, 40])),
  },
};
const gallery = galleryOf(content);
/** @type {(filter: object) => number[]} */
const shown = (filter) => [...shownRows(gallery, { ...noFilter(), ...filter })];

describe("data", () => {
  it("is what Python packed", async () => {
    const stream = new Blob([JSON.stringify(content)]).stream().pipeThrough(new CompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    const unpacked = await unpack(btoa(String.fromCharCode(...bytes)));
    expect(textAt(unpacked, "class", 1)).toBe("<b>dust</b>");
    expect(numberAt(unpacked, "area", 2)).toBe(9000);
    expect(numberAt(unpacked, "class", 2)).toBeNaN();
  });
});

describe("the filter", () => {
  it("lets all through in the order of images", () => expect(shown({})).toEqual([0, 1, 2, 3]));
  it("joins words of a facet and parts facets", () => {
    expect(shown({ facets: { outcome: ["score", "found"] } })).toEqual([0, 1]);
    expect(shown({ facets: { outcome: ["background", "score"], class: ["cell"] } })).toEqual([2]);
  });
  it("finds every word of a text, wherever it stands", () => {
    expect(shown({ text: "B.PNG object" })).toEqual([3]);
    expect(shown({ text: "dust" })).toEqual([1]);
    expect(shown({ text: "nothing" })).toEqual([]);
  });
  it("keeps to the rows of a list", () => expect(shown({ only: new Set([3, 1]) })).toEqual([1, 3]));
  it("orders by a number, what has none at the end, either way", () => {
    expect(shown({ sort: "score" })).toEqual([1, 3, 0, 2]);
    expect(shown({ sort: "score", falling: true })).toEqual([0, 3, 1, 2]);
    expect(shown({ sort: "index", falling: true })).toEqual([2, 3, 0, 1]);
  });
  it("orders by likeness, the row itself first, what has no vector at the end", () => {
    expect(shown({ sort: "alike", like: 0 })).toEqual([0, 3, 1, 2]);
    expect(alikeTo(gallery, 2)).toBeNull();
    expect(shown({ sort: "alike", like: 2 })).toEqual([0, 1, 2, 3]);
  });
  it("counts each word beside what the other facets let through", () => {
    const choices = choicesOf(gallery, { ...noFilter(), facets: { class: ["cell"], outcome: ["found"] } }, "outcome");
    expect(choices).toEqual([
      { word: "found", count: 1, chosen: true },
      { word: "background", count: 1, chosen: false },
      { word: "score", count: 0, chosen: false },
      { word: "false: background", count: 1, chosen: false },
    ]);
    expect(choicesOf(gallery, noFilter(), "class").map((one) => one.count)).toEqual([3, 1]);
  });
});

describe("the grid", () => {
  it("has what is in sight and two lines more", () => {
    const part = inSight({ top: 1580, height: 316, width: 400, count: 100_000 });
    const height = Math.ceil(100_000 / 3) * 177;
    expect(part).toEqual({ columns: 3, step: 133, line: 177, first: 18, last: 39, height });
  });
  it("shares the width out among its columns, less than a pixel each left over", () => {
    for (const width of [264, 390, 740, 1040, 1900]) {
      const { columns, step } = inSight({ top: 0, height: 800, width, count: 9 });
      expect(width - columns * step).toBeGreaterThanOrEqual(0);
      expect(width - columns * step).toBeLessThan(columns);
    }
  });
  it("ends with the rows", () => {
    expect(inSight({ top: 0, height: 1000, width: 10, count: 2 })).toMatchObject({ columns: 1, first: 0, last: 2 });
    expect(inSight({ top: 0, height: 1000, width: 500, count: 0 })).toMatchObject({ first: 0, last: 0, height: 0 });
  });
  it("finds the tile of a row on its sheet", () => {
    expect(tileOf(gallery, 0)).toEqual({ file: "crops_00000.jpg", x: 0, y: 0 });
    expect(tileOf(gallery, 64 + 17)).toEqual({ file: "crops_00001.jpg", x: 1, y: 2 });
  });
});

describe("words", () => {
  it("tell what a row is", () => {
    expect([0, 1, 2, 3].map((row) => kindOf(gallery, row))).toEqual(["found", "missed", "missed", "false"]);
    expect(wordsOf(gallery, 3)).toBe("false detection 5, cell, in b.png: background");
    expect(Object.fromEntries(factsOf(gallery, 1))["smallest change that keeps it"]).toBe("detections.min_score 0.2");
    expect(Object.fromEntries(factsOf(gallery, 2)).score).toBe("–");
  });
  it("tell where in the Explorer it ends", () => {
    expect(placeOf(gallery, 1)).toBe("stage=detections&anchor=8");
    expect(placeOf(gallery, 2)).toBe("stage=head");
    expect(placeOf(gallery, 3)).toBe("stage=result&detection=5");
  });
  it("of an entry are its rows, or all of its images", () => {
    expect(rowsOf(gallery, { title: "", words: "", rows: [2], images: [], facts: {} })).toEqual([2]);
    expect(rowsOf(gallery, { title: "", words: "", rows: [], images: [1], facts: {} })).toEqual([2, 3]);
  });
});

describe("the button of an entry", () => {
  it("says one or many", () => {
    expect(wordsOfButton(1, 9)).toBe("Show the image (9)");
    expect(wordsOfButton(1200, 3)).toBe("Show the 1,200 images (3)");
    expect([1, 2].map((rows) => wordsOfButton(0, rows))).toEqual(["Show it", "Show them (2)"]);
  });
});

describe("the atlas", () => {
  it("fits all points in, with one scale for both axes", () => {
    const { scale, x, y } = fitted(gallery.atlas?.places ?? new Float32Array(), 436, 236);
    expect(scale).toBe(50);
    expect([x + 2 * scale, y + 4 * scale]).toEqual([268, 218]);
  });
  it("gives the most frequent words a colour of their own", () => {
    const { words: found } = coloursOf(gallery, "class");
    expect(new Set(found.map((one) => one.colour)).size).toBe(2);
    expect(found[0].colour).toBe("#0072b2");
  });
});
