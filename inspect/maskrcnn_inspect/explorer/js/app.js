// The Explorer: one state, and everything on the screen follows from it.

/** @import { Context, Description, Engine, Found, Link, Opened, Place, Scene, Selection, State, Tensors } from "./types.d.ts" */

/** What stands around: where links go, and who hears of the selection. */
/** @typedef {{ link: string, linkText: (link: string) => string, publish: (link: string, selected: Selection) => void, lead?: import("./screen.js").Lead }} Host */

const PLAY = 2500; // ms at a station
const BUSY = 150; // ms before a wait is said
const SPARE = 14; // CSS px of the station's height below everything

/**
 * Open the Explorer in `el`.
 * @param {HTMLElement} el
 * @param {Engine} source
 * @param {Host} host
 */
export async function openExplorer(el, source, host) {
  const engine = remembering(source);
  const ending = new AbortController();
  /** @type {Tensors} */
  let core = await engine.tensors(coreWants(engine)); // before anything can be clicked
  const screen = buildScreen();
  const map = buildMap((stage) => go(placeOf(stage), "stage"));
  screen.body.append(map.element, screen.station, screen.side);
  el.replaceChildren(screen.root);
  const { note = "" } = engine.description(); // of this opening: a run with other settings has none, and it stays
  screen.note.textContent = note;
  screen.note.hidden = !note;

  /** @type {State} */
  let state = { place: placeOf("result"), selected: {}, settings: {} };
  /** @type {Found[]} */
  const own = foundIn(core);
  /** @type {Scene | null} */
  let scene = null;
  let [shownKey, turn, playing, tourStep] = ["", 0, 0, -1];

  const model = sceneModel(engine.description(), (key) => acted(key));
  const endCanvas = canvas.render({ model, el: screen.figure });
  const figureOf = () => /** @type {HTMLElement} */ (screen.figure.querySelector(".mi"));
  const watch = new ResizeObserver(() => fit());
  watch.observe(screen.station);
  watch.observe(/** @type {HTMLElement} */ (figureOf().querySelector(".mi-panel"))); // what hovering says is not watched

  /** @type {() => Context} */
  const contextOf = () => ({
    description: engine.description(),
    core,
    chain: chainOf(anchorOf(state.selected, core), core),
    went: difference(own, foundIn(core)).went,
    channels: (name) => engine.channelsOf(name),
  });

  // --- changes ---

  /** @type {ReturnType<typeof makeHistory<State>>} */
  const history = makeHistory();
  /** @type {(change: Partial<State>, kind: string) => void} */
  const change = (next, kind) => {
    state = { ...state, ...next };
    history.push(state, kind);
    show();
  };
  /** @type {(place: Partial<Place>, kind?: string) => void} */
  const go = (next, kind = "") => {
    const place = { ...state.place, ...next };
    if ("level" in next && !("cell" in next)) Object.assign(place, { cell: middleOf(place, engine), channel: -1 });
    if ("view" in next && !("stage" in next)) place.cell = -1;
    change({ place }, kind);
  };
  /** @type {(selected: Selection) => void} */
  const select = (selected) => {
    const chain = chainOf(anchorOf(selected, core), core);
    change({ selected: rowsOfChain(chain) }, "");
  };
  /** @type {(settings: Record<string, number>, kind: string) => void} */
  const setAll = (settings, kind) => {
    if (isSame(settings, state.settings)) return; // neither a run nor a step to undo
    state = { ...state, settings };
    history.push(state, kind);
    rerun();
  };

  /** @type {(key: string) => void} */
  const acted = (key) => {
    if (key === "selected") return selectedOnCanvas(model.get("selected"));
    if (key === "drawn" && model.get("drawn").length === 4) askWhy(model.get("drawn"));
  };
  /** @type {(selected: Selection) => void} */
  const selectedOnCanvas = (selected) => {
    const kinds = Object.keys(selected);
    if (kinds.some((kind) => ["detections", "proposals", "anchors"].includes(kind))) return select(selected);
    if ("cells" in selected) return go({ cell: selected.cells, level: scene?.level ?? state.place.level }, "cell");
    if (!kinds.length) change({ selected: {}, place: { ...state.place, cell: -1 } }, "");
  };

  // --- the model runs again ---

  /** @type {Promise<void> | null} */
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
        state = { ...state, settings: changedIn(engine.description()) }; // what is shown is the run at hand
      } finally {
        clearTimeout(waiting);
        screen.cancel.hidden = true;
      }
      await show();
    }
  };

  // --- the screen ---

  /** @type {(words: string) => void} */
  const say = (words) => {
    screen.status.textContent = words;
  };
  /** @type {(words: string) => void} */
  const busy = (words) => {
    say(words);
    screen.cancel.hidden = !engine.cancel;
  };
  screen.cancel.addEventListener("click", () => engine.cancel?.());
  /** @type {() => boolean} */
  const isStacked = () => getComputedStyle(screen.body).getPropertyValue("--mx-stacked").trim() === "1";
  /** @type {(card: HTMLElement) => void} a narrow screen has what is asked for below the image */
  const reveal = (card) => {
    if (isStacked()) card.scrollIntoView({ block: "nearest" });
  };
  /** @type {() => void} */
  const fit = () => {
    const { height } = screen.station.getBoundingClientRect();
    const above = screen.figure.offsetTop - screen.station.offsetTop;
    const stacked = isStacked();
    const bars = screen.bars.hidden ? 0 : screen.bars.offsetHeight + 8;
    const stage = /** @type {HTMLElement} */ (figureOf().querySelector(".mi-stage"));
    const words = figureOf().offsetHeight - stage.offsetHeight; // title, readout, panel, note
    model.resize(stacked ? 480 : Math.max(220, Math.floor(height - above - bars - words - SPARE)));
  };

  /** Show the state: map and head at once, then what has to be asked for. A newer state ends an older one's way. */
  const show = async () => {
    turn += 1;
    const mine = turn;
    const context = contextOf();
    const { place } = state;
    const link = linkOf(state, placeOf(place.stage));
    host.publish(link, rowsOfChain(context.chain));
    writeHead(context);
    map.show(place.stage, context);
    writeSettings(screen.settings, {
      station: stationOf(place.stage),
      description: context.description,
      set,
      reset: () => setAll({}, ""),
    });
    const changed = context.description.settings.some((one) => one.value !== one.own);
    const names = context.description.class_names;
    writeDifference(screen.changes, {
      ...difference(own, foundIn(core)),
      changed,
      names,
      select: (row) => select({ detections: row }),
    });
    const thumbs = engine.tensors(thumbWants(context)); // asked for at once, drawn last
    thumbs.catch(() => {}); // said where it is waited for
    const truth = engine.tensors(truthWants(context));
    truth.catch(() => {});
    try {
      const view = viewOf(place, context.description);
      const [tensors, told] = await Promise.all([
        engine.tensors(view.wants(place, context)),
        engine.tensors(storyWants(context.chain, context.description)),
      ]);
      if (mine !== turn || ending.signal.aborted) return;
      showScene(view.scene(tensors, place, context), context);
      map.point(""); // the link that was pointed at goes
      writeStory(screen.story, { links: storyOf(told, context), context, place, open, point: map.point });
      const known = await truth;
      if (mine !== turn) return;
      writeTruth(screen.truth, {
        station: place.stage,
        tensors: known,
        follow: (anchor) => select({ anchors: anchor }),
        compare: () => change({ place: { ...placeOf("result"), view: "truth" } }, ""),
      });
      const small = await thumbs;
      if (mine !== turn) return;
      map.draw(drawThumbs(small, context));
      measure();
      screen.root.dataset.shown = link;
    } catch (error) {
      if (mine === turn) say(wordsOf(error));
    }
  };
  /** Ask once for the share of each station, after the first view: it takes another run. */
  let measured = false;
  const measure = async () => {
    if (measured) return;
    measured = true;
    const description = engine.description();
    const times = await engine.tensors(timeWants(description)).catch(() => ({}));
    if (!ending.signal.aborted) map.time(timesOf(times, description));
  };
  /** @type {(name: string, value: number) => void} */
  const set = (name, value) => {
    const setting = engine.description().settings.find((one) => one.name === name);
    const { [name]: _, ...others } = state.settings;
    setAll(setting?.own === value ? others : { ...others, [name]: value }, name);
  };
  /** @type {(link: Link) => void} */
  const open = (link) => {
    const place = { ...placeOf(link.station), view: link.view };
    if (link.view === "scores")
      place.level = standOf(contextOf().chain.anchor, engine.description().levels).level.level;
    change({ place }, "");
  };
  /** @type {(next: Scene, context: Context) => void} */
  const showScene = (next, { chain }) => {
    const { stage, view, level } = state.place;
    const key = [stage, view, next.level ?? level, next.region ? chain.proposal : ""].join(" ");
    /** @type {Selection} */
    const cells = state.place.cell >= 0 ? { cells: state.place.cell } : {};
    const fresh = key !== shownKey;
    shownKey = key;
    scene = next;
    writeStationHead(screen, { place: state.place, level: next.level ?? level, context: contextOf(), go });
    writeBars(screen.bars, next.bars);
    model.show(next, { ...rowsOfChain(chain), ...cells }, fresh);
    fit();
  };
  /** @type {(context: Context) => void} */
  const writeHead = ({ description }) => {
    const image = engine.open || !description.image ? "" : `image ${description.image}`;
    const weights = description.weights && `${description.weights} weights`;
    const words = [image, weights, description.engine].filter(Boolean);
    screen.subtitle.textContent = words.join(" · ");
    screen.unlike.textContent = description.unlike;
    screen.unlike.hidden = !description.unlike;
    /** @type {HTMLButtonElement} */ (screen.buttons.undo).disabled = !history.hasPast();
  };

  // --- another image ---

  /** @type {(image: Opened) => Promise<void>} */
  const openImage = async (image) => {
    busy("Running the model…");
    try {
      host.publish(linkOf({ ...state, selected: {}, settings: {} }, placeOf(state.place.stage)), {});
      await engine.open?.(image);
    } catch (error) {
      say(wordsOf(error));
      screen.cancel.hidden = true;
      buildChooser(screen.chooser, engine.description(), openImage); // the choice goes back to the image at hand
      show();
    }
  };
  if (engine.open) {
    buildChooser(screen.chooser, engine.description(), openImage);
    if (engine.description().live) takeDrops(screen.root, openImage);
  }
  if (host.lead) screen.leadTo(host.lead);

  // --- a box is drawn: why is nothing found there? ---

  let asked = 0; // boxes: the card is the newest one's
  /** @type {(drawn: number[]) => Promise<void>} */
  const askWhy = async (drawn) => {
    if (!scene || scene.frame === "none") return;
    asked += 1;
    const mine = asked;
    const isOver = () => mine !== asked || ending.signal.aborted;
    const { sizes } = engine.description();
    const box = scene.frame === "image" ? drawn : toImagePx(drawn, sizes);
    let searching = false;
    const stop = () => {
      if (searching) engine.stop?.();
    };
    const close = () => {
      asked += 1;
      stop();
      screen.why.hidden = true;
      model.set("drawn", []);
    };
    const parts = {
      close,
      stop,
      apply: (/** @type {Record<string, number>} */ settings) => setAll({ ...state.settings, ...settings }, ""),
      follow: (/** @type {number} */ anchor) => select({ anchors: anchor }),
    };
    writeWhy(screen.why, { ...parts, answer: null });
    try {
      const answer = await engine.why(box);
      if (isOver()) return;
      searching = Boolean(answer.searching);
      writeWhy(screen.why, { ...parts, answer });
      reveal(screen.why);
      say("");
      if (!searching) return;
      const found = await changeOf(box);
      searching = false;
      if (!isOver()) writeWhy(screen.why, { ...parts, answer: { ...answer, ...found } });
    } catch (error) {
      if (isOver()) return;
      const context = contextOf();
      const known = await engine.tensors(truthWants(context)).catch(() => ({}));
      const recorded = recordedWhy(toInputPx(box, sizes), known, context);
      if (recorded) {
        writeWhy(screen.why, { ...parts, answer: recorded });
        return reveal(screen.why);
      }
      close();
      say(wordsOf(error));
    }
  };

  /** @type {(box: number[]) => Promise<Partial<import("./types.d.ts").Why>>} what the search for a setting adds to an answer */
  const changeOf = async (box) => {
    try {
      return { searching: false, setting_change: await engine.change?.(box) };
    } catch (error) {
      return { searching: false, stopped: wordsOf(error) };
    }
  };

  // --- tour, play, undo, links, files ---

  /** @type {(step: number) => Promise<void>} */
  const tour = async (step) => {
    tourStep = step;
    const one = TOUR[step];
    const { detections: found } = rowsOfChain(contextOf().chain);
    if (found === undefined && core["detections.scores"].values.length) state = { ...state, ...withFirst(state, core) };
    change({ place: { ...placeOf(one.place.stage), ...one.place } }, "");
    const tensors = await engine.tensors(one.wants ?? {});
    if (step !== tourStep) return;
    const question = one.question(contextOf(), tensors);
    writeTour(screen.card, {
      step,
      count: TOUR.length,
      title: one.title,
      text: one.text,
      question,
      go: tour,
      close: endTour,
    });
    screen.side.scrollTop = 0;
    reveal(screen.card);
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
    }, PLAY);
  };
  const undo = () => {
    const before = history.back();
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
      say(text); // a page from disk may not write to the clipboard
    }
  };
  /** @type {Record<string, () => void>} */
  const acts = {
    play,
    tour: () => (tourStep < 0 ? tour(0) : endTour()),
    undo,
    link: copyLink,
    png: () => /** @type {HTMLElement | null} */ (figureOf().querySelector('.mi-tools [aria-label^="Save"]'))?.click(),
    svg: () => saveSvg(figureOf(), model, `explorer-${state.place.stage}`),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : screen.root.requestFullscreen()),
  };
  for (const [key, button] of Object.entries(screen.buttons)) button.addEventListener("click", acts[key]);
  screen.buttons.full.hidden = !document.fullscreenEnabled; // VS Code gives outputs no right to it
  screen.root.addEventListener(
    "keydown",
    (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.shiftKey) return;
      event.preventDefault();
      undo();
    },
    { capture: true, signal: ending.signal },
  );

  // --- the beginning, and links that come later ---

  /** @type {(link: string) => Promise<void>} */
  const follow = async (link) => {
    const read = readLink(link);
    const place = { ...placeOf(read.place.stage ?? state.place.stage), ...read.place };
    place.stage = stationOf(place.stage).id;
    place.view = viewOf(place, engine.description()).id;
    const known = new Set(engine.description().settings.map((one) => one.name));
    const settings = Object.fromEntries(Object.entries(read.settings).filter(([name]) => known.has(name)));
    const chain = chainOf(anchorOf(read.selected, core), core);
    const selected = Object.keys(read.selected).length ? rowsOfChain(chain) : withFirst(state, core).selected;
    const others = !isSame(settings, state.settings);
    state = { place, selected, settings };
    history.push(state, "");
    await (others ? rerun() : show());
  };
  await follow(host.link);
  return {
    follow,
    tell: say,
    select: (/** @type {Selection} */ selected) => {
      const now = rowsOfChain(chainOf(anchorOf(state.selected, core), core));
      if (!isSame(now, selected)) select(selected);
    },
    end() {
      ending.abort();
      pause();
      watch.disconnect();
      endCanvas();
      screen.root.remove();
    },
  };
}

