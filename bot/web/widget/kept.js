// -- kept: what this browser remembers of a visitor, by site and by who is signed in ---------------------------------

const RESUMED_MS = 12 * 3600 * 1000; // wishes were for that time; the server keeps taste for longer
const inUse = new Set(); // two elements of one page never write to the same place

/** The browser's storage, or one that lasts as long as the page where there is none (private mode, frames). */
const shelf = (() => {
  try {
    const probe = 'chatalogue:probe';
    localStorage.setItem(probe, '1');
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    const lines = new Map();
    return {
      getItem: (key) => (lines.has(key) ? lines.get(key) : null),
      setItem: (key, value) => lines.set(key, value),
      removeItem: (key) => lines.delete(key),
    };
  }
})();

/** A short name of a signed visitor, so that an id of the shop is not written into storage as it is. */
function digest(text) {
  let hash = 0xcbf29ce484222325n; // FNV-1a, 64 bits
  for (const unit of text) hash = BigInt.asUintN(64, (hash ^ BigInt(unit.codePointAt(0))) * 0x100000001b3n);
  return hash.toString(36);
}

/** The subject of a signed identity; the server checks the signature, this only tells visitors apart. */
function subjectOf(identity) {
  try {
    const body = identity.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    return String(JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(body), (c) => c.charCodeAt(0)))).sub);
  } catch {
    return identity;
  }
}

/** 128 random bits as 22 letters. `crypto.randomUUID` is missing on pages without https. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').slice(0, 22);
}

/** One visitor's record: {renewal, conversation, at, turns}. */
class Kept {
  constructor(server, siteKey) {
    const base = `chatalogue:${siteKey}@${server}`;
    let name = base;
    for (let n = 2; inUse.has(name); n += 1) name = `${base}#${n}`;
    inUse.add(name);
    this.base = name;
    this.who = '';
  }

  /** From now on the record of the visitor who signed `identity`; of the anonymous one for null. */
  belongTo(identity) {
    this.who = identity ? `:${digest(subjectOf(identity))}` : '';
  }

  get key() {
    return this.base + this.who;
  }

  read() {
    try {
      const found = JSON.parse(shelf.getItem(this.key));
      return found && typeof found === 'object' ? found : {};
    } catch {
      return {};
    }
  }

  write(changes) {
    try {
      shelf.setItem(this.key, JSON.stringify({ ...this.read(), ...changes }));
    } catch {
      // full: the conversation goes on, and a new page begins another one
    }
  }

  /** The conversation to go on with, null when there is none or its last turn is long ago. */
  get conversation() {
    const { conversation, at } = this.read();
    return typeof conversation === 'string' && Date.now() - at < RESUMED_MS ? conversation : null;
  }

  release() {
    inUse.delete(this.base);
  }
}
