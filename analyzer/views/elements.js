// What the parts of the review share: words, marks, and elements whose words are set as text, never as markup.
const SEVERITIES = ["high", "medium", "low"];
const SHAPES = { high: "■", medium: "▲", low: "●", cleared: "○", met: "✓", unmet: "✗" };
const WORDS = { high: "High", medium: "Medium", low: "Low", cleared: "Cleared", met: "As recommended", unmet: "Not as recommended" };

function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const button = (label, onclick, props = {}) => el("button", { type: "button", onclick, ...props }, label);
const shape = (severity) => el("span", { class: `shape ${severity}`, "aria-hidden": "true" }, SHAPES[severity]);
const count = (number, one, many) => `${number.toLocaleString("en-US")} ${number === 1 ? one : many || one + "s"}`;
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const place = (item) => [item.page && `Page ${item.page}`, item.section].filter(Boolean).join(" · ") || "No heading";
const toneOf = (item) => ("met" in item ? (item.met ? "met" : "unmet") : item.severity);

function part(title, ...children) {
  const present = children.filter(Boolean);
  return present.length ? el("div", { class: "part" }, el("h3", {}, title), present) : null;
}

function keepInView(scroller, node, above) {
  const box = node.getBoundingClientRect(), frame = scroller.getBoundingClientRect();
  if (box.top < frame.top + above) scroller.scrollTop += box.top - frame.top - above;
  else if (box.bottom > frame.bottom - 12) scroller.scrollTop += box.bottom - frame.bottom + 12;
}

async function copied(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el("textarea", { class: "unseen" });
    area.value = text;
    root.append(area);
    area.select();
    const isDone = document.execCommand("copy");
    area.remove();
    return isDone;
  }
}
