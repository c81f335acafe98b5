(() => {
  "use strict";

  const { clock, copy, say } = window.paylink;
  const main = document.getElementById("main");
  const news = document.getElementById("news");
  const offline = document.getElementById("offline");
  const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  // What changes on the page takes the place of what was there; what stays keeps its focus, its selection
  // and what was typed into it.
  const KEPT = ["aria-busy", "data-fresh", "open"];
  const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || "" : "");
  const show = (inserted) => {
    if (inserted.nodeType !== Node.ELEMENT_NODE) {
      return;
    }
    if (inserted.dataset.key) {
      inserted.dataset.fresh = "";
      setTimeout(() => delete inserted.dataset.fresh, 3000);
    }
    if (inserted.dataset.announce) {
      news.textContent = inserted.dataset.announce;
    }
    for (const button of inserted.querySelectorAll("[data-copy]")) {
      button.hidden = false;
    }
  };
  const insert = (parent, child, before) => {
    const inserted = document.importNode(child, true);
    parent.insertBefore(inserted, before);
    show(inserted);
  };
  const morphAttributes = (old, fresh) => {
    for (const { name, value } of [...fresh.attributes]) {
      if (!KEPT.includes(name) && old.getAttribute(name) !== value) {
        old.setAttribute(name, value);
      }
    }
    for (const { name } of [...old.attributes]) {
      if (!KEPT.includes(name) && !fresh.hasAttribute(name)) {
        old.removeAttribute(name);
      }
    }
  };
  const morphChildren = (old, fresh) => {
    const keys = new Set([...fresh.childNodes].map(keyOf).filter(Boolean));
    let next = old.firstChild;
    const dropUntil = (end) => {
      while (next !== end) {
        const dropped = next;
        next = next.nextSibling;
        dropped.remove();
      }
    };
    for (const child of fresh.childNodes) {
      const key = keyOf(child);
      while (next && keyOf(next) && !keys.has(keyOf(next))) {
        dropUntil(next.nextSibling);
      }
      let found = next;
      while (key && found && keyOf(found) !== key) {
        // Another one that stays comes first: this one is new, or has moved.
        found = keys.has(keyOf(found)) ? null : found.nextSibling;
      }
      if (found && keyOf(found) === key && found.nodeName === child.nodeName) {
        dropUntil(found);
        next = found.nextSibling;
        morph(found, child);
      } else {
        const elsewhere = key && [...old.children].find((node) => keyOf(node) === key);
        if (elsewhere) {
          elsewhere.remove();
        }
        insert(old, child, next);
      }
    }
    dropUntil(null);
  };
  const morph = (old, fresh) => {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== fresh.data) {
        old.data = fresh.data;
      }
    } else if (!("keep" in old.dataset) && !old.isEqualNode(fresh)) {
      const isShown = "copy" in old.dataset && !old.hidden;
      morphAttributes(old, fresh);
      old.hidden = isShown ? false : old.hidden;
      morphChildren(old, fresh);
    }
  };

  // The time of the sandbox runs on from when the page was written.
  let written = 0;
  let received = 0;
  const readClock = () => {
    written = Number(document.getElementById("clock").dataset.now);
    received = Date.now();
  };
  const now = () => written + Math.floor((Date.now() - received) / 1000);

  const load = async () => {
    const response = await fetch(location.href, { cache: "no-store" });
    if (!response.ok) {
      // Such as a payment that a reset has taken away.
      location.reload();
      return;
    }
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const hadFocus = document.activeElement !== document.body;
    for (const part of document.querySelectorAll("[data-live]")) {
      const counterpart = fresh.getElementById(part.id);
      if (counterpart) {
        morph(part, counterpart);
      }
    }
    readClock();
    if (hadFocus && document.activeElement === document.body) {
      main.focus({ preventScroll: true });
    }
  };
  let loading = null;
  let isStale = false;
  let loaded = 0;
  const loadAll = async () => {
    while (isStale) {
      await sleep(Math.max(0, loaded + 500 - Date.now()));
      isStale = false;
      loaded = Date.now();
      await load();
    }
  };
  const refresh = () => {
    isStale = true;
    loading ??= loadAll().finally(() => {
      loading = null;
    });
    return loading;
  };

  // Waits for a change and returns the count of changes; a hidden page keeps no connection busy.
  const seen = () =>
    document.hidden
      ? new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }))
      : Promise.resolve();
  const changes = async (count) => {
    const leaving = new AbortController();
    const leave = () => leaving.abort();
    document.addEventListener("visibilitychange", leave, { once: true });
    try {
      const response = await fetch(`/_sandbox/changes/${count}`, { signal: leaving.signal });
      if (response.ok) {
        return (await response.json()).count;
      }
      await sleep(2000);
      return -1;
    } finally {
      document.removeEventListener("visibilitychange", leave);
    }
  };
  const watch = async () => {
    let count = 0;
    for (;;) {
      await seen();
      try {
        const latest = await changes(count);
        if (latest !== count || latest < 0) {
          count = Math.max(latest, 0);
          await refresh();
        }
        offline.hidden = true;
      } catch (error) {
        if (error.name !== "AbortError") {
          count = 0;
          offline.hidden = false;
          await sleep(1000);
        }
      }
    }
  };

  setInterval(() => {
    const before = now() - 1;
    let isOver = Math.floor(before / 60) !== Math.floor(now() / 60);
    for (const shown of document.querySelectorAll("[data-until]")) {
      const left = Number(shown.dataset.until) - now();
      const text = clock(Math.max(left, 0));
      if (shown.textContent !== text) {
        shown.textContent = text;
      }
      isOver ||= left === 0;
    }
    if (isOver && !document.hidden) {
      refresh().catch(() => {});
    }
  }, 1000);

  // What buttons do, the API does.
  const answerOf = (element) => element.closest(".acts, form")?.querySelector("[role=alert]");
  const problemOf = async (response) => {
    const text = await response.text();
    try {
      const { error } = JSON.parse(text);
      return error.message ?? error;
    } catch {
      return text.startsWith("<") ? `HTTP ${response.status}` : text || `HTTP ${response.status}`;
    }
  };
  const act = async (element, path, method, body) => {
    const answer = answerOf(element);
    if (element.ariaBusy) {
      return;
    }
    element.ariaBusy = "true";
    let problem = "";
    try {
      const headers = { "content-type": "application/json" };
      const sent = method === "DELETE" ? { method } : { method, headers, body };
      const response = await fetch(path, sent);
      problem = response.ok ? "" : await problemOf(response);
    } catch {
      problem = offline.textContent;
    }
    element.ariaBusy = null;
    if (answer) {
      answer.textContent = problem && `${main.dataset.refused} ${problem}`;
    }
    await refresh().catch(() => {});
  };

  // Whole keys are fetched when they are copied, and stand on no page.
  const FORMS = {
    shell: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
    dotenv: (name, value) => `${name}='${value}'`,
    powershell: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
  };
  const copyEnvironment = async ({ environment, form, then }) => {
    let text = null;
    try {
      const response = await fetch("/_sandbox/environment");
      const variables = Object.entries(response.ok ? await response.json() : {});
      const lines = variables
        .filter(([name]) => name.startsWith(environment))
        .map(([name, value]) => FORMS[form](name, String(value)));
      text = lines.length > 0 ? [...lines, ...(then ? [then] : [])].join("\n") : null;
    } catch {
      text = null;
    }
    const isCopied = text !== null && (await copy(`${text}\n`));
    say(isCopied ? main.dataset.copied : main.dataset.notCopied);
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.post) {
      const { post, method = "POST", body = "{}", advanceTo, confirm: question } = button.dataset;
      if (question && !window.confirm(question)) {
        return;
      }
      // Both are cut to whole seconds.
      const ahead = Math.max(Number(advanceTo) - now() + 1, 0);
      act(button, post, method, advanceTo ? JSON.stringify({ advance_seconds: ahead }) : body);
    } else if (button?.dataset.form) {
      copyEnvironment(button.dataset);
    }
  });

  document.addEventListener("change", async ({ target }) => {
    const [file] = target.dataset.upload ? target.files : [];
    if (file) {
      await act(target, target.dataset.upload, "POST", await file.text());
      target.value = "";
    }
  });

  // A form is sent as JSON: `a.b` is a member of `a`, and what is empty is left out.
  const read = (form) => {
    const body = {};
    for (const field of form.elements) {
      if (field.name === "" || field.value === "" || field.disabled) {
        continue;
      }
      const path = field.name.split(".");
      const last = path.pop();
      const place = path.reduce((object, name) => (object[name] ??= {}), body);
      place[last] = field.type === "number" ? Number(field.value) : field.value;
    }
    return body;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.post) {
      event.preventDefault();
      act(form, form.dataset.post, "POST", JSON.stringify(read(form)));
    }
  });

  // The form for faults offers what goes together.
  const fit = (form) => {
    const { provider, operation } = form.elements;
    for (const group of operation.querySelectorAll("optgroup")) {
      group.hidden = provider.value !== "" && provider.value !== group.dataset.provider;
      group.disabled = group.hidden;
    }
    if (operation.selectedOptions[0]?.parentElement.disabled) {
      operation.value = "";
    }
    const [chosen] = form.elements["fault.kind"].selectedOptions;
    for (const label of form.querySelectorAll("[data-need]")) {
      label.hidden = label.dataset.need !== chosen.dataset.needs;
      label.querySelector("input").disabled = label.hidden;
    }
  };
  for (const form of document.querySelectorAll("form[data-post]")) {
    fit(form);
    form.addEventListener("change", () => fit(form));
  }

  readClock();
  watch();
})();
