// Receives webhooks on 8080 and shows them at /received.
const { createServer } = require('node:http');

/** @type {{ headers: import('node:http').IncomingHttpHeaders, body: string }[]} */
const received = [];
createServer((request, response) => {
  if (request.url === '/received') return void response.end(JSON.stringify(received));
  let body = '';
  request.on('data', (data) => (body += String(data)));
  request.on('end', () => {
    received.push({ headers: request.headers, body });
    response.end('ok');
  });
}).listen(8080);
