/* Troth's banner: asks before a website stores or reads anything that needs consent. Nothing tagged with data-troth
   runs until the visitor agreed and the agreement was recorded; a "no" holds even while it cannot be recorded. */
(() => {
  'use strict';
  if (window.troth) return; // the page carries the tag twice
  const tag = document.currentScript;
  const { policy, language, audience, domain } = tag.dataset;
  const home = new URL('.', tag.src).href;
  const KEPT_AS = 'troth_cc_cookie';
  const KEPT_FOR = 395 * 86400; // seconds
  const PATIENCE = 8000; // milliseconds
  const signal = navigator.globalPrivacyControl === true;
  const today = String(Math.floor(Date.now() / 86400000));
  const ran = new Set(); // matters whose scripts ran in this page
  let config, words, box, sheet, which, busy;

  /* What the browser keeps, in a cookie of the website: pseudonym, what was shown, day of the last check, whether
     the browser's signal was heard, answers. */
  const kept = (() => {
    const found = document.cookie.split('; ').find((one) => one.startsWith(KEPT_AS + '='));
    const [named, hash, day, heard, ...answers] = found ? found.slice(KEPT_AS.length + 1).split('!') : [];
    const profile = /^brw-[a-z2-7]{16}$/.test(named) ? named : null;
    const sound = ([, word]) => word === 'unsent' || (profile && ['given', 'refused', 'withdrawn'].includes(word));
    return { profile, hash, day, heard, states: Object.fromEntries(answers.map((one) => one.split(':')).filter(sound)) };
  })();
  const keep = () => {
    const states = Object.entries(kept.states).map((one) => one.join(':'));
    const value = [kept.profile, kept.hash, kept.day, kept.heard, ...states].map((one) => one || '').join('!');
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    const wide = domain ? '; Domain=' + domain : '';
    expire(KEPT_AS); // one that was kept for other subdomains would be read instead of this one
    document.cookie = `${KEPT_AS}=${value}; Path=/; Max-Age=${KEPT_FOR}; SameSite=Lax${secure}${wide}`;
  };

  const matter = (name) => config.matters.find((one) => one.name === name);
  const stopped = (one) => one.signal && signal;
  /* Until the questions are here nobody knows what the browser's signal refuses, so it then stops everything. */
  const allowed = (name) => kept.states[name] === 'given' && (!signal || (config && !stopped(matter(name) || {})));
  const unanswered = () => config.matters.filter((one) => !(one.name in kept.states) && !stopped(one));
  const tell = (name, cancelable = false) =>
    document.dispatchEvent(new CustomEvent('troth:' + name, { cancelable, detail: { states: { ...kept.states } } }));

  /* Talking to Troth */
  const call = async (path, sent, cache = 'default') => {
    const headers = { Accept: 'application/json' };
    const asked = { cache, headers, credentials: 'omit', signal: AbortSignal.timeout(PATIENCE) };
    if (sent) {
      const body = JSON.stringify({ profile: kept.profile, ...(audience && { audience }), ...sent });
      Object.assign(asked, { method: 'POST', keepalive: true, body });
      headers['Content-Type'] = 'application/json';
    }
    const answer = await fetch(`${home}banner/v1/${encodeURIComponent(policy)}${path}`, asked);
    const told = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(told.message), { code: told.code });
    return told;
  };
  const load = async (cache) => {
    config = await call(audience ? '?audience=' + encodeURIComponent(audience) : '', null, cache);
    const spoken = [language, document.documentElement.lang].map((one) => (one || '').toLowerCase().split('-')[0]);
    config.language = spoken.find((one) => config.languages.includes(one)) || config.languages[0];
    words = config.words[config.language];
  };
  const settle = (told) => {
    const states = Object.entries(told.states).filter(([name]) => !told.ask.includes(name));
    const heard = told.profile && (kept.heard || told.gpc.processed) ? 1 : '';
    Object.assign(kept, { profile: told.profile, hash: told.hash.slice(7, 23), day: today, heard });
    kept.states = Object.fromEntries(states);
    keep();
  };
  const choose = async (choices, layer) =>
    settle(await call('/choices', { choices, layer, language: config.language, shown: config.hash, gpc: signal }));

  /* What waits for consent */
  const wake = (old, names) => {
    const live = document.createElement('script');
    for (const { name, value } of old.attributes) {
      if (!['type', 'data-troth', 'data-type', 'data-src'].includes(name)) live.setAttribute(name, value);
    }
    if (old.dataset.type) live.type = old.dataset.type;
    if (old.nonce) live.nonce = old.nonce;
    if (old.dataset.src) live.src = old.dataset.src;
    live.async = old.hasAttribute('async'); // otherwise in the order of the page
    live.text = old.text;
    names.forEach((name) => ran.add(name));
    old.replaceWith(live);
  };
  const run = () => {
    for (const one of document.querySelectorAll('[data-troth]')) {
      const names = one.dataset.troth.split(/\s+/);
      const yes = names.every(allowed);
      if (one.matches('script[type="text/plain"]')) {
        if (yes) wake(one, names);
      } else if (one.dataset.trothSrc && yes !== one.hasAttribute('src')) {
        yes ? one.setAttribute('src', one.dataset.trothSrc) : one.removeAttribute('src');
      }
    }
  };
  const fits = (name) => (one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one);
  const expire = (name) => {
    const hosts = location.hostname.split('.').map((_, at, all) => '; Domain=' + all.slice(at).join('.'));
    const steps = location.pathname.split('/').map((_, at, all) => all.slice(0, at + 1).join('/'));
    for (const host of ['', ...hosts]) {
      for (const path of ['/', ...steps.flatMap((one) => [one, one + '/'])]) {
        document.cookie = `${name}=; Max-Age=0; Path=${path || '/'}${host}`;
      }
    }
  };
  const shelves = () => {
    try {
      return [localStorage, sessionStorage];
    } catch {
      return []; // the browser keeps nothing, so there is nothing to clear
    }
  };
  const clear = () => {
    for (const { kind, names, for: serves } of config.stored) {
      if (serves.some(allowed)) continue;
      const cookies = kind === 'storage' ? [] : document.cookie.split('; ').map((one) => one.split('=')[0]);
      cookies.filter((name) => name !== KEPT_AS && names.some(fits(name))).forEach(expire);
      for (const shelf of kind === 'cookie' ? [] : shelves()) {
        Object.keys(shelf).filter((name) => names.some(fits(name))).forEach((name) => shelf.removeItem(name));
      }
    }
  };
  const apply = () => {
    clear();
    run();
    tell('change');
    /* A script that ran cannot be stopped from outside: unless the page says that it did so, begin it anew. */
    if ([...ran].some((name) => !allowed(name)) && tell('withdrawn', true)) location.reload();
  };

  /* What is seen */
  const make = (name, attributes, ...children) => {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => value !== false && made.setAttribute(key, value));
    made.append(...children.filter(Boolean));
    return made;
  };
  const button = (role, text, act, type = 'cm__btn') => {
    const made = make('button', { type: 'button', class: type, 'data-role': role }, text);
    made.addEventListener('click', act);
    return made;
  };
  const label = (one) => one.label[config.language];
  const list = (all) => all.length > 0 && make('ul', {}, ...all.map((one) => make('li', {}, label(one))));
  const notice = () => make('p', { class: 'troth-more' }, make('a', { href: config.notice }, words.notice));
  const honoured = () =>
    config.signal && signal &&
    make('p', { class: 'troth-signal' }, make('strong', {}, words.signal), ' ', words['signal-text']);
  const say = (text) => box.querySelectorAll('[role=status]').forEach((one) => (one.textContent = text));
  const close = () => {
    if (!box) return;
    box.querySelectorAll('dialog').forEach((one) => one.close());
    box.remove();
    box = null;
  };
  const place = async (...layers) => {
    sheet ||= new Promise((done) => {
      const link = make('link', { rel: 'stylesheet', href: home + 'banner.css' });
      link.onload = link.onerror = done;
      setTimeout(done, 3000);
      document.head.append(link);
    });
    await sheet;
    close();
    box = make('div', { id: 'cc-main', class: 'troth', lang: config.language }, ...layers);
    document.body.prepend(box);
  };
  const send = async (choices, layer) => {
    if (busy) return;
    busy = true;
    say(words.saving);
    const next = await record(choices, layer);
    busy = false;
    if (next) return next();
    close();
    apply();
    if (unanswered().length) await ask();
  };
  /* Have the choices recorded; if that was not possible, give what to do next. */
  const record = async (choices, layer) => {
    const names = Object.keys(choices);
    try {
      if (names.length) await choose(choices, layer);
    } catch (error) {
      if (error.code === 'banner.stale') return again;
      if (Object.values(choices).includes('given')) return () => say(words.failed);
      names.forEach((name) => (kept.states[name] = 'unsent'));
      keep();
    }
  };
  const again = async () => {
    try {
      await load('reload');
      await check();
    } catch {
      return say(words.failed);
    }
    close();
    apply();
    await (unanswered().length ? ask() : open());
    say(words.stale);
  };
  const no = (all) =>
    Object.fromEntries(
      all
        .filter((one) => !(one.name in kept.states) || kept.states[one.name] === 'given')
        .map((one) => [one.name, one.name in kept.states ? 'withdrawn' : 'refused']),
    );

  const layer = (label, text, ...parts) =>
    make('div', { class: 'cm-wrapper' },
      make('div', { class: 'cm', role: 'dialog', 'aria-labelledby': 'troth-title', 'aria-describedby': 'troth-text', tabindex: -1 },
        make('h2', { id: 'troth-title' }, label), make('p', { id: 'troth-text' }, text), ...parts,
        make('p', { role: 'status' })));
  const show = async (made) => {
    await place(made);
    if (document.activeElement === document.body) box.querySelector('.cm').focus({ preventScroll: true });
  };
  const ask = () => {
    const asked = unanswered();
    const together = asked.filter((one) => !one.alone);
    const alone = asked.filter((one) => one.alone);
    const yes = Object.fromEntries(together.map((one) => [one.name, 'given']));
    return show(
      layer(words.title, words[which], list(together),
        alone.length > 0 && make('p', {}, words['alone-text']), list(alone), honoured(),
        make('div', { class: 'cm__btns' },
          button('necessary', words.refuse, () => send(no(asked), which)),
          together.length > 0 && button('all', words.accept, () => send(yes, which)),
          button('show', words.choose, open)),
        notice()),
    );
  };
  const report = () =>
    show(layer(words.signal, words['signal-text'],
      make('div', { class: 'cm__btns' }, button('close', words.back, close), button('show', words.choose, open)), notice()));

  const row = (one, at) => {
    const own = make('input', {
      type: 'checkbox', role: 'switch', id: 'troth-' + at, name: one.name, 'aria-describedby': 'troth-about-' + at,
      disabled: stopped(one),
    });
    own.checked = allowed(one.name);
    return make('li', {},
      make('label', { for: own.id }, label(one), own),
      make('div', { id: 'troth-about-' + at, class: 'troth-about' },
        one.alone && make('p', {}, make('strong', {}, words.alone)),
        stopped(one) && make('p', {}, make('strong', {}, words['signal-off'])),
        make('p', { class: 'troth-shown' }, one.shown[config.language])));
  };
  const fixed = () =>
    config.always.length > 0 && [
      make('h3', {}, words.always), make('p', {}, words['always-text']),
      make('ul', {}, ...config.always.map((one) => make('li', {}, [label(one), ...one.names].join(words.between)))),
    ];
  const choices = (form) => {
    const made = {};
    for (const one of config.matters.filter((each) => !stopped(each))) {
      const on = form.querySelector(`[name="${one.name}"]`).checked;
      if (on && !allowed(one.name)) made[one.name] = 'given';
      if (!on) Object.assign(made, no([one]));
    }
    return made;
  };
  const open = async () => {
    if (!config) return;
    const form = make('dialog', { class: 'pm', 'aria-labelledby': 'troth-choices' },
      make('h2', { id: 'troth-choices' }, words.choices), honoured(),
      make('ul', { class: 'troth-rows' }, ...config.matters.map(row)), ...(fixed() || []),
      make('div', { class: 'cm__btns' },
        button('necessary', words.refuse, () => send(no(config.matters), 'each'), 'pm__btn'),
        button('save', words.save, () => send(choices(form), 'each'), 'pm__btn'),
        button('close', words.back, () => form.close(), 'pm__btn')),
      notice(), make('p', { role: 'status' }));
    if (box) {
      box.querySelectorAll('dialog').forEach((one) => one.remove());
      box.append(form);
    } else await place(form);
    /* Closing is not an answer: what was asked stays asked. */
    form.addEventListener('close', () => (form.remove(), box && !box.children.length && close()));
    form.showModal();
  };

  /* Beginning */
  const check = async () => {
    const unsent = Object.keys(kept.states).filter((name) => kept.states[name] === 'unsent' && matter(name));
    const open = (one) => stopped(one) && ['given', undefined].includes(kept.states[one.name]);
    const opted = signal && config.signal && (!kept.heard || config.matters.some(open));
    if (unsent.length || opted) await choose(Object.fromEntries(unsent.map((name) => [name, 'withdrawn'])), 'each');
    else if (kept.profile && (kept.hash !== config.hash.slice(7, 23) || kept.day !== today)) settle(await call('/standing', {}));
    return opted;
  };
  const begin = async () => {
    run();
    which = Object.keys(kept.states).length ? 'again' : 'first';
    let opted = false;
    try {
      await load();
      opted = await check();
    } catch {
      tell('unavailable');
      if (!config) return;
    }
    apply();
    if (unanswered().length) await ask();
    else if (opted) await report();
  };

  window.troth = { open, allowed, get states() { return { ...kept.states }; } };
  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-troth-open]')) event.preventDefault(), open();
  });
  new MutationObserver(run).observe(document.documentElement, { childList: true, subtree: true });
  if (document.body) begin();
  else addEventListener('DOMContentLoaded', begin);
})();