/** @type {(engine: Engine) => import("./types.d.ts").Wants} */
function coreWants(engine) {
  const { readings } = engine.description();
  const orders = readings.filter((name) => name.startsWith("reading.order."));
  return { ...CORE, ...Object.fromEntries(orders.map((name) => [name, { name }])) };
}

/** @type {(state: State, core: Tensors) => { selected: Selection }} the best detection, where nothing is selected */
function withFirst(state, core) {
  if (Object.keys(state.selected).length || !core["detections.scores"].values.length)
    return { selected: state.selected };
  return { selected: rowsOfChain(chainOf(anchorOf({ detections: 0 }, core), core)) };
}

/** @type {(place: Place, engine: Engine) => number} the middle cell of a level whose anchors are shown; else none */
function middleOf({ stage, view, level }, engine) {
  if (stage !== "rpn" || view !== "anchors") return -1;
  const { rows, columns } = levelOf(engine.description(), level);
  return Math.floor(rows / 2) * columns + Math.floor(columns / 2);
}

/** @type {(one: object, other: object) => boolean} */
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** @type {(description: Description) => Record<string, number>} */
const changedIn = ({ settings }) =>
  Object.fromEntries(settings.filter(({ value, own }) => value !== own).map(({ name, value }) => [name, value]));

/** @type {(error: unknown) => string} */
const wordsOf = (error) => (error instanceof Error ? error.message : String(error));

import canvas from "../../canvas/js/canvas.js";
import { buildChooser, takeDrops } from "./chooser.js";
import { anchorOf, chainOf, difference, foundIn, rowsOfChain } from "./difference.js";
import { remembering } from "./engine.js";
import { standOf } from "./formulas.js";
import { makeHistory } from "./history.js";
import { linkOf, readLink } from "./links.js";
import { buildMap } from "./map.js";
import { CORE, levelOf } from "./objects.js";
import { saveSvg } from "./save.js";
import { sceneModel } from "./scene_model.js";
import { buildScreen, writeBars, writeStationHead } from "./screen.js";
import { writeDifference, writeSettings } from "./settings_view.js";
import { placeOf, STATIONS, stationOf, viewOf } from "./stations.js";
import { storyOf, storyWants } from "./story.js";
import { writeStory } from "./story_view.js";
import { drawThumbs, thumbWants } from "./thumbs.js";
import { timesOf, timeWants } from "./times.js";
import { TOUR } from "./tour.js";
import { writeTour } from "./tour_view.js";
import { recordedWhy, truthWants } from "./truth.js";
import { writeTruth } from "./truth_view.js";
import { toImagePx, toInputPx, writeWhy } from "./why_view.js";
