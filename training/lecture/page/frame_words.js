/** Texts that every page needs. */
const en = {
  skip: "Skip to the content",
  language: "Language",
  theme: "Colours",
  "theme-auto": "Like the system",
  "theme-light": "Light",
  "theme-dark": "Dark",
};
const zh = {
  skip: "跳到正文",
  language: "语言",
  theme: "配色",
  "theme-auto": "跟随系统",
  "theme-light": "浅色",
  "theme-dark": "深色",
};
export const words = { en, "zh-CN": zh };
