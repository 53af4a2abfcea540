// -- talk: one visitor's conversation. Takes steps one after the other, keeps what was said, tells a panel to draw -----

class Talk {
  /** `host`: {words, language, choice(name), emit(name, detail, cancelable), panel}. */
  constructor(host, client, kept) {
    Object.assign(this, { host, client, kept, context: {} });
    this.shelf = new Shelf(this);
    this.forget();
  }

  /** As if nothing was said yet; what is under way is not waited for. */
  forget() {
    this.abort?.abort();
    this.abort = new AbortController();
    Object.assign(this, { entries: [], beliefs: [], chips: [], facets: [], conversation: null });
    this.shelf.forget();
    Object.assign(this, { chain: Promise.resolve(), begun: null, turns: 0, running: 0 });
  }

  // -- beginning and going on -----------------------------------------------------------------------------------------

  /** Where this visitor left off, or a greeting. Once; later calls wait for the first. */
  start() {
    this.begun ||= this.arrive(this.abort.signal).catch((error) => this.trouble(error));
    return this.begun;
  }

  async arrive(signal) {
    const left = this.kept.conversation;
    this.client.catalogue().catch(() => {}); // for the first cards; asked again with them when it fails
    if (!left && !this.entries.length) this.greet();
    const opened = left || await this.opened();
    try {
      const screen = await this.client.takenUp(opened);
      if (!signal.aborted) await this.take(opened, screen, signal);
    } catch (error) {
      if (!left || asProblem(error).code !== 'unknown_conversation') throw error;
      const before = this.kept.read().turns ? this.host.words.gone : '';
      this.kept.write({ conversation: null, turns: 0 });
      if (!this.entries.length) this.greet(before);
    }
  }

  /** Draw a conversation as the server has it. */
  async take(conversation, screen, signal) {
    this.conversation = conversation;
    if (screen.items.length) this.facets = (await this.client.catalogue()).facets;
    if (signal.aborted) return;
    const greeted = screen.lines.every((line) => line.role === 'assistant');
    if (!greeted) this.entries = [...entriesOf(screen), ...this.entries.filter((entry) => entry.step && !entry.text)];
    else if (!this.entries.length) this.greet();
    this.turns = this.kept.read().turns || 0;
    this.shelf.reacted = new Map(Object.entries(screen.reactions).filter(([, kind]) => kind in TAPPED));
    Object.assign(this, { beliefs: screen.beliefs, chips: greeted ? this.starters(screen.chips) : screen.chips });
    this.draw();
    if (this.pending) this.tellContext();
  }

  greet(before = '') {
    const text = this.host.choice('greeting') || this.host.words.greeting;
    this.entries = [{ said: '', items: [], text: before ? `${before}\n${text}` : text }];
    this.chips = this.starters([]);
    this.draw();
  }

  /** Suggestions for the beginning: the host's own, else the server's where it speaks the page's language. */
  starters(fromServer) {
    const own = (this.host.choice('suggestions') || '').split('|').map((text) => text.trim()).filter(Boolean);
    if (own.length) return own.map((text) => ({ label: text, text }));
    return /^en\b/i.test(this.host.language) ? fromServer : [];
  }

  async opened() {
    if (this.conversation) return this.conversation;
    const { signal } = this.abort;
    const hints = hintsOf(this.context);
    this.pending = false; // what the page says from here on is told when the conversation is open
    const id = await this.client.open(hints).catch((error) => {
      if (error.code !== 'bad_hint') throw error;
      this.host.emit('error', detailOf(error));
      return this.client.open({}); // a page that describes itself wrongly is no reason not to answer
    });
    if (signal.aborted) throw signal.reason;
    this.conversation = id;
    this.turns = 0;
    this.kept.write({ conversation: id, at: Date.now(), turns: 0 });
    return id;
  }

  /** Another tab of the same visitor went on: draw what was said there. */
  async catchUp() {
    const { conversation, turns } = this.kept.read();
    if (!this.begun || this.running || !conversation) return;
    if (conversation === this.conversation && turns === this.turns) return;
    const { signal } = this.abort;
    const screen = await this.client.takenUp(conversation).catch(() => null);
    if (screen && !signal.aborted && !this.running) await this.take(conversation, screen, signal);
  }

