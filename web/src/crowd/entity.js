// <crowd-entity-annotation>: spans of a text get labels (crowd-elements 5.3). Offsets count code
// points; it brings a form of its own, unless the page has put one around it.
import { DATA, TEXT, el, formOf, sheet } from './base.js';
import { Work, takesDigits, workLook } from './work.js';
import { labelChoices } from './annotate.js';
import { palette } from './picture.js';

let groups = 0;

const textLook = `
  .text { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; line-height: 2.1; white-space: pre-wrap; overflow-wrap: anywhere; }
  .text mark { padding: .15rem .3rem; border: 0; border-bottom: 3px solid; border-radius: 4px; background: var(--soft); color: inherit; cursor: pointer; }
  .text mark small { margin-left: .3rem; font-weight: 600; user-select: none; }
  .text .cursor { outline: 2px solid var(--accent); border-radius: 2px; }
`;

export class CrowdEntityAnnotation extends Work {
  static attributes = { header: TEXT, 'initial-value': DATA, labels: DATA, name: TEXT, text: TEXT };
  static css = sheet(`${[...workLook.cssRules].map((r) => r.cssText).join('')}${textLook}`);

  #group = `entity${++groups}`;
  #label = null;
  #spans = [];      // {start, end, label}, sorted, none over another
  #cursor = null;   // a word, for who has no pointer: [start, end]
  #begun = false;
  #modified = false;
  #past = [];

  get #points() { return [...this.text]; }
  get list() {
    const given = this.labels ?? [];
    if (!Array.isArray(given))
      throw new TypeError('labels is no list');
    return given.map((l) => (typeof l === 'object' && l
      ? { label: String(l.label), short: l.shortDisplayName ?? l.label, full: l.fullDisplayName ?? l.label }
      : { label: String(l), short: String(l), full: String(l) }));
  }
  #color(label) { return palette[Math.max(0, this.list.findIndex((l) => l.label === label)) % palette.length]; }

