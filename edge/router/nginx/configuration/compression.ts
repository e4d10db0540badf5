export const compression = `
    gzip on;
    gzip_vary on;
    gzip_proxied any;
    gzip_comp_level 4;
    gzip_min_length 1024;
    gzip_types text/css text/plain text/xml text/markdown text/javascript application/javascript application/json
        application/ld+json application/manifest+json application/xml application/rss+xml application/atom+xml
        application/wasm image/svg+xml font/ttf font/otf;`;
