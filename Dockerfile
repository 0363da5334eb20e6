# The API, a worker and every command of Letterbox, in one image.
# The tests run on this Python; what is installed is what deploy/requirements.lock says.
FROM python:3.11.17-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv --without-pip /opt/letterbox

# Without the tools and without Temporal's development server; nothing is compiled.
COPY deploy/requirements.lock runtime.lock
RUN pip --python /opt/letterbox install --require-hashes --only-binary :all: -r runtime.lock

# What builds the wheel, as locked, stays in this stage.
COPY requirements.lock ./
RUN sed -n '/^setuptools==/,/[^\\]$/p' requirements.lock > build.lock \
    && pip install --require-hashes --only-binary :all: -r build.lock
COPY pyproject.toml README.md LICENSE ./
COPY *.py ./
COPY activities activities
COPY api api
COPY letterbox letterbox
COPY letterbox_cli letterbox_cli
COPY seek_sandbox seek_sandbox
COPY workflows workflows
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && pip --python /opt/letterbox install --no-deps dist/*.whl

FROM python:3.11.17-slim-trixie
RUN pip uninstall --yes --root-user-action ignore pip setuptools wheel \
    && groupadd --gid 10010 letterbox \
    && useradd --uid 10010 --gid 10010 --no-create-home --shell /usr/sbin/nologin letterbox
COPY --from=build /opt/letterbox /opt/letterbox
ENV PATH=/opt/letterbox/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10010:10010
WORKDIR /srv
STOPSIGNAL SIGTERM
ENTRYPOINT ["letterbox"]
CMD ["--help"]
