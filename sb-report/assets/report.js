'use strict';
(() => {
  const root = document.documentElement;
  // The part of the page that is linked to, and the state: #pair-a-b&sort=p99,descending&theme=dark
  const parse = () => {
    const [anchor, ...rest] = location.hash.slice(1).split('&');
    const state = new Map(rest.map(part => part.split('=').map(decodeURIComponent)));
    return { anchor: decodeURIComponent(anchor), state };
  };
  let { anchor, state } = parse();
  const keep = (key, value) => {
    if (value) state.set(key, value); else state.delete(key);
    const parts = [...state].map(([k, v]) => k + '=' + encodeURIComponent(v));
    const hash = '#' + [encodeURIComponent(anchor), ...parts].join('&');
    try { history.replaceState(null, '', hash); } catch { /* some browsers refuse it for files */ }
  };

  const theme = document.getElementById('theme');
  const modes = ['auto', 'light', 'dark'];
  const show = mode => {
    if (mode === 'auto') delete root.dataset.theme; else root.dataset.theme = mode;
    theme.textContent = 'theme: ' + mode;
  };
  let mode = modes.includes(state.get('theme')) ? state.get('theme') : 'auto';
  theme.hidden = false;
  show(mode);
  theme.addEventListener('click', () => {
    mode = modes[(modes.indexOf(mode) + 1) % 3];
    show(mode);
    keep('theme', mode === 'auto' ? '' : mode);
  });

  const live = document.getElementById('sorted');
  const key = (row, at) => {
    const cell = row.cells[at];
    const sort = cell.dataset.sort;
    if (sort === undefined) return cell.textContent.trim();
    const number = Number.parseFloat(sort);
    return Number.isNaN(number) ? -Infinity : number;
  };
  const tables = [...document.querySelectorAll('table.sortable')];
  tables.forEach((table, index) => {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const original = [...body.rows];
    const name = 'sort' + (index || '');
    const sort = (at, next) => {
      heads.forEach(h => h.removeAttribute('aria-sort'));
      const rows = [...original];
      if (next) {
        heads[at].setAttribute('aria-sort', next);
        const sign = next === 'ascending' ? 1 : -1;
        rows.sort((a, b) => { const x = key(a, at), y = key(b, at); return sign * (x < y ? -1 : x > y ? 1 : 0); });
      }
      body.replaceChildren(...rows);
      live.textContent = next ? 'sorted by ' + heads[at].textContent + ', ' + next : 'in the order of the trace';
      keep(name, next ? heads[at].textContent + ',' + next : '');
    };
    heads.forEach((head, at) => {
      if ('nosort' in head.dataset) return;
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        const was = head.getAttribute('aria-sort');
        sort(at, was === null ? 'ascending' : was === 'ascending' ? 'descending' : null);
      });
    });
    const [column, order] = (state.get(name) || '').split(',');
    const at = heads.findIndex(h => h.textContent === column && !('nosort' in h.dataset));
    if (at >= 0 && ['ascending', 'descending'].includes(order)) sort(at, order);
  });

  // On narrow screens the style makes cards of rows; the roles say that they still are rows.
  const role = (selector, name) => { for (const e of document.querySelectorAll(selector)) e.setAttribute('role', name); };
  role('.cards', 'table');
  role('.cards thead, .cards tbody', 'rowgroup');
  role('.cards tr', 'row');
  role('.cards thead th', 'columnheader');
  role('.cards tbody th', 'rowheader');
  role('.cards td', 'cell');

  const filter = document.getElementById('filter');
  const input = filter.querySelector('input');
  const apply = () => {
    const wanted = input.value.trim().toLowerCase().replaceAll('->', '→');
    const has = text => text.toLowerCase().includes(wanted);
    for (const row of document.querySelectorAll('table.sortable tbody tr')) row.hidden = !has(row.cells[0].textContent);
    for (const pair of document.querySelectorAll('section.pair')) pair.hidden = !has(pair.querySelector('h3').textContent);
  };
  filter.hidden = document.querySelectorAll('section.pair').length < 2;
  input.value = state.get('filter') || '';
  input.addEventListener('input', () => { apply(); keep('filter', input.value.trim()); });
  apply();

  // What is linked to is opened, wherever it is folded away.
  const go = () => {
    const next = parse();
    anchor = next.anchor;
    for (const [key, value] of next.state) state.set(key, value);
    keep('', '');
    const target = anchor && document.getElementById(anchor);
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.localName === 'details') at.open = true;
    const inside = target.querySelector(':scope > details');
    if (inside) inside.open = true;
    target.scrollIntoView();
  };
  document.addEventListener('click', event => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash.slice(1) === anchor) { event.preventDefault(); go(); }
  });
  window.addEventListener('hashchange', go);
  go();
  window.addEventListener('beforeprint', () => { for (const d of document.querySelectorAll('details')) d.open = true; });
})();
