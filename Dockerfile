# The service alone: its PostgreSQL is another container or server (see compose.yaml).
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements.lock \
 && /venv/bin/pip uninstall --yes pip

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin dondoc \
 && install -d -o dondoc -g dondoc -m 0700 /var/lib/dondoc
COPY --from=build /venv /venv
COPY app /srv/dondoc/app
COPY docs /srv/dondoc/docs
COPY embedded_postgres /srv/dondoc/embedded_postgres
COPY migrations /srv/dondoc/migrations
COPY seeds /srv/dondoc/seeds
COPY alembic.ini /srv/dondoc/
WORKDIR /srv/dondoc
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 PORT=8000 DONDOC_DATA_DIR=/var/lib/dondoc
USER dondoc
VOLUME /var/lib/dondoc
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "app"]
CMD ["serve"]
