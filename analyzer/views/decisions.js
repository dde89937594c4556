// What people decide on findings: the part of the detail column with buttons, reason and comments.
const DECIDED = { accept: "Accepted", reject: "Rejected", relabel: "Relabelled", waive: "Waived" };
const ASKS_WHY = { reject: "Why is this no finding?", waive: "Why is it accepted as it stands?" };

class Decisions {
  constructor(review) {
    this.review = review;
    this.visit = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
    this.serial = 0;
    this.queue = []; // acts that Python has not answered yet: sent again with each new one, so that none is lost
    this.typed = new Map(); // what somebody is writing, by finding, so that no redraw loses it
    this.done = []; // findings decided in this visit, for undo
    this.undoing = []; // findings whose decision is taken back once it is saved
    this.work = null;
    this.pending = "";
  }

  get isOn() { return Boolean(this.work && this.work.key === this.review.data?.key); }
  get may() { return this.isOn && this.work.may; }

  onWork(work) {
    if (!work || work.key !== this.review.data?.key) return;
    this.work = work;
    this.queue = this.queue.filter((act) => act.serial > (work.done[this.visit] || 0));
    if (this.toolsFor !== work.key) { // deciding adds to the filters
      this.toolsFor = work.key;
      this.review.drawTools();
    }
    this.review.drawItems();
    const told = work.told.at(-1);
    if (told && told.serial !== this.toldSerial && told.visit === this.visit) {
      this.toldSerial = told.serial;
      this.review.live.textContent = told.text;
      this.alert = told;
      if (told.finding) {
        this.done = this.done.filter((id) => id !== told.finding);
        this.undoing = this.undoing.filter((id) => id !== told.finding);
      }
    }
    this.redraw();
    this.takeBack();
    if (work.land && work.land.turn !== this.landed) {
      this.landed = work.land.turn;
      this.land(work.land.id);
    }
  }

  // Another page asked for a finding or a question.
  land(id) {
    const item = this.review.marks.find((each) => each.id === id);
    if (!item) return;
    const kind = "answer" in item ? "checklist" : item.severity === "cleared" ? "near" : "findings";
    if (this.review.state.kind !== kind) this.review.setKind(kind);
    this.review.choose(item.index, "detail");
  }

  of(item) { return this.isOn && item.id ? this.work.decisions[item.id] : undefined; }

  wordOf(item) {
    if (this.queue.some((act) => act.finding === item.id && act.act !== "comment")) return "Saving …";
    const decision = this.of(item);
    return decision ? DECIDED[decision.kind] : "";
  }

  progress() {
    const items = this.review.data.findings;
    const count_ = items.filter((item) => this.of(item)).length;
    return `${count_} of ${count(items.length, "finding")} decided`;
  }

  send(act) {
    this.alert = null;
    this.queue.push({ ...act, serial: ++this.serial, visit: this.visit });
    window.dispatchEvent(new CustomEvent("fairterms-act", { detail: { key: this.review.data.key, acts: this.queue } }));
    this.review.drawItems();
    this.redraw();
  }

  chosen() {
    const item = this.review.state.chosen === null ? null : this.review.marks[this.review.state.chosen];
    return item && item.id && !("answer" in item) ? item : null;
  }

  decide(kind, more = {}) {
    const item = this.chosen();
    if (!item || !this.may) return;
    const reason = (this.typed.get(item.id) || "").trim();
    if (kind in ASKS_WHY && !reason) {
      this.pending = kind;
      this.redraw();
      this.review.setTab("detail");
      this.box?.focus();
      return;
    }
    this.pending = "";
    this.typed.delete(item.id);
    this.done.push(item.id);
    this.undoing = this.undoing.filter((id) => id !== item.id); // it is meant anew
    this.send({ act: "decide", finding: item.id, kind, reason, seen: this.of(item)?.revision || 0, ...more });
    this.review.live.textContent = `${DECIDED[kind]}. ${this.progress()}.`;
    const next = this.nextOpen();
    if (next) this.review.choose(next.index);
  }

  nextOpen() {
    const items = this.review.visible;
    const at = items.findIndex((item) => item.index === this.review.state.chosen);
    const isOpen = (item) => item.id && !this.of(item) && !this.queue.some((act) => act.finding === item.id);
    return [...items.slice(at + 1), ...items.slice(0, Math.max(0, at))].find(isOpen);
  }

  undo() {
    const id = this.done.pop() || (this.of(this.chosen() || {}) && this.chosen().id);
    const isTakenBack = this.undoing.includes(id) || this.queue.some((act) => act.finding === id && act.act === "withdraw");
    if (!id || !this.may || isTakenBack) return;
    this.undoing.push(id);
    this.takeBack();
  }

