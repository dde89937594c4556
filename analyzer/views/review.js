// The review of one document: the list here, the document in paper.js, the chosen finding in detail.js.
const VERDICTS = { pass: "✓", fail: "■", "cannot-evaluate": "?" };
const KINDS = { findings: "Findings", checklist: "Checklist", near: "Near misses" };
const KEYS = [
  ["j", "Next finding"],
  ["k", "Previous finding"],
  ["a", "Accept"],
  ["r", "Reject, with a reason"],
  ["w", "Waive, with a reason"],
  ["c", "Comment"],
  ["u", "Undo the last decision"],
  ["y", "Why was this not flagged? For selected words, or a paragraph picked with the arrow keys"],
  ["/", "Search"],
  ["Esc", "Leave the search, or close this"],
  ["?", "This help"],
];

const kept = new Map(); // what a person chose in each document of this visit
const views = new WeakMap();

export default function ({ data, parentElement }) {
  let view = views.get(parentElement);
  if (!view || !view.root.isConnected) {
    view = new Review(parentElement);
    views.set(parentElement, view);
  }
  if (view.data?.key !== data.key) view.show(data);
  const stop = new AbortController();
  const on = (name, listener) => window.addEventListener(name, listener, { signal: stop.signal });
  on("keydown", (event) => view.onKey(event));
  on("resize", () => view.fit());
  on("fairterms-pages", (event) => view.paper.onPages(event.detail));
  on("fairterms-work", (event) => view.decisions.onWork(event.detail));
  on("fairterms-why", (event) => view.why.onWhy(event.detail));
  view.fit();
  view.paper.askAgain();
  window.dispatchEvent(new CustomEvent("fairterms-work-asked"));
  window.dispatchEvent(new CustomEvent("fairterms-why-asked"));
  return () => stop.abort();
}

class Review {
  constructor(parent) {
    this.root = el("div", { class: "review" });
    this.live = el("div", { class: "unseen", "aria-live": "polite" });
    this.list = el("section", { class: "panel list", "aria-label": "Findings", tabindex: "-1" });
    this.paper = new Paper(this);
    this.decisions = new Decisions(this);
    this.why = new Why(this);
    this.detail = new Detail(this);
    this.tabs = el("nav", { class: "tabs", "aria-label": "Parts of the review" });
    this.help = this.makeHelp();
    this.root.append(this.tabs, this.list, this.paper.node, this.detail.node, this.help, this.live);
    parent.append(this.root);
  }

  show(data) {
    this.data = data;
    this.marks = [...data.findings, ...data.near, ...data.checklist];
    this.marks.forEach((item, index) => (item.index = index));
    this.why.reset();
    this.paper.shelve();
    this.state = kept.get(data.key) || {
      kind: "findings", chosen: null, off: new Set(), category: "", query: "", zoom: 1, tab: "list",
      mode: data.pages.length ? "pages" : "text",
    };
    kept.set(data.key, this.state);
    this.paper.forget();
    this.drawList();
    this.paper.draw();
    this.detail.draw();
    this.drawTabs();
    if (this.state.chosen !== null) this.paper.land(this.state.chosen);
    else this.paper.scroller.scrollTop = 0;
  }

  // The room that the window leaves below the bar; the columns scroll inside it.
  fit() {
    const top = this.root.getBoundingClientRect().top + (document.scrollingElement?.scrollTop || 0);
    this.root.style.setProperty("--room", `${Math.max(420, window.innerHeight - Math.min(top, 200) - 10)}px`);
    this.paper.refit();
  }

  // List ---------------------------------------------------------------------------------------------------------

  drawList() {
    const { data } = this;
    this.items = el("div", { class: "items" });
    this.tools = el("div", { class: "tools" });
    this.list.replaceChildren(
      el("div", { class: `verdict ${data.verdict.state}` },
        el("span", { class: "sign", "aria-hidden": "true" }, VERDICTS[data.verdict.state] || "?"),
        el("h2", {}, data.verdict.sentence)),
      data.notes.length ? this.makeNotes(data.notes) : "",
      (this.progress = el("p", { class: "progress", role: "status" })),
      this.tools, this.items);
    this.drawProgress();
    this.drawTools();
    this.drawItems();
  }

  drawProgress() {
    this.progress.textContent = this.decisions.isOn && this.data.findings.length ? this.decisions.progress() : "";
  }

  makeNotes(notes) {
    return el("div", { class: "notes" },
      el("h3", {}, "How it was read"),
      el("ul", {}, notes.map((note) =>
        el("li", { class: note.unread ? "unread" : "" },
          el("span", { class: "sign", "aria-hidden": "true" }, note.unread ? "!" : "i"), el("span", {}, note.text)))));
  }

