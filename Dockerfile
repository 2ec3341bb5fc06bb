# The balancer; with `test-server` as its command, a server to balance. Builds with BuildKit and without.

FROM node:26-bookworm-slim AS manifests
WORKDIR /velocity
COPY package.json package-lock.json .npmrc ./

# Not `npm ci`: it refuses a lock file that lacks the optional binaries of other platforms. No package needs its install
# script here; the one of `node` would fetch the Node that this image already is.
FROM manifests AS build
RUN npm install --no-save --ignore-scripts --loglevel=error
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src src
RUN npx nest build

# The one optional package is TypeScript, for a compiler plugin of @nestjs/swagger.
FROM manifests AS dependencies
RUN npm install --no-save --ignore-scripts --omit=dev --omit=optional --loglevel=error

FROM node:26-bookworm-slim
ENV NODE_ENV=production
WORKDIR /velocity
COPY --from=dependencies /velocity/node_modules node_modules
COPY --from=build /velocity/dist dist
COPY package.json LICENSE ./
COPY config config

# Token, database and whatever else outlives the container. A new named volume takes over owner and mode.
RUN install --directory --owner=node --group=node --mode=700 data
USER node
VOLUME /velocity/data

EXPOSE 8000 3000

# For an `admin.port` of your own, `admin.tls`, or the test server, say where the health of this container is asked. Nothing
# secret is sent, and it asks itself: a certificate for another name will do.
ENV VELOCITY_HEALTH_URL=http://127.0.0.1:3000/health/ready
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "const url = process.env.VELOCITY_HEALTH_URL; require(url.startsWith('https:') ? 'node:https' : 'node:http').get(url, { rejectUnauthorized: false }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]

# Without a shell in between: signals reach Node, which drains.
ENTRYPOINT ["node", "dist/main.js"]
CMD ["run", "--config", "config/velocity.yml"]
