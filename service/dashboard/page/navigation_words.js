/** Words of the navigation, and the titles of the pages that it leads to. */
const en = {
  navigation: "Pages",
  "nav-forecast": "Forecast",
  "nav-series": "Series",
  "nav-training": "Training",
  "nav-health": "Model health",
  "nav-lecture": "The lecture",
  "nav-api": "API",
  "title-index": "Viewcast: tomorrow’s views",
  "title-series": "Viewcast: kept series",
  "title-training": "Viewcast: training",
  "title-health": "Viewcast: model health",
};
const zh = {
  navigation: "页面",
  "nav-forecast": "预测",
  "nav-series": "序列",
  "nav-training": "训练",
  "nav-health": "模型状况",
  "nav-lecture": "课程",
  "nav-api": "API",
  "title-index": "Viewcast：明天的播放量",
  "title-series": "Viewcast：已保存的序列",
  "title-training": "Viewcast：训练",
  "title-health": "Viewcast：模型状况",
};
export const words = { en, "zh-CN": zh };
