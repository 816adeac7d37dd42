
"use strict";
(() => {
  const form = document.getElementById("tools");
  const main = document.getElementById("findings");
  const openRule = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* as it is */ }
    const rule = document.getElementById(id);
    if (rule && rule.tagName === "DETAILS") rule.open = true;
  };
  addEventListener("hashchange", openRule);
  openRule();
  if (!form) return;

  const search = document.getElementById("q");
  const group = document.getElementById("group");
  const selects = [...form.querySelectorAll("select[data-key]")];
  const none = document.getElementById("none");
  const worst = ["critical", "high", "medium", "low", "info", "ignored"];
  const absent = { object: "no object" };
  const items = [...main.querySelectorAll("article")].map((node, nth) => ({
    node, nth, text: null, data: node.dataset, shown: true,
  }));
  const key = (item, name) => item.data[name] ?? absent[name] ?? "";
  const rank = (item) => worst.indexOf(item.data.severity);
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  for (const select of selects) {
    const counts = new Map();
    for (const item of items) {
      const value = key(item, select.dataset.key);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    for (const [value, n] of [...counts].sort((a, b) => compare(a[0], b[0]))) {
      const option = new Option(`${value} (${n})`, value);
      select.add(option);
    }
    select.closest("label").hidden = counts.size < 2;
  }

  let sections = [...main.querySelectorAll("details.group")].map((node) => ({
    node, count: node.querySelector(".n"),
    items: [...node.querySelectorAll("article")],
  }));
  {
    const byNode = new Map(items.map((item) => [item.node, item]));
    for (const section of sections) section.items = section.items.map((node) => byNode.get(node));
  }

  const regroup = () => {
    const by = group.value;
    const groups = new Map();
    for (const item of items) {
      const value = key(item, by);
      if (!groups.has(value)) groups.set(value, []);
      groups.get(value).push(item);
    }
    const worstOf = (list) => list.reduce((least, item) => Math.min(least, rank(item)), worst.length);
    const order = [...groups].map(([name, list]) => ({ name, list, worst: worstOf(list) }));
    if (by !== "file") {
      order.sort((a, b) => a.worst - b.worst || b.list.length - a.list.length || compare(a.name, b.name));
    }
    const fresh = document.createDocumentFragment();
    const old = sections;
    sections = order.map(({ name, list }) => {
      const node = document.createElement("details");
      node.className = "group";
      node.open = true;
      const summary = document.createElement("summary");
      const title = document.createElement("h2");
      title.textContent = name;
      const count = document.createElement("span");
      count.className = "n";
      summary.append(title, " ", count);
      node.append(summary, ...list.map((item) => item.node));
      fresh.append(node);
      return { node, count, items: list };
    });
    for (const section of old) section.node.remove();
    main.insertBefore(fresh, none);
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set([...form.querySelectorAll("input[name=severity]:checked")].map((box) => box.value));
    const wanted = selects.filter((select) => select.value !== "").map((select) => [select.dataset.key, select.value]);
    let shown = 0;
    for (const item of items) {
      let fits = severities.has(item.data.severity) && wanted.every(([name, value]) => key(item, name) === value);
      if (fits && words.length > 0) {
        item.text ??= `${item.data.file}\n${item.node.textContent}`.toLowerCase();
        fits = words.every((word) => item.text.includes(word));
      }
      if (item.shown !== fits) {
        item.shown = fits;
        item.node.hidden = !fits;
      }
      if (fits) shown += 1;
    }
    for (const section of sections) {
      const n = section.items.reduce((sum, item) => sum + (item.shown ? 1 : 0), 0);
      section.node.hidden = n === 0;
      section.count.textContent = String(n);
    }
    none.hidden = shown > 0;
    document.getElementById("shown").value = shown === items.length
      ? `All ${shown} shown` : `${shown} of ${items.length} shown`;
  };

  let timer = 0;
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(filter, 120); });
  form.addEventListener("change", (event) => {
    if (event.target === group) regroup();
    filter();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { regroup(); filter(); }));
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
  });
  // A browser may have kept what was chosen before the page was loaded anew.
  form.hidden = false;
  if (group.value !== "file") regroup();
  filter();
})();
