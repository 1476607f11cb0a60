/**
 * Runs in the page under test, before its own code. Plants words that can come from nowhere else into each offer on its way
 * to the server, wherever a browser could tell of its user, and keeps the offers as they were sent.
 */
(() => {
  window.sentOffers = [];

  const planted = (offer) =>
    offer
      .replace(/^o=\S+ (\S+ \S+) IN IP4 \S+/m, 'o=canary-origin $1 IN IP4 203.0.113.71')
      .replace(/^s=.*$/m, 's=canary-session\r\ni=canary-information\r\ne=canary@example.org\r\np=+1 555 0171')
      .replace(/^(m=audio.*\r\n)c=IN IP4 \S+/m, '$1c=IN IP4 203.0.113.72')
      .replace(/^(a=ice-ufrag)/m, 'a=candidate:1 1 udp 2122260223 203.0.113.73 50001 typ host\r\na=candidate:2 1 udp 2122260222 canary-0f3a.local 50002 typ host\r\na=tool:canary-tool\r\n$1')
      .replace(/cname:\S+/g, 'cname:canary-cname')
      .replace(/^a=msid:.*$/m, 'a=msid:canary-stream canary-track');

  const Original = window.WebSocket;
  window.WebSocket = class extends Original {
    send(data) {
      const message = typeof data === 'string' ? JSON.parse(data) : {};
      if (typeof message.offer !== 'string') return super.send(data);
      const offer = planted(message.offer);
      window.sentOffers.push(offer);
      return super.send(JSON.stringify({ ...message, offer }));
    }
  };
})();