  // -- steps ----------------------------------------------------------------------------------------------------------

  say(text) {
    this.host.emit('message', { role: 'user', text });
    return this.step({ text }, text);
  }

  /** A step and the words it stands for in the log. Resolves when it is answered, or failed. */
  step(step, said = '') {
    const entry = { said, items: [], text: '', step: { ...step, turn_id: randomId() } };
    this.entries.push(entry);
    entry.turn = this.host.panel?.begin(said);
    entry.turn?.wait();
    this.host.panel?.follow();
    this.running += 1;
    const { signal } = this.abort;
    this.chain = this.chain.then(() => this.start()).then(() => (signal.aborted ? null : this.run(entry, signal)));
    return this.chain;
  }

  async run(entry, signal) {
    this.host.panel?.busy(true);
    try {
      const hear = (event) => this.hear(entry, event);
      const conversation = await this.client.patiently(() => this.opened(), hear, signal);
      const done = await this.client.turn(conversation, entry.step, hear, signal);
      if (!signal.aborted) await this.finish(entry, done);
    } catch (error) {
      if (signal.aborted) return;
      const problem = asProblem(error);
      if (problem.code === 'unknown_conversation' && !entry.reopened) {
        entry.reopened = true;
        this.conversation = null;
        this.beliefs = [];
        this.host.panel?.announce(this.host.words.gone);
        await this.run(entry, signal);
        return;
      }
      this.fail(entry, problem);
    } finally {
      if (!signal.aborted) {
        this.running -= 1;
        this.host.panel?.busy(this.running > 0);
        this.host.panel?.follow();
      }
    }
  }

  /** One event of an answer. */
  hear(entry, { kind, data, quiet }) {
    const { panel, words } = this.host;
    if (kind === 'again') {
      panel?.tell(quiet ? '' : words.offline);
      if (!quiet) panel?.announce(words.offline);
      entry.turn?.wait();
      return;
    }
    if (kind === 'wait') {
      panel?.tell(worded(words.wait, data));
      if (!entry.waited) panel?.announce(worded(words.wait, data)); // once, not every second
      entry.waited = true;
      return;
    }
    panel?.tell('');
    if (kind === 'understood') this.beliefs = data.beliefs;
    if (kind === 'understood') panel?.show(data.beliefs, []);
    if (kind === 'items') entry.drawn = this.list(entry, data.items);
    if (kind === 'delta') entry.turn?.add(data.text);
    panel?.follow();
  }

  /** Cards are drawn when the catalogue's facets are known, which is before the first ones nearly always. */
  async list(entry, items) {
    entry.items = items;
    if (!this.facets.length && items.length) {
      this.facets = await this.client.catalogue().then((catalogue) => catalogue.facets, () => []);
    }
    if (entry.items !== items) return;
    entry.turn?.list(items.length ? stripOf(items, (item) => this.shelf.card(item), this.host.words) : null);
    this.host.panel?.follow();
  }

  async finish(entry, done) {
    if (JSON.stringify(entry.items) !== JSON.stringify(done.items)) entry.drawn = this.list(entry, done.items);
    await entry.drawn;
    const { action } = entry.step;
    if (action && action.kind in TAPPED) this.shelf.reacted.set(action.item, action.kind);
    if (entry.step.remove?.startsWith(ITEM)) this.shelf.reacted.delete(entry.step.remove.slice(ITEM.length));
    if (action?.kind === 'undo') this.shelf.reacted.delete([...this.shelf.reacted.keys()].pop());
    const undo = action && action.kind in TAPPED ? [{ label: this.host.words.undo, action: { kind: 'undo' } }] : [];
    Object.assign(this, { beliefs: done.beliefs, chips: [...undo, ...done.chips] });
    this.turns += 1;
    this.kept.write({ conversation: this.conversation, at: Date.now(), turns: this.turns });
    entry.text = done.text;
    entry.turn?.say(done.text);
    this.host.panel?.show(this.beliefs, this.chips);
    this.shelf.mark();
    const counted = done.items.length ? worded(this.host.words.counted, done.items.length) : '';
    this.host.panel?.announce(`${counted} ${done.text}`.trim());
    this.host.emit('message', { role: 'assistant', text: done.text, act: done.act, items: done.items });
  }

