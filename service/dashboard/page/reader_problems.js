/** Why the reader of files refuses one, in Chinese; see `sentences.js` for the places. */
export default {
  // Dates
  "the date is missing; write year-month-day, like 2026-11-20": "缺少日期；请写作年-月-日，如 2026-11-20",
  "{} is not written like {} above it; write all dates like 2026-11-20":
    "{0} 与上面的 {1} 写法不同；请把所有日期写作 2026-11-20 的形式",
  "{} lies outside of {} to {}; {}": "{0} 不在 {1} 至 {2} 之内；{3}",
  "is the year mistyped, or another calendar's?": "是年份写错了，还是另一种历法？",
  "{} may be {}, and no date in the column decides between {}, {}; write all dates like 2026-11-20":
    "{0} 可能是 {1}，此列中没有日期能区分{2}，{3}；请把所有日期写作 2026-11-20 的形式",
  "nor do the days follow each other in one of them alone": "日子的先后也不能",
  "as the days may follow each other, or the months": "因为可能是逐日相连，也可能是逐月相连",
  "is what a spreadsheet shows when a column is too narrow; widen it, and save the file again":
    "是电子表格在列太窄时显示的内容；请加宽该列并重新保存",
  "day/month and month/day": "日/月与月/日",
  "the two": "两者",
  "is a {}, and no day; one row a day is needed, with the views of that day":
    "是{0}，不是一天；需要每天一行，写当天的播放量",
  week: "一周",
  month: "一个月",
  quarter: "一个季度",
  year: "一年",
  "range of {#} days": " {0} 天的区间",
  "has no year; write year-month-day, like 2026-11-20": "没有年份；请写作年-月-日，如 2026-11-20",
  "does not exist in the calendar; write year-month-day, like 2026-11-20":
    "在日历中不存在；请写作年-月-日，如 2026-11-20",
  "is a number and no date; write year-month-day, like 2026-11-20": "是数字，不是日期；请写作年-月-日，如 2026-11-20",
  "is not a date that can be read; write year-month-day, like 2026-11-20":
    "不是能读出的日期；请写作年-月-日，如 2026-11-20",
  "there is a count for {}, and today is {}; is the year mistyped? Leave days to come out":
    "{0} 已有次数，而今天是 {1}；年份是否写错？请去掉尚未到来的日子",
  "{} stands where {} would follow; is the year mistyped?": "此处应为 {1}，却是 {0}；年份是否写错？",
  "{} lies {} days apart from all other days of series {}; is the year mistyped?":
    "{0} 与序列 {2} 的其他日子相隔 {1} 天；年份是否写错？",
  "series {} goes from {} (line {}) to {} (line {}), more than 100 years; is one of these years mistyped?":
    "序列 {0} 从 {1}（第 {2} 行）到 {3}（第 {4} 行），超过 100 年；其中一个年份是否写错？",
  "{} to {} is more than 100 years; is one of these years mistyped?": "{0} 至 {1} 超过 100 年；其中一个年份是否写错？",
  "{} to {} is outside of {} to {}": "{0} 至 {1} 不在 {2} 至 {3} 之内",
  "the first date is missing": "缺少首个日期",
  "there is one row {}; {}": "每{0}一行；{1}",
  "there is one row {} of {}; {}": "{1} 每{0}一行；{2}",
  "a week": "周",
  "a month": "月",
  "a quarter": "季度",
  "a year": "年",
  "every {} days": " {0} 天",
  "series {q}": "序列 {0}",
  "one row a day is needed, with the views of that day": "需要每天一行，写当天的播放量",
  "no day is whole; the hours of a whole day are needed": "没有完整的一天；需要一整天的各个小时",
  "each series has one day; if {} is not the day of the views, add the one that is":
    "每个序列只有一天；若 {0} 不是播放量所属的日子，请补上那一列",
  '{}, else call it "date"': "{0}，否则请将它命名为“date”",
  // Counts
  "no row has a count": "没有一行有次数",
  "no row has a count but those that sum up others": "除合计行外，没有一行有次数",
  "no day has a count for all of its parts": "没有一天的各部分都有次数",
  "{} counts are negative; a count is 0 or more": "{0} 个次数为负；次数应为 0 或更大",
  "{} is negative; write 0 or more": "{0} 为负；请写 0 或更大的数",
  "{} is too large; a count is at most {} views a day": "{0} 太大；每天最多 {1} 次",
  "the number is too large; a count is at most {} views a day": "数字太大；每天最多 {0} 次",
  "{} may be {}, with a thousands separator, or {}0; write one of these":
    "{0} 可能是带千位分隔符的 {1}，也可能是 {2}0；请写其中一种",
  '{}: in this column "{}" stands between thousands and before decimals; write counts as plain digits, like {}':
    "{0}：此列中“{1}”既用作千位分隔符又用作小数点；请只写数字，如 {2}",
  "is infinite; write a number, or leave it empty when the day is unknown": "是无穷大；请写一个数，未知的日子请留空",
  "is abbreviated; write it in full, like {}": "是缩写；请写全，如 {0}",
  "is a share and no count; take the column with the numbers themselves": "是比例，不是次数；请用写有数字本身的列",
  'is a bound, with "{}", and no count; write the number, or leave it empty': "带有“{0}”，是界限而非次数；请写数字或留空",
  "is a duration and no count": "是时长，不是次数",
  "is an amount of money and no count": "是金额，不是次数",
  "has a comma; write {}": "带有逗号；请写作 {0}",
  "is not a number; write digits, like 1204, or leave it empty when the day is unknown":
    "不是数字；请写数字，如 1204，未知的日子请留空",
  "most days have several counts that differ; leave one, or add a column that names the series":
    "大多数日子有多个不同的次数；请只留一个，或加一列说明它们属于哪个序列",
  "{} has {}, and the other rows of its day add up to {}; leave out the one or the others":
    "{0} 为 {1}，而当天其余各行之和为 {2}；请去掉前者或后者",
  "{} has {} beside it, in the column {}; if {},{} is meant, write {}{}, else leave that column out":
    "{0} 旁边的 {2} 列中有 {1}；若指 {3},{4}，请写作 {5}{6}，否则请去掉该列",
  "{} counts are spread over {} days; nearly all days are missing": "{0} 个次数分布在 {1} 天中；几乎所有日子都缺失",
  "no series has two days in a row, whose difference could be taken": "没有序列有连续两天，无法取差",
  "there is no day but {}, which was to be left out": "除了要略去的 {0}，没有其他日子",
  "views must be a list of at least one day; its shape is {}": "播放量应为至少一天的列表；它的形状是 {0}",
  "the first and the last day must be known": "首日与末日必须已知",
  "views of {} are {}; a count lies between 0 and {}": "{0} 的播放量是 {1}；次数应在 0 到 {2} 之间",
  "series {}: no day has a count; at least one must": "序列 {0}：没有一天有次数；至少要有一天",
  // Columns
  "there is a header, but no row below it": "只有表头，下面没有行",
  'the file is empty; it needs a header like "series,date,views"': "文件是空的；它需要“series,date,views”这样的表头",
  "the file is empty": "文件是空的",
  'write a header like "series,date,views" or "date,views"': "请写“series,date,views”或“date,views”这样的表头",
  "the rows are {}s, and no days; one row a day is needed, with the views of that day":
    "每行是{0}，不是一天；需要每天一行，写当天的播放量",
  "the columns are months or weeks, and no days; one count a day is needed": "各列是月或周，不是日子；需要每天一个次数",
  'days are numbered in {}, and it is not said which days they are; export the report by "Date"':
    "{0} 中的日子只有编号，没有说明是哪一天；请按“日期”导出报告",
  'there is no column "date" among {}; of a table that sums up all days, as YouTube Studio\'s "Table data" does, nothing can be learned: take "Chart data.csv", "Totals.csv" or the whole zip':
    "{0} 中没有日期列；像 YouTube 工作室的“表格数据”那样汇总所有日子的表格无法用来预测：请用图表数据（Chart data.csv）、总计（Totals.csv）或整个 zip",
  "the first line has to name the columns, and it is {}; {}": "第一行应是列名，现在是 {0}；{1}",
  "{} is no day of views, and there is no other; {}": "{0} 不是播放量所属的日子，也没有其他日期列；{1}",
  'there is no column "date", and {} may each be it; call one of them "date"':
    "没有日期列，{0} 都可能是；请将其中一列命名为“date”",
  'there is no column "views" among {}; {}': "{0} 中没有播放量列；{1}",
  "there is no column {}, which {} names; there are {}": "没有 {1} 所指的 {0} 列；现有 {2}",
  "there are two columns {}, which {} names; there are {}": "{1} 所指的 {0} 有两列；现有 {2}",
  "{q} or {q}": "{0} 或 {1}",
  "{d} or {d}": "{0} 或 {1}",
  'two columns are named "{}"; leave one': "有两列都叫“{0}”；请只留一列",
  'two columns are named "series"; leave one': "有两列都叫“series”；请只留一列",
  "two columns are named {}; leave one": "有两列都叫 {0}；请只留一列",
  "the columns are the hours of a day; one row an hour, or a day, is needed": "各列是一天的各小时；需要每小时或每天一行",
  "no column is called views, and {q} {}holds counts; {} chooses it": "没有名为播放量的列，而{1} {0} 是次数；可以选它",
  "no column is called views, and {q} {}may be counts; {} chooses one, and several are separated by commas":
    "没有名为播放量的列，{1} {0} 都可能是次数；请选择一个",
  "in this one ": "此列中",
  "no row counts {}, which {} names; there are {}": "没有一行统计 {1} 所指的 {0}；现有 {2}",
  "there is no column {}, which {} names, nor any row of it": "没有 {1} 所指的 {0} 列，也没有这样的行",
  "the columns are days numbered 1 to {}, and it is not said of which month; name each by its whole date, like 2026-11-20":
    "各列是编号 1 到 {0} 的日子，没有说明是哪个月；请用完整日期命名，如 2026-11-20",
  "the columns are days without their year; name each by its whole date, like 2026-11-20":
    "各列是没有年份的日子；请用完整日期命名，如 2026-11-20",
  "the column says what is counted, {}, and not which of them are the views":
    "有一列说明统计的是什么（{0}），却没有说明哪一种是播放量",
  "{}; leave the rows of one": "{0}；请只保留一种的行",
  '{} may each name the series; name the one that does "series", or leave the others out':
    "{0} 都可能是序列名；请将真正的那一列命名为“series”，或去掉其余各列",
  "the file names {} series, and {} names a lone one; leave it out": "文件中有 {0} 个序列，而 {1} 只为单个序列命名；请去掉它",
  "{} fields where the header has {}": "有 {0} 个字段，而表头有 {1} 个",
  "{}; write counts without commas, and put names with commas in quotes":
    "{0}；次数请不要带逗号，带逗号的名称请加引号",
  "{}; the line is in quotes as a whole, write it without them": "{0}；整行带有引号，请去掉",
  "another table with days begins here, below {}; leave one": "这里在 {0} 之下又开始一张带日子的表；请只留一张",
  "there are more than {} series; split the file": "序列超过 {0} 个；请拆分文件",
  // Names
  "the name of a series is empty; give it one": "序列名是空的；请给它一个名称",
  "the name of a series has {} characters; at most {} are kept": "序列名有 {0} 个字符；最多 {1} 个",
  "the name of a series has spaces around it; leave them out": "序列名首尾有空格；请去掉",
  "the name of a series has a control character or an invalid one in it; leave it out":
    "序列名中有控制字符或无效字符；请去掉",
  "the metric {} is no name of 1 to {} characters without spaces around it":
    "指标 {0} 不是首尾没有空格、1 到 {1} 个字符的名称",
  "two series are named {}; each needs a name of its own": "有两个序列都叫 {0}；各需自己的名称",
  // Events
  "{} events are asked for; at most {} are learned from": "要求了 {0} 个事件；最多学习 {1} 个",
  "the name of an event is empty, or has spaces around it or unprintable characters in it":
    "事件名是空的，或首尾有空格，或含有不可打印的字符",
  '"{}" is a column that every history has; it is no event': "“{0}”是每个历史都有的列，不是事件",
  "an event is asked for twice; once is enough": "同一事件要求了两次；一次就够",
  "no row has a value for the event {}; name a column of numbers": "没有一行有事件 {0} 的值；请指定一列数字",
  "holidays of {} places are asked for; at most {} are learned": "要求了 {0} 个地方的节假日；最多学习 {1} 个",
  "there are no holidays of {}; {}": "没有 {0} 的节假日；{1}",
  "write a country like DE, or one with a subdivision like DE-BY": "请写国家，如 DE，或带地区的，如 DE-BY",
  // Files
  "{} tables have days and counts ({}); leave one": "有 {0} 张表带日子和次数（{1}）；请只留一张",
  "the gzip unpacks to more than 4 GB; too much for a history": "gzip 解开后超过 4 GB；对历史来说太大",
  "a gzip in a gzip; pack it once": "gzip 里还是 gzip；请只压缩一次",
  "the gzip cannot be read ({})": "无法读取 gzip（{0}）",
  "this is no JSON ({})": "这不是 JSON（{0}）",
  'no list of records is in this JSON; write [{"series": "home", "date": "2026-11-20", "views": 5}]':
    '此 JSON 中没有记录列表；请写 [{"series": "home", "date": "2026-11-20", "views": 5}]',
  "record {} is no series like the others": "第 {0} 条记录不是与其他记录一样的序列",
  "record {} counts {}, and series in a file have views": "第 {0} 条记录统计的是 {1}，而文件中的序列是播放量",
  "{}; write a record a day instead": "{0}；请改为每天一条记录",
  'record {} does not begin on a day: "start" is {}': "第 {0} 条记录不是从某一天开始：“start”是 {1}",
  "there are {} labels, and another number of counts; write null where none is known":
    "有 {0} 个标签，而次数的个数不同；未知之处请写 null",
  "the label {q} {}": "标签 {0} {1}",
  "two lines of the chart are named {}; leave one": "图表中有两条线都叫 {0}；请只留一条",
  "a quote is opened here and never closed": "此处的引号没有闭合",
  "a quote is opened here and never closed, or a field is longer than 131072 characters":
    "此处的引号没有闭合，或字段超过 131072 个字符",
  "{}; write a quote inside of quotes twice": "{0}；引号之内的引号请写两次",
  "each line is in quotes as a whole; write it without them": "每一行都整体带引号；请去掉引号",
  'not a text in UTF-8; save it as "CSV UTF-8"': "不是 UTF-8 文本；请另存为“CSV UTF-8”",
  'the workbook cannot be read ({}); save it as "CSV UTF-8"': "无法读取工作簿（{0}）；请另存为“CSV UTF-8”",
  "the Parquet file cannot be read ({})": "无法读取 Parquet 文件（{0}）",
  "reading it needs {}: pip install {}; or save it as CSV": "读取它需要 {0}：pip install {1}；或另存为 CSV",
  "the zip needs a CSV file with a date and views; it has {}": "zip 中需要一个带日期与播放量的 CSV；现有 {0}",
  "the file would unpack to {} bytes; too much for a history": "文件解开后有 {0} 字节；对历史来说太大",
  "the zip has more than {} files; zip the CSV alone": "zip 中的文件超过 {0} 个；请只压缩 CSV",
  "the file is encrypted; zip it without a password": "文件已加密；请不设密码压缩",
  'the file is not packed by the usual method, "deflate"': "文件不是用常见的“deflate”方法压缩的",
  "the zip cannot be read ({}); zip it anew": "无法读取 zip（{0}）；请重新压缩",
  "{} and {} in the zip both have a series {}; leave one": "zip 中的 {0} 与 {1} 都有序列 {2}；请只留一个",
  "the zip has two files named {}; leave one": "zip 中有两个文件都叫 {0}；请只留一个",
  "the database of the histories cannot be used; the log says why": "历史的数据库无法使用；日志说明了原因",
  "views has {#} entries; at least {#} are needed": "历史有 {0} 天；预测至少需要 {1} 天",
  "the history is empty; it needs at least one series with one day": "历史是空的；至少需要一个序列的一天",
};
