/** Texts, numbers and dates in the chosen language, or in the language that the browser prefers. */
const WORDS = { en: {}, "zh-CN": {} };
const listeners = [];
let language = preferred();

function preferred() {
  const chosen = stored("language");
  if (chosen in WORDS) return chosen;
  return (navigator.languages ?? [navigator.language]).some((name) => name.startsWith("zh")) &&
    navigator.language.startsWith("zh")
    ? "zh-CN"
    : "en";
}

export function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage may be forbidden; the page works without it
  }
}

export function store(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // storage may be forbidden
  }
}

/** Give a text with its {placeholders} filled in. */
export function text(key, places = {}) {
  const sentence = WORDS[language][key] ?? WORDS.en[key];
  if (sentence === undefined) throw new Error(`there are no words for ${key}`);
  return sentence.replace(/\{(\w+)\}/g, (_, name) => places[name]);
}

/** Whether the chosen language has a text of this name. */
export const has = (key) => key in WORDS[language];

/** Give the locale for numbers and dates: that of the browser, if it has the chosen language. */
const region = () => (navigator.language.startsWith(language.slice(0, 2)) ? navigator.language : language);

/** Add texts, by language and name. */
export function addWords(words) {
  for (const name of Object.keys(WORDS)) Object.assign(WORDS[name], words[name]);
}

export const currentLanguage = () => language;

export function number(value, digits = 0) {
  return new Intl.NumberFormat(region(), { maximumFractionDigits: digits }).format(value);
}

/** Format views: as whole numbers, or with one decimal if there are few. */
export const views = (value) => number(value, value < 10 ? 1 : 0);

export function percent(share, digits = 0) {
  return new Intl.NumberFormat(region(), { style: "percent", maximumFractionDigits: digits }).format(share);
}

/** Format a change, such as +12 % or −3 %. */
export function change(share) {
  const format = { style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" };
  return new Intl.NumberFormat(region(), format).format(share).replace("-", "−");
}

export function longDate(iso) {
  const format = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(region(), format).format(new Date(`${iso}T00:00:00Z`));
}

export function date(iso) {
  const format = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(region(), format).format(new Date(`${iso}T00:00:00Z`));
}

export function weekday(iso) {
  return new Intl.DateTimeFormat(region(), { weekday: "long", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
}

/** Format a time, in the time zone of the browser. */
export function clock(iso) {
  return new Intl.DateTimeFormat(region(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** Format a duration in the largest suitable unit. */
export function duration(seconds) {
  const [unit, size] = [["hour", 3600], ["minute", 60]].find(([, size]) => seconds >= 2 * size) ?? ["second", 1];
  const count = Math.max(1, Math.round(seconds / size));
  return new Intl.NumberFormat(region(), { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** Add days to a date; both dates are texts such as YYYY-MM-DD. */
export function dayAfter(iso, days) {
  return new Date(Date.parse(`${iso}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Insert texts into all elements that name them, and call the functions that draw their own texts. */
export function translate() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]"))
    element.setAttribute("aria-label", text(element.dataset.label));
  for (const listener of listeners) listener();
}

export const onLanguage = (listener) => listeners.push(listener);

export function setUpLanguage(select) {
  select.value = language;
  select.addEventListener("change", () => {
    language = select.value;
    store("language", language);
    translate();
  });
  translate();
}