  fail(entry, problem) {
    const { panel, words } = this.host;
    panel?.tell('');
    const again = () => {
      // of a lost connection nobody knows whether the step arrived, so it stays the same one
      if (problem.code !== 'network') entry.step.turn_id = randomId();
      entry.turn.wait();
      this.running += 1;
      panel?.settle();
      this.chain = this.chain.then(() => this.run(entry, this.abort.signal));
    };
    const text = this.explained(problem);
    entry.text = text;
    entry.turn?.fail(text, again);
    panel?.show(this.beliefs, []);
    panel?.announce(`${text} ${words.retry}`);
    this.host.emit('error', detailOf(problem));
  }

  explained({ code, status }) {
    const { words } = this.host;
    if (code === 'network') return words.unreachable;
    return status === 403 || status === 401 ? words.refused : words.failed;
  }

  /** The beginning failed: the box works still, and sending tries again. */
  trouble(error) {
    const problem = asProblem(error);
    if (this.abort.signal.aborted && problem.code === 'network') return;
    this.begun = null;
    if (!this.entries.length) this.greet();
    this.host.emit('error', detailOf(problem));
    if (!this.running) this.host.panel?.tell(this.explained(problem));
  }

  // -- drawing -------------------------------------------------------------------------------------------------------

  /** Everything anew, in a panel that was built anew or from what the server has. */
  draw() {
    const { panel, words } = this.host;
    if (!panel) return;
    panel.clear();
    for (const entry of this.entries) {
      entry.turn = panel.begin(entry.said);
      if (entry.items.length) entry.turn.list(stripOf(entry.items, (item) => this.shelf.card(item), words));
      if (entry.text) entry.turn.say(entry.text);
      else entry.turn.wait();
    }
    panel.show(this.beliefs, this.chips);
    this.shelf.mark();
    panel.follow();
  }

  // -- what the page and the visitor do besides -----------------------------------------------------------------------

  setContext(context) {
    this.context = { ...this.context, ...context };
    if (Array.isArray(context.cart)) this.shelf.cart = new Set(context.cart.map(String));
    if (context.item !== undefined) this.shelf.look(context.item && String(context.item));
    this.shelf.mark();
    this.pending ||= Object.keys(context).some((key) => key !== 'cart');
    if (this.conversation && this.pending) this.tellContext();
  }

  tellContext() {
    const { signal } = this.abort;
    this.pending = false;
    this.chain = this.chain.then(async () => {
      if (signal.aborted || !this.conversation) return;
      try {
        const { beliefs } = await this.client.hint(this.conversation, hintsOf(this.context));
        this.beliefs = beliefs;
        if (!signal.aborted && !this.running) this.host.panel?.show(beliefs, this.chips);
      } catch (error) {
        this.host.emit('error', detailOf(asProblem(error)));
      }
    });
  }
}

/** What a screen of the server says, as entries of the log: each side's lines in pairs, the cards with the last. */
function entriesOf(screen) {
  const entries = [];
  for (const { role, text } of screen.lines) {
    const last = entries[entries.length - 1];
    if (role === 'user' || !last || last.text) entries.push({ said: role === 'user' ? text : '', items: [], text: '' });
    if (role !== 'user') entries[entries.length - 1].text = text;
  }
  if (entries.length) entries[entries.length - 1].items = screen.items;
  return entries;
}

/** The host's `setContext` as the API's hints: page {facet: value}, item an id, and sources of the visitor as they are. */
function hintsOf({ page, item, language, place, age_band: age }) {
  const facets = page && typeof page === 'object' ? { facets: page } : {};
  const shown = { ...(item ? { item: String(item) } : {}), ...facets };
  const told = { page: Object.keys(shown).length ? shown : null, language, place, age_band: age };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value));
}

function detailOf(problem) {
  const { code, status, message, hint, retryable } = asProblem(problem);
  return { code, status, message, hint, retryable };
}
