/**
 * Serves /site as user 65534 without capabilities, on a read-only root with /tmp. `singlePage`: a path without a file
 * shows index.html, for apps that route in the browser.
 */
export function nginxConf({ port, singlePage }: { readonly port: number; readonly singlePage: boolean }): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  sendfile on;
  server_tokens off;
  absolute_redirect off;
  gzip on;
  gzip_vary on;
  gzip_types text/css text/plain text/javascript application/javascript application/json application/xml image/svg+xml;
${temporary.map((name) => `  ${name}_temp_path /tmp/${name};`).join('\n')}
  server {
    listen ${port};
    root /site;
    index index.html;
    error_page 404 /404.html;
    location ~ /\\.(?!well-known/) { return 404; }
    ${singlePage ? withFallback : withoutFallback}
  }
}
`;
}

const withoutFallback = 'location / { try_files $uri $uri/ $uri.html =404; }';

/** What looks like a file is not answered with a page. */
const withFallback = `location ~ \\.\\w+$ { try_files $uri =404; }
    location / { try_files $uri $uri/ $uri.html /index.html; }`;
