// The two elements of the second generation (crowd-elements 5.5), whose answers are documented
// nowhere: theirs are ours. And a box for what is not supported.
import { Crowd, DATA, FLAG, TEXT, el, number } from './base.js';
import { Work } from './work.js';

const wordsIn = (text) => text.trim().split(/\s+/).filter(Boolean).length;

export class CrowdTextRanking extends Work {
  static attributes = { header: TEXT, name: TEXT, text: TEXT, responses: DATA, 'ordinal-ranking-dimensions': DATA };
  #ranks = {};

  get dimensions() { return this.ordinalRankingDimensions ?? [{ name: 'Overall', allowTie: false }]; }

  draw(root) {
    const responses = this.responses ?? [];
    this.frame(root, [
      el('p', {}, this.text),
      ...responses.map((r, i) => el('section', {}, el('h3', {}, `Response ${i + 1}`),
        el('p', {}, typeof r === 'object' && r ? r.text ?? JSON.stringify(r) : String(r))))],
    this.dimensions.map((d) => el('fieldset', {},
      el('legend', {}, `${d.name}: 1 is best${d.allowTie ? ', ties are allowed' : ''}`),
      ...responses.map((_, i) => {
        const pick = el('select', {}, el('option', { value: '' }, '–'),
          ...responses.map((__, n) => el('option', { value: n + 1 }, String(n + 1))));
        pick.value = this.#ranks[d.name]?.[i] ?? '';
        pick.addEventListener('change', () => {
          (this.#ranks[d.name] ??= [])[i] = Number(pick.value) || undefined;
          this.showProblem('');
          this.tell('input', 'change');
        });
        return el('p', {}, el('label', {}, `Response ${i + 1} `, pick));
      }))));
  }

  answer() {
    return { rankings: this.dimensions.map((d) => ({
      dimension: d.name, ranks: (this.responses ?? []).map((_, i) => this.#ranks[d.name]?.[i] ?? null) })) };
  }
  restore(kept) {
    this.#ranks = Object.fromEntries((kept?.rankings ?? []).map((r) => [r.dimension, r.ranks]));
    this.redraw();
  }
  problem() {
    const n = (this.responses ?? []).length;
    for (const d of this.dimensions) {
      const ranks = (this.#ranks[d.name] ?? []).filter(Boolean);
      if (ranks.length < n)
        return `Rank every response: ${d.name}.`;
      if (!d.allowTie && new Set(ranks).size < n)
        return `Each response needs a rank of its own: ${d.name}.`;
    }
    return '';
  }
}

export class CrowdQuestionAnswerGeneration extends Work {
  static attributes = {
    header: TEXT, name: TEXT, text: TEXT, 'min-questions': number(1), 'max-questions': number(10),
    'question-min-words': number(1), 'question-max-words': number(Infinity), 'answer-min-words': number(1),
    'answer-max-words': number(Infinity), 'question-tags': DATA, 'allow-custom-question-tags': FLAG,
  };
  #pairs = [];

  draw(root) {
    while (this.#pairs.length < this.minQuestions)
      this.#pairs.push({ answer: '', question: '', references: [], tags: [] });
    const more = el('button', { type: 'button', class: 'plain', disabled: this.#pairs.length >= this.maxQuestions,
      onclick: () => {
        this.#pairs.push({ answer: '', question: '', references: [], tags: [] });
        this.redraw();
      } }, 'Add a question');
    this.frame(root, [el('p', { class: 'source' }, this.text)],
               [...this.#pairs.map((pair, i) => this.#pair(pair, i)), more]);
  }
  #pair(pair, i) {
    const area = (key, words) => {
      const text = el('textarea');
      text.value = pair[key];
      text.addEventListener('input', () => { pair[key] = text.value; });
      text.addEventListener('change', () => this.tell('change'));
      return el('p', {}, el('label', {}, words, text));
    };
    const tags = (this.questionTags ?? []).map((tag) => {
      const box = el('input', { type: 'checkbox' });
      box.checked = pair.tags.includes(tag);
      box.addEventListener('change', () => {
        pair.tags = (this.questionTags ?? []).filter((t) => (t === tag ? box.checked : pair.tags.includes(t)));
        this.tell('change');
      });
      return el('label', {}, box, ` ${tag} `);
    });
    const drop = i >= this.minQuestions && el('button', { type: 'button', class: 'link', onclick: () => {
      this.#pairs.splice(i, 1);
      this.redraw();
    } }, 'Remove');
    return el('fieldset', {}, el('legend', {}, `Question ${i + 1}`), area('question', 'Question'),
              area('answer', 'Answer'), el('p', {}, ...tags), drop);
  }

  answer() {
    return { questionAnswers: this.#pairs.map(({ answer, question, references, tags }) =>
      ({ answer, question, references, tags })) };
  }
  restore(kept) {
    if (Array.isArray(kept?.questionAnswers)) {
      this.#pairs = kept.questionAnswers;
      this.redraw();
    }
  }
  problem() {
    for (const [i, pair] of this.#pairs.entries())
      for (const [key, least, most] of [['question', this.questionMinWords, this.questionMaxWords],
                                        ['answer', this.answerMinWords, this.answerMaxWords]]) {
        const n = wordsIn(pair[key]);
        if (n < least || n > most)
          return `The ${key} ${i + 1} needs ${least}${most === Infinity ? ' or more' : ` to ${most}`} words; it has ${n}.`;
      }
    return '';
  }
}

export class CrowdUnsupported extends Crowd {
  draw(root) {
    root.replaceChildren(el('p', { class: 'bad-box' }, `<${this.localName}> is not supported here.`), el('slot'));
  }
}
