/** Words for what can be done with a kept series, on whichever page it stands. */
const en = {
  delete: "Delete",
  "delete-question": "Delete “{name}” for good? Its days, its forecasts and its place in the next training go with it.",
};
const zh = {
  delete: "删除",
  "delete-question": "永久删除“{name}”？它的每日数据、预测以及在下一次训练中的位置都会一并删除。",
};
export const words = { en, "zh-CN": zh };
