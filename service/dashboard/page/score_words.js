/** Words for scores that are relative to the weekly copy, on whichever page they stand. */
const en = {
  "ahead-1": "The next day",
  "ahead-1-7": "The next 7 days",
  "ahead-1-28": "The next 28 days",
  "relative-lead": "Errors are divided by those of copying what was a week before: below 100% is better than copying.",
  "mean-error": "Views a day, next 28 days",
  inside: "Inside the {level}% interval",
};
const zh = {
  "ahead-1": "下一天",
  "ahead-1-7": "未来 7 天",
  "ahead-1-28": "未来 28 天",
  "relative-lead": "误差除以照搬一周前的误差：低于 100% 就比照搬更好。",
  "mean-error": "每天的播放量，未来 28 天",
  inside: "落在 {level}% 区间内",
};
export const words = { en, "zh-CN": zh };
