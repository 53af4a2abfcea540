// -- panel: the shell of a conversation: head, log, what was understood, suggestions, the box. Draws what it is told ---

const SMALL = '(max-width: 640px)'; // here an open panel is the whole screen
const LINES = 4; // the box grows that far

/** One exchange in the log: what the visitor did, cards, and the answer as it comes. */
class Turn {
  constructor(log, said, words) {
    this.words = words;
    this.cards = el('div', { class: 'list' });
    this.answer = el('div', { class: 'answer', part: 'message' });
    const mine = said ? el('p', { class: 'mine', part: 'message-visitor', dir: 'auto' },
      el('span', { class: 'unseen' }, `${words.you} `), said) : null;
    this.node = el('div', { class: 'turn' }, mine, this.cards, this.answer);
    this.text = '';
    log.append(this.node);
  }

  wait() {
    this.text = '';
    this.answer.replaceChildren(el('span', { class: 'typing', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')));
  }

  list(strip) {
    this.cards.replaceChildren(...(strip ? [strip] : []));
  }

  add(piece) {
    this.say(this.text + piece);
  }

  say(text) {
    this.text = text;
    this.answer.replaceChildren(...proseOf(text, this.words));
  }

  /** Nothing came: say so, with a way to try again. */
  fail(text, again) {
    const retry = again ? button(this.words.retry, { class: 'chip', part: 'button chip', click: again }) : null;
    this.answer.replaceChildren(el('p', { class: 'prose trouble' }, text), ...(retry ? [retry] : []));
  }
}

class Panel {
  /** `how`: {words, dir, lang, heading, closable, dialog}; `on`: {say(text), close(), restart(), remove(key), chip(chip)}. */
  constructor(how, on) {
    Object.assign(this, { words: how.words, on });
    const { words } = how;
    const title = el('h2', { id: 'title', class: 'heading', part: 'title', dir: 'auto' }, how.heading);
    this.restart = button(words.restart, { picture: 'restart', class: 'tool restart', part: 'button restart', click: on.restart });
    this.close = how.closable
      ? button(words.close, { picture: 'close', class: 'tool close', part: 'button close', click: on.close }) : null;
    const head = el('header', { class: 'head', part: 'header' }, title, this.restart, this.close);
    this.log = el('div', { class: 'log', part: 'log', role: 'group', tabindex: '0', 'aria-label': words.conversation });
    this.live = el('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
    this.notice = el('p', { class: 'notice', part: 'notice', hidden: true });
    this.beliefs = el('div', { class: 'row beliefs', part: 'beliefs', role: 'group', 'aria-label': words.understood, hidden: true });
    this.chips = el('div', { class: 'row chips', part: 'chips', role: 'group', 'aria-label': words.suggestions, hidden: true });
    this.node = el(how.dialog ? 'dialog' : 'section', { class: 'panel', part: 'panel', 'aria-labelledby': 'title' },
      head, this.log, this.notice, this.beliefs, this.chips, this.composer(), this.live);
    this.log.addEventListener('scroll', () => { this.left = this.following && !this.atPlace(); }, { passive: true });
  }

  composer() {
    const { words } = this;
    this.box = el('textarea', {
      class: 'box', part: 'input', rows: '1', 'aria-label': words.message, placeholder: words.placeholder, dir: 'auto',
      maxlength: '2000', enterkeyhint: 'send', autocomplete: 'off',
      input: () => this.grow(),
      keydown: (event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.submit();
      },
    });
    const send = el('button', { type: 'submit', class: 'send', part: 'button send', 'aria-label': words.send, title: words.send },
      icon('send'));
    const submit = (event) => {
      event.preventDefault();
      this.submit();
    };
    return el('form', { class: 'composer', part: 'composer', submit }, this.box, send);
  }

  submit() {
    const text = this.box.value.trim();
    if (!text) return;
    this.box.value = '';
    this.grow();
    this.on.say(text);
  }

  grow() {
    const typed = this.box.value.split('\n').length;
    this.box.rows = Math.min(LINES, Math.max(typed, Math.ceil(this.box.value.length / 38)));
  }

  begin(said) {
    const turn = new Turn(this.log, said, this.words);
    this.following = turn;
    this.left = false;
    return turn;
  }

  clear() {
    this.log.replaceChildren();
    this.following = null;
    this.show([], []);
    this.tell('');
  }

  /** The newest exchange from its top, unless the visitor scrolled away meanwhile. */
  follow() {
    if (this.following && !this.left) this.log.scrollTop = this.place();
  }

  place() {
    const top = this.following.node.offsetTop - this.log.offsetTop - 8;
    return Math.max(0, Math.min(top, this.log.scrollHeight - this.log.clientHeight));
  }

  atPlace() {
    return Math.abs(this.log.scrollTop - this.place()) < 24;
  }

  /** What is believed and what may be said next. A focus that would be lost goes to the box. */
  show(beliefs, chips) {
    const root = this.node.getRootNode();
    const focused = root.activeElement;
    const lost = focused && (this.beliefs.contains(focused) || this.chips.contains(focused));
    this.beliefs.replaceChildren(...beliefs.map((belief) => this.belief(belief)));
    let tapped = false; // a double tap is one tap; the answer brings other suggestions
    const tap = (chip) => () => {
      if (!tapped) this.on.chip(chip);
      tapped = true;
    };
    this.chips.replaceChildren(...chips.map((chip) => button(chip.label, {
      class: 'chip', part: 'button chip', dir: 'auto', click: tap(chip),
    })));
    this.beliefs.hidden = !beliefs.length;
    this.chips.hidden = !chips.length;
    if (lost) this.settle();
  }

  belief({ key, label, hard }) {
    const { words } = this;
    return button(label, {
      class: `chip belief ${hard ? 'hard' : 'soft'}`, part: 'button belief', dir: 'auto',
      'aria-label': worded(words.remove, label), title: hard ? words.must : words.prefer, click: () => this.on.remove(key),
    }, icon('close'));
  }

  /** Where the focus belongs: the box, or the panel where a box would bring up a keyboard over everything. */
  settle() {
    if (matchMedia('(pointer: coarse)').matches) this.log.focus({ preventScroll: true });
    else this.box.focus({ preventScroll: true });
  }

  /** A line above the box that concerns the connection; empty takes it away. */
  tell(text) {
    this.notice.textContent = text;
    this.notice.hidden = !text;
  }

  announce(text) {
    this.live.textContent = text;
  }

  busy(is) {
    this.log.setAttribute('aria-busy', String(is));
  }
}
