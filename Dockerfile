# Two stages: the first builds the program's wheel and a complete environment; the second holds nothing but that
# environment. Every package comes from a lock file with hashes. Runs as a user without rights; writes to /data only.
ARG PYTHON_IMAGE=python:3.13.0-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/tools \
 && /opt/tools/bin/pip install --quiet --require-hashes -r requirements-build.lock \
 && python -m venv /opt/coalition-watch \
 && /opt/coalition-watch/bin/pip install --quiet --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY alerts alerts
COPY monitor monitor
COPY storage storage
COPY seeds seeds
RUN /opt/tools/bin/python -m hatchling build -t wheel \
 && /opt/coalition-watch/bin/pip install --quiet --no-deps --no-index dist/*.whl \
 && /opt/coalition-watch/bin/python -m compileall -q /opt/coalition-watch/lib

FROM ${PYTHON_IMAGE}
RUN groupadd --gid 10001 watch \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin watch \
 && install -d -o watch -g watch -m 0750 /data
COPY --from=build /opt/coalition-watch /opt/coalition-watch
ENV PATH=/opt/coalition-watch/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CW_DATABASE_URL=sqlite:////data/coalition-watch.db
USER 10001:10001
WORKDIR /data
VOLUME /data
# The service ends in order on SIGTERM: it stops polling, lets what runs finish or be recorded, closes the database.
STOPSIGNAL SIGTERM
# Says no when the last completed cycle is too old, whatever the process looks like from outside.
HEALTHCHECK --interval=60s --timeout=15s --start-period=120s --retries=3 CMD ["coalition-watch", "health"]
ENTRYPOINT ["coalition-watch"]
CMD ["run"]
