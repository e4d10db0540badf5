# The images of the four processes, a target each. They share all but their last layers, and what runs in them is what
# `npm start` runs. Plain enough for builders without BuildKit.
#
#   docker build --target server .     (engine, edge, dashboard; server also applies the migrations)

# ── What everything runs on ──────────────────────────────────────────────────────────────────────────────────────────
FROM node:20-bookworm-slim AS base
# MALLOC_ARENA_MAX: glibc keeps freed memory for each of Node's threads.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 APPLOYD_DATA=/var/lib/apployd
WORKDIR /app
# A volume that is mounted here for the first time takes its owner over.
RUN mkdir -p /var/lib/apployd && chown node:node /var/lib/apployd
LABEL org.opencontainers.image.title=Apployd \
      org.opencontainers.image.description="A platform on which developers deploy: from a git repository to a live URL." \
      org.opencontainers.image.licenses=MIT

# ── What is built, and of it what each process needs ─────────────────────────────────────────────────────────────────
FROM node:20-bookworm-slim AS build
# What is left of it after a build is told, and pruned, by its label.
LABEL org.opencontainers.image.title=Apployd
WORKDIR /app
# The packages are installed anew when a list of packages has changed, and not when code has.
COPY package.json package-lock.json .npmrc ./
COPY core/package.json core/
COPY prisma/package.json prisma/
COPY backplane/package.json backplane/
COPY server/package.json server/
COPY engine/package.json engine/
COPY edge/package.json edge/
COPY sdk/package.json sdk/
COPY dashboard/package.json dashboard/
COPY launch/package.json launch/
COPY test/package.json test/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build:rooms \
 && for room in server engine edge dashboard; do node launch/docker/collect.mjs $room /out/$room; done

# ── The server: who may ask for what ─────────────────────────────────────────────────────────────────────────────────
FROM base AS server
COPY --from=build /out/server ./
USER node
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s \
  CMD node is-healthy.mjs "${SERVER_HOST:-127.0.0.1}" "${SERVER_PORT:-4000}" /readyz
CMD ["node", "--max-semi-space-size=8", "server/dist/main.js"]

# ── The edge: serves visitors ────────────────────────────────────────────────────────────────────────────────────────
FROM base AS edge
# For the router `nginx`. The edge writes all of its configuration, and nothing of /etc/nginx is read.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends nginx-light libnginx-mod-http-lua \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/edge ./
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s \
  CMD node is-healthy.mjs "${EDGE_HOST:-127.0.0.1}" "${EDGE_PORT:-8080}" /.well-known/apployd/edge/health
# Begins as root and goes on as user `node`, Nginx too, with nothing but the right to listen on ports 80 and 443: in the
# server's own network there is no other way to them.
ENTRYPOINT ["setpriv", "--reuid=node", "--regid=node", "--clear-groups", "--inh-caps=-all,+net_bind_service", "--ambient-caps=-all,+net_bind_service"]
CMD ["node", "--max-semi-space-size=2", "edge/dist/main.js"]

# ── The dashboard ────────────────────────────────────────────────────────────────────────────────────────────────────
FROM base AS dashboard
COPY --from=build /out/dashboard ./
USER node
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s \
  CMD node is-healthy.mjs "${DASHBOARD_HOST:-127.0.0.1}" "${DASHBOARD_PORT:-3000}" /healthz
CMD ["node", "--max-semi-space-size=2", "dashboard/dist/main.js"]

# ── The engine: makes it so ──────────────────────────────────────────────────────────────────────────────────────────
FROM base AS engine
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git iptables openssh-client \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/engine ./
HEALTHCHECK --interval=30s --timeout=20s --start-period=30s CMD node engine/dist/is-alive.js
# As root: who may ask a Docker engine for containers is root on its machine anyway, and only root can put up firewall rules.
CMD ["node", "--optimize-for-size", "engine/dist/main.js"]
