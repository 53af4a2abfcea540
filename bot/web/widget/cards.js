// -- cards: a list of items, and the words of an answer with its tables. Knows no server and no state ----------------

const HUES = 12; // covers are drawn in one of so many colours, always the same one for a title
const REACTIONS = ['like', 'dislike', 'seen', 'more'];

/** A strip of cards that is swiped, scrolled by two arrows, or walked through with Tab. */
function stripOf(items, card, words) {
  const list = el('ul', { class: 'cards', part: 'cards', role: 'list', 'aria-label': words.picks }, ...items.map(card));
  const scroll = (way) => () => {
    const forwards = getComputedStyle(list).direction === 'rtl' ? -way : way;
    list.scrollBy({ left: forwards * list.clientWidth * 0.8, behavior: calm() ? 'auto' : 'smooth' });
  };
  // the arrows are for a mouse: whoever tabs or swipes reaches the cards themselves
  const arrow = (way, picture, label) => button(label, {
    picture, class: `arrow ${picture}`, part: 'arrow', tabindex: '-1', 'aria-hidden': 'true', click: scroll(way),
  });
  const strip = el('div', { class: 'strip' }, list);
  if (items.length > 1) strip.append(arrow(-1, 'back', words.earlier), arrow(1, 'forth', words.later));
  return strip;
}

function calm() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/**
 * One item. `how`: {words, facts: {price, line}, reactions, cart, inCart, url, target, reacted, on(kind, event)}, where
 * kind is `open`, `cart` or a reaction.
 */
function cardOf(item, how) {
  const { words, facts, on } = how;
  const body = el('div', { class: 'body' },
    el('h3', { class: 'name' }, titleOf(item, how)),
    facts.price ? el('p', { class: 'price', part: 'card-price' }, facts.price) : null,
    facts.line ? el('p', { class: 'facts', part: 'card-facts', dir: 'auto' }, facts.line) : null,
    item.why ? el('p', { class: 'why', part: 'card-why', dir: 'auto' }, item.why) : null,
    el('div', { class: 'reactions', part: 'card-actions' }, ...how.reactions.map((kind) => reactionOf(kind, item, how))),
    how.cart ? button(how.inCart ? words.added : words.add, {
      class: 'cart', part: 'button cart', 'aria-label': `${how.inCart ? words.added : words.add}: ${item.title}`,
      'aria-pressed': String(how.inCart), click: (event) => on('cart', event),
    }) : null);
  return el('li', { class: 'card', part: 'card', 'data-id': item.id }, coverOf(item), body);
}

/** A link where the item has an address that may be followed, a button that tells the host where not. */
function titleOf(item, { url, target, on }) {
  const click = (event) => on('open', event);
  if (!url) return button(item.title, { class: 'title', part: 'card-title', dir: 'auto', click });
  const attrs = { class: 'title', part: 'card-title', dir: 'auto', href: url, target, click, auxclick: click };
  return el('a', { ...attrs, rel: target === '_blank' ? 'noopener' : null }, item.title);
}

function reactionOf(kind, item, { words, reacted, on }) {
  const pressed = kind === 'more' ? {} : { 'aria-pressed': String(reacted === kind) };
  return button(words[kind], {
    picture: kind, class: `reaction ${kind}`, part: `button reaction ${kind}`, 'data-kind': kind,
    'aria-label': `${words[kind]}: ${item.title}`, title: words[kind], ...pressed, click: (event) => on(kind, event),
  });
}

/** The item's picture; where there is none, or it does not load, a cover drawn from the title. */
function coverOf(item) {
  const src = safeUrl(item.image);
  const words = item.title.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const initials = words.slice(0, 3).map((word) => [...word][0]).join('').toUpperCase() || '·';
  let sum = 0;
  for (const letter of item.title) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  const cover = el('div', { class: `cover hue-${sum % HUES}`, part: 'card-cover', 'aria-hidden': 'true' },
    el('span', {}, initials));
  if (src) {
    const failed = () => picture.remove();
    const attrs = { src, alt: '', loading: 'lazy', decoding: 'async', referrerpolicy: 'no-referrer', error: failed };
    const picture = el('img', attrs);
    cover.append(picture);
  }
  return cover;
}

/** A reply's text as paragraphs, its Markdown tables as tables. */
function proseOf(text, words) {
  const parts = [];
  let prose = [];
  let rows = [];
  const settle = () => {
    if (rows.length > 1 && /^\|(-+\|)+$/.test(rows[1])) parts.push(tableOf(rows, words));
    else prose = [...prose, ...rows]; // a table is drawn when its second line is here
    rows = [];
  };
  const said = () => {
    const block = prose.join('\n').trim();
    if (block) parts.push(el('p', { class: 'prose', dir: 'auto' }, block));
    prose = [];
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('|')) {
      said();
      rows.push(line);
    } else {
      settle();
      prose.push(line);
    }
  }
  settle();
  said();
  return parts;
}

function tableOf(rows, words) {
  const [head, , ...body] = rows.map((row) => row.replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim()));
  const top = el('tr', {}, ...head.map((cell) => (cell ? el('th', { scope: 'col' }, cell) : el('td'))));
  const lines = body.map(([label, ...cells]) => (
    el('tr', {}, el('th', { scope: 'row' }, label), ...cells.map((cell) => el('td', {}, cell)))
  ));
  return el('div', { class: 'table', role: 'region', tabindex: '0', 'aria-label': words.comparison, dir: 'auto' },
    el('table', {}, el('thead', {}, top), el('tbody', {}, ...lines)));
}
