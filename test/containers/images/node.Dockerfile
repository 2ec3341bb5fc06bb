# Stands in for node:26-bookworm-slim where no image can be fetched: the same system, Node, npm and user.
FROM velocity-test-debian
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
# Where this machine fetches packages from, and whom it trusts.
COPY npmrc /usr/local/etc/npmrc
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
  && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \
  && groupadd --gid 1000 node \
  && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
CMD ["node"]
