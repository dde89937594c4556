// The middle column: the document with its marks, as pictures of its pages or as text.
const PAGES_KEPT = 60;
const STRETCH = 1500; // blocks that are built before the browser may draw

class Paper {
  constructor(review) {
    this.review = review;
    this.width = this.share = 0;
    this.scroller = el("div", { class: "paper", tabindex: "0", role: "region", "aria-label": "Document" });
    this.node = el("section", { class: "panel document", "aria-label": "Document" });
    for (const name of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      this.scroller.addEventListener(name, () => (this.landing = null), { passive: true });
    }
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
  }

  draw() {
    const { data, state } = this.review;
    const hasPages = data.pages.length > 0;
    this.where = el("span", { class: "where" });
    const modes = hasPages && el("div", { class: "modes", role: "group", "aria-label": "Show the document as" },
      ["pages", "text"].map((mode) => button(sentence(mode), () => this.setMode(mode), { "aria-pressed": String(state.mode === mode) })));
    const zoom = hasPages && state.mode === "pages" && el("div", { class: "modes", role: "group", "aria-label": "Size of the pages" },
      button("−", () => this.setZoom(-0.25), { "aria-label": "Smaller", title: "Smaller" }),
      button("+", () => this.setZoom(0.25), { "aria-label": "Larger", title: "Larger" }));
    this.node.replaceChildren(
      el("div", { class: "bar" },
        el("div", { class: "name" }, el("h1", { title: data.name }, data.name), el("span", { class: "muted" }, data.about)),
        this.where, zoom || "", modes || ""),
      (this.asking = el("div", { class: "asking" })),
      this.scroller);
    this.review.why.picked = null;
    this.drawWhy();
    this.scroller.className = `paper ${state.mode}`;
    this.observer?.disconnect();
    this.building = null;
    this.scroller.replaceChildren(...(state.mode === "pages" ? this.makePages() : this.makeText()));
    this.refreshMarks();
    this.onScroll();
  }

  // The way to ask about words of the document; only where somebody answers.
  drawWhy() {
    if (!this.asking || !this.review.why?.isOn) return;
    const isPicking = Boolean(this.review.why.picked);
    this.asking.replaceChildren(
      button(["Why was this not flagged? ", el("kbd", {}, "y")], () => this.review.why.ask(), {
        title: "Select words in the text, then press this (key y)", onmousedown: (event) => event.preventDefault(), // keeps the selection
      }),
      el("span", { class: "muted" }, isPicking ? "↑ and ↓ move, Enter asks, Esc leaves" : this.review.state.mode === "text" ? "Select words first" : "Asks in the text view"));
  }

  setMode(mode) {
    const page = this.pageInView();
    this.forget();
    this.review.state.mode = mode;
    this.draw();
    if (this.review.state.chosen !== null && this.review.marks[this.review.state.chosen].span) this.land(this.review.state.chosen);
    else if (page > 1) this.scrollToPage(page);
  }

  setZoom(by) {
    const share = this.scroller.scrollTop / Math.max(1, this.scroller.scrollHeight);
    this.review.state.zoom = Math.min(3, Math.max(0.5, this.review.state.zoom + by));
    this.scroller.style.setProperty("--zoom", this.review.state.zoom);
    this.scroller.scrollTop = share * this.scroller.scrollHeight;
    if (by > 0) this.urls.clear(); // drawn anew, sharper; the old pictures stay until then
    this.ask();
  }

  makePages() {
    this.scroller.style.setProperty("--zoom", this.review.state.zoom);
    this.observer = new IntersectionObserver((entries) => {
      for (const entry of entries) entry.isIntersecting ? this.near.add(entry.target) : this.near.delete(entry.target);
      this.ask();
    }, { root: this.scroller, rootMargin: "700px 0px" });
    this.sheets = this.review.data.pages.map(([width, height], index) => {
      const sheet = el("div", { class: "sheet", data: { page: index + 1 }, style: `aspect-ratio: ${width || 612} / ${height || 792}` },
        el("span", { class: "waiting" }, `Page ${index + 1} is being drawn …`));
      this.observer.observe(sheet);
      return sheet;
    });
    return this.sheets;
  }

  forget() {
    for (const picture of this.scroller.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    this.urls = new Map();
    this.near = new Set();
    this.asked = new Set();
    this.sheets = [];
  }

  // Pages in view first, few at a time; the answer to one wish brings the next.
  ask() {
    if (this.asked.size || this.review.state.mode !== "pages") return;
    const middle = this.scroller.scrollTop + this.scroller.clientHeight / 2;
    const away = (sheet) => Math.abs(sheet.offsetTop + sheet.offsetHeight / 2 - middle);
    const missing = [...this.near].map((sheet) => [away(sheet), Number(sheet.dataset.page)])
      .filter(([, page]) => !this.urls.has(page)).sort((a, b) => a[0] - b[0]).slice(0, this.urls.size ? 2 : 1);
    if (!missing.length) return;
    this.asked = new Set(missing.map(([, page]) => page));
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.askAgain(), 20000);
    window.dispatchEvent(new CustomEvent("fairterms-want", { detail: { key: this.review.data.key, wish: Date.now(), pages: [...this.asked], scale: this.scaleOf(missing[0][1]) } }));
  }

  // Pixels a point that make a page as sharp as the screen can show it, in steps.
  scaleOf(page) {
    const width = this.sheets[page - 1].clientWidth * (window.devicePixelRatio || 1);
    return Math.ceil((4 * width) / (this.review.data.pages[page - 1][0] || 612)) / 4;
  }

  askAgain() {
    this.asked = new Set();
    this.ask();
  }

