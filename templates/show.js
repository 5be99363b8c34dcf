
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const words = new Map();
  const facts = new Map();
  const idsOf = (element) => (element.dataset.f || "").split(" ").filter(Boolean);
  const note = (map, element) => idsOf(element).forEach((id) => map.set(id, [...(map.get(id) || []), element]));
  all(".w").forEach((element) => note(words, element));
  all(".fact").forEach((element) => note(facts, element));
  const resources = JSON.parse(document.getElementById("resources").textContent);

  const set = (element, name, on) => {
    element.classList.toggle(name, on);
    if (name === "picked" && element.getAttribute("role") === "option") element.setAttribute("aria-selected", String(on));
  };
  const mark = (ids, name) => {
    all("." + name).forEach((element) => set(element, name, false));
    ids.forEach((id) => [...(words.get(id) || []), ...(facts.get(id) || [])].forEach((element) => set(element, name, true)));
  };
  const reveal = (element, block = "center") => element && element.scrollIntoView({ block });

  const tabs = all("[role=tab]");
  const open = (tab) => {
    tabs.forEach((one) => {
      const chosen = one === tab;
      one.setAttribute("aria-selected", String(chosen));
      one.tabIndex = chosen ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = !chosen;
    });
  };
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => open(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(place + step + tabs.length) % tabs.length];
      open(next);
      next.focus();
      event.preventDefault();
    });
  });
  open(tabs[0]);

  const list = () => all("#report .fact").filter((one) => !one.hidden);
  const walk = (fact) => {
    all("#report .fact").forEach((one) => { one.tabIndex = -1; });
    fact.tabIndex = 0;
    fact.focus();
  };
  if (list().length) list()[0].tabIndex = 0;
  const jump = (id) => {
    mark([id], "picked");
    reveal((words.get(id) || [])[0]);
  };
  all(".fact").forEach((fact) => {
    const id = fact.dataset.f;
    fact.addEventListener("mouseenter", () => mark([id], "lit"));
    fact.addEventListener("mouseleave", () => mark([], "lit"));
    fact.addEventListener("focus", () => mark([id], "lit"));
    fact.addEventListener("click", (event) => {
      if (event.target.closest(".meta b")) { inspect(id); return; }
      if (fact.closest("#issues")) open(tabs[0]); else walk(fact);
      jump(id);
    });
    fact.addEventListener("keydown", (event) => {
      const shown = list();
      const place = shown.indexOf(fact);
      const goal = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: shown.length - 1 }[event.key];
      if (event.key === "Enter") { if (fact.closest("#issues")) open(tabs[0]); jump(id); }
      else if (event.key === " " && resources[id]) inspect(id);
      else if (goal !== undefined && place >= 0) { if (shown[goal]) walk(shown[goal]); }
      else return;
      event.preventDefault();
    });
  });
  all(".w").forEach((word) => {
    const ids = idsOf(word);
    word.addEventListener("mouseenter", () => mark(ids, "lit"));
    word.addEventListener("mouseleave", () => mark([], "lit"));
    word.addEventListener("click", () => {
      mark(ids, "picked");
      const first = ids.map((id) => (facts.get(id) || [])[0]).find((one) => one && one.closest("#report"));
      reveal(first, "nearest");
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { mark([], "picked"); mark([], "lit"); }
  });

  const dialog = document.getElementById("resource");
  const inspect = (id) => {
    dialog.querySelector("pre").textContent = JSON.stringify(resources[id], null, 2);
    dialog.showModal();
  };

  const find = document.querySelector(".find input");
  const count = document.querySelector(".find output");
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    all("#report .fact").forEach((fact) => { fact.hidden = Boolean(wanted) && !fact.textContent.toLowerCase().includes(wanted); });
    all(".group").forEach((group) => { group.hidden = !all(".fact", group).some((fact) => !fact.hidden); });
    count.textContent = String(list().length);
    if (list().length) { all("#report .fact").forEach((one) => { one.tabIndex = -1; }); list()[0].tabIndex = 0; }
  });

  all("[data-language]").forEach((button) => {
    if (button === root) return;
    button.addEventListener("click", () => {
      root.dataset.language = button.dataset.language;
      all("button[data-language]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
      find.placeholder = find.dataset[button.dataset.language];
    });
  });
  document.querySelector("[data-theme-switch]").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  root.dataset.ready = "yes";
})();
