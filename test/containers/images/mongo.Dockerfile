# Stands in for mongo:8 where no image can be fetched: a mongod, and nothing of the shell that the official image has.
FROM velocity-test-debian
RUN groupadd --gid 999 mongodb \
  && useradd --uid 999 --gid mongodb mongodb \
  && install --directory --owner=mongodb --group=mongodb /data/db
COPY mongod /usr/local/bin/mongod
USER mongodb
VOLUME /data/db
EXPOSE 27017
CMD ["mongod"]
