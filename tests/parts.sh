#!/usr/bin/env bash
# Installs the distribution's real parts for the integration tests: as root or with sudo; otherwise says how.
# Newer qBittorrents are unpacked under .parts/, which needs no rights. With `image`, also what builds and runs the
# container image: a container engine, and debootstrap, which makes the base.
set -eu
packages="chromium-headless-shell cron curl espeak-ng faketime ffmpeg jq qbittorrent-nox systemd"
[ "${1:-}" != image ] || packages="$packages buildah catatonit debootstrap podman runc"

install_missing() {
  if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo"; else
    echo "Missing for the integration tests: run 'sudo apt-get install$missing'" >&2
    [ -z "${CI:-}" ] || exit 1
    return 0
  fi
  $as_root apt-get -qq update
  DEBIAN_FRONTEND=noninteractive $as_root apt-get -qq -y --no-install-recommends install $missing >/dev/null
}

missing=""
for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] || install_missing
for suite in trixie forky; do
  bash "$(dirname "$0")/parts-qbittorrent5.sh" "$suite"
done
