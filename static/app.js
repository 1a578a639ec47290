// What the pages do beyond plain HTML: keys, copying, the drop-down under the search box. Everything works without it.
'use strict';
(() => {
  const root = document.documentElement;
  root.classList.add('has-script');
  const find = (selector) => document.querySelector(selector);
  const announce = (text, failed) => {
    const line = document.createElement('p');
    line.className = failed ? 'toast-text is-error' : 'toast-text';
    line.textContent = text;
    find('#announce').replaceChildren(line);
  };
  const message = (name) => find('#announce').dataset[name];

  // Copying an article.
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return announce(text); // no clipboard here (plain http): show it large enough to select
    }
    button.classList.add('is-done');
    setTimeout(() => button.classList.remove('is-done'), 1500);
    announce(message('copied').replace('{}', text));
  });

  // Windows, for browsers without invoker commands.
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-opens]');
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog && !dialog.open && !('commandForElement' in opener)) dialog.showModal();
  });
  document.addEventListener('click', (event) => {
    if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
  });

  // The drop-down under the search box.
  const suggest = () => find('#suggest');
  const box = () => find('#q');
  const closeSuggest = () => suggest()?.replaceChildren();
  const steps = () => [...suggest().querySelectorAll('a')];
  const moveInSuggest = (event) => {
    const links = steps();
    if (links.length === 0) return;
    const at = links.indexOf(document.activeElement.closest('li')?.querySelector('a') ?? document.activeElement);
    const next = event.key === 'ArrowDown' ? at + 1 : at - 1;
    event.preventDefault();
    (next < 0 ? box() : links[Math.min(next, links.length - 1)]).focus();
  };
  document.addEventListener('focusout', (event) => {
    const search = event.target.closest?.('.search');
    if (search && event.relatedTarget && !search.contains(event.relatedTarget)) closeSuggest();
  });
  document.addEventListener('pointerdown', (event) => {
    if (suggest() && !event.target.closest('.search')) closeSuggest();
  });

  // Keys. Letters mean something only outside of fields.
  const typing = (target) => target.closest('input, select, textarea, [contenteditable]') !== null;
  let before = '';
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
    if (event.target.closest('.search')) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') return moveInSuggest(event);
      if (event.key === 'Escape') {
        event.preventDefault();
        closeSuggest();
        return box().focus();
      }
    }
    if (typing(event.target) || find('dialog[open]')) return;
    const goes = before === 'g' && (event.key === 'c' || event.key === 'с') && find('#cart-link');
    before = event.key === 'п' ? 'g' : event.key;
    if (goes) return goes.click();
    if ((event.key === '/' || event.key === '.' && event.code === 'Slash') && box()) {
      event.preventDefault();
      box().focus();
      box().select();
    } else if (event.key === '?' || event.key === ',' && event.shiftKey && event.code === 'Slash') {
      find('#keys')?.showModal();
    }
  });

  // Lists: addresses without empty parameters; the sheet of filters closes when it has done its work.
  document.addEventListener('htmx:config:request', (event) => {
    const { request } = event.detail.ctx;
    if (request.method !== 'GET' || !(request.body instanceof FormData)) return;
    for (const [name, value] of [...request.body]) if (value === '') request.body.delete(name);
  });
  document.addEventListener('submit', (event) => {
    if (event.target.id === 'filters') find('#side:popover-open')?.hidePopover();
    if (event.target.id === 'search-form') closeSuggest();
  });

  // After a swap: filters and quantities say what the answer says (morphing leaves what a person has ticked or typed), but for
  // the field he is in; and the focus of who has just acted is never lost. Regions that read themselves again by a clock take nobody's focus.
  const acts = ['submit', 'click', 'change', 'input'];
  document.addEventListener('htmx:after:swap', (event) => {
    const { target, request, sourceEvent } = event.detail.ctx;
    if (target?.id === 'results') find('#filters')?.reset();
    for (const form of document.querySelectorAll('#cart .quantity')) if (!form.contains(document.activeElement)) form.reset();
    if (document.activeElement !== document.body || !acts.includes(sourceEvent?.type)) return;
    const pressed = request.submitter?.id && document.getElementById(request.submitter.id);
    const heading = document.getElementById(target?.id)?.querySelector('h1[tabindex], h2[tabindex]');
    (pressed || heading)?.focus({ preventScroll: true });
  });

  // A photo that does not come leaves the drawing that stands for it.
  const drawn = (image) => {
    const stand = document.createElement('span');
    stand.className = 'thumb thumb-none';
    const sign = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    sign.setAttribute('class', 'icon');
    sign.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', '#i-cartridge');
    sign.append(use);
    stand.append(sign);
    image.replaceWith(stand);
  };
  document.addEventListener('error', (event) => {
    if (event.target instanceof HTMLImageElement && event.target.matches('.thumb')) drawn(event.target);
  }, true);
  for (const image of document.querySelectorAll('img.thumb')) if (image.complete && image.naturalWidth === 0) drawn(image);

  // No answer at all: say so, keep everything as it is.
  document.addEventListener('htmx:error', () => announce(message('offline'), true));
})();
