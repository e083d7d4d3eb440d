/** Words for what passes between a page and the service: keys, questions, answers. */
const en = {
  "key-title": "An API key is needed",
  "key-needed": "This service answers only those who have a key. Whoever runs it makes one: python -m service keys create.",
  "key-refused": "The key that was entered is not in force: it has expired, was revoked, or is mistyped. Enter another one.",
  "key-label": "API key",
  "key-characters": "A key has only letters, digits and signs without accents, and no spaces.",
  "key-where": "It stays in this tab, and is gone when the tab is closed.",
  "key-use": "Use this key",
  "key-without": "Not now",
  cancel: "Cancel",
  "no-answer": "The service does not answer. Is it still running? Nothing is lost here: try again.",
  "try-again": "Try again",
  "file-unreadable": "The browser cannot read {name}: {reason}",
  "service-says": "The service says, in English only:",
};
const zh = {
  "key-title": "需要 API 密钥",
  "key-needed": "此服务只回应持有密钥的人。运行它的人可以创建：python -m service keys create。",
  "key-refused": "输入的密钥无效：已过期、被撤销或输入有误。请输入另一个。",
  "key-label": "API 密钥",
  "key-characters": "密钥只含不带重音的字母、数字和符号，没有空格。",
  "key-where": "密钥只留在此标签页中，关闭标签页即消失。",
  "key-use": "使用此密钥",
  "key-without": "暂不",
  cancel: "取消",
  "no-answer": "服务没有响应。它还在运行吗？这里没有丢失任何内容，请重试。",
  "try-again": "重试",
  "file-unreadable": "浏览器无法读取 {name}：{reason}",
  "service-says": "服务的说明（仅有英文）：",
};
export const words = { en, "zh-CN": zh };
