// The review of one document: list, document, detail. All words of the document are set as text, never as markup.
const SEVERITIES = ["high", "medium", "low"];
const SHAPES = { high: "■", medium: "▲", low: "●", cleared: "○", met: "✓", unmet: "✗" };
const WORDS = { high: "High", medium: "Medium", low: "Low", cleared: "Cleared", met: "As recommended", unmet: "Not as recommended" };
const VERDICTS = { pass: "✓", fail: "■", "cannot-evaluate": "?" };
const KINDS = { findings: "Findings", checklist: "Checklist", near: "Near misses" };
const PAGES_KEPT = 60;
const STRETCH = 1500; // blocks that are built before the browser may draw
const KEYS = [
  ["j", "Next finding"],
  ["k", "Previous finding"],
  ["/", "Search"],
  ["Esc", "Leave the search, or close this"],
  ["?", "This help"],
];

const kept = new Map(); // what a person chose in each document of this visit
const views = new WeakMap();

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
  on("fairterms-pages", (event) => view.onPages(event.detail));
  view.fit();
  view.askAgain();
  return () => stop.abort();
}

class Review {
  constructor(parent) {
    this.root = el("div", { class: "review" });
    this.live = el("div", { class: "unseen", "aria-live": "polite" });
    this.list = el("section", { class: "panel list", "aria-label": "Findings", tabindex: "-1" });
    this.paper = el("div", { class: "paper", tabindex: "0", role: "region", "aria-label": "Document" });
    this.middle = el("section", { class: "panel document", "aria-label": "Document" });
    this.detail = el("section", { class: "panel detail", "aria-label": "Chosen finding", tabindex: "0" });
    this.tabs = el("nav", { class: "tabs", "aria-label": "Parts of the review" });
    this.help = this.makeHelp();
    this.root.append(this.tabs, this.list, this.middle, this.detail, this.help, this.live);
    parent.append(this.root);
    for (const name of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      this.paper.addEventListener(name, () => (this.landing = null), { passive: true });
    }
    this.paper.addEventListener("scroll", () => this.onScroll(), { passive: true });
  }

  show(data) {
    this.data = data;
    this.marks = [...data.findings, ...data.near, ...data.checklist];
    this.marks.forEach((item, index) => (item.index = index));
    this.shelve();
    this.state = kept.get(data.key) || {
      kind: "findings", chosen: null, off: new Set(), category: "", query: "", zoom: 1, tab: "list",
      mode: data.pages.length ? "pages" : "text",
    };
    kept.set(data.key, this.state);
    this.forgetPages();
    this.drawList();
    this.drawDocument();
    this.drawDetail();
    this.drawTabs();
    if (this.state.chosen !== null) this.land(this.state.chosen);
    else this.paper.scrollTop = 0;
  }

