/** Tables of a page, written anew whenever what they hold changes. */

/** Write headings and rows of contents (texts or elements) into a table; words stand left, numbers right. */
export function fillTable(table, headings, rows) {
  table.replaceChildren();
  const heading = table.createTHead().insertRow();
  heading.append(...headings.map((words) => headingOf("col", words)));
  const body = table.createTBody();
  for (const [first, ...rest] of rows) {
    const row = body.insertRow();
    row.append(headingOf("row", first));
    for (const content of rest) row.insertCell().append(...[content].flat());
  }
  alignWords(table);
}

function alignWords({ rows: [heading, ...rows] }) {
  for (const [column, { classList }] of Array.from(heading.cells).entries()) {
    const cells = rows.map((row) => row.cells[column]);
    if (!cells.some((cell) => /^\p{L}/u.test(cell.textContent))) continue;
    for (const cell of [{ classList }, ...cells]) cell.classList.add("words");
  }
}

function headingOf(scope, content) {
  const cell = Object.assign(document.createElement("th"), { scope });
  cell.append(...[content].flat());
  return cell;
}
