// Keeps the checking page in one language, so that it opens without a network. The list KEPT before this text names the page and
// what it loads; it changes with every version of it, and so does this worker.

const CACHE = `verify ${KEPT.join(' ')}`;

self.addEventListener('install', (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const { pathname, origin } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (pathname === '/verify') event.respondWith(freshOrKept(request));
  else if (KEPT.includes(pathname)) event.respondWith(keptOrFresh(request));
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll(KEPT.map((address) => new Request(address, { cache: 'reload' })));
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith('verify ') && name !== CACHE).map((name) => caches.delete(name)));
}

/** The page as it is now; without a network as it was kept, in the language kept rather than not at all. */
async function freshOrKept(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(CACHE);
    const kept = (await cache.match(request, { ignoreVary: true })) ?? (await cache.match(request, { ignoreSearch: true, ignoreVary: true }));
    if (!kept) throw error;
    return kept;
  }
}

/** What never changes under its name. */
async function keptOrFresh(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request);
}
