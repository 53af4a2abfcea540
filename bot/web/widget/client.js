// -- client: the API under /v1. Tokens, refusals and lost connections are its business, what is drawn is not ---------

const RETRIES_MS = [700, 2000, 5000];
const WAITS = 4; // how often a full server is waited for before the visitor is asked
const LONGEST_WAIT_S = 60;
const SILENCE_MS = 60000; // between two pieces of an answer
const EARLY_MS = 30000; // a token is renewed before it is too old
const TOKEN_GONE = new Set(['token_missing', 'token_expired', 'token_invalid']);

/** A request that failed. `code` is the last part of the problem's type, or `network`. */
class Problem extends Error {
  constructor(code, message, { status = 0, hint = '', retryAfter = null } = {}) {
    super(message);
    Object.assign(this, { code, status, hint, retryAfter });
  }

  /** Whether the same request may succeed by itself a little later. */
  get retryable() {
    return this.code === 'network' || this.status === 429 || this.status >= 502;
  }

  static async of(response) {
    const told = await response.json().catch(() => ({}));
    const seconds = Number(response.headers.get('Retry-After'));
    return new Problem(String(told.type || 'refused').split(':').pop(), String(told.detail || response.statusText), {
      status: response.status,
      hint: String(told.hint || ''),
      retryAfter: Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, LONGEST_WAIT_S) : null,
    });
  }
}

/** Milliseconds, cut short when the network is back; rejects when `signal` is. */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = (then) => () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal?.removeEventListener('abort', given);
      then();
    };
    const done = stop(resolve);
    const given = stop(() => reject(signal.reason));
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    signal?.addEventListener('abort', given);
  });
}

/** The events of a server-sent stream as {kind, data}; throws when the stream breaks off or falls silent. */
async function* eventsOf(response) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let buffer = '';
  for (;;) {
    const { done, value } = await unlessSilent(reader);
    if (done) return;
    buffer += decoder.decode(value, { stream: true });
    const blocks = buffer.split(/\r?\n\r?\n/);
    buffer = blocks.pop();
    for (const block of blocks) {
      const field = (name) => block.split(/\r?\n/).filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).trim()).join('\n');
      if (field('data')) yield { kind: field('event') || 'message', data: JSON.parse(field('data')) };
    }
  }
}

async function unlessSilent(reader) {
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new TypeError('the answer stopped')), SILENCE_MS);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

class Client {
  constructor(server, siteKey, kept) {
    Object.assign(this, { server, siteKey, kept, identity: null, token: null, until: 0, asking: null });
  }

  /** Whoever signed `identity` is the visitor from now on; null: nobody who is known by name. */
  identify(identity) {
    this.identity = identity;
    this.token = null;
    this.asking = null;
    this.kept.belongTo(identity);
  }

  catalogue() {
    this.facets ||= this.send('GET', '/catalogue', null, { signed: false }).then((r) => r.json()).catch((error) => {
      this.facets = null; // asked again with the next list
      throw error;
    });
    return this.facets;
  }

  async open(hints) {
    const opened = await this.send('POST', '/conversations', { hints }).then((r) => r.json());
    return opened.conversation;
  }

  takenUp(conversation) {
    return this.send('GET', `/conversations/${encodeURIComponent(conversation)}`).then((r) => r.json());
  }

  hint(conversation, hints) {
    return this.send('PUT', `/conversations/${encodeURIComponent(conversation)}/hints`, hints).then((r) => r.json());
  }

  /** What the visitor did with items; lost ones are no harm, so nobody waits for the answer. */
  report(events) {
    return this.send('POST', '/events', { events }, { keepalive: true }).catch(() => {});
  }

  /** One step, its events handed to `on` as they come; resolves with the whole turn. */
  turn(conversation, body, on, signal) {
    return this.patiently(() => this.once(conversation, body, on, signal), on, signal);
  }

  /**
   * What `attempt` resolves with. After a lost connection it is made again (a step under its own `turn_id`, which the
   * server answers once); `on({kind: 'again'})` says that what came before is void. A full server is waited for;
   * `on({kind: 'wait', data: seconds})` says for how long.
   */
  async patiently(attempt, on, signal) {
    for (let tries = 0, waits = 0; ; ) {
      try {
        return await attempt();
      } catch (error) {
        if (signal.aborted) throw error;
        const problem = asProblem(error);
        if (problem.retryAfter !== null && waits < WAITS) {
          waits += 1;
          await this.wait(problem.retryAfter, on, signal);
        } else if (problem.code === 'network' && tries < RETRIES_MS.length) {
          on({ kind: 'again' });
          await pause(RETRIES_MS[tries], signal);
          tries += 1;
        } else throw problem;
      }
    }
  }

  async once(conversation, body, on, signal) {
    const path = `/conversations/${encodeURIComponent(conversation)}/turns`;
    const response = await this.send('POST', path, body, { signal, accept: 'text/event-stream' });
    for await (const { kind, data } of eventsOf(response)) {
      if (kind === 'error') throw new Problem(String(data.type).split(':').pop(), data.detail, data);
      if (kind === 'done') return data;
      on({ kind, data });
    }
    throw new TypeError('the answer broke off');
  }

  async wait(seconds, on, signal) {
    for (let left = Math.ceil(seconds); left > 0; left -= 1) {
      on({ kind: 'wait', data: left });
      await pause(1000, signal);
    }
    on({ kind: 'again', quiet: true });
  }

  /** A request with the visitor's token; one that is too old is renewed once. Throws Problem. */
  async send(method, path, body = null, { signed = true, signal, accept = 'application/json', keepalive } = {}) {
    for (let again = false; ; again = true) {
      const headers = { Accept: accept };
      if (body !== null) headers['Content-Type'] = 'application/json';
      if (signed) headers.Authorization = `Bearer ${await this.fresh()}`;
      const sent = body === null ? undefined : JSON.stringify(body);
      const response = await this.fetch(path, { method, headers, body: sent, signal, keepalive });
      if (response.ok) return response;
      const problem = await Problem.of(response);
      if (!signed || again || !TOKEN_GONE.has(problem.code)) throw problem;
      this.token = null;
    }
  }

  /** A token that is good for a while yet; requests at the same time wait for the same one. */
  fresh() {
    if (this.token && Date.now() < this.until - EARLY_MS) return Promise.resolve(this.token);
    if (!this.asking) {
      const asking = this.renew(this.identity).finally(() => {
        if (this.asking === asking) this.asking = null;
      });
      this.asking = asking;
    }
    return this.asking;
  }

  async renew(identity) {
    const { renewal } = this.kept.read();
    const asked = { site_key: this.siteKey, ...(identity ? { identity } : renewal ? { renewal } : {}) };
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
    const response = await this.fetch('/token', { method: 'POST', headers, body: JSON.stringify(asked) });
    if (!response.ok) throw await Problem.of(response);
    const told = await response.json();
    if (identity !== this.identity) return this.fresh(); // somebody else signed in meanwhile
    this.token = told.token;
    this.until = Date.now() + told.expires_in * 1000;
    if (told.renewal) this.kept.write({ renewal: told.renewal });
    return told.token;
  }

  fetch(path, how) {
    return fetch(`${this.server}/v1${path}`, { ...how, credentials: 'omit', cache: 'no-store' });
  }
}

/** What `fetch` throws as a problem of ours. */
function asProblem(error) {
  return error instanceof Problem ? error : new Problem('network', error?.message || 'network');
}