  // The room that the window leaves below the bar; the columns scroll inside it.
  fit() {
    const top = this.root.getBoundingClientRect().top + (document.scrollingElement?.scrollTop || 0);
    this.root.style.setProperty("--room", `${Math.max(420, window.innerHeight - Math.min(top, 200) - 10)}px`);
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
      this.tools, this.items);
    this.drawTools();
    this.drawItems();
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
    return el("div", { class: "filters" }, chips, select || "");
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
    this.refreshMarks();
    this.drawPosition();
  }

  makeNothing(all) {
    if (all) {
      return el("div", { class: "nothing" }, el("p", {}, "Nothing fits the filters."), button("Clear the filters", () => {
        Object.assign(this.state, { off: new Set(), category: "", query: "" });
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
    return button([
      shape(tone), el("span", { class: "title" }, item.title),
      el("span", { class: "meta" }, el("span", { class: `word ${tone}` }, word), at ? ` ${at}` : ""),
    ], () => this.choose(item.index, "detail"), {
      class: "row", data: { index: item.index }, title: item.question || item.title,
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
    for (const row of this.items.querySelectorAll(".row")) {
      const isChosen = Number(row.dataset.index) === index;
      isChosen ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current");
      if (isChosen) keepInView(this.list, row, this.tools.offsetHeight + 40);
    }
    this.drawDetail();
    this.refreshMarks();
    this.land(index);
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
    const act = { j: () => this.step(1), k: () => this.step(-1), "/": () => this.find(), "?": () => this.help.showModal() }[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  }

  // Detail -------------------------------------------------------------------------------------------------------

  drawDetail() {
    const item = this.state.chosen === null ? null : this.marks[this.state.chosen];
    this.position = el("span", { class: "position" });
    this.previous = button(["Previous ", el("kbd", {}, "k")], () => this.step(-1), { title: "Previous (key k)" });
    this.next = button(["Next ", el("kbd", {}, "j")], () => this.step(1), { title: "Next (key j)" });
    this.detail.replaceChildren(
      el("div", { class: "stepping" }, this.previous, this.next, this.position),
      item ? (("answer" in item) ? this.makeAnswer(item) : this.makeFinding(item)) : this.makeOverview());
    this.detail.scrollTop = 0;
    this.drawPosition();
  }

  drawPosition() {
    if (!this.position) return;
    const at = this.visible.findIndex((item) => item.index === this.state.chosen);
    const what = { findings: "Finding", checklist: "Question", near: "Near miss" }[this.state.kind];
    this.position.textContent = at < 0 ? "" : `${what} ${at + 1} of ${this.visible.length}`;
    this.previous.disabled = !this.visible.length || at === 0;
    this.next.disabled = !this.visible.length || at === this.visible.length - 1;
  }

  makeOverview() {
    const { data } = this;
    return el("div", { class: "content" },
      el("h2", {}, data.worst.length ? "Worst first" : "Nothing was found"),
      el("p", {}, data.worst.length ? "Choose one here or in the list, or step through with Next." : `${data.about}. ${data.met}.`),
      el("ul", { class: "worst" }, data.worst.map((entry) =>
        el("li", {}, button([
          shape(entry.severity), el("span", { class: "title" }, entry.title),
          el("span", { class: "meta" }, el("span", { class: `word ${entry.severity}` }, WORDS[entry.severity]), entry.count > 1 ? ` in ${entry.count} places` : ""),
        ], () => { if (this.state.kind !== "findings") this.setKind("findings"); this.choose(entry.index, "detail"); }, { class: "row" })))),
      data.worst.length ? el("p", { class: "muted" }, `${sentence(data.met)}.`) : "");
  }

  makeHeading(tone, word, item, title) {
    return [
      el("p", { class: "badge" }, shape(tone), el("b", { class: `word ${tone}` }, word), item.kind && ` · ${item.kind}`),
      el("h2", {}, title),
      el("p", { class: "muted" }, place(item)),
    ];
  }

  makeFinding(item) {
    const isNear = item.severity === "cleared";
    return el("div", { class: "content" },
      this.makeHeading(item.severity, WORDS[item.severity], item, item.title),
      this.makeQuote(item),
      isNear && part("Why it was cleared", el("p", {}, `${sentence(item.reason)}.`)),
      part(isNear ? "What was looked for" : "What it says", item.message && el("p", {}, item.message)),
      !isNear && part("Why it matters", el("p", {}, item.why)),
      !isNear && part("How sure", el("p", {}, el("b", {}, item.sure)),
        el("p", { class: "muted" }, "Its record on labelled documents has not been counted yet."),
        item.read.length ? el("ul", { class: "read" }, item.read.map((line) => el("li", {}, line))) : null),
      this.makeAuthority(item.authority),
      this.makeWording(item.wording));
  }

  makeAnswer(item) {
    const tone = toneOf(item);
    return el("div", { class: "content" },
      this.makeHeading(tone, WORDS[tone], item.span ? item : { ...item, section: "Whole document" }, item.question),
      part("Answer", el("p", {}, el("b", {}, item.answer), `. Recommended: ${item.wanted.toLowerCase()}.`)),
      item.quote.length ? part("Shown by", this.makeQuote(item))
        : part("Not found", el("p", {}, `Looked for: ${item.looked}.`)),
      part("Why it matters", el("p", {}, item.why)),
      this.makeAuthority(item.authority),
      this.makeWording(item.wording));
  }

  makeQuote(item) {
    const quote = el("blockquote", { class: toneOf(item) },
      item.quote.map(([text, isMarked]) => isMarked ? el("mark", { class: `mark-${toneOf(item)}` }, text) : text));
    return el("div", {}, quote, button("Show in the document", () => { this.setTab("document"); this.land(item.index); }, { class: "narrow-only" }));
  }

  makeAuthority(authority) {
    if (!authority?.length) return null;
    return part("Authority", el("ul", { class: "authority" }, authority.map((entry) =>
      el("li", {}, el("b", {}, entry.cite), el("span", { class: "force" }, `${sentence(entry.force)}. ${sentence(entry.checked)}.`), el("span", {}, entry.says)))));
  }

  makeWording(wording) {
    return (wording || []).map((offer) => part(offer.title,
      el("p", { class: "wording" }, offer.text.split(/(\[[^\]]*\])/).map((text) =>
        text.startsWith("[") ? el("span", { class: "blank" }, text) : text)),
      this.makeCopy(offer.text)));
  }

  makeCopy(text) {
    const copy = button("Copy", async () => {
      const isDone = await copied(text, this.root);
      copy.textContent = isDone ? "Copied" : "Select the text and copy it";
      this.live.textContent = copy.textContent;
      setTimeout(() => (copy.textContent = "Copy"), 2000);
    }, { class: "copy" });
    return copy;
  }

  // Document -----------------------------------------------------------------------------------------------------

  drawDocument() {
    const { data, state } = this;
    const hasPages = data.pages.length > 0;
    this.where = el("span", { class: "where" });
    const modes = hasPages && el("div", { class: "modes", role: "group", "aria-label": "Show the document as" },
      ["pages", "text"].map((mode) => button(sentence(mode), () => this.setMode(mode), { "aria-pressed": String(state.mode === mode) })));
    const zoom = hasPages && state.mode === "pages" && el("div", { class: "modes", role: "group", "aria-label": "Size of the pages" },
      button("−", () => this.setZoom(-0.25), { "aria-label": "Smaller", title: "Smaller" }),
      button("+", () => this.setZoom(0.25), { "aria-label": "Larger", title: "Larger" }));
    this.middle.replaceChildren(
      el("div", { class: "bar" },
        el("div", { class: "name" }, el("h1", { title: data.name }, data.name), el("span", { class: "muted" }, data.about)),
        this.where, zoom || "", modes || ""),
      this.paper);
    this.paper.className = `paper ${state.mode}`;
    this.observer?.disconnect();
    this.building = null;
    this.paper.replaceChildren(...(state.mode === "pages" ? this.makePages() : this.makeText()));
    this.refreshMarks();
    this.onScroll();
  }

  setMode(mode) {
    const page = this.pageInView();
    this.forgetPages();
    this.state.mode = mode;
    this.drawDocument();
    if (this.state.chosen !== null && this.marks[this.state.chosen].span) this.land(this.state.chosen);
    else if (page > 1) this.scrollToPage(page);
  }

  setZoom(by) {
    const share = this.paper.scrollTop / Math.max(1, this.paper.scrollHeight);
    this.state.zoom = Math.min(3, Math.max(0.5, this.state.zoom + by));
    this.paper.style.setProperty("--zoom", this.state.zoom);
    this.paper.scrollTop = share * this.paper.scrollHeight;
    if (by > 0) this.urls.clear(); // drawn anew, sharper; the old pictures stay until then
    this.ask();
  }

  makePages() {
    this.paper.style.setProperty("--zoom", this.state.zoom);
    this.observer = new IntersectionObserver((entries) => {
      for (const entry of entries) entry.isIntersecting ? this.near.add(entry.target) : this.near.delete(entry.target);
      this.ask();
    }, { root: this.paper, rootMargin: "700px 0px" });
    this.sheets = this.data.pages.map(([width, height], index) => {
      const sheet = el("div", { class: "sheet", data: { page: index + 1 }, style: `aspect-ratio: ${width || 612} / ${height || 792}` },
        el("span", { class: "waiting" }, `Page ${index + 1} is being drawn …`));
      this.observer.observe(sheet);
      return sheet;
    });
    return this.sheets;
  }

  forgetPages() {
    for (const picture of this.paper.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    this.urls = new Map();
    this.near = new Set();
    this.asked = new Set();
    this.sheets = [];
  }

  // Pages in view first, few at a time; the answer to one wish brings the next.
  ask() {
    if (this.asked.size || this.state.mode !== "pages") return;
    const middle = this.paper.scrollTop + this.paper.clientHeight / 2;
    const away = (sheet) => Math.abs(sheet.offsetTop + sheet.offsetHeight / 2 - middle);
    const missing = [...this.near].map((sheet) => [away(sheet), Number(sheet.dataset.page)])
      .filter(([, page]) => !this.urls.has(page)).sort((a, b) => a[0] - b[0]).slice(0, this.urls.size ? 2 : 1);
    if (!missing.length) return;
    this.asked = new Set(missing.map(([, page]) => page));
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.askAgain(), 20000);
    window.dispatchEvent(new CustomEvent("fairterms-want", { detail: { key: this.data.key, pages: [...this.asked], scale: this.scaleOf(missing[0][1]) } }));
  }

  // Pixels a point that make a page as sharp as the screen can show it, in steps.
  scaleOf(page) {
    const width = this.sheets[page - 1].clientWidth * (window.devicePixelRatio || 1);
    return Math.ceil((4 * width) / (this.data.pages[page - 1][0] || 612)) / 4;
  }

  askAgain() {
    this.asked = new Set();
    this.ask();
  }

  onPages(answer) {
    if (!this.data || answer.key !== this.data.key || this.state.mode !== "pages") return;
    for (const page of answer.pages) if (!this.urls.has(page.page)) this.fill(page);
    this.dropFarPages();
    this.askAgain();
  }

  fill({ page, png, boxes }) {
    const sheet = this.sheets[page - 1];
    if (!sheet) return;
    const byPlace = new Map();
    for (const box of boxes) {
      const key = `${box.is} ${box.at}`;
      byPlace.has(key) ? byPlace.get(key).marks.push(box.mark) : byPlace.set(key, { ...box, marks: [box.mark] });
    }
    const layer = [...byPlace.values()].map(({ is, at, marks }) =>
      el("div", {
        class: `box ${is}`, data: { marks: marks.join(" ") }, "aria-hidden": "true",
        style: `left:${at[0]}%;top:${at[1]}%;width:${at[2]}%;height:${at[3]}%`, onclick: () => this.chooseOneOf(marks),
      }));
    const url = png ? URL.createObjectURL(new Blob([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))], { type: "image/png" })) : "";
    this.urls.set(page, url);
    const old = sheet.querySelector("img");
    if (old) URL.revokeObjectURL(old.src);
    sheet.replaceChildren(
      url ? el("img", { src: url, alt: `Page ${page}. Its words are in the text view.` })
        : el("span", { class: "waiting" }, `Page ${page} can't be drawn; the text view has its words.`),
      ...layer);
    this.refreshMarks(sheet);
    if (this.landing !== null && this.landing !== undefined && this.pagesOf(this.landing).includes(page)) this.land(this.landing);
  }

  dropFarPages() {
    if (this.urls.size <= PAGES_KEPT) return;
    const middle = this.pageInView();
    const far = [...this.urls.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle)).slice(0, this.urls.size - PAGES_KEPT);
    for (const page of far) {
      URL.revokeObjectURL(this.urls.get(page));
      this.urls.delete(page);
      this.sheets[page - 1].replaceChildren(el("span", { class: "waiting" }, `Page ${page} is being drawn …`));
    }
  }

  // The text view is built in stretches, so that a document of a thousand pages shows its start at once.
  makeText() {
    const lines = el("div", { class: "lines" });
    this.building = this.buildText(lines);
    this.buildMore();
    return [lines];
  }

  buildMore() {
    if (!this.building) return;
    if (this.building.next().done) this.building = null;
    else setTimeout(() => this.buildMore(), 30);
    this.refreshMarks();
  }

  *buildText(lines) {
    let page = 0, table = null, row = null, built = 0;
    for (const block of this.data.blocks) {
      if (++built % STRETCH === 0) yield;
      const isCell = block.c && block.c[0] === table?.number;
      if (block.p && block.p !== page && !isCell) {
        page = block.p;
        lines.append(el("div", { class: "page-end", data: { page } }, `Page ${page}`));
      }
      if (!block.c) {
        table = row = null;
        lines.append(this.makeBlock(block));
        continue;
      }
      if (!isCell) {
        table = { number: block.c[0], node: el("table") };
        row = null;
        lines.append(el("div", { class: "table" }, table.node));
      }
      if (row?.number !== block.c[1]) {
        row = { number: block.c[1], node: el("tr"), last: -1 };
        table.node.append(row.node);
      }
      if (row.last === block.c[2]) row.node.lastChild.append(el("br"), ...this.marked(block));
      else {
        for (let gap = row.last + 1; gap < block.c[2]; gap++) row.node.append(el("td"));
        row.last = block.c[2];
        row.node.append(el(block.h ? "th" : "td", {}, this.marked(block)));
      }
    }
    if (this.data.cut) lines.append(el("p", { class: "muted" }, "The text goes on. It was read to its end; findings beyond this stand in the list."));
  }

  makeBlock(block) {
    const props = { class: ["block", block.k || "paragraph", block.l || ""].join(" ").trim() };
    if (block.k === "heading") Object.assign(props, { role: "heading", "aria-level": String(Math.min(6, (block.v || 1) + 2)) });
    if (block.k === "list-item") props.style = `margin-left: ${1.25 * Math.max(1, block.v || 1)}rem`;
    const names = { note: "Note", comment: "Comment", hidden: "Hidden text" };
    return el("div", props, names[block.l] ? el("span", { class: "layer" }, `${names[block.l]} `) : null, this.marked(block));
  }

  // Marks that may share characters with a stretch, by shelves of 1,000: thousands of blocks meet hundreds of marks.
  marksAt(start, end) {
    const found = new Set();
    for (let shelf = Math.floor(start / 1000); shelf <= Math.floor(end / 1000); shelf++) {
      for (const item of this.shelves.get(shelf) || []) found.add(item);
    }
    return [...found];
  }

  shelve() {
    this.shelves = new Map();
    for (const item of this.marks.filter((each) => each.span)) {
      for (let shelf = Math.floor(item.span[0] / 1000); shelf <= Math.floor(item.span[1] / 1000); shelf++) {
        this.shelves.has(shelf) ? this.shelves.get(shelf).push(item) : this.shelves.set(shelf, [item]);
      }
    }
  }

  // A block's text, cut where marks begin and end.
  marked(block) {
    const start = block.s, end = start + block.t.length;
    const own = this.marksAt(start, end).filter((item) => item.span[0] < end && item.span[1] > start);
    if (!own.length) return [block.t];
    const cuts = new Set([start, end]);
    for (const item of own) for (const span of [item.span, ...item.words]) for (const at of span) if (at > start && at < end) cuts.add(at);
    const sorted = [...cuts].sort((a, b) => a - b);
    return sorted.slice(0, -1).map((from, index) => {
      const to = sorted[index + 1];
      const text = block.t.slice(from - start, to - start);
      const here = own.filter((item) => item.span[0] <= from && to <= item.span[1]).map((item) => item.index);
      if (!here.length) return text;
      const words = own.filter((item) => item.words.some((span) => span[0] <= from && to <= span[1])).map((item) => item.index);
      return el("span", { class: "stretch", data: { marks: here.join(" "), words: words.join(" ") }, onclick: () => this.chooseOneOf(here) }, text);
    });
  }

  // Shows the marks of what the list shows, and the chosen one; the severest of several gives the colour.
  refreshMarks(within = this.paper) {
    const seen = new Set((this.visible || []).map((item) => item.index));
    if (this.state.chosen !== null) seen.add(this.state.chosen);
    const order = ["high", "medium", "low", "unmet", "met", "cleared"];
    for (const node of within.querySelectorAll("[data-marks]")) {
      const here = node.dataset.marks.split(" ").map(Number).filter((index) => seen.has(index));
      const isChosen = here.includes(this.state.chosen);
      const tones = here.map((index) => toneOf(this.marks[index])).sort((a, b) => order.indexOf(a) - order.indexOf(b));
      const tone = isChosen ? toneOf(this.marks[this.state.chosen]) : tones[0];
      const words = (node.dataset.words || "").split(" ").filter(Boolean).map(Number);
      const base = node.classList.contains("box") ? `box ${node.classList.contains("words") && !node.dataset.words ? "words" : "text"}` : "stretch";
      node.className = tone ? `${base} shown-mark tone-${tone}${isChosen ? " chosen" : ""}${words.some((index) => seen.has(index)) ? " operative" : ""}` : base;
      node.title = tone ? here.map((index) => `${WORDS[toneOf(this.marks[index])]}: ${this.marks[index].title}`).join("\n") : "";
    }
  }

  chooseOneOf(indexes) {
    const seen = this.visible.map((item) => item.index);
    const here = indexes.filter((index) => seen.includes(index) || index === this.state.chosen);
    if (!here.length) return;
    const at = here.indexOf(this.state.chosen);
    this.choose(here[(at + 1) % here.length], "detail");
  }

  // Landing ------------------------------------------------------------------------------------------------------

  pagesOf(index) {
    return this.marks[index].page ? [this.marks[index].page] : [];
  }

  land(index) {
    if (!this.marks[index].span) return;
    let node = this.nodeOf(index);
    while (!node && this.state.mode === "text" && this.building) {
      this.buildMore();
      node = this.nodeOf(index);
    }
    this.landing = node ? null : index;
    if (node) this.scrollTo(node);
    else if (this.state.mode === "pages" && this.marks[index].page) this.scrollToPage(this.marks[index].page);
  }

  nodeOf(index) {
    return [...this.paper.querySelectorAll("[data-marks]")].find((node) => node.dataset.marks.split(" ").includes(String(index)));
  }

  scrollTo(node) {
    const box = node.getBoundingClientRect(), paper = this.paper.getBoundingClientRect();
    if (!paper.height) return;
    const isSeen = box.top > paper.top + 30 && box.bottom < paper.bottom - 60;
    if (!isSeen) this.paper.scrollTop += box.top - paper.top - paper.height * 0.3;
    if (box.left < paper.left || box.right > paper.right) this.paper.scrollLeft += box.left - paper.left - 20;
  }

  scrollToPage(page) {
    const node = this.paper.querySelector(`[data-page="${page}"]`);
    if (node) this.paper.scrollTop += node.getBoundingClientRect().top - this.paper.getBoundingClientRect().top - 8;
  }

  pageInView() {
    const top = this.paper.getBoundingClientRect().top + this.paper.clientHeight / 3;
    let page = 1;
    for (const node of this.paper.querySelectorAll("[data-page]")) {
      if (node.getBoundingClientRect().top > top) break;
      page = Number(node.dataset.page);
    }
    return page;
  }

  onScroll() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const total = this.data.pages.length || Math.max(0, ...this.data.blocks.slice(-1).map((block) => block.p || 0));
      this.where.textContent = total ? `Page ${this.pageInView()} of ${total}` : "";
    });
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
    if (tab === "document" && this.state.chosen !== null) this.land(this.state.chosen);
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
