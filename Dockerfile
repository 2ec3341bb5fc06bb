# The balancer. Builds with BuildKit and without; the first two stages are also those of docker/test-server.Dockerfile.

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

FROM build AS dashboard
COPY dashboard dashboard
RUN npx vite build dashboard

# The one optional package is TypeScript, for a compiler plugin of @nestjs/swagger.
FROM manifests AS dependencies
RUN npm install --no-save --ignore-scripts --omit=dev --omit=optional --loglevel=error

FROM node:26-bookworm-slim
ENV NODE_ENV=production
WORKDIR /velocity

# `docker exec NAME velocity ...` is the command line. Below: token, database and whatever else outlives the container;
# a new named volume takes over owner and mode.
RUN ln -s /velocity/bin/velocity.mjs /usr/local/bin/velocity \
  && install --directory --owner=1000 --group=1000 --mode=700 data

# What changes most comes last.
COPY --from=dependencies /velocity/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY docker/health-check.mjs docker/
COPY config config
COPY --from=build /velocity/dist dist
COPY --from=dashboard /velocity/dist/dashboard dist/dashboard

# The user `node` of the base image, as a number: Kubernetes can only then see that it is not root.
USER 1000:1000
VOLUME /velocity/data
EXPOSE 8000 3000

# For another `admin.port`, or for `admin.tls` (https), say where the health of this container is asked.
ENV VELOCITY_HEALTH_URL=http://127.0.0.1:3000/health/ready
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 CMD ["node", "docker/health-check.mjs"]

# Without a shell in between: signals reach Node, which drains.
ENTRYPOINT ["node", "dist/main.js"]
CMD ["run", "--config", "config/velocity.yml"]

# docker build --build-arg REVISION=$(git rev-parse HEAD) .
ARG REVISION=""
LABEL org.opencontainers.image.title="Velocity" \
  org.opencontainers.image.description="A software HTTP load balancer" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.base.name="docker.io/library/node:26-bookworm-slim"
