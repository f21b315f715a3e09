// The canvas inside the Explorer: a model that is told scenes, and tells what a person did.

/** @import { Model, Traits } from "../../canvas/js/types.d.ts" */
/** @import { Description, Scene, Selection } from "./types.d.ts" */

/** @type {(keyof Traits)[]} large values, of which the same object is the same value */
const BY_IDENTITY = ["_image", "_layers"];

/** @type {(description: Description) => Traits} */
const traitsOf = ({ palette }) => ({
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
  _height: 460,
});

/**
 * Make the model of a canvas; `acted` hears which trait a person changed.
 * @type {(description: Description, acted: (key: keyof Traits) => void) => Model & { show: (scene: Scene, selected: Selection, fresh: boolean) => void, resize: (height: number) => void }}
 */
export function sceneModel(description, acted) {
  const values = traitsOf(description);
  /** @type {Map<string, Set<() => void>>} */
  const listeners = new Map();
  let telling = true;
  /** @type {Model["set"]} */
  const set = (key, value) => {
    const same = BY_IDENTITY.includes(key)
      ? values[key] === value
      : JSON.stringify(values[key]) === JSON.stringify(value);
    if (same) return;
    values[key] = value;
    for (const act of [...(listeners.get(`change:${key}`) ?? [])]) act();
    if (telling) acted(key);
  };
  /** @type {(act: () => void) => void} */
  const quietly = (act) => {
    telling = false;
    act();
    telling = true;
  };
  return {
    get: (key) => values[key],
    set,
    on: (event, act) => void listeners.set(event, (listeners.get(event) ?? new Set()).add(act)),
    off: (event, act) => listeners.get(event)?.delete(act),
    save_changes: () => {},
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
    resize: (height) => quietly(() => set("_height", height)),
  };
}