  ofKind(kind = this.state.kind) {
    return kind === "near" ? this.data.near : this.data[kind];
  }

  shown() {
    const { off, category, query } = this.state;
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return this.ofKind().filter((item) => {
      if (this.state.isOpenOnly && this.state.kind === "findings" && this.decisions.of(item) && item.index !== this.state.chosen) return false;
      if (off.has(toneOf(item)) || (category && "category" in item && item.category !== category)) return false;
      const text = [item.title, item.kind, item.question, item.section, item.quote.map((part) => part[0]).join("")];
      const hay = text.join(" ").toLowerCase();
      return words.every((word) => hay.includes(word));
    });
  }

  drawTools() {
    const { state } = this;
    const kinds = Object.entries(KINDS).map(([kind, title]) =>
      button([title, el("span", { class: "number" }, String(this.ofKind(kind).length))], () => this.setKind(kind), {
        "aria-pressed": String(state.kind === kind), class: "kind",
        title: kind === "near" ? "Looked like a finding and was cleared" : undefined,
      }));
    this.search = el("input", {
      type: "search", placeholder: `Search ${KINDS[state.kind].toLowerCase()}`, "aria-label": `Search ${KINDS[state.kind].toLowerCase()}`,
      oninput: (event) => { state.query = event.target.value; this.drawItems(); },
    });
    this.search.value = state.query;
    this.tools.replaceChildren(
      el("div", { class: "kinds", role: "group", "aria-label": "What the list shows" }, kinds),
      el("div", { class: "searching" }, this.search,
        button("/", () => this.find(), { title: "Search (key /)", "aria-label": "Search" }),
        button("?", () => this.help.showModal(), { title: "Help (key ?)", "aria-label": "Help: keys and marks" })),
      this.makeFilters());
  }

  makeFilters() {
    const { state } = this;
    const items = this.ofKind();
    const tones = state.kind === "findings" ? SEVERITIES : state.kind === "checklist" ? ["unmet", "met"] : [];
    const chips = tones.map((tone) => {
      const number = items.filter((item) => toneOf(item) === tone).length;
      return button([shape(tone), `${WORDS[tone]} `, el("b", {}, String(number))], () => {
        state.off.has(tone) ? state.off.delete(tone) : state.off.add(tone);
        this.drawTools();
        this.drawItems();
      }, { class: "chip", "aria-pressed": String(!state.off.has(tone)), title: state.off.has(tone) ? "Show these" : "Hide these" });
    });
    const present = state.kind === "findings" ? this.data.categories : [];
    const select = present.length > 1 && el("select", {
      "aria-label": "Category", onchange: (event) => { state.category = event.target.value; this.drawItems(); },
    },
    el("option", { value: "" }, `All categories (${items.length})`),
    present.map((category) =>
      el("option", { value: category.id, selected: state.category === category.id },
        `${category.title} (${items.filter((item) => item.category === category.id).length})`)));
    const open = state.kind === "findings" && this.decisions.isOn && button("Undecided only", () => {
      state.isOpenOnly = !state.isOpenOnly;
      this.drawTools();
      this.drawItems();
    }, { class: "chip open-only", "aria-pressed": String(Boolean(state.isOpenOnly)) });
    return el("div", { class: "filters" }, chips, open || "", select || "");
  }

  drawItems() {
    const items = this.shown();
    const all = this.ofKind().length;
    this.visible = items;
    const name = { findings: ["finding"], checklist: ["question"], near: ["near miss", "near misses"] }[this.state.kind];
    const children = [el("p", { class: "shown", role: "status" },
      items.length === all ? `${count(all, ...name)}, in the order of the ${this.state.kind === "checklist" ? "checklist" : "document"}` : `${items.length} of ${count(all, ...name)} shown`)];
    if (this.state.kind === "near" && all) children.push(el("p", { class: "hint" }, "These looked like findings and were cleared. Choose one for the reason."));
    if (!items.length) children.push(this.makeNothing(all));
    let section = null;
    for (const item of items) {
      if (this.state.kind !== "checklist" && item.section !== section) {
        section = item.section;
        children.push(el("h3", { class: "section", title: section }, section.split(" › ").slice(-2).join(" › ") || "Before the first heading"));
      }
      children.push(this.makeRow(item));
    }
    this.items.replaceChildren(...children);
    this.paper.refreshMarks();
    this.detail.drawPosition();
  }

  makeNothing(all) {
    if (all) {
      return el("div", { class: "nothing" }, el("p", {}, "Nothing fits the filters."), button("Clear the filters", () => {
        Object.assign(this.state, { off: new Set(), category: "", query: "", isOpenOnly: false });
        this.drawTools();
        this.drawItems();
      }));
    }
    const words = { findings: "No findings in what was read.", near: "No near misses.", checklist: "There is no checklist." };
    return el("div", { class: "nothing" }, el("p", {}, words[this.state.kind]));
  }

