# A server to balance: `velocity test-server` without the balancer around it, told by its environment.
#   docker build --file docker/test-server.Dockerfile --tag velocity-test-server .
# The first two stages are those of Dockerfile, word for word: whoever builds both builds them once.

FROM node:26-bookworm-slim AS manifests
ENV NPM_CONFIG_UPDATE_NOTIFIER=false
WORKDIR /velocity
COPY package.json package-lock.json .npmrc ./

# Not `npm ci`: it refuses a lock file that lacks the optional binaries of other platforms. No package needs its install
# script here; the one of `node` would fetch the Node that this image already is.
FROM manifests AS build
RUN npm install --no-save --ignore-scripts --loglevel=error
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src src
RUN npx nest build && rm dist/.tsbuildinfo

FROM node:26-bookworm-slim
ENV NODE_ENV=production
WORKDIR /velocity
COPY package.json LICENSE ./
COPY docker/health-check.mjs docker/
COPY --from=build /velocity/dist/test-server.main.js dist/
COPY --from=build /velocity/dist/cli/commands/test-server.command.js dist/cli/commands/
COPY --from=build /velocity/dist/test-server dist/test-server

USER 1000:1000
# Also NAME, by default the name of the port, and DURATION: seconds until each answer starts.
ENV HOST=0.0.0.0 PORT=8080
EXPOSE 8080
ENV VELOCITY_HEALTH_URL=http://127.0.0.1:8080/health
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["node", "docker/health-check.mjs"]

# Without a shell in between: signals reach Node, which finishes what runs.
ENTRYPOINT ["node", "dist/test-server.main.js"]

ARG REVISION=""
LABEL org.opencontainers.image.title="Velocity test server" \
  org.opencontainers.image.description="An HTTP server to balance" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.base.name="docker.io/library/node:26-bookworm-slim"
