/** What trainings say while they run and of what they have made, in Chinese; see `sentences.js` for the places. */
export default {
  starting: "正在启动",
  "reading the history": "正在读取历史",
  "choosing how many sigmoids": "正在选择 sigmoid 的个数",
  "learning from the history": "正在从历史中学习",
  "learning on": "正在继续学习",
  "forecasting the held-out days": "正在预测留出的日子",
  publishing: "正在发布",
  "{} ({})": "{0}（{1}）",
  "there was no model to compare it with": "没有可比较的模型",
  "on the same held-out days it is at least as good as {}": "在同样的留出日子里，它不逊于 {0}",
  "on the same held-out days it is worse than {}": "在同样的留出日子里，它不如 {0}",
  "the history is too short to compare it with {} on held-out days": "历史太短，无法在留出的日子里与 {0} 比较",
  "{} could not be measured on the same held-out days": "{0} 无法在同样的留出日子里衡量",
  "on generated histories it errs {} as much as what was learned from those":
    "在生成的历史上，它的误差是从那些历史学到的模型的 {0}",
  "it may have been fitted on some of these days, up to {}": "它可能用其中一些日子训练过，直到 {0}",
};
