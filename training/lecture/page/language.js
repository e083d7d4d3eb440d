/** Words, numbers and dates in the language that was chosen, or that the browser prefers. */
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
    return null; // storage may be forbidden; the page works without
  }
}

export function store(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // as above
  }
}

/** A sentence with its {places} filled in. */
export function text(key, places = {}) {
  const sentence = WORDS[language][key] ?? WORDS.en[key];
  if (sentence === undefined) throw new Error(`there are no words for ${key}`);
  return sentence.replace(/\{(\w+)\}/g, (_, name) => places[name]);
}

/** Whether there are words for something in the chosen language. */
export const has = (key) => key in WORDS[language];

/** How numbers and dates are written: as the browser's region has it, where it speaks the language. */
const region = () => (navigator.language.startsWith(language.slice(0, 2)) ? navigator.language : language);

/** Add sentences by language and name. */
export function addWords(words) {
  for (const name of Object.keys(WORDS)) Object.assign(WORDS[name], words[name]);
}

export const currentLanguage = () => language;

export function number(value, digits = 0) {
  return new Intl.NumberFormat(region(), { maximumFractionDigits: digits }).format(value);
}

/** Views as a reader takes them in: whole, or with a digit where there are few. */
export const views = (value) => number(value, value < 10 ? 1 : 0);

export function percent(share, digits = 0) {
  return new Intl.NumberFormat(region(), { style: "percent", maximumFractionDigits: digits }).format(share);
}

/** A change such as +12 % or −3 %. */
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

/** A moment, in the reader's own time zone. */
export function clock(iso) {
  return new Intl.DateTimeFormat(region(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** A length of time in its largest fitting unit. */
export function duration(seconds) {
  const [unit, size] = [["hour", 3600], ["minute", 60]].find(([, size]) => seconds >= 2 * size) ?? ["second", 1];
  const count = Math.max(1, Math.round(seconds / size));
  return new Intl.NumberFormat(region(), { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** The day some days after another, both as YYYY-MM-DD. */
export function dayAfter(iso, days) {
  return new Date(Date.parse(`${iso}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Put words on everything that names them, and call whoever draws words of its own. */
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
