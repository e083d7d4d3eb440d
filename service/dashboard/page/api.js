/** Questions to the service; what is wrong comes back as a `Problem` whose message is a sentence to show. */
import { closed, openDialog } from "./dialogs.js";
import { addWords, text } from "./language.js";
import { words } from "./service_words.js";

addWords(words);

const KEY = "api-key";
let enteredKey = null; // where storage is forbidden

export class Problem extends Error {
  constructor(message, status = 0, details = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }

  /** The kind of problem, as the service's documentation has it; empty when the service did not say. */
  get kind() {
    return (this.details.type ?? "").replace("urn:viewcast:", "");
  }
}

/** The API key that was entered in this tab. */
export function currentKey() {
  try {
    return sessionStorage.getItem(KEY) ?? enteredKey;
  } catch {
    return enteredKey;
  }
}

function useKey(key) {
  enteredKey = key;
  try {
    sessionStorage.setItem(KEY, key);
  } catch {
    // it lasts as long as the page then
  }
}

async function ask(path, options = {}) {
  const key = currentKey();
  let response;
  try {
    response = await fetch(path, { ...options, headers: { ...options.headers, ...(key && { "X-API-Key": key }) } });
  } catch (reason) {
    if (reason.name === "AbortError") throw reason;
    throw new Problem(text("no-answer"));
  }
  if (response.ok) return response;
  if (response.status === 401 && (await askForKey(Boolean(key)))) return ask(path, options);
  const details = await response.json().catch(() => ({}));
  throw new Problem(details.detail ?? `${response.status} ${response.statusText}`, response.status, details);
}

const KEY_QUESTION = `
  <h2 id="key-title" data-text="key-title"></h2>
  <p id="key-words"></p>
  <p><label for="key" data-text="key-label"></label>
    <input id="key" type="password" autocomplete="off" required pattern="\\s*[!-~]+\\s*"></p>
  <p class="quiet" data-text="key-where"></p>
  <p class="buttons">
    <button class="button primary" value="use" data-text="key-use"></button>
    <button class="button" value="" formnovalidate data-text="key-without"></button>
  </p>`;
let asking = null; // one dialog for all questions that wait for it

/** Ask for an API key, and give whether one was entered. */
function askForKey(hadOne) {
  asking ??= enterKey(hadOne).finally(() => (asking = null));
  return asking;
}

async function enterKey(hadOne) {
  const dialog = openDialog("key-dialog", "key-title", KEY_QUESTION);
  document.getElementById("key-words").textContent = text(hadOne ? "key-refused" : "key-needed");
  const input = document.getElementById("key");
  input.title = text("key-characters"); // said with a key that no header can carry
  const entered = (await closed(dialog)) === "use" && input.value.trim();
  if (entered) useKey(entered);
  return Boolean(entered);
}

const json = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export const getText = async (path, headers = {}) => (await ask(path, { headers })).text();
export const getJson = async (path, options = {}) => (await ask(path, options)).json();
export const postJson = async (path, body, options = {}) => (await ask(path, { ...json(body), ...options })).json();
export const post = async (path) => (await ask(path, { method: "POST" })).json();
export const remove = (path) => ask(path, { method: "DELETE" });

/** Send a file as a form does. */
export async function postFile(path, file) {
  await file.slice(0, 1).arrayBuffer().catch((reason) => {
    // A folder, or a file that has gone or changed since it was chosen: the request would fail as without an answer.
    throw new Problem(text("file-unreadable", { name: file.name, reason: reason.message }));
  });
  const body = new FormData();
  body.append("file", file, file.name);
  return (await ask(path, { method: "POST", body })).json();
}

/** Give the data of each server-sent event. A stream of the browser's own (EventSource) could send no key. */
export async function* events(path) {
  const reader = (await ask(path)).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read().catch(() => {
      throw new Problem(text("no-answer"));
    });
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const data = block.split("\n").filter((line) => line.startsWith("data: "));
      if (data.length) yield JSON.parse(data.map((line) => line.slice(6)).join("\n"));
    }
  }
}

/** Let the browser save a content as a file. */
export function save(content, type, name) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(address);
}