  takeBack() {
    const isSaving = (id) => this.queue.some((act) => act.finding === id && act.act === "decide");
    const saved = this.undoing.map((id) => this.review.marks.find((each) => each.id === id)).filter((item) => item && this.of(item) && !isSaving(item.id));
    this.undoing = this.undoing.filter((id) => !saved.some((item) => item.id === id));
    for (const item of saved) {
      this.send({ act: "withdraw", finding: item.id, seen: this.of(item).revision });
      this.review.choose(item.index);
      this.review.live.textContent = "Taken back.";
    }
  }

  comment() {
    const item = this.chosen();
    if (!item || !this.may) return;
    const text = (this.typed.get(item.id) || "").trim();
    if (!text) {
      this.pending = "comment";
      this.redraw();
      this.review.setTab("detail");
      this.box?.focus();
      return;
    }
    this.pending = "";
    this.typed.delete(item.id);
    this.send({ act: "comment", finding: item.id, text });
  }

  redraw() {
    const place = this.review.detail.node.querySelector(".decision");
    const item = this.chosen();
    if (place && item) {
      const isTyping = this.review.root.getRootNode().activeElement === this.box;
      const at = this.box?.selectionStart;
      place.replaceWith(this.make(item));
      if (isTyping) { this.box?.focus(); this.box?.setSelectionRange(at, at); }
    }
    this.review.drawProgress();
  }

  make(item) {
    if (!this.isOn) return el("div", { class: "decision" });
    const decision = this.of(item), word = this.wordOf(item);
    return el("section", { class: "decision", "aria-label": "Decision" },
      el("p", { class: `decided ${decision ? decision.kind : "open"}` },
        el("b", {}, word || "Not decided yet"), decision ? ` by ${decision.by}, ${decision.on}` : "",
        decision?.to ? `, now: ${decision.to}` : "", decision?.until ? `, until ${decision.until}` : ""),
      decision?.reason ? el("p", { class: "reason" }, decision.reason) : "",
      this.alert && (!this.alert.finding || this.alert.finding === item.id) ? el("p", { class: "alert", role: "alert" }, this.alert.text) : "",
      this.may ? this.makeForm(item) : el("p", { class: "muted" }, "You may look here; decisions are for reviewers."),
      this.makeComments(item));
  }

  makeForm(item) {
    const ask = ASKS_WHY[this.pending] || (this.pending === "comment" ? "Your comment" : "Reason or comment");
    this.box = el("textarea", {
      rows: "2", "aria-label": ask, placeholder: ask,
      oninput: (event) => this.typed.set(item.id, event.target.value),
      onkeydown: (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          this.pending === "comment" || !this.pending ? this.comment() : this.decide(this.pending);
          if (!this.pending) this.box.blur(); // sent: the next key is not for the box
        } else if (event.key === "Escape") { this.pending = ""; this.box.blur(); }
      },
    });
    this.box.value = this.typed.get(item.id) || "";
    const key = (title, letter, act, props = {}) =>
      button([title, " ", el("kbd", {}, letter)], act, { title: `${title} (key ${letter})`, ...props });
    const press = (kind) => ({ "aria-pressed": String(this.of(item)?.kind === kind) });
    return el("div", { class: "form" },
      this.pending ? el("p", { class: "hint-now" }, this.pending === "comment" ? "Write your comment, then press Comment or Ctrl+Enter." : `${ASKS_WHY[this.pending]} Write a sentence, then press ${this.pending === "reject" ? "Reject" : "Waive"} again or Ctrl+Enter.`) : "",
      el("div", { class: "buttons" },
        key("Accept", "a", () => this.decide("accept"), press("accept")), key("Reject", "r", () => this.decide("reject"), press("reject")),
        key("Waive", "w", () => this.decide("waive"), press("waive")), key("Comment", "c", () => this.comment()),
        key("Undo", "u", () => this.undo(), { disabled: !this.done.length && !this.of(item) })),
      this.box, this.makeRelabel(item));
  }

  makeRelabel(item) {
    const select = el("select", { "aria-label": "It is something else", onchange: (event) => {
      if (event.target.value) this.decide("relabel", { label: event.target.value });
    } },
    el("option", { value: "" }, "It is something else …"),
    this.work.labels.map(([value, title]) => el("option", { value }, title)));
    return select;
  }

  makeComments(item) {
    const said = this.work.comments[item.id] || [];
    if (!said.length) return "";
    return el("ul", { class: "comments", "aria-label": "Comments" }, said.map((one) => el("li", {},
      el("p", { class: "muted" }, `${one.by}, ${one.on}`), el("p", {}, one.text),
      one.mine && this.may ? button("Delete", () => this.send({ act: "uncomment", comment: one.id }), { class: "copy" }) : "")));
  }
}
