// The scenes of the image and of the feature maps: what goes in, and what backbone and FPN make of it.

/** @import { Context, Picker, Place, Scene, StationView, Tensors, Wants } from "./types.d.ts" */

const MOST_CHANNELS = 48; // in the list; the strongest come first

/** @type {StationView} */
const input = {
  id: "input",
  name: "As the network gets it",
  wants: () => ({}),
  scene: (_, __, context) => {
    const { image, input, scale } = context.description.sizes;
    return {
      title: `Network input, ${input.join(" × ")} px`,
      note: `The image of ${image.join(" × ")} px, scaled by ${written(scale)} and padded. What the mean takes away is added again here, to be seen.`,
      image: imageOf(context.core["reading.input"]),
      layers: selectedBox(context),
      controls: [],
    };
  },
};

/** @type {StationView} */
const original = {
  id: "original",
  name: "As it came",
  wants: () => ({}),
  scene: (_, __, context) => ({
    title: `Image, ${context.description.sizes.image.join(" × ")} px`,
    note: "The pixels before anything is done to them. Point at one to read its red, green and blue.",
    image: imageOf(context.core["image.original"]),
    layers: [],
    controls: [],
    frame: "image",
  }),
};

/**
 * Channels of a kind of maps as heat over the image, with the receptive field of a cell.
 * @type {(kind: string, levels: number[], name: string) => StationView}
 */
function channels(kind, levels, name) {
  /** @type {(place: Place) => number} */
  const levelAt = (place) => Math.min(Math.max(place.level, levels[0]), levels[levels.length - 1]);
  /** @type {(place: Place) => string} */
  const mapAt = (place) => `${kind}${levelAt(place)}`;
  return {
    id: "channels",
    name: "Channels",
    pickers: (place, context) => [
      {
        key: "level",
        label: "Level",
        options: levels.map((level) => {
          const map = context.description.tensors[`${kind}${level}`];
          return [level, `${name}${level} · ${map?.shape.slice(0, 2).join(" × ")} cells`];
        }),
      },
      channelPicker(mapAt(place), context),
    ],
    wants: (place, context) => {
      const map = mapAt(place);
      const shown = context.channels(map);
      const channel = place.channel >= 0 && (!shown || shown.includes(place.channel)) ? place.channel : -1;
      const cells = context.description.tensors[map].shape;
      const has = place.cell >= 0 && place.cell < cells[0] * cells[1];
      /** @type {Wants} */
      const field = has
        ? {
            rows: { name: `reading.rows.${map}`, rows: [Math.floor(place.cell / cells[1])] },
            columns: { name: `reading.columns.${map}`, rows: [place.cell % cells[1]] },
          }
        : {};
      return { map: channel < 0 ? { name: `reading.energy.${map}` } : { name: map, channel }, ...field };
    },
    scene: (tensors, place, context) =>
      channelScene(tensors, place, context, levelAt(place), `${name}${levelAt(place)}`),
  };
}

/** @type {(map: string, context: Context) => Picker} */
function channelPicker(map, { description, core, channels: held }) {
  const count = description.tensors[map]?.shape[2] ?? 0;
  const order = Array.from(core[`reading.order.${map}`]?.values ?? []);
  const shown = order.filter((one) => held(map)?.includes(one) ?? true).slice(0, MOST_CHANNELS);
  return {
    key: "channel",
    label: "Channel",
    options: [
      [-1, `all ${count}: root mean square`],
      ...shown.map((one, i) => /** @type {[number, string]} */ ([one, `${one}${i === 0 ? " (strongest)" : ""}`])),
    ],
  };
}

/** @type {(tensors: Tensors, place: Place, context: Context, level: number, name: string) => Scene} */
function channelScene({ map, rows, columns }, place, context, level, name) {
  const one = place.channel >= 0;
  const extent = extentOf(level, map.shape);
  const [height, width] = map.shape;
  const layers = [
    heat(one ? `${name}, channel ${place.channel}` : `${name}, energy`, map, extent, tableOf(context, one), {
      symmetric: one,
    }),
    grid(`cells of ${name}`, height, width, extent, "cells"),
    ...(rows && columns ? [fieldBox(rows.values, columns.values)] : []),
    ...selectedBox(context),
  ];
  const seen = rows && columns ? `Cell (${Math.floor(place.cell / width)}, ${place.cell % width}) can see ` : "";
  return {
    title: `${name}${one ? `, channel ${place.channel}` : ", all channels"}: ${height} × ${width} cells of ${2 ** level} px`,
    note: seen
      ? `${seen}${rows.values[1] - rows.values[0]} × ${columns.values[1] - columns.values[0]} px of the input: its receptive field, dotted.`
      : "Click a cell to see how much of the image it can see. A coarser level has fewer cells, and each sees more.",
    image: imageOf(context.core["reading.input"]),
    layers,
    controls: ["opacity", "layers"],
    level,
    hidden: height * width > 1024 ? [`cells of ${name}`] : [],
  };
}

/** @type {(context: Context, signed: boolean) => import("./types.d.ts").Tensor} */
const tableOf = ({ core }, signed) => core[`reading.table.${signed ? "diverging" : "cividis"}`];

/** @type {(rows: ArrayLike<number>, columns: ArrayLike<number>) => ReturnType<typeof boxes>} */
const fieldBox = (rows, columns) =>
  boxes({
    name: "receptive field",
    of: "fields",
    boxes: Float32Array.of(rows[0], columns[0], rows[1], columns[1]),
    colours: Int32Array.of(1),
    dotted: dots(1),
  });

export const IMAGE_VIEWS = [input, original];
export const BACKBONE_VIEWS = [channels("backbone.c", [2, 3, 4, 5], "C")];
export const FPN_VIEWS = [channels("fpn.p", [2, 3, 4, 5, 6], "P")];

import { written } from "./formulas.js";
import { boxes, dots, grid, heat, imageOf } from "./layers.js";
import { extentOf, selectedBox } from "./objects.js";
