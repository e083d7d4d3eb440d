/** How scores are named and headed, on whichever page they stand. */
import { addWords, text } from "./language.js";
import { words } from "./score_words.js";

addWords(words);

/** What the service calls the model beside the baselines. */
export const METHOD = "sum of sigmoids";
/** Days ahead that are scored together, as the service names them. */
export const HORIZONS = ["1", "1-7", "1-28"];

/** Headings of a table of scores: what is scored, its relative errors, its error in views, its coverage. */
export const scoreHeadings = () => [
  "",
  ...HORIZONS.map((horizon) => text(`ahead-${horizon}`)),
  text("mean-error"),
  ...["80", "95"].map((level) => text("inside", { level })),
];
