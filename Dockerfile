# One image for each service: docker build --build-arg SERVICE=records --tag commonpurse/records .
FROM node:24-trixie-slim AS build
WORKDIR /source
RUN npm install --global pnpm@12.21.0
# The packages change less often than the code: they are fetched before it comes in.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches patches
RUN pnpm fetch
COPY . .
RUN pnpm install --frozen-lockfile --prefer-offline && node scripts/build.mjs
ARG SERVICE
WORKDIR /source/dist
RUN pnpm --filter "@commonpurse/${SERVICE}" deploy --prod /app && mkdir /data

# Node and nothing else: no shell, no package manager, nobody who is root.
FROM gcr.io/distroless/nodejs24-debian13:nonroot
COPY --from=build --chown=nonroot:nonroot /app /app
COPY --from=build --chown=nonroot:nonroot /data /data
WORKDIR /app
# File I/O and looking up names share the thread pool: one must not wait for the other. An arena of memory for each of its threads is too many.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data UV_THREADPOOL_SIZE=16 MALLOC_ARENA_MAX=2
USER nonroot
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=3 \
  CMD ["/nodejs/bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# A small nursery: what starting up leaves behind need not stay.
CMD ["--max-semi-space-size=2", "src/main.js"]
