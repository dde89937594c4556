// "Why was this not flagged?": a person selects words, or picks a paragraph with the keys, and Python explains.
const BLOCKS = "[data-at]";
const OUTCOME_SIGNS = { flagged: "■", accepted: "○", doubted: "○", cleared: "○", "out-of-scope": "–", almost: "…" };

class Why {
  constructor(review) {
    this.review = review;
    this.visit = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
    this.serial = 0;
    this.reset();
  }

  // Nothing of one document's questions belongs to another.
  reset() {
    this.isOn = false;
    this.question = null; // what Python has not answered yet
    this.answer = null;
    this.isShown = false;
    this.picked = null;
    clearTimeout(this.patience);
  }

  onWhy(data) {
    if (!data || data.key !== this.review.data?.key) return;
    if (!this.isOn) {
      this.isOn = true;
      this.review.paper.drawWhy();
    }
    if (!this.question) return;
    if (data.asked !== this.question.id) { this.send(); return; } // the question was lost on its way
    clearTimeout(this.patience);
    this.question = null;
    this.answer = data;
    this.review.live.textContent = data.sentences.map((one) => one.headline).join(" ") || data.told || "";
    if (this.isShown) this.review.detail.draw();
  }

  send() {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.question && this.send(), 30000);
    window.dispatchEvent(new CustomEvent("fairterms-ask", { detail: { ...this.question, key: this.review.data.key } }));
  }

  // A selection is asked about at once; without one, the keys pick a paragraph.
  ask() {
    if (!this.isOn) return;
    const { paper, state } = this.review;
    if (state.mode !== "text") paper.setMode("text");
    this.review.setTab("document");
    const span = this.picked ? this.spanOf(this.picked) : this.selected();
    if (span) this.askAbout(span);
    else this.pick(this.firstInView());
  }

  askAbout([start, end]) {
    this.unpick();
    this.question = { id: `${this.visit} ${++this.serial}`, start, end };
    this.answer = null;
    this.isShown = true;
    this.send();
    this.review.detail.draw();
    this.review.setTab("detail");
  }

  leave() {
    if (!this.isShown) return false;
    this.isShown = false;
    return true;
  }

  // What is selected, in places of the text -----------------------------------------------------------------------

  selected() {
    const root = this.review.root.getRootNode();
    const selection = root.getSelection ? root.getSelection() : window.getSelection();
    if (!selection?.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const start = this.placeOf(range.startContainer, range.startOffset), end = this.placeOf(range.endContainer, range.endOffset);
    return start === null || end === null || start === end ? null : [start, end];
  }

  placeOf(node, offset) {
    const holder = (node instanceof Element ? node : node.parentElement)?.closest(BLOCKS);
    if (!holder) {
      const next = node instanceof Element && node.childNodes[offset]; // between two blocks: the one that follows
      const block = next instanceof Element && (next.matches(BLOCKS) ? next : next.querySelector(BLOCKS));
      return block ? Number(block.dataset.at) : null;
    }
    const before = document.createRange();
    before.setStart(holder, 0);
    before.setEnd(node, offset);
    return Number(holder.dataset.at) + before.toString().length;
  }

  // Picking a paragraph with the keys -----------------------------------------------------------------------------

  blocks() { return [...this.review.paper.scroller.querySelectorAll(BLOCKS)].filter((node) => node.textContent.trim()); }

  firstInView() {
    const marked = this.review.paper.scroller.querySelector(".stretch.chosen")?.closest(BLOCKS);
    if (marked) return marked;
    const top = this.review.paper.scroller.getBoundingClientRect().top;
    return this.blocks().find((node) => node.getBoundingClientRect().top >= top) || this.blocks()[0];
  }

  pick(node) {
    this.unpick();
    if (!node) return;
    this.picked = node;
    node.classList.add("picked");
    this.review.paper.scrollTo(node);
    this.review.paper.scroller.focus({ preventScroll: true });
    this.review.paper.drawWhy();
    this.review.live.textContent = `Picked: ${node.textContent.slice(0, 200)}. Up and down move, Enter asks, Escape leaves.`;
  }

  unpick() {
    this.picked?.classList.remove("picked");
    this.picked = null;
    this.review.paper.drawWhy();
  }

  spanOf(node) { return [Number(node.dataset.at), Number(node.dataset.at) + node.textContent.length]; }

  // True where the key was for picking.
  onKey(key, target) {
    if (!this.picked || target.closest?.("button, a")) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) {
      const all = this.blocks();
      this.pick(all[Math.min(all.length - 1, Math.max(0, all.indexOf(this.picked) + step))]);
    } else if (key === "Enter") this.askAbout(this.spanOf(this.picked));
    else if (key === "Escape") this.unpick();
    return Boolean(step) || key === "Enter" || key === "Escape";
  }

  // The answer, in the detail column ------------------------------------------------------------------------------

  make() {
    const close = button("Back to the findings", () => { this.leave(); this.review.detail.draw(); }, { class: "copy" });
    if (!this.answer) return el("div", { class: "content" }, el("h2", {}, "Why was this not flagged?"), el("p", { role: "status" }, "Every rule is asked about the sentence …"), close);
    const { sentences, told } = this.answer;
    return el("div", { class: "content why" },
      el("h2", {}, sentences.length && sentences.every((one) => one.flagged) ? "Why was this flagged?" : "Why was this not flagged?"),
      told ? el("p", { class: "alert", role: "alert" }, told) : "",
      !sentences.length && !told ? el("p", {}, "There is no sentence in what you selected. Select some words of one.") : "",
      sentences.map((one) => this.makeSentence(one)), close);
  }

  makeSentence(one) {
    return el("section", { class: "asked" },
      el("blockquote", { class: one.flagged ? "high" : "cleared" }, one.text),
      el("p", {}, el("b", {}, one.headline)),
      one.rules.map((rule) => el("div", { class: `rule ${rule.outcome}` },
        el("p", {}, el("span", { class: "shape", "aria-hidden": "true" }, OUTCOME_SIGNS[rule.outcome] || "·"), " ", el("b", {}, rule.title)),
        el("p", { class: "muted" }, `${rule.word}. ${rule.looks ? `Looks for: ${rule.looks}.` : ""}`),
        rule.found.length ? el("p", {}, "Found: ", rule.found.map((words, at) => [at ? " … " : "", el("mark", {}, words)])) : "",
        rule.missing.length ? el("p", {}, `Missing: ${rule.missing.join("; ")}`) : "",
        rule.reason ? el("p", {}, rule.reason) : "")),
      one.model.length ? part("The trained model", el("ul", { class: "read" }, one.model.map((line) => el("li", {}, line)))) : "");
  }
}
