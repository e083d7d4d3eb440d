/** Questions to the service; what is wrong comes back as a `Problem` whose message is a sentence to show. */
import { text } from "./language.js";

export class Problem extends Error {
  constructor(message, status = 0, details = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Problem(text("no-answer"));
  }
  if (response.ok) return response;
  const details = await response.json().catch(() => ({}));
  throw new Problem(details.detail ?? `${response.status} ${response.statusText}`, response.status, details);
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
