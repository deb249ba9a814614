// Receives webhooks on 8080 and shows them at /received.
const { createServer } = require('node:http');

const received = [];
createServer((request, response) => {
  if (request.url === '/received') return response.end(JSON.stringify(received));
  let body = '';
  request.on('data', (data) => (body += data));
  request.on('end', () => {
    received.push({ headers: request.headers, body });
    response.end('ok');
  });
}).listen(8080);
