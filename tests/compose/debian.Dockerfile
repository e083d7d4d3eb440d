FROM python:3.13-slim AS nginx
RUN apt-get update -q && apt-get install -yq --no-install-recommends nginx-light
CMD ["nginx", "-e", "stderr", "-g", "daemon off;"]


FROM python:3.13-slim AS postgres
RUN apt-get update -q && apt-get install -yq --no-install-recommends postgresql-17
ENV PATH=/usr/lib/postgresql/17/bin:$PATH LANG=C.UTF-8
COPY postgres.sh /
CMD ["sh", "/postgres.sh"]
