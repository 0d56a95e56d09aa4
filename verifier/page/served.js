// The page in the frame of a service: the same as the saved one, and kept by the browser, so that it works without a network too.

import {} from './main.js';
import { byId } from './dom.js';

// It keeps the page in the language in which it is read.
const WORKER = `/verify-offline.js?lang=${document.documentElement.lang}`;

/** Pages of a service may load scripts only from addresses that this policy lets through. */
const addressOf = (address) =>
  globalThis.trustedTypes?.createPolicy('carnet', { createScriptURL: () => address }).createScriptURL(address) ?? address;

async function keep() {
  try {
    await navigator.serviceWorker.register(addressOf(WORKER), { scope: '/verify' });
    await navigator.serviceWorker.ready;
    byId('offline').hidden = false;
  } catch {
    // Kept or not, the page checks; the file to save is offered beside.
  }
}

if ('serviceWorker' in navigator) keep();
