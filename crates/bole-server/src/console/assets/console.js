// What pages cannot do without a script. Everything else is made on the server and works without this.
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // --- The server went away, or came back. -------------------------------------------------------------------------
  const away = (is) => { const notice = one("#away"); if (notice) notice.hidden = !is; };
  document.addEventListener("htmx:error", () => away(true));
  document.addEventListener("htmx:after:request", (event) => {
    const status = event.detail?.ctx?.response?.raw?.status ?? 0;
    away(status === 502 || status === 503 || status === 504);
  });

  // --- A page that nobody sees does not ask how things are. -----------------------------------------------------------
  document.addEventListener("htmx:before:request", (event) => {
    if (document.hidden && event.target instanceof Element && event.target.matches("[data-polls]")) event.preventDefault();
  });

  // --- What leads back to this page goes by its address of now. -----------------------------------------------------
  document.addEventListener("htmx:after:history:update", () => {
    const here = location.pathname + location.search;
    for (const field of all('.self [name="back"]')) field.value = here;
    for (const link of all(".self .language")) {
      const to = new URL(link.href);
      to.searchParams.set("back", here);
      link.href = to.href;
    }
  });

  // --- Sliders show their value while they are dragged. ------------------------------------------------------------
  document.addEventListener("input", (event) => {
    const slider = event.target;
    if (slider.type !== "range") return;
    const shown = one(`output[for="${CSS.escape(slider.id)}"]`);
    if (shown) shown.textContent = slider.value;
  });

  // --- Nothing is asked with what is only being composed, such as pinyin before its characters. -------------------------
  document.addEventListener("input", (event) => { if (event.isComposing) event.stopImmediatePropagation(); }, true);
  document.addEventListener("compositionend", (event) => event.target.dispatchEvent(new Event("input", { bubbles: true })));

  // --- Evidence points at its place on the page, and the place at its evidence. --------------------------------------
  // `data-points="a b"` names places; `data-place="a"` is one.
  const light = (names, is, from) => {
    for (const name of names) {
      for (const place of all(`[data-place~="${CSS.escape(name)}"]`)) place.classList.toggle("lit", is);
      for (const line of all(`[data-points~="${CSS.escape(name)}"]`)) if (line !== from) line.classList.toggle("lit", is);
    }
  };
  const named = (target) => {
    const element = target instanceof Element ? target.closest("[data-points],[data-place]") : null;
    if (!element) return null;
    const names = (element.dataset.points ?? element.dataset.place ?? "").split(" ").filter(Boolean);
    return names.length ? { element, names } : null;
  };
  let pointed = null;
  const point = (event) => {
    const found = named(event.target);
    if (found?.element === pointed?.element) return;
    if (pointed) light(pointed.names, false, pointed.element);
    pointed = found;
    if (!found) return;
    light(found.names, true, found.element);
    const place = one(`[data-place~="${CSS.escape(found.names[0])}"]`);
    const pane = place?.closest(".sheets");
    if (!pane || found.element.dataset.place) return;
    // Only the pane moves, never the list that is pointed at.
    const [inner, outer] = [place.getBoundingClientRect(), pane.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > outer.bottom) {
      pane.scrollTop += inner.top - outer.top - pane.clientHeight / 3;
    }
  };
  for (const event of ["pointerover", "focusin"]) document.addEventListener(event, point);

  // --- Keys. -------------------------------------------------------------------------------------------------------
  const rows = () => all("[data-row]").filter((row) => row.offsetParent !== null);
  const step = (by) => {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.contains(document.activeElement));
    const next = list[Math.min(list.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    (next.matches("a,[tabindex]") ? next : one("a", next))?.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const keys = {
    "/": () => one("[data-search]")?.focus(),
    "j": () => step(1),
    "k": () => step(-1),
    "x": () => one("input[type=checkbox]", document.activeElement?.closest("[data-row]") ?? document.createElement("i"))?.click(),
    "?": () => { const shown = one("#keys"); if (shown && !shown.open) shown.showModal(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target instanceof Element && event.target.matches("input:not([type=checkbox],[type=range]),textarea,select");
    if (event.key === "Escape" && typing) { event.target.blur(); return; }
    const does = typing ? null : keys[event.key];
    if (does) { event.preventDefault(); does(); }
  });

  // --- A form asks before it does what cannot be undone. -------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.sure ?? event.target.dataset?.sure;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // --- Choices that take effect at once. Without a script there is a button. ------------------------------------------
  document.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-submits]")) event.target.form?.requestSubmit();
  });
  document.documentElement.classList.add("scripted");
})();
