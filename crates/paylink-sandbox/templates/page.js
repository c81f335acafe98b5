(() => {
  "use strict";

  // Times that run: data-left is how many seconds were left when the page was written.
  const language = document.documentElement.lang;
  const digits = (text) =>
    language === "fa" ? text.replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]) : text;
  const two = (number) => String(number).padStart(2, "0");
  const clock = (left) => {
    const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    return digits(hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`);
  };
  const begun = Date.now();
  const running = [...document.querySelectorAll("[data-left]")]
    .map((shown) => ({ shown, left: Number(shown.dataset.left) }))
    .filter(({ left }) => left > 0);
  const tick = () => {
    const passed = Math.floor((Date.now() - begun) / 1000);
    for (const { shown, left } of running) {
      shown.textContent = clock(Math.max(left - passed, 0));
    }
    if (running.some(({ left }) => left <= passed)) {
      clearInterval(ticking);
      // The answer to a form is never asked for again: that would send the form.
      location.replace(document.body.dataset.here);
    }
  };
  const ticking = running.length > 0 ? setInterval(tick, 1000) : 0;

  // Copy buttons: data-copy is what is copied.
  const said = document.getElementById("said");
  let silence = 0;
  const say = (text) => {
    said.textContent = text;
    clearTimeout(silence);
    silence = setTimeout(() => { said.textContent = ""; }, 6000);
  };
  const copySelected = (text) => {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "unseen";
    field.readOnly = true;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Over plain HTTP there is no clipboard, except on this machine's own names.
      return copySelected(text);
    }
  };
  const can = Boolean(navigator.clipboard) || document.queryCommandSupported("copy");
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !can;
  }
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy]");
    if (button === null) {
      return;
    }
    const text = button.dataset.copy;
    const copied = await copy(text);
    say(copied ? `${said.dataset.copied} \u2066${text}\u2069` : said.dataset.failed);
    button.focus();
  });

  // For the script of the dashboard.
  window.paylink = { clock, copy, say };
})();
