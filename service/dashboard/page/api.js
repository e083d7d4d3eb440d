/** Questions to the service; what is wrong comes back as a `Problem` whose message is a sentence to show. */
import { store, stored, text } from "./language.js";

export class Problem extends Error {
  constructor(message, status = 0, details = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

async function ask(path, options = {}) {
  const key = stored("api-key");
  let response;
  try {
    response = await fetch(path, { ...options, headers: { ...options.headers, ...(key && { "X-API-Key": key }) } });
  } catch {
    throw new Problem(text("no-answer"));
  }
  if (response.ok) return response;
  if (response.status === 401 && (await askForKey(Boolean(key)))) return ask(path, options);
  const details = await response.json().catch(() => ({}));
  throw new Problem(details.detail ?? `${response.status} ${response.statusText}`, response.status, details);
}

let asking = null; // one dialog for all questions that wait for it

/** Ask for an API key, and give whether one was entered. */
function askForKey(hadOne) {
  const dialog = document.getElementById("key-dialog");
  if (!dialog) return false;
  asking ??= new Promise((resolve) => {
    document.getElementById("key-words").textContent = text(hadOne ? "key-refused" : "key-needed");
    document.getElementById("key").value = "";
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener(
      "close",
      () => {
        const entered = dialog.returnValue === "use" && document.getElementById("key").value.trim();
        if (entered) store("api-key", entered);
        asking = null;
        resolve(Boolean(entered));
      },
      { once: true },
    );
  });
  return asking;
}

const json = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export const getText = async (path) => (await ask(path)).text();
export const getJson = async (path) => (await ask(path)).json();
export const postJson = async (path, body) => (await ask(path, json(body))).json();

/** Send a file as a form does. */
export async function postFile(path, file) {
  const body = new FormData();
  body.append("file", file, file.name);
  return (await ask(path, { method: "POST", body })).json();
}
