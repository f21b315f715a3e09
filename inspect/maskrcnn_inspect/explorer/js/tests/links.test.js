import { expect, test } from "vitest";
import { linkOf, readLink } from "../links.js";
import { placeOf } from "../stations.js";

test("a link says the place, the furthest row and what was changed, and is read back as that", () => {
  const place = { ...placeOf("fpn"), level: 5, channel: 12, cell: 7 };
  const state = { place, selected: { anchors: 9, proposals: 4, detections: 3 }, settings: { "proposals.count": 20 } };
  const link = linkOf(state, placeOf("fpn"));
  expect(link).toBe("stage=fpn&level=5&channel=12&cell=7&detection=3&proposals.count=20");
  const read = readLink(`#${link}`);
  expect({ ...placeOf("fpn"), ...read.place }).toEqual(place);
  expect(read.selected).toEqual({ detections: 3 });
  expect(read.settings).toEqual({ "proposals.count": 20 });
});

test("what a station shows at first is not said", () => {
  expect(linkOf({ place: placeOf("rpn"), selected: {}, settings: {} }, placeOf("rpn"))).toBe("stage=rpn");
});

test("what is no number is left out", () => {
  const read = readLink("#stage=rpn&level=three&cell=1e9&detection=-4&proposals.count=many&anchor=99999999999");
  expect(read).toEqual({ place: { stage: "rpn" }, selected: {}, settings: {} });
});
