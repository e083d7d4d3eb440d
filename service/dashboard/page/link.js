/** The view in the address: after the #, which browsers keep to themselves and send to no server. */
import { keptSeries } from "./kept.js";

let turn = 0; // of the newest view
const base64 = {
  encode: (bytes) =>
    btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", ""),
  decode: (letters) =>
    Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0)),
};

async function through(stream, bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

/** Put a view into the address: a kept series by its name, any other with its counts. */
export async function remember(view) {
  const mine = ++turn;
  const { series, ...choices } = view;
  const hash = series.kept ? keptHash(series.kept, choices) : await packedHash(view);
  if (mine !== turn) return; // a newer view was packed sooner, or none is to be remembered
  history.replaceState(null, "", hash);
  document.getElementById("nav-lecture").href = `/lecture${location.hash}`;
}

const keptHash = ({ id, metric }, choices) => `#${new URLSearchParams({ kept: id, metric, ...choices })}`;

async function packedHash(view) {
  const bytes = new TextEncoder().encode(JSON.stringify(view));
  return `#view=${base64.encode(await through(new CompressionStream("deflate-raw"), bytes))}`;
}

/** Forget the view. */
export function forget() {
  turn += 1;
  history.replaceState(null, "", location.pathname);
  document.getElementById("nav-lecture").href = "/lecture";
}

/**
 * The view that the address holds; null when it holds none.
 *
 * Throws a `SyntaxError` when it is not whole, and a `Problem` when a kept series cannot be had.
 */
export async function recall() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  if (parameters.has("kept")) return { series: await keptSeries(keyIn(parameters)), ...choicesIn(parameters) };
  if (!parameters.has("view")) return null;
  try {
    const bytes = await through(new DecompressionStream("deflate-raw"), base64.decode(parameters.get("view")));
    const view = JSON.parse(new TextDecoder().decode(bytes));
    if (!Array.isArray(view.series.views)) throw new TypeError("there are no counts in it");
    return view;
  } catch (reason) {
    throw new SyntaxError("the link is not whole", { cause: reason });
  }
}

const keyIn = (parameters) => ({ id: parameters.get("kept"), metric: parameters.get("metric") ?? "views" });

/** The choices that a link names; what it does not name stays as it is. */
function choicesIn(parameters) {
  const choices = {};
  for (const [name, most] of [["horizon", 365], ["past", 1095]]) {
    const days = Number(parameters.get(name));
    if (Number.isInteger(days) && days >= 1 && days <= most) choices[name] = days;
  }
  for (const name of ["copy", "line", "log"]) if (parameters.has(name)) choices[name] = parameters.get(name) === "true";
  return choices;
}
