'use strict';
(() => {
  const root = document.documentElement;
  const theme = document.getElementById('theme');
  const modes = ['auto', 'light', 'dark'];
  let mode = 'auto';
  const show = () => {
    if (mode === 'auto') delete root.dataset.theme; else root.dataset.theme = mode;
    theme.textContent = 'theme: ' + mode;
  };
  theme.hidden = false;
  theme.addEventListener('click', () => { mode = modes[(modes.indexOf(mode) + 1) % 3]; show(); });

  const live = document.getElementById('sorted');
  const key = (row, at) => {
    const cell = row.cells[at];
    const sort = cell.dataset.sort;
    if (sort === undefined) return cell.textContent.trim();
    const number = Number.parseFloat(sort);
    return Number.isNaN(number) ? -Infinity : number;
  };
  for (const table of document.querySelectorAll('table.sortable')) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const original = [...body.rows];
    heads.forEach((head, at) => {
      if ('nosort' in head.dataset) return;
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        const was = head.getAttribute('aria-sort');
        const next = was === null ? 'ascending' : was === 'ascending' ? 'descending' : null;
        heads.forEach(h => h.removeAttribute('aria-sort'));
        let rows = [...original];
        if (next) {
          head.setAttribute('aria-sort', next);
          const sign = next === 'ascending' ? 1 : -1;
          rows.sort((a, b) => { const x = key(a, at), y = key(b, at); return sign * (x < y ? -1 : x > y ? 1 : 0); });
        }
        body.replaceChildren(...rows);
        live.textContent = next ? 'sorted by ' + button.textContent + ', ' + next : 'in the order of the trace';
      });
    });
  }
  const open = () => { for (const d of document.querySelectorAll('details')) d.open = true; };
  window.addEventListener('beforeprint', open);
})();