  answer() {
    return {
      entities: this.#spans.map((s) => ({ endOffset: s.end, label: s.label, startOffset: s.start })),
      ...(this.initialValue ? { initialValueModified: this.#modified } : {}),
    };
  }
  restore(kept) {
    if (!Array.isArray(kept?.entities))
      return;
    this.#take(kept.entities);
    this.#begun = true;
    this.#modified = Boolean(kept.initialValueModified);
    this.#paint();
  }
  #take(entities) {
    const known = new Set(this.list.map((l) => l.label)), n = this.#points.length;
    this.#spans = [];
    for (const e of entities)
      if (known.has(e.label) && e.startOffset < e.endOffset && e.endOffset <= n)
        this.#put({ start: e.startOffset, end: e.endOffset, label: e.label });
  }
  #put(span) {
    if (this.#spans.some((s) => s.start < span.end && span.start < s.end))
      return false;
    this.#spans.push(span);
    this.#spans.sort((a, b) => a.start - b.start);
    return true;
  }
  reset() {
    this.#take(this.initialValue ?? []);
    this.#modified = false;
    this.#paint();
  }

  draw(root) {
    if (!this.#begun)
      this.#take(this.initialValue ?? []);
    this.#begun = true;
    const list = this.list;
    if (!list.some((l) => l.label === this.#label))
      this.#label = list[0]?.label ?? null;
    const choices = labelChoices(this.#group, list.map((l) => l.full), list.map((l) => this.#color(l.label)),
      list.find((l) => l.label === this.#label)?.full,
      (full) => this.#choose(list.find((l) => l.full === full).label));
    const text = el('div', { class: 'text', tabindex: '0', role: 'group', 'aria-label': 'The text',
                             onpointerup: () => this.#selected(), onkeydown: (e) => this.#key(e) });
    const hint = 'Choose a label, then select words. Press on a label to take it away. By keyboard: arrow keys ' +
      'go from word to word, with Shift they select more, Enter marks, Delete takes away.';
    const undo = el('button', { type: 'button', class: 'plain', onclick: () => this.undo() }, 'Undo');
    this.frame(root, [el('p', { class: 'hint' }, hint), text, el('p', {}, undo)], [choices]);
    if (!formOf(this))
      this.#ownForm(root);
    takesDigits(this);
    this.#paint();
  }

  // The whole of it stands in a form in the shadow root; templates append questions to it.
  #ownForm(root) {
    const form = el('crowd-form');
    form.append(...root.childNodes);
    root.append(form);
  }

  // Text and marks; each piece knows the code point it begins at.
  #paint() {
    const box = this.shadowRoot?.querySelector('.text');
    if (!box)
      return;
    const points = this.#points, parts = [];
    let at = 0;
    const plain = (to) => {
      const cuts = this.#cursor && this.#cursor[0] < to && this.#cursor[1] > at
        ? [Math.max(at, this.#cursor[0]), Math.min(to, this.#cursor[1])] : [to, to];
      for (const [from, until, cursor] of [[at, cuts[0]], [cuts[0], cuts[1], true], [cuts[1], to]])
        if (from < until)
          parts.push(el('span', { 'data-start': from, class: cursor ? 'cursor' : null },
                        points.slice(from, until).join('')));
      at = to;
    };
    for (const span of this.#spans) {
      plain(span.start);
      const shown = this.list.find((l) => l.label === span.label);
      const mark = el('mark', { title: `${shown.full}: press to take it away`, onclick: () => this.#remove(span) },
        el('span', { 'data-start': span.start }, points.slice(span.start, span.end).join('')),
        el('small', {}, shown.short));
      mark.style.borderBottomColor = this.#color(span.label);
      parts.push(mark);
      at = span.end;
    }
    plain(points.length);
    box.replaceChildren(...parts);
  }

  #choose(label) {
    this.#label = label;
    const full = this.list.find((l) => l.label === label)?.full;
    for (const input of this.shadowRoot.querySelectorAll(`input[name="${this.#group}"]`))
      input.checked = input.value === full;
  }
  digit(at) {
    if (this.list[at])
      this.#choose(this.list[at].label);
  }

  // ---- marking ----

  #mark(start, end) {
    const points = this.#points;
    while (start < end && !points[start].trim())
      start++;
    while (start < end && !points[end - 1].trim())
      end--;
    if (start === end || this.#label === null)
      return;
    const before = structuredClone(this.#spans);
    if (!this.#put({ start, end, label: this.#label }))
      return this.showProblem('That overlaps what is marked already: take the other away first.');
    this.#past.push(before);
    this.#changed();
  }
  #remove(span) {
    this.#past.push(structuredClone(this.#spans));
    this.#spans = this.#spans.filter((s) => s !== span);
    this.#changed();
  }
  undo() {
    if (this.#past.length) {
      this.#spans = this.#past.pop();
      this.#changed();
    }
  }
  #changed() {
    this.#modified = true;
    this.showProblem('');
    this.#paint();
    this.tell('input', 'change');
  }

  // What the browser has selected, in code points; browsers differ in how they tell of a shadow root.
  #selected() {
    const root = this.shadowRoot, all = document.getSelection();
    const selection = root.getSelection?.() ?? all;
    const range = all.getComposedRanges?.({ shadowRoots: [root] })[0] ??
      all.getComposedRanges?.(root)[0] ?? (selection.rangeCount ? selection.getRangeAt(0) : null);
    if (!range || (range.startContainer === range.endContainer && range.startOffset === range.endOffset))
      return;
    const from = this.#offset(range.startContainer, range.startOffset);
    const to = this.#offset(range.endContainer, range.endOffset);
    selection.removeAllRanges();
    if (from !== null && to !== null)
      this.#mark(Math.min(from, to), Math.max(from, to));
  }
  #offset(node, offset) {
    const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.('[data-start]');
    if (!piece || !this.shadowRoot.contains(piece))
      return node === this.shadowRoot.querySelector('.text') && offset ? this.#points.length : null;
    const units = node.nodeType === Node.TEXT_NODE ? offset : offset ? piece.textContent.length : 0;
    return Number(piece.dataset.start) + [...piece.textContent.slice(0, units)].length;
  }

  // ---- by keyboard: from word to word ----

  #words() {
    const points = this.#points, found = [];
    for (let i = 0; i < points.length; i++)
      if (points[i].trim() && (i === 0 || !points[i - 1].trim())) {
        let end = i;
        while (end < points.length && points[end].trim())
          end++;
        found.push([i, end]);
      }
    return found;
  }
  #key(e) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key], words = this.#words();
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'z') {
      e.preventDefault();
      this.undo();
    } else if (step && words.length) {
      e.preventDefault();
      const at = this.#cursor ? words.findIndex((w) => w[1] >= this.#cursor[1]) : step > 0 ? -1 : words.length;
      const next = words[Math.min(words.length - 1, Math.max(0, at + step))];
      this.#cursor = e.shiftKey && this.#cursor
        ? [Math.min(this.#cursor[0], next[0]), Math.max(next[1], this.#cursor[0])] : next;
      this.#paint();
    } else if (e.key === 'Enter' && this.#cursor) {
      e.preventDefault();
      this.#mark(...this.#cursor);
    } else if ((e.key === 'Delete' || e.key === 'Backspace') && this.#cursor) {
      const [start, end] = this.#cursor;
      const span = this.#spans.find((s) => s.start < end && start < s.end);
      if (span)
        this.#remove(span);
    }
  }
}
