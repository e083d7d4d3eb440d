FROM python:3.13-slim AS builder

# Without pip of its own: nothing is installed into the finished image any more.
RUN python -m venv --without-pip /opt/viewcast/venv
ENV PIP_PYTHON=/opt/viewcast/venv/bin/python \
    PIP_CACHE_DIR=/var/cache/pip \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_REQUIRE_HASHES=1
COPY requirements/runtime.txt /tmp/
# The packages' own tests are a fifth of their size.
RUN --mount=type=cache,target=/var/cache/pip pip install -r /tmp/runtime.txt \
    && find /opt/viewcast/venv -type d -name tests -prune -exec rm -r {} +

# `--build-arg LOCK=scale` brings what object stores and clusters need, on top of what the service always needs.
ARG LOCK=runtime
COPY requirements/${LOCK}.txt /tmp/
RUN --mount=type=cache,target=/var/cache/pip pip install -r /tmp/${LOCK}.txt \
    && find /opt/viewcast/venv -type d -name tests -prune -exec rm -r {} +

# Compiled here, because nobody can write beside the sources at run time.
COPY training /opt/viewcast/training
COPY service /opt/viewcast/service
COPY viewcast /opt/viewcast/viewcast
RUN /opt/viewcast/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash \
    /opt/viewcast/training /opt/viewcast/service /opt/viewcast/viewcast


FROM python:3.13-slim

LABEL org.opencontainers.image.title="Viewcast" \
      org.opencontainers.image.description="Forecasts tomorrow's views: a sum of sigmoids, fitted on daily counts, served over HTTP." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"

COPY --from=builder /opt/viewcast /opt/viewcast
# A new volume takes over this folder's owner.
RUN mkdir /models && chown 10001:10001 /models

ENV PATH=/opt/viewcast/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VIEWCAST_HOST=0.0.0.0 \
    VIEWCAST_PORT=8000 \
    VIEWCAST_MODELS=/models
WORKDIR /opt/viewcast
USER 10001:10001
VOLUME /models
EXPOSE 8000
CMD ["python", "-m", "service"]
