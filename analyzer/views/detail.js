// The right column: the chosen finding, near miss or question; before one is chosen, what is worst.
class Detail {
  constructor(review) {
    this.review = review;
    this.node = el("section", { class: "panel detail", "aria-label": "Chosen finding", tabindex: "0" });
  }

  draw() {
    const item = this.review.state.chosen === null ? null : this.review.marks[this.review.state.chosen];
    this.position = el("span", { class: "position" });
    this.previous = button(["Previous ", el("kbd", {}, "k")], () => this.review.step(-1), { title: "Previous (key k)" });
    this.next = button(["Next ", el("kbd", {}, "j")], () => this.review.step(1), { title: "Next (key j)" });
    this.node.replaceChildren(
      el("div", { class: "stepping" }, this.previous, this.next, this.position),
      this.review.why.isShown ? this.review.why.make() : item ? (("answer" in item) ? this.makeAnswer(item) : this.makeFinding(item)) : this.makeOverview());
    this.node.scrollTop = 0;
    this.drawPosition();
  }

  drawPosition() {
    if (!this.position) return;
    const at = this.review.visible.findIndex((item) => item.index === this.review.state.chosen);
    const what = { findings: "Finding", checklist: "Question", near: "Near miss" }[this.review.state.kind];
    this.position.textContent = at < 0 ? "" : `${what} ${at + 1} of ${this.review.visible.length}`;
    this.previous.disabled = !this.review.visible.length || at === 0;
    this.next.disabled = !this.review.visible.length || at === this.review.visible.length - 1;
  }

  makeOverview() {
    const { data } = this.review;
    return el("div", { class: "content" },
      el("h2", {}, data.worst.length ? "Worst first" : "Nothing was found"),
      el("p", {}, data.worst.length ? "Choose one here or in the list, or step through with Next." : `${data.about}. ${data.met}.`),
      el("ul", { class: "worst" }, data.worst.map((entry) =>
        el("li", {}, button([
          shape(entry.severity), el("span", { class: "title" }, entry.title),
          el("span", { class: "meta" }, el("span", { class: `word ${entry.severity}` }, WORDS[entry.severity]), entry.count > 1 ? ` in ${entry.count} places` : ""),
        ], () => { if (this.review.state.kind !== "findings") this.review.setKind("findings"); this.review.choose(entry.index, "detail"); }, { class: "row" })))),
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
      this.review.decisions.make(item),
      isNear && part("Why it was cleared", el("p", {}, `${sentence(item.reason)}.`)),
      part(isNear ? "What was looked for" : "What it says", item.message && el("p", {}, item.message)),
      !isNear && part("Why it matters", el("p", {}, item.why)),
      !isNear && part("How sure", el("p", {}, el("b", {}, item.sure)),
        el("p", { class: "muted" }, `${item.spoken}. ${item.record}.`),
        item.read.length ? el("ul", { class: "read" }, item.read.map((line) => el("li", {}, line))) : null,
        item.like.length ? el("div", { class: "read" }, el("p", { class: "muted" }, "Like these labelled samples:"),
          el("ul", {}, item.like.map(([text, alike]) => el("li", {}, text, el("span", { class: "muted" }, ` (${alike})`))))) : null),
      this.makeAuthority(item.authority),
      this.makeWording(item.wording),
      (item.trade || []).map(([title, text]) => part(title, el("p", {}, text))));
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
    return el("div", {}, quote, button("Show in the document", () => { this.review.setTab("document"); this.review.paper.land(item.index); }, { class: "narrow-only" }));
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
      const isDone = await copied(text, this.review.root);
      copy.textContent = isDone ? "Copied" : "Select the text and copy it";
      this.review.live.textContent = copy.textContent;
      setTimeout(() => (copy.textContent = "Copy"), 2000);
    }, { class: "copy" });
    return copy;
  }
}
