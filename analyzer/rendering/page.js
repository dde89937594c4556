"use strict";
// Filters, and the way between a finding and its words. Without scripts the page shows everything, and links lead about.
const form = document.querySelector(".filters");
const findings = [...document.querySelectorAll(".finding")];
const order = ["high", "medium", "low"];
const words = new Map();
let chosen = null;

const marksOf = (finding) => [...document.querySelectorAll(`mark[data-f~="${finding.id.slice(1)}"]`)];
const visible = () => findings.filter((finding) => !finding.hidden);
const isWide = () => matchMedia("(min-width: 1000px)").matches;

function fits(finding, data, wanted) {
  return data.getAll("severity").includes(finding.dataset.severity)
    && (!data.get("category") || finding.dataset.category === data.get("category"))
    && (!data.get("standing") || finding.dataset.standing === data.get("standing"))
    && (!wanted || wordsOf(finding).includes(wanted));
}

function wordsOf(finding) {
  if (!words.has(finding)) words.set(finding, finding.textContent.toLowerCase());
  return words.get(finding);
}

function filter() {
  const data = new FormData(form);
  const boxes = [...form.querySelectorAll("[name=severity]")].map((box) => box.value);
  const wanted = (data.get("words") || "").trim().toLowerCase();
  for (const finding of findings) finding.hidden = !fits(finding, data, wanted);
  const shown = visible();
  for (const list of document.querySelectorAll(".found")) {
    const note = list.querySelector(".hidden-all");
    if (note) note.hidden = !list.querySelector(".finding") || Boolean(list.querySelector(".finding:not([hidden])"));
  }
  const severities = new Map(shown.map((finding) => [finding.id.slice(1), finding.dataset.severity]));
  for (const pill of document.querySelectorAll(".pill")) pill.hidden = !severities.has(pill.dataset.f);
  for (const mark of document.querySelectorAll("mark[data-f]")) {
    const here = mark.dataset.f.split(" ").map((key) => severities.get(key)).filter(Boolean);
    mark.classList.remove(...order, "off");
    mark.classList.add(order.find((severity) => here.includes(severity)) || "off");
  }
  if (chosen?.hidden) choose(null);
  const all = boxes.length && shown.length === findings.length;
  form.querySelector("output").textContent = all ? `${findings.length} findings` : `${shown.length} of ${findings.length} findings`;
}

// The chosen finding is open, and its words stand out; only what the person asked for moves into view.
function choose(finding, { toText = false, toCard = false } = {}) {
  for (const mark of document.querySelectorAll("mark.chosen")) mark.classList.remove("chosen");
  chosen?.classList.remove("chosen");
  chosen = finding;
  if (!finding) return;
  finding.classList.add("chosen");
  finding.open = true;
  const marks = marksOf(finding);
  for (const mark of marks) mark.classList.add("chosen");
  if (toText && marks.length) marks[0].scrollIntoView({ block: "center" });
  if (toCard) finding.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const shown = visible();
  if (!shown.length) return;
  const at = shown.indexOf(chosen);
  const next = at < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(shown.length - 1, Math.max(0, at + by));
  if (chosen && chosen !== shown[next]) chosen.open = false;
  choose(shown[next], { toText: isWide() });
  shown[next].querySelector("summary").focus({ preventScroll: true });
  shown[next].scrollIntoView({ block: isWide() ? "nearest" : "start" });
}

function follow() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.matches(".finding")) {
    if (target.hidden) form?.reset();
    choose(target, { toCard: true });
    target.querySelector("summary").focus({ preventScroll: true });
  } else if (target?.matches(".pill")) {
    choose(document.getElementById(`f${target.dataset.f}`));
    target.scrollIntoView({ block: "center" });
  }
}

document.addEventListener("click", (event) => {
  const mark = event.target.closest("mark[data-f]");
  if (mark && !mark.classList.contains("off") && getSelection().isCollapsed) {
    const own = mark.dataset.f.split(" ").map((key) => document.getElementById(`f${key}`)).filter((each) => !each.hidden);
    choose(own[(own.indexOf(chosen) + 1) % own.length], { toCard: true });
    return;
  }
  const summary = event.target.closest(".finding > summary");
  if (summary && !summary.parentElement.open) choose(summary.parentElement, { toText: isWide() }), event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("[type=search], select")) return;
  if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
});

// On paper every finding is open.
const closed = [];
addEventListener("beforeprint", () => {
  closed.push(...[...document.querySelectorAll("details:not([open])")]);
  for (const each of closed) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of closed.splice(0)) each.open = false;
});

addEventListener("hashchange", follow);
if (form) {
  for (const name of ["input", "change"]) form.addEventListener(name, filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of form.querySelectorAll("[data-step]")) button.addEventListener("click", () => step(Number(button.dataset.step)));
  form.hidden = false;
  filter();
}
follow();
