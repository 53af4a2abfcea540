/* The shop's own page: products, a cart, and what it does with the assistant. The cart lasts as long as the tab. */
'use strict';

const chat = document.querySelector('chatalogue-chat');
const main = document.querySelector('#main');
const asked = new URLSearchParams(location.search);
for (const name of ['mode', 'theme', 'lang', 'dir', 'position', 'reactions', 'heading', 'open', 'site-key']) {
  if (asked.has(name)) chat.setAttribute(name, asked.get(name));
}

function node(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const cart = {
  get items() {
    try {
      return JSON.parse(sessionStorage.getItem('cart')) || [];
    } catch {
      return [];
    }
  },
  add(id) {
    sessionStorage.setItem('cart', JSON.stringify([...new Set([...this.items, id])]));
    this.show();
  },
  show() {
    document.querySelector('#count').textContent = this.items.length;
    customElements.whenDefined('chatalogue-chat').then(() => chat.setContext({ cart: this.items }));
  },
};

function product(item) {
  document.title = `${item.title}, Fernbrook Outfitters`;
  const buy = node('button', { class: 'buy', type: 'button' }, 'Add to cart');
  const ask = node('button', { type: 'button' }, 'Find something like it');
  buy.addEventListener('click', () => cart.add(item.id));
  ask.addEventListener('click', () => {
    chat.open();
    chat.send(`something like ${item.title}`);
  });
  main.replaceChildren(node('article', { class: 'product' },
    node('h1', {}, item.title), node('p', { class: 'price' }, `$${item.price}`), node('p', {}, item.description), buy, ask));
  customElements.whenDefined('chatalogue-chat').then(() => chat.setContext({ item: item.id }));
}

function shelf(items) {
  const card = (item) => node('li', {}, node('a', { href: `/p/${encodeURIComponent(item.id)}` }, item.title),
    node('p', { class: 'price' }, `$${item.price}`));
  main.replaceChildren(node('h1', {}, 'New this season'), node('ul', { class: 'grid' }, ...items.slice(0, 12).map(card)));
}

chat.addEventListener('chatalogue:add-to-cart', (event) => cart.add(event.detail.id));
cart.show();
fetch('/items.json').then((answer) => answer.json()).then((items) => {
  const id = decodeURIComponent(location.pathname.split('/p/')[1] || '');
  const found = items.find((item) => item.id === id);
  if (found) product(found);
  else shelf(items);
});
