# mamctl in a container: docker build -t mamctl . (docs/install.md)
# A base with another Python: --build-arg BASE=python:3.13-slim-bookworm
ARG BASE=debian:12-slim

FROM ${BASE} AS build
RUN command -v python3 && python3 -c "import ensurepip, venv" || { apt-get update && apt-get install -y --no-install-recommends python3 python3-venv; }
COPY pyproject.toml constraints.txt README.md LICENSE /src/
COPY src /src/src
# Without speech (350 MB): --build-arg EXTRAS=audio,speech adds it; EXTRAS= leaves decoding out too.
ARG EXTRAS=audio
ARG PIP_NO_CACHE_DIR=1
RUN python3 -m venv /opt/mamctl && /opt/mamctl/bin/pip install --disable-pip-version-check -c /src/constraints.txt "/src${EXTRAS:+[$EXTRAS]}"

FROM ${BASE}
RUN command -v python3 || { apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*; }
COPY --from=build /opt/mamctl /opt/mamctl
RUN useradd --uid 1000 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin mamctl && install -d -o mamctl -g mamctl -m 0750 /config /data /library
ENV PATH=/opt/mamctl/bin:/usr/local/bin:/usr/bin:/bin MAMCTL_CONFIG=/config/mamctl.toml XDG_STATE_HOME=/data HOME=/data
USER mamctl
WORKDIR /data
VOLUME ["/config", "/data", "/library"]
# Unhealthy when a configured job is overdue (alerts.job_intervals).
HEALTHCHECK --interval=5m --timeout=1m --start-period=15m CMD ["mamctl", "status", "--check", "--quiet"]
ENTRYPOINT ["mamctl"]
CMD ["run"]