  makeRow(item) {
    const tone = toneOf(item);
    const word = "answer" in item ? item.answer : WORDS[tone];
    const at = item.page ? `p. ${item.page}` : "";
    const decided = this.decisions.wordOf(item);
    return button([
      shape(tone), el("span", { class: "title" }, item.title),
      el("span", { class: "meta" }, decided ? el("b", {}, decided) : el("span", { class: `word ${tone}` }, word), at ? ` ${at}` : ""),
    ], () => this.choose(item.index, "detail"), {
      class: decided ? "row done" : "row", data: { index: item.index }, title: item.question || item.title,
      "aria-current": this.state.chosen === item.index ? "true" : undefined,
    });
  }

  setKind(kind) {
    Object.assign(this.state, { kind, query: "", category: "", off: new Set() });
    this.drawTools();
    this.drawItems();
    this.list.scrollTop = 0;
  }

  find() {
    this.setTab("list");
    this.search.focus();
    this.search.select();
  }

  // Choosing -----------------------------------------------------------------------------------------------------

  choose(index, tab) {
    const item = this.marks[index];
    this.state.chosen = index;
    this.why.leave();
    for (const row of this.items.querySelectorAll(".row")) {
      const isChosen = Number(row.dataset.index) === index;
      isChosen ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current");
      if (isChosen) keepInView(this.list, row, this.tools.offsetHeight + 40);
    }
    this.detail.draw();
    this.paper.refreshMarks();
    this.paper.land(index);
    if (tab) this.setTab(tab);
    const at = this.visible.indexOf(item);
    const name = `${this.state.kind === "checklist" ? item.question : item.title}`;
    this.live.textContent = [at >= 0 && `${at + 1} of ${this.visible.length}`, item.answer || WORDS[toneOf(item)], name, place(item)].filter(Boolean).join(". ");
  }

  step(by) {
    const at = this.visible.findIndex((item) => item.index === this.state.chosen);
    const next = this.visible[at < 0 ? (by > 0 ? 0 : this.visible.length - 1) : at + by];
    if (next) this.choose(next.index, this.state.tab === "list" ? "detail" : null);
  }

  onKey(event) {
    const target = event.composedPath()[0];
    const isTyping = target instanceof HTMLElement && (target.matches("input, textarea, select") || target.isContentEditable);
    if (event.key === "Escape" && target === this.search) {
      this.search.value = this.state.query = "";
      this.drawItems();
      this.search.blur();
    }
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || this.help.open) return;
    if (this.why.onKey(event.key, target)) {
      event.preventDefault();
      return;
    }
    const act = { j: () => this.step(1), k: () => this.step(-1), "/": () => this.find(), "?": () => this.help.showModal(), y: () => this.why.ask(), ...this.deciding() }[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  }

  deciding() {
    if (!this.decisions.may || !this.decisions.chosen()) return this.decisions.may ? { u: () => this.decisions.undo() } : {};
    const { decisions } = this;
    return {
      a: () => decisions.decide("accept"), r: () => decisions.decide("reject"), w: () => decisions.decide("waive"),
      c: () => decisions.comment(), u: () => decisions.undo(),
    };
  }

  // Tabs and help ------------------------------------------------------------------------------------------------

  drawTabs() {
    const names = { list: "List", document: "Document", detail: "Detail" };
    this.tabs.replaceChildren(...Object.entries(names).map(([tab, title]) =>
      button(title, () => this.setTab(tab), { "aria-pressed": String(this.state.tab === tab) })));
    this.root.dataset.tab = this.state.tab;
  }

  setTab(tab) {
    if (this.state.tab === tab) return;
    this.state.tab = tab;
    this.drawTabs();
    if (tab === "document" && this.state.chosen !== null) this.paper.land(this.state.chosen);
  }

  makeHelp() {
    const dialog = el("dialog", { "aria-label": "Help" },
      el("h2", {}, "Keys and marks"),
      el("dl", {}, KEYS.map(([key, does]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, does)])),
      el("dl", {}, ["high", "medium", "low", "cleared"].map((tone) => [
        el("dt", {}, shape(tone)), el("dd", {}, { high: "High: stands in the way of publishing", medium: "Medium", low: "Low", cleared: "Cleared: looked like a finding and is none" }[tone])])),
      el("p", {}, "In a quote and in the document, the words that fired are marked more strongly than the sentence around them."),
      button("Close", () => dialog.close(), { autofocus: true }));
    return dialog;
  }
}
