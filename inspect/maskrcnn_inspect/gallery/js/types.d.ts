// What the gallery's modules hand to each other. Words as in Python (gallery/page.py).

export type Column =
  | { words: string[]; codes: Int32Array }
  | { texts: string[] }
  | { values: Int32Array | Float32Array };

export interface Entry {
  title: string;
  words: string;
  rows: number[];
  images: number[];
  facts: Record<string, string>;
}

export interface Atlas {
  method: string;
  shares: number[];
  rows: Int32Array; // of the table
  places: Float32Array; // x, y of each
  components: number;
  short: Int8Array; // (rows, components)
}

export interface Sheet {
  tile: number; // px, a side
  across: number;
  tiles: number; // on a sheet
  name: string; // of a file, its number for the star
}

export interface Gallery {
  title: string;
  heading: Record<string, string>;
  rows: number;
  images: number;
  verdicts: string[]; // in the order of the pipeline
  columns: Record<string, Column>;
  sheet: Sheet;
  lists: Record<string, Entry[]>;
  notes: Record<string, string>;
  walks: Record<string, { command: string; page: string }>; // by image; the page lies beside this one once made
  atlas: Atlas | null;
}

/** What is asked for. facets: by column, the words that are let through; an empty list lets all through. */
export interface Filter {
  facets: Record<string, string[]>;
  text: string;
  only: Set<number> | null; // rows of a list, or of a part of the atlas
  onlyName: string;
  sort: string;
  falling: boolean;
  like: number; // the row that others are compared with, for the order "alike"; -1 = none
}

export interface Choice {
  word: string;
  count: number;
  chosen: boolean;
}
