/** A line of counts as small as a word. */

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, EDGE] = [120, 32, 2];

/** Draw counts, null where a day is missing; `words` say what they are. */
export function sparkline(counts, words) {
  const known = counts.filter((count) => count !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (day) => EDGE + (day * (WIDTH - 2 * EDGE)) / Math.max(1, counts.length - 1);
  const y = (count) => HEIGHT - EDGE - ((count - low) * (HEIGHT - 2 * EDGE)) / (high - low || 1);
  const path = counts.map((count, day) => {
    if (count === null) return "";
    const isStart = day === 0 || counts[day - 1] === null;
    return `${isStart ? "M" : "L"}${x(day).toFixed(1)} ${y(count).toFixed(1)}`;
  });
  const image = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, role: "img" });
  image.setAttribute("aria-label", words);
  image.setAttribute("class", "spark");
  image.append(element("path", { d: path.join("") }));
  if (known.length) image.append(element("circle", { cx: x(counts.length - 1), cy: y(counts.at(-1)), r: EDGE }));
  return image;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
