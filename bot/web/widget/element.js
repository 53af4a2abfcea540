// -- element: <chatalogue-chat>. Attributes, modes, focus, methods and events; what is said is the business of Talk ----

const TAG = 'chatalogue-chat';
const PATH = '/widget/v1/chatalogue.js';
const HOME = (document.currentScript?.src || '').split(PATH)[0]; // the server that the script came from
const STYLE = sheet(CSS);
const LOCK = sheet('html { overflow: hidden !important; }'); // the page behind a panel that is the whole screen
const REBUILT = new Set(['mode', 'lang', 'dir', 'heading', 'placeholder', 'reactions', 'cart', 'embedded']);

class ChatalogueChat extends HTMLElement {
  static observedAttributes = ['server', 'site-key', 'open', ...REBUILT];

  #shown = false;
  #talk = null;
  #opener = null;
  #words = {};
  #geometry = sheet('');
  #listening = null;

  // -- what the host page calls ---------------------------------------------------------------------------------------

  open() {
    if (this.#shown || !this.panel) return;
    const focused = document.activeElement;
    this.#opener = focused && focused !== document.body && focused !== this ? focused : this.launcher;
    this.#show();
    this.toggleAttribute('open', true);
    this.panel.settle();
    this.emit('open', {});
  }

  close() {
    if (!this.#shown || !this.closable) return;
    this.#hide();
    this.toggleAttribute('open', false);
    const back = this.#opener?.isConnected ? this.#opener : this.launcher;
    back?.focus({ preventScroll: true });
    this.emit('close', {});
  }

  /** Say something in the visitor's name; resolves when it is answered. */
  send(text) {
    const said = String(text ?? '').trim();
    return said && this.#talk ? this.#talk.say(said) : Promise.resolve();
  }

  setContext(context) {
    this.#talk?.setContext(context || {});
  }

  /** `token` is signed by the shop's server; null: the visitor signed out. */
  identify(token) {
    if (!this.#talk) return;
    this.#talk.client.identify(token || null);
    this.#anew();
  }

  /** A new conversation; the visitor stays the same. */
  reset() {
    this.#talk?.kept.write({ conversation: null, turns: 0 });
    this.#anew();
  }

  set words(own) {
    this.#words = { ...own };
    if (this.panel) this.#build();
  }

  get words() {
    return { ...wordsOf(this.language, this.#words), ...(this.choice('placeholder') ? { placeholder: this.choice('placeholder') } : {}) };
  }

  // -- what the parts ask ---------------------------------------------------------------------------------------------

  choice(name) {
    return this.getAttribute(name);
  }

  get mode() {
    const mode = this.choice('mode');
    return mode === 'inline' || mode === 'full' ? mode : 'bubble';
  }

  get language() {
    return this.choice('lang') || document.documentElement.lang || navigator.language || 'en';
  }

  get direction() {
    const given = this.choice('dir') || (this.choice('lang') ? '' : this.closest('[dir]')?.getAttribute('dir'));
    return given || (RIGHT_TO_LEFT.test(this.language) ? 'rtl' : 'ltr');
  }

  get reactions() {
    const asked = this.choice('reactions');
    return asked === null ? REACTIONS : REACTIONS.filter((kind) => asked.split(/[\s,]+/).includes(kind));
  }

  /** Inline, and full where it is all of a frame, are always there. */
  get closable() {
    return this.mode !== 'inline' && this.choice('embedded') === null;
  }

  get modal() {
    return this.closable && (this.mode === 'full' || matchMedia(SMALL).matches);
  }

  /** False when it was cancelable and somebody prevented what follows. */
  emit(name, detail, cancelable = false) {
    return this.dispatchEvent(new CustomEvent(`chatalogue:${name}`, { detail, cancelable, bubbles: true, composed: true }));
  }

  // -- life -----------------------------------------------------------------------------------------------------------

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [STYLE, this.#geometry];
    }
    if (!this.#talk) this.#connect();
    this.#listen();
    this.#build();
    performance.mark('chatalogue:interactive');
    queueMicrotask(() => this.emit('ready', { version: VERSION, mode: this.mode }));
  }

  disconnectedCallback() {
    this.#listening?.abort();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((style) => style !== LOCK);
    queueMicrotask(() => {
      if (this.isConnected) return; // only moved
      this.#talk?.shelf.look(null);
      this.#talk?.forget();
      this.#talk?.kept.release();
      this.#talk = null;
      this.#shown = false;
    });
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.panel || !this.isConnected) return;
    if (name === 'open') {
      if ((now !== null) !== this.#shown) this[now === null ? 'close' : 'open']();
    } else if (REBUILT.has(name)) this.#build();
    else this.#reconnect();
  }

  #connect() {
    const server = (safeUrl(this.choice('server')) || HOME).replace(/\/+$/, '');
    const siteKey = this.choice('site-key') || 'local';
    const kept = new Kept(server, siteKey);
    this.#talk = new Talk(this, new Client(server, siteKey, kept), kept);
  }

  #reconnect() {
    this.#talk?.forget();
    this.#talk?.kept.release();
    this.#connect();
    this.#anew();
  }

  #anew() {
    this.#talk.forget();
    this.panel?.clear();
    if (this.#shown) this.#talk.start();
  }

  #listen() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    matchMedia(SMALL).addEventListener('change', () => this.#refit(), { signal });
    visualViewport?.addEventListener('resize', () => this.#measure(), { signal });
    visualViewport?.addEventListener('scroll', () => this.#measure(), { signal });
    addEventListener('storage', (event) => {
      if (event.key === this.#talk?.kept.key) this.#talk.catchUp();
    }, { signal });
    document.addEventListener('visibilitychange', () => {
      this.#talk?.shelf.look(document.hidden ? null : this.#talk.context.item);
      if (!document.hidden) this.#talk?.catchUp();
    }, { signal });
  }

  // -- the shell ------------------------------------------------------------------------------------------------------

  #build() {
    const { words, mode } = this;
    const reopen = this.#shown && this.closable;
    if (this.panel && this.#shown) this.#hide();
    this.panel = new Panel({
      words, closable: this.closable, dialog: this.closable, heading: this.choice('heading') || words.heading,
    }, {
      say: (text) => this.#talk.say(text),
      close: () => this.close(),
      restart: () => this.#restart(),
      remove: (key) => this.#talk.step({ remove: key }),
      chip: (chip) => (chip.action ? this.#talk.step({ action: chip.action }, chip.label) : this.#talk.say(chip.text)),
    });
    this.launcher = mode === 'bubble' && this.closable ? button(words.launch, {
      picture: 'chat', class: 'launcher', part: 'launcher', 'aria-haspopup': 'dialog', 'aria-expanded': 'false',
      click: () => (this.#shown ? this.close() : this.open()),
    }, icon('close')) : null;
    const root = el('div', { class: `root ${mode}`, dir: this.direction, lang: this.language }, this.launcher, this.panel.node);
    root.addEventListener('keydown', (event) => this.#pressed(event));
    this.panel.node.addEventListener('cancel', (event) => {
      event.preventDefault();
      this.close();
    });
    this.panel.node.addEventListener('close', ({ target }) => {
      if (target === this.panel.node && !target.open) this.close(); // by the browser itself, on a second Escape
    });
    this.shadowRoot.replaceChildren(root);
    if (this.#talk.entries.length) this.#talk.draw();
    if (reopen || this.choice('open') !== null || !this.closable) this.#arrive();
  }

  /** Be open without taking the focus; what is below the fold is not begun before it is scrolled to. */
  #arrive() {
    if (this.closable) {
      this.#opener ||= this.launcher;
      this.#show();
      if (this.modal) this.panel.settle();
      return;
    }
    this.#shown = true;
    const seen = new IntersectionObserver(([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      seen.disconnect();
      this.#talk?.start();
    });
    seen.observe(this.panel.node);
  }

  #show() {
    this.#shown = true;
    const { node } = this.panel;
    if (this.modal) {
      node.showModal();
      document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((style) => style !== LOCK), LOCK];
    } else node.show();
    this.launcher?.setAttribute('aria-expanded', 'true');
    this.shadowRoot.querySelector('.root').classList.toggle('modal', this.modal);
    this.#measure();
    this.#talk.start();
    this.panel.follow();
  }

  #hide() {
    this.#shown = false;
    if (this.panel.node.open) this.panel.node.close();
    this.shadowRoot.querySelector('.root').classList.remove('modal');
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((style) => style !== LOCK);
    this.launcher?.setAttribute('aria-expanded', 'false');
  }

  /** The window became small, or large: the same panel, in the other way of being open. */
  #refit() {
    if (!this.#shown || this.mode !== 'bubble' || !this.closable) return;
    this.#hide();
    this.#show();
    this.panel.settle();
  }

  /** The part of the screen that a keyboard leaves, which no CSS unit knows on iOS. */
  #measure() {
    const { height, offsetTop } = visualViewport || { height: innerHeight, offsetTop: 0 };
    this.#geometry.replaceSync(`:host { --_height: ${height}px; --_top: ${offsetTop}px; }`);
    if (this.#shown) this.panel.follow();
  }

  #restart() {
    const talk = this.#talk;
    const under = talk.conversation;
    if (!under || !talk.turns) {
      this.reset();
      return;
    }
    talk.forget();
    talk.conversation = under;
    talk.turns = talk.kept.read().turns || 1;
    talk.begun = Promise.resolve();
    this.panel.clear();
    talk.step({ new: true });
    this.panel.settle();
  }

  #pressed(event) {
    if (event.key === 'Escape' && !event.isComposing && this.#shown && this.closable) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === 'Tab' && this.modal && this.#shown) this.#cycle(event);
  }

  /** Tab stays in a modal panel. */
  #cycle(event) {
    const stops = [...this.panel.node.querySelectorAll('button, a[href], textarea, [tabindex="0"]')]
      .filter((stop) => stop.tabIndex >= 0 && stop.checkVisibility());
    const [first, last] = event.shiftKey ? [stops[stops.length - 1], stops[0]] : [stops[0], stops[stops.length - 1]];
    if (this.shadowRoot.activeElement !== last) return;
    event.preventDefault();
    first.focus();
  }
}

if (!customElements.get(TAG)) customElements.define(TAG, ChatalogueChat);
