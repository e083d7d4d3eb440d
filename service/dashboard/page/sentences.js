/** The service's sentences in Chinese: it speaks English alone. What is not known here is shown as it came. */
import { currentLanguage, text } from "./language.js";

const ROWS = String.raw`(\d+) rows? \(lines? ([\d, …]+)\)`;
// What a query may ask for; the page has a button for it.
const ADVICE = /; if [^;]*\?\w+=true [^;]*$/;
const CHINESE = [
  [`${ROWS} with a negative count: taken as missing`, "$1 行的次数为负（第 $2 行）：视为缺失"],
  [`${ROWS} without a count: taken as missing days`, "$1 行没有次数（第 $2 行）：视为缺失的日子"],
  [`${ROWS} with a fractional count: kept as it is`, "$1 行的次数带小数（第 $2 行）：原样保留"],
  [`${ROWS} with the series, day and count of a later row: left out`, "$1 行与后面的行完全相同（第 $2 行）：略去"],
  [`${ROWS} with another count than a later row has for the day: left out`, "$1 行与后面同一天的行次数不同（第 $2 行）：略去"],
  [String.raw`(\d+) days? without a row inside of a series: taken as missing`, "序列内有 $1 天没有行：视为缺失"],
  [String.raw`(\d+) days? with a part without a count: taken as missing`, "$1 天有一部分没有次数：视为缺失"],
  [String.raw`(\d+) days? on which a lifetime count falls: taken as missing`, "$1 天的累计次数下降：视为缺失"],
  [String.raw`(\d+) days? at an end, not whole \((.+)\): left out`, "两端有 $1 天不完整（$2）：略去"],
  [String.raw`(\d+) days? of 0 before the first count of a series: taken as before it existed`, "序列首个次数之前有 $1 天为 0：视为它尚不存在"],
  [String.raw`(\d+) columns are days, a row a series`, "$1 列是日期，每行一个序列"],
  [String.raw`(\d+) columns are series, a row a day`, "$1 列是序列，每行一天"],
  ["the series are named by the column (.+)", "序列按 $1 列命名"],
  ["the columns? (.+) (?:is|are) passed over", "$1 列未读取"],
  ["(.+) (?:is|are each) written in ways that differ in Unicode form or spaces only: one series", "$1 有几种写法，仅 Unicode 形式或空格不同：视为同一序列"],
  ["(.+) (?:is|are each) written with and without an apostrophe in front, which is for spreadsheets: one series", "$1 有带撇号和不带撇号两种写法（撇号供电子表格使用）：视为同一序列"],
  ["only the rows with (.+) in (.+) are read", "只读取 $2 列为 $1 的行"],
  [String.raw`the event (.+) has (\d+) days?`, "事件 $1 有 $2 天"],
  [String.raw`the \w+ (.+) (?:has|have) no days with counts: passed over`, "$1 中没有带次数的日子：略过"],
  ["there is no header: the columns are taken for the date and its views", "没有表头：各列视为日期与播放量"],
  ["the header stands there again: left out", "表头重复出现：略去"],
  [String.raw`line (\d+), (.+), is no row: left out`, "第 $1 行 $2 不是数据行：略去"],
  [String.raw`another table, of (.+), begins on line (\d+): passed over`, "第 $2 行起是另一张表 $1：略过"],
  ["the hours of each day are summed", "每天的各小时已相加"],
  ["rows of one series and day that differ in (.+) are taken for parts of that day and summed", "同一序列同一天、仅 $1 不同的行已相加"],
  [String.raw`the row without a date \(line (\d+)\) is the sum of the others: left out`, "没有日期的行（第 $1 行）是其余各行之和：略去"],
  ["the differences from day to day are taken, as of lifetime counts", "已按累计次数取逐日之差"],
  ["the last day, (.+), is left out", "最后一天 $1 已略去"],
  ["the last day, ([^,]+), is not over; .+", "最后一天 $1 还没有过完；它的次数若不完整，可以略去"],
  [
    String.raw`the last day, ([^,]+), has less than half of any of the (\d+) days before; .+`,
    "最后一天 $1 不到此前 $2 天中任何一天的一半；它的次数若不完整，可以略去",
  ],
  [
    String.raw`the last (\d+) days have less than half of any of the (\d+) days before; .+`,
    "最后 $1 天不到此前 $2 天中任何一天的一半；次数若不完整，可以略去",
  ],
  ["the counts of series (.+) (?:never|hardly ever) fall, and are large beside their steps: .+", "序列 $1 的次数几乎从不下降，且远大于每日的变化：若是累计次数，可以取逐日之差"],
  ["there was no model to compare it with", "没有可比较的模型"],
  ["on the same held-out days it is at least as good as (.+)", "在同样的留出日子里，它不逊于 $1"],
  ["on the same held-out days it is worse than (.+)", "在同样的留出日子里，它不如 $1"],
  ["the history is too short to compare it with (.+) on held-out days", "历史太短，无法在留出的日子里与 $1 比较"],
  ["(.+) could not be measured on the same held-out days", "$1 无法在同样的留出日子里衡量"],
  ["starting", "正在启动"],
  ["reading the history", "正在读取历史"],
  ["learning from the history", "正在从历史中学习"],
  ["forecasting the held-out days", "正在预测留出的日子"],
  ["publishing", "正在发布"],
].map(([pattern, sentence]) => [new RegExp(`^(.+?: )?${pattern}$`), sentence]);

/** A sentence of the service in the chosen language, and which language that came to be. */
export function translated(sentence) {
  if (currentLanguage() === "en") return { words: sentence.replace(ADVICE, ""), language: "en" };
  for (const [pattern, chinese] of CHINESE) {
    const found = sentence.match(pattern);
    if (found) {
      const words = chinese.replace(/\$(\d)/g, (_, n) => found[Number(n) + 1]);
      return { words: `${found[1] ? found[1].replace(/: $/, "：") : ""}${words}`, language: currentLanguage() };
    }
  }
  return { words: sentence, language: "en" };
}

/** An element that says a sentence of the service, with a word before it where it is not translated. */
export function said(tag, sentence) {
  const element = document.createElement(tag);
  const { words, language } = translated(sentence);
  if (language === currentLanguage()) {
    element.textContent = words;
    return element;
  }
  const original = document.createElement("span");
  original.lang = "en";
  original.textContent = words;
  element.append(`${text("service-says")} `, original);
  return element;
}
