// Shows what a page may not show by itself on a phone: notifications. It keeps nothing, and answers no request.

addEventListener('notificationclick', (event) => {
  const { notification } = event;
  notification.close();
  event.waitUntil(show(notification.data.place));
});

/** Brings the page there that is open already, or opens one. */
async function show(place) {
  const [page] = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (!page) return clients.openWindow(`/${place}`);
  page.postMessage({ place });
  return page.focus();
}
