// -- shelf: what a visitor does with items: on their cards, in the cart, on the host's own pages ------------------------

const TAPPED = { like: 'liked', dislike: 'disliked', seen: 'wasSeen' }; // reactions, and what they say in words
const ITEM = 'item:'; // with an id, the key of a belief that a reaction left
const SHORTEST_DWELL_S = 2;

class Shelf {
  constructor(talk) {
    Object.assign(this, { talk, host: talk.host, cart: new Set(), looked: null, viewed: null });
    this.forget();
  }

  /** The reactions of a conversation that is over; the cart is the visitor's, whatever is said. */
  forget() {
    this.reacted = new Map();
    this.underWay = new Set();
  }

  card(item) {
    const { host } = this;
    return cardOf(item, {
      words: host.words,
      facts: factsOf(item, this.talk.facets, host.language),
      reactions: host.reactions,
      cart: host.choice('cart') !== null,
      inCart: this.cart.has(item.id),
      url: this.address(item),
      target: host.choice('link-target') || null,
      reacted: this.reacted.get(item.id),
      on: (kind, event) => this.tapped(kind, item, event),
    });
  }

  address(item) {
    const pattern = this.host.choice('item-url');
    return safeUrl(item.url) || (pattern ? safeUrl(pattern.split('{id}').join(encodeURIComponent(item.id))) : null);
  }

  tapped(kind, item, event) {
    const { host } = this;
    const told = { id: item.id, title: item.title, url: this.address(item), facets: item.facets };
    if (kind === 'open') {
      if (event.type === 'auxclick' && event.button !== 1) return;
      this.report('click', item.id);
      if (!host.emit('item-click', told, true)) event.preventDefault();
    } else if (kind === 'cart') {
      if (this.cart.has(item.id) || !host.emit('add-to-cart', told, true)) return;
      this.cart.add(item.id);
      this.mark();
      host.panel?.announce(`${host.words.added}: ${item.title}`);
      this.report('cart', item.id);
    } else {
      const { underWay } = this;
      const tap = `${kind} ${item.id}`;
      if (underWay.has(tap)) return; // a double tap is one tap
      underWay.add(tap);
      const taken = this.reacted.get(item.id) === kind; // a second tap takes it back
      host.emit('feedback', { ...told, kind, taken_back: taken });
      this.react(kind, item, taken).finally(() => underWay.delete(tap));
    }
  }

  react(kind, item, taken) {
    const { words } = this.host;
    if (kind === 'more') return this.talk.say(worded(words.moreText, item.title));
    if (taken) return this.talk.step({ remove: ITEM + item.id });
    return this.talk.step({ action: { kind, item: item.id } }, worded(words[TAPPED[kind]], item.title));
  }

  /** Bring what every card says of its item up to date. */
  mark() {
    for (const card of this.host.panel?.log.querySelectorAll('.card') || []) {
      const { id } = card.dataset;
      const kind = this.reacted.get(id);
      card.dataset.reacted = kind || '';
      for (const tap of card.querySelectorAll('[data-kind]')) {
        if (tap.hasAttribute('aria-pressed')) tap.setAttribute('aria-pressed', String(tap.dataset.kind === kind));
      }
      const cart = card.querySelector('button.cart');
      if (cart && (cart.getAttribute('aria-pressed') === 'true') !== this.cart.has(id)) {
        const label = this.cart.has(id) ? this.host.words.added : this.host.words.add;
        cart.firstChild.data = label;
        cart.setAttribute('aria-label', `${label}: ${card.querySelector('.title').textContent}`);
        cart.setAttribute('aria-pressed', String(this.cart.has(id)));
      }
    }
  }

  /** The host's page shows this item now, or none: a view, and how long the one before was looked at. */
  look(item) {
    const { looked } = this;
    const seconds = looked ? (Date.now() - looked.since) / 1000 : 0;
    if (seconds >= SHORTEST_DWELL_S) this.report('dwell', looked.item, Math.round(seconds));
    if (item && item !== this.viewed) this.report('view', item);
    this.viewed = item || this.viewed;
    this.looked = item ? { item, since: Date.now() } : null;
  }

  /** Tell the server what the visitor did with an item. Of somebody who never talked to us nothing is told. */
  report(event, item, value) {
    const conversation = this.talk.conversation || this.talk.kept.conversation;
    if (!conversation || !(this.talk.turns || this.talk.kept.read().turns)) return; // opened is not talked to
    const row = { conversation, item: String(item), event, at: Date.now() / 1000 };
    this.talk.client.report([value === undefined ? row : { ...row, value }]);
  }
}
