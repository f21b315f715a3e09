import { expect, test } from "vitest";
import { svgOf } from "../save.js";
import { sentenceOf, toImagePx } from "../why_view.js";

test("an SVG has a line a box, and text that is no markup", () => {
  const svg = svgOf({
    width: 100,
    height: 50,
    href: "data:image/png;base64,AA==",
    title: "<b>&",
    boxes: [
      { box: [1, 2, 11, 32], colour: "rgb(1,2,3)", dotted: true, label: '<script>"' },
      { box: [0, 0, 5, 5], colour: "#999999", dotted: false, label: "" },
    ],
  });
  expect(svg.match(/<rect /g)).toHaveLength(2);
  expect(svg).toContain('<rect x="2" y="1" width="30" height="10"');
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(1);
  expect(svg).not.toContain("<script>");
  expect(svg).toContain("<title>&#60;b&#62;&#38;</title>");
});

test("a box of the network input lies on the image where preprocessing took it from", () => {
  const sizes = { image: [50, 100], window: [64, 0, 192, 256] };
  expect(toImagePx([64, 0, 192, 256], sizes)).toEqual([0, 0, 50, 100]);
  expect(toImagePx([128, 128, 160, 300], sizes)).toEqual([25, 50, 37.5, 100]);
});

test("the verdict is a sentence", () => {
  /** @type {any} */
  const why = { verdict: "score", sentence: "its best score is 0.4", class: "square" };
  expect(sentenceOf(why)).toBe("Taken for a square, it is not kept (score): its best score is 0.4.");
  expect(sentenceOf({ ...why, verdict: "found", sentence: "by 3" })).toBe("It is found: by 3.");
});