  onPages(answer) {
    if (!this.review.data || answer.key !== this.review.data.key || this.review.state.mode !== "pages") return;
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
    for (const block of this.review.data.blocks) {
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
      const words = el("span", { data: { at: block.s } }, this.marked(block));
      if (row.last === block.c[2]) row.node.lastChild.append(el("br"), words);
      else {
        for (let gap = row.last + 1; gap < block.c[2]; gap++) row.node.append(el("td"));
        row.last = block.c[2];
        row.node.append(el(block.h ? "th" : "td", {}, words));
      }
    }
    if (this.review.data.cut) lines.append(el("p", { class: "muted" }, "The text goes on. It was read to its end; findings beyond this stand in the list."));
  }

  makeBlock(block) {
    const props = { class: ["block", block.k || "paragraph", block.l || ""].join(" ").trim() };
    if (block.k === "heading") Object.assign(props, { role: "heading", "aria-level": String(Math.min(6, (block.v || 1) + 2)) });
    if (block.k === "list-item") props.style = `margin-left: ${1.25 * Math.max(1, block.v || 1)}rem`;
    const names = { note: "Note", comment: "Comment", hidden: "Hidden text" };
    if (!names[block.l]) return el("div", { ...props, data: { at: block.s } }, this.marked(block));
    return el("div", props, el("span", { class: "layer" }, `${names[block.l]} `), el("span", { data: { at: block.s } }, this.marked(block)));
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
    for (const item of this.review.marks.filter((each) => each.span)) {
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
  refreshMarks(within = this.scroller) {
    const seen = new Set((this.review.visible || []).map((item) => item.index));
    if (this.review.state.chosen !== null) seen.add(this.review.state.chosen);
    const order = ["high", "medium", "low", "unmet", "met", "cleared"];
    for (const node of within.querySelectorAll("[data-marks]")) {
      const here = node.dataset.marks.split(" ").map(Number).filter((index) => seen.has(index));
      const isChosen = here.includes(this.review.state.chosen);
      const tones = here.map((index) => toneOf(this.review.marks[index])).sort((a, b) => order.indexOf(a) - order.indexOf(b));
      const tone = isChosen ? toneOf(this.review.marks[this.review.state.chosen]) : tones[0];
      const words = (node.dataset.words || "").split(" ").filter(Boolean).map(Number);
      const base = node.classList.contains("box") ? `box ${node.classList.contains("words") && !node.dataset.words ? "words" : "text"}` : "stretch";
      node.className = tone ? `${base} shown-mark tone-${tone}${isChosen ? " chosen" : ""}${words.some((index) => seen.has(index)) ? " operative" : ""}` : base;
      node.title = tone ? here.map((index) => `${WORDS[toneOf(this.review.marks[index])]}: ${this.review.marks[index].title}`).join("\n") : "";
    }
  }

  chooseOneOf(indexes) {
    const seen = this.review.visible.map((item) => item.index);
    const here = indexes.filter((index) => seen.includes(index) || index === this.review.state.chosen);
    if (!here.length) return;
    const at = here.indexOf(this.review.state.chosen);
    this.review.choose(here[(at + 1) % here.length], "detail");
  }

  pagesOf(index) {
    return this.review.marks[index].page ? [this.review.marks[index].page] : [];
  }

  land(index) {
    if (!this.review.marks[index].span) return;
    let node = this.nodeOf(index);
    while (!node && this.review.state.mode === "text" && this.building) {
      this.buildMore();
      node = this.nodeOf(index);
    }
    this.landing = node && this.scroller.clientWidth ? null : index;
    if (node) this.scrollTo(node);
    else if (this.review.state.mode === "pages" && this.review.marks[index].page) this.scrollToPage(this.review.marks[index].page);
  }

  nodeOf(index) {
    return [...this.scroller.querySelectorAll("[data-marks]")].find((node) => node.dataset.marks.split(" ").includes(String(index)));
  }

  scrollTo(node) {
    const box = node.getBoundingClientRect(), paper = this.scroller.getBoundingClientRect();
    if (!paper.height) return;
    const isSeen = box.top > paper.top + 30 && box.bottom < paper.bottom - 60;
    if (!isSeen) this.scroller.scrollTop += box.top - paper.top - paper.height * 0.3;
    if (box.left < paper.left || box.right > paper.right) this.scroller.scrollLeft += box.left - paper.left - 20;
  }

  scrollToPage(page) {
    const node = this.scroller.querySelector(`[data-page="${page}"]`);
    if (node) this.scroller.scrollTop += node.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top - 8;
  }

  pageInView() {
    const top = this.scroller.getBoundingClientRect().top + this.scroller.clientHeight / 3;
    let page = 1;
    for (const node of this.scroller.querySelectorAll("[data-page]")) {
      if (node.getBoundingClientRect().top > top) break;
      page = Number(node.dataset.page);
    }
    return page;
  }

  // Columns of another width make pages of another height: what was in view stays there.
  refit() {
    const width = this.scroller.clientWidth;
    if (!width || width === this.width) return;
    if (this.width) this.scroller.scrollTop = this.share * this.scroller.scrollHeight;
    this.width = width;
    if (this.landing !== null && this.landing !== undefined) this.land(this.landing);
  }

  onScroll() {
    if (this.scroller.clientWidth === this.width) this.share = this.scroller.scrollTop / Math.max(1, this.scroller.scrollHeight);
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const total = this.review.data.pages.length || Math.max(0, ...this.review.data.blocks.slice(-1).map((block) => block.p || 0));
      this.where.textContent = total ? `Page ${this.pageInView()} of ${total}` : "";
    });
  }
}
